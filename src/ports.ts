import type { Answer, Held, HeldHead, Owner, PointPage, RecordedAnswer, Source, Write, Written } from './change.ts';
import type { Alert, Waiting } from './core/alerts.ts';
import type { Entry, Link } from './core/caller.ts';
import type { Subject } from './core/evidence.ts';
import type { Grant, Guard } from './core/guards.ts';
import type { Hint } from './core/hints.ts';
import type { Item, Job, Remains } from './core/item.ts';
import type { PinRecord, SealedPin } from './core/pin.ts';
import type { Server } from './core/server.ts';
import type { Instant } from './core/time.ts';
import type { Counts, DeletedVault } from './core/vault.ts';

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

export interface Vaults {
  /** The head, remembered if possible, or read now. undefined: there is no such vault. */
  head(vault: string, how: 'remembered' | 'fresh'): Promise<HeldHead | undefined>;
  /** The head of a deleted vault. undefined: there is none, or it is open. */
  deleted(vault: string): Promise<HeldHead | undefined>;
  /** Removes what the version before left of a vault that it was deleting. */
  clearVault(vault: string): Promise<void>;
  /** Removes all rows of a deleted vault but its head and its history, as long as it may. `lost`: it is not that vault any more. */
  emptyVault(deleted: HeldHead, mayGoOn: () => boolean): Promise<'empty' | 'left' | 'lost'>;

  item(vault: string, item: string): Promise<Held<Remains> | undefined>;
  items(vault: string, stretch: Stretch): Promise<Found<Remains>>;
  counts(vault: string): Promise<Counts>;
  /** The head, and what lies in the trash with a place no later than `until`: one read. */
  dueTrash(vault: string, until: Instant): Promise<DueTrash>;
  /** Forgets a tombstone that nobody replaced since. */
  forget(vault: string, item: string): Promise<void>;
  pages(vault: string, item: string): Promise<readonly PointPage[]>;
  job(vault: string, item: string, job: string): Promise<Job | undefined>;
  server(vault: string, server: string): Promise<Held<Server> | undefined>;
  servers(vault: string, stretch: Stretch): Promise<readonly Server[]>;
  /** The newest first; entries of before, which are in no chain, come last. */
  history(vault: string, of: Subject, stretch: Stretch): Promise<Found<HistoryRow>>;
  /** A stretch of a chain, the oldest first, from this number on. */
  chain(vault: string, of: Subject, from: number, limit: number): Promise<readonly HistoryRow[]>;
  /** Whose history comes next in a vault, in the order of names; undefined: there is none left. */
  nextSubject(vault: string, after: Subject | undefined): Promise<Subject | undefined>;
  pin(vault: string): Promise<Held<PinRecord> | undefined>;
  answer(vault: string, key: string): Promise<Held<Answer> | undefined>;
  /** Keeps an answer that no change went with. false when another answer came first. */
  keepAnswer(vault: string, recorded: RecordedAnswer): Promise<boolean>;
}

/** A row of a history. What cannot be read is known by its number only. */
export interface HistoryRow {
  /** null: it was written before there were chains. */
  readonly seq: number | null;
  readonly entry: Entry | undefined;
  /** Where to go on behind it. */
  readonly place: string;
}

export interface DueTrash {
  readonly head: HeldHead | undefined;
  /** The head of the vault, where it is deleted. */
  readonly deleted: HeldHead | undefined;
  readonly items: readonly Item[];
  /** Rows that could not be read: their items' names as far as the key tells, and why. */
  readonly unreadable: readonly { readonly item: string; readonly why: string }[];
}

/** A hint that fell due. */
export type DueHint = Hint & Required<Pick<Hint, 'tries'>>;

export interface Agenda {
  readonly shards: readonly string[];
  /** Everything that fell due in a shard, oldest first. */
  due(shard: string, now: Instant): Promise<readonly DueHint[]>;
  /** Strikes hints off; those that somebody else struck are no matter. */
  strike(hints: readonly Hint[]): Promise<void>;
}

export interface Pause {
  readonly reason: string;
  readonly until: Instant;
  readonly by: string;
  readonly at: Instant;
  readonly etag: string;
}

/** A due set that was too large to purge unasked. The token releases what was due by `heldAt`. */
export interface BeltHold {
  readonly token: string;
  readonly heldAt: Instant;
  readonly count: number;
}

export interface Belt {
  readonly holds: readonly BeltHold[];
  readonly releasedUntil: Instant | null;
}

export interface Quarantined {
  readonly vault: string;
  readonly item: string;
  readonly why: string;
  readonly since: Instant;
  readonly tries: number;
}

export interface Heartbeat {
  readonly at: Instant;
  readonly turn: number;
  readonly complete: boolean;
  readonly held: string | null;
  /** When the oldest item that is still there should have been purged. */
  readonly oldestDue: Instant | null;
}

/** What a sweep says of itself when it has ended; it is kept and shown as it is. */
export interface SweepRecord {
  readonly id: string;
  readonly startedAt: string;
  readonly due: number;
  readonly purged: number;
  readonly warned: number;
  readonly expired: number;
  /** Absent in records of before. */
  readonly applied?: number;
  readonly retold: number;
  readonly failed: number;
}

