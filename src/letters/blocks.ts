import type { Severity } from './severity.ts';

/** What a letter is made of. Each is written twice: as text and as HTML. */
interface Shapes {
  readonly paragraph: { readonly text: string };
  /** What to do: the sentence that must not be overlooked. */
  readonly action: { readonly texts: readonly string[] };
  readonly facts: { readonly title: string; readonly rows: readonly Row[] };
  readonly commands: { readonly title: string; readonly lines: readonly string[] };
  readonly table: { readonly title: string; readonly head: readonly string[]; readonly rows: readonly Cells[] };
}

export type Row = readonly [label: string, value: string];
export type Cells = readonly string[];

export type Block<K extends keyof Shapes = keyof Shapes> = { [P in K]: { readonly kind: P } & Shapes[P] }[K];

/** A way to write every kind of block: one that is forgotten does not compile. */
export type Writer<T> = { readonly [K in keyof Shapes]: (block: Block<K>) => T };

export const write = <T, K extends keyof Shapes>(writer: Writer<T>, block: Block<K>): T => writer[block.kind](block);

export interface Page {
  readonly subject: string;
  readonly severity: Severity;
  readonly event: string;
  /** Which item in which vault; empty for the service. */
  readonly about: string;
  /** What a list of mails shows beside the subject. */
  readonly preview: string;
  readonly blocks: readonly Block[];
  /** Why you receive this. */
  readonly because: string;
}

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text });

/** Rows without a value, and blocks without rows, are not there at all. */
export const facts = (title: string, rows: readonly (readonly [string, string | undefined])[]): readonly Block[] => {
  const known = rows.filter((row): row is Row => row[1] !== undefined && row[1] !== '');
  return known.length > 0 ? [{ kind: 'facts', title, rows: known }] : [];
};
