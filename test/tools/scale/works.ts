/** Each kind of work, done for real by the verbs and the sweep, over tables in memory that write down every request. */
import { type Instant, iso } from '../../../src/core/time.ts';
import { notify } from '../../../src/flows/notify/message.ts';
import { turn } from '../../../src/flows/sweep/turn.ts';
import type { Notice } from '../../../src/ports/alerts.ts';
import { type Cost, QUEUE, type Work } from '../../../tools/scale/counted.ts';
import { build, NOW } from '../../bench/sweep/estate.ts';
import { portsOver as benchPorts } from '../../bench/sweep/run.ts';
import { appOver } from '../../support/app.ts';
import { later, NOON } from '../../support/builders.ts';
import { memoryTables } from '../../support/tables.ts';
import { portsOver } from '../../support/world.ts';
import { message, type Request, taped } from './tape.ts';

export interface Done {
  /** How many items, points or mails the requests were for. */
  readonly units: number;
  readonly requests: readonly Request[];
  readonly executions: number;
}

interface Place {
  readonly vault: string;
  readonly item: string;
}

const LIMITS = { maxPurges: 10_000, budgetSeconds: 3600, spreadAbove: 100_000 };
const TELLING = { perMinute: undefined, perRecipient: 1000, resourceGroup: null, portal: null };
const POLICY = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
const RETENTION_DAYS = 14;
const REMINDER_DAYS = 2;
const HOUR = 1 / 24;
/** When the oldest point of an item in use is thirty days old. */
const EXPIRES = 10 + 2 * HOUR;

/** So many units that what a turn of the timer asks once is a small part of each. */
const DISPERSED = { vaults: 150, each: 1 };
const PACKED = { vaults: 3, each: 50 };
/** A verb costs the same every time. */
const FEW = { vaults: 10, each: 1 };
type Spread = typeof FEW;

/** Vaults that the API made, in an instance that remembers their heads. */
async function estate({ vaults, each }: Spread, recipientOf: (vault: string) => readonly string[] = () => []) {
  const tape: Request[] = [];
  const tables = taped(memoryTables(), tape);
  const waiting: Notice[] = [];
  let [mails, ids] = [0, 0];
  const portsAt = (now: Instant) =>
    portsOver(tables, {
      notices: {
        send: async (notice) => {
          tape.push(message);
          waiting.push(notice);
        },
      },
      mailer: {
        send: async () => {
          mails += 1;
          return { sent: true };
        },
      },
      clock: { now: () => now },
      // The id of a mail says which of its address's places it tries first: so it is the same each time.
      newId: () => {
        ids += 1;
        return `id-${ids}`;
      },
      realNow: () => now,
      storage: { ping: async () => ({ date: now }) },
    });
  const call = appOver(portsAt(NOON));
  const done = async (route: string, path: string, body: object = {}) => {
    const reply = await call(route, path, { body });
    if (reply.status >= 300) throw new Error(`${route} ${path}: ${reply.status} ${reply.body}`);
  };
  const names = Array.from({ length: vaults }, (_, index) => `vault-${index}`);
  const places = names.flatMap((vault) => Array.from({ length: each }, (_, index) => ({ vault, item: `vm-${index}` })));
  for (const vault of names) {
    await done('putVault', vault, { kind: 'RecoveryServices', alerts: { recipients: recipientOf(vault) } });
    await done('putPolicy', `${vault}/daily`, POLICY);
  }
  const sweepAt = async (now: Instant) => (await turn(portsAt(now), LIMITS)).report;
  /** Everything that waits in the queue is told, and what that puts into the queue. */
  const tellAt = async (now: Instant) => {
    mails = 0;
    let executions = 0;
    for (let notice = waiting.shift(); notice; notice = waiting.shift()) {
      executions += 1;
      const untold = await notify(portsAt(now), TELLING, notice, now);
      if (untold) throw new Error(untold.why);
    }
    return { mails, executions };
  };
  return {
    ...{ places, sweepAt, tellAt },
    each: async (...verbs: readonly Verb[]) => {
      for (const verb of verbs) for (const place of places) await verb(done, place);
    },
    /** What was asked of storage by this alone. */
    asked: async (work: () => Promise<unknown>): Promise<readonly Request[]> => {
      tape.length = 0;
      await work();
      return [...tape];
    },
  };
}

type Verb = (done: (route: string, path: string, body?: object) => Promise<void>, place: Place) => Promise<void>;

const protect: Verb = (done, { vault, item }) =>
  done('protectItem', `${vault}/${item}`, { workload: 'AzureVM', policy: 'daily', sourceId: `${vault}/${item}` });
