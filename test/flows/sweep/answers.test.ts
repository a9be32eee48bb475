import { expect, test } from 'vitest';
import { addMillis, HOUR_MS, type Instant } from '../../../src/core/time.ts';
import { tidyAnswers } from '../../../src/flows/sweep/tidy.ts';
import { aVault, NOON } from '../../support/builders.ts';
import { memoryTables } from '../../support/tables.ts';
import { newHead, portsOver } from '../../support/world.ts';

const hours = (count: number): Instant => addMillis(NOON, count * HOUR_MS);
const answer = (key: string, at: Instant) => ({
  answer: { key, bodyHash: 'b', status: 200, headers: {}, body: '', at },
});

async function world() {
  const tables = memoryTables();
  const ports = portsOver(tables);
  await ports.commit({ line: 'vault', vault: 'Contoso', id: 'made' });
  await ports.commit(newHead(aVault()));
  const keysIn = async (vault: string) =>
    (await tables.vaults.range(vault, { prefix: `${vault}!idem!` })).map(({ key }) => key.split('!')[2]);
  return { tables, ports, keysIn };
}
const never = () => false;

test('answers that lapsed are gone within a day, those of the last day stay, and so does what was recorded anew', async () => {
  const { ports, keysIn } = await world();
  for (const vault of ['contoso', '~service'])
    for (const [key, at] of [
      ['old', hours(0)],
      ['young', hours(2)],
    ] as const)
      await ports.vaults.keepAnswer(vault, answer(key, at));

  await tidyAnswers(ports, hours(23), hours(25), never);
  for (const vault of ['contoso', '~service']) expect(await keysIn(vault)).toEqual(['young']);
});

test('a sweep looks for them four times a day, and costs nothing for it at any other time', async () => {
  const { ports } = await world();
  let looks = 0;
  const vaults = {
    ...ports.vaults,
    dropAnswers: async () => {
      looks += 1;
    },
  };
  const tidy = async (last: Instant | undefined, now: Instant) => {
    looks = 0;
    await tidyAnswers({ ...ports, vaults }, last, now, never);
    return looks;
  };
  expect(await tidy(undefined, hours(0))).toBe(0);
  expect(await tidy(hours(0), hours(5.9))).toBe(0);
  expect(await tidy(hours(5.9), hours(6))).toBe(2);
  expect(await tidy(hours(0), hours(240))).toBe(2);
});

test('an answer of the version before, which has its time inside only, goes too', async () => {
  const { tables, ports, keysIn } = await world();
  await ports.vaults.keepAnswer('contoso', answer('before', hours(0)));
  const [row] = await tables.vaults.range('contoso', { prefix: 'contoso!idem!' });
  const { at: _, ...cells } = row?.cells ?? {};
  await tables.vaults.commit('contoso', [{ op: 'replace', key: row?.key ?? '', cells }]);
  await tidyAnswers(ports, hours(5), hours(23), never);
  expect(await keysIn('contoso')).toEqual(['before']);
  await tidyAnswers(ports, hours(23), hours(25), never);
  expect(await keysIn('contoso')).toEqual([]);
});
