/** What is read of vaults and of all that lies in them. */
import type { Answer, Held, HeldHead, PointPage } from '../change.ts';
import type { ChainHead, Entry } from '../core/caller.ts';
import type { Subject } from '../core/evidence.ts';
import type { Item, Job, Remains } from '../core/item.ts';
import type { Operation } from '../core/operations.ts';
import type { ClosedOrder } from '../core/order.ts';
import type { PinRecord } from '../core/pin.ts';
import type { Server } from '../core/server.ts';
import type { Instant } from '../core/time.ts';
import type { Mark } from '../core/told.ts';
import type { Undeleted } from '../core/undeletion.ts';
import type { Counts, Vault } from '../core/vault.ts';
import type { Found, Stretch } from './stretch.ts';

/** Few items are in one of these states, so there is an index of them. */
export type IndexedState = 'ProtectionStopped' | 'BackupsSuspended';

/** An order in which items can be read, and which part of it. */
export type Index =
  | { readonly by: 'name' }
  /** By when they may be purged at the earliest. */
  | { readonly by: 'trash'; readonly state?: 'SoftDeleted' | 'Purging' | undefined }
  /** What waits for an executor, in order of purge. */
  | { readonly by: 'ordered' }
  /** By workload, server and name. */
  | ({ readonly by: 'kind' } & OfKind)
  | ({ readonly by: 'state'; readonly state: IndexedState } & OfKind)
  /** By workload and name, who uses a policy. */
  | { readonly by: 'policy'; readonly policy: string; readonly workload?: string | undefined };

interface OfKind {
  readonly workload?: string | undefined;
  /** Of the workload that is given. */
  readonly server?: string | undefined;
}

/** A name that may be free. */
export interface Cleared {
  /** The vault that has it, if that is deleted and kept. */
  readonly deleted: Vault | undefined;
  /** The last entry of its history. */
  readonly behind: ChainHead;
}

export interface Emptied {
  /** `lost`: it is not that vault any more. */
  readonly how: 'empty' | 'left' | 'lost';
  /** So many were removed. */
  readonly rows: number;
}

export interface BroughtUp {
  /** Where to go on behind them; undefined: there are no more. */
  readonly last: string | undefined;
  /** Those that live. */
  readonly items: readonly Item[];
  readonly unreadable: readonly string[];
}

/** An item as it was found in some order. */
export interface ItemRow {
  /** Where to go on behind it. */
  readonly place: string;
  /** As it was written, or, of a row that cannot be read, as its key has it. */
  readonly name: string;
  /** As far as the row says it beside the item. */
  readonly state?: string | undefined;
  /** The item itself, where it lies in the row. */
  readonly remains?: Remains | undefined;
  /** It lies there and cannot be read. */
  readonly isUnreadable?: true;
}

export interface Vaults {
  /**
   * The head, remembered if possible, or as it is now. `whole`: with the tally and what runs, which is more to read. undefined: there is no
   * such vault.
   */
  head(vault: string, how: 'remembered' | 'fresh' | 'whole'): Promise<HeldHead | undefined>;
  /** The head of a deleted vault. undefined: there is none, or it is open. */
  deleted(vault: string): Promise<HeldHead | undefined>;
  /** The head of a vault that is open, or deleted and kept. */
  standing(vault: string): Promise<HeldHead | undefined>;
  /** Removes what the version before left of a vault that it was deleting. */
  clearVault(vault: string): Promise<Cleared>;
  /** Removes all rows of a deleted vault but its head and its history, as long as it may. From then on it cannot be restored. */
  emptyVault(deleted: HeldHead, mayGoOn: () => boolean): Promise<Emptied>;

