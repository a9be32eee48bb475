import type { Alert, Counted, Waiting } from './core/alerts.ts';
import type { Belt, Pause, PurgeCount } from './core/brakes.ts';
import type { ChainHead, Entry, Evidence } from './core/caller.ts';
import type { Executor } from './core/executors.ts';
import type { Grant, Spent } from './core/grants.ts';
import type { Guard, ServiceGuard } from './core/guards.ts';
import type { Hint } from './core/hints.ts';
import type { Item, Job, Remains } from './core/item.ts';
import type { StoredKind } from './core/kinds.ts';
import type { Operation, OperationResult, Running } from './core/operations.ts';
import type { ClosedOrder } from './core/order.ts';
import type { PinRecord } from './core/pin.ts';
import type { Point, Policy } from './core/policy.ts';
import type { Server } from './core/server.ts';
import type { WatchedSettings } from './core/serviceSettings.ts';
import type { Tally } from './core/tally.ts';
import type { Instant } from './core/time.ts';
import type { Mark } from './core/told.ts';
import type { AlertSettings, DeletedVault, Grave, Head, Vault } from './core/vault.ts';

/** What was read, with the tag that makes a later write conditional on it. You cannot replace what you do not hold. */
export interface Held<T> {
  readonly value: T;
  readonly tag: string;
}

/** A head with what makes its replacement conditional. A `remembered` head may be stale; the fence tells. */
export interface HeldHead extends Head {
  readonly vaultTag: string;
  /** Changes when something is made in the vault; undefined: nothing was, since there are gates. */
  readonly gateTag?: string | undefined;
  /** Of what is left of an earlier vault of this name. */
  readonly graveTag?: string | undefined;
  readonly remembered: boolean;
  /** What its items added up to when the head was read whole. Absent: it was not, or the vault is not counted yet. */
  readonly tally?: Tally | undefined;
  /** The operations that ran when it was read whole. Absent: it was not. */
  readonly running?: readonly Held<Running>[] | undefined;
  /** The kinds of your own of which it has or had an item, in lower case. */
  readonly kinds?: readonly string[] | undefined;
  /** It had a tally when it was read; so it has one for good, and indexes. */
  readonly isCounted?: true;
}

/** Replaces what was read, or inserts where nothing was. */
export interface Replacement<T> {
  /** undefined: it must not exist yet. */
  readonly was: Held<T> | undefined;
  readonly now: T;
}

/** An alert that is raised or changed. What it says besides the replacement decides who is told, and is not stored. */
export interface Raised extends Replacement<Alert> {
  /** It weakens a control: those who were to be told before the change are told as well, and so are the operators. */
  readonly told?: readonly AlertSettings[] | undefined;
  /** The contacts of a guard. */
  readonly contacts?: readonly string[] | undefined;
  /** Operators of before, who are told beside those of now. */
  readonly operators?: readonly string[];
  /** It was counted so often that it is mailed once more. */
  readonly again?: true;
}

/** Older points of an item, up to 500. Pages lie in the order of their ids. */
export interface PointPage {
  readonly id: string;
  readonly points: readonly Point[];
  /** The last page, while there is room in it for what leaves the item next. */
  readonly open?: true | undefined;
  /** Written by the version before. It is never changed: whoever changes what it holds writes another page and drops it. */
  readonly ofBefore?: true | undefined;
}

/** Pages that are written, and pages that go. */
export interface PagesWrite {
  readonly putPages?: readonly PointPage[] | undefined;
  readonly dropPages?: readonly PointPage[] | undefined;
}

/** The recorded answer to an Idempotency-Key. */
export interface Answer {
  readonly key: string;
  readonly bodyHash: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly at: Instant;
  /** The day on which it is cleared away. Absent in answers of before. */
  readonly endsOn?: string;
}

export interface RecordedAnswer {
  readonly answer: Answer;
  /** An older answer under the same key that is no longer kept. */
  readonly was?: Held<Answer> | undefined;
}

export interface ItemWrite extends Replacement<Remains>, PagesWrite {
  /** The pages that stay, where the next expiry depends on them. */
  readonly pages?: readonly PointPage[] | undefined;
}

