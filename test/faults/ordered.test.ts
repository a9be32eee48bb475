/**
 * What an executor is to destroy keeps every row that it has until its order is closed, and no sweep closes one. So the process dies at any
 * request of a sweep that orders, others sweep for weeks, and hints to purge that had been believed lost come back: all rows are there.
 */
import { describe, expect, test } from 'vitest';
import { itemHint } from '../../src/core/hints.ts';
import { isOrdered } from '../../src/core/orders.ts';
import { addDays } from '../../src/core/time.ts';
import { takeApart } from '../../src/flows/items/destroy.ts';
import { sweep } from '../../src/flows/sweep/sweep.ts';
import { keys } from '../../src/store/keys.ts';
import { readPage } from '../../src/store/pages.ts';
import { read } from '../../src/store/rows.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { FULL } from '../support/full.ts';
import { mortalService } from '../support/mortal.ts';
import { anEntry, must, portsOver } from '../support/world.ts';
import { storyIn } from './judge.ts';
import { daysAgo, plant, rowsOf } from './seeds.ts';
import { FLOWS, seedOf } from './sweepFlows.ts';

type Rows = Awaited<ReturnType<typeof seedOf>>;
type Service = ReturnType<typeof mortalService>;
type Tables = Service['tables'];

/** The names of the recovery points of each item, wherever they lie. */
async function pointsIn(tables: Tables): Promise<Readonly<Record<string, readonly string[]>>> {
  const points: Record<string, string[]> = {};
  for await (const { row } of scanTables(tables)('vaults')) {
    const [vault, kind, name] = row.key.split('!');
    const found = kind === 'item' ? read.remains(row) : kind === 'page' ? readPage(row) : undefined;
    if (!found) continue;
    const own = 'points' in found ? found.points.map((one) => one.name) : [];
    points[`${vault}/${name}`] = [...(points[`${vault}/${name}`] ?? []), ...own].toSorted();
  }
  return points;
}

/** What is left of the items that are ordered by now, in words; none: all of it. */
async function missingFrom(tables: Tables, before: Awaited<ReturnType<typeof pointsIn>>): Promise<readonly string[]> {
  const { vaults } = portsOver(tables);
  const after = await pointsIn(tables);
  const { happened } = await storyIn(scanTables(tables));
  const wrong = [...happened.keys()].filter((line) => line.includes('>Purged') && !line.startsWith('calm/'));
  for (const [place, points] of Object.entries(before)) {
    const [vault = '', name = ''] = place.split('/');
    if (vault === 'calm') continue;
    const item = (await vaults.item(vault, name))?.value;
    if (!isOrdered(item)) wrong.push(`${place} is ${item?.state}, and nobody is asked`);
    if (points.join() !== after[place]?.join()) wrong.push(`${place} has lost points`);
    const twin = await tables.vaults.range(vault, { prefix: keys.allOrdered(vault) });
    if (!twin.some(({ key }) => key.endsWith(`!${name}`))) wrong.push(`${place} has no place among what is ordered`);
  }
  return wrong;
}

/** Whatever else may lead there: a hint to purge that was struck, one of a hold, and somebody who takes items of before apart. */
async function provoked(tables: Tables): Promise<void> {
  const ports = portsOver(tables);
  for (const { table, key } of await rowsOf(tables)) {
    const [vault = '', kind, item = ''] = key.split('!');
    if (table !== 'vaults' || kind !== 'item') continue;
    const held = must(await ports.vaults.item(vault, item));
    if (held.value.state !== 'Purging') continue;
    await ports.hint(
      (['purge', 'hold', 'warn', 'expire'] as const).map((one) => itemHint(held.value as never, one, daysAgo(1))),
    );
    const entry = (from: { readonly state: never }) => anEntry(item, { operation: 'Purge', from: from.state });
    await takeApart(ports, { vault, item }, { now: daysAgo(0), entry: entry as never, alerts: [] });
  }
  const now = addDays(daysAgo(0), 15);
  const then = { clock: { now: () => now }, realNow: () => now, storage: { ping: async () => ({ date: now }) } };
  await sweep(portsOver(tables, then), { maxPurges: 1000, budgetSeconds: 60 }, { now });
}

async function aSweep(rows: Rows, goesWrong: (service: Service) => void) {
  const service = mortalService();
  await plant(service.tables, rows);
  const before = await pointsIn(service.tables);
  goesWrong(service);
  await service
    .door(undefined)('POST', 'sweeps', { body: {} })
    .catch(() => undefined);
  const requests = await service.counted();
  await service.die();
  const silent = await service.sweptAfterwards();
  const swept = await missingFrom(service.tables, before);
  await provoked(service.tables);
  return { requests, wrong: [...silent, ...swept, ...(await missingFrom(service.tables, before))] };
}

/** The bounded form tries every third request. */
const STEP = FULL ? 1 : 3;
const ORDERS = Object.entries(FLOWS).filter(([name]) => name.startsWith('order, '));

describe('rows of what is ordered go only with its order', () => {
  test.each(ORDERS)('%s: wherever the sweep dies, and whatever leads there later', async (_, flow) => {
    const rows = await seedOf(flow);
    const whole = await aSweep(rows, ({ count }) => count());
    expect(whole.wrong).toEqual([]);
    const wrong: string[] = [];
    for (let request = 0; request < whole.requests; request += STEP) {
      const died = await aSweep(rows, ({ dieAt }) => dieAt(request));
      wrong.push(...died.wrong.map((what) => `dead before request ${request} of ${whole.requests}: ${what}`));
    }
    expect(wrong).toEqual([]);
  });
});
