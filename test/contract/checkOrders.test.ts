/** What `npm run check:store` finds of orders, each on a planted row. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../src/core/caller.ts';
import { SERVICE } from '../../src/core/hints.ts';
import { workHint } from '../../src/core/moves.ts';
import { closedIds, type Ordered } from '../../src/core/orders.ts';
import { type Instant, iso } from '../../src/core/time.ts';
import { putHold } from '../../src/flows/items/holds.ts';
import { protect } from '../../src/flows/items/protect.ts';
import { stop } from '../../src/flows/items/stop.ts';
import { putKind } from '../../src/flows/kinds/kinds.ts';
import { claim } from '../../src/flows/orders/claim.ts';
import { complete, fail, refusePurge, renew } from '../../src/flows/orders/report.ts';
import { recall } from '../../src/flows/orders/resolve.ts';
import { putVault } from '../../src/flows/vaults/putVault.ts';
import { keys, SHARD_NAMES, trashKey, workList } from '../../src/store/keys.ts';
import { pack, put } from '../../src/store/table.ts';
import { scanTables } from '../../tools/check/scan.ts';
import type { Hold } from '../../tools/check/slices.ts';
import { checkStore } from '../../tools/check/store.ts';
import { plant, rowsOf } from '../faults/seeds.ts';
import { later, NOON } from '../support/builders.ts';
import { laidExecutor } from '../support/executors.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { aRequest, done, must, portsOver, type World } from '../support/world.ts';

const V = 'contoso';
const APP: Caller = { tid: 'local', oid: 'blobs', roles: ['Executor'], appOnly: true, secondFactor: false };
const asApp = <R>(now: Instant = NOON) => ({ ...aRequest<R>(now), caller: APP });
const at = (key: string) => `vaults/${V}/${key}`;
const row = (item: string) => at(keys.item(V, item));
const PROOF = { objects: 5, bytes: 19 };
/** As if a vault were too large to be held. */
const SLICED = { rows: 7, bytes: 10_000_000 };

let tables: Tables;
let world: World;

async function madeFor(items: readonly string[]): Promise<void> {
  await laidExecutor(world, 'blobs');
  const patch = { kind: 'Generic', softDelete: { state: 'Disabled' }, purge: { executor: 'blobs' } } as const;
  await done(putKind(world, aRequest(), { kind: 'Tenant' }, {}));
  for (const vault of [V, 'other']) await done(putVault(world, aRequest(), { vault }, { patch, mustExist: false }));
  const make = async (vault: string, item: string) => {
    await done(protect(world, aRequest(), { vault, item }, { workload: 'Tenant', sourceId: `/${vault}/${item}` }));
  };
  await make('other', 'living');
  for (const item of items) {
    await make(V, item);
    await done(stop(world, aRequest(), { vault: V, item }, { mode: 'delete', confirmName: item }));
  }
}

const itemOf = async (name: string): Promise<Ordered> => must(await world.vaults.item(V, name)).value as Ordered;

/** One order in each state that there is; all but the first are claimed. */
async function furnished(): Promise<void> {
  await madeFor(['blocked', 'completed', 'leased', 'recalled', 'refused', 'waiting']);
  const leaseSeconds = 300;
  const { value } = await done(claim(world, asApp(), { executor: 'blobs', max: 32, leaseSeconds }));
  const held = (name: string) => {
    const { order } = must(value.find((one) => one.name === name));
    return [{ order: order.id }, { token: order.token ?? 0 }] as const;
  };
  const [, { token }] = held('completed');
  await done(complete(world, asApp(), held('completed')[0], { token, proof: PROOF }));
  await done(renew(world, asApp(), held('leased')[0], { ...held('leased')[1], leaseSeconds: 600 }));
  await done(refusePurge(world, asApp(), held('refused')[0], { ...held('refused')[1], reason: 'not mine' }));
  const failure = { code: 'Busy', message: 'later', destroyed: 'nothing' } as const;
  for (const name of ['blocked', 'waiting', 'recalled'])
    await done(fail(world, asApp(), held(name)[0], { ...held(name)[1], ...failure, permanent: name === 'blocked' }));
  await done(recall(world, aRequest(), held('recalled')[0], { reason: 'we need it' }));
  for (const item of ['open', 'held']) {
    const body = { workload: 'Tenant', sourceId: `/${item}` };
    await done(protect(world, aRequest(), { vault: V, item }, body));
    await done(stop(world, aRequest(), { vault: V, item }, { mode: 'delete', confirmName: item }));
  }
  await done(putHold(world, aRequest(), { vault: V, item: 'held' }, { name: 'court', reason: 'a case', until: null }));
}

