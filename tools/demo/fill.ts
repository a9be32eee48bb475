/** Fourteen days in a few seconds: the plan, played on a service whose clock moves. */
import { until } from '../../local/until.ts';
import * as plan from './plan.ts';
import { keepPromises } from './promises.ts';
import type { Demo, MailService } from './service.ts';
import { CUSTOMERS, FAREWELLS, type Plant, welcome } from './tenants.ts';

const DAY_MS = 86_400_000;
/** It is later on the last day than it was on the first, so that the first deletions end within a day. */
const LATER_MS = 6 * 3_600_000;
const AT_ONCE = 12;

async function together<T>(all: readonly T[], deed: (one: T) => Promise<unknown>): Promise<void> {
  const waiting = all.values();
  const worker = async () => {
    for (const one of waiting) await deed(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Without `plant` there are no tenants: nobody would destroy their data. */
export async function fill(demo: Demo, mail: MailService, plant?: Plant): Promise<void> {
  const { now } = await demo.read('getLocalClock', {});
  const start = Date.parse(now);
  await settle(demo);
  await keepPromises(demo);
  if (plant) await welcome(demo, plant);
  const deeds = plant ? [...plan.DEEDS, ...FAREWELLS] : plan.DEEDS;
  await together(plan.ITEMS, (item) => protect(demo, item, start));
  for (let day = 0; day <= plan.DAYS; day += 1) {
    if (day > 0) await moveTo(demo, start + day * DAY_MS + (day === plan.DAYS ? LATER_MS : 0));
    const tonight = day < plan.DAYS ? plan.NIGHTLY : plan.ITEMS.map(({ names }) => names);
    await together(tonight, (one) => backUp(demo, one, day));
    await happen(demo, day, deeds);
    await demo.send('dana', 'runSweep', { body: {} });
  }
  await together(plan.RUNNING, (step) => step(demo, 'omar'));
  if (!(await mail.isReached())) return;
  const vaults = [...plan.VAULTS.map(({ name }) => name), ...(plant ? [CUSTOMERS] : [])];
  await calmDown(demo, vaults);
  await turnAway(demo, mail);
  await calmDown(demo, vaults);
}

/** Mails take a moment to go out; however slow the machine is, they are out by then. */
const PATIENCE_MS = 120_000;

/** Longer than the hour in which an address gets so many single mails, and than anything waits to be told with others. */
const AN_HOUR_MS = 61 * 60_000;

/**
 * The mails of the fortnight are out before anybody looks, and their hour is over: how fast the machine is must not decide whether the next
 * mail to these people comes by itself.
 */
async function calmDown(demo: Demo, vaults: readonly string[]): Promise<void> {
  await moveOn(demo, AN_HOUR_MS);
  const isCalm = async () => {
    if (!(await someoneWaits(demo, vaults))) return true;
    await demo.send('dana', 'runSweep', { body: {} });
    return false;
  };
  await until(isCalm, PATIENCE_MS);
  await moveOn(demo, AN_HOUR_MS);
  // By this clock the last sweep was an hour ago, which readiness calls a fault.
  await demo.send('dana', 'runSweep', { body: {} });
}

async function moveOn(demo: Demo, millis: number): Promise<void> {
  const { now } = await demo.read('getLocalClock', {});
  await moveTo(demo, Date.parse(now) + millis);
}

async function someoneWaits(demo: Demo, vaults: readonly string[]): Promise<boolean> {
  const lists = await Promise.all(
    vaults.map((vault) => demo.read('listVaultAlerts', { names: { vault }, query: { top: 200 } })),
  );
  return lists.some(({ value }) => value.some((one) => one.notifications?.some(({ status }) => status === 'Queued')));
}

/** Moves the clock, but never back: there may be more in this service than the demo. */
export async function moveTo(demo: Demo, instant: number): Promise<void> {
  const ahead = Math.max(0, (instant - Date.now()) / 1000);
  await demo.send('dana', 'putLocalClock', { body: { offset: `PT${ahead.toFixed(3)}S` } });
}

async function settle(demo: Demo): Promise<void> {
  await together(plan.VAULTS, ({ name, body }) => demo.send('dana', 'putVault', { names: { vault: name }, body }));
  await together(plan.POLICIES, (wish) => demo.send('dana', 'putPolicy', wish));
  await together(plan.SERVER_ROWS, (wish) => demo.send('dana', 'putServer', wish));
}

async function protect(demo: Demo, { names, body }: plan.DemoItem, start: number): Promise<void> {
  await demo.send('omar', 'protectItem', { names, body });
  for (const { name, age, rung } of plan.OLDER[names.item] ?? []) {
    const createdAt = new Date(start - age * DAY_MS).toISOString();
    await demo.send('omar', 'putRecoveryPoint', {
      names: { ...names, recoveryPoint: name },
      body: { createdAt, rung },
    });
  }
}

/** An item that is stopped or deleted by then refuses its backup, as it should. */
async function backUp(demo: Demo, names: plan.Place, day: number): Promise<void> {
  const job = await demo.send('omar', 'startBackup', { names, body: {} });
  if (!job) return;
  const failed = day === plan.DAYS && plan.FAILING.includes(names.item);
  const recoveryPoint = { name: `night-${String(day + 1).padStart(2, '0')}`, rung: 'daily' } as const;
  const body = failed ? ({ status: 'Failed' } as const) : ({ status: 'Completed', recoveryPoint } as const);
  await demo.send('omar', 'completeJob', { names: { ...names, job: job.id }, body });
}

/** One after the other in the order of the plan, because an undelete follows the deletion that it undoes. */
async function happen(demo: Demo, today: number, deeds: readonly plan.Deed[]): Promise<void> {
  for (const { day, who, step } of deeds) if (day === today) await step(demo, who);
}

/** One mail that the mail service refuses for good: it becomes a dead letter. Nothing else waits, so it is this one. */
async function turnAway(demo: Demo, mail: MailService): Promise<void> {
  await mail.refuseNext();
  for (const { who, step } of plan.TURNED_AWAY) await step(demo, who);
  await until(async () => (await demo.read('listDeadLetters', {})).value.length > 0, PATIENCE_MS);
}
