import type { Item } from './item.ts';
import { warnAtOf } from './retention.ts';
import type { Instant } from './time.ts';

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

/** While an item is stopped or deleted, nothing expires. The sweep then moves its expiry hint on by this much at a time. */
export const PARKED_DAYS = 1;