  item(vault: string, item: string): Promise<Held<Remains> | undefined>;
  /**
   * Those of these names that are there and can be read, in no order. Neighbours share a read; for what lies further off nothing is read
   * but itself.
   */
  itemsNamed(vault: string, names: readonly string[]): Promise<readonly Held<Remains>[]>;
  /** Tombstones lie among them by name only. The other orders are there as soon as the vault is counted. */
  items(vault: string, stretch: Stretch, index?: Index): Promise<Found<ItemRow>>;
  /** The sum that is kept, or, where none is kept yet, a look at every item. A fresh head has it already. */
  counts(vault: string): Promise<Counts>;
  /**
   * Gives the items of a stretch, in the order of names, the rows that follow from them, and counts those that are not counted yet. With the
   * last of them the vault is counted. Of what lies under these names and ends, rows say when. undefined: others kept changing one of them.
   */
  bringUp(vault: string, stretch: Stretch, now: Instant): Promise<BroughtUp | undefined>;
  /** The same of all else that ends, where the version before wrote it. `last`: where to go on; undefined: there is no more. */
  plantEnds(vault: string, stretch: Stretch, now: Instant): Promise<{ readonly last: string | undefined } | undefined>;
  /**
   * The head, and what lies in the trash with a place no later than `until`: a page is one read. With `wanted` only the items of these
   * names, in lower case.
   */
  dueTrash(vault: string, until: Instant, wanted?: Wanted): Promise<DueTrash>;
  /** The same, two hundred rows at a time, or so many. Each page has the head that the first one found. */
  trash(vault: string, until: Instant, rows?: number): AsyncIterable<DueTrash>;
  /**
   * The head, and of the items that are sought those that lie in the trash: where the rest of it is small, wherever before `near`, and
   * else at their places. No more than two hundred rows are in hand.
   */
  trashOf(vault: string, near: Instant, sought: readonly Sought[]): Promise<DueTrash>;
  /** Whether people were told of this purge. */
  mark(vault: string, of: Pick<Mark, 'item' | 'purgeAt'>): Promise<Mark | undefined>;
  /** Removes a mark that counts no more; it may be gone. */
  dropMark(mark: Mark): Promise<void>;
  /** Forgets a tombstone that nobody replaced since. */
  forget(vault: string, item: string): Promise<void>;
  /** In the order of their ids. */
  pages(vault: string, item: string): Promise<readonly PointPage[]>;
  page(vault: string, item: string, page: string): Promise<PointPage | undefined>;
  /** Whether a point of this name may lie in them, without the points themselves. `withOpen`: the page that still grows with its points. */
  pageLines(vault: string, item: string, name: string, withOpen: boolean): Promise<readonly PageLine[]>;
  job(vault: string, item: string, job: string): Promise<Job | undefined>;
  /** By the name that its id ends with. */
  operation(vault: string, name: string): Promise<Held<Operation> | undefined>;
  /** An order that has ended. */
  closedOrder(vault: string, item: string, order: string): Promise<ClosedOrder | undefined>;
  /** What became of its items so far, in the order of its walk. */
  results(vault: string, operation: string, stretch: Stretch): Promise<Found<ResultRow>>;
  server(vault: string, server: string): Promise<Held<Server> | undefined>;
  servers(vault: string, stretch: Stretch): Promise<Found<Server>>;
  /** The newest first; entries of before, which are in no chain, come last. */
  history(vault: string, of: Subject, stretch: Stretch): Promise<Found<HistoryRow>>;
  /** A stretch of a chain, the oldest first, from this number on. */
  chain(vault: string, of: Subject, from: number, limit: number): Promise<readonly HistoryRow[]>;
  /** Whose history comes next in a vault, in the order of names; undefined: there is none left. */
  nextSubject(vault: string, after: Subject | undefined): Promise<Subject | undefined>;
  /** Everything that is known about PINs in a vault: one read. */
  pins(vault: string): Promise<readonly Held<PinRecord>[]>;
  answer(vault: string, key: string): Promise<Held<Answer> | undefined>;
  /** Removes the answers that the version before recorded before this. */
  dropAnswers(vault: string, before: Instant): Promise<void>;
  /** Removes what is over by now, as long as it may. */
  tidy(vault: string, now: Instant, mayGoOn: () => boolean): Promise<TidiedVault>;
}

export interface TidiedVault {
  /** The day on which something is over next. */
  readonly next: string | undefined;
  /** Something that is over is still there: there was no time for it, or somebody else is at it. */
  readonly isLeft: boolean;
  /** Something that is over stays because it cannot be read: why, of the first. All else is dealt with. */
  readonly unreadable?: string | undefined;
}

/** What became of an item; without a result the row cannot be read. */
export interface ResultRow {
  readonly place: string;
  /** As it was written, or, of a row that cannot be read, as its key has it. */
  readonly item: string;
  readonly result?: Undeleted;
}

/** A page as far as the search for a name reads it. */
export interface PageLine {
  readonly id: string;
  /** The page has a point whose name has the same hash. Of a page of before it is not known. */
  readonly mayHold: boolean;
  readonly ofBefore: boolean;
  /** The page itself, where it was asked for and still grows. */
  readonly open?: PointPage | undefined;
}

/** A row of a history. What cannot be read is known by its number only. */
export interface HistoryRow {
  /** null: it was written before there were chains. */
  readonly seq: number | null;
  readonly entry: Entry | undefined;
  /** Where to go on behind it. */
  readonly place: string;
}

/** An item, and where its row lies in the trash, as far as somebody can tell. */
export interface Sought {
  readonly item: string;
  readonly place: Instant | undefined;
}

export interface Wanted {
  has(item: string): boolean;
}

export interface DueTrash {
  readonly head: HeldHead | undefined;
  /** The head of the vault, where it is deleted. */
  readonly deleted: HeldHead | undefined;
  readonly items: readonly Item[];
  /** Who of them was told. */
  readonly marks: readonly Mark[];
  /** Rows that could not be read: their items' names as far as the key tells, and why. */
  readonly unreadable: readonly { readonly item: string; readonly why: string }[];
}