/** An operation that begins, goes on or ends. */
export interface OperationWrite {
  /** Its row as it was read; undefined: it begins, or starts anew. */
  readonly was: Held<Operation> | undefined;
  readonly now: Operation;
  /** It runs already and starts its walk anew. Whoever walks finds that its row has changed, and stops. */
  readonly runs?: Held<Running> | undefined;
}

/** What became of an item of an operation. */
export interface ResultWrite {
  readonly result: OperationResult;
  /** Nobody may have said so before. Absent: it goes with the change of the item, and replaces what was refused earlier. */
  readonly isNew?: true;
}

/** A new head: settings or policies changed. It replaces the fence, and so voids every decision in flight. */
export interface HeadWrite {
  readonly was: HeldHead | undefined;
  /** Of a new vault: the last entry of its name's history when nobody had the name. What was made and removed since has left others. */
  readonly behind?: ChainHead | undefined;
  readonly now: Vault;
  readonly putPolicy?: Policy | undefined;
  readonly dropPolicy?: Policy | undefined;
  /** It names this executor from now on, and has noted that it would. */
  readonly names?: string | undefined;
  /** The vault gets its first item of this kind, and remembers it for good. */
  readonly firstOf?: string | undefined;
}

/** The most rows that one transaction can write. */
export const MOST_ROWS = 100;

/** In parts of so many, in the same order. */
export const inParts = <T>(all: readonly T[], most = MOST_ROWS): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / most) }, (_, part) => all.slice(part * most, (part + 1) * most));

/** Behind every name of a vault. */
export const ALL_HINTED = '~';

/** How the last sweep ended. */
export interface Heartbeat {
  readonly at: Instant;
  readonly turn: number;
  readonly complete: boolean;
  readonly held: string | null;
  /** The same in words. */
  readonly detail: string | null;
  /** When the oldest item that is still there should have been purged. */
  readonly oldestDue: Instant | null;
  /** The same of those of whom not everybody was told. */
  readonly oldestUntold: Instant | null;
  /** Up to this vault of the directory those of before have a hint to be brought up; `ALL_HINTED`: all of them. */
  readonly hintedVault: string;
}

/** What a sweep says of itself when it has ended; it is kept and shown as it is. */
export interface SweepRecord {
  readonly id: string;
  readonly startedAt: string;
  readonly due: number;
  readonly purged: number;
  /** Absent in records of before. */
  readonly ordered?: number;
  readonly warned: number;
  readonly expired: number;
  /** Absent in records of before. */
  readonly applied?: number;
  readonly retold: number;
  readonly failed: number;
}

/** What a sweep notes of itself. */
export interface Beat {
  readonly heartbeat: Heartbeat;
  readonly record: SweepRecord;
  /** One of many units that a sweep is spread over leaves its heartbeat in this row of those for shares; absent: it saw all shards. */
  readonly share?: string | undefined;
  /** Records that are no longer shown. */
  readonly drops: readonly string[];
}

/** How far the rows that belong to no vault are tidied. */
export interface Tidied {
  /** When it was done last, all of it. */
  readonly at: Instant;
  /** When this version did it first: a while after that nothing is left that a version before wrote. */
  readonly since: Instant;
  /** What is remembered of mails before this month is gone. */
  readonly mailsFrom: string;
  /** In which month the dead letters were looked through last. */
  readonly letters: string;
  /** What the version before remembered of mails is still there. */
  readonly mailsOfBefore: boolean;
  /** And the answers that it kept. */
  readonly answersOfBefore: boolean;
  /** What it wrote among the rows of the service, and what ends, is not named yet. In a vault `Reindex` sees to that. */
  readonly endsOfBefore: boolean;
}

/** What the shares that end in one row leave there: what they purged of the day, and the heartbeat of the last of them. */
export interface ShareNote {
  readonly purges: readonly PurgeCount[];
  readonly heartbeat: Heartbeat;
}

