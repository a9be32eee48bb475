/** Section: all that an item asks of storage, from its deletion to the end of its tombstone. Counted over tables in memory. */
import { TOMBSTONE_DAYS } from '../../../src/core/retention.ts';
import { addMillis, DAY_MS, type Instant, iso } from '../../../src/core/time.ts';
import { notify } from '../../../src/flows/notify/message.ts';
import { turn } from '../../../src/flows/sweep/turn.ts';
import type { Notice } from '../../../src/ports/alerts.ts';
import { appOver } from '../../support/app.ts';
import { later, NOON } from '../../support/builders.ts';
import { portsOver, type World } from '../../support/world.ts';
import { table } from '../figures.ts';
import { inMemory } from './counts.ts';
import { counted, nothingSeen } from './tables.ts';

export interface Spread {
  readonly vaults: number;
  readonly each: number;
}
export const ONE_A_VAULT: Spread = { vaults: 200, each: 1 };
export const FIFTY_A_VAULT: Spread = { vaults: 4, each: 50 };

/** What becomes of an item, in this order. */
export const PHASES = [
  'deletion',
  'first',
  'waiting',
  'reminder',
  'purge',
  'afterwards',
  'tombstone',
  'telling',
] as const;
export type Phase = (typeof PHASES)[number];
/** Requests to tables; those of an item, if they are divided. */
export type Counts = Readonly<Record<Phase, number>>;

const REMINDED = 12;
const PURGED = 14;
const FORGOTTEN = PURGED + TOMBSTONE_DAYS + 1;
const EACH_DAY: readonly number[] = Array.from({ length: FORGOTTEN }, (_, day) => day + 1);
/** The days on which something happens, with those around them and the one on which the last point would have been over. */
export const FEW_DAYS: readonly number[] = [
  1,
  2,
  REMINDED - 1,
  REMINDED,
  REMINDED + 1,
  PURGED,
  PURGED + 1,
  30,
  FORGOTTEN - 1,
  FORGOTTEN,
];
/** The sweep of a day comes when what is due that day has been due for some minutes. */
const SWEEP_MS = 5 * 60_000;

const AT: Readonly<Record<number, Phase>> = {
  1: 'first',
  [REMINDED]: 'reminder',
  [PURGED]: 'purge',
  [FORGOTTEN]: 'tombstone',
};
const phaseOf = (day: number): Phase => AT[day] ?? (day < PURGED ? 'waiting' : 'afterwards');

/** No page is empty: that would be a hundredth more. */
const NEVER = Number.POSITIVE_INFINITY;
const LIMITS = { maxPurges: 10_000, budgetSeconds: 3600, spreadAbove: 100_000 };
const TELLING = { perMinute: undefined, perRecipient: 1000, resourceGroup: null, portal: null };
const POLICY = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
/** The three points of an item, in days. None of them is over before the item is purged. */
const AGES = [3, 2, 1];

/** Vaults with their people, made by the API; what is asked from then on is counted. Each day has an instance of its own. */
async function town({ vaults, each }: Spread) {
  const [seen, mails] = [nothingSeen(), nothingSeen()];
  const all = inMemory();
  // A sweep asks the registry for nothing that belongs to an item, but for the index of its mails when that is over.
  const tables = { ...counted(all, seen, NEVER), registry: counted(all, mails, NEVER).registry };
  const waiting: { readonly notice: Notice; readonly at: Instant }[] = [];
  let now = NOON;
  const instance = (): World =>
    portsOver(tables, {
      notices: {
        send: async (notice, delaySeconds = 0) =>
          void waiting.push({ notice, at: now.plus({ seconds: delaySeconds }) }),
      },
      clock: { now: () => now },
      realNow: () => now,
      storage: { ping: async () => ({ date: now }) },
      purgeTerms: { noticeMs: DAY_MS, untoldMaxMs: 30 * DAY_MS },
    });
  const callerOn = (ports: World) => {
    const call = appOver(ports);
    return async (route: string, path: string, body: object = {}) => {
      const reply = await call(route, path, { body });
      if (reply.status >= 300) throw new Error(`${route} ${path}: ${reply.status} ${reply.body}`);
    };
  };
  const names = Array.from({ length: vaults }, (_, index) => `vault-${index}`);
  const places = names.flatMap((vault) => Array.from({ length: each }, (_, index) => `${vault}/vm-${index}`));
  const made = callerOn(instance());
  for (const vault of names) {
    await made('putVault', vault, { kind: 'RecoveryServices', alerts: { recipients: [`${vault}@example.com`] } });
    await made('putPolicy', `${vault}/daily`, POLICY);
  }
  for (const place of places) {
    await made('protectItem', place, { workload: 'AzureVM', policy: 'daily', sourceId: place });
    for (const age of AGES)
      await made('putRecoveryPoint', `${place}/p${age}`, { createdAt: iso(later(-age)), rung: 'daily' });
  }
  return {
    ...{ places, callerOn },
    instanceAt: (at: Instant): World => {
      now = at;
      return instance();
    },
    asked: async (work: () => Promise<unknown>) => {
      const [before, ofMailsBefore] = [seen.requests, mails.requests];
      await work();
      const ofMails = mails.requests - ofMailsBefore;
      return { requests: seen.requests - before + ofMails, ofMails };
    },
    /** Everything that waits in the queue is told when its time has come, and what that puts into the queue. */
    tell: async (ports: World) => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        now = next.at > now ? next.at : now;
        const untold = await notify(ports, TELLING, next.notice, now);
        if (untold) throw new Error(untold.why);
      }
    },
  };
}

