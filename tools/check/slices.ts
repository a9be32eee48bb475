/**
 * The vaults of a store one after the other, each as rows that are checked together. A vault that is too large to be held is cut into
 * slices: some items with all that belongs to them, found by reading its kinds of rows side by side, each in the order of keys; and
 * then whatever belongs to no item. With every slice comes what the vault says of itself.
 */
import { SERVICE } from '../../src/core/hints.ts';
import { keyOf } from '../../src/core/names.ts';
import { inOrderedKey, inTrashKey, keys } from '../../src/store/keys.ts';
import { read } from '../../src/store/rows.ts';
import type { Row } from '../../src/store/table.ts';
import { sizeOf } from './sizes.ts';
import type { Placed, Scan } from './terms.ts';

/** Which chains of history a slice has, and whether it has them to their first entry. */
export interface Part {
  has(subject: string): boolean;
  isCut(subject: string): boolean;
}
export const WHOLE: Part = { has: () => true, isCut: () => false };

export interface Slice {
  readonly partition: string;
  /** What is checked together. */
  readonly rows: readonly Row[];
  /** Those of them that no other slice has as its own. */
  readonly own: readonly Row[];
  readonly part: Part;
  readonly isFirst: boolean;
  /** Of a vault in slices. */
  readonly isLast?: boolean;
}

/** So much is held at a time. */
export interface Hold {
  readonly rows: number;
  readonly bytes: number;
}
const HOLD: Hold = { rows: 5000, bytes: 16 * 1024 * 1024 };

/** Rows that somebody gathers, until they are enough. */
function heap(hold: Hold) {
  let bytes = 0;
  let rows: Row[] = [];
  return {
    add(row: Row) {
      rows.push(row);
      bytes += sizeOf(row);
    },
    isFull: () => rows.length >= hold.rows || bytes >= hold.bytes,
    take(): readonly Row[] {
      const taken = rows;
      rows = [];
      bytes = 0;
      return taken;
    },
  };
}

export async function* slices(scan: Scan, hold: Hold = HOLD): AsyncGenerator<Slice> {
  for await (const [partition, rows] of partitions(scan('vaults'), hold)) {
    if (rows) yield { partition, rows, own: rows, part: WHOLE, isFirst: true };
    else yield* slicesOf(scan, partition, hold);
  }
}

/** The rows of each partition; without them where they are too many to be held. */
async function* partitions(
  all: AsyncIterable<Placed>,
  hold: Hold,
): AsyncGenerator<readonly [string, readonly Row[] | undefined]> {
  let name: string | undefined;
  let isLarge = false;
  const held = heap(hold);
  for await (const { partition, row } of all) {
    if (partition !== name) {
      if (name !== undefined) yield [name, isLarge ? undefined : held.take()];
      name = partition;
      isLarge = false;
      held.take();
    }
    if (!isLarge) held.add(row);
    if (held.isFull()) {
      isLarge = true;
      held.take();
    }
  }
  if (name !== undefined) yield [name, isLarge ? undefined : held.take()];
}

/** Each in the order of the names of items. The history comes last, for it may be long. */
const OF_ITEMS = ['item', 'job', 'order', 'page', 'audit'] as const;
/** What every slice needs: the vault's settings, policies and servers; of the service its guards and what hangs on them. */
const sharedIn = (partition: string): readonly string[] =>
  partition === SERVICE ? ['head', 'guard', 'grant', 'link', 'control', 'settings'] : ['head', 'server'];

async function* slicesOf(scan: Scan, partition: string, hold: Hold): AsyncGenerator<Slice> {
  const under: Under = (prefix) => rowsOf(scan, partition, prefix);
  const shared: Row[] = [];
  const trash = new Map<string, string[]>();
  for (const kind of sharedIn(partition))
    for await (const row of under(`${partition}!${kind}!`))
      if (row.key.startsWith(keys.trash(partition))) note(trash, row.key);
      else shared.push(row);
  for await (const { key } of under(keys.allOrdered(partition))) note(trash, key);
  yield { partition, rows: shared, own: shared, part: NO_CHAINS, isFirst: true };
  const slice = (own: readonly Row[], part: Part, extra: readonly Row[] = []): Slice => {
    return { partition, rows: [...shared, ...own, ...extra], own, part, isFirst: false };
  };
  for await (const { rows, before, part } of itemsOf(under, partition, hold)) {
    const names = rows.flatMap(({ key }) => (kindOf(key) === 'item' ? [nameOf(key)] : []));
    yield slice([...rows, ...(await placesOf(under, trash, names))], part, before);
  }
  for await (const { rows, extra } of othersOf(under, partition, hold)) yield slice(rows, NO_CHAINS, extra);
  // in the trash, and of no item
  yield { ...slice(await placesOf(under, trash, [...trash.keys()]), NO_CHAINS), isLast: true };
}

