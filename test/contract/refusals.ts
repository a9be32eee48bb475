/**
 * What the storage service refuses, and what it says. Statuses and codes are those of its documentation:
 * learn.microsoft.com/rest/api/storageservices, the pages "Table Storage error codes", "Understanding the Table service data model",
 * "Performing entity group transactions", "Querying tables and entities" and "Put Message". Where a page demands something and
 * names no code (the size of a page, the number of comparisons), it is the service's general one for what it cannot take.
 */
import type { TransactionAction } from '@azure/data-tables';
import type { QueueWire } from '../../src/store/azure.ts';
import type { TableWire } from '../../src/store/azureTable.ts';

export interface Refusal<Client> {
  readonly what: string;
  readonly refused: string;
  /** The most that is taken. */
  readonly within?: (client: Client) => Promise<unknown>;
  readonly beyond: (client: Client) => Promise<unknown>;
}

const entity = (rowKey: string, cells: object = {}) => ({ partitionKey: 'p', rowKey, ...cells });
const insert =
  (rowKey: string, cells: object = {}) =>
  (table: TableWire) =>
    table.createEntity(entity(rowKey, cells));
const texts = (count: number, length: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`text${at}`, 'x'.repeat(length)]));
const transaction = (count: number, cells: object = {}) => {
  const actions = Array.from({ length: count }, (_, at): TransactionAction => ['create', entity(`row${at}`, cells)]);
  return (table: TableWire) => table.submitTransaction(actions);
};
const query =
  (filter: string, maxPageSize = 10) =>
  async (table: TableWire) => {
    for await (const page of table.listEntities({ queryOptions: { filter } }).byPage({ maxPageSize }))
      return page.length;
    return 0;
  };
const comparisons = (count: number) =>
  ["PartitionKey eq 'p'", ...Array.from({ length: count - 1 }, (_, at) => `RowKey ne 'x${at}'`)].join(' and ');

/** 32 Ki characters are 64 KiB, which is as much as a text may have. */
const LONGEST_TEXT = 32 * 1024;

const KEYS: readonly Refusal<TableWire>[] = ['/', '\\', '#', '?', '\t', '\n', '\u007f', '\u0085'].map((character) => ({
  what: `${JSON.stringify(character)} in a key`,
  refused: '400 OutOfRangeInput',
  beyond: insert(`a${character}b`),
}));

