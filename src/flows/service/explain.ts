import { type Blocker, type Explanation, explain } from '../../core/explain.ts';
import type { Item } from '../../core/item.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';
import { readItem } from '../items/read.ts';
import type { Place } from '../story/request.ts';
import { pauseBrake } from '../sweep/brakes.ts';

/** Why an item was or was not purged: its own state and dates, and the brakes on all purges. */
export async function explainItem(
  ports: Pick<Reads, 'vaults' | 'control' | 'nextSweep'>,
  now: Instant,
  place: Place,
): Promise<Outcome<Explanation>> {
  const found = await readItem(ports, now, place);
  if (!found.ok) return found;
  const { item, head } = found.value;
  return ok(explain(item, head, now, ports.nextSweep, await brakesOn(ports, item, now)));
}

/** What keeps an item in the trash besides its own time: a brake on all purges, or a fault of its own. */
async function brakesOn({ control }: Pick<Reads, 'control'>, item: Item, now: Instant): Promise<readonly Blocker[]> {
  if (item.state !== 'SoftDeleted' && item.state !== 'Purging') return [];
  const [state, aside] = await Promise.all([control.read(), control.aside(item.vault, item.name)]);
  const pause = pauseBrake(state, now);
  const held = state.heartbeat?.held;
  return [
    ...(pause && state.pause
      ? [{ code: 'Paused' as const, message: `Purging is paused: ${pause.detail}`, until: state.pause.until }]
      : []),
    ...(held === 'Belt' || held === 'ClockSkew' ? [{ code: held, message: HELD[held] } as const] : []),
    ...(aside
      ? [{ code: 'Quarantined' as const, message: `It could not be dealt with and is tried once a day: ${aside.why}` }]
      : []),
  ];
}

const HELD = {
  Belt: 'The last sweep found more due at once than it may purge unasked, and held all of it.',
  ClockSkew: 'The last sweep found the clocks too far apart to decide by time.',
} as const;
