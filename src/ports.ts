import type {
  Answer,
  ControlState,
  Held,
  HeldHead,
  Listing,
  Owner,
  PointPage,
  Source,
  Write,
  Written,
} from './change.ts';
import type { Alert, Counted, Waiting } from './core/alerts.ts';
import type { Seal } from './core/brakes.ts';
import type { ChainHead, Entry, Link } from './core/caller.ts';
import type { Subject } from './core/evidence.ts';
import type { Executor } from './core/executors.ts';
import type { Grant, OldGrant, Spent } from './core/grants.ts';
import type { GrantTerms, Guard, ServiceGuard } from './core/guards.ts';
import type { Hint, HintKind, Work } from './core/hints.ts';
import type { Item, Job, Remains } from './core/item.ts';
import type { StoredKind } from './core/kinds.ts';
import type { Kinds } from './core/knownKinds.ts';
import type { Operation } from './core/operations.ts';
import type { ClosedOrder } from './core/order.ts';
import type { PinRecord, PinScope, SealedPin } from './core/pin.ts';
import type { Server } from './core/server.ts';
import type { WatchedSettings } from './core/serviceSettings.ts';
import type { Ticket } from './core/ticket.ts';
import type { Instant } from './core/time.ts';
import type { Mark, PurgeTerms } from './core/told.ts';
import type { Undeleted } from './core/undeletion.ts';
import type { Counts, DeletedVault, Vault } from './core/vault.ts';

/** A stretch of a list in the order of names. */
export interface Stretch {
  readonly after?: string | undefined;
  readonly limit: number;
}

/** What was found of it. `last` is the name to go on behind, where there may be more. */
export interface Found<T> {
  readonly found: readonly T[];
  readonly last: string | undefined;
}

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
  /** Removes what the version before left of a vault that it was deleting. */
  clearVault(vault: string): Promise<Cleared>;
  /** Removes all rows of a deleted vault but its head and its history, as long as it may. From then on it cannot be restored. */
  emptyVault(deleted: HeldHead, mayGoOn: () => boolean): Promise<Emptied>;

  item(vault: string, item: string): Promise<Held<Remains> | undefined>;
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
  servers(vault: string, stretch: Stretch): Promise<readonly Server[]>;
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

/** A hint that fell due. */
export interface DueHint extends Hint {
  readonly tries: number;
  /** Where it was found: there it is struck off, and behind it the agenda is read on. Absent: where it would be written now. */
  readonly found?: { readonly shard: string; readonly key: string };
  /** The ticket that it carries, as it lies there: `ticketIn` opens it. */
  readonly sealed?: { readonly text: string; readonly seal: string };
}

/** A part of a shard: behind one key, and no further than another. */
export interface AgendaStretch {
  readonly after?: string | undefined;
  readonly through?: string | undefined;
  readonly limit: number;
}