/** A whole life of all of them: deleted, told of, swept once a day, reminded of, purged, forgotten. */
async function lived(spread: Spread, days: readonly number[]): Promise<Counts> {
  const { places, instanceAt, callerOn, asked, tell } = await town(spread);
  const counts: Record<Phase, number> = {
    ...{ deletion: 0, first: 0, waiting: 0, reminder: 0, purge: 0, afterwards: 0, tombstone: 0, telling: 0 },
  };
  const onDay = async (day: number, phase: Phase, work: (ports: World) => Promise<unknown>) => {
    const ports = instanceAt(addMillis(later(day), day === 0 ? 0 : SWEEP_MS));
    const worked = await asked(() => work(ports));
    counts[phase] += worked.requests - worked.ofMails;
    counts.telling += worked.ofMails + (await asked(() => tell(ports))).requests;
  };
  await onDay(0, 'deletion', async (ports) => {
    const call = callerOn(ports);
    for (const place of places)
      await call('stopItem', place, { mode: 'delete', confirmName: place.slice(place.indexOf('/') + 1) });
  });
  let [warned, purged] = [0, 0];
  for (const day of days)
    await onDay(day, phaseOf(day), async (ports) => {
      const { report } = await turn(ports, LIMITS);
      if (!report || report.failed > 0) throw new Error(`day ${day}: ${JSON.stringify(report)}`);
      [warned, purged] = [warned + report.warned, purged + report.purged];
    });
  const left = await instanceAt(later(FORGOTTEN)).vaults.item('vault-0', 'vm-0');
  if (warned !== places.length || purged !== places.length || left)
    throw new Error(
      `of ${places.length} were reminded ${warned}, purged ${purged}, forgotten ${left ? 'none' : 'all'}`,
    );
  return counts;
}

/** What each item asks for, beside what the same days ask in the same vaults without any. */
export async function lifeOf(spread: Spread, days = EACH_DAY): Promise<Counts> {
  const [all, others] = [await lived(spread, days), await lived({ ...spread, each: 0 }, days)];
  const of = (phase: Phase) => [phase, (all[phase] - others[phase]) / (spread.vaults * spread.each)] as const;
  return Object.fromEntries(PHASES.map(of)) as Counts;
}

/** Of all but telling. */
export const wholeOf = ({ telling: _, ...others }: Counts): number =>
  Object.values(others).reduce((sum, count) => sum + count, 0);

interface Ceiling {
  readonly name: string;
  readonly one: number;
  readonly fifty: number;
}

/** What an item may ask for, alone in its vault and as one of fifty. */
export const CEILINGS: Readonly<Record<Phase | 'whole', Ceiling>> = {
  deletion: { name: 'delete request', one: 4, fifty: 3 },
  first: { name: 'first sweep after it', one: 1.1, fifty: 1.1 },
  waiting: { name: '13 days of waiting', one: 0, fifty: 0 },
  reminder: { name: 'reminder', one: 2.2, fifty: 0.3 },
  purge: { name: 'purge', one: 1.2, fifty: 0.15 },
  afterwards: { name: 'ninety days after it', one: 0, fifty: 0 },
  tombstone: { name: 'tombstone forgotten', one: 2.2, fifty: 0.3 },
  whole: { name: '**whole life**', one: 11, fifty: 5 },
  telling: { name: 'telling all three alerts', one: 12, fifty: 7 },
};

export async function sweepLife(say: (line: string) => void): Promise<string> {
  say('one a vault');
  const one = await lifeOf(ONE_A_VAULT);
  say('fifty a vault');
  const fifty = await lifeOf(FIFTY_A_VAULT);
  const all = { one: { ...one, whole: wholeOf(one) }, fifty: { ...fifty, whole: wholeOf(fifty) } };
  const rows = (Object.keys(CEILINGS) as (keyof typeof CEILINGS)[]).map((phase) => {
    const { name, ...ceiling } = CEILINGS[phase];
    return [name, all.one[phase].toFixed(2), `${ceiling.one}`, all.fifty[phase].toFixed(2), `${ceiling.fifty}`];
  });
  return [
    '## A whole life',
    `These figures are counts, so they do not depend on the machine. Two hundred items with three recovery points are deleted, and swept once a day until ${TOMBSTONE_DAYS} days after their purge; each vault has one recipient, and each day another instance. A figure is table requests an item, beside what the same days ask in the same vaults without any item. One deletion in fifty folds the tally of its vault, which is two requests more, and the first change of an instance in a vault is one more.`,
    table(['', 'one a vault', 'ceiling', 'fifty a vault', 'ceiling'], rows),
  ].join('\n\n');
}
