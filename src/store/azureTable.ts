import {
  odata,
  RestError,
  type TableEntity,
  type TableEntityResult,
  type TableEntityResultPage,
  type TransactionAction,
  type UpdateMode,
} from '@azure/data-tables';
import { type Op, pastPrefix, type Range, type Row, type Table } from './table.ts';

export type Entity = Record<string, unknown>;

/** What we ask of the SDK's client. Tests put a service in memory behind it. */
export interface TableWire {
  createTable(): Promise<unknown>;
  getEntity(partition: string, key: string): Promise<TableEntityResult<Entity>>;
  listEntities(options: { queryOptions: { filter?: string; select?: string[] } }): {
    byPage(settings: { maxPageSize: number }): AsyncIterable<TableEntityResultPage<Entity>>;
  };
  submitTransaction(actions: TransactionAction[]): Promise<unknown>;
  createEntity(entity: TableEntity): Promise<unknown>;
  updateEntity(entity: TableEntity, mode?: UpdateMode, options?: { etag?: string }): Promise<unknown>;
  upsertEntity(entity: TableEntity, mode?: UpdateMode): Promise<unknown>;
  deleteEntity(partition: string, key: string, options?: { etag?: string }): Promise<unknown>;
}

/** A client whose table or queue is made when it is first used. A failure is not remembered: the next call tries again. */
export function madeOnce<C>(client: C, make: () => Promise<unknown>): () => Promise<C> {
  let made: Promise<unknown> | undefined;
  return async () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    await made;
    return client;
  };
}

export function azureTable(client: TableWire): Table {
  const table = madeOnce(client, () => client.createTable());

  async function found<R>(filter: string, { limit = Number.POSITIVE_INFINITY, only }: Limits, toRow: ToRow<R>) {
    const queryOptions = only ? { filter, select: ['PartitionKey', 'RowKey', ...only] } : { filter };
    const pages = (await table()).listEntities({ queryOptions }).byPage({ maxPageSize: Math.min(limit, 1000) });
    const rows: R[] = [];
    // A page may be empty and still have a successor: only the iterator knows the end.
    for await (const page of pages) {
      rows.push(...page.map(toRow));
      if (rows.length >= limit) break;
    }
    return rows.slice(0, limit);
  }

  return {
    get: async (partition, key) => (await table()).getEntity(partition, key).then(toRow, unless([404], undefined)),

    range: (partition, range) => found(filterOf(partition, range), range, toRow),
    across: (from, to, limits) =>
      found(odata`PartitionKey ge ${from} and PartitionKey le ${to}`, limits, (entity) => ({
        partition: entity.partitionKey ?? '',
        ...toRow(entity),
      })),

    async commit(partition, ops) {
      const [only, another] = ops;
      if (!only) return true;
      const there = await table();
      const done = another
        ? there.submitTransaction(ops.map((op) => toAction(partition, op)))
        : single(there, toAction(partition, only));
      return done.then(() => true, unless([404, 409, 412], false));
    },

    remove: async (partition, key, tag) =>
      (await table()).deleteEntity(partition, key, { etag: tag }).then(() => true, unless([404, 412], false)),
  };
}

type Limits = Pick<Range, 'limit' | 'only'>;
type ToRow<R> = (entity: TableEntityResult<Entity>) => R;

function filterOf(partition: string, { prefix, after, before }: Range): string {
  const from = after === undefined ? odata`RowKey ge ${prefix}` : odata`RowKey gt ${after}`;
  return `${odata`PartitionKey eq ${partition}`} and ${from} and ${odata`RowKey lt ${before ?? pastPrefix(prefix)}`}`;
}

function toAction(partitionKey: string, op: Op): TransactionAction {
  const entity = { partitionKey, rowKey: op.key, ...('cells' in op ? op.cells : {}) };
  switch (op.op) {
    case 'insert':
      return ['create', entity];
    case 'replace':
      return ['update', entity, 'Replace', { etag: op.tag ?? '*' }];
    case 'put':
      return ['upsert', entity, 'Replace'];
    case 'touch':
      return ['update', entity, 'Merge', { etag: '*' }];
    case 'drop':
      return ['delete', entity];
  }
}

/** The same by itself, in a request that is no batch. */
function single(client: TableWire, [action, entity, mode, options]: TransactionAction): Promise<unknown> {
  switch (action) {
    case 'create':
      return client.createEntity(entity);
    case 'update':
      return client.updateEntity(entity, mode, options);
    case 'upsert':
      return client.upsertEntity(entity, mode);
    case 'delete':
      return client.deleteEntity(entity.partitionKey, entity.rowKey);
  }
}

const RESERVED = new Set(['partitionKey', 'rowKey', 'etag', 'timestamp', 'odata.metadata']);

export function toRow(entity: TableEntityResult<Entity>): Row {
  const cells: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(entity))
    if (!RESERVED.has(name) && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'))
      cells[name] = value;
  return { key: entity.rowKey ?? '', tag: entity.etag, cells };
}

/** Expected statuses become a value; every other failure keeps flying. */
const unless =
  <T>(statuses: readonly number[], value: T) =>
  (error: unknown): T => {
    if (error instanceof RestError && statuses.includes(error.statusCode ?? 0)) return value;
    throw error;
  };
