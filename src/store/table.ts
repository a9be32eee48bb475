/** A table as Table Storage keeps it, reduced to what this service uses. Two make it: Azure's, and one in memory for tests. */

import * as z from 'zod';
import type { Held } from '../change.ts';
import { keyOf } from '../core/names.ts';
import { Unreadable } from '../core/problems.ts';
import { type Instant, parseInstant } from '../core/time.ts';
import type { Found, Stretch } from '../ports/stretch.ts';
import type { Stored } from './limited.ts';

export type Cells = Readonly<Record<string, string | number | boolean>>;

export interface Row {
  readonly key: string;
  readonly tag: string;
  readonly cells: Cells;
}

export type Op =
  /** Fails when it exists. */
  | { readonly op: 'insert'; readonly key: string; readonly cells: Cells }
  /** Fails when it is gone, or, with a tag, when it changed. */
  | { readonly op: 'replace'; readonly key: string; readonly cells: Cells; readonly tag?: string }
  | { readonly op: 'put'; readonly key: string; readonly cells: Cells }
  /** Fails when it is gone; changes nothing but its tag, and the cells that it brings. */
  | { readonly op: 'touch'; readonly key: string; readonly cells?: Cells }
  /** Fails when it is gone. No tag: a transaction would not look at it. */
  | { readonly op: 'drop'; readonly key: string };

export const put = (key: string, document: object): Op => ({ op: 'put', key, cells: pack(document) });
export const touch = (key: string): Op => ({ op: 'touch', key });
export const drop = (key: string): Op => ({ op: 'drop', key });

/** For a tag: what guards the row is another one in the same transaction, such as the place in the trash that it drops. */
const ANY = '*';

/** Replaces what was read, or inserts where nothing was. */
export function replacing(key: string, cells: Cells, was: { readonly tag: string } | undefined): Op {
  if (!was) return { op: 'insert', key, cells };
  return was.tag === ANY ? { op: 'replace', key, cells } : { op: 'replace', tag: was.tag, key, cells };
}

export interface Range {
  /** Keys that start with this. */
  readonly prefix: string;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly limit?: number | undefined;
  /** Only these cells. */
  readonly only?: readonly string[];
}

/** A row, and where it lies. */
export interface Placed extends Row {
  readonly partition: string;
}

export interface Table {
  get(partition: string, key: string): Promise<Row | undefined>;
  /** In the order of keys. */
  range(partition: string, range: Range): Promise<readonly Row[]>;
  /** Of the partitions from one to another, both among them: in the order of partitions, and in each in that of keys. */
  across(from: string, to: string, range: Pick<Range, 'limit' | 'only'>): Promise<readonly Placed[]>;
  /** All or nothing. false: a row was there, was gone, or had changed. */
  commit(partition: string, ops: readonly Op[]): Promise<boolean>;
  /** Removes one row if it still has that tag. */
  remove(partition: string, key: string, tag: string): Promise<boolean>;
}

/** The first key that no longer starts with the prefix. */
export const pastPrefix = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);

/** A stretch of the rows under a prefix, in the order of names. */
export async function stretchIn<T>(
  table: Table,
  partition: string,
  prefix: string,
  { after, limit }: Stretch,
  parse: (row: Row) => T,
): Promise<Found<T>> {
  const from = after === undefined ? undefined : prefix + keyOf(after);
  const rows = await table.range(partition, { prefix, limit, after: from });
  const last = rows.length < limit ? undefined : rows.at(-1)?.key.slice(prefix.length);
  return { ...eachOf(rows, prefix, parse), last };
}

/**
 * Rows parsed one by one: what is damaged, or was written by newer code, is named by its key, and hides no other. Whoever needs that one
 * row asks for it alone, and hears why it cannot be read.
 */
export function eachOf<T>(
  rows: readonly Row[],
  prefix: string,
  parse: (row: Row) => T,
): { readonly found: readonly T[]; readonly unreadable: readonly string[] } {
  const found: T[] = [];
  const unreadable: string[] = [];
  for (const row of rows)
    try {
      found.push(parse(row));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      unreadable.push(row.key.slice(prefix.length));
    }
  return { found, unreadable };
}

