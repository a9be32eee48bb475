/**
 * More than a year of a busy vault and some quiet ones, in memory, with a clock that is moved: what is kept for a time goes after it. The
 * bounded form is part of every run of the tests; `npm run soak` takes two years and more vaults.
 */
import { expect, test } from 'vitest';
import { addDays, type Instant } from '../../src/core/time.ts';
import { notify } from '../../src/flows/notify/message.ts';
import { sweep } from '../../src/flows/sweep/sweep.ts';
import type { Notices } from '../../src/ports.ts';
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
const TURNS = IS_LONG ? 245 : 146;
const QUIET = IS_LONG ? 50 : 3;
const BUSY = 'busy';

const SETTINGS = { perMinute: undefined, perRecipient: 1000, resourceGroup: null, portal: null };
const LIMITS = { maxPurges: 1000, budgetSeconds: 240 };

function town() {
  const tables = memoryTables();
  let now = NOON;
  const notices: Notices = { send: async (notice, delay = 0) => void (delay === 0 && (await told(notice))) };
  const ports: World = portsOver(tables, { clock: { now: () => now }, notices, operators: ['ops@example.com'] });
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

async function settle(at: Town, vault: string): Promise<void> {
  await at.call('putVault', vault, { kind: 'RecoveryServices' });
  const retention = { daily: 30 };
  await at.call('putPolicy', `${vault}/daily`, { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention });
  await protect(at, vault, 'live');
}

async function backUp({ call }: Town, vault: string): Promise<void> {
  const { id } = JSON.parse(await call('startBackup', `${vault}/live`)) as { readonly id: string };
  await call('completeJob', `${vault}/live/${id}`, { status: 'Completed' });
}

/** Ten names come round every month: made, deleted, undeleted, deleted, purged, and made anew over their tombstones. */
async function turn(at: Town, number: number): Promise<void> {
  const named = (back: number) => `c${(number + MONTH - back) % MONTH}`;
  await backUp(at, BUSY);
  await protect(at, BUSY, named(0));
  await remove(at, BUSY, named(0));
  if (number > 0) await at.call('undeleteItem', `${BUSY}/${named(1)}`);
  if (number > 1) await remove(at, BUSY, named(2));
  // these are never made again
  await protect(at, BUSY, `u${number}`);
  await remove(at, BUSY, `u${number}`);
  await at.call('putServer', `${BUSY}/srv${number}`, { kind: 'MARS', agentVersion: '2.0.9262.0' });
  await at.call('deleteServer', `${BUSY}/srv${number}`);
}

/** What grows by what happened, for ever. */
const FOR_EVER: ReadonlySet<string> = new Set(['audit', 'sources', 'servers']);

/** The rows of all vaults by kind, and those of the agenda. */
async function rowsIn({ tables }: Town): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const scan = scanTables(tables, ['~service']);
  for (const table of ['vaults', 'agenda'] satisfies TableName[])
    for await (const { row } of scan(table)) {
      const kind = table === 'agenda' ? `hint ${kindIn(row.key)}` : kindIn(row.key);
      // what changes the tally is added up again and again, and is now few, now more
      if (!FOR_EVER.has(kind) && !row.key.includes('!head!tally!')) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  return counts;
}

/** A twentieth more or less, or a single one. */
const isSteady = (before: number, after: number): boolean => Math.abs(after - before) <= Math.max(1, before / 20);

const findings = async ({ tables, now }: Town) => (await checkStore(scanTables(tables, ['~service']), now())).findings;

test('after a year the rows of each kind are as many as a month before, and a quiet vault has nothing left that ends', async () => {
  const at = town();
  const quiet = Array.from({ length: QUIET }, (_, index) => `quiet-${index}`);
  for (const vault of [BUSY, ...quiet]) await settle(at, vault);
  for (const vault of quiet) {
    await remove(at, vault, 'live');
    await at.call('undeleteItem', `${vault}/live`);
  }
  let before: ReadonlyMap<string, number> = new Map();
  for (let number = 0; number < TURNS; number += 1) {
    at.moveTo(addDays(NOON, number * TURN_DAYS + 1));
    await turn(at, number);
    // the second one sees that the mails of the first have gone
    for (const days of [0.5, 1.5]) {
      at.moveTo(addDays(NOON, number * TURN_DAYS + 1 + days));
      const report = await sweep(at.ports, LIMITS, { now: at.now() });
      expect(report).toMatchObject({ failed: 0, complete: true });
    }
    if (number === TURNS - 1 - MONTH) before = await rowsIn(at);
    if (number % (5 * MONTH) === 0) expect(await findings(at)).toEqual([]);
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
  expect(mails.length).toBeLessThanOrEqual(4);
});

const MAIL_MONTHS = Array.from({ length: 30 }, (_, index) => NOON.plus({ months: index }).toFormat('yyyy-MM'));

async function mailsOf({ tables }: Town, month: string): Promise<number> {
  const digits = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'));
  const found = await Promise.all(
    digits.map((two) => tables.registry.range(`mails!${month}!${two}`, { prefix: '', before: '~' })),
  );
  return found.flat().length;
}
