import type { Item } from './item.ts';
import type { Terms } from './points.ts';
import { dueAt } from './points.ts';
import { warnAtOf } from './retention.ts';
import { addDays, earliest, type Instant } from './time.ts';

export const HINT_KINDS = ['warn', 'purge', 'expire', 'hold', 'forget', 'policy', 'tell', 'together'] as const;
export type HintKind = (typeof HINT_KINDS)[number];

/** "Look at this item at this time." It is only a hint: the sweep reads the item and decides from what it finds. */
export interface Hint {
  readonly due: Instant;
  readonly kind: HintKind;
  readonly vault: string;
  /**
   * For `policy` it is the policy whose items may expire earlier than their hints say. For `together` it is the bundle whose
   * alerts wait. `~` stands for the vault itself, and the vault `~service` for the service as a whole.
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

/** Written before an alert is raised, so that its mails go out even if the process dies. */
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

/** What a `tell` hint is about, in the form that alerts use. */
export const subjectOf = ({ vault, item }: Hint): { readonly vault: string | null; readonly item: string | null } => ({
  vault: vault === SERVICE ? null : vault,
  item: item === ITSELF ? null : item,
});

export const forgetHint = (item: Pick<Item, 'vault' | 'name'>, at: Instant): Hint => hint(item, 'forget', at);

export const holdHint = (item: Item, until: Instant): Hint => hint(item, 'hold', until);

/** While an item is stopped or deleted, nothing expires. The sweep then moves its expiry hint on by this much at a time. */
export const PARKED_DAYS = 1;

/** The latest time at which the expiry hint that stands for an item can fall due. */
const standingHint = (item: Pick<Item, 'hintedAt'>, now: Instant): Instant | undefined => {
  if (!item.hintedAt) return undefined;
  return item.hintedAt > now ? item.hintedAt : addDays(now, PARKED_DAYS);
};

/** When the next recovery point expires; undefined when none does. */
export function nextExpiry(item: Pick<Item, 'points'>, terms: Terms, now: Instant): Instant | undefined {
  return earliest(item.points.map((point) => dueAt(point, terms, now)));
}

/** The expiry hint to write before a change, unless an earlier one stands already; and the item, which remembers that hint. */
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
