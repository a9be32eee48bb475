import { describe, expect, test } from 'vitest';
import type { Change } from '../../../src/change.ts';
import type { Alert } from '../../../src/core/alerts.ts';
import { addDays, type Instant, iso } from '../../../src/core/time.ts';
import { askedSweep } from '../../../src/flows/service/askedSweep.ts';
import type { SweepReport } from '../../../src/flows/sweep/run.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import { keys } from '../../../src/store/keys.ts';
import type { Table } from '../../../src/store/table.ts';
import { later } from '../../support/builders.ts';
import { historyIn } from '../../support/stores.ts';
import type { Tables } from '../../support/tables.ts';
import { aRequest, CONTRIBUTOR, portsOver } from '../../support/world.ts';
import { furnished, names, VAULT, watched } from './furnish.ts';
import { sweeperOver } from './sweeper.ts';

const FIVE = { maxPurges: 5 };
const minutes = (count: number) => later(14).plus({ minutes: count });
const bornFor = (due: Instant) => addDays(due, -14);

/** Every time that people were to be mailed that the belt holds. */
const mailsIn = (commits: readonly Change[]): readonly Alert[] =>
  commits
    .flatMap(({ alerts = [] }) => alerts)
    .filter(({ was, again, now }) => now.type === 'MassPurgeHeld' && (again || !was))
    .map(({ now }) => now);

/** A sweeper whose alerts are told at once, to nobody. */
function tellingSweeper(tables: Tables, limits: object = FIVE) {
  const { commits, commit } = watched(tables, async () => {});
  const { sweep: at } = sweeperOver(tables, { commit, notices: portsOver(tables).notices, operators: [] }, limits);
  return { sweep: at, mails: () => mailsIn(commits) };
}

const historyOf = (tables: Tables) => historyIn(portsOver(tables), '~service', null);

describe('an episode', () => {
  test('of six hours whose set grows with every sweep is one alert', async () => {
    const { tables, trashAt } = await furnished(names(8));
    const { sweep: at, mails } = tellingSweeper(tables);
    for (let turn = 0; turn < 72; turn += 1) {
      await trashAt(`late-${turn}`, bornFor(minutes(5 * turn - 1)));
      expect(await at(minutes(5 * turn))).toMatchObject({ purged: 0, held: { reason: 'Belt', limit: 'count' } });
    }
    expect(mails()).toMatchObject([{ vault: null, count: 1, facts: { limit: 'count', count: 9 } }]);
  });

  test('is mailed again once a day, as the same alert, and the next one is another', async () => {
    const { tables, trashAt } = await furnished(names(8));
    const { sweep: at, mails } = tellingSweeper(tables);
    for (const minute of [0, 60, 24 * 60 - 1, 24 * 60, 25 * 60, 48 * 60 + 5]) await at(minutes(minute));
    const ids = mails().map(({ id, count }) => `${id} ${count}`);
    const [first = ''] = ids[0]?.split(' ') ?? [];
    expect(ids).toEqual([`${first} 1`, `${first} 2`, `${first} 3`]);

    const held = await at(minutes(50 * 60));
    expect(await at(minutes(50 * 60 + 5), { acknowledgeBelt: held.held?.token })).toMatchObject({ purged: 8 });
    const due = addDays(minutes(50 * 60), 1);
    for (const name of names(6)) await trashAt(`next-${name}`, bornFor(due));
    await at(due);
    expect(mails()).toHaveLength(4);
    expect(mails().at(-1)?.id).not.toBe(first);
  });

  test('goes on through a pause, which says nothing of what the belt holds', async () => {
    const { tables } = await furnished(names(8));
    const { sweep: at, mails } = tellingSweeper(tables);
    await at(minutes(0));
    const { control, commit } = portsOver(tables);
    const pause = { reason: 'x', until: minutes(20), by: 'me', tid: 't', at: minutes(1), etag: 'p' };
    await commit({ vault: '~service', id: 'pause', control: { was: await control.read(), pause } });
    expect(await at(minutes(10))).toMatchObject({ held: { reason: 'Paused' } });
    expect(await at(minutes(30))).toMatchObject({ held: { reason: 'Belt' } });
    expect(mails()).toHaveLength(1);
  });
});

