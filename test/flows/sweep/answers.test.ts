import { beforeEach, expect, test } from 'vitest';
import { addMillis, HOUR_MS, type Instant } from '../../../src/core/time.ts';
import { aVault, NOON } from '../../support/builders.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { newHead, newId } from '../../support/world.ts';
import { type Sweeper, sweeperOver } from './sweeper.ts';

const hours = (count: number): Instant => addMillis(NOON, count * HOUR_MS);

let tables: Tables;
let sweeper: Sweeper;
let walks = 0;
beforeEach(async () => {
  tables = memoryTables();
  const plain = sweeperOver(tables).ports;
  const dropAnswers: typeof plain.vaults.dropAnswers = async (...given) => {
    walks += 1;
    await plain.vaults.dropAnswers(...given);
  };
  sweeper = sweeperOver(tables, { vaults: { ...plain.vaults, dropAnswers } });
  await sweeper.ports.commit({ line: 'vault', vault: 'Contoso', id: 'made' });
  await sweeper.ports.commit(newHead(aVault()));
  await sweeper.sweep(hours(-24));
});

/** As the version before kept it: nothing in the vault says when it is over. */
async function keptBefore(vault: string, key: string, at: Instant): Promise<void> {
  const answer = { key, bodyHash: 'b', status: 200, headers: {}, body: '', at };
  await sweeper.ports.commit({ vault, id: newId(), answer: () => ({ answer }) });
  const [row] = await tables.vaults.range(vault, { prefix: `${vault}!idem!${key}` });
  const { ends: _, ...cells } = row?.cells ?? {};
  await tables.vaults.commit(vault, [{ op: 'replace', key: row?.key ?? '', cells: { ...cells, at: at.toMillis() } }]);
}
const keysIn = async (vault: string) =>
  (await tables.vaults.range(vault, { prefix: `${vault}!idem!` })).map(({ key }) => key.split('!')[2]);

test('answers that the version before kept are gone within a day of their end, wherever they lie', async () => {
  for (const vault of ['contoso', '~service']) {
    await keptBefore(vault, 'old', hours(-25));
    await keptBefore(vault, 'young', hours(-23));
  }
  await sweeper.sweep(hours(0));
  for (const vault of ['contoso', '~service']) expect(await keysIn(vault)).toEqual(['young']);
  await sweeper.sweep(hours(24));
  for (const vault of ['contoso', '~service']) expect(await keysIn(vault)).toEqual([]);
});

test('after the last of them is over no vault is looked at any more', async () => {
  const looks = async (at: Instant): Promise<number> => {
    walks = 0;
    await sweeper.sweep(at);
    return walks;
  };
  expect([await looks(hours(0)), await looks(hours(1))]).toEqual([2, 0]);
  expect([await looks(hours(24)), await looks(hours(48))]).toEqual([2, 2]);
  expect([await looks(hours(72)), await looks(hours(96))]).toEqual([0, 0]);
});