/** Of rows that nobody is shown by name. */
export const readableOf = <T>(rows: readonly Row[], parse: (row: Row) => T): readonly T[] =>
  eachOf(rows, '', parse).found;

/** A row with its tag, to be read one by one. */
export const heldRow =
  <T>(parse: (row: Row) => T) =>
  (row: Row): Held<T> => ({ value: parse(row), tag: row.tag });

/** As many as a request of Table Storage answers. */
const PAGE = 1000;

/** Every row under a prefix, a request at a time. */
export async function* everyRow(
  table: Table,
  partition: string,
  prefix: string,
  between: Pick<Range, 'after' | 'before'> = {},
): AsyncGenerator<Row> {
  for (let { after } = between; ; ) {
    const rows: readonly Row[] = await table.range(partition, { prefix, ...between, after, limit: PAGE });
    yield* rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.key;
  }
}

/**
 * Row ⇄ domain. A row holds one JSON document, in pieces that fit Table Storage's limit for a text property, and its version.
 * What comes back is parsed, never believed: an unreadable row is an error that names it, not a half-made item.
 *
 * Rows of before are read: what was added since has a default. A version is raised only where code of before must keep its hands off
 * the row; that code then finds it unreadable, as it does here, says so, and writes nothing over it.
 */
const PIECE = 30_000;
/** The newest version of rows that this code knows. */
export const VERSION = 3;
/** Of most rows. What rests on tallies is of the second: code that keeps none must leave it alone. */
const FIRST = 1;
export const WITH_TALLIES = 2;
/**
 * What is of a kind of your own, a vault that names an executor, an item that knows of orders: code that knows none of that would purge where an
 * executor is to destroy, and before anybody confirmed.
 */
export const WITH_EXECUTORS = 3;

export function pack(document: object, cells: Cells = {}): Cells {
  const text = JSON.stringify(document);
  const pieces: Record<string, string> = {};
  for (let at = 0; at < text.length; at += PIECE) pieces[`doc${at / PIECE}`] = text.slice(at, at + PIECE);
  return { v: FIRST, ...cells, ...pieces };
}

/** What has no version was told by its key alone. */
export const versionOf = (cells: Cells): number => Number(cells['v'] ?? FIRST);

/** A row that newer code has written is nobody's to guess at. */
export function ofOurTime(key: string, cells: Cells): Cells {
  const version = versionOf(cells);
  if (version <= VERSION) return cells;
  throw new Unreadable(`unreadable row ${key}: newer code than this has written it, version ${version}`);
}

function unpack<T>(shape: z.ZodType<T>, key: string, cells: Cells): T {
  ofOurTime(key, cells);
  let text = '';
  for (let piece = 0; cells[`doc${piece}`] !== undefined; piece += 1) text += cells[`doc${piece}`];
  try {
    return shape.parse(JSON.parse(text));
  } catch (error) {
    throw new Unreadable(`unreadable row ${key}`, { cause: error });
  }
}

export const instant = z.string().transform((text, context): Instant => {
  const at = parseInstant(text);
  if (at) return at;
  context.addIssue({ code: 'custom', message: 'not an instant' });
  return z.NEVER;
});

/** Parses rows of one shape, and says which. */
export const reader = <S extends z.ZodType>(shape: S & Stored<S>) =>
  readerFor<z.output<S>>(shape as z.ZodType<z.output<S>>);

export const readerOf = <F extends z.core.$ZodLooseShape>(fields: F & Stored<z.ZodObject<F>>) =>
  readerFor<z.output<z.ZodObject<F>>>(z.object<F>(fields));

/** All by which rows are read, for whoever asks whether each of them fits its row. */
export const SHAPES = new Set<z.ZodType>();

function readerFor<T>(shape: z.ZodType<T>) {
  SHAPES.add(shape);
  return Object.assign(({ key, cells }: Pick<Row, 'key' | 'cells'>): T => unpack(shape, key, cells), { shape });
}

/** What was parsed, with the tag of its row; undefined where there is no row. */
export const held =
  <T>(parse: (row: Row) => T) =>
  (row: Row | undefined): Held<T> | undefined =>
    row && heldRow(parse)(row);
