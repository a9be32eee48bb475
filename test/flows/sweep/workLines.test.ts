/** Lines of work lists that lead to no order any more: whoever should have struck them has died, and no executor claims. */
import { beforeEach, expect, test } from 'vitest';
import { workHint } from '../../../src/core/moves.ts';
import type { Ordered } from '../../../src/core/orders.ts';
import { addDays, type Instant } from '../../../src/core/time.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { putKind } from '../../../src/flows/kinds/kinds.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { NOON } from '../../support/builders.ts';
import { laidExecutor } from '../../support/executors.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { tablesThrough } from '../../support/through.ts';
import { aRequest, done, must } from '../../support/world.ts';
import { type Sweeper, sweeperOver } from './sweeper.ts';

const PLACE = { vault: 'Contoso', item: 'one' };
let tables: Tables;
let sweeper: Sweeper;
let asked = 0;
const sweepOn = (day: number) => sweeper.sweep(addDays(NOON, day));
const linesOf = async (executor: string) =>
  (await sweeper.ports.agenda.work(executor, { limit: 100, all: true })).found.map(({ work }) => work.order);

beforeEach(async () => {
  tables = memoryTables();
  sweeper = sweeperOver(
    tablesThrough(tables, async (request, { partition }) => {
      if (partition.startsWith('work~')) asked += 1;
      return request();
    }),
  );
  const { ports } = sweeper;
  await laidExecutor(ports, 'blobs');
  const patch = { kind: 'Generic', softDelete: { state: 'Disabled' }, purge: { executor: 'blobs' } } as const;
  await done(putKind(ports, aRequest(), { kind: 'Tenant' }, {}));
  await done(putVault(ports, aRequest(), PLACE, { patch, mustExist: false }));
  // the first sweep of all leaves a heartbeat, and the one of the next day begins
  await sweepOn(-1);
  await sweepOn(0);
});

async function ordered(): Promise<Ordered> {
  await done(protect(sweeper.ports, aRequest(), PLACE, { workload: 'Tenant', sourceId: '/one' }));
  await done(stop(sweeper.ports, aRequest(), PLACE, { mode: 'delete', confirmName: PLACE.item }));
  return must(await sweeper.ports.vaults.item(PLACE.vault, PLACE.item)).value as Ordered;
}

/** A line of an order that has ended. */
const stray = ({ order, ...item }: Ordered, executor: string, filedAt: Instant | null) =>
  workHint({ ...item, order: { ...order, id: 'contoso~one~ended', executor, filedAt, filedBy: 'stray' } }, NOON);

test('a sweep that finds no line asks once a day whether there is one', async () => {
  asked = 0;
  await sweepOn(1);
  await sweepOn(1.1);
  expect(asked).toBe(1);
});

test.each([
  ['could be claimed', NOON],
  ['waits for a person', null],
] as const)('one that %s goes when it is a day old; what leads to an order stays', async (_, filedAt) => {
  const item = await ordered();
  await sweeper.ports.hint([stray(item, 'gone', filedAt), stray(item, 'blobs', filedAt)]);
  await sweepOn(1);
  expect(await linesOf('gone')).toHaveLength(1);
  await sweepOn(2);
  expect(await linesOf('gone')).toEqual([]);
  expect(await linesOf('blobs')).toContain(item.order.id);
});

test('a line of another executor leads to nothing, whoever is asked now', async () => {
  const item = await ordered();
  await sweeper.ports.hint([workHint({ ...item, order: { ...item.order, executor: 'before' } }, NOON)]);
  await sweepOn(2);
  expect(await linesOf('before')).toEqual([]);
  expect(await linesOf('blobs')).toEqual([item.order.id]);
});

test('what waits for a person no longer leaves no second line, as long as it lives', async () => {
  const item = await ordered();
  const { filedBy } = item.order;
  await sweeper.ports.hint([workHint({ ...item, order: { ...item.order, filedAt: null, filedBy: 'before' } }, NOON)]);
  expect(await linesOf('blobs')).toHaveLength(2);
  await sweepOn(2);
  const left = (await sweeper.ports.agenda.work('blobs', { limit: 100, all: true })).found;
  expect(left).toMatchObject([{ by: filedBy, work: { isParked: false } }]);
});
