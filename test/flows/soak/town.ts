/** A whole service in memory, with people who call it, a mail service, and queues. Time goes by as a test says, and brings what waits in them. */
import type { Caller } from '../../../src/core/caller.ts';
import { type Instant, later } from '../../../src/core/time.ts';
import { buryNotice, takeNotice } from '../../../src/flows/notify/queue.ts';
import { takeShare } from '../../../src/flows/sweep/share.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import type { Mailer } from '../../../src/ports/alerts.ts';
import type { Ports } from '../../../src/ports.ts';
import { noticesOver } from '../../../src/store/azure.ts';
import { appOver } from '../../support/app.ts';
import { NOON } from '../../support/builders.ts';
import { type MemoryQueue, memoryQueue, type Taker } from '../../support/memoryQueue.ts';
import { storesOver } from '../../support/stores.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { CONTRIBUTOR, NOBODY, portsOver } from '../../support/world.ts';

/** Its purges fail until they are given up. */
export const FAULTY = 'faulty';
export const OPS = 'ops@example.com';
export const GONE = 'gone@example.com';
const FAILS_EVERY = 7;
const LIMITS = { maxPurges: 1000, budgetSeconds: 240 };
const KEEPER: Caller = { ...CONTRIBUTOR, oid: 'keeper', roles: ['GuardAdmin'] };

/** What a test takes out of the service. */
export type Spoilt = Partial<
  Record<'tables', (tables: Tables) => Tables> & Record<'ports', (ports: Spoilable) => Partial<Ports>>
>;
type Spoilable = Pick<Ports, 'commit' | 'control'>;

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

/** What fails is given up, then it succeeds; but another sweep, which failed meanwhile, is slower, and says once more that it was given up. */
function faulty({ commit, control }: Spoilable, broke: Set<string>): Spoilable {
  return {
    async commit(write) {
      const [item] = 'items' in write && write.vault === FAULTY ? (write.items ?? []) : [];
      if (item?.now.state !== 'Purged' || (await control.aside(FAULTY, item.now.name))) return commit(write);
      broke.add(item.now.name);
      throw new Error('It failed.');
    },
    control: {
      ...control,
      async release(vault, item) {
        const aside = await control.aside(vault, item);
        await control.release(vault, item);
        if (aside) await control.quarantine(aside);
      },
    },
  };
}

export type Town = ReturnType<typeof town>;

export function town({ tables: of = (tables) => tables, ports: spoil = () => ({}) }: Spoilt = {}) {
  const tables = of(memoryTables());
  let now = NOON;
  let calls = 0;
  const broke = new Set<string>();
  const [notices, shares] = [memoryQueue(), memoryQueue()];
  const stores = storesOver(tables);
  const sound = { commit: stores.commit, control: stores.control };
  const bad = faulty({ ...sound, ...spoil(sound) }, broke);
  const ports = portsOver(tables, {
    ...bad,
    clock: { now: () => now },
    notices: noticesOver((name) => (name === 'sweep-shards' ? shares : notices).wire(() => now)),
    mailer: failingMailer(),
    operators: [OPS],
  });
  const tell: Taker = async (message, isPoison) => {
    await (isPoison ? buryNotice : takeNotice)(ports, NOBODY, message);
  };
  const queues: readonly (readonly [MemoryQueue, Taker])[] = [
    [notices, tell],
    [shares, async (message) => void (await takeShare(ports, LIMITS, message))],
  ];
  /** Until the queues have nothing more for this moment. */
  const bring = async () => {
    for (const [queue, take] of queues) while (await queue.work(now, take));
  };
  const [somebody, keeper] = [CONTRIBUTOR, KEEPER].map((caller) => appOver(ports, undefined, caller));
  const callAs =
    (app: typeof somebody) =>
    async (route: string, path: string, body: object = {}): Promise<string> => {
      calls += 1;
      // every call has a key, so that its answer is kept
      const reply = await app?.(route, path, { body, headers: { 'idempotency-key': `key-${calls}` } });
      if (!reply || reply.status >= 300) throw new Error(`${route} ${path}: ${reply?.status} ${reply?.body}`);
      await bring();
      return reply.body;
    };
  return {
    tables,
    now: () => now,
    call: callAs(somebody),
    callAsKeeper: callAs(keeper),
    waiting: () => notices.size() + shares.size(),
    async moveTo(at: Instant) {
      for (;;) {
        const next = queues.flatMap(([queue]) => queue.next() ?? []).toSorted((a, b) => +a - +b)[0];
        if (!next || next > at) break;
        now = later(now, next);
        await bring();
      }
      now = at;
    },
    /** What it did, and what it should have: all but the purges that fail. */
    async sweep() {
      broke.clear();
      const report = await sweep(ports, LIMITS, { now });
      await bring();
      return { report, fails: broke.size };
    },
  };
}
