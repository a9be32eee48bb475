/** The deletion of a vault whose answer was lost on the way: what the SDK's own repetition of it makes of that. */
import { expect, test } from 'vitest';
import { deleteVault } from '../../../src/flows/vaults/deleteVault.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import type { Table } from '../../../src/store/table.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, portsOver } from '../../support/world.ts';

const VAULT = 'contoso';
const PLACE = { vault: VAULT };

type Lost = 'repeated by the SDK, which then finds nothing' | 'every time';

/** The n-th removal of a row is done, and nobody hears of it. */
function deaf(table: Table, nth: number, lost: Lost): Table {
  let removals = 0;
  return {
    ...table,
    async remove(partition, key, tag) {
      const done = await table.remove(partition, key, tag);
      removals += 1;
      if (removals !== nth) return done;
      if (lost === 'every time') throw new Error('no answer');
      return false;
    },
  };
}

async function aVault() {
  const tables = memoryTables();
  const made = await putVault(portsOver(tables), aRequest(), PLACE, {
    patch: { kind: 'RecoveryServices' },
    mustExist: false,
  });
  if (!made.ok) throw new Error('there is no vault to delete');
  return tables;
}

// closing removes the fence, clearing the settings, and the directory its line
test.each([
  ['vaults', 1, 'repeated by the SDK, which then finds nothing'],
  ['vaults', 2, 'repeated by the SDK, which then finds nothing'],
  ['registry', 1, 'repeated by the SDK, which then finds nothing'],
  ['vaults', 1, 'every time'],
  ['vaults', 2, 'every time'],
  ['registry', 1, 'every time'],
] as const)('what this request has deleted is deleted: %s, removal %i, %s', async (name, nth, lost) => {
  const tables = await aVault();
  const ports = portsOver({ ...tables, [name]: deaf(tables[name], nth, lost) });

  expect(await deleteVault(ports, aRequest(), PLACE)).toEqual({ ok: true, value: null });

  const left = [];
  for (const table of ['vaults', 'registry'] as const)
    for await (const { row } of scanTables(tables)(table)) left.push(row.key);
  expect(left).toEqual([]);
});

test('a vault that was never there is not found', async () => {
  expect(await deleteVault(portsOver(memoryTables()), aRequest(), PLACE)).toMatchObject({
    ok: false,
    refusal: { code: 'VaultNotFound' },
  });
});

test('a vault that could not be closed is still there, and the caller hears of the trouble', async () => {
  const tables = await aVault();
  const remove = async () => Promise.reject(new Error('no answer'));
  const ports = portsOver({ ...tables, vaults: { ...tables.vaults, remove } });
  await expect(deleteVault(ports, aRequest(), PLACE)).rejects.toThrow('no answer');
  expect(await portsOver(tables).vaults.head(VAULT, 'fresh')).toBeDefined();
});

test('what died between closing and clearing is cleared by the repetition', async () => {
  const tables = await aVault();
  const { vaults } = portsOver(tables);
  const clearVault = async () => Promise.reject(new Error('killed'));
  await expect(
    deleteVault({ ...portsOver(tables), vaults: { ...vaults, clearVault } }, aRequest(), PLACE),
  ).rejects.toThrow('killed');
  await deleteVault(portsOver(tables), aRequest(), PLACE);
  // its history outlives it
  for await (const { row } of scanTables(tables)('vaults')) expect(row.key).toMatch(/^contoso!audit!/);
});
