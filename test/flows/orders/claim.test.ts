/** What a claim asks of storage, holds and gives out, however much there is. */
import { describe, expect, test } from 'vitest';
import { workHint } from '../../../src/core/moves.ts';
import type { Order } from '../../../src/core/order.ts';
import { isOrdered, type Ordered, stateOf } from '../../../src/core/orders.ts';
import { MOST_SKEW_MS } from '../../../src/core/sweep.ts';
import { addDays, addMillis } from '../../../src/core/time.ts';
import { claim } from '../../../src/flows/orders/claim.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import { counted, noted, nothingSeen, type Written } from '../../bench/sweep/tables.ts';
import { anItem, anOrder, aPoint, aVault, NOON } from '../../support/builders.ts';
import { laidExecutor } from '../../support/executors.ts';
import { headRows, itemRows, write } from '../../support/rows.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, must, portsOver } from '../../support/world.ts';

const APP = { tid: 'local', oid: 'blobs', roles: ['Executor'], appOnly: true, secondFactor: false } as const;
const NOW = addDays(NOON, 1);

const orderedItem = (vault: string, name: string, points = 0, order: Partial<Order> = {}): Ordered =>
  anItem('Purging', {
    ...{ vault, name, sourceId: `/${vault}/${name}`, etag: `etag-${name}` },
    order: anOrder({
      id: `${vault}~${name}~1`.toLowerCase(),
      executor: 'blobs',
      orderedAt: NOON,
      filedAt: NOON,
      ...order,
    }),
    points: Array.from({ length: points }, (_, at) =>
      aPoint(`${name}-a-recovery-point-with-a-name-as-long-as-it-gets-${String(at).padStart(4, '0')}`.slice(0, 63), 1),
    ),
  }) as Ordered;

interface Stock {
  readonly vaults: number;
  /** In each. */
  readonly items: number;
  readonly points?: number;
  /** So many lines more lie behind them, of items that nobody reads. */
  readonly behind?: number;
  readonly order?: Partial<Order>;
  /** What differs from order to order. They are counted vault after vault in turn. */
  readonly turn?: (at: number) => Partial<Order>;
}

async function stocked({ vaults, items, points = 0, behind = 0, order, turn }: Stock) {
  const tables = memoryTables();
  const world = portsOver(tables);
  await laidExecutor(world, 'blobs');
  const all: Ordered[] = [];
  for (let vault = 0; vault < vaults; vault += 1) {
    const name = `vault-${vault}`;
    const own = Array.from({ length: items }, (_, at) =>
      orderedItem(name, `i-${String(at).padStart(3, '0')}`, points, { ...order, ...turn?.(at * vaults + vault) }),
    );
    all.push(...own);
    await write(tables.vaults, name, headRows(aVault({ name }), [], own));
    for (const item of own) await write(tables.vaults, name, itemRows(item));
    await world.commit({ line: 'vault', vault: name, id: 'v' });
  }
  const others = Array.from({ length: behind }, (_, at) => {
    const item = orderedItem('elsewhere', `i-${at}`);
    return { ...item, order: { ...item.order, filedAt: addMillis(NOON, 1 + at) } };
  });
  await world.hint([...all, ...others].map((item) => workHint(item, NOON)));
  // Since the first sweep what holds purges lies where this version keeps it.
  await sweep(world, { maxPurges: 1, budgetSeconds: 60 }, { now: NOON });
  return { tables, all };
}

/** A process that has claimed before, and written in each vault. */
function process(tables: Tables) {
  const seen = nothingSeen();
  const written: Written[] = [];
  const world = portsOver(noted(counted(tables, seen, Number.POSITIVE_INFINITY), written), {
    realNow: () => NOW,
    notices: { send: async () => undefined },
  });
  const ask = async (max: number) => {
    Object.assign(seen, nothingSeen());
    written.length = 0;
    const found = await claim(world, { ...aRequest(NOW), caller: APP } as never, {
      executor: 'blobs',
      max,
      leaseSeconds: 300,
    });
    if (!found.ok) throw new Error(JSON.stringify(found));
    return { ...found.value, ...seen, written };
  };
  return { world, ask };
}

/** The callers, and when they called, are looked at once a minute. */
async function warm(tables: Tables) {
  const one = process(tables);
  await one.ask(1);
  return one;
}

