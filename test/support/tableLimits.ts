/**
 * What Table Storage refuses, with the status and the code it says, as its documentation has them. The suite in test/contract/refusals.test.ts
 * holds this to Azurite and, where there is one, to a real account.
 */
import { RestError, type TransactionAction } from '@azure/data-tables';

const KIB = 1024;

/** A key may have 1 KiB. Table Storage counts text in UTF-16, so that is 512 characters. */
const LONGEST_KEY = 512;
/** 255, three of which are the system's. */
const MOST_PROPERTIES = 252;
const LONGEST_NAME = 255;
const LARGEST_TEXT = 64 * KIB;
const LARGEST_ENTITY = 1024 * KIB;
const MOST_OPERATIONS = 100;
const LARGEST_TRANSACTION = 4096 * KIB;
/** Around each operation stand its address and its headers. */
const ENVELOPE = 600;
const MOST_ROWS = 1000;
const MOST_COMPARISONS = 15;

export const refusal = (statusCode: number, code: string): RestError =>
  new RestError(`${statusCode} ${code}`, { statusCode, code });

const outOfRange = () => refusal(400, 'OutOfRangeInput');

/** `/ \ # ?` and control characters. */
const FORBIDDEN = /[/\\#?\p{Cc}]/u;

export function judgeKey(key: string): void {
  if (key.length > LONGEST_KEY || FORBIDDEN.test(key)) throw outOfRange();
}

export type Properties = readonly (readonly [name: string, value: unknown])[];

/** A property without a value is not sent. */
export const propertiesOf = (entity: object): Properties =>
  Object.entries(entity).filter(
    ([name, value]) => name !== 'partitionKey' && name !== 'rowKey' && value !== undefined && value !== null,
  );

function judgeProperties(partition: string, key: string, properties: Properties): void {
  if (properties.length > MOST_PROPERTIES) throw refusal(400, 'TooManyProperties');
  let size = 4 + 2 * (partition.length + key.length);
  for (const [name, value] of properties) {
    if (name.length > LONGEST_NAME) throw refusal(400, 'PropertyNameTooLong');
    const bytes = sizeOf(value);
    if (bytes > LARGEST_TEXT) throw refusal(400, 'PropertyValueTooLarge');
    // a text has its length beside it
    size += 8 + 2 * name.length + bytes + (typeof value === 'string' ? 4 : 0);
  }
  if (size > LARGEST_ENTITY) throw refusal(400, 'EntityTooLarge');
}

const sizeOf = (value: unknown): number => (typeof value === 'string' ? 2 * value.length : 8);

function judgeEntity([action, entity]: TransactionAction): void {
  judgeKey(entity.partitionKey);
  judgeKey(entity.rowKey);
  if (action !== 'delete') judgeProperties(entity.partitionKey, entity.rowKey, propertiesOf(entity));
}

/** Whatever can be said of a transaction without a look at what is there. */
export function judgeTransaction(actions: readonly TransactionAction[]): void {
  if (actions.length > MOST_OPERATIONS) throw refusal(400, 'InvalidInput');
  // the SDK itself says this one, before anything is sent
  if (new Set(actions.map(([, { partitionKey }]) => partitionKey)).size > 1)
    throw new Error('All operations in a transaction must target the same partitionKey');
  if (isTooLong(actions)) throw refusal(413, 'RequestBodyTooLarge');
  const keys = new Set(actions.map(([, { rowKey }]) => rowKey));
  if (keys.size < actions.length) throw refusal(400, 'InvalidDuplicateRow');
  for (const action of actions) judgeEntity(action);
}

/** The bytes of its body. A character is six of them at most, so what is short need not be written out to be judged. */
function isTooLong(actions: readonly TransactionAction[]): boolean {
  const sum = (bytesOf: (entity: object) => number) =>
    actions.reduce((all, [, entity]) => all + ENVELOPE + bytesOf(entity), 0);
  const atMost = (entity: object) => Object.values(entity).reduce((all, value) => all + 6 * String(value).length, 0);
  const exactly = (entity: object) => Buffer.byteLength(JSON.stringify(entity));
  return sum(atMost) > LARGEST_TRANSACTION && sum(exactly) > LARGEST_TRANSACTION;
}

/** A query as the service takes it apart: one comparison for each condition. */
export interface Comparison {
  readonly of: string;
  readonly by: string;
  readonly value: string;
}

const CONDITION = /^(PartitionKey|RowKey) (eq|ne|gt|ge|lt|le) '((?:[^']|'')*)'(?: and |$)/;

/** Understands what we ask: comparisons of keys, joined by `and`. */
export function comparisonsIn(filter: string): readonly Comparison[] {
  const all: Comparison[] = [];
  for (let rest = filter; rest !== ''; ) {
    const [whole = '', of = '', by = '', value = ''] = CONDITION.exec(rest) ?? [];
    if (whole === '') throw refusal(400, 'InvalidInput');
    all.push({ of, by, value: value.replaceAll("''", "'") });
    rest = rest.slice(whole.length);
  }
  if (all.length > MOST_COMPARISONS) throw refusal(400, 'InvalidInput');
  return all;
}

export function judgePage(rows: number): void {
  if (rows < 1 || rows > MOST_ROWS) throw refusal(400, 'InvalidInput');
}
