/** What an instance of the previous version makes of rows of this one. */
import { describe, expect, test } from 'vitest';
import { protect } from '../../src/flows/items/protect.ts';
import { stop } from '../../src/flows/items/stop.ts';
import { putKind } from '../../src/flows/kinds/kinds.ts';
import { putPolicy } from '../../src/flows/vaults/policies.ts';
import { putVault } from '../../src/flows/vaults/putVault.ts';
import type { Row } from '../../src/store/table.ts';
import { memoryTables } from '../support/tables.ts';
import { aRequest, done, portsOver } from '../support/world.ts';
import { NEWER, readBefore, VERSION } from './version2.ts';

type Kind = 'RecoveryServices' | 'Generic';

/** A vault with a protected item and one in the trash, and its rows. */
async function rowsOf(kind: Kind, workload: string): Promise<readonly Row[]> {
  const tables = memoryTables();
  const world = portsOver(tables);
  const vault = { vault: 'v' };
  await done(
    putKind(
      world,
      aRequest(),
      { kind: 'Dataset' },
      { recoveryPoints: true, vaultKinds: ['Generic', 'RecoveryServices'] },
    ),
  );
  await done(putVault(world, aRequest(), vault, { patch: { kind }, mustExist: false }));
  const policy = { name: 'daily', workloads: [workload], schedule: '0 0 2 * * *', retention: { daily: 30 } };
  await done(putPolicy(world, aRequest(), vault, policy));
  for (const item of ['kept', 'gone'])
    await done(protect(world, aRequest(), { ...vault, item }, { workload, policy: 'daily', sourceId: item }));
  await done(stop(world, aRequest(), { ...vault, item: 'gone' }, { mode: 'delete', confirmName: 'gone' }));
  return tables.vaults.range('v', { prefix: 'v!' });
}

const READERS = [
  ['remains', /^v!item!|^v!head!trash!/, 3],
  ['policy', /^v!head!policy!/, 1],
  ['vault', /^v!head!settings$/, 1],
] as const;

describe('the previous version', () => {
  test('knows two versions of rows', () => expect(VERSION).toBe(2));

  test.each(READERS)('reads what is of a built-in kind: %s', async (reader, part, count) => {
    const rows = (await rowsOf('RecoveryServices', 'AzureVM')).filter(({ key }) => part.test(key));
    expect(rows.map((row) => readBefore(reader, row))).toEqual(Array.from({ length: count }, () => 'read'));
  });

  test.each(READERS)('keeps its hands off what is of a kind of your own: %s', async (reader, part, count) => {
    const rows = (await rowsOf('Generic', 'Dataset')).filter(({ key }) => part.test(key));
    expect(rows.map((row) => readBefore(reader, row))).toEqual(Array.from({ length: count }, () => NEWER));
  });

  test('keeps its hands off such items and policies also in a vault that it knows', async () => {
    const rows = (await rowsOf('RecoveryServices', 'Dataset')).filter(({ key }) =>
      /^v!(item|head!trash|head!policy)!/.test(key),
    );
    expect(rows.map((row) => readBefore(row.key.includes('policy') ? 'policy' : 'remains', row))).toEqual([
      NEWER,
      NEWER,
      NEWER,
      NEWER,
    ]);
  });
});