/** What is known about the sweeps as a whole: the rows of it that a change replaces, and the heartbeat, which each sweep overwrites. */
export interface ControlState {
  /** null: it was ended. */
  readonly pause: Held<Pause | null> | undefined;
  readonly belt: Held<Belt> | undefined;
  /** Those of shares lie with the shares. */
  readonly purges: Held<readonly PurgeCount[]> | undefined;
  /** By the rows of the shares. */
  readonly shares: ReadonlyMap<string, Held<ShareNote>>;
  /** With what shares have said since the last sweep that saw all. */
  readonly heartbeat: Heartbeat | null;
  readonly tidied: Held<Tidied> | undefined;
  /** The guard of the service, as it stands beside them. Absent where nobody has written it there yet: then its own row tells. */
  readonly guard: Held<ServiceGuard> | undefined;
  /** Hints that are not in the agenda yet: see `Change.hints`. */
  readonly hints: readonly KeptHints[];
  /** These still lie where the version before kept them: the next change takes them along. */
  readonly before: readonly ('pause' | 'belt' | 'heartbeat')[];
}

/** The hints of one change, and by which name they are dropped. */
export interface KeptHints {
  readonly name: string;
  readonly hints: readonly Hint[];
}

/** A change of what holds purges back, over what was read of it. */
export interface ControlWrite {
  readonly was: ControlState;
  /** null: it ends. */
  readonly pause?: Pause | null | undefined;
  readonly belt?: Belt | undefined;
  /** Where the beat is that of a share, those of its row. */
  readonly purges?: readonly PurgeCount[] | undefined;
  readonly beat?: Beat | undefined;
  readonly tidied?: Tidied | undefined;
  /** The guard of the service, where its own row says otherwise. */
  readonly guard?: ServiceGuard | undefined;
  /** The names of kept hints that the agenda has by now. */
  readonly planted?: readonly string[] | undefined;
}

/** One transaction in one vault, or among the service's own rows: all of it or nothing. */
export interface Change {
  /** The vault's name, or `SERVICE` for what belongs to no vault. */
  readonly vault: string;
  /** Tells our own write from another's when the answer was lost. */
  readonly id: string;
  /** What happens leaves a trace in the same transaction. Only the ledger of mails changes without one. */
  readonly entries?: readonly Entry[];
  readonly head?: HeadWrite | undefined;
  /** All that is left of a vault whose other rows were removed. */
  readonly grave?: { readonly was: HeldHead; readonly now: Grave } | undefined;
  /** The decision rests on this version of the vault's head. */
  readonly fence?: string | undefined;
  /** Nothing may have happened to its subjects since the entries that they remember: they were not read, or are removed. */
  readonly unseen?: true | undefined;
  /** It rests on a deleted vault that is still there: that has no fence. */
  readonly stillDeleted?: true | undefined;
  readonly items?: readonly ItemWrite[];
  /**
   * Pages of before become fewer. The points stay the same, so no history tells of it and the item itself is not written. Of two
   * that change the same pages only one can: both drop them.
   */
  readonly mergedPages?: (PagesWrite & { readonly item: string }) | undefined;
  /** People were told of a purge that is to come. */
  readonly putMarks?: readonly Mark[];
  /** They lie in the trash, and go. */
  readonly dropMarks?: readonly Mark[];
  /** An order that has ended. */
  readonly closedOrder?: ClosedOrder | undefined;
  /** These must lie in the trash exactly so. */
  readonly stillInTrash?: readonly Item[];
  readonly server?: Replacement<Server> | undefined;
  /** The decision rests on this server: a change of it at the same time makes one of the two decide again. */
  readonly touchServer?: string | undefined;
  readonly jobs?: readonly Job[];
  readonly operations?: readonly OperationWrite[];
  readonly results?: readonly ResultWrite[];
  /** A PIN counts once, and so does a miss. */
  readonly pins?: readonly Replacement<PinRecord>[] | undefined;
  readonly guard?: Replacement<Guard> | undefined;
  /** The guard of this name is about to be removed. */
  readonly guardGoes?: string | undefined;
  /** It is removed, if its history still ends with what it remembers: storage does not look at the tag of a row that a transaction removes. */
  readonly removesGuard?: Held<Guard> | undefined;
  /** With which brakes and identities the service runs. */
  readonly settings?: Replacement<WatchedSettings> | undefined;
  readonly serviceGuard?: Replacement<ServiceGuard> | undefined;
  /** Among the service's own rows. */
  readonly executor?: Replacement<Executor> | undefined;
  /** It goes, if nothing was about to name it since its links were read. */
  readonly executorGoes?: { readonly name: string; readonly gateTag: string } | undefined;
  /** What changes names this executor, which must be there; with the service's own rows. Whoever is about to remove it looks again. */
  readonly namesExecutor?: string | undefined;
  /** A kind has named this executor until now; with the service's own rows. */
  readonly letsGo?: { readonly executor: string; readonly kind: string; readonly at: Instant } | undefined;
  /** Among the service's own rows. */
  readonly kind?: Replacement<StoredKind> | undefined;
  /** One more kind of your own, since their number was read. */
  readonly moreKinds?: { readonly gateTag: string | undefined } | undefined;
  /** What the keepers of a guard say; among the service's own rows. */
  readonly grant?: Replacement<Grant> | undefined;
  /** What became of grants; where they are used. */
  readonly spent?: readonly Replacement<Spent>[] | undefined;
  readonly alerts?: readonly Raised[];
  /** What has to be looked at by now, of a change among the service's own rows: it is kept beside what each sweep reads. */
  readonly hints?: readonly Hint[];
  /** Deletions, counted among those of their callers. */
  readonly counted?: readonly Counted[];
  /** Alerts that may be told together with others, and those that no longer wait for that. */
  readonly waiting?: readonly Waiting[];
  readonly stopWaiting?: readonly Waiting[];
  /** Only among the service's own rows. */
  readonly control?: ControlWrite | undefined;
  /** Told what was written, so that the answer can name the entry in the history. */
  readonly answer?: ((written: Change) => RecordedAnswer | undefined) | undefined;
}