/** What is known about the sweeps as a whole. */
export interface Control {
  read(): Promise<{
    readonly pause: Pause | null;
    readonly belt: Held<Belt> | undefined;
    readonly heartbeat: Heartbeat | null;
  }>;
  putPause(pause: Pause | null): Promise<void>;
  /** A name for exactly this set, however it is ordered. */
  tokenOf(due: ReadonlySet<string>): string;
  putBelt(belt: Belt, was: Held<Belt> | undefined): Promise<boolean>;
  beat(heartbeat: Heartbeat, record: SweepRecord): Promise<void>;
  recent(): Promise<readonly { readonly startedAt: string }[]>;
  quarantine(row: Quarantined): Promise<void>;
  release(vault: string, item: string): Promise<void>;
  quarantined(): Promise<readonly Quarantined[]>;
  aside(vault: string, item: string): Promise<Quarantined | undefined>;
}

/** What lies across vaults: which vaults there are, and which item protects a source. */
export interface Registry {
  listing(vault: string): Promise<Held<string> | undefined>;
  vaults(stretch: Stretch): Promise<readonly string[]>;
  /** The vaults that are deleted, and not removed yet. */
  deleted(stretch: Stretch): Promise<readonly DeletedVault[]>;
  deletedListing(vault: string): Promise<Held<string> | undefined>;
  owner(source: Source): Promise<Held<Owner> | undefined>;
  /** The vault in which a tenant's server of that name is registered, or was last. */
  serverOwner(tid: string, server: string): Promise<Held<string> | undefined>;
}

/** Guards, who allowed whom to do what, and which vaults may be under which guard. */
export interface Guards {
  get(guard: string): Promise<Held<Guard> | undefined>;
  linked(guard: string): Promise<readonly string[]>;
  /** The last grant of this kind, whether it lives or not. */
  allowance(of: Pick<Grant, 'guard' | 'vault' | 'operation' | 'grantee'>): Promise<Grant | undefined>;
}

/** Makes security PINs, and tells whether one is right without keeping it. */
export interface Pins {
  issue(of: PinScope): Pick<SealedPin, 'salt' | 'mac'> & { readonly pin: string };
  /** Takes as long whatever is true; with nothing on record it is false. */
  matches(pin: string, of: PinScope, sealed: Pick<SealedPin, 'salt' | 'mac'> | undefined): boolean;
}

/** Seals hashes with a key that is not in the storage account. */
export interface Seals {
  readonly seal: (hash: string) => string;
  readonly holds: (sealed: Pick<Link, 'hash' | 'seal'>) => boolean;
}

export interface PinScope {
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
  /** In the order of their ids. */
  list(vault: string | null, stretch: Stretch): Promise<Found<Alert>>;
  /** Who waits for this, or was counted, oldest first; only those between these two, if given. */
  waiting(vault: string, together: string, between?: Between): Promise<readonly Waiting[]>;
}

/** Alerts of one vault that somebody has to be told of: ids only, the rows are the truth. */
export interface Notice {
  /** null: the service itself. */
  readonly vault: string | null;
  readonly alerts?: readonly string[];
  /** It is time to tell those together who wait for this. */
  readonly together?: string;
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
  /** Which alert a mail was about: its delivery is reported by operation id only. */
  remember(operationId: string, of: { readonly vault: string | null; readonly alert: string }): Promise<void>;
  recall(operationId: string): Promise<{ readonly vault: string | null; readonly alert: string } | undefined>;
  /**
   * Room for one mail, of so many a minute for all instances. Answers `now`, or when to ask again: everyone is given another
   * time, so that those who were turned away do not all come back at once.
   */
  take(perMinute: number, now: Instant): Promise<Instant>;
}

export interface Clock {
  now(): Instant;
}

/** Looks at the storage service itself: is it there, and what time does it have? */
export interface Storage {
  ping(): Promise<{ readonly date: Instant }>;
}

/** Are the other services there that a mail goes through? Both throw when they are not. */
export interface Reach {
  /** How many messages lie in the queues, roughly; `poison`: those that broke off again and again, and nobody has set aside yet. */
  queue(): Promise<{ readonly notices: number; readonly shares: number; readonly poison: number }>;
  mail(): Promise<unknown>;
  /** Only in a local run, where the parts beside the service may not have been started. */
  readonly identity?: (() => Promise<unknown>) | undefined;
}

/** The three doors through which anything is changed or announced. Only `story/land.ts` has them. */
export interface Doors {
  /** undefined: somebody wrote first; read again and decide again. */
  readonly commit: (write: Write) => Promise<Written | undefined>;
  /** Writes hints; writing one twice is the same as once. */
  readonly hint: (hints: readonly Hint[]) => Promise<void>;
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
  readonly pins: Pins;
  readonly seals: Pick<Seals, 'holds'>;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly storage: Storage;
  readonly reach: Reach;
  readonly newId: () => string;
  /** What this machine's own clock says, whatever a local run adds to it. */
  readonly realNow: () => Instant;
  /** When the sweep looks next after an instant. */
  readonly nextSweep: (after: Instant) => Instant;
}

export type VaultReads = Pick<Reads, 'vaults'>;
export type Ports = Reads & Doors;
