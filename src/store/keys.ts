import { createHash } from 'node:crypto';
import type { Hint } from '../core/agenda.ts';
import { type Item, type ItemIn, notBefore, type Remains } from '../core/item.ts';
import { keyOf } from '../core/names.ts';
import type { Instant } from '../core/time.ts';

/**
 * Row keys. Names are folded to lower case; `!` separates, which no name can hold and which sorts before all they can. Every
 * key of the vaults table starts with the vault's own name, so that it is unique across partitions.
 */
const key = (...parts: readonly string[]): string => parts.map(keyOf).join('!');

const END = 8_640_000_000_000_000;
const width = String(END).length;
const ascending = (at: Instant): string => String(at.toMillis()).padStart(width, '0');
const descending = (at: Instant): string => String(END - at.toMillis()).padStart(width, '0');

/** What belongs to no vault. No vault can have that name. */
export const SERVICE_PARTITION = '~service';

export const keys = {
  /** Fences, policies, settings and then the trash lie side by side: one read gives a sweep all that it decides from. */
  heads: (vault: string) => key(vault, 'head', ''),
  vault: (vault: string) => key(vault, 'head', 'settings'),
  fence: (vault: string, fence: string) => key(vault, 'head', 'fence', fence),
  policy: (vault: string, policy: string) => key(vault, 'head', 'policy', policy),
  dueTrash: (vault: string, now: Instant) => key(vault, 'head', 'trash', `${ascending(now)}~`),
  servers: (vault: string) => key(vault, 'server', ''),
  server: (vault: string, server: string) => key(vault, 'server', server),
  items: (vault: string) => key(vault, 'item', ''),
  item: (vault: string, item: string) => key(vault, 'item', item),
  pages: (vault: string, item: string) => key(vault, 'page', item, ''),
  page: (vault: string, item: string, page: string) => key(vault, 'page', item, page),
  trash: (vault: string) => key(vault, 'head', 'trash', ''),
  jobs: (vault: string, item: string) => key(vault, 'job', item, ''),
  job: (vault: string, item: string, job: string) => key(vault, 'job', item, job),
  /** What happened to the vault itself is filed under a name that no item can have. */
  history: (vault: string, item: string | null) => key(vault, 'audit', item ?? '~', ''),
  entry: (vault: string, item: string | null, at: Instant, id: string) =>
    key(vault, 'audit', item ?? '~', descending(at), id),
  alert: (vault: string, alert: string) => key(vault, 'alert', alert),
  alerts: (vault: string) => key(vault, 'alert', ''),
  /** The alerts about one item, or about the vault itself: see `alertId`. */
  alertsOf: (vault: string, item: string | null) => key(vault, 'alert', `${vault}~${item ?? ''}~`),
  serviceAlerts: key(SERVICE_PARTITION, 'alert', '~~'),
  waiting: (vault: string, together: string) => key(vault, 'wait', together, ''),
  waitingOne: (vault: string, together: string, at: Instant, alert: string) =>
    key(vault, 'wait', together, ascending(at), alert),
  guard: (guard: string) => key(SERVICE_PARTITION, 'guard', guard),
  grant: (vault: string, guard: string, operation: string, who: string) => key(vault, 'grant', guard, operation, who),
  answer: (vault: string, answer: string) => key(vault, 'idem', answer),
  everything: (vault: string) => key(vault, ''),
};

/** The row of an item in the trash, ordered by when it may be purged at the earliest; undefined for all others. */
export function trashKey(remains: Remains | undefined): string | undefined {
  if (!remains || !inTrash(remains)) return undefined;
  return key(remains.vault, 'head', 'trash', ascending(notBefore(remains)), remains.name);
}

export const inTrash = (remains: Remains): remains is ItemIn<'SoftDeleted' | 'Purging'> =>
  remains.state === 'SoftDeleted' || remains.state === 'Purging';

const SHARDS = 16;

/** The agenda is spread over a fixed number of partitions, so that it can be read and written side by side. */
export function shardOf({ vault, item }: Pick<Hint, 'vault' | 'item'>): string {
  const [first = 0] = createHash('sha256').update(key(vault, item)).digest();
  return `shard${String(first % SHARDS).padStart(2, '0')}`;
}

export const SHARD_NAMES = Array.from({ length: SHARDS }, (_, index) => `shard${String(index).padStart(2, '0')}`);

export const hintKey = ({ due, kind, vault, item }: Hint): string => key(ascending(due), kind, vault, item);

/** Past every hint that was due by then. */
export const hintsUntil = (now: Instant): string => `${ascending(now)}~`;

export const isItem = (remains: Remains): remains is Item => remains.state !== 'Purged';
