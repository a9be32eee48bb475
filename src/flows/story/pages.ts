import { type Item, isItem } from '../../core/item.ts';
import { Unreadable } from '../../core/problems.ts';
import type { Found } from '../../ports/stretch.ts';
import type { VaultReads } from '../../ports.ts';

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

/** A page of what is in memory already, in the order of its keys. `unreadable`: the keys of what cannot be read. */
export function cut<T>(
  all: readonly T[],
  key: (one: T) => string,
  { after, top }: Page,
  unreadable: readonly string[] = [],
): Listed<T> {
  const isLeft = (place: string) => after === undefined || place > after;
  const found = all.filter((one) => isLeft(key(one))).toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  return firstOf({ found, unreadable: unreadable.filter(isLeft) }, key, top);
}

/** One more than asked for was found: there is another page. What cannot be read takes its place on a page like all others. */
export function firstOf<T>(
  { found, unreadable = [] }: Pick<Found<T>, 'found' | 'unreadable'>,
  key: (one: T) => string,
  top: number,
): Listed<T> {
  const places = [...found.map(key), ...unreadable].toSorted();
  const last = places.length > top ? places[top - 1] : undefined;
  const isOn = (place: string) => last === undefined || place <= last;
  return { shown: found.filter((one) => isOn(key(one))), last, unreadable: unreadable.filter(isOn) };
}

/** Reads on, stretch by stretch, to the end of a list; only as far as somebody asks. */
export async function* looks<T>(
  read: (after: string | undefined) => Promise<Found<T>>,
  start?: string,
): AsyncGenerator<Found<T>, void> {
  let after = start;
  do {
    const stretch = await read(after);
    yield stretch;
    after = stretch.last;
  } while (after !== undefined);
}

/** The same for those who have no use for what cannot be read. */
export async function* stretches<T>(...given: Parameters<typeof looks<T>>): AsyncGenerator<readonly T[], void> {
  for await (const { found } of looks(...given)) yield found;
}

/** Reads on until the page is full. `key`: as the store has it. */
export async function gather<T>(
  read: (after: string | undefined) => Promise<Found<T>>,
  key: (one: T) => string,
  { after, top }: Page,
): Promise<Listed<T>> {
  const all: T[] = [];
  const bad: string[] = [];
  for await (const { found, unreadable = [] } of looks(read, after)) {
    all.push(...found);
    bad.push(...unreadable);
    if (all.length + bad.length > top) break;
  }
  return firstOf({ found: all, unreadable: bad }, key, top);
}

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

/** The same, for those to whom nothing is another answer. */
export function asUnreadable(error: unknown): 'unreadable' {
  if (error instanceof Unreadable) return 'unreadable';
  throw error;
}