export const TABLE_REFUSALS: readonly Refusal<TableWire>[] = [
  {
    what: 'a row above 1 MiB',
    refused: '400 EntityTooLarge',
    within: insert('row', texts(15, LONGEST_TEXT)),
    beyond: insert('row', texts(16, LONGEST_TEXT)),
  },
  {
    what: 'more than 255 properties, three of them the system’s',
    refused: '400 TooManyProperties',
    within: insert('row', texts(252, 1)),
    beyond: insert('row', texts(253, 1)),
  },
  {
    what: 'a text above 64 KiB of UTF-16',
    refused: '400 PropertyValueTooLarge',
    within: insert('row', texts(1, LONGEST_TEXT)),
    beyond: insert('row', texts(1, LONGEST_TEXT + 1)),
  },
  {
    what: 'a property whose name is longer than 255 characters',
    refused: '400 PropertyNameTooLong',
    within: insert('row', { ['n'.repeat(255)]: 1 }),
    beyond: insert('row', { ['n'.repeat(256)]: 1 }),
  },
  ...KEYS,
  {
    // The pages say 1 KiB here and 1,024 characters there: what lies between is nobody's to rely on.
    what: 'a key above 1,024 characters',
    refused: '400 OutOfRangeInput',
    within: insert('k'.repeat(512)),
    beyond: insert('k'.repeat(1025)),
  },
  {
    what: 'more than 100 operations',
    refused: '400 InvalidInput',
    within: transaction(100),
    beyond: transaction(101),
  },
  {
    what: 'a transaction above 4 MiB',
    refused: '413 RequestBodyTooLarge',
    within: transaction(8, texts(15, LONGEST_TEXT)),
    beyond: transaction(9, texts(15, LONGEST_TEXT)),
  },
  {
    what: 'a row twice in one transaction',
    refused: '400 InvalidDuplicateRow',
    beyond: (table) =>
      table.submitTransaction([
        ['upsert', entity('row'), 'Replace'],
        ['upsert', entity('row'), 'Replace'],
      ]),
  },
  {
    // The SDK asks for nothing that it knows will be refused.
    what: 'two partitions in one transaction',
    refused: 'All operations in a transaction must target the same partitionKey',
    beyond: (table) =>
      table.submitTransaction([
        ['create', entity('row')],
        ['create', { partitionKey: 'q', rowKey: 'row' }],
      ]),
  },
  {
    what: 'more than 1,000 rows a page',
    refused: '400 InvalidInput',
    within: query("PartitionKey eq 'p'", 1000),
    beyond: query("PartitionKey eq 'p'", 1001),
  },
  {
    what: 'more than 15 comparisons',
    refused: '400 InvalidInput',
    within: query(comparisons(15)),
    beyond: query(comparisons(16)),
  },
  { what: 'a second row of one key', refused: '409 EntityAlreadyExists', within: insert('row'), beyond: twice('row') },
  {
    what: 'a replacement of what is not there',
    refused: '404 ResourceNotFound',
    beyond: (table) => table.updateEntity(entity('nothing'), 'Replace', { etag: '*' }),
  },
  {
    what: 'a replacement of what has changed',
    refused: '412 UpdateConditionNotSatisfied',
    beyond: async (table) => {
      await insert('row')(table);
      const { etag } = await table.getEntity('p', 'row');
      await table.upsertEntity(entity('row'), 'Replace');
      await table.updateEntity(entity('row'), 'Replace', { etag });
    },
  },
];

function twice(key: string) {
  return async (table: TableWire) => {
    await table.upsertEntity(entity(key), 'Replace');
    await insert(key)(table);
  };
}

const WEEK = 7 * 24 * 3600;
const KIB = 1024;
const send =
  (text: string, options: Parameters<QueueWire['sendMessage']>[1] = {}) =>
  (queue: QueueWire) =>
    queue.sendMessage(text, { messageTimeToLive: -1, ...options });

export const QUEUE_REFUSALS: readonly Refusal<QueueWire>[] = [
  {
    what: 'a message above 64 KiB',
    refused: '413 RequestBodyTooLarge',
    within: send('x'.repeat(64 * KIB)),
    beyond: send('x'.repeat(64 * KIB + 1)),
  },
  {
    what: 'a message that is to be hidden for more than 7 days',
    refused: '400 OutOfRangeQueryParameterValue',
    within: send('x', { visibilityTimeout: WEEK }),
    beyond: send('x', { visibilityTimeout: WEEK + 1 }),
  },
  {
    what: 'a message that would be gone before it can be seen',
    refused: '400 InvalidQueryParameterValue',
    within: send('x', { messageTimeToLive: 100, visibilityTimeout: 50 }),
    beyond: send('x', { messageTimeToLive: 50, visibilityTimeout: 100 }),
  },
  {
    what: 'a message that lives for no time at all',
    refused: '400 InvalidQueryParameterValue',
    within: send('x', { messageTimeToLive: 1 }),
    beyond: send('x', { messageTimeToLive: 0 }),
  },
];

/** Where Azurite does otherwise: what it says, or that it takes what the service refuses. This is the only list of it. */
export const AZURITE_DIFFERS: Readonly<Record<string, string>> = {
  'a row above 1 MiB': 'taken',
  'more than 255 properties, three of them the system’s': 'taken',
  'a property whose name is longer than 255 characters': 'taken',
  'more than 1,000 rows a page': 'taken',
  'more than 15 comparisons': 'taken',
  'a key above 1,024 characters': '400 InvalidInput',
  ...Object.fromEntries(KEYS.map(({ what }) => [what, '400 InvalidInput'])),
};
