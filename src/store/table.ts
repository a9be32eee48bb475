/** A table as Table Storage keeps it, reduced to what this service uses. Two make it: Azure's, and one in memory for tests. */

import { MOST_ROWS } from '../change.ts';

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
  /** Fails when it is gone; changes nothing but its tag. */
  | { readonly op: 'touch'; readonly key: string }
  /** Fails when it is gone. No tag: a transaction would not look at it. */
  | { readonly op: 'drop'; readonly key: string };

export interface Range {
  /** Keys that start with this. */
  readonly prefix: string;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly limit?: number | undefined;
  /** Only these cells. */
  readonly only?: readonly string[];
}

export const MAX_OPS = MOST_ROWS;

export interface Table {
  get(partition: string, key: string): Promise<Row | undefined>;
  /** In the order of keys. */
  range(partition: string, range: Range): Promise<readonly Row[]>;
  /** All or nothing. false: a row was there, was gone, or had changed. */
  commit(partition: string, ops: readonly Op[]): Promise<boolean>;
  /** Removes one row if it still has that tag. */
  remove(partition: string, key: string, tag: string): Promise<boolean>;
}

/** The first key that no longer starts with the prefix. */
export const pastPrefix = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
