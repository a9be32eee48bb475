/** The service over tables in memory, in a process that can die: from then on none of its requests is done. */
import { isTold } from '../../src/core/alerts.ts';
import { ok } from '../../src/core/problems.ts';
import { addDays, type Instant, instantOf } from '../../src/core/time.ts';
import { flowPorts } from '../../src/flows/story/land.ts';
import { sweep } from '../../src/flows/sweep/sweep.ts';
import { pipeline } from '../../src/http/pipeline.ts';
import { routesOf } from '../../src/http/routes.ts';
import type { Notice } from '../../src/ports/alerts.ts';
import type { Ports } from '../../src/ports.ts';
import { pepperedPins, pepperedSeal } from '../../src/secrets.ts';
import { read } from '../../src/store/rows.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { checkStore } from '../../tools/check/store.ts';
import { type Door, doorOver, findRoute } from '../faults/doors.ts';
import type { Person } from './secured.ts';
import { SEALS, storesOver } from './stores.ts';
import { memoryTables, type Tables } from './tables.ts';
import { tablesThrough } from './through.ts';
import { NO_NOTICE, newId } from './world.ts';

const KEY = 'the key of the webhook';
export const mailHeader = { 'x-reprieve-webhook-key': KEY };

/** What outlives a process: the tables, and who was told. */
export interface Store {
  readonly tables: Tables;
  readonly heard: Set<string>;
  readonly started: Instant;
}

export const newStore = (): Store => ({
  tables: memoryTables(),
  heard: new Set(),
  started: instantOf(Date.now()),
});

export interface MortalService {
  readonly tables: Tables;
  /** undefined: a caller of everyday roles, without a second factor. */
  door(who: Person | undefined): Door;
  routeOf(method: string, path: string): string;
  count(): void;
  counted(): Promise<number>;
  /** The request with this number is never done, nor any after it. */
  dieAt(request: number): void;
  /** The request with this number is done and its answer lost: as the storage SDK does, it is sent again, and that answer counts. */
  repeatAt(request: number): void;
  die(): Promise<void>;
  /** What another process finds: alerts that nobody is told of by the sweeps of the next weeks, and findings of the store check. */
  sweptAfterwards(): Promise<readonly string[]>;
}

/** Whatever a process began without waiting for it has its turn. */
const settled = () => new Promise<void>((done) => void setImmediate(done));

export function mortalService(
  { tables, heard, started }: Store = newStore(),
  { maxPurges = 1_000_000 } = {},
): MortalService {
  const limits = { maxPurges, budgetSeconds: 600 };
  let requests = 0;
  let last = Number.POSITIVE_INFINITY;
  let repeated = 0;
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    requests += 1;
    if (requests > last) throw Object.assign(new Error('the process is dead'), { name: 'RestError' });
    if (requests === repeated) await work();
    return work();
  };
  const hear = async ({ alerts = [] }: Notice): Promise<void> => {
    for (const id of alerts) heard.add(id.toLowerCase());
  };
  const portsOver = (over: Tables, send: Ports['notices']['send'], now: () => Instant): Ports => ({
    ...storesOver(over),
    seals: SEALS,
    purgeTerms: NO_NOTICE,
    pins: pepperedPins('a pepper for tests'),
    seal: pepperedSeal('a pepper for tests'),
    mailer: { send: async () => ({ sent: true }) },
    notices: { send },
    clock: { now },
    newId,
    realNow: () => started,
    nextSweep: (after) => after,
    storage: { ping: async () => ({ date: started }) },
    reach: { queue: async () => ({ notices: 0, shares: 0, poison: 0 }), mail: async () => undefined },
    operators: ['operators@example.com'],
  });
  const ports = portsOver(
    tablesThrough(tables, alive),
    (notice) => alive(() => hear(notice)),
    () => started,
  );
  const routes = routesOf(undefined, limits, KEY);
  const handle = pipeline({
    ports: flowPorts(ports),
    identify: async (authorization) => ok(callerOf(authorization)),
    stepUpContext: 'c1',
    telemetry: { event: () => undefined, measure: () => undefined },
  });
  const door = doorOver({ routes, handle });

  return {
    tables,
    door:
      (who) =>
      (method, path, ask = {}) =>
        door(method, path, { ...ask, headers: { ...ask.headers, authorization: JSON.stringify(who ?? EVERYDAY) } }),
    routeOf: (method, path) => findRoute(routes, method, path).route.name,
    count: () => {
      requests = 0;
    },
    counted: async () => {
      await settled();
      return requests;
    },
    dieAt: (request) => {
      requests = 0;
      last = request;
    },
    repeatAt: (request) => {
      requests = 0;
      repeated = request;
    },
    die: async () => {
      last = 0;
      requests = 1;
      await settled();
    },
    async sweptAfterwards() {
      let now = started;
      const survivor = flowPorts(portsOver(tables, hear, () => now));
      for (const [days, minutes] of [
        [0, 2],
        [0, 20],
        [1, 0],
        [15, 0],
        [15, 20],
      ] as const) {
        now = addDays(started, days).plus({ minutes });
        await sweep(survivor, limits, { now });
      }
      const silent: string[] = [];
      for await (const { row } of scanTables(tables)('vaults'))
        if (row.key.includes('!alert!')) {
          const one = read.alert(row);
          if (!isTold(one) && !heard.has(one.id.toLowerCase())) silent.push(`nobody is told of ${one.id}`);
        }
      const { findings } = await checkStore(scanTables(tables), now);
      // Its message is in the queue, which nobody works off here.
      const isQueued = ({ rule, row }: (typeof findings)[number]) =>
        rule === 'I4' && heard.has(row.split('!alert!')[1] ?? '');
      const wrong = findings.filter((finding) => !isQueued(finding));
      return [...silent, ...wrong.map(({ rule, row, message }) => `${rule} ${row}: ${message}`)];
    },
  };
}

const EVERYDAY: Person = { sub: 'local-user', roles: ['Reader', 'Operator', 'Contributor'] };

const callerOf = (authorization: string | null) => {
  const { sub, roles, mfa = false, appOnly = false } = JSON.parse(authorization ?? '{}') as Person;
  return { tid: 'local', oid: sub, roles: roles as never, appOnly, secondFactor: mfa };
};
