import { expect, test } from 'vitest';
import { SERVICE } from '../../../src/core/hints.ts';
import { type Instant, iso } from '../../../src/core/time.ts';
import { beat, purgesIn } from '../../../src/flows/sweep/beat.ts';
import { keys } from '../../../src/store/keys.ts';
import { type Op, put, type Table } from '../../../src/store/table.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { NOON } from '../../support/builders.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { portsOver } from '../../support/world.ts';

const minutes = (count: number) => NOON.plus({ minutes: count });
const ended = (id: string, now: Instant, over: object = {}) => ({
  now,
  oldestDue: undefined,
  oldestUntold: undefined,
  record: {
    ...{ id, startedAt: iso(now), finishedAt: iso(now), dryRun: false, complete: true, oldestOverdue: null },
    ...{
      due: 1,
      waiting: 0,
      purged: 0,
      ordered: 0,
      warned: 0,
      expired: 0,
      applied: 0,
      retold: 0,
      skipped: 0,
      failed: 0,
    },
    ...over,
  },
});
const rowsOf = ({ vaults }: Tables) => vaults.range(SERVICE, { prefix: keys.swept('') });

/** As the sweep of that number, of which this is one of so many shares. */
async function swept(tables: Tables, turn: number, shares = 1, over: object = {}): Promise<void> {
  const ports = { ...portsOver(tables), clock: { now: () => minutes(turn) } };
  const control = await ports.control.read();
  const each = Array.from({ length: shares }, (_, share) => ended(`${turn}-${share}`, minutes(turn), over));
  await Promise.all(each.map((one) => beat(ports, control, shares > 1 ? { ...one, shards: ['shard00'] } : one)));
}

test('shares of a sweep that end in the same turn are all shown, and none of their purges is lost', async () => {
  const tables = memoryTables();
  await swept(tables, 1, 16, { purged: 3 });
  const { control } = portsOver(tables);
  expect(await control.recent()).toHaveLength(16);
  expect(purgesIn(await control.read()).reduce((sum, { count }) => sum + count, 0)).toBe(48);
});

test('shares that end at once seldom write the same row: a share asks for little more than one write', async () => {
  const tables = memoryTables();
  await swept(tables, 1);
  const seen = nothingSeen();
  const ports = portsOver(counted(tables, seen));
  const control = await ports.control.read();
  Object.assign(seen, nothingSeen());
  // These sixteen ids lie in as many rows. Those of every fourth look for records that are no longer shown.
  const each = [...'abcdefghijklmnop'].map((id) => ended(id, minutes(2), { purged: 3 }));
  await Promise.all(each.map((one) => beat(ports, control, { ...one, shards: ['shard00'] })));
  expect(seen.requests).toBe(16 + 4);
  expect(await ports.control.recent()).toHaveLength(17);
});

test('what one share found stands while others that saw none of it end, and until a sweep sees all shards', async () => {
  const tables = memoryTables();
  await swept(tables, 1);
  const { control, ...ports } = { ...portsOver(tables), clock: { now: () => minutes(2) } };
  const state = await control.read();
  const share = (id: string, over: object) =>
    beat({ control, ...ports }, state, { ...ended(id, minutes(2)), shards: ['shard00'], ...over });
  await share('a', { oldestUntold: minutes(-60) });
  await share('b', { oldestDue: minutes(-30) });
  await share('c', {});
  const after = { oldestUntold: minutes(-60), oldestDue: minutes(-30), turn: 2 };
  expect((await control.read()).heartbeat).toMatchObject(after);
  await swept(tables, 3);
  expect((await control.read()).heartbeat).toMatchObject({ oldestUntold: null, oldestDue: null, turn: 3 });
});

test('the first of all heartbeats is that of a share, where the version before left none: it is found again', async () => {
  const tables = memoryTables();
  const ports = portsOver(tables);
  await beat(ports, await ports.control.read(), { ...ended('a', minutes(1), { purged: 3 }), shards: ['shard00'] });
  const { heartbeat, before } = await ports.control.read();
  expect(heartbeat).toMatchObject({ at: ports.clock.now(), turn: 1 });
  expect(before).toEqual([]);
});

/** As the version before kept it, in the table of what lies across vaults. */
const ofBefore = ({ registry }: Tables, turn: number) =>
  registry.commit('control', [
    put(`swept!${9_999_999_999 - turn}!old`, { v: 1, id: `old-${turn}`, startedAt: iso(NOON) }),
  ]);

test('with the first of all sweeps among them they are one request; behind others lie those of the version before', async () => {
  const tables = memoryTables();
  const seen = nothingSeen();
  const shown = async () => {
    Object.assign(seen, nothingSeen());
    const all = await portsOver(counted(tables, seen)).control.recent();
    return { requests: seen.requests, sweeps: all.length };
  };
  await swept(tables, 1);
  await ofBefore(tables, 7);
  expect(await shown()).toEqual({ requests: 1, sweeps: 1 });
  await tables.vaults.commit(
    SERVICE,
    (await rowsOf(tables)).map(({ key }) => ({ op: 'drop', key })),
  );
  expect(await shown()).toEqual({ requests: 2, sweeps: 1 });
  await swept(tables, 2);
  expect(await shown()).toEqual({ requests: 2, sweeps: 2 });
});

test('the newest fifty are shown, and no more than a few others are kept, whoever sweeps beside', async () => {
  const tables = memoryTables();
  for (let turn = 1; turn <= 200; turn += 1) await swept(tables, turn, 16);

  const shown = await portsOver(tables).control.recent();
  expect(shown).toHaveLength(50);
  expect(shown.map(({ startedAt }) => startedAt).toSorted()[0]).toBe(iso(minutes(197)));
  expect((await rowsOf(tables)).length).toBeLessThanOrEqual(50 + 4 * 16);
});

test('clearing costs one request, and is left to another who was faster', async () => {
  const tables = memoryTables();
  for (let turn = 1; turn <= 63; turn += 1) await swept(tables, turn);
  const { control } = portsOver(tables);
  const state = await control.read();
  let requests = 0;
  const slow: Table = {
    ...tables.vaults,
    async range(partition, range) {
      requests += 1;
      const rows = await tables.vaults.range(partition, range);
      const oldest = rows.at(-1);
      if (range.prefix === keys.swept('') && oldest)
        await tables.vaults.commit(partition, [{ op: 'drop', key: oldest.key }]);
      return rows;
    },
    async commit(partition, ops: readonly Op[]) {
      requests += 1;
      return tables.vaults.commit(partition, ops);
    },
  };
  await beat(portsOver({ ...tables, vaults: slow }), state, ended('64', minutes(64)));
  // the clearing, the commit that lost, what is true by then, and the commit
  expect(requests).toBe(4);
  expect((await control.read()).heartbeat?.turn).toBe(64);
  for (let turn = 65; turn <= 68; turn += 1) await swept(tables, turn);
  expect(await rowsOf(tables)).toHaveLength(50);
});

test('a beat whose answer was lost is not counted twice', async () => {
  const tables = memoryTables();
  await swept(tables, 1);
  const ports = portsOver(tables);
  const state = await ports.control.read();
  const deaf: Table = {
    ...tables.vaults,
    async commit(partition, ops) {
      await tables.vaults.commit(partition, ops);
      return false;
    },
  };
  await beat(portsOver({ ...tables, vaults: deaf }), state, ended('2', minutes(2), { purged: 7 }));
  expect((await ports.control.read()).purges?.value).toMatchObject([{ count: 7 }]);
});
