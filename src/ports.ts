import type { ControlState, Held, Listing, Owner, Source, Write, Written } from './change.ts';
import type { Seal } from './core/brakes.ts';
import type { Link } from './core/caller.ts';
import type { Executor } from './core/executors.ts';
import type { Grant, OldGrant, Spent } from './core/grants.ts';
import type { GrantTerms, Guard, ServiceGuard } from './core/guards.ts';
import type { Hint, HintKind } from './core/hints.ts';
import type { StoredKind } from './core/kinds.ts';
import type { Kinds } from './core/knownKinds.ts';
import type { PinScope, SealedPin } from './core/pin.ts';
import type { WatchedSettings } from './core/serviceSettings.ts';
import type { Instant } from './core/time.ts';
import type { PurgeTerms } from './core/told.ts';
import type { DeletedVault } from './core/vault.ts';
import type { Agenda, DueHint } from './ports/agenda.ts';
import type { Alerts, Mailer, MailLedger, Notices } from './ports/alerts.ts';
import type { Found, Stretch } from './ports/stretch.ts';
import type { Vaults } from './ports/vaults.ts';

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
  deleted(stretch: Stretch): Promise<Found<DeletedVault>>;
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
  /** The vaults that may have, or may have had, an item of it: their links. */
  uses(kind: string, stretch: Stretch): Promise<readonly Held<string>[]>;
}

/** Guards, who allowed whom to do what, and which vaults may be under which guard. */
export interface Guards {
  /** `isLast`: as far as is known nothing happened in its history since it was changed. */
  get(guard: string): Promise<(Held<Guard> & { readonly isLast?: boolean }) | undefined>;
  list(stretch: Stretch): Promise<Found<Guard>>;
  /** The vaults that may be under it: their links. */
  linked(guard: string, stretch: Stretch): Promise<readonly Held<string>[]>;
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
