/**
 * Vaults whose purges executors are asked to do, in a time that a test moves: three executors that may die, freeze, or never hear an answer;
 * people who hold, pause and take back; data that says when it was destroyed. A process of the service may die before any of its requests.
 */
import type { Caller } from '../../../src/core/caller.ts';
import { isOrdered, type Ordered } from '../../../src/core/orders.ts';
import type { Outcome } from '../../../src/core/problems.ts';
import { addMillis, type Instant } from '../../../src/core/time.ts';
import { putKind } from '../../../src/flows/kinds/kinds.ts';
import { notify } from '../../../src/flows/notify/message.ts';
import { type Claimed, claim } from '../../../src/flows/orders/claim.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import type { Notices } from '../../../src/ports/alerts.ts';
import type { Random } from '../../faults/random.ts';
import { NOON } from '../../support/builders.ts';
import { laidExecutor } from '../../support/executors.ts';
import { memoryTables } from '../../support/tables.ts';
import { tablesThrough } from '../../support/through.ts';
import { aRequest, done, NOBODY, portsOver, type World } from '../../support/world.ts';

export const MINUTE = 60_000;
export const DAY = 1440 * MINUTE;
const FENCE_MS = 5 * MINUTE;

/** What an executor remembers of an order that it claimed. */
export interface Grip {
  readonly order: string;
  readonly vault: string;
  readonly item: string;
  readonly source: string;
  readonly token: number;
  /** It has begun to destroy. */
  begun: boolean;
}

export interface Worker {
  readonly name: string;
  readonly executor: string;
  readonly grips: Grip[];
}

/** An app that acts for an executor. */
export const appOf = (executor: string): Caller => ({
  ...{ tid: 'local', oid: executor, roles: ['Executor'] },
  ...{ appOnly: true, secondFactor: false },
});

/** Two of them for one executor. */
const WORKERS = [
  ['ann', 'blobs'],
  ['ben', 'blobs'],
  ['cleo', 'other'],
] as const;

/** Where soft delete does not apply a stop orders; of the others a sweep does when fourteen days are over. */
const VAULTS = [
  ['now', 'blobs', 'Disabled'],
  ['later', 'blobs', 'Enabled'],
  ['beside', 'other', 'Disabled'],
] as const;
export const VAULT_NAMES = VAULTS.map(([name]) => name);

export async function aTown(random: Random) {
  const tables = memoryTables();
  const workers: Worker[] = WORKERS.map(([name, executor]) => ({ name, executor, grips: [] }));
  /** What the data knows: which orders began to destroy, and the newest token of each source that it was shown. */
  const begun = new Set<string>();
  const seen = new Map<string, number>();
  const newest = new Map<string, { readonly token: number; readonly at: number }>();
  const greatest = new Map<string, number>();
  const wrong: string[] = [];
  /** The clock of the service can be moved ahead; the real one only goes on. */
  let real = NOON;
  let ahead = 0;
  const now = (): Instant => addMillis(real, ahead);

  /** A process of the service. It dies before the request after so many. */
  function aProcess(lives = Number.POSITIVE_INFINITY): World {
    let left = lives;
    const over = tablesThrough(tables, async (request) => {
      left -= 1;
      if (left < 0) throw Object.assign(new Error('the process is dead'), { name: 'RestError' });
      return request();
    });
    // its machine's clock is right to two minutes
    const off = random.int(-2 * MINUTE, 2 * MINUTE);
    const told: Notices = { send: (notice) => notify(process, NOBODY, notice, now()).then(() => undefined) };
    const process: World = portsOver(over, {
      ...{ clock: { now }, realNow: () => addMillis(real, off), notices: told },
      operators: ['operators@example.com'],
      storage: { ping: async () => ({ date: real }) },
    });
    return process;
  }

  const world = aProcess();
  const another = aProcess();
  for (const executor of ['blobs', 'other']) await laidExecutor(world, executor);
  await done(putKind(world, aRequest(), { kind: 'Tenant' }, {}));
  for (const [vault, executor, state] of VAULTS) {
    const patch = { kind: 'Generic', softDelete: { state }, purge: { executor } } as const;
    await done(putVault(world, aRequest(), { vault }, { patch, mustExist: false }));
  }

  /** undefined: nobody hears what it answers. Now and then it has not been done, or only half of it. */
  async function asked<T>(work: (world: World) => Promise<T>): Promise<T | undefined> {
    const dies = random.chance(0.1);
    const process = dies ? aProcess(random.int(0, 7)) : random.pick([world, another]);
    const answer = await work(process).catch((error: unknown) => {
      if (!dies) throw error;
    });
    return random.chance(0.05) ? undefined : (answer ?? undefined);
  }

  /** Each token is greater than all that were given out for the item; and than those of its source, once claims lie five minutes apart. */
  function judged({ item, source, token, order }: Grip): void {
    const last = greatest.get(item);
    if (last !== undefined && token <= last) wrong.push(`${order} was claimed with ${token} after ${last}`);
    greatest.set(item, Math.max(token, last ?? 0));
    const before = newest.get(source);
    if (before && +real - before.at >= FENCE_MS && token <= before.token)
      wrong.push(`${order} was claimed with ${token}, and its source with ${before.token} before`);
    if (!before || token > before.token) newest.set(source, { token, at: +real });
  }

  return {
    tables,
    world,
    workers,
    wrong,
    now,
    asked,
    aProcess,
    pass(ms: number): void {
      real = addMillis(real, ms);
    },
    /** Only the clock of the service: as somebody moves it who tries things out. */
    moveClock(ms: number): void {
      ahead += ms;
    },
    request: <R>(executor?: string) => ({ ...aRequest<R>(now()), ...(executor ? { caller: appOf(executor) } : {}) }),
    async claims(worker: Worker, max: number, leaseSeconds: number): Promise<void> {
      const { executor } = worker;
      const request = { ...aRequest<Claimed>(now()), caller: appOf(executor) };
      const answer = await asked((over) => claim(over, request, { executor, max, leaseSeconds }));
      if (!answer?.ok) return;
      for (const one of answer.value.value) {
        const { vault, name: item, sourceId: source, order } = one;
        const grip = {
          order: order.id,
          vault,
          item: `${vault}/${item}`,
          source,
          token: order.token ?? 0,
          begun: false,
        };
        judged(grip);
        worker.grips.push(grip);
      }
    },
    /** The data takes orders from nobody who is older than the newest that it has seen. */
    destroys(grip: Grip): void {
      if (grip.token < (seen.get(grip.source) ?? 0)) return;
      seen.set(grip.source, grip.token);
      grip.begun = true;
      begun.add(grip.order);
    },
    /** Nothing comes back of what was begun to be destroyed. */
    cameBack(order: string, outcome: Outcome<unknown> | undefined, how: string): void {
      if (outcome?.ok && begun.has(order)) wrong.push(`${order} was ${how}, and its data is gone`);
    },
    async sweeps(): Promise<void> {
      await asked((over) => sweep(over, { maxPurges: 1_000_000, budgetSeconds: 600 }, { now: now() }));
    },
    async items() {
      const all = await Promise.all(VAULT_NAMES.map((vault) => world.vaults.items(vault, { limit: 1000 })));
      return all.flatMap(({ found }) => found.flatMap(({ remains }) => remains ?? []));
    },
    async orders(): Promise<readonly Ordered[]> {
      return (await this.items()).filter(isOrdered);
    },
  };
}

export type Town = Awaited<ReturnType<typeof aTown>>;
