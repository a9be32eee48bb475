/** What a call asks of storage hangs on what it shows or changes, never on what else a vault holds: the same in a large vault as in a small one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Item } from '../../src/core/item.ts';
import { counted, nothingSeen } from '../bench/sweep/tables.ts';
import { appOver } from '../support/app.ts';
import { memoryTables } from '../support/tables.ts';
import { portsOver } from '../support/world.ts';
import { CALLS, type Call, ceilingOf, FIRST, fill, NOTHING_WRONG, VAULT, wrongIn } from './anySize.ts';

const SIZES = [2_500, 10_000] as const;

async function built(size: number) {
  const tables = memoryTables();
  const items = await fill(tables, size);
  const seen = nothingSeen();
  // Whoever tells people of it asks storage by itself.
  const notices = { send: async () => undefined };
  const call = appOver(portsOver(counted(tables, seen), { notices }));
  await call(...FIRST);
  return { call, seen, items: new Map(items.map((item) => [item.name, item])) };
}

type Built = Awaited<ReturnType<typeof built>>;
const stores = new Map<number, Built>();

beforeAll(async () => {
  for (const size of SIZES) stores.set(size, await built(size));
});

const storeOf = (size: number): Built => {
  const store = stores.get(size);
  if (!store) throw new Error(`nothing was built with ${size} items`);
  return store;
};

async function costOf(size: number, ask: Call['ask']) {
  const { call, seen } = storeOf(size);
  Object.assign(seen, nothingSeen());
  const reply = await call(...ask);
  const body = reply.body === '' ? {} : JSON.parse(reply.body);
  return { status: reply.status, body, requests: seen.requests, rowsRead: seen.rowsRead };
}

/** A line of the page for each call that was made. */
const LINES: string[] = [];

describe('the same with 2,500 items as with 10,000', () => {
  test.each(CALLS)('$what', async (call) => {
    const { what, ask, status = 200 } = call;
    const both = await Promise.all(SIZES.map((size) => costOf(size, ask)));
    for (const [index, { body, ...one }] of both.entries()) {
      expect(one.status, JSON.stringify(body)).toBe(status);
      expect(wrongIn(call, body, storeOf(SIZES[index] ?? 0).items)).toEqual(NOTHING_WRONG);
    }
    const [few, many] = both;
    expect({ requests: many?.requests, rowsRead: many?.rowsRead }).toEqual({
      requests: few?.requests,
      rowsRead: few?.rowsRead,
    });
    const ceiling = ceilingOf(call, few?.body);
    expect(few?.requests).toBeLessThanOrEqual(ceiling);
    LINES.push(
      `| ${what} | ${few?.requests} | ${many?.requests} | ${few?.rowsRead} | ${many?.rowsRead} | ${ceiling} |`,
    );
  });

  test('and docs/performance.md shows these figures', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/performance.md'), 'utf8');
    expect(page).toContain(`\n${LINES.join('\n')}\n`);
  });
});

describe('a list of ten thousand, page after page', () => {
  test.each([
    ['', () => true],
    ['state=SoftDeleted', (item: Item) => item.state === 'SoftDeleted'],
    ['state=Protected', (item: Item) => item.state === 'Protected'],
    ['state=BackupsSuspended', (item: Item) => item.state === 'BackupsSuspended'],
    ['workload=AzureVM', (item: Item) => item.workload === 'AzureVM'],
    ['workload=MARS', (item: Item) => item.workload === 'MARS'],
    ['includeSoftDeleted=false', (item: Item) => item.state !== 'SoftDeleted'],
  ] as const)('with %s shows each item once', async (query, isMeant) => {
    const { items } = storeOf(2_500);
    const shown: string[] = [];
    let next = `${query}&top=200`;
    for (;;) {
      const { body } = await costOf(2_500, ['listItems', VAULT, { query: next }]);
      shown.push(...body.value.map(({ name }: { readonly name: string }) => name));
      if (!body.nextLink) break;
      next = new URL(body.nextLink).search.slice(1);
    }
    expect(new Set(shown).size).toBe(shown.length);
    expect(shown.toSorted()).toEqual([...items.values()].filter(isMeant).map(({ name }) => name));
  });
});