describe('a claim asks for', () => {
  test('one request where nothing is there', async () => {
    const { tables } = await stocked({ vaults: 1, items: 1 });
    const { ask } = await warm(tables);
    expect(await ask(32)).toMatchObject({ value: [], requests: 1 });
  });

  test.each([
    [1, 1],
    [3, 1],
    [12, 1],
    [1, 5],
    [6, 5],
  ])('4 + n + v requests: %d orders in each of %d vaults', async (items, vaults) => {
    // One more, which is taken first, so that what a process asks for once is over.
    const { tables } = await stocked({ vaults, items: items + 1 });
    const { ask } = process(tables);
    for (let first = 0; first < vaults; first += 1) await ask(1);
    for (let vault = 0; vault < vaults; vault += 1) {
      const { value, requests } = await ask(items);
      const own = new Set(value.map((one) => one.vault)).size;
      expect(value).toHaveLength(items);
      expect(requests).toBe(4 + items + own);
    }
  });

  test('so many orders as fit into a transaction with each; a vault counts again for what is more', async () => {
    const { tables } = await stocked({ vaults: 1, items: 33 });
    const { ask } = await warm(tables);
    const { value, requests, written } = await ask(32);
    expect(value).toHaveLength(32);
    const own = written.filter(({ partition }) => partition === 'vault-0').map(({ ops }) => ops.length);
    expect(Math.max(...own)).toBeLessThanOrEqual(100);
    expect(own).toHaveLength(Math.ceil(own.reduce((sum, rows) => sum + rows, 0) / 90));
    expect(requests).toBe(4 + 32 + own.length);
  });

  test('the same of items with 150 points: no transaction has more bytes than one takes', async () => {
    const { tables } = await stocked({ vaults: 1, items: 33, points: 150 });
    const { ask } = await warm(tables);
    const { value, requests, written } = await ask(32);
    expect(value).toHaveLength(32);
    const own = written.filter(({ partition }) => partition === 'vault-0');
    const bytes = own.map(({ ops }) => Buffer.byteLength(JSON.stringify(ops)));
    expect(Math.max(...bytes)).toBeLessThanOrEqual(3.5 * 1024 * 1024);
    expect(requests).toBe(4 + 32 + own.length);
  });
});

test('what has been available the longest comes first, whatever vaults it lies in', async () => {
  const turn = (at: number) => ({ filedAt: addMillis(NOON, at) });
  const { tables } = await stocked({ vaults: 2, items: 3, turn });
  const { value } = await process(tables).ask(32);
  const inTurn = ['i-000', 'i-001', 'i-002'].flatMap((item) => [`vault-0/${item}`, `vault-1/${item}`]);
  expect(value.map(({ vault, name }) => `${vault}/${name}`)).toEqual(inTurn);
});

test('what is blocked by a claim has an alert each, and goes apart', async () => {
  const lost = { attempts: 19, lease: { until: addMillis(NOON, 1), holder: APP }, token: 1 };
  const { tables } = await stocked({ vaults: 1, items: 33, order: lost });
  const { world, ask } = process(tables);
  expect(await ask(32)).toMatchObject({ value: [] });
  const states = await Promise.all(
    Array.from({ length: 32 }, (_, at) => world.vaults.item('vault-0', `i-${String(at).padStart(3, '0')}`)),
  );
  expect(states.map((held) => isOrdered(held?.value) && stateOf(held.value, NOW))).toEqual(Array(32).fill('Blocked'));
});

test('of 10,000 orders a claim reads no more of the work list than one more than it may give out', async () => {
  const { tables } = await stocked({ vaults: 1, items: 33, behind: 10_000 });
  const { ask } = await warm(tables);
  const { value, rowsRead } = await ask(32);
  expect(value).toHaveLength(32);
  // Beside the 33 lines the row of each item, and what lies beside the pause: the heartbeat.
  expect(rowsRead).toBe(33 + 32 + 1);
});

test('none is given out while the clocks are apart, by what storage said of its own when the claim read', async () => {
  const { tables } = await stocked({ vaults: 1, items: 2 });
  let apart = 0;
  const storage = { ping: async () => ({ date: NOW }), seen: () => addMillis(NOW, apart) };
  const world = portsOver(tables, { realNow: () => NOW, storage, notices: { send: async () => undefined } });
  const ask = async () => {
    const request = { ...aRequest(NOW), caller: APP } as never;
    const found = await claim(world, request, { executor: 'blobs', max: 1, leaseSeconds: 300 });
    return found.ok ? found.value : undefined;
  };
  for (apart of [MOST_SKEW_MS + 1, -MOST_SKEW_MS - 1])
    expect(await ask()).toEqual({ value: [], nextAt: NOW, held: { reason: 'ClockSkew' } });
  apart = MOST_SKEW_MS;
  expect((await ask())?.value).toHaveLength(1);
});

test('a token is greater than the one before, also where the clock of the machine went back', async () => {
  const { tables } = await stocked({ vaults: 1, items: 1 });
  const tokens: (number | null | undefined)[] = [];
  for (const hours of [0, 1, 2]) {
    const world = portsOver(tables, { realNow: () => addDays(NOW, -hours), notices: { send: async () => undefined } });
    const request = { ...aRequest(addMillis(NOW, hours * 3_600_000)), caller: APP } as never;
    const found = await claim(world, request, { executor: 'blobs', max: 1, leaseSeconds: 300 });
    tokens.push(found.ok ? found.value.value[0]?.order.token : undefined);
  }
  expect(tokens).toEqual([+NOW, +NOW + 1, +NOW + 2]);
});

test('orders of one vault that are claimed by sixteen at once go to one of them each', async () => {
  const { tables, all } = await stocked({ vaults: 1, items: 64 });
  const claimers = Array.from({ length: 16 }, () => process(tables));
  const given = await Promise.all(claimers.map(({ ask }) => ask(4)));
  for (let rest = 0; rest < 20; rest += 1) given.push(await must(claimers[0]).ask(32));
  const orders = given.flatMap(({ value }) => value.map(({ order }) => order.id));
  expect(orders.toSorted()).toEqual(all.map(({ order }) => order.id).toSorted());
});