let made: Awaited<ReturnType<typeof rowsOf>>;
beforeAll(async () => {
  tables = memoryTables();
  world = portsOver(tables);
  await furnished();
  made = await rowsOf(tables);
});
beforeEach(async () => {
  tables = memoryTables();
  world = portsOver(tables);
  await plant(tables, made);
});

const findings = async (now: Instant = later(0, 1000), hold?: Hold) =>
  (await checkStore(scanTables(tables), now, hold && { hold })).findings.map(
    (one) => `${one.rule} ${one.row}: ${one.message}`,
  );

/** The item's row and its twin, as nobody writes them. */
async function rewrite(name: string, change: object, isTwinToo = true): Promise<void> {
  const was = must(await tables.vaults.get(V, keys.item(V, name)));
  const document = { ...JSON.parse(String(was.cells['doc0'])), ...change };
  await tables.vaults.commit(V, [
    { op: 'put', key: keys.item(V, name), cells: { ...was.cells, ...pack(document, { v: 3 }) } },
  ]);
  const twin = trashKey(await itemOf(name));
  if (isTwinToo && twin) await tables.vaults.commit(V, [{ op: 'put', key: twin, cells: pack(document, { v: 3 }) }]);
}
const rewriteOrder = async (name: string, change: object) =>
  rewrite(name, { order: { ...JSON.parse(JSON.stringify((await itemOf(name)).order)), ...change } });

const dropLines = async (name: string) => {
  for (const { key } of await tables.agenda.range(workList('blobs'), { prefix: '', before: '~~' }))
    if (key.split('!')[3] === name) await tables.agenda.commit(workList('blobs'), [{ op: 'drop', key }]);
};
const dropLooks = async (name: string) => {
  for (const shard of SHARD_NAMES)
    for (const { key } of await tables.agenda.range(shard, { prefix: '0' }))
      if (key.includes(`!order!${V}!${name}`)) await tables.agenda.commit(shard, [{ op: 'drop', key }]);
};
/** A line for it, as if it were filed elsewhere. */
const fileAt = async (name: string, filedAt: Instant | null) => {
  const item = await itemOf(name);
  await world.hint([workHint({ ...item, order: { ...item.order, filedAt, filedBy: 'another' } }, NOON)]);
};
const closedOf = async (name: string) => {
  const prefix = keys.closedOrders(V, name);
  return must((await tables.vaults.range(V, { prefix }))[0]);
};
const NO_LINE = 'no line in the work list of blobs leads to its order';

