/** Table Storage in memory, where the SDK's client would be: so our own code above the SDK is the same in every test. */
import type { TableEntityResult, TableEntityResultPage, TransactionAction } from '@azure/data-tables';
import type { Entity, TableWire } from '../../src/store/azureTable.ts';
import { comparisonsIn, judgeKey, judgePage, judgeTransaction, propertiesOf, refusal } from './tableLimits.ts';
import { firstAtLeast, type Page, type Partition, type Place, pageFrom, START, type Stored } from './tablePages.ts';

/** What the service may do at any time, and does here when a test asks for it. */
export interface Whims {
  /** Before every page comes an empty one, as where a partition was split. */
  emptyPages?: boolean;
  /** So many of the next requests are answered 503. */
  busy?: number;
}

export function tableService(whims: Whims = {}): TableWire {
  const partitions = new Map<string, Partition>();
  let writes = 0;

  const admit = (): void => {
    if (!whims.busy) return;
    whims.busy -= 1;
    throw refusal(503, 'ServerBusy');
  };
  const open = (name: string): Partition => {
    const partition = partitions.get(name) ?? { rows: new Map<string, Stored>(), keys: [] };
    partitions.set(name, partition);
    return partition;
  };
  const set = ({ rows, keys }: Partition, key: string, cells: Entity) => {
    if (!rows.has(key)) keys.splice(firstAtLeast(keys, key), 0, key);
    writes += 1;
    rows.set(key, { tag: `W/"${writes}"`, cells });
  };
  const drop = ({ rows, keys }: Partition, key: string) => {
    rows.delete(key);
    keys.splice(firstAtLeast(keys, key), 1);
  };

  /** All or nothing: no row is named twice, so each can be judged by what is there now; and only then is anything written. */
  const apply = (actions: readonly TransactionAction[]): void => {
    admit();
    judgeTransaction(actions);
    const [first] = actions;
    if (!first) return;
    const partition = open(first[1].partitionKey);
    for (const action of actions) judgeCondition(action, partition.rows.get(action[1].rowKey));
    for (const [action, entity, mode] of actions) {
      if (action === 'delete') drop(partition, entity.rowKey);
      else {
        const kept = mode === 'Merge' ? partition.rows.get(entity.rowKey)?.cells : undefined;
        set(partition, entity.rowKey, { ...kept, ...Object.fromEntries(propertiesOf(entity)) });
      }
    }
  };

  return {
    createTable: async () => {},

    async getEntity(partition, key) {
      admit();
      judgeKey(partition);
      judgeKey(key);
      const row = open(partition).rows.get(key);
      if (!row) throw refusal(404, 'ResourceNotFound');
      return resultOf(partition, key, row);
    },

    listEntities: ({ queryOptions: { filter = '', select } }) => ({
      async *byPage({ maxPageSize }) {
        judgePage(maxPageSize);
        const comparisons = comparisonsIn(filter);
        for (let at: Place | undefined = START; at; ) {
          if (whims.emptyPages) {
            admit();
            yield pageOf([], at);
          }
          admit();
          const { found, next }: Page = pageFrom(partitions, comparisons, at, maxPageSize);
          yield pageOf(
            found.map(({ partition, key, row }) => picked(resultOf(partition, key, row), select)),
            next,
          );
          at = next;
        }
      },
    }),

    submitTransaction: async (actions) => apply(actions),
    createEntity: async (entity) => apply([['create', entity]]),
    updateEntity: async (entity, mode = 'Merge', options = {}) => apply([['update', entity, mode, options]]),
    upsertEntity: async (entity, mode = 'Merge') => apply([['upsert', entity, mode]]),
    async deleteEntity(partitionKey, rowKey, { etag = '*' } = {}) {
      // by itself a delete heeds its tag; in a transaction it does not
      const there = open(partitionKey).rows.get(rowKey);
      if (there && etag !== '*' && etag !== there.tag) throw refusal(412, 'UpdateConditionNotSatisfied');
      apply([['delete', { partitionKey, rowKey }]]);
    },
  };
}

function judgeCondition([action, , , options]: TransactionAction, there: Stored | undefined): void {
  if (action === 'upsert') return;
  if (action === 'create' && there) throw refusal(409, 'EntityAlreadyExists');
  if (action === 'create') return;
  if (!there) throw refusal(404, 'ResourceNotFound');
  const etag = options?.etag ?? '*';
  if (action === 'update' && etag !== '*' && etag !== there.tag) throw refusal(412, 'UpdateConditionNotSatisfied');
}

const resultOf = (partitionKey: string, rowKey: string, { tag, cells }: Stored): TableEntityResult<Entity> => ({
  ...cells,
  partitionKey,
  rowKey,
  etag: tag,
});

const KEY_NAMES = new Map([
  ['PartitionKey', 'partitionKey'],
  ['RowKey', 'rowKey'],
]);

/** The tag comes with every row, and of the rest what is asked for. */
const picked = (row: TableEntityResult<Entity>, select: readonly string[] | undefined): TableEntityResult<Entity> => {
  if (!select) return row;
  const names = new Set(select.map((name) => KEY_NAMES.get(name) ?? name));
  return { ...Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name))), etag: row.etag };
};

const pageOf = (rows: TableEntityResult<Entity>[], next: Place | undefined): TableEntityResultPage<Entity> =>
  Object.assign(rows, next ? { continuationToken: JSON.stringify(next) } : {});
