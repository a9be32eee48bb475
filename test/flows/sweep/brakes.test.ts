import { expect, test } from 'vitest';
import { releaseBelt, statedBy } from '../../../src/flows/service/askedSweep.ts';
import { brokenShare, takeShare } from '../../../src/flows/sweep/share.ts';
import { turn } from '../../../src/flows/sweep/turn.ts';
import { shardOf } from '../../../src/store/keys.ts';
import { later, NOON } from '../../support/builders.ts';
import { allDue } from '../../support/stores.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, setPause } from '../../support/world.ts';
import { furnished, names, VAULT } from './furnish.ts';
import { sweeperOver } from './sweeper.ts';

const FIVE = { maxPurges: 5 };

test('what was let go in a future that the clock took back lets nothing go', async () => {
  const { tables } = await furnished(names(8));
  const leap = await sweeperOver(tables, {}, FIVE).sweep(later(365));
  expect(leap).toMatchObject({ purged: 0, held: { reason: 'Belt' } });
  const { ports } = sweeperOver(tables);
  const [token, now] = [leap.held?.token ?? '', later(365)];
  const due = await allDue(ports, now);
  const ask = { token, stated: statedBy(token, ports), now, due };
  expect(await releaseBelt(ports, aRequest(now), {}, ask)).toMatchObject({ ok: true });

  const back = await sweeperOver(tables, {}, FIVE).sweep(later(15));

  expect(back).toMatchObject({ purged: 0, held: { reason: 'Belt' } });
  await expect(sweeperOver(tables).sweep(later(15), { acknowledgeBelt: leap.held?.token })).rejects.toThrow(
    /BeltTokenInvalid/,
  );
  expect(await sweeperOver(tables, {}, FIVE).sweep(later(16), { acknowledgeBelt: back.held?.token })).toMatchObject({
    purged: 8,
  });
});

test('what was let go stays let go when it could not be dealt with at once', async () => {
  const { tables } = await furnished(names(8));
  const { held } = await sweeperOver(tables, {}, FIVE).sweep(later(14));
  const { vaults } = sweeperOver(tables).ports;
  const trashOf = async () => Promise.reject(new Error('storage does not answer'));
  const failing = sweeperOver(tables, { vaults: { ...vaults, trashOf } }, FIVE);
  expect(await failing.sweep(later(14, 1), { acknowledgeBelt: held?.token })).toMatchObject({ purged: 0 });

  expect(await sweeperOver(tables, {}, FIVE).sweep(later(14, 60_001))).toMatchObject({ purged: 8 });
});

test('held items cost no look each, and do not keep the others from their turn', async () => {
  const { tables, trash } = await furnished(names(8));
  await trash('warned');
  const { ports } = sweeperOver(tables);
  let reads = 0;
  const vaults = {
    ...ports.vaults,
    item: async (vault: string, item: string) => {
      reads += 1;
      return ports.vaults.item(vault, item);
    },
  };
  expect(await sweeperOver(tables, { vaults }, FIVE).sweep(later(14))).toMatchObject({ skipped: 9, purged: 0 });
  expect(reads).toBe(0);
});

test('a share of a sweep is never ahead of its own clock, and never falls behind by much', async () => {
  const { tables } = await furnished(names(8));
  const { ports } = sweeperOver(tables);
  const shares = (at: string, now = later(13)) =>
    Promise.all(
      ports.agenda.shards.map((shard) =>
        takeShare({ ...ports, clock: { now: () => now } }, { ...FIVE, budgetSeconds: 60 }, { shard, now: at }),
      ),
    );
  const purged = async (...of: Parameters<typeof shares>) =>
    (await shares(...of)).reduce((sum, one) => sum + (one.swept?.purged ?? 0), 0);

  expect(await purged(later(14).toISO())).toBe(0);
  expect(await purged(later(13).plus({ minutes: 29 }).toISO())).toBe(0);
  expect(await purged(later(14).toISO(), later(14).minus({ minutes: 1 }))).toBe(0);
  expect(await purged(later(14).toISO(), later(14).plus({ minutes: 31 }))).toBe(0);
  expect(await purged(later(14).toISO(), later(14))).toBe(8);
});

test.each([['text'], [null], [{ shard: 'shard99x', now: NOON.toISO() }], [{ shard: 'shard00', now: 'soon' }]])(
  'a message that is no share is set aside with its text, however it came: %j',
  async (message) => {
    const { ports } = sweeperOver(memoryTables());
    const { unread } = await takeShare(ports, { ...FIVE, budgetSeconds: 60 }, message);
    expect(unread).toEqual({
      queue: 'sweep-shards',
      text: typeof message === 'string' ? message : JSON.stringify(message),
      why: expect.stringContaining('could not be understood'),
    });
    expect(brokenShare(message)).toEqual(unread);
  },
);

test('a share that broke off is one dead letter a shard, whenever it was sent', () => {
  const [one, other] = [NOON, later(1)].map((now) => brokenShare({ shard: 'shard07', now: now.toISO() }));
  expect(one).toEqual(other);
  expect(one).toMatchObject({ text: 'shard07', why: expect.stringContaining('broke off again and again') });
});

test('before it is spread a sweep is looked at as a whole, and what waits there stays known', async () => {
  const { tables } = await furnished(names(8));
  const { ports } = sweeperOver(tables);
  const limits = { ...FIVE, budgetSeconds: 60 };
  const at = {
    ...ports,
    clock: { now: () => later(14) },
    storage: { ping: async () => ({ date: later(14) }) },
    realNow: () => later(14),
  };
  expect(await turn(at, { ...limits, spreadAbove: 1 })).toMatchObject({
    units: [],
    report: { held: { reason: 'Belt' } },
  });
  const { units } = await turn(at, { ...limits, maxPurges: 8, spreadAbove: 1 });
  expect(units).toContainEqual(
    expect.objectContaining({ v: 2, shard: shardOf({ vault: VAULT }), now: later(14).toISO() }),
  );
  const { heartbeat, belt } = await ports.control.read();
  expect(heartbeat).toMatchObject({ oldestDue: later(14), held: null });
  expect(belt?.value.episodes).toEqual([]);

  const empty = ports.agenda.shards.find((shard) => shard !== undefined) ?? '';
  await setPause(ports, later(15));
  await takeShare(at, limits, { shard: empty, now: later(14).toISO() });
  expect((await ports.control.read()).heartbeat).toMatchObject({ oldestDue: later(14), held: 'Paused' });
});