describe('orders in the store', () => {
  test('are all well as the service writes them, whatever their state', async () => {
    expect(await findings()).toEqual([]);
    expect(await findings(later(0, 1000), SLICED)).toEqual([]);
    const states = ['blocked', 'completed', 'leased', 'recalled', 'refused', 'waiting', 'open', 'held'];
    const there = await Promise.all(states.map(async (name) => (await itemOf(name)).state));
    expect(there).toEqual([
      ...['Purging', 'Purged', 'Purging', 'SoftDeleted', 'SoftDeleted'],
      ...['Purging', 'Purging', 'Purging'],
    ]);
  });

  test.each<readonly [what: string, plant: () => Promise<unknown>, found: () => Promise<string>]>([
    [
      'an open order without a line',
      () => dropLines('open'),
      async () => `I7 ${row('open')}: ${NO_LINE} by ${iso(NOON)}`,
    ],
    [
      'a leased one whose line lies behind the end of its lease',
      async () => {
        await dropLines('leased');
        await fileAt('leased', later(0, 600_001));
      },
      async () => `I7 ${row('leased')}: ${NO_LINE} by ${iso(later(0, 600_000))}`,
    ],
    [
      'one that waits, with a line behind all others',
      async () => {
        await dropLines('waiting');
        await fileAt('waiting', null);
      },
      async () =>
        `I7 ${row('waiting')}: ${NO_LINE} by ${iso(must((await itemOf('waiting')).order.waitsUntil ?? NOON))}`,
    ],
    [
      'a Blocked one that could be claimed by its line',
      async () => {
        await dropLines('blocked');
        await fileAt('blocked', NOON);
      },
      async () => `I7 ${row('blocked')}: ${NO_LINE} behind all others`,
    ],
    [
      'one held without end that has no line',
      () => dropLines('held'),
      async () => `I7 ${row('held')}: ${NO_LINE} behind all others`,
    ],
    [
      'an order that nobody looks at when its deadline has come',
      () => dropLooks('open'),
      async () => `I7 ${row('open')}: no hint leads to the deadline of its order at ${iso(later(1))}`,
    ],
    [
      'the same, where one step was told already and the hint stands behind the next',
      async () => {
        await rewriteOrder('open', { steps: 1 });
        await dropLooks('open');
        await world.hint([{ kind: 'order', vault: V, item: 'open', due: later(2, 1) }]);
      },
      async () => `I7 ${row('open')}: no hint leads to the deadline of its order at ${iso(later(2))}`,
    ],
    [
      'an item and its twin that do not agree',
      async () => {
        const item = JSON.parse(JSON.stringify(await itemOf('leased')));
        await rewrite('leased', { order: { ...item.order, attempts: 7 } }, false);
      },
      async () => `I5 ${row('leased')}: what lies in the trash is another version of it`,
    ],
    [
      'an ordered item without its twin',
      async () => tables.vaults.commit(V, [{ op: 'drop', key: must(trashKey(await itemOf('open'))) }]),
      async () =>
        `I5 ${row('open')}: it is Purging, and does not lie in the trash at ${trashKey(await itemOf('open'))}`,
    ],
    [
      'a tombstone whose order has not ended',
      async () => {
        await tables.vaults.commit(V, [{ op: 'drop', key: (await closedOf('completed')).key }]);
        await rewrite('completed', { closedOrders: [] }, false);
      },
      async () => {
        const ordered = (await world.vaults.history(V, { item: 'completed' }, { limit: 100 })).found;
        const order = ordered.flatMap(({ entry }) => entry?.facts['order'] ?? [])[0];
        return `I7 ${row('completed')}: it is Purged, and its order ${order} has not ended`;
      },
    ],
    [
      'an order that lives although it has ended',
      async () => {
        const { id } = (await itemOf('open')).order;
        await rewrite('open', { closedOrders: [must(id.split('~')[2])] });
      },
      async () => `I7 ${row('open')}: its order ${(await itemOf('open')).order.id} has ended, and lives`,
    ],
    [
      'what is kept of an order, when nobody names it',
      () => rewrite('recalled', { closedOrders: [] }),
      async () => `I5 ${at((await closedOf('recalled')).key)}: its item does not name it`,
    ],
    [
      'an order of which nothing is kept',
      async () => tables.vaults.commit(V, [{ op: 'drop', key: (await closedOf('refused')).key }]),
      async () => `I5 ${row('refused')}: nothing is kept of its order ${(await closedIdsOf('refused'))[0]}`,
    ],
    [
      'what is kept of the order of an item that is not there',
      async () => {
        const { cells } = await closedOf('refused');
        const document = { ...JSON.parse(String(cells['doc0'])), item: 'nobody' };
        await tables.vaults.commit(V, [put(keys.closedOrder(V, 'nobody', document.id), document)]);
      },
      async () => {
        const key = keys.closedOrder(V, 'nobody', (await closedIdsOf('refused'))[0] ?? '');
        return `I5 ${at(key)}: an order of an item that is not there`;
      },
    ],
    [
      'what is kept of an order under the key of another',
      async () => {
        const { cells } = await closedOf('refused');
        await tables.vaults.commit(V, [{ op: 'put', key: keys.closedOrder(V, 'refused', 'x'), cells }]);
      },
      async () => {
        const key = keys.closedOrder(V, 'refused', 'x');
        return `I5 ${at(key)}: its key says otherwise than its document: ${(await closedIdsOf('refused'))[0]}`;
      },
    ],
    [
      'a completed order whose proof is another than its history tells',
      async () => {
        const { key, cells } = await closedOf('completed');
        const document = { ...JSON.parse(String(cells['doc0'])), proofDigest: `sha256:${'0'.repeat(64)}` };
        await tables.vaults.commit(V, [put(key, document)]);
      },
      async () => `I7 ${at((await closedOf('completed')).key)}: its proof is another than its history tells`,
    ],
    [
      'a proof in the history that does not fit its digest',
      async () => {
        const { key, cells, tag } = await confirmation();
        const document = JSON.parse(String(cells['doc0']));
        const facts = { ...document.facts, proof: '{"objects":6}' };
        await tables.vaults.remove(V, key, tag);
        await tables.vaults.commit(V, [{ op: 'put', key, cells: { ...cells, ...pack({ ...document, facts }) } }]);
      },
      async () => `I7 ${at((await confirmation()).key)}: the proof of what was destroyed does not fit its digest`,
    ],
    [
      'an item of a kind that is not there',
      async () => {
        const kind = must(await tables.vaults.get(SERVICE, keys.kind('Tenant')));
        await tables.vaults.remove(SERVICE, kind.key, kind.tag);
      },
      async () => `I5 ${row('open')}: its kind Tenant is not there`,
    ],
    [
      'an original that has two living items, in two vaults',
      async () => {
        const { sourceId } = must(await world.vaults.item('other', 'living')).value as Ordered;
        await rewrite('open', { sourceId });
      },
      async () => `I5 ${row('open')}: it protects its source, but other/living has the claim to it`,
    ],
  ])('%s', async (_, plant, found) => {
    await plant();
    const expected = await found();
    expect(await findings()).toContain(expected);
    expect(await findings(later(0, 1000), SLICED)).toContain(expected);
  });

  test('lines of an executor of which no order lives, as soon as they are a day old', async () => {
    const item = await itemOf('open');
    const filedAt = later(3);
    const stray = { ...item, order: { ...item.order, executor: 'gone', filedAt, filedBy: 'stray' } };
    await world.hint([workHint(stray, NOON)]);
    const lost = `work~gone/`;
    const told = async (now: Instant) => (await findings(now)).filter((one) => one.includes(lost));
    expect(await told(later(4))).toEqual([]);
    const after = 'no order of gone lives, and lines older than a day are left: 1';
    expect(await told(later(4, 1))).toEqual([expect.stringMatching(new RegExp(`^I7 agenda/${lost}.*: ${after}$`))]);
    // of an executor that has one it is left to the next claim
    await world.hint([workHint({ ...item, order: { ...item.order, filedAt: NOON, filedBy: 'stray' } }, NOON)]);
    expect((await findings(later(4))).filter((one) => one.includes('work~blobs'))).toEqual([]);
  });
});

const closedIdsOf = async (name: string) => closedIds(must(await world.vaults.item(V, name)).value);

async function confirmation() {
  const rows = await tables.vaults.range(V, { prefix: keys.history(V, { item: 'completed' }) });
  return must(rows.find(({ cells }) => String(cells['doc0']).includes('"PurgeConfirmed"')));
}
