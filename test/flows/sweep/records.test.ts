import { expect, test } from 'vitest';
import { tableControl } from '../../../src/store/control.ts';
import type { Op, Table } from '../../../src/store/table.ts';
import { later, NOON } from '../../support/builders.ts';
import { memoryTable } from '../../support/memoryTable.ts';

const beat = (turn: number) => ({ at: NOON, turn, complete: true, held: null, oldestDue: null });
const record = (id: string, minutes = 0) => ({
  ...{ due: 1, purged: 1, warned: 0, expired: 0, retold: 0, failed: 0 },
  id,
  startedAt: NOON.plus({ minutes }).toISO(),
});
const rowsOf = (table: Table) => table.range('control', { prefix: 'swept!' });

test('shares of a sweep that end in the same turn are both shown', async () => {
  const control = tableControl(memoryTable());
  await Promise.all([control.beat(beat(7), record('a')), control.beat(beat(7), record('b'))]);
  expect((await control.recent()).map(({ startedAt }) => startedAt)).toHaveLength(2);
});

test('the newest fifty are shown, and no more than a few others are kept, whoever sweeps beside', async () => {
  const table = memoryTable();
  const control = tableControl(table);
  for (let turn = 1; turn <= 200; turn += 1)
    for (let share = 0; share < 16; share += 1) await control.beat(beat(turn), record(`${turn}-${share}`, turn));

  const shown = await control.recent();
  expect(shown).toHaveLength(50);
  expect(shown.map(({ startedAt }) => startedAt).toSorted()[0]).toBe(later(0).plus({ minutes: 197 }).toISO());
  expect((await rowsOf(table)).length).toBeLessThanOrEqual(50 + 4 * 16);
});

test('clearing costs one request, and is left to another who was faster', async () => {
  const table = memoryTable();
  for (let turn = 1; turn <= 63; turn += 1) await tableControl(table).beat(beat(turn), record(String(turn)));
  let requests = 0;
  const slow: Table = {
    ...table,
    async range(partition, range) {
      requests += 1;
      const rows = await table.range(partition, range);
      const oldest = rows.at(-1);
      if (oldest) await table.commit(partition, [{ op: 'drop', key: oldest.key }]);
      return rows;
    },
    async commit(partition, ops: readonly Op[]) {
      requests += 1;
      return table.commit(partition, ops);
    },
  };
  await tableControl(slow).beat(beat(64), record('64'));
  expect(requests).toBe(3);
  expect((await tableControl(table).read()).heartbeat?.turn).toBe(64);
  await tableControl(table).beat(beat(68), record('68'));
  expect(await rowsOf(table)).toHaveLength(50);
});
