import type { Item } from './item.ts';
import { warnAtOf } from './retention.ts';
import type { Instant } from './time.ts';

export const HINT_KINDS = ['warn', 'purge', 'expire', 'hold', 'forget', 'policy', 'tell', 'together'] as const;
export type HintKind = (typeof HINT_KINDS)[number];

/** "Look at this item then." It is only a hint: the sweep reads what is true and decides. */
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

export const itemHint = (item: Pick<Item, 'vault' | 'name'>, kind: HintKind, due: Instant): Hint => ({
  due,
  kind,
  vault: item.vault,
  item: item.name,
});

export const deletionHints = (item: Pick<Item, 'vault' | 'name'>, purgeAt: Instant): readonly Hint[] => [
  itemHint(item, 'warn', warnAtOf(purgeAt)),
  itemHint(item, 'purge', purgeAt),
];

export const policyHint = (vault: string, policy: string, due: Instant): Hint => ({
  due,
  kind: 'policy',
  vault,
  item: policy,
});

export const SERVICE = '~service';
const ITSELF = '~';

/** An alert is about to be raised, and its addressees must hear of it. */
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

/** While an item is stopped or deleted its expiry hint is parked: the sweep moves it, at most this far at a time. */
export const PARKED_DAYS = 1;