describe('a token', () => {
  test('releases what was due when it was given out, however the set grew and how many were given out since', async () => {
    const { tables, trashAt } = await furnished(names(8));
    const { sweep: at } = tellingSweeper(tables);
    const first = await at(minutes(0));
    for (let turn = 1; turn < 30; turn += 1) {
      await trashAt(`late-${turn}`, bornFor(minutes(5 * turn - 1)));
      await at(minutes(5 * turn));
    }
    expect(await at(minutes(150), { acknowledgeBelt: first.held?.token })).toMatchObject({
      purged: 8,
      held: { reason: 'Belt', count: 29 },
    });
  });

  test('is good for seven days, and until what it releases is purged', async () => {
    const { tables } = await furnished(names(8));
    const { sweep: at } = tellingSweeper(tables);
    const [old, good] = [await at(minutes(0)), await at(minutes(1))];
    const acknowledgeBelt = old.held?.token;
    await expect(at(addDays(minutes(0), 7), { acknowledgeBelt })).rejects.toThrow(/BeltTokenInvalid/);
    expect(await at(addDays(minutes(0), 7), { acknowledgeBelt: good.held?.token })).toMatchObject({ purged: 8 });
    await expect(at(addDays(minutes(0), 7), { acknowledgeBelt: good.held?.token })).rejects.toThrow(
      /BeltTokenInvalid.*is purged/,
    );
  });

  test('that this service did not seal releases nothing', async () => {
    const { tables } = await furnished(names(8));
    const { sweep: at } = tellingSweeper(tables);
    const token = (await at(minutes(0))).held?.token ?? '';
    const forged = [
      token.replace(/^\d+/, (at) => String(Number(at) + 1)),
      token.slice(0, -1),
      `${token}x`,
      'wrong',
      '',
    ];
    for (const acknowledgeBelt of forged)
      await expect(at(minutes(1), { acknowledgeBelt })).rejects.toThrow(/BeltTokenInvalid/);
  });

  test('that the version before gave out releases what was due by then', async () => {
    const { tables } = await furnished(names(8));
    const cells = {
      v: 1,
      doc0: JSON.stringify({
        holds: [{ token: 'abc', heldAt: minutes(0).toISO(), count: 8 }],
        releasedUntil: null,
      }),
    };
    await tables.registry.commit('control', [{ op: 'put', key: 'a!belt', cells }]);
    const { sweep: at } = tellingSweeper(tables);
    await at(minutes(1));
    expect(await at(minutes(5), { acknowledgeBelt: 'abc' })).toMatchObject({ purged: 8 });
  });

  test('is given by a person with a second factor, stands in the history, and the operators hear of it', async () => {
    const { tables } = await furnished(names(8));
    const token = (await tellingSweeper(tables).sweep(minutes(0))).held?.token;
    const given = (over: object) => {
      const flow = { ...portsOver(tables), clock: { now: () => minutes(1) } };
      const by = { ...aRequest(minutes(1)), caller: { ...CONTRIBUTOR, ...over } };
      return askedSweep(flow, { ...FIVE, budgetSeconds: 60 }, by, { now: minutes(1), acknowledgeBelt: token });
    };
    const refusals = [{ secondFactor: false }, { secondFactor: false, appOnly: true }, { appOnly: true }];
    const codes = await Promise.all(refusals.map(given));
    expect(codes.map((one) => (one.ok ? 'ok' : one.refusal.code))).toEqual([
      'StepUpRequired',
      'Forbidden',
      'Forbidden',
    ]);
    expect(await given({})).toMatchObject({ ok: true, value: { purged: 8 } });

    const entries = await historyOf(tables);
    expect(entries.map(({ operation, outcome, code }) => [operation, outcome, code])).toEqual(
      expect.arrayContaining([
        ['ReleaseBelt', 'Refused', 'StepUpRequired'],
        ['ReleaseBelt', 'Refused', 'Forbidden'],
        ['ReleaseBelt', 'Succeeded', null],
        ['Sweep', 'Succeeded', null],
      ]),
    );
    const released = entries.find(({ operation, outcome }) => operation === 'ReleaseBelt' && outcome === 'Succeeded');
    expect(released).toMatchObject({
      caller: { oid: CONTRIBUTOR.oid },
      facts: { control: 'belt', before: null, after: iso(minutes(0)), count: 8, provedBy: 'token' },
    });
    const { found: alerts } = await portsOver(tables).alerts.about(null, null);
    expect(alerts.map(({ value }) => value).filter(({ type }) => type === 'BrakeReleased')).toMatchObject([
      { vault: null, facts: { control: 'belt', after: iso(minutes(0)), by: CONTRIBUTOR.oid } },
    ]);
  });
});

