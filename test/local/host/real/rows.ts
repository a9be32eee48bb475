/** What the real Functions host answered, and where ours is known to answer otherwise. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Answer {
  /** 0: the connection ended without a word. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, or its beginning; of an error its code; of a list that it is one. Absent: not looked at. */
  readonly body?: unknown;
}

type Otherwise = Answer & { readonly why: string };

export interface Row {
  readonly name: string;
  /** Byte for byte; HOST, TOKEN and KEY stand for those of the run, ETAG for the last that was given, `<<"a" x 20000>>` for a run of one character. */
  readonly request: string;
  readonly real: Answer;
  /** Known to be otherwise here: why that is harmless, and what is answered instead. */
  readonly differs?: Otherwise;
  /** What the app of today says instead, there as here, and why it changed. */
  readonly since?: Otherwise;
}

export const ROWS: readonly Row[] = readFileSync(join(import.meta.dirname, 'answers.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
