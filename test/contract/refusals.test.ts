/** What the storage service refuses is refused by every stand-in, with the same words; and where Azurite does otherwise, one list says so. */
import { RestError } from '@azure/data-tables';
import { beforeAll, describe, expect, test } from 'vitest';
import { later, NOON } from '../support/builders.ts';
import { memoryQueue } from '../support/memoryQueue.ts';
import { memoryTable } from '../support/memoryTable.ts';
import { type Opened, SERVICES } from '../support/services.ts';
import { tableService } from '../support/tableService.ts';
import { AZURITE_DIFFERS, QUEUE_REFUSALS, TABLE_REFUSALS } from './refusals.ts';

/** `taken`, or status and code. */
const outcomeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'taken',
    (error: unknown) => {
      if (!(error instanceof RestError)) return error instanceof Error ? error.message : String(error);
      // outside of a transaction the SDK leaves the code in the text
      return `${error.statusCode} ${error.code ?? /"code":"(\w+)"/.exec(error.message)?.[1]}`;
    },
  );

describe.each(SERVICES)('a storage service $name', ({ open, isAzurite = false }) => {
  let service: Opened;
  beforeAll(async () => {
    service = await open();
  });
  const fresh = async () => {
    const [table, queue] = [service.table(), service.queue()];
    await Promise.all([table.createTable(), queue.createIfNotExists()]);
    return { table, queue };
  };

  const ALL = [
    ...TABLE_REFUSALS.map(({ what, refused, within, beyond }) => ({
      ...{ what, refused },
      within: async () => within?.((await fresh()).table),
      beyond: async () => beyond((await fresh()).table),
    })),
    ...QUEUE_REFUSALS.map(({ what, refused, within, beyond }) => ({
      ...{ what, refused },
      within: async () => within?.((await fresh()).queue),
      beyond: async () => beyond((await fresh()).queue),
    })),
  ];

  test.each(ALL)('$what: $refused', async ({ what, refused, within, beyond }) => {
    expect(await outcomeOf(within())).toBe('taken');
    const said = await outcomeOf(beyond());
    const differs = isAzurite ? AZURITE_DIFFERS[what] : undefined;
    if (differs === undefined) return expect(said).toBe(refused);
    expect(said, `AZURITE_DIFFERS is out of date for "${what}"`).toBe(differs);
    expect(differs, 'AZURITE_DIFFERS lists what does not differ').not.toBe(refused);
  });
});

test('the list of what Azurite does otherwise names nothing that nobody tries', () => {
  const tried = [...TABLE_REFUSALS, ...QUEUE_REFUSALS].map(({ what }) => what);
  expect(Object.keys(AZURITE_DIFFERS).filter((what) => !tried.includes(what))).toEqual([]);
});

describe('what a service may do at any time, and the one in memory does on demand', () => {
  test('it is busy: so many requests are answered 503, whatever they ask, and nothing is written', async () => {
    const whims = { busy: 4 };
    const table = memoryTable(whims);
    const asked = [
      () => table.commit('p', [{ op: 'insert', key: 'row', cells: {} }]),
      () => table.get('p', 'row'),
      () => table.range('p', { prefix: 'r' }),
      () => table.remove('p', 'row', 'tag'),
    ];
    for (const ask of asked) expect(await outcomeOf(ask())).toBe('503 ServerBusy');
    expect(await table.get('p', 'row')).toBeUndefined();
  });

  test('a page is empty, and there is more behind it', async () => {
    const table = tableService({ emptyPages: true });
    await table.createEntity({ partitionKey: 'p', rowKey: 'row' });
    const pages: (readonly [rows: number, goesOn: boolean])[] = [];
    for await (const page of table.listEntities({ queryOptions: {} }).byPage({ maxPageSize: 10 }))
      pages.push([page.length, page.continuationToken !== undefined]);
    expect(pages).toEqual([
      [0, true],
      [1, false],
    ]);
  });

  test('a message comes twice, in another order, and never when its week is over', async () => {
    const queue = memoryQueue({ times: 2, order: (all) => all.toReversed() });
    const wire = queue.wire(() => NOON);
    await wire.sendMessage('first', { messageTimeToLive: -1 });
    await wire.sendMessage('second', { messageTimeToLive: -1 });
    const taken: unknown[] = [];
    const take = async (message: unknown) => void taken.push(message);
    await queue.work(NOON, take);
    expect(taken).toEqual(['second', 'second', 'first', 'first']);
    await wire.sendMessage('third', {});
    expect(await queue.work(later(7), take)).toBe(false);
    expect(queue.size()).toBe(0);
  });
});