describe('the belt of a day', () => {
  const EIGHT = { maxPurges: 5, maxPerDay: 8 };

  test('counts what was purged within 24 hours, and lets go when that is past', async () => {
    const { tables, trashAt } = await furnished(names(5));
    const { sweep: at, mails } = tellingSweeper(tables, EIGHT);
    expect(await at(minutes(0))).toMatchObject({ purged: 5 });
    for (const name of ['a', 'b', 'c', 'd']) await trashAt(name, bornFor(minutes(60)));
    expect(await at(minutes(61))).toMatchObject({ purged: 0, held: { reason: 'Belt', limit: 'perDay', count: 4 } });
    expect(await at(minutes(24 * 60 - 1))).toMatchObject({ purged: 0, held: { limit: 'perDay' } });
    expect(await at(minutes(24 * 60))).toMatchObject({ purged: 4 });
    expect(mails()).toHaveLength(1);
  });

  test('counts the shares of a sweep that is spread', async () => {
    const { tables, trashAt } = await furnished(names(5));
    const ports = { ...portsOver(tables), clock: { now: () => minutes(0) } };
    const limits = { ...EIGHT, budgetSeconds: 60 };
    const shares = ports.agenda.shards.map((shard) => sweep(ports, limits, { now: minutes(0), shards: [shard] }));
    const purged = (await Promise.all(shares)).reduce((sum, one) => sum + one.purged, 0);
    expect(purged).toBe(5);
    for (const name of ['a', 'b', 'c', 'd']) await trashAt(name, bornFor(minutes(60)));
    expect(await tellingSweeper(tables, EIGHT).sweep(minutes(61))).toMatchObject({ held: { limit: 'perDay' } });
  });
});

describe('the belt of a vault', () => {
  const SHARE = { maxPurges: 10_000, maxPercent: 30 };

  async function aLargeVault(due: number, living: number) {
    const estate = await furnished();
    await estate.done('putVault', 'other', { kind: 'RecoveryServices' });
    for (let item = 0; item < due; item += 1) await estate.trash(`due-${item}`);
    for (let item = 0; item < living; item += 1) await estate.protect(`live-${item}`);
    const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
    await estate.done('putPolicy', 'other/daily', policy);
    await estate.done('protectItem', 'other/vm', { workload: 'AzureVM', policy: 'daily', sourceId: 'other-vm' });
    await estate.done('stopItem', 'other/vm', { mode: 'delete', confirmName: 'vm' });
    return estate;
  }

  test('holds what is too large a share of it, and nothing of any other; its people hear of it', async () => {
    const { tables } = await aLargeVault(101, 199);
    const { sweep: at, mails } = tellingSweeper(tables, SHARE);
    const held = await at(minutes(0));
    expect(held).toMatchObject({
      purged: 1,
      held: { reason: 'Belt', limit: 'percent', count: 101, vaults: [VAULT], token: expect.any(String) },
    });
    expect(await at(minutes(5))).toMatchObject({ purged: 0, held: { limit: 'percent' } });
    expect(mails()).toMatchObject([{ vault: VAULT, facts: { count: 101, limit: 'percent' } }]);
    await at(minutes(24 * 60));
    expect(mails().map(({ id, count }) => [id, count])).toEqual([1, 2].map((count) => [mails()[0]?.id, count]));
    expect(await at(minutes(24 * 60 + 5), { acknowledgeBelt: held.held?.token })).toMatchObject({ purged: 101 });
  });

  test.for([
    ['fewer than a hundred', 99, 0, 30],
    ['not too large a share', 101, 300, 30],
    ['turned off', 101, 0, 100],
  ] as const)('lets go what is %s', async ([, due, living, maxPercent]) => {
    const { tables } = await aLargeVault(due, living);
    const { sweep: at } = tellingSweeper(tables, { ...SHARE, maxPercent });
    const swept: SweepReport = await at(minutes(0));
    expect(swept).toMatchObject({ purged: due + 1 });
    expect(swept).not.toHaveProperty('held');
  });

  test('counts the items of the vault once for a hold, and has no more than a page of it in hand', async () => {
    const { tables } = await aLargeVault(120, 0);
    const seen = { counts: 0, most: 0 };
    const watching: Table = {
      ...tables.vaults,
      async range(partition, range) {
        const rows = await tables.vaults.range(partition, range);
        if (range.prefix === keys.tallies(VAULT)) seen.counts += 1;
        else if (range.before?.includes('!trash!0'))
          seen.most = Math.max(seen.most, range.limit ?? Number.POSITIVE_INFINITY);
        return rows;
      },
    };
    const { sweep: at } = tellingSweeper({ ...tables, vaults: watching }, SHARE);
    for (let turn = 0; turn < 10; turn += 1)
      expect(await at(minutes(5 * turn))).toMatchObject({ held: { count: 120 } });
    expect(seen).toEqual({ counts: 1, most: 200 });
  });
});
