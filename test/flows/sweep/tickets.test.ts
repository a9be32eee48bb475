/** A purge by ticket is the same as any other; and a ticket that is not true in every way leads to nothing but a look. */
import { describe, expect, test } from 'vitest';
import type { ItemIn } from '../../../src/core/item.ts';
import { addMillis, HOUR_MS, iso } from '../../../src/core/time.ts';
import { takeReports } from '../../../src/flows/alerts/mails.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { rowsOf } from '../../faults/seeds.ts';
import { appOver } from '../../support/app.ts';
import { aPoint, aVault, later } from '../../support/builders.ts';
import type { Tables } from '../../support/tables.ts';
import { must, newId, writing } from '../../support/world.ts';
import { OPS, VAULT } from '../notify/office.ts';
import { DAY, DUE, deleted, ITEM, type Wish } from './deleted.ts';
import { hintsIn, sweeperOver } from './sweeper.ts';
import { BY_TICKET, purgeHints, type Told, told } from './ticketed.ts';

const A_MINUTE = 60_000;
const isSound = async ({ plain, now }: Told) => (await checkStore(scanTables(plain), now())).findings;

/** What is never the same twice is left out. */
const plainly = (text: string): string =>
  text
    .replaceAll(/id-\d{6}/g, 'ID')
    .replaceAll(/[0-9a-f]{64}/g, 'HASH')
    .replaceAll(/[A-Za-z0-9+/]{43}=/g, 'SEAL');
const allIn = async (tables: Tables): Promise<readonly string[]> =>
  (await rowsOf(tables)).map((row) => plainly(JSON.stringify(row))).toSorted();
const lettersOf = async ({ mail }: Told): Promise<readonly string[]> =>
  (await mail.inbox()).map(({ to, subject, text }) => plainly(`${to} ${subject} ${text}`));

const SILENCE = { from: later(1), since: later(1), until: later(20), types: null, items: ['SQL-01'], reason: 'r' };
const aSilence = (over: object = {}) => ({ ...SILENCE, name: 'quiet', by: 'somebody', etag: 's', ...over });

const WISHES: Readonly<Record<string, Wish>> = {
  'with an owner and a recipient': {},
  'with recovery points': { points: 3 },
  'that nobody is named for': { alerts: { recipients: [], owners: [] } },
  'told in digests': { alerts: { mode: 'HourlyDigest' } },
  'of a Backup vault': { vault: { ...aVault({}, 'Backup') }, workload: 'AzureBlob' },
  'with a silence that begins after it was told': { vault: { silences: [aSilence({ from: later(13) })] } },
  'with silences of others': { vault: { silences: [aSilence({ items: ['vm'] }), aSilence({ types: ['Digest'] })] } },
};

