/** Alerts that need no hint of their own: they ride on those that stand ahead of an item that comes out of the trash. */
import type { Alert, Ridden } from './alerts.ts';
import { type Hint, ITSELF, namedHint, nextReminder, type RestsOn, SERVICE, standingPurge } from './hints.ts';
import type { Remains } from './item.ts';
import type { ItemMove } from './moves.ts';
import type { Instant } from './time.ts';

/**
 * The hints that stand ahead of an item that comes out of the trash, or that did so a while ago. Its alerts ride on them, and name them: who
 * has told them strikes them.
 */
function leftAhead({ was, now }: ItemMove, vault: RestsOn, at: Instant): readonly Ridden[] {
  if (!isOut(now)) return [];
  if (was?.state === 'ProtectionStopped')
    return now.state === 'ProtectionStopped'
      ? []
      : namedHint(was)
          .filter(({ due }) => due > at)
          .map(ridden);
  if (was?.state !== 'SoftDeleted') return [];
  // One of before that had its time while a hold kept the item was struck off.
  const purge = standingPurge(was).filter(({ by, due }) => by !== undefined || due > at || was.holds.length === 0);
  return purge.length > 0 ? [...purge, ...nextReminder(was, vault, at)].map(ridden) : [];
}

/** An alert of an item that comes out of the trash rides on the hints that stand ahead of that. */
export function riding(one: Alert, moves: readonly ItemMove[], vault: RestsOn, at: Instant): Alert {
  const moved = moves.find(({ now }) => now.name === one.item);
  const rides = moved ? leftAhead(moved, vault, at) : [];
  return rides.length > 0 ? { ...one, rides } : one;
}

const ridden = ({ kind, due, by }: Hint): Ridden => ({
  kind: kind === 'purge' ? kind : 'warn',
  due,
  ...(by === undefined ? {} : { by }),
});

const isOut = ({ state }: Remains): boolean => state !== 'SoftDeleted' && state !== 'Purging' && state !== 'Purged';

/** The hints on which an alert rides. */
export const riddenBy = ({ vault, item, rides = [] }: Pick<Alert, 'vault' | 'item' | 'rides'>): readonly Hint[] =>
  rides.map((one) => ({ ...one, vault: vault ?? SERVICE, item: item ?? ITSELF }));
