/** PURE. The kinds that there are: those that are built in, and those that are stored. */
import { BY_NAME, type Kind, kindOf, type StoredKind } from './kinds.ts';
import { keyOf } from './names.ts';
import { Unreadable } from './problems.ts';

/** All kinds that there are. */
export interface Kinds {
  /** undefined: there is none of that name. One whose row cannot be read is an error. */
  of(name: string): Kind | undefined;
  /** Those that can be read, by name. */
  readonly all: readonly Kind[];
  /** The names of those that cannot. */
  readonly unreadable: readonly string[];
  /** Changes with each new one; undefined: there was none yet. */
  readonly gateTag: string | undefined;
}

/** Those that are built in, with what is stored about them, and those of the user's own. */
export function kindsOf(stored: readonly StoredKind[], unreadable: readonly string[] = [], gateTag?: string): Kinds {
  const kinds = new Map(BY_NAME);
  for (const row of stored) kinds.set(keyOf(row.name), kindOf(row));
  const bad = new Set(unreadable.map(keyOf));
  for (const name of bad) kinds.delete(name);
  return {
    of(name) {
      if (bad.has(keyOf(name))) throw new Unreadable(`unreadable kind ${name}`);
      return kinds.get(keyOf(name));
    },
    all: [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind),
    unreadable,
    gateTag,
  };
}

/**
 * Of the kinds of your own that a vault has noted those of which something may run on its servers, besides what is of a server's own kind. One
 * that is not known, or cannot be read, may be hybrid.
 */
export function mayRunOnServers({ all }: Kinds, noted: readonly string[]): readonly string[] {
  const cloud = new Set(all.filter((kind) => kind.class === 'Cloud').map(({ name }) => keyOf(name)));
  return noted.filter((name) => !cloud.has(keyOf(name)));
}
