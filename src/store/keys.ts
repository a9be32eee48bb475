import { createHash } from 'node:crypto';
import type { AlertType } from '../core/alertTypes.ts';
import type { Subject } from '../core/evidence.ts';
import type { Grant, OldGrant } from '../core/grants.ts';
import { type Hint, SERVICE } from '../core/hints.ts';
import { type ItemIn, notBefore, type Remains } from '../core/item.ts';
import { keyOf } from '../core/names.ts';
import type { Wish } from '../core/operations.ts';
import { isOrdered, orderedPurgeAt } from '../core/orders.ts';
import type { PinScope } from '../core/pin.ts';
import type { Instant } from '../core/time.ts';
import type { Mark } from '../core/told.ts';

/**
 * Row keys. Names are folded to lower case; `!` separates, which no name can hold and which sorts before all they can. Every
 * key of the vaults table starts with the vault's own name, so that it is unique across partitions.
 */
const key = (...parts: readonly string[]): string => parts.map(keyOf).join('!');

/** Every kind of row in the vaults table. `npm run check:store` does not compile without a check for each. */
const ROW_KINDS = [
  'head',
  'by',
  'item',
  'page',
  'server',
  'job',
  'audit',
  'alert',
  'wait',
  'counted',
  'end',
  'pin',
  'grant',
  'spent',
  'guard',
  'kind',
  'link',
  'executor',
  'settings',
  'idem',
  'control',
  'swept',
  'op',
  'result',
  'ordered',
  'order',
] as const;
export type RowKind = (typeof ROW_KINDS)[number];
const row = (vault: string, kind: RowKind, ...parts: readonly string[]): string => key(vault, kind, ...parts);

/** A key for what may hold anything. */
export const hashOf = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

const END = 8_640_000_000_000_000;
const width = String(END).length;
/** Clamped, so that no instant makes a key outside of the order: a row with such a key would be read by nobody. */
const ascending = (at: Instant): string =>
  String(Math.trunc(Math.min(Math.max(at.toMillis(), 0), END))).padStart(width, '0');

const LAST_NUMBER = 9_999_999_999;
const numbered = (seq: number): string => String(LAST_NUMBER - seq).padStart(10, '0');
/** The number in the key of an entry; undefined in a key of before. */
export function numberIn(key: string): number | undefined {
  const digits = /!!(\d{10})$/.exec(key)?.[1];
  return digits === undefined ? undefined : LAST_NUMBER - Number(digits);
}

/** What happened to the vault itself, or to a guard, is filed under names that no item can have. */
/** Whose history a row belongs to. */
export function subjectIn(entryKey: string): Subject {
  const [, , name = ''] = entryKey.split('!');
  const [, guard] = name.split('guard~');
  if (guard !== undefined) return { item: null, guard };
  return { item: name === '~' ? null : name };
}

const subjectOf = ({ item, guard }: Subject): string => (guard == null ? (item ?? '~') : `guard~${guard}`);

/** How the ids of all grants begin that let one caller do one thing in one place: so they are found in one read. */
export const grantsOf = ({ vault, operation, grantee }: Pick<Grant, 'vault' | 'operation' | 'grantee'>): string =>
  `${hashOf([keyOf(vault ?? SERVICE), operation, grantee.tid.toLowerCase(), grantee.oid.toLowerCase()]).slice(0, 16)}-`;

