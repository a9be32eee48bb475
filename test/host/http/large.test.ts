/** A vault of 5,000 items in the running service: every filter, list and refusal answers right, and asks of storage what the table allows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Item } from '../../../src/core/item.ts';
import { CALLS, type Call, ceilingOf, FIRST, fill, NOTHING_WRONG, wrongIn } from '../../flows/anySize.ts';
import { filledWith } from '../../support/app.ts';
import { aLocalStore } from '../../support/azurite.ts';
import { type FaultProxy, startFaultProxy } from '../../support/faultProxy.ts';
import { startHostOver } from '../../support/ownHost.ts';
import { azureTables } from '../../support/tables.ts';
import { type Door, doorOf, namesIn, pagesOf } from '../support/door.ts';
import { ROUTES } from '../support/writes.ts';

const SIZE = 5_000;

let items: ReadonlyMap<string, Item>;
let proxy: FaultProxy;
let door: Door;

const addressOf = ([name, names, { query = '' } = {}]: Call['ask']) => {
  const route = ROUTES.find((one) => one.name === name);
  if (!route) throw new Error(`there is no route ${name}`);
  return { method: route.method, path: `${filledWith(route, names).filled}?${query}` };
};

const asked = (ask: Call['ask']) => {
  const { method, path } = addressOf(ask);
  const [, , { body } = {}] = ask;
  return door(method, path, body === undefined ? {} : { body });
};

beforeAll(async () => {
  const storage = await aLocalStore();
  // Only what is asked of tables is counted.
  proxy = await startFaultProxy(storage, /\/(notifications|sweep-shards)\b/);
  // What tells people asks storage by itself.
  const { api } = await startHostOver(proxy.through(storage), {
    'AzureWebJobs.notify.Disabled': 'true',
    'AzureWebJobs.notifyUrgent.Disabled': 'true',
  });
  door = doorOf(api);
  // A process makes a table when it first asks for it.
  for (const path of ['vaults', 'forecast']) await door('GET', path);
  items = new Map((await fill(azureTables(storage), SIZE)).map((item) => [item.name, item]));
  await asked(FIRST);
});
afterAll(() => proxy.stop());

/** Each item on a page of these is a request: test/flows/anySize.test.ts follows them to the end. */
const LONG: readonly string[] = ['items, state=Protected', 'items, workload=AzureVM'];
const WALKED = CALLS.filter(({ what, isMeant }) => isMeant && !LONG.includes(what));

describe('page after page', () => {
  test.each(WALKED)('$what: each that is meant is shown once', async ({ ask, isMeant }) => {
    const { path } = addressOf(ask);
    const shown = namesIn(await pagesOf(door, path.replace('top=20', 'top=200')));
    const meant = [...items.values()].filter((item) => isMeant?.(item)).map(({ name }) => name);
    expect(shown.toSorted()).toEqual(meant);
  });
});

test.each(CALLS)('$what', async (call) => {
  const watch = proxy.watch();
  const { status, body } = await asked(call.ask);
  const requests = watch.calls();
  expect(status, JSON.stringify(body)).toBe(call.status ?? 200);
  expect(wrongIn(call, body, items)).toEqual(NOTHING_WRONG);
  expect(requests).toBeGreaterThan(0);
  expect(requests).toBeLessThanOrEqual(ceilingOf(call, body));
});
