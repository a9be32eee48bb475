/** Vaults with items and people, whose days pass, and what is asked of storage meanwhile. Over tables in memory. */
import { addMillis, DAY_MS, type Instant, iso } from '../../../src/core/time.ts';
import { notify } from '../../../src/flows/notify/message.ts';
import { turn } from '../../../src/flows/sweep/turn.ts';
import type { Notice } from '../../../src/ports/alerts.ts';
import { pack, type Table } from '../../../src/store/table.ts';
import { appOver } from '../../support/app.ts';
import { later, NOON } from '../../support/builders.ts';
import { portsOver, type World } from '../../support/world.ts';
import { inMemory } from './counts.ts';
import { counted, nothingSeen } from './tables.ts';

export interface Spread {
  readonly vaults: number;
  readonly each: number;
  /** The rows of alerts are written as this says. */
  readonly told?: (alert: AlertRow) => AlertRow;
}
export const ONE_A_VAULT: Spread = { vaults: 200, each: 1 };
export const FIFTY_A_VAULT: Spread = { vaults: 4, each: 50 };

export interface Mail {
  readonly recipient: string;
  readonly operationId: string;
}

/** Of an alert, what a benchmark has written otherwise. */
interface AlertRow {
  readonly item: string | null;
  readonly notifications: readonly Mail[] | null;
  readonly rides?: unknown;
}

/** The sweep of a day comes when what is due that day has been due for some minutes. */
const SWEEP_MS = 5 * 60_000;
/** No page is empty: that would be a hundredth more. */
const NEVER = Number.POSITIVE_INFINITY;
const LIMITS = { maxPurges: 10_000, budgetSeconds: 3600, spreadAbove: 100_000 };
const TELLING = { perMinute: undefined, perRecipient: 1000, resourceGroup: null, portal: null };
const POLICY = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
/** The three points of an item, in days. None of them is over before the item is purged. */
const AGES = [3, 2, 1];

const withAlerts = (table: Table, told: NonNullable<Spread['told']>): Table => ({
  ...table,
  commit: (partition, ops) =>
    table.commit(
      partition,
      ops.map((op) => {
        if (!('cells' in op) || !op.key.includes('!alert!')) return op;
        const { doc0, ...cells } = op.cells;
        return { ...op, cells: pack(told(JSON.parse(String(doc0))), cells) };
      }),
    ),
});

export type Town = Awaited<ReturnType<typeof town>>;

/** Made by the API; what is asked from then on is counted. */
export async function town({ vaults, each, told = (alert) => alert }: Spread) {
  const [seen, mails] = [nothingSeen(), nothingSeen()];
  const all = inMemory();
  // A sweep asks the registry for nothing that belongs to an item, but for the index of its mails when that is over.
  const { vaults: table, agenda } = counted(all, seen, NEVER);
  const tables = { vaults: withAlerts(table, told), agenda, registry: counted(all, mails, NEVER).registry };
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
  const asked = async (work: () => Promise<unknown>) => {
    const [before, ofMailsBefore] = [seen.requests, mails.requests];
    await work();
    const ofMails = mails.requests - ofMailsBefore;
    return { requests: seen.requests - before + ofMails, ofMails };
  };
  /** Everything that waits in the queue is told when its time has come, and what that puts into the queue. */
  const tell = async (ports: World) => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      now = next.at > now ? next.at : now;
      const untold = await notify(ports, TELLING, next.notice, now);
      if (untold) throw new Error(untold.why);
    }
  };
  const instanceAt = (at: Instant): World => {
    now = at;
    return instance();
  };
  /** An instance of its own does this, and tells of it. */
  const onDay = async (day: number, work: (ports: World) => Promise<unknown>) => {
    const ports = instanceAt(addMillis(later(day), day === 0 ? 0 : SWEEP_MS));
    const worked = await asked(() => work(ports));
    const telling = worked.ofMails + (await asked(() => tell(ports))).requests;
    return { working: worked.requests - worked.ofMails, telling };
  };
  return {
    ...{ names, places, instanceAt, onDay },
    /** The same call for each of these. */
    forEach: async (ports: World, paths: readonly string[], route: string, body: (path: string) => object) => {
      const call = callerOn(ports);
      for (const path of paths) await call(route, path, body(path));
    },
  };
}

export const deletion = (place: string): object => ({
  mode: 'delete',
  confirmName: place.slice(place.indexOf('/') + 1),
});

/** A turn of the timer, which must not fail. */
export async function swept(ports: World) {
  const { report } = await turn(ports, LIMITS);
  if (!report || report.failed > 0) throw new Error(`a sweep failed: ${JSON.stringify(report)}`);
  return report;
}
