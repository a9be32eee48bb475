/** Two thousand orders, and four executors that are killed at random: all are completed, and each is reported once. */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runExecutor } from '../../../executor/executor.ts';
import { instantOf } from '../../../src/core/time.ts';
import { read } from '../../../src/store/rows.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { randomOf } from '../../faults/random.ts';
import { done } from '../../host/support/door.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const ORDERS = 2000;
const VAULTS = 4;
const EXECUTORS = 4;
const KILLED = 0.01;
const KNOWN = { tid: 'local', oid: 'destroyer' };

const random = randomOf(7);
// nobody has to be told here
const service = serviceInMemory({ notices: { send: async () => undefined } });
const { door } = service;

async function ordered(): Promise<void> {
  await done(door('PUT', 'executors/blobs', { body: { callers: [KNOWN] } }));
  await done(door('PUT', 'kinds/tenant', { body: {} }));
  for (let vault = 0; vault < VAULTS; vault += 1) {
    const body = { kind: 'Generic', softDelete: { state: 'Disabled' }, purge: { executor: 'blobs' } };
    await done(door('PUT', `vaults/many-${vault}`, { body }));
    for (let item = vault; item < ORDERS; item += VAULTS) {
      const path = `vaults/many-${vault}/items/t-${item}`;
      await done(door('PUT', path, { body: { workload: 'tenant', sourceId: `/${item}` } }));
      await done(door('POST', `${path}/stop`, { body: { mode: 'delete', confirmName: `t-${item}` } }));
    }
  }
}

/** A time for all of them, which goes on to whatever is due next when nobody has anything to do. */
function aStage() {
  const timers = new Set<{ readonly at: number; readonly fire: () => void }>();
  let elapsed = 0;
  let underWay = 0;
  return {
    elapsed: () => elapsed,
    async wire<T>(work: () => Promise<T>): Promise<T> {
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
      }
    },
    sleep: (ms: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const timer = { at: elapsed + Math.max(ms, 0), fire: resolve };
        timers.add(timer);
        signal?.addEventListener('abort', () => timers.delete(timer) && reject(signal.reason), { once: true });
      }),
    async next(): Promise<void> {
      for (let calm = 0; calm < 3; calm = underWay === 0 ? calm + 1 : 0) await turn();
      const at = Math.min(...[...timers].map((timer) => timer.at));
      if (at > elapsed) {
        elapsed = at;
        await done(door('PUT', 'local/clock', { body: { offset: `PT${elapsed / 1000}S` } }));
      }
      for (const timer of timers)
        if (timer.at <= elapsed) {
          timers.delete(timer);
          timer.fire();
        }
    },
  };
}

const forever = () => new Promise<never>(() => {});

/** Runs until it is killed, before one of its requests is done or after it; then another one takes its place. */
function executor(stage: ReturnType<typeof aStage>, token: string, stop: AbortSignal, killed: () => void): void {
  let isDead = false;
  const mayDie = () => {
    if (isDead || !random.chance(KILLED / 2)) return;
    isDead = true;
    killed();
    executor(stage, token, stop, killed);
  };
  const alive = <T>(value: T): T | Promise<never> => (isDead ? forever() : value);
  const running = runExecutor({
    door: { url: 'http://localhost', token: () => token },
    executor: 'blobs',
    concurrency: 8,
    leaseSeconds: 60,
    signal: stop,
    handle: async () => {
      await stage.sleep(random.int(1, 30_000));
      return alive({ objects: 1 });
    },
    async fetch(url, init) {
      mayDie();
      if (isDead) return forever();
      const answer = await stage.wire(() => service.fetch(url, init));
      mayDie();
      return alive(answer);
    },
    clock: { now: () => Date.now() + stage.elapsed(), monotonic: stage.elapsed },
    sleep: async (ms, signal) => alive(await stage.sleep(ms, signal)),
    random: random.next,
  });
  running.catch(() => undefined);
}

test('all are completed, and each is reported once', async () => {
  await ordered();
  const token = await service.token({ sub: KNOWN.oid, roles: ['Executor'], appOnly: true });
  const stage = aStage();
  const stop = new AbortController();
  let deaths = 0;
  const killed = () => {
    deaths += 1;
  };
  for (let one = 0; one < EXECUTORS; one += 1) executor(stage, token, stop.signal, killed);
  while ((await linesLeft()) > 0) for (let step = 0; step < 50; step += 1) await stage.next();
  stop.abort();

  expect(deaths).toBeGreaterThan(10);
  const reported = new Map<string, number>();
  for await (const { row } of scanTables(service.tables)('vaults')) {
    if (!row.key.includes('!audit!')) continue;
    const { operation, item, outcome } = read.entry(row);
    if (operation !== 'PurgeConfirmed' || outcome !== 'Succeeded') continue;
    const name = `${row.key.split('!')[0]} ${item}`;
    reported.set(name, (reported.get(name) ?? 0) + 1);
  }
  expect(reported.size).toBe(ORDERS);
  expect([...reported].filter(([, times]) => times !== 1)).toEqual([]);
  const now = instantOf(Date.now() + stage.elapsed());
  expect((await checkStore(scanTables(service.tables), now)).findings).toEqual([]);
}, 180_000);

/** Each order that lives has a line; one that does not may have been left by somebody who died. */
async function linesLeft(): Promise<number> {
  const rows = await service.tables.agenda.range('work~blobs', { prefix: '', before: '~~', limit: 1 });
  return rows.length;
}
