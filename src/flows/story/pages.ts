import { type Item, isItem } from '../../core/item.ts';
import { Unreadable } from '../../core/problems.ts';
import type { Found } from '../../ports/stretch.ts';
import type { Reads, VaultReads } from '../../ports.ts';

/** A page of a list: at most so many, after that key. */
export interface Page {
  readonly top: number;
  readonly after: string | undefined;
}

/** `last` is the key of the last entry shown, or undefined at the end of the list. */
export interface Listed<T> {
  readonly shown: readonly T[];
  readonly last: string | undefined;
  /** The names of what cannot be read. */
  readonly unreadable?: readonly string[];
}

/** A page of what is in memory already, in the order of its keys. */
export function cut<T>(all: readonly T[], key: (one: T) => string, { after, top }: Page): Listed<T> {
  const sorted = all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  const rest = after === undefined ? sorted : sorted.filter((one) => key(one) > after);
  return firstOf(rest, key, top);
}

/** One more than asked for was found: there is another page. */
export function firstOf<T>(found: readonly T[], key: (one: T) => string, top: number): Listed<T> {
  const shown = found.slice(0, top);
  const final = shown.at(-1);
  return { shown, last: found.length > top && final ? key(final) : undefined };
}

/** Reads on, stretch by stretch, to the end of a list; only as far as somebody asks. */
export async function* stretches<T>(
  read: (after: string | undefined) => Promise<Found<T>>,
  start?: string,
): AsyncGenerator<readonly T[], void> {
  let after = start;
  do {
    const stretch = await read(after);
    yield stretch.found;
    after = stretch.last;
  } while (after !== undefined);
}

/** Reads on until the page is full. */
export async function gather<T>(
  read: (after: string | undefined) => Promise<Found<T>>,
  key: (one: T) => string,
  { after, top }: Page,
): Promise<Listed<T>> {
  const all: T[] = [];
  for await (const found of stretches(read, after)) {
    all.push(...found);
    if (all.length > top) break;
  }
  return firstOf(all, key, top);
}

/** The names of all vaults, so many at a time. */
export const vaultPages = ({ registry }: Pick<Reads, 'registry'>, limit: number, start?: string) =>
  stretches(async (after) => {
    const found = await registry.vaults({ after, limit });
    return { found, last: found.length < limit ? undefined : found.at(-1) };
  }, start);

const PAGE = 1000;

/** The items of a vault in the order of names, a page at a time. What cannot be read is left out: it must not keep the others. */
export async function* itemPages({ vaults }: VaultReads, vault: string): AsyncGenerator<readonly Item[], void> {
  for await (const rows of stretches((after) => vaults.items(vault, { after, limit: PAGE })))
    yield rows.flatMap(({ remains }) => (remains && isItem(remains) ? [remains] : []));
}

/** Every item of a vault, whatever state it is in. */
export async function everyItem(ports: VaultReads, vault: string): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const items of itemPages(ports, vault)) found.push(...items);
  return found;
}

/** An unreadable row becomes undefined, so that the others go on; every other failure keeps flying. */
export function unlessUnreadable(error: unknown): undefined {
  if (error instanceof Unreadable) return undefined;
  throw error;
}
