/** What a call asks of storage hangs on what it shows or changes, never on what else a vault holds: the same in a large vault as in a small one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ItemState, Remains } from '../../src/core/item.ts';
import type { Server } from '../../src/core/server.ts';
import { keys } from '../../src/store/keys.ts';
import { put } from '../../src/store/table.ts';
import { counted, nothingSeen } from '../bench/sweep/tables.ts';
import { appOver } from '../support/app.ts';
import { anItem, aPolicy, aServer, aTombstone, aVault } from '../support/builders.ts';
import { headRows, itemRows, write } from '../support/rows.ts';
import { memoryTables } from '../support/tables.ts';
import { portsOver } from '../support/world.ts';

const SIZES = [2_500, 10_000] as const;
const VAULT = 'contoso';
const STATES: readonly ItemState[] = ['Protected', 'Protected', 'SoftDeleted', 'Protected', 'SoftDeleted'];
const MARS = { workload: 'MARS', server: 'srv-1', policy: 'hybrid', previousPolicy: 'hybrid' };

/** Of each ten items nine live, and few are in another state, of another kind, or under another policy. */
function itemOf(index: number): Remains {
  const name = `i${String(index).padStart(6, '0')}`;
  const about = { vault: VAULT, name, sourceId: name, etag: name };
  if (index % 10 === 9) return aTombstone({ vault: VAULT, name, etag: name });
  if (index < 9) return anItem(index < 4 ? 'ProtectionStopped' : 'BackupsSuspended', about);
  if (index < 18) return anItem('Purging', about);
  if (index < 27) return anItem('Protected', { ...about, ...MARS });
  if (index < 29) return anItem('Protected', { ...about, policy: 'rare' });
  return anItem(STATES[index % STATES.length] ?? 'Protected', about);
}

const server = (name: string, registration: Server['registration']) =>
  put(keys.server(VAULT, name), aServer(VAULT, name, { registration }));

async function built(size: number) {
  const tables = memoryTables();
  const items = Array.from({ length: size }, (_, index) => itemOf(index));
  const policies = ['daily', 'hybrid', 'rare', 'unused'].map((name) => aPolicy(name));
  await write(tables.vaults, VAULT, [
    ...headRows(aVault({ name: VAULT }), policies, items),
    ...items.flatMap(itemRows),
    ...[server('srv-1', 'Registered'), server('srv-2', 'SoftDeleted'), server('srv-3', 'Unregistered')],
  ]);
  const tombstones = items.filter(({ state }) => state === 'Purged').map((one) => ({ ...one, vault: 'emptied' }));
  await write(tables.vaults, 'emptied', [
    ...headRows(aVault({ name: 'emptied' }), policies, tombstones),
    ...tombstones.flatMap(itemRows),
  ]);
  for (const name of ['empty', 'other']) await write(tables.vaults, name, headRows(aVault({ name }), policies, []));
  const ports = portsOver(tables);
  for (const vault of [VAULT, 'empty', 'other']) await ports.commit({ line: 'vault', vault, id: 'v' });
  const seen = nothingSeen();
  // Whoever tells people of it asks storage by itself.
  const notices = { send: async () => undefined };
  const call = appOver(portsOver(counted(tables, seen), { notices }));
  // The first change that a process makes in a vault costs more: it reads how far the history goes.
  await call('patchVault', VAULT, { body: { coolingOffHours: 1 } });
  return { call, seen, items: new Map(items.map((item) => [item.name, item])) };
}

interface Call {
  readonly what: string;
  readonly ask: Parameters<ReturnType<typeof appOver>>;
  readonly status?: number;
  /** The most requests, and how many more for each entry that is shown. */
  readonly most: number;
  readonly shown?: number;
}

const list = (query: string, most: number, shown = 0): Call => ({
  what: `items, ${query || 'all'}`,
  ask: ['listItems', VAULT, { query: `${query}&top=20` }],
  most,
  shown,
});

const FRESH = { kind: 'RecoveryServices', alerts: { recipients: ['ops@contoso.com'] } };

/** The table of issue and page: a line for each call. They are made in this order. */
const CALLS: readonly Call[] = [
  { what: 'GET vault', ask: ['getVault', VAULT], most: 1 },
  { what: 'list of three vaults', ask: ['listVaults', ''], most: 4 },
  list('', 3),
  list('state=SoftDeleted', 3),
  list('state=SoftDeleted&workload=AzureVM', 3),
  list('state=Purging', 3),
  list('state=ProtectionStopped', 3, 1),
  list('state=BackupsSuspended&workload=AzureVM', 3, 1),
  list('state=Protected', 3, 1),
  list('workload=AzureVM', 3, 1),
  list('workload=MARS&state=Protected', 3, 1),
  list('server=srv-1', 3, 1),
  list('server=srv-1&state=Protected', 3, 1),
  { what: 'list of servers, one in the trash', ask: ['listServers', VAULT], most: 2 },
  { what: 'GET server', ask: ['getServer', `${VAULT}/srv-1`], most: 2 },
  { what: 'DELETE server, in use', ask: ['deleteServer', `${VAULT}/srv-1`], status: 409, most: 6 },
  { what: 'DELETE policy, in use by many', ask: ['deletePolicy', `${VAULT}/daily`], status: 409, most: 3 },
  { what: 'DELETE policy, in use by two', ask: ['deletePolicy', `${VAULT}/rare`], status: 409, most: 3 },
  { what: 'DELETE policy', ask: ['deletePolicy', `${VAULT}/unused`], status: 204, most: 4 },
  {
    what: 'PUT policy, a workload in use is dropped',
    ask: ['putPolicy', `${VAULT}/rare`, { body: { workloads: ['SQLInAzureVM'] } }],
    status: 409,
    most: 3,
  },
  { what: 'DELETE vault, blocked', ask: ['deleteVault', VAULT], status: 409, most: 6 },
  { what: 'DELETE vault, whose items were purged', ask: ['deleteVault', 'emptied'], status: 204, most: 6 },
  { what: 'DELETE vault, again', ask: ['deleteVault', 'emptied'], status: 204, most: 6 },
  { what: 'PUT vault, a new one', ask: ['putVault', 'fresh', { body: FRESH }], status: 201, most: 6 },
  { what: 'PATCH vault', ask: ['patchVault', VAULT, { body: { coolingOffHours: 2 } }], most: 2 },
];

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
  test.each(CALLS)('$what', async ({ what, ask, status = 200, most, shown = 0 }) => {
    const [few, many] = await Promise.all(SIZES.map((size) => costOf(size, ask)));
    expect(few?.status, JSON.stringify(few?.body)).toBe(status);
    expect(many?.status).toBe(status);
    expect({ requests: many?.requests, rowsRead: many?.rowsRead }).toEqual({
      requests: few?.requests,
      rowsRead: few?.rowsRead,
    });
    const ceiling = most + shown * (few?.body.value?.length ?? 0);
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
  const isLiving = (state: string) => state !== 'Purged';
  test.each([
    ['', (item: Remains) => isLiving(item.state)],
    ['state=SoftDeleted', (item: Remains) => item.state === 'SoftDeleted'],
    ['state=Protected', (item: Remains) => item.state === 'Protected'],
    ['state=BackupsSuspended', (item: Remains) => item.state === 'BackupsSuspended'],
    ['workload=MARS', (item: Remains) => 'workload' in item && item.workload === 'MARS'],
    ['includeSoftDeleted=false', (item: Remains) => isLiving(item.state) && item.state !== 'SoftDeleted'],
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