/** What a change has become by being written: its entries have their places in the history. */
export interface Written {
  /** Absent for a row that stands alone. */
  readonly change?: Change;
  /** The last of the entries that it wrote. */
  readonly evidence?: Evidence | undefined;
}

/** What is protected: the source, as seen from any vault. */
export type Source = Pick<Item, 'workload' | 'kind' | 'sourceId' | 'server'>;

export interface Owner {
  readonly vault: string;
  readonly item: string;
}

/** A line in the directory of vaults. */
export interface Listing {
  readonly vault: string;
  /** Of the vault that it is about; absent in a line of before. */
  readonly id?: string | undefined;
}

/** What vaults are linked to. */
export type LinkTo = 'guard' | 'kind';

/** A row that stands alone: a line of the registry, or a row whose removal depends on its tag. A transaction cannot do that. */
export type Line =
  /** `unlessListed`: a line that is there stays as it is. */
  | { readonly line: 'vault'; readonly vault: string; readonly id: string; readonly unlessListed?: true }
  | { readonly line: 'source'; readonly source: Source; readonly owner: Owner; readonly was: Held<Owner> | undefined }
  | {
      readonly line: 'server';
      readonly tid: string;
      readonly server: string;
      readonly vault: string;
      readonly was: Held<string> | undefined;
    }
  /** This vault may come under this guard. */
  | { readonly line: 'guardLink'; readonly guard: string; readonly vault: string }
  | { readonly line: 'removeGuard'; readonly guard: Held<Guard> }
  /** This vault may have an item of this kind. */
  | { readonly line: 'kindUse'; readonly kind: string; readonly vault: string }
  /** The vault that was linked uses it no more; a link that was written anew since stays. */
  | { readonly line: 'dropLink'; readonly to: LinkTo; readonly name: string; readonly link: Held<string> }
  | { readonly line: 'removeKind'; readonly kind: Held<StoredKind> }
  /** The vault is about to name the executor, which must be there. */
  | { readonly line: 'naming'; readonly executor: string; readonly vault: string }
  /** Whatever vaults are about to name it have to note it anew. */
  | { readonly line: 'voidNaming'; readonly executor: string; readonly vaults: readonly string[] }
  /** These vaults do not name it; one that has noted it since stays. */
  | { readonly line: 'strikeLinks'; readonly executor: string; readonly links: readonly Held<string>[] }
  /** An app calls for the executor. A process notes the first call of a minute. */
  | { readonly line: 'executorSeen'; readonly executor: string; readonly at: Instant }
  /** All that is left of an executor that is gone. */
  | { readonly line: 'forgetExecutor'; readonly executor: string }
  /** Only while nobody listed it again. */
  | { readonly line: 'unlistVault'; readonly listing: Held<Listing> }
  | { readonly line: 'deletedVault'; readonly vault: DeletedVault }
  | { readonly line: 'unlistDeletedVault'; readonly listing: Held<string> };

/** Everything that a story can write. */
export type Write = Change | Line;