describe('a purge by ticket', () => {
  test.each(Object.entries(WISHES))('%s reads nothing, and leaves what every purge leaves', async (_, wish) => {
    const [one, other] = [await told(wish), await told(wish)];
    if (wish.alerts?.mode) for (const some of [one, other]) await some.pass(2 * 3600, { sweeping: true });
    await other.withoutTicket();
    expect(await one.sweptAt(DUE)).toEqual(BY_TICKET);
    expect(await other.sweptAt(DUE)).toMatchObject({ purged: 1, reads: 1 });
    expect(await allIn(one.plain)).toEqual(await allIn(other.plain));
    expect(await lettersOf(one)).toEqual(await lettersOf(other));
    expect((await one.entry('Purge')).facts).toMatchObject({ points: wish.points ?? 0 });
    expect(await isSound(one)).toEqual([]);
  });

  test.each([
    ['with a ticket', async () => undefined],
    ['without', (one: Told) => one.withoutTicket()],
  ] as const)('strikes the hint that stood for its points together with its own, %s', async (_, before) => {
    const one = await told({ points: 1 });
    const expiries = async () => (await hintsIn(one.plain)).filter((hint) => hint.startsWith('expire'));
    expect(await expiries()).toHaveLength(1);
    await before(one);
    expect(await one.sweptAt(DUE)).toMatchObject({ purged: 1, failed: 0 });
    expect(await expiries()).toEqual([]);
    expect(await isSound(one)).toEqual([]);
  });

  test('comes neither before its instant nor before the notice is over', async () => {
    const one = await told();
    expect(await one.sweptAt(addMillis(DUE, -1))).toMatchObject({ purged: 0, reads: 0 });
    expect(await one.sweptAt(DUE)).toEqual(BY_TICKET);
    const late = await told({ terms: { noticeMs: 3 * 24 * HOUR_MS, untoldMaxMs: 30 * 24 * HOUR_MS } });
    expect(await late.sweptAt(DUE)).toMatchObject({ purged: 0 });
    expect(await late.sweptAt(addMillis(later(15), -1))).toMatchObject({ purged: 0 });
    expect(await late.sweptAt(later(15))).toEqual(BY_TICKET);
  });

  test('that nobody could be told of is told by the next sweep, once', async () => {
    const one = await told();
    const before = (await one.to(OPS)).length;
    await one.moveTo(DUE);
    const mute = { send: async () => Promise.reject(new Error('the queue does not answer')) };
    const swept = await sweeperOver(one.tables, { notices: mute, purgeTerms: DAY }).sweep(DUE);
    expect(swept).toMatchObject({ purged: 1, failed: 0 });
    expect(await one.all('PurgeComplete')).toHaveLength(1);
    expect(await one.sweptAt(addMillis(DUE, A_MINUTE))).toMatchObject({ purged: 0 });
    await one.at(addMillis(DUE, HOUR_MS));
    expect((await one.to(OPS)).slice(before).map(({ subject }) => subject)).toHaveLength(1);
    expect(await one.all('PurgeComplete')).toHaveLength(1);
    expect(await isSound(one)).toEqual([]);
  });

  test('waits for a pause, and for the belt, as any other', async () => {
    const one = await told();
    const pause = { reason: 'we look first', until: iso(later(15)) };
    expect((await appOver(one.ports)('putPause', '', { body: pause })).status).toBeLessThan(300);
    expect(await one.sweptAt(DUE)).toMatchObject({ purged: 0 });
    expect(await one.sweptAt(later(15))).toEqual(BY_TICKET);
  });
});

/** What happens between the mark and the purge: what becomes of the item by its old date and some minutes, and by a later one. */
interface Change {
  readonly happens: (one: Told) => Promise<unknown>;
  readonly becomes: 'Purged' | 'SoftDeleted' | 'ProtectionStopped';
  readonly later?: 'Purged';
}

const ask =
  (name: string, path: string, body: object = {}) =>
  async (one: Told) => {
    const { status, body: said } = await appOver(one.ports)(name, path, { body });
    if (status >= 300) throw new Error(`${name}: ${status} ${said}`);
  };
const patch = (body: object) => ask('patchVault', VAULT, body);
const hold = (until: string | null) => ask('putHold', `${VAULT}/sql-01/court`, { reason: 'r', until });
const inTurn =
  (...some: readonly ((one: Told) => Promise<unknown>)[]) =>
  async (one: Told) => {
    for (const happens of some) await happens(one);
  };
const bounce = async (one: Told) => {
  const reminders = (await one.all('UpcomingPurge')).flatMap(({ notifications }) => notifications ?? []);
  const deliveries = reminders.map(({ operationId, recipient }) => ({
    messageId: operationId,
    recipient,
    status: 'Bounced' as const,
    reason: 'nobody of that name',
  }));
  await takeReports(one.ports, deliveries, one.now());
};

const CHANGES: Readonly<Record<string, Change>> = {
  'an undelete': { happens: ask('undeleteItem', `${VAULT}/sql-01`), becomes: 'ProtectionStopped' },
  'a stop after an undelete, which deletes it again': {
    happens: inTurn(
      ask('undeleteItem', `${VAULT}/sql-01`),
      ask('stopItem', `${VAULT}/sql-01`, { mode: 'delete', confirmName: 'sql-01' }),
    ),
    becomes: 'SoftDeleted',
    later: 'Purged',
  },
  'a hold without end': { happens: hold(null), becomes: 'SoftDeleted' },
  'a hold that ends later': { happens: hold(iso(later(16))), becomes: 'SoftDeleted', later: 'Purged' },
  'a hold that ends before': { happens: hold(iso(later(13, 1))), becomes: 'Purged' },
  'a hold that was taken off again': {
    happens: inTurn(hold(null), ask('deleteHold', `${VAULT}/sql-01/court`)),
    becomes: 'Purged',
  },
  'a longer period': {
    happens: patch({ softDelete: { retentionDays: 30, retentionScope: 'ExtendExisting' } }),
    becomes: 'SoftDeleted',
    later: 'Purged',
  },
  'a bounce of the reminder': { happens: bounce, becomes: 'SoftDeleted' },
  'other people': { happens: patch({ alerts: { recipients: ['new@example.com'] } }), becomes: 'Purged' },
  'other days to be reminded': { happens: patch({ alerts: { reminderDays: [5] } }), becomes: 'Purged' },
  'a later day to be reminded': {
    happens: patch({ alerts: { reminderDays: [1] } }),
    becomes: 'SoftDeleted',
    later: 'Purged',
  },
  'a silence': {
    happens: ask('putSilence', `${VAULT}/quiet`, {
      from: iso(later(13)),
      until: iso(later(20)),
      types: null,
      items: null,
      reason: 'r',
    }),
    becomes: 'Purged',
  },
  'a policy of the vault': {
    happens: ask('putPolicy', `${VAULT}/weekly`, {
      workloads: ['AzureVM'],
      schedule: '0 0 2 * * *',
      retention: { weekly: 4 },
    }),
    becomes: 'Purged',
  },
  'a refusal in its history': {
    happens: (one) => appOver(one.ports)('resumeItem', `${VAULT}/sql-01`, { body: { policy: 'daily' } }),
    becomes: 'Purged',
  },
};

