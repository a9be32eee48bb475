/**
 * More than a year of a busy vault and some quiet ones, in memory, with a clock that is moved: what is kept for a time goes after it. The
 * bounded form is part of every run of the tests; `npm run soak` takes two years, fifty quiet vaults, and two hundred items that are backed
 * up every day.
 */
import { expect, test } from 'vitest';
import { addDays, type Instant } from '../../src/core/time.ts';
import { notify } from '../../src/flows/notify/message.ts';
import { sweep } from '../../src/flows/sweep/sweep.ts';
import type { Mailer, Notices } from '../../src/ports/alerts.ts';
import { kindIn } from '../../src/store/keys.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { checkStore } from '../../tools/check/store.ts';
import type { TableName } from '../../tools/check/terms.ts';
import { appOver } from '../support/app.ts';
import { NOON } from '../support/builders.ts';
import { memoryTables } from '../support/tables.ts';
import { portsOver, type World } from '../support/world.ts';

const IS_LONG = process.env['SOAK'] === 'full';
/** Something happens every third day: so a month is ten turns. */
const TURN_DAYS = 3;
const MONTH = 10;
const TURNS = IS_LONG ? 245 : 156;
/** Long enough for an equal number of turns of all kinds in between. */
const APART = (IS_LONG ? 6 : 2) * MONTH;
const CHECKED_EVERY = (IS_LONG ? 1 : 5) * MONTH;
const QUIET = IS_LONG ? 50 : 3;
/** So many names come round. Not in step with the month: an alert that has to stay because its item is in the trash is looked at every 30 days. */
const NAMES = 11;
const BUSY = 'busy';
/** It collects its mails. */
const PATIENT = 'patient';
/** It is made and removed every month. */
const PASSING = 'passing';
const LIVING = Array.from({ length: IS_LONG ? 200 : 1 }, (_, index) => `live-${index}`);
/** On so many days of a turn they are backed up. */
const BACKUP_DAYS = IS_LONG ? TURN_DAYS : 1;

const SETTINGS = { perMinute: undefined, perRecipient: 1000, resourceGroup: null, portal: null };
const LIMITS = { maxPurges: 1000, budgetSeconds: 240 };

const GONE = 'gone@example.com';
const FAILS_EVERY = 7;

/** One address is gone for good, and now and then the service does not answer. */
function failingMailer(): Mailer {
  let mails = 0;
  const failed = { sent: false, retryAfterSeconds: undefined, code: 'Failed', reason: 'It failed.' } as const;
  return {
    async send({ to }) {
      mails += 1;
      if (to === GONE) return { ...failed, permanent: true };
      return mails % FAILS_EVERY === 0 ? { ...failed, permanent: false } : { sent: true };
    },
  };
}

function town() {
  const tables = memoryTables();
  let now = NOON;
  const notices: Notices = { send: async (notice, delay = 0) => void (delay === 0 && (await told(notice))) };
  const mailer = failingMailer();
  const ports: World = portsOver(tables, {
    clock: { now: () => now },
    notices,
    mailer,
    operators: ['ops@example.com'],
  });
  const told = (notice: Parameters<Notices['send']>[0]) => notify(ports, SETTINGS, notice, now);
  const app = appOver(ports);
  let calls = 0;
  /** Every call has a key, so that its answer is kept. */
  const call = async (route: string, path: string, body: object = {}): Promise<string> => {
    calls += 1;
    const reply = await app(route, path, { body, headers: { 'idempotency-key': `key-${calls}` } });
    if (reply.status >= 300) throw new Error(`${route} ${path}: ${reply.status} ${reply.body}`);
    return reply.body;
  };
  return {
    tables,
    ports,
    call,
    moveTo: (at: Instant) => {
      now = at;
    },
    now: () => now,
  };
}
type Town = ReturnType<typeof town>;

const protect = ({ call }: Town, vault: string, item: string) =>
  call('protectItem', `${vault}/${item}`, { workload: 'AzureVM', policy: 'daily', sourceId: `/${vault}/${item}` });
const remove = ({ call }: Town, vault: string, item: string) =>
  call('stopItem', `${vault}/${item}`, { mode: 'delete', confirmName: item });

const keep = ({ call }: Town, vault: string, daily: number) =>
  call('putPolicy', `${vault}/daily`, { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily } });

async function settle(at: Town, vault: string, items: readonly string[], alerts: object = {}): Promise<void> {
  await at.call('putVault', vault, { kind: 'RecoveryServices', alerts });
  await keep(at, vault, 30);
  for (const item of items) await protect(at, vault, item);
}

async function backUp({ call }: Town, item: string): Promise<void> {
  const { id } = JSON.parse(await call('startBackup', `${BUSY}/${item}`)) as { readonly id: string };
  await call('completeJob', `${BUSY}/${item}/${id}`, { status: 'Completed' });
}

/** What happens once a month, and is undone in the next. */
const MONTHLY: Readonly<Record<number, (at: Town, isOdd: boolean) => Promise<unknown>>> = {
  1: (at) => settle(at, PASSING, []),
  2: (at) => at.call('deleteVault', PASSING),
  3: (at, isOdd) => keep(at, BUSY, isOdd ? 30 : 25),
  5: (at, isOdd) => at.call('patchVault', BUSY, { softDelete: { retentionDays: isOdd ? 14 : 15 } }),
};