/** A time of a shard. Behind a key it is read on. */
export interface AgendaSpan {
  readonly from?: Instant | undefined;
  readonly before: Instant;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A line of a work list, where it lies. */
export type WorkLine = DueHint & { readonly work: Work } & Required<Pick<DueHint, 'found'>>;

export interface Agenda {
  readonly shards: readonly string[];
  /**
   * What an executor may claim, what can be claimed longest first: from its beginning or behind an instant on; with `all` also what waits for a
   * person behind that, with `parked` only that. Its keys are its places.
   */
  work(
    executor: string,
    stretch: Stretch & { readonly behind?: Instant; readonly all?: true; readonly parked?: true },
  ): Promise<Found<WorkLine>>;
  /** Lines of all work lists, or of those behind an executor's, no more than so many. */
  allWork(limit: number, behind?: string): Promise<Found<WorkLine>>;
  /** What fell due in a shard, oldest first, no more than so many. */
  due(shard: string, now: Instant, stretch: AgendaStretch): Promise<Found<DueHint>>;
  /** What falls due from one instant on and before another, without tickets. */
  ahead(shard: string, span: AgendaSpan): Promise<Found<DueHint>>;
  /** The ticket in a hint; undefined: it has none that this service has made. */
  ticketIn(hint: DueHint): Ticket | undefined;
  /** Strikes hints off; those that somebody else struck are no matter. */
  strike(hints: readonly (Hint | DueHint)[]): Promise<void>;
}

/** What could not be dealt with and was set aside. */
export interface Quarantined {
  readonly vault: string;
  readonly item: string;
  readonly why: string;
  /** Its row cannot be read: nobody can say what is in it. */
  readonly isUnreadable: boolean;
  /** When it was set aside. */
  readonly since: Instant;
  readonly tries: number;
  /** The hint that leads to it: when the sweep tries again, and what for. */
  readonly nextTryAt: Instant;
  readonly kind: HintKind;
  /** The change that wrote it, where it says so. */
  readonly by?: string | undefined;
  /** When people were last told that it is stuck. */
  readonly toldAt: Instant | null;
}

export interface Control {
  read(): Promise<ControlState>;
  /** The sweeps of late, newest first. */
  recent(): Promise<readonly { readonly startedAt: string }[]>;
  /** Records of sweeps that are no longer shown, under the names by which a beat drops them. */
  past(): Promise<readonly string[]>;
  quarantine(row: Quarantined): Promise<void>;
  release(vault: string, item: string): Promise<void>;
  /** A hundred, or so many. */
  quarantined(limit?: number): Promise<readonly Quarantined[]>;
  aside(vault: string, item: string): Promise<Quarantined | undefined>;
  /** Removes what is tried no more: its next try lies before this. */
  dropAside(before: Instant): Promise<void>;
}

/** What lies across vaults: which vaults there are, and which item protects a source. */
export interface Registry {
  listing(vault: string): Promise<Held<Listing> | undefined>;
  vaults(stretch: Stretch): Promise<readonly string[]>;
  /** The vaults that are deleted, and not removed yet. */
  deleted(stretch: Stretch): Promise<readonly DeletedVault[]>;
  deletedListing(vault: string): Promise<Held<string> | undefined>;
  owner(source: Source): Promise<Held<Owner> | undefined>;
  /** The vault in which a tenant's server of that name is registered, or was last. */
  serverOwner(tid: string, server: string): Promise<Held<string> | undefined>;
}

/** What can be protected. */
export interface KindReads {
  /** As they were read within the last minute by this process. */
  known(): Promise<Kinds>;
  /** As they are now: one range of the service's rows. */
  fresh(): Promise<Kinds>;
  /** The row of one. */
  get(kind: string): Promise<Held<StoredKind> | undefined>;
  /** The vaults that may have, or may have had, an item of it. */
  uses(kind: string): Promise<readonly string[]>;
}

/** Guards, who allowed whom to do what, and which vaults may be under which guard. */
export interface Guards {
  /** `isLast`: as far as is known nothing happened in its history since it was changed. */
  get(guard: string): Promise<(Held<Guard> & { readonly isLast?: boolean }) | undefined>;
  list(stretch: Stretch): Promise<Found<Guard>>;
  linked(guard: string): Promise<readonly string[]>;
  /** The guard of the service itself. */
  ofService(): Promise<Held<ServiceGuard> | undefined>;
  grant(guard: string, grant: string): Promise<Held<Grant> | undefined>;
  /** From the first one on also what the guard asks of them now; undefined in a store of before, until the guard is changed. */
  grants(guard: string, stretch: Stretch): Promise<Found<Grant> & { readonly terms: GrantTerms | undefined }>;
  /** An id for a grant; it begins as those of all that let the same caller do the same. */
  grantId(of: GrantPlace, id: string): string;
  /** All that let one caller do one thing in one place, whatever became of them. */
  grantsFor(of: GrantPlace & Pick<Grant, 'guard'>): Promise<readonly Grant[]>;
  /** What became of a grant; undefined: nothing yet. */
  spent(vault: string, grant: string): Promise<Held<Spent> | undefined>;
  allSpent(vault: string): Promise<readonly Held<Spent>[]>;
  /** The last grant of this kind, from before grants were used up. */
  allowance(of: Pick<OldGrant, 'guard' | 'vault' | 'operation' | 'grantee'>): Promise<OldGrant | undefined>;
}

/** Who may do what where. */
export type GrantPlace = Pick<Grant, 'vault' | 'operation' | 'grantee'>;

export interface ExecutorLinks {
  readonly vaults: readonly Held<string>[];
  /** Changes whenever anything is about to name it, or a kind has let it go. undefined: it is not there. */
  readonly gateTag: string | undefined;
  /** The kind that let it go last, which may name another one now, or none. */
  readonly letGo: { readonly kind: string; readonly at: Instant } | undefined;
}

/** Apps that destroy what is due. */
export interface Executors {
  get(executor: string): Promise<Held<Executor> | undefined>;
  list(stretch: Stretch): Promise<Found<Executor>>;
  /** As it was no longer than a minute ago. */
  known(executor: string): Promise<Executor | undefined>;
  /** The vaults that may name it. A vault is among them before it does, and stays when it does no more. */
  links(executor: string): Promise<ExecutorLinks>;
  /** The vaults that may name any, in some order; one may come several times. */
  linked(stretch: Stretch): Promise<Found<string>>;
}

/** What the service remembers of itself. */
export interface ServiceReads {
  /** With which brakes and identities it ran last. */
  settings(): Promise<Held<WatchedSettings> | undefined>;
}

/** Makes security PINs, and tells whether one is right without keeping it. */
export interface Pins {
  issue(of: PinBinding): Pick<SealedPin, 'salt' | 'mac'> & { readonly pin: string };
  /** Takes as long whatever is true; with nothing on record it is false. */
  matches(pin: string, of: PinBinding, sealed: Pick<SealedPin, 'salt' | 'mac'> | undefined): boolean;
}

/** Seals hashes with a key that is not in the storage account. */
export interface Seals {
  readonly seal: (hash: string) => string;
  readonly holds: (sealed: Pick<Link, 'hash' | 'seal'>) => boolean;
}

/** What a PIN is bound to. */
export interface PinBinding extends PinScope {
  readonly tid: string;
  readonly vault: string;
}

/** A stretch of those who wait, not more than so many. */
export interface Between {
  readonly from: Instant;
  /** Itself not among them. */
  readonly until: { readonly at: Instant; readonly alert: string };
  readonly limit: number;
}

/** The alerts of a vault, with the ledger of who was told; those of the service as a whole with `vault` null. */
export interface Alerts {
  get(vault: string | null, id: string): Promise<Held<Alert> | undefined>;
  /** Everything raised about one item, or (null) about the vault itself. */
  about(vault: string | null, item: string | null): Promise<readonly Held<Alert>[]>;
  /** The same of several items, by their names in lower case. Neighbours share a read, and no item needs more than one of its own. */
  aboutAll(vault: string, items: readonly string[]): Promise<ReadonlyMap<string, readonly Held<Alert>[]>>;
  /** In the order of their ids. */
  list(vault: string | null, stretch: Stretch): Promise<Found<Alert>>;
  /** Who waits for this, oldest first; only those between these two, if given. */
  waiting(vault: string, together: string, between?: Between): Promise<readonly Waiting[]>;
  /** The deletions of one caller between these two, oldest first. */
  counted(vault: string, caller: string, between: Between): Promise<readonly Counted[]>;
}

/** Alerts that somebody has to be told of, of whatever vaults, or what else is to be done at once: ids only, the rows are the truth. */
export interface Notice {
  /** null: the service itself, or the alerts are of several vaults. Each says itself where it lies. */
  readonly vault: string | null;
  readonly alerts?: readonly string[];
  /** It is time to tell those together who wait for this. */
  readonly together?: string;
  /** Instead of alerts: an operation of the vault, by its name, is to be carried on. */
  readonly operation?: string;
  /** Of the request that it began with, for whoever follows it through the log. Messages of before have none. */
  readonly requestId?: string | undefined;
  /** How often it failed before. */
  readonly tries?: number;
  /** Instead of alerts: a message that has to be set aside. */
  readonly unread?: Unread;
}

/** A message that nobody can make anything of. It is set aside as a dead letter. */
export interface Unread {
  readonly queue: string;
  readonly text: string;
  readonly why: string;
}

export interface Notices {
  /** At least once: whoever tells them must not mind hearing twice. */
  send(notice: Notice, delaySeconds?: number): Promise<void>;
}

/** Which alert a mail tells. */
export interface AboutMail {
  readonly vault: string | null;
  readonly alert: string;
}

/** `2026-03`; or all that the version before remembered, which knew no months. */
export type MailMonth = string | 'before';

/** One mail to one person. */
export interface Mail {
  /** Derived from alert and recipient: the mail service takes the same one only once. */
  readonly operationId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type Sent =
  | { readonly sent: true }
  | {
      readonly sent: false;
      /** Trying again is of no use. */
      readonly permanent: boolean;
      /** The service said when to come again. */
      readonly retryAfterSeconds: number | undefined;
      readonly code: string;
      readonly reason: string;
      /** There was nobody to try: it does not count as a try. Only local runs say so. */
      readonly away?: boolean;
    };

export interface Mailer {
  /** Never throws: whatever goes wrong is an answer. One request, no retries of its own. */
  send(mail: Mail): Promise<Sent>;
}

/** A mail that could not be sent, kept until somebody sends it again. */
export interface DeadLetter {
  readonly id: string;
  readonly vault: string | null;
  /** null: the message was not understood, so nobody knows. */
  readonly alert: string | null;
  readonly recipient: string | null;
  readonly reason: string;
  readonly code: string;
  readonly attempts: number;
  readonly firstFailedAt: Instant;
  readonly lastFailedAt: Instant;
}

/** What is known about mails across vaults. */
export interface MailLedger {
  bury(letter: DeadLetter): Promise<void>;
  dead(stretch: Stretch): Promise<readonly DeadLetter[]>;
  deadLetter(id: string): Promise<DeadLetter | undefined>;
  exhume(id: string): Promise<void>;
  /** Removes the letters whose last failure lies before this, as long as it may. false: some may be left. */
  dropLetters(before: Instant, mayGoOn: () => boolean): Promise<boolean>;
  /** Which alert a mail was about: its delivery is reported by operation id only. */
  remember(operationId: string, of: AboutMail, now: Instant): Promise<void>;
  /** Looked for in the months since then, or since mails are remembered at all. */
  recall(operationId: string, now: Instant, since?: Instant): Promise<AboutMail | undefined>;
  /** Removes what is remembered of the mails of a month, as long as it may. false: some may be left. */
  dropMails(month: MailMonth, mayGoOn: () => boolean): Promise<boolean>;
  /**
   * Room for one mail, of so many a minute for all instances. Two fifths of it are kept for what comes first, and while such a mail
   * waits there is none for others. Answers `now`, or when to ask again: everyone is given another time, so that those who were
   * turned away do not all come back at once.
   */
  take(perMinute: number, isFirst: boolean, now: Instant): Promise<Instant>;
  /**
   * Whether addresses may get one more single mail each, in the order of the mails: no more than so many an hour, and one welcome a day.
   * Asking twice about one mail is asking once. What is admitted is remembered as well, where the mail says what it is about.
   */
  admit(mails: readonly SingleMail[], perHour: number, now: Instant): Promise<readonly Admission[]>;
}

/** The mail may go, its address is crowded, or was welcomed already; or when to ask again. */
export type Admission = 'admitted' | 'crowded' | 'welcomed' | Instant;

/** A mail that tells one alert to one address. */
export interface SingleMail {
  readonly recipient: string;
  readonly operationId: string;
  readonly isWelcome: boolean;
  /** Absent: nothing is remembered yet, for something else may keep it from going. */
  readonly about?: AboutMail | undefined;
}

export interface Clock {
  now(): Instant;
}

/** Looks at the storage service itself: is it there, and what time does it have? */
export interface Storage {
  ping(): Promise<{ readonly date: Instant }>;
  /** What time it said it is when it answered last, whatever was asked. Absent: nobody listens; undefined: it has not answered yet. */
  seen?(): Instant | undefined;
}

/** Are the other services there that a mail goes through? Both throw when they are not. */
export interface Reach {
  /** How many messages lie in the queues, roughly; `poison`: those that broke off again and again, and nobody has set aside yet. */
  queue(): Promise<Record<'notices' | 'shares' | 'poison', number>>;
  mail(): Promise<unknown>;
  /** Only in a local run, where the parts beside the service may not have been started. */
  readonly identity?: (() => Promise<unknown>) | undefined;
}

/** The three doors through which anything is changed or announced. Only `story/land.ts` has them. */
export interface Doors {
  /** undefined: somebody wrote first; read again and decide again. */
  readonly commit: (write: Write) => Promise<Written | undefined>;
  /**
   * Writes hints; writing one twice is the same as once. Then it strikes off what is dealt with: by the same transaction, where that lies in
   * the shard of its vault. What is written and struck off at once stays. `along`: this goes with the others of its transaction or stays.
   */
  readonly hint: (
    hints: readonly Hint[],
    dealtWith?: readonly (Hint | DueHint)[],
    along?: readonly Hint[],
  ) => Promise<void>;
  readonly notices: Notices;
}

/** Everything else: what is read, what is asked of others, and what the sweep notes of itself. */
export interface Reads {
  readonly vaults: Vaults;
  readonly agenda: Agenda;
  readonly control: Control;
  readonly alerts: Alerts;
  readonly ledger: MailLedger;
  readonly registry: Registry;
  readonly guards: Guards;
  readonly executors: Executors;
  readonly kinds: KindReads;
  readonly service: ServiceReads;
  readonly pins: Pins;
  readonly seals: Pick<Seals, 'holds'>;
  readonly seal: Seal;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly storage: Storage;
  readonly reach: Reach;
  readonly newId: () => string;
  /** What this machine's own clock says, whatever a local run adds to it. */
  readonly realNow: () => Instant;
  /** When the sweep looks next after an instant. */
  readonly nextSweep: (after: Instant) => Instant;
  /** What people are promised before a purge. */
  readonly purgeTerms: PurgeTerms;
  /** Who hears of what concerns the service as a whole, of weakened controls, and of vaults that name nobody. */
  readonly operators: readonly string[];
}

export type VaultReads = Pick<Reads, 'vaults'>;
export type Ports = Reads & Doors;