export const keys = {
  /** Fences, policies, settings and then the trash lie side by side: one read gives a sweep all that it decides from. */
  heads: (vault: string) => row(vault, 'head', ''),
  vault: (vault: string) => row(vault, 'head', 'settings'),
  fence: (vault: string, fence: string) => row(vault, 'head', 'fence', fence),
  /** Whatever is made in the vault writes this row, so that a deletion can tell that nothing was made since it looked. */
  gate: (vault: string) => row(vault, 'head', 'gate'),
  grave: (vault: string) => row(vault, 'head', 'grave'),
  /** The removal of the vault with this id has begun, and is not over. */
  removing: (vault: string, id: string) => row(vault, 'head', 'removing', id),
  /** The vault has or had an item of this kind. */
  allNoted: (vault: string) => row(vault, 'head', 'kind', ''),
  noted: (vault: string, kind: string) => row(vault, 'head', 'kind', kind),
  policy: (vault: string, policy: string) => row(vault, 'head', 'policy', policy),
  /** Differences, between the sum of the older ones and what ends it. They lie beside the head: one read gives both. */
  tallies: (vault: string) => row(vault, 'head', 'tally', ''),
  tally: (vault: string, change: string) => row(vault, 'head', 'tally', change),
  tallyBase: (vault: string) => row(vault, 'head', 'tally', '', 'base'),
  /** Where the base goes on. */
  tallyPart: (vault: string, part: number) => row(vault, 'head', 'tally', '', 'base', String(part).padStart(3, '0')),
  tallyEnd: (vault: string) => row(vault, 'head', 'tally', '~', 'end'),
  /** What runs in the vault: beside the head, so that who would begin it again has read it. */
  allRunning: (vault: string) => row(vault, 'head', 'running', ''),
  running: (vault: string, { kind, subject, mark = '' }: Wish) => row(vault, 'head', 'running', kind, subject ?? mark),
  operation: (vault: string, name: string) => row(vault, 'op', name),
  /** What became of each item of an operation, in the order of its walk. */
  results: (vault: string, name: string) => row(vault, 'result', name, ''),
  result: (vault: string, name: string, place: string) => row(vault, 'result', name, place),
  /** Indexes: who is of that kind, in that state, under that policy. */
  by: (vault: string, ...parts: readonly string[]) => row(vault, 'by', ...parts),
  dueTrash: (vault: string, now: Instant) => row(vault, 'head', 'trash', `${ascending(now)}~`),
  servers: (vault: string) => row(vault, 'server', ''),
  server: (vault: string, server: string) => row(vault, 'server', server),
  items: (vault: string) => row(vault, 'item', ''),
  item: (vault: string, item: string) => row(vault, 'item', item),
  pages: (vault: string, item: string) => row(vault, 'page', item, ''),
  page: (vault: string, item: string, page: string) => row(vault, 'page', item, page),
  trash: (vault: string) => row(vault, 'head', 'trash', ''),
  inTrash: (vault: string, at: Instant, item: string) => row(vault, 'head', 'trash', ascending(at), item),
  /** Right behind the item's own row: whoever reads what is due reads it as well. */
  mark: (vault: string, { purgeAt, item }: Pick<Mark, 'purgeAt' | 'item'>) =>
    row(vault, 'head', 'trash', ascending(purgeAt), item, TOLD),
  /** What waits for an executor, in order of purge: beside the trash, so that it costs no sweep and no list of the trash a row. */
  allOrdered: (vault: string) => row(vault, 'ordered', ''),
  ordered: (vault: string, at: Instant, item: string) => row(vault, 'ordered', ascending(at), item),
  /** What is kept of an order that has ended. */
  closedOrders: (vault: string, item: string) => row(vault, 'order', item, ''),
  closedOrder: (vault: string, item: string, order: string) => row(vault, 'order', item, order),
  jobs: (vault: string, item: string) => row(vault, 'job', item, ''),
  job: (vault: string, item: string, job: string) => row(vault, 'job', item, job),
  histories: (vault: string) => row(vault, 'audit', ''),
  /** The newest first; entries of before, which have no number, come last. */
  history: (vault: string, of: Subject) => row(vault, 'audit', subjectOf(of), ''),
  chain: (vault: string, of: Subject) => row(vault, 'audit', subjectOf(of), '', ''),
  /** The number is in the key, so that of two who write one number only the first can: the insert is the lock. */
  entry: (vault: string, of: Subject, seq: number) => row(vault, 'audit', subjectOf(of), '', numbered(seq)),
  alert: (vault: string, alert: string) => row(vault, 'alert', alert),
  alerts: (vault: string) => row(vault, 'alert', ''),
  /** The alerts about one item, or about the vault itself: see `alertId`. */
  alertsOf: (vault: string, item: string | null) => row(vault, 'alert', `${vault}~${item ?? ''}~`),
  /** Of those that are counted while they are open the newest come first: see `raisedOrCounted`. */
  alertsOfType: (vault: string | null, item: string | null, type: AlertType) =>
    row(vault ?? SERVICE, 'alert', `${vault ?? ''}~${item ?? ''}~${type}~`),
  serviceAlerts: row(SERVICE, 'alert', '~~'),
  waiting: (vault: string, together: string) => row(vault, 'wait', together, ''),
  waitingOne: (vault: string, together: string, at: Instant, alert: string) =>
    row(vault, 'wait', together, ascending(at), alert),
  /** The deletions of one caller. */
  deletions: (vault: string, caller: string) => row(vault, 'counted', caller, ''),
  deletion: (vault: string, caller: string, at: Instant, alert: string) =>
    row(vault, 'counted', caller, ascending(at), alert),
  ends: (vault: string) => row(vault, 'end', ''),
  /** It names what is over on that day. */
  end: (vault: string, day: string, id: string) => row(vault, 'end', day, id),
  /** The one row that is over then has this key; `!` separates in both. */
  endOf: (day: string, key: string) => {
    const [vault = '', ...parts] = key.split('!');
    return row(vault, 'end', day, ...parts);
  },
  pins: (vault: string) => row(vault, 'pin', ''),
  pin: (vault: string, { operation, server }: PinScope) =>
    operation === 'critical' ? row(vault, 'pin', 'current') : row(vault, 'pin', operation, server ?? ''),
  serviceSettings: row(SERVICE, 'settings', 'current'),
  kinds: row(SERVICE, 'kind', ''),
  /** Before them all: it changes with each new one. */
  kindGate: row(SERVICE, 'kind', ''),
  kind: (kind: string) => row(SERVICE, 'kind', kind),
  guards: row(SERVICE, 'guard', ''),
  guard: (guard: string) => row(SERVICE, 'guard', guard),
  serviceGuard: row(SERVICE, 'link', '~'),
  executors: row(SERVICE, 'executor', ''),
  executor: (executor: string) => row(SERVICE, 'executor', executor),
  /**
   * Which vaults may name it. Before them lies a row that changes whenever anything is about to name it: so whoever removes it knows that
   * nothing was, since it looked.
   */
  allExecutorLinks: row(SERVICE, 'link', 'executor', ''),
  executorLinks: (executor: string) => row(SERVICE, 'link', 'executor', executor, ''),
  executorGate: (executor: string) => row(SERVICE, 'link', 'executor', executor, ''),
  /** Which kind let it go last, and when. It lies behind the gate, before all vaults. */
  executorLetGo: (executor: string) => row(SERVICE, 'link', 'executor', executor, '', 'kind'),
  executorLink: (executor: string, vault: string) => row(SERVICE, 'link', 'executor', executor, vault),
  /** The vault is about to name it; the transaction that does takes this row away. */
  naming: (vault: string, executor: string) => row(vault, 'link', executor),
  grants: (guard: string) => row(SERVICE, 'grant', guard, ''),
  /** What the guard asks of them lies before them all: one range shows a list all that it has to know. */
  grantTerms: (guard: string) => row(SERVICE, 'grant', guard, ''),
  grant: (guard: string, grant: string) => row(SERVICE, 'grant', guard, grant),
  allSpent: (vault: string) => row(vault, 'spent', ''),
  spent: (vault: string, grant: string) => row(vault, 'spent', grant),
  /** A grant of before lies in its vault. An oid is whatever the identity provider says, so it is not put into a key as it is. */
  oldGrant({ vault, guard, operation, grantee }: Pick<OldGrant, 'guard' | 'vault' | 'operation' | 'grantee'>) {
    const who = hashOf([grantee.tid.toLowerCase(), grantee.oid.toLowerCase()]);
    return row(vault, 'grant', guard, operation, who);
  },
  /** What holds purges back: one range shows a sweep all that it has to know at its start. */
  controls: row(SERVICE, 'control', ''),
  control: (name: string) => row(SERVICE, 'control', name),
  swept: (record: string) => row(SERVICE, 'swept', record),
  answers: (vault: string) => row(vault, 'idem', ''),
  answer: (vault: string, answer: string) => row(vault, 'idem', answer),
  /** All other rows lie on two sides of the histories. */
  besideHistories: (vault: string) => [
    { prefix: key(vault, ''), before: row(vault, 'audit', '') },
    { prefix: key(vault, ''), after: `${row(vault, 'audit')}~` },
  ],
  allButHistory: (vault: string) => ROW_KINDS.filter((kind) => kind !== 'audit').map((kind) => row(vault, kind, '')),
};