/** Some names come round every few weeks: made, deleted, undeleted, deleted, purged, and made anew over their tombstones. */
async function turn(at: Town, number: number): Promise<void> {
  const named = (back: number) => `c${(number + NAMES - back) % NAMES}`;
  await protect(at, BUSY, named(0));
  await remove(at, BUSY, named(0));
  if (number > 0) await at.call('undeleteItem', `${BUSY}/${named(1)}`);
  if (number > 1) await remove(at, BUSY, named(2));
  // these are never made again
  await protect(at, BUSY, `u${number}`);
  await remove(at, BUSY, `u${number}`);
  await at.call('putServer', `${BUSY}/srv${number}`, { kind: 'MARS', agentVersion: '2.0.9262.0' });
  await at.call('deleteServer', `${BUSY}/srv${number}`);
  await protect(at, PATIENT, `u${number}`);
  await remove(at, PATIENT, `u${number}`);
  await MONTHLY[number % MONTH]?.(at, Math.floor(number / MONTH) % 2 === 1);
}

/** The days of a turn: everything happens on the first, and the second sweep sees that the mails of the first have gone. */
async function days(at: Town, number: number): Promise<void> {
  const first = number * TURN_DAYS + 1;
  for (let day = 0; day < TURN_DAYS; day += 1) {
    at.moveTo(addDays(NOON, first + day));
    if (day === 0) await turn(at, number);
    if (day < BACKUP_DAYS) for (const item of LIVING) await backUp(at, item);
    if (day === TURN_DAYS - 1) return;
    at.moveTo(addDays(NOON, first + day + 0.5));
    expect(await sweep(at.ports, LIMITS, { now: at.now() })).toMatchObject({ failed: 0, complete: true });
  }
}

/** It is a matter of processor time, and of how busy the machine is. */
const PATIENCE = IS_LONG ? { timeout: 3 * 3_600_000 } : {};

/** What grows by what happened, for ever. */
const FOR_EVER: ReadonlySet<string> = new Set(['audit', 'sources', 'servers']);

/** The rows of all vaults by kind, those of the agenda, and what lies across vaults. */
async function rowsIn({ tables }: Town): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const scan = scanTables(tables, ['~service']);
  const kindOf = {
    vaults: (_: string, key: string) => kindIn(key),
    agenda: (_: string, key: string) => `hint ${kindIn(key)}`,
    registry: (partition: string) => partition.split('!')[0] ?? '',
  };
  for (const table of ['vaults', 'agenda', 'registry'] satisfies TableName[])
    for await (const { partition, row } of scan(table)) {
      const kind = kindOf[table](partition, row.key);
      // what changes the tally is added up again and again, and is now few, now more
      if (!FOR_EVER.has(kind) && !row.key.includes('!head!tally!')) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  return counts;
}

/** A twentieth more or less, or a single one. */
const isSteady = (before: number, after: number): boolean => Math.abs(after - before) <= Math.max(1, before / 20);

const findings = async ({ tables, now }: Town) => (await checkStore(scanTables(tables, ['~service']), now())).findings;

test(
  'after a year the rows of each kind are as many as months before, and a quiet vault has nothing left that ends',
  PATIENCE,
  async () => {
    const at = town();
    const quiet = Array.from({ length: QUIET }, (_, index) => `quiet-${index}`);
    await settle(at, BUSY, LIVING, { recipients: ['ops@example.com', GONE] });
    await settle(at, PATIENT, [], { recipients: ['ops@example.com'], mode: 'HourlyDigest' });
    for (const vault of quiet) {
      await settle(at, vault, ['live']);
      await remove(at, vault, 'live');
      await at.call('undeleteItem', `${vault}/live`);
    }
    let before: ReadonlyMap<string, number> = new Map();
    for (let number = 0; number < TURNS; number += 1) {
      await days(at, number);
      if (number === TURNS - 1 - APART) before = await rowsIn(at);
      if (number % CHECKED_EVERY === 0) expect(await findings(at)).toEqual([]);
    }
    const after = await rowsIn(at);
    const moved = [...new Set([...before.keys(), ...after.keys()])].flatMap((kind) => {
      const [was = 0, is = 0] = [before.get(kind), after.get(kind)];
      return isSteady(was, is) ? [] : [`${kind}: ${was}, then ${is}`];
    });
    expect(moved).toEqual([]);
    expect(await findings(at)).toEqual([]);
    for (const vault of quiet)
      for (const kind of ['end', 'idem', 'alert', 'wait'])
        expect(await at.tables.vaults.range(vault, { prefix: `${vault}!${kind}!` })).toEqual([]);
    const hints = [...after.keys()].filter((kind) => kind.startsWith('hint'));
    expect(hints).toContain('hint tidy');
    const mails = (await Promise.all(MAIL_MONTHS.map((month) => mailsOf(at, month)))).filter((count) => count > 0);
    expect(mails.length).toBeGreaterThan(0);
    expect(mails.length).toBeLessThanOrEqual(4);
  },
);

const MAIL_MONTHS = Array.from({ length: 30 }, (_, index) => NOON.plus({ months: index }).toFormat('yyyy-MM'));

async function mailsOf({ tables }: Town, month: string): Promise<number> {
  return (await tables.registry.across(`mails!${month}!0`, `mails!${month}!ff`, {})).length;
}
