/** Kinds: rows of the service, one for each kind of your own and for each built-in one about which something was changed. */
import { SERVICE } from '../core/hints.ts';
import { type Kinds, kindsOf, type StoredKind } from '../core/kinds.ts';
import { Unreadable } from '../core/problems.ts';
import type { KindReads } from '../ports.ts';
import { keys } from './keys.ts';
import { read } from './rows.ts';
import { held, type Row, type Table } from './table.ts';

/** So long may a process go by what it has read. */
const KEPT_MS = 60_000;

/** `monotonic`: milliseconds on a clock that nobody sets. */
export function tableKinds(vaults: Table, monotonic: () => number = () => performance.now()): KindReads {
  let last: { readonly kinds: Promise<Kinds>; readonly at: number } | undefined;

  const fresh = (): Promise<Kinds> => {
    const kinds = vaults.range(SERVICE, { prefix: keys.kinds }).then(kindsIn);
    const mine = { kinds, at: monotonic() };
    last = mine;
    // What failed is read again by whoever asks next.
    kinds.catch(() => {
      if (last === mine) last = undefined;
    });
    return kinds;
  };

  return {
    known: () => (last && monotonic() - last.at < KEPT_MS ? last.kinds : fresh()),
    fresh,
    get: async (name) => held(read.kind)(await vaults.get(SERVICE, keys.kind(name))),
  };
}

/** One row that cannot be read hides no other. */
function kindsIn(rows: readonly Row[]): Kinds {
  const stored: StoredKind[] = [];
  const unreadable: string[] = [];
  for (const row of rows)
    try {
      stored.push(read.kind(row));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      unreadable.push(row.key.slice(keys.kinds.length));
    }
  return kindsOf(stored, unreadable);
}
