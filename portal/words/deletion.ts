import type { Item } from '../../client/api.ts';
import { date, left } from './time.ts';

type Deleted = Pick<Item, 'softDelete' | 'holds'>;

/** When a soft-deleted item goes for good: after its days, and not before its last hold ends. Infinity: a hold without an end keeps it. */
export const goesAt = ({ softDelete, holds }: Deleted): number =>
  Math.max(
    Date.parse(softDelete?.purgeAt ?? ''),
    ...holds.map(({ until }) => (until === null ? Number.POSITIVE_INFINITY : Date.parse(until))),
  );

/** A hold keeps it longer than its days do. */
export const isHeld = (item: Deleted): boolean => goesAt(item) > Date.parse(item.softDelete?.purgeAt ?? '');

/** `14 days left`, or how long it is held. */
export function timeLeft(item: Deleted, now: Date): string {
  const { softDelete } = item;
  if (!softDelete) return '';
  if (!isHeld(item)) return left(softDelete.daysLeft, softDelete.purgeAt, now);
  const at = goesAt(item);
  return Number.isFinite(at) ? `held until ${date(new Date(at).toISOString())}` : 'held';
}

/** The one that goes first comes first; those held without an end come last. */
export const byTimeLeft = (a: Deleted, b: Deleted): number => {
  const [one, other] = [goesAt(a), goesAt(b)];
  return one === other ? 0 : one - other;
};