describe('a ticket is stale after', () => {
  test.each(Object.entries(CHANGES))('%s', async (what, { happens, becomes, later: last }) => {
    const one = await told();
    const { shard, row } = await one.hint();
    await one.moveTo(later(13));
    await happens(one);
    await one.work();
    // as if the ticket that was made before had come late
    await one.plain.agenda.commit(shard, [{ op: 'put', key: row.key, cells: row.cells }]);
    const swept = await one.sweptAt(DUE);
    await one.sweptAt(addMillis(DUE, A_MINUTE * 2));
    expect([what, await one.state()]).toEqual([what, becomes]);
    expect(swept.reads).toBeGreaterThan(0);
    if (last) {
      for (let day = 15; day < 32; day += 1) await one.sweptAt(later(day, A_MINUTE));
      expect(await one.state()).toBe(last);
    }
    const purges = (await one.history()).filter((operation) => operation === 'Purge');
    expect(purges).toHaveLength((last ?? becomes) === 'Purged' ? 1 : 0);
    expect(await isSound(one)).toEqual([]);
  });

  test('other people were named, and then those are told', async () => {
    const one = await told();
    await one.moveTo(later(13));
    await patch({ alerts: { recipients: ['new@example.com'] } })(one);
    await one.sweptAt(DUE);
    const [purge] = await one.all('PurgeComplete');
    expect(purge?.notifications?.map(({ recipient }) => recipient)).toEqual(['new@example.com']);
  });
});

describe('a change of the item that only its history tells of', () => {
  /** No verb does this to what lies in the trash: its place and its mark stay as they are. */
  const aLatePoint = async (one: Told) => {
    const { ports } = one;
    const was = must(await ports.vaults.item(VAULT, ITEM));
    const now = { ...(was.value as ItemIn<'SoftDeleted'>), points: [aPoint('late', 1)], etag: newId() };
    expect(await ports.commit(writing(now, was, { id: now.etag }))).toBeDefined();
  };
  const pointsGone = async (one: Told) => (await one.entry('Purge')).facts['points'];

  test('and a refusal after it: the purge says what is gone', async () => {
    const one = await told();
    await aLatePoint(one);
    await appOver(one.ports)('resumeItem', `${VAULT}/${ITEM}`, { body: { policy: 'daily' } });
    // the history is looked at once, and then the trash
    expect(await one.sweptAt(DUE)).toMatchObject({ purged: 1, reads: 2 });
    expect(await pointsGone(one)).toBe(1);
  });

  test('in the process that sweeps: the same', async () => {
    const one = await told();
    await aLatePoint(one);
    await one.moveTo(DUE);
    expect(await sweep(one.ports, { maxPurges: 10, budgetSeconds: 60 }, { now: DUE })).toMatchObject({ purged: 1 });
    expect(await pointsGone(one)).toBe(1);
  });
});

test('what happened to the item between its reminder and the mark makes no ticket: it may have been read before', async () => {
  const one = await deleted();
  await one.work();
  await one.moveTo(later(12));
  await one.sweep();
  await appOver(one.ports)('resumeItem', `${VAULT}/${ITEM}`, { body: { policy: 'daily' } });
  await one.work();
  expect(await one.marks()).toBe(1);
  expect((await purgeHints(one.tables)).map(({ row }) => row.cells['ticket'])).toEqual([undefined]);
  expect(await one.at(DUE)).toMatchObject({ purged: 1 });
});