/** Rows of the trash, each with its mark, and taken from the list. */
async function placesOf(under: Under, trash: Map<string, string[]>, names: readonly string[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const name of names) {
    for (const place of trash.get(name) ?? []) for await (const row of under(place)) rows.push(row);
    trash.delete(name);
  }
  return rows;
}

const NO_CHAINS: Part = { has: () => false, isCut: () => true };

async function* rowsOf(scan: Scan, partition: string, prefix: string): AsyncGenerator<Row> {
  for await (const { row } of scan('vaults', { partition, prefix })) yield row;
}

const kindOf = (key: string): string => key.split('!')[1] ?? '';
const nameOf = (key: string): string => key.split('!')[2] ?? '';

/** Where an item lies in the trash; its mark lies behind it, and is read with it. One may be there alone. */
function note(trash: Map<string, string[]>, key: string): void {
  const { item, isMark } = kindOf(key) === 'ordered' ? { item: inOrderedKey(key), isMark: false } : inTrashKey(key);
  const place = isMark ? key.slice(0, key.lastIndexOf('!')) : key;
  const places = trash.get(item) ?? [];
  if (!places.includes(place)) trash.set(item, [...places, place]);
}

type Under = (prefix: string) => AsyncGenerator<Row>;

/** A reader that can be asked what comes next. */
async function peekable(rows: AsyncGenerator<Row>) {
  let next = await rows.next();
  return {
    name: () => (next.done ? undefined : nameOf(next.value.key)),
    async take(): Promise<Row | undefined> {
      const taken = next.done ? undefined : next.value;
      next = await rows.next();
      return taken;
    },
  };
}

async function* itemsOf(under: Under, partition: string, hold: Hold) {
  const readers = await Promise.all(OF_ITEMS.map((kind) => peekable(under(`${partition}!${kind}!`))));
  const held = heap(hold);
  let names = new Set<string>();
  const cut = new Set<string>();
  let before: readonly Row[] = [];
  const taken = () => {
    const [has, isCut] = [names, new Set(cut)];
    names = new Set();
    const one = { rows: held.take(), before };
    before = [];
    return { ...one, part: { has: (name: string) => has.has(name), isCut: (name: string) => isCut.has(name) } };
  };
  for (let name = first(readers); name !== undefined; name = first(readers)) {
    names.add(name);
    let ofItem = 0;
    for (const reader of readers) {
      let last: Row | undefined;
      while (reader.name() === name) {
        // A history that is longer goes on in slices of its own; each begins with the entry that the one before ended with. An item is judged by
        // the newest entries: so these stay with it, and only what would fill a slice by itself is cut.
        if (held.isFull() && ofItem >= hold.rows && last && kindOf(last.key) === 'audit') {
          cut.add(name);
          yield taken();
          before = [last];
          ofItem = 0;
        }
        last = await reader.take();
        ofItem += 1;
        if (last) held.add(last);
      }
    }
    cut.delete(name);
    if (held.isFull()) yield taken();
  }
  yield taken();
}

/** Of all that come next the first, as keys are ordered: what a name begins with stands before it. */
const first = (readers: readonly { name(): string | undefined }[]): string | undefined =>
  readers
    .flatMap((reader) => reader.name() ?? [])
    .reduce<string | undefined>(
      (least, name) => (least !== undefined && `${least}!` <= `${name}!` ? least : name),
      undefined,
    );

/** The rows that belong to no item, and for those that wait the alerts that they wait for. */
async function* othersOf(under: Under, partition: string, hold: Hold) {
  const held = heap(hold);
  let extra: Row[] = [];
  const elsewhere = new Set<string>([...OF_ITEMS, ...sharedIn(partition), 'ordered']);
  const taken = () => {
    const one = { rows: held.take(), extra };
    extra = [];
    return one;
  };
  // In a vault whatever lies there; the keys of the service begin with what is past all keys of vaults.
  for await (const row of under(partition === SERVICE ? `${SERVICE}!` : '')) {
    if (row.key.startsWith(`${partition}!`) && elsewhere.has(kindOf(row.key))) continue;
    held.add(row);
    if (kindOf(row.key) === 'wait')
      for await (const alert of under(keys.alert(partition, waitsFor(row)))) extra.push(alert);
    if (held.isFull()) yield taken();
  }
  yield taken();
}

/** What cannot be read is told of where it is checked. */
function waitsFor(row: Row): string {
  try {
    return keyOf(read.waiting(row).alert);
  } catch {
    return '!';
  }
}