/** The row of an item in the trash, ordered by when it may be purged at the earliest; undefined for all others. */
export function trashKey(remains: Remains | undefined): string | undefined {
  if (!remains || !inTrash(remains)) return undefined;
  if (isOrdered(remains)) return keys.ordered(remains.vault, orderedPurgeAt(remains), remains.name);
  return row(remains.vault, 'head', 'trash', ascending(notBefore(remains)), remains.name);
}

export const inTrash = (remains: Remains): remains is ItemIn<'SoftDeleted' | 'Purging'> =>
  remains.state === 'SoftDeleted' || remains.state === 'Purging';

export const kindIn = (key: string): string => key.split('!')[1] ?? '';

/** What the key of a row that names ends says: on which day, and, of one that can be written anew, which. */
export function inEndKey(key: string): { readonly day: string; readonly own: string | undefined } {
  const [vault = '', , day = '', ...parts] = key.split('!');
  return { day, own: parts.length > 1 ? [vault, ...parts].join('!') : undefined };
}

/** Whose order a row is about. */
export const inOrderedKey = (key: string): string => key.split('!')[3] ?? '';

const TOLD = 'told';

/** What a row among the trash is about, and whether it is a mark. */
export function inTrashKey(key: string): { readonly item: string; readonly isMark: boolean } {
  const [, , , , item = '', mark] = key.split('!');
  return { item, isMark: mark === TOLD };
}

