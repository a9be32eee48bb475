import type { Item, ItemIn } from './item.ts';
import { purgeAt, reminders, standingHint } from './lifecycle.ts';
import { sameName } from './names.ts';
import type { LiveState } from './order.ts';
import { remindAt } from './retention.ts';
import type { Ticket } from './ticket.ts';
import { type Instant, instantOf } from './time.ts';
import type { Vault } from './vault.ts';

export const HINT_KINDS = [
  'warn',
  'purge',
  'expire',
  'hold',
  'forget',
  'policy',
  'cooled',
  'spent',
  'remove',
  'reindex',
  'tell',
  'together',
  'tidy',
  'operate',
  'order',
] as const;
export type HintKind = (typeof HINT_KINDS)[number];

/** "Look at this item at this time." It is only a hint: the sweep reads the item and decides from what it finds. */
export interface Hint {
  readonly due: Instant;
  readonly kind: HintKind;
  readonly vault: string;
  /**
   * For `operate` it is the name of an operation, which goes on from where it is. For `policy`, which only the version before wrote, it is
   * the policy whose items may expire earlier than their hints say. For `together` it is the bundle whose
   * alerts wait. For `cooled` it is the vault itself, in which a weakening may have cooled off, or, in `~service`, a guard. For
   * `spent` it is the vault itself, or the service, where a grant was used or revoked: the history of its guard is to tell of it. For `remove` it is a vault that was deleted or restored, for `reindex` one
   * that the version before may have written, for `tidy` one in which something is over; for `warn` also the vault itself, whose people want to be reminded on other days. `~` stands
   * for the vault itself, and the vault `~service` for the service as a whole. For `order` it is an item that its executor should have
   * confirmed by then, or may claim from then on.
   */
  readonly item: string;
  /** Only of `purge`, and of lines in work lists: the change that wrote it. Its key ends with that, so that no other change strikes it. */
  readonly by?: string | undefined;
  /** How often it could not be dealt with. */
  readonly tries?: number;
  /** When it was due at first, where a failed try has put it off. */
  readonly since?: Instant | undefined;
  /** Only of `warn` of the vault itself: how far the walk through its trash went. */
  readonly place?: string | undefined;
  /** What it leads to could not be read when it was tried last. */
  readonly isUnreadable?: true | undefined;
  /** Only of `purge`: all that the purge writes. */
  readonly ticket?: Ticket | undefined;
  /** Only of `order`: a line in the work list of an executor. It lies there, and leads no sweep anywhere. */
  readonly work?: Work | undefined;
}

/** An order that may be claimed when its line falls due. As all hints it may be false: the order lies in the item's row. */
export interface Work {
  readonly executor: string;
  readonly order: string;
  readonly state: LiveState;
  readonly confirmBy: Instant;
  /** It lies behind all that can be claimed. */
  readonly isParked: boolean;
}

export const itemHint = (item: Pick<Item, 'vault' | 'name'>, kind: HintKind, due: Instant): Hint => ({
  due,
  kind,
  vault: item.vault,
  item: item.name,
});

export type RestsOn = Pick<Vault, 'extensions' | 'alerts'> | undefined;
type Named = Pick<ItemIn<'SoftDeleted'>, 'vault' | 'name' | 'purgeHintAt' | 'purgeHintBy'>;

/** The hint to its purge that an item names. */
export const namedHint = ({ purgeHintAt: due, purgeHintBy: by, ...item }: Named): readonly Hint[] =>
  due ? [{ ...itemHint(item, 'purge', due), ...(by === undefined ? {} : { by }) }] : [];

/** The one that stands, of an item of before as well. */
export const standingPurge = (item: ItemIn<'SoftDeleted'>): readonly Hint[] =>
  namedHint({ ...item, ...standingHint(item) });

/** Whether a hint is the one that an item names. One of before names none. */
export const isNamed = ({ by = '' }: Hint, { purgeHintBy }: Named): boolean =>
  purgeHintBy !== undefined && sameName(by, purgeHintBy);

/** Somebody looks when people are to be reminded first. */
export function firstReminder(item: ItemIn<'SoftDeleted'>, vault: RestsOn): Hint {
  const [first = 0] = reminders(item, vault);
  return itemHint(item, 'warn', remindAt(purgeAt(item, vault), first));
}

/** The reminders that are still to come. */
export function nextReminder(item: ItemIn<'SoftDeleted'>, vault: RestsOn, now: Instant): readonly Hint[] {
  const times = reminders(item, vault).map((days) => remindAt(purgeAt(item, vault), days));
  const next = times.find((at) => at > now);
  return next ? [itemHint(item, 'warn', next)] : [];
}

/** What belongs to no vault. No vault can have that name. */
export const SERVICE = '~service';
export const ITSELF = '~';

/** Written before an alert is raised, so that its mails go out even if the process dies. */
export const tellHint = (of: { readonly vault: string | null; readonly item: string | null }, at: Instant): Hint => ({
  due: at,
  kind: 'tell',
  vault: of.vault ?? SERVICE,
  item: of.item ?? ITSELF,
});

export const bundleHint = (vault: string, together: string, due: Instant): Hint => ({
  due,
  kind: 'together',
  vault,
  item: together,
});

/** On that day something is over in the vault. */
export const tidyHint = (vault: string, day: string): Hint => ({
  due: instantOf(Date.parse(day)),
  kind: 'tidy',
  vault,
  item: ITSELF,
});

export const tidyAtOnce = (vault: string, now: Instant): Hint => ({ due: now, kind: 'tidy', vault, item: ITSELF });

/** What a `tell` hint is about, in the form that alerts use. */
export const subjectOf = ({ vault, item }: Hint): { readonly vault: string | null; readonly item: string | null } => ({
  vault: vault === SERVICE ? null : vault,
  item: item === ITSELF ? null : item,
});
