/** Which items are named that keep a vault from being deleted, where there are more than are named. */
import { expect, test } from 'vitest';
import { deleteVault } from '../../../src/flows/vaults/deleteVault.ts';
import { anItem, aPolicy, aTombstone, aVault, NOON } from '../../support/builders.ts';
import { headRows, itemRows, write } from '../../support/rows.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, portsOver } from '../../support/world.ts';

const VAULT = 'contoso';
const named = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(3, '0')}`);

test('of many that live those with the first names, whatever they are', async () => {
  const tables = memoryTables();
  const about = (name: string) => ({ vault: VAULT, name, sourceId: name, etag: name });
  const items = [
    ...named('gone', 20).map((name) => aTombstone(about(name))),
    ...named('z', 250).map((name) => anItem('Protected', about(name))),
    ...named('a', 50).map((name) => anItem('Protected', { ...about(name), workload: 'SQLDatabase' })),
  ];
  const rows = [...headRows(aVault({ name: VAULT }), [aPolicy('daily')], items), ...items.flatMap(itemRows)];
  await write(tables.vaults, VAULT, rows);
  const outcome = await deleteVault(portsOver(tables), aRequest(NOON), { vault: VAULT }, { reason: 'moved' });
  const facts = outcome.ok ? undefined : (outcome.refusal.facts as { blockers: readonly { name: string }[] });
  expect(facts?.blockers.map(({ name }) => name)).toEqual([...named('a', 50), ...named('z', 50)]);
});