const point =
  (age: number): Verb =>
  (done, { vault, item }) =>
    done('putRecoveryPoint', `${vault}/${item}/p${age}`, { createdAt: iso(later(2 * HOUR - age)), rung: 'daily' });
const stop: Verb = (done, { vault, item }) =>
  done('stopItem', `${vault}/${item}`, { mode: 'delete', confirmName: item });
const undelete: Verb = (done, { vault, item }) => done('undeleteItem', `${vault}/${item}`);
/** An item in use has older points than the newest: so a hint for the oldest stands already. */
const inUse = [protect, point(20), point(10)];

const verb =
  (counted: Verb, ...before: readonly Verb[]) =>
  async (): Promise<Done> => {
    const of = await estate(FEW);
    await of.each(...before);
    const requests = await of.asked(() => of.each(counted));
    return { units: of.places.length, requests, executions: of.places.length };
  };

/** A thousand purges in one turn, over the rows of the benchmark: everybody was told in time. */
const purge = (vaults: number, duePerVault: number) => async (): Promise<Done> => {
  const tables = memoryTables();
  await build(tables, { vaults, duePerVault, others: 0 });
  const requests: Request[] = [];
  const outside = { send: async () => void requests.push(message), ping: async () => undefined };
  const ports = benchPorts(taped(tables, requests), outside, () => NOW);
  const { report } = await turn(ports, LIMITS);
  const units = vaults * duePerVault;
  if (report?.purged !== units) throw new Error(`purged ${report?.purged} of ${units}`);
  return { units, requests, executions: 1 };
};

const expiry = (spread: Spread) => async (): Promise<Done> => {
  const of = await estate(spread);
  await of.each(...inUse);
  // The first sweep of each quarter of a day clears kept answers away.
  await of.sweepAt(later(EXPIRES - HOUR));
  const units = of.places.length;
  const requests = await of.asked(async () => {
    const report = await of.sweepAt(later(EXPIRES));
    if (report?.expired !== units) throw new Error(`expired ${report?.expired} of ${units}`);
  });
  return { units, requests, executions: 1 };
};

/** The last mail about each item, to one recipient: what `notify` asks for it. */
const mail = (spread: Spread) => async (): Promise<Done> => {
  const of = await estate(spread, (vault) => [`${vault}@example.com`]);
  await of.each(...inUse, stop);
  await of.tellAt(later(HOUR));
  await of.sweepAt(later(RETENTION_DAYS - REMINDER_DAYS));
  await of.tellAt(later(RETENTION_DAYS - REMINDER_DAYS + HOUR));
  const report = await of.sweepAt(later(RETENTION_DAYS));
  if (report?.purged !== of.places.length) throw new Error(`purged ${report?.purged} of ${of.places.length}`);
  let told = { mails: 0, executions: 0 };
  const requests = await of.asked(async () => {
    told = await of.tellAt(later(RETENTION_DAYS + HOUR));
  });
  if (told.mails !== of.places.length) throw new Error(`told ${told.mails} of ${of.places.length}`);
  return { units: told.mails, requests, executions: told.executions };
};

const emptySweep = async (): Promise<Done> => {
  const of = await estate({ vaults: 1, each: 1 });
  await of.sweepAt(NOON);
  return { units: 1, requests: await of.asked(() => of.sweepAt(later(HOUR))), executions: 1 };
};

export const WORKS: Readonly<Record<Work, () => Promise<Done>>> = {
  purgeAlone: purge(1000, 1),
  purgeTogether: purge(20, 50),
  expiryAlone: expiry(DISPERSED),
  expiryTogether: expiry(PACKED),
  point: verb(point(5), ...inUse),
  protect: verb(protect),
  stop: verb(stop, ...inUse),
  undelete: verb(undelete, ...inUse, stop),
  mailAlone: mail(FEW),
  mailTogether: mail({ vaults: 1, each: 50 }),
  emptySweep,
};

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** What one unit asked for. */
export function costOf({ units, requests, executions }: Done): Cost {
  const each = (sum: number) => rounded(sum / units);
  const ofTables = requests.filter(({ place }) => place !== QUEUE);
  const total = (of: readonly Request[], count: 'read' | 'written') =>
    each(of.reduce((sum, request) => sum + request[count], 0));
  const byPlace = Map.groupBy(ofTables, ({ place }) => place);
  const rows = [...byPlace].map(([place, of]) => [place, [total(of, 'read'), total(of, 'written')]] as const);
  return {
    requests: each(ofTables.length),
    rows: Object.fromEntries(rows.toSorted(([a], [b]) => b.length - a.length || a.localeCompare(b))),
    sends: each(requests.length - ofTables.length),
    executions: each(executions),
  };
}
