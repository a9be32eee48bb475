/**
 * The hints of changes among the service's own rows. They lie beside what every sweep reads, in the transaction of their change: so such a change
 * asks for no request to have somebody look, and the next sweep puts them into the agenda.
 */
import * as z from 'zod';
import { type Change, type KeptHints, MOST_ROWS } from '../change.ts';
import { HINT_KINDS } from '../core/hints.ts';
import { keys } from './keys.ts';
import { list } from './limited.ts';
import { id, name, subject } from './rows/parts.ts';
import { instant, type Op, put, type Row, readerOf } from './table.ts';

const PREFIX = 'hints!';
export const KEPT_HINTS = keys.control(PREFIX);

const hint = z.object({
  ...{ due: instant, kind: z.enum(HINT_KINDS), vault: name, item: subject, by: id.exactOptional() },
});
const read = readerOf({ hints: list(hint, MOST_ROWS) });

export const keptHintsOf = ({ hints = [], id }: Pick<Change, 'hints' | 'id'>): readonly Op[] =>
  hints.length > 0 ? [put(keys.control(`${PREFIX}${id}`), { hints })] : [];

export const keptIn = (row: Row): KeptHints['hints'] => read(row).hints;

/** One that cannot be read holds up nobody. */
export const keptHintsIn = (rows: readonly Row[]): readonly KeptHints[] =>
  rows
    .filter(({ key }) => key.startsWith(KEPT_HINTS))
    .flatMap((row) => {
      try {
        return [{ name: row.key.slice(keys.control('').length), hints: keptIn(row) }];
      } catch {
        return [];
      }
    });
