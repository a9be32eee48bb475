/** Whatever the mail service does, and wherever storage fails: nothing is purged before it was told, and what was told is purged in the end. */
import { expect, test } from 'vitest';
import { isQueued } from '../../../src/core/alerts.ts';
import { addDays, addMillis, DAY_MS, HOUR_MS, type Instant } from '../../../src/core/time.ts';
import { dismiss } from '../../../src/flows/alerts/dismissal.ts';
import { redrive } from '../../../src/flows/alerts/mails.ts';
import type { DeadLetter } from '../../../src/ports/alerts.ts';
import type { Table } from '../../../src/store/table.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { randomOf } from '../../faults/random.ts';
import { later } from '../../support/builders.ts';
import { FULL } from '../../support/full.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest } from '../../support/world.ts';
import { type Deleted, DUE, deleted } from './deleted.ts';

const RUNS = FULL ? 200 : 30;
const PARTS = 10;

const findings = async ({ tables, now }: Deleted) => (await checkStore(scanTables(tables), now())).findings;

const nameOf = ({ alert, recipient }: DeadLetter) => `${alert} ${recipient}`;

/** When something first happened: the model's own knowledge of what people know, taken from the inbox and from who dropped what. */
interface Known {
  deletion: Instant | undefined;
  reminded: Instant | undefined;
}

async function play(run: number) {
  const random = randomOf(run);
  const noticeMs = random.pick([0, DAY_MS, 3 * DAY_MS]);
  const terms = { noticeMs, untoldMaxMs: 30 * DAY_MS };
  const reminderDays = random.pick([[2], [7, 2], [1]]);
  const one = await deleted({ terms, alerts: { reminderDays } });
  const known: Known = { deletion: undefined, reminded: undefined };
  const look = async () => {
    const mails = (await one.mail.inbox()).map(({ subject }) => subject);
    if (mails.some((subject) => subject.includes('Backup data deleted'))) known.deletion ??= one.now();
    const reminders = mails.filter((subject) => subject.includes('will be purged soon')).length;
    if (reminders > 0) known.reminded ??= one.now();
  };
  const fault = async () => {
    one.mail.down(random.chance(0.2));
    await one.mail.fault(
      random.pick([{ mode: 'none' }, { mode: 'reject' }, { mode: 'throttle' }, { mode: 'error' }, { mode: 'none' }]),
    );
  };
  /** A person looks at the dead letters. */
  const letters = async () => {
    // ids are hashes that differ from run to run: the order must not
    const dead = (await one.dead()).toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
    for (const { id, alert } of dead) {
      const isDropped = random.chance(0.5);
      const outcome = await (isDropped
        ? dismiss(one.ports, aRequest(one.now()), { id }, undefined)
        : redrive(one.ports, aRequest(one.now()), { id }, undefined));
      if (!isDropped || !outcome.ok) continue;
      if (alert?.includes('DeleteBackupData')) known.deletion ??= one.now();
      if (alert?.includes('UpcomingPurge')) known.reminded ??= one.now();
    }
  };
  /** A mail about it is still on its way. */
  const waits = async () =>
    (await one.all()).some(
      ({ type, notifications }) =>
        (type === 'DeleteBackupData' || (noticeMs > 0 && type === 'UpcomingPurge')) && notifications?.some(isQueued),
    );
  let purgedAt: Instant | undefined;
  let waited = false;
  // in half of the runs nobody hears of the deletion at first
  if (random.chance(0.5)) await one.mail.fault({ mode: 'reject' });
  await one.work();
  await look();
  for (let step = 0; step < 70 && !purgedAt; step += 1) {
    if (random.chance(0.3)) await fault();
    if (random.chance(0.03)) await letters();
    await one.moveTo(addMillis(one.now(), random.pick([HOUR_MS, 6 * HOUR_MS, DAY_MS])));
    waited = await waits();
    const { purged } = await one.sweep();
    if (purged > 0) purgedAt = one.now();
    else await one.work();
    await look();
  }
  return { one, known, purgedAt, noticeMs, waited };
}

test.each(Array.from({ length: PARTS }, (_, part) => part))('random troubles with mails, part %i', async (part) => {
  for (let run = part * (RUNS / PARTS); run < (part + 1) * (RUNS / PARTS); run += 1) {
    const { one, known, purgedAt, noticeMs, waited } = await play(run);
    if (purgedAt) {
      expect(purgedAt >= DUE, `run ${run}: not early`).toBe(true);
      const untold = (await one.all('PurgedUntold')).length > 0;
      if (untold) expect(purgedAt >= later(44), `run ${run}: it waited`).toBe(true);
      else {
        expect(waited, `run ${run}: a mail was on its way`).toBe(false);
        expect(known.deletion && known.deletion <= purgedAt, `run ${run}: of the deletion`).toBe(true);
        if (noticeMs > 0)
          expect(known.reminded && addMillis(known.reminded, noticeMs) <= purgedAt, `run ${run}: the notice`).toBe(
            true,
          );
      }
    }
    // in the end, with all in order, it goes
    one.mail.down(false);
    await one.mail.fault({ mode: 'none' });
    for (let days = 0; days < 40 && (await one.state()) !== 'Purged'; days += 1) {
      for (const { id } of await one.dead()) await redrive(one.ports, aRequest(one.now()), { id }, undefined);
      await one.at(addDays(one.now(), 1));
    }
    expect(await one.state(), `run ${run}`).toBe('Purged');
    expect(await findings(one), `run ${run}`).toEqual([]);
  }
});

/** The request with this number fails, once. */
function failing(tables: Tables): {
  readonly tables: Tables;
  readonly failAt: (request: number) => void;
  readonly count: () => number;
} {
  let requests = 0;
  let bad = 0;
  const over =
    <A extends readonly unknown[], R>(work: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      requests += 1;
      if (requests === bad) throw Object.assign(new Error('storage is away'), { name: 'RestError' });
      return work(...given);
    };
  const flaky = (table: Table): Table => ({
    get: over(table.get.bind(table)),
    range: over(table.range.bind(table)),
    across: over(table.across.bind(table)),
    commit: over(table.commit.bind(table)),
    remove: over(table.remove.bind(table)),
  });
  return {
    tables: { vaults: flaky(tables.vaults), agenda: flaky(tables.agenda), registry: flaky(tables.registry) },
    failAt: (request) => {
      requests = 0;
      bad = request;
    },
    count: () => requests,
  };
}

test('a reminder is told, marked and followed by the purge, whichever request fails on the way', async () => {
  const story = async (bad: number) => {
    const storage = failing(memoryTables());
    const one = await deleted({ tables: storage.tables });
    await one.work();
    storage.failAt(bad);
    await one.at(later(12)).catch(() => undefined);
    const took = storage.count();
    storage.failAt(0);
    await one.pass(3600, { sweeping: true });
    expect(await one.marks(), `request ${bad}`).toBe(1);
    expect(
      (await one.history()).filter((what) => what === 'Told'),
      `request ${bad}`,
    ).toHaveLength(1);
    await one.at(DUE);
    expect(await one.state(), `request ${bad}`).toBe('Purged');
    expect([await one.marks(), await findings(one)], `request ${bad}`).toEqual([0, []]);
    return took;
  };
  const all = await story(0);
  for (let bad = 1; bad <= all; bad += 1) await story(bad);
  expect(all).toBeGreaterThan(10);
});