/**
 * The agenda is spread over a fixed number of partitions, so that it can be read and written side by side. With more of them an empty
 * sweep is longer, and nothing else changes.
 */
const AGENDA_SHARDS = 16;

export const SHARD_NAMES: readonly string[] = Array.from(
  { length: AGENDA_SHARDS },
  (_, index) => `shard${String(index).padStart(2, '0')}`,
);

/**
 * Where a hint is written: one shard a vault, so that its hints share transactions. The version before went by the item as well, so a hint
 * may lie in any shard; it is struck off where it was found.
 */
export function shardOf({ vault, work }: Pick<Hint, 'vault' | 'work'>): string {
  if (work) return workList(work.executor);
  const [first = 0] = createHash('sha256').update(keyOf(vault)).digest();
  return SHARD_NAMES[first % AGENDA_SHARDS] ?? '';
}

/** The partition of what an executor may claim. */
export const workList = (executor: string): string => `work~${keyOf(executor)}`;
/** Whose partition that is; undefined: nobody's. */
export const inWorkList = (partition: string): string | undefined => /^work~(.+)$/.exec(partition)?.[1];

/** Behind every instant. */
export const PARKED = '~parked';

export const hintKey = ({ due, kind, vault, item, by, work }: Hint): string =>
  key(work?.isParked ? PARKED : ascending(due), kind, vault, item, ...(by === undefined ? [] : [by]));

/** Past every hint that was due by then. */
export const hintsUntil = (now: Instant): string => `${ascending(now)}~`;

/** Before every hint that is due from then on. */
export const hintsFrom = (at: Instant): string => ascending(at);
