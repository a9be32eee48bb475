import type { Blocker } from '../../core/explain.ts';
import type { Item } from '../../core/item.ts';
import { MOST_SKEW_MS } from '../../core/sweep.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';

export interface Brake {
  readonly reason: 'ClockSkew' | 'Paused' | 'Belt';
  readonly token?: string;
  readonly detail: string;
}

/** The real clocks are compared: what a local run adds to its own does not count. */
export async function clockBrake({ storage, realNow }: Pick<Reads, 'storage' | 'realNow'>): Promise<Brake | undefined> {
  const { date } = await storage.ping();
  const skew = Math.abs(realNow().toMillis() - date.toMillis());
  if (skew <= MOST_SKEW_MS) return undefined;
  return { reason: 'ClockSkew', detail: `this machine and the storage service are ${Math.round(skew / 1000)} s apart` };
}

export type ControlState = Awaited<ReturnType<Reads['control']['read']>>;

export const pauseBrake = ({ pause }: ControlState, now: Instant): Brake | undefined =>
  pause && pause.until > now ? { reason: 'Paused', detail: pause.reason } : undefined;

/** A pause that comes while a sweep runs is seen within a second, and asked for no more often than that. */
export function pauseWatch(
  { control, realNow }: Pick<Reads, 'control' | 'realNow'>,
  now: Instant,
): () => Promise<Brake | undefined> {
  let asked = realNow();
  let paused: Promise<Brake | undefined> = Promise.resolve(undefined);
  return () => {
    if (realNow().diff(asked).as('seconds') >= 1) {
      asked = realNow();
      paused = control.read().then((state) => pauseBrake(state, now));
    }
    return paused;
  };
}

/** What keeps an item in the trash besides its own time: a brake on all purges, or a fault of its own. */
export async function brakesOn(
  { control }: Pick<Reads, 'control'>,
  item: Pick<Item, 'vault' | 'name' | 'state'>,
  now: Instant,
): Promise<readonly Blocker[]> {
  if (item.state !== 'SoftDeleted' && item.state !== 'Purging') return [];
  const [state, aside] = await Promise.all([control.read(), control.quarantined(item.vault, item.name)]);
  const pause = pauseBrake(state, now);
  const held = state.heartbeat?.held;
  return [
    ...(pause && state.pause
      ? [{ code: 'Paused', message: `Purging is paused: ${pause.detail}`, until: iso(state.pause.until) }]
      : []),
    ...(held === 'Belt' || held === 'ClockSkew' ? [{ code: held, message: HELD[held] }] : []),
    ...aside.map(({ why }) => ({
      code: 'Quarantined',
      message: `It could not be dealt with and is tried once a day: ${why}`,
    })),
  ];
}

const HELD = {
  Belt: 'The last sweep found more due at once than it may purge unasked, and held all of it.',
  ClockSkew: 'The last sweep found the clocks too far apart to decide by time.',
} as const;
