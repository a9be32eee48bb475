import type { Item } from './item.ts';
import type { Terms } from './points.ts';
import { dueAt } from './points.ts';
import { warnAtOf } from './retention.ts';
import { addDays, earliest, type Instant } from './time.ts';

export const HINT_KINDS = ['warn', 'purge', 'expire', 'hold', 'forget', 'policy', 'tell', 'together'] as const;
export type HintKind = (typeof HINT_KINDS)[number];

/** "Look at this item then." Only a hint: what is true is decided by whoever looks. */
export interface Hint {
  readonly due: Instant;
  readonly kind: HintKind;
  readonly vault: string;
  /**
   * For `policy` the policy whose items may expire earlier than they were hinted, for `together` those who wait to be told
   * together. `~` stands for the vault itself, and as a vault (`~service`) for the service as a whole.
   */
  readonly item: string;
}

const hint = (item: Pick<Item, 'vault' | 'name'>, kind: HintKind, due: Instant): Hint => ({
  due,
  kind,
  vault: item.vault,
  item: item.name,
});

export const deletionHints = (item: Pick<Item, 'vault' | 'name'>, purgeAt: Instant): readonly Hint[] => [
  hint(item, 'warn', warnAtOf(purgeAt)),
  hint(item, 'purge', purgeAt),
];

export const policyHint = (vault: string, policy: string, due: Instant): Hint => ({
  due,
  kind: 'policy',
  vault,
  item: policy,
});

export const purgeHint = (item: Pick<Item, 'vault' | 'name'>, now: Instant): Hint => hint(item, 'purge', now);

export const SERVICE = '~service';
const ITSELF = '~';

/** An alert is about to be raised, and somebody has to hear of it. */
export const tellHint = (of: { readonly vault: string | null; readonly item: string | null }, at: Instant): Hint => ({
  due: at,
  kind: 'tell',
  vault: of.vault ?? SERVICE,
  item: of.item ?? ITSELF,
});

export const togetherHint = (vault: string, together: string, due: Instant): Hint => ({
  due,
  kind: 'together',
  vault,
  item: together,
});

/** What a hint to tell is about, as alerts name it. */
export const subjectOf = ({ vault, item }: Hint): { readonly vault: string | null; readonly item: string | null } => ({
  vault: vault === SERVICE ? null : vault,
  item: item === ITSELF ? null : item,
});

export const forgetHint = (item: Pick<Item, 'vault' | 'name'>, at: Instant): Hint => hint(item, 'forget', at);

export const holdHint = (item: Item, until: Instant): Hint => hint(item, 'hold', until);

/** While an item is stopped or deleted its expiry hint is parked: the sweep moves it, at most this far at a time. */
export const PARKED_DAYS = 1;

/** The latest instant at which the standing hint of an item may come. */
const standingHint = (item: Pick<Item, 'hintedAt'>, now: Instant): Instant | undefined => {
  if (!item.hintedAt) return undefined;
  return item.hintedAt > now ? item.hintedAt : addDays(now, PARKED_DAYS);
};

/** When the next point of an ageing item is due; undefined when nothing ages. */
export function nextExpiry(item: Pick<Item, 'points'>, terms: Terms, now: Instant): Instant | undefined {
  return earliest(item.points.map((point) => dueAt(point, terms, now)));
}

/**
 * An expiry hint to write before a change, unless one no later stands already. Answers the item with what it then knows.
 */
export function withExpiryHint<I extends Item>(
  item: I,
  terms: Terms,
  now: Instant,
  older: Instant | undefined = undefined,
): { item: I; hints: readonly Hint[] } {
  const inline = nextExpiry(item, terms, now);
  const due = earliest([inline, older].filter((at) => at !== undefined));
  if (!due) return { item, hints: [] };
  const standing = standingHint(item, now);
  if (standing && standing <= due) return { item, hints: [] };
  return { item: { ...item, hintedAt: due }, hints: [hint(item, 'expire', due)] };
}
