/** Which soft-deleted items a bulk undelete means, and what becomes of each. */
import type { Caller } from './caller.ts';
import type { ItemIn } from './item.ts';
import { keyOf } from './names.ts';
import type { Code } from './problems.ts';
import type { Instant } from './time.ts';

/** All conditions given must hold, and where none is given it is all of them. */
export interface Which {
  readonly items?: readonly string[] | undefined;
  readonly deletedBy?: string | undefined;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
}

/** Those of them that were deleted by then. */
export interface Meant {
  readonly which: Which;
  readonly before: Instant;
}

/** What an operation has to know of who asked for it, to act for them. */
export interface Undeletion extends Meant {
  readonly by: Pick<Caller, 'tid' | 'oid' | 'roles' | 'appOnly' | 'secondFactor'>;
  readonly requestId: string;
  readonly clientAddress?: string | undefined;
}

/** So many can be asked for by name. */
export const MOST_WANTED = 1000;

export const UNDELETE_OUTCOMES = ['Undeleted', 'Refused'] as const;

/** What became of one item. */
export interface Undeleted {
  readonly item: string;
  readonly outcome: (typeof UNDELETE_OUTCOMES)[number];
  readonly code?: Code;
}

export const matches = ({ deletion }: ItemIn<'SoftDeleted'>, { deletedBy, from, to }: Which): boolean =>
  (deletedBy === undefined || deletion.deletedBy === deletedBy) &&
  (from === undefined || deletion.deletedAt >= from) &&
  (to === undefined || deletion.deletedAt <= to);

export const meansAll = ({ items, deletedBy, from, to }: Which): boolean =>
  [items, deletedBy, from, to].every((condition) => condition === undefined);

export const isMeant = (item: ItemIn<'SoftDeleted'>, { which, before }: Meant): boolean =>
  matches(item, which) && item.deletion.deletedAt <= before;

/** Each name once. */
export const onceEach = (names: readonly string[]): readonly string[] =>
  [...new Map(names.map((name) => [keyOf(name), name] as const).toReversed()).values()].toReversed();
