/** The reader of the previous version as it was released: its src/store/rows.ts, bundled. */
import type { Row } from '../../src/store/table.ts';

const { read, VERSION } = (await import(new URL('reader2.mjs', import.meta.url).href)) as {
  readonly read: Readonly<Record<string, (row: Row) => unknown>>;
  readonly VERSION: number;
};

export { VERSION };

/** What it says of a row that newer code has written. */
export const NEWER = 'unreadable: newer code than this has written it, version 3';

/** Whether it reads the row; else what it says, without where the row lies. */
export function readBefore(reader: string, row: Row): string {
  if (!read[reader]) throw new Error(`it has no reader ${reader}`);
  try {
    read[reader](row);
    return 'read';
  } catch (error) {
    return error instanceof Error ? error.message.replace(/ row .*: /, ': ') : 'unknown';
  }
}
