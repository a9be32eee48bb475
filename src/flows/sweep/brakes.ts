import { type Alert, alert } from '../../core/alerts.ts';
import type { Blocker } from '../../core/explain.ts';
import type { Item } from '../../core/item.ts';
import { type Outcome, ok, refuse } from '../../core/problems.ts';
import { MOST_SKEW_MS } from '../../core/sweep.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { Belt, Ports } from '../../ports.ts';
import { raise } from '../alerting.ts';

export interface Brake {
  readonly reason: 'ClockSkew' | 'Paused' | 'Belt';
  readonly token?: string;
  readonly detail: string;
}

/** The real clocks are compared: what a local run adds to its own does not count. */
export async function clockBrake({ storage, realNow }: Pick<Ports, 'storage' | 'realNow'>): Promise<Brake | undefined> {
  const { date } = await storage.ping();
  const skew = Math.abs(realNow().toMillis() - date.toMillis());
  if (skew <= MOST_SKEW_MS) return undefined;
  return { reason: 'ClockSkew', detail: `this machine and the storage service are ${Math.round(skew / 1000)} s apart` };
}

export type ControlState = Awaited<ReturnType<Ports['control']['read']>>;

export const pauseBrake = ({ pause }: ControlState, now: Instant): Brake | undefined =>
  pause && pause.until > now ? { reason: 'Paused', detail: pause.reason } : undefined;

/** A pause that comes while a sweep runs is seen within a second, and asked for no more often than that. */
export function pauseWatch(
  { control, realNow }: Pick<Ports, 'control' | 'realNow'>,
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

const NO_BELT: Belt = { holds: [], releasedUntil: null };
const REMEMBERED_HOLDS = 20;

/** What was let go in a future that the clock has taken back counts no more. */
export function releasedUntil({ belt }: ControlState, now: Instant): Instant | null {
  const until = belt?.value.releasedUntil ?? null;
  return until && until <= now ? until : null;
}

const ROUNDS = 5;

/** Lets go exactly what was due when the belt took hold under that token. */
export async function releaseBelt(
  { control }: Pick<Ports, 'control'>,
  token: string,
  now: Instant,
): Promise<Outcome<null>> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const state = await control.read();
    const { belt } = state;
    const hold = belt?.value.holds.find((one) => one.token === token && one.heldAt <= now);
    if (!belt || !hold)
      return refuse(
        'BeltTokenInvalid',
        'No held purge has this token. Run a sweep without a token: its answer says whether the belt holds, and with which.',
      );
    const released = releasedUntil(state, now);
    const until = released && released > hold.heldAt ? released : hold.heldAt;
    if (await control.putBelt({ ...belt.value, releasedUntil: until }, belt)) return ok(null);
  }
  return refuse('Busy', 'Others are changing the belt at this moment. Try again.', { retryAfterSeconds: 1 });
}

/** Too much at once is more likely a mistake than a wish: nothing goes until somebody has looked. */
export async function holdBelt(
  ports: Pick<Ports, 'control' | 'alerts' | 'agenda' | 'notices'>,
  due: ReadonlySet<string>,
  now: Instant,
): Promise<Brake> {
  const { control } = ports;
  const token = control.tokenOf(due);
  const brake: Brake = { reason: 'Belt', token, detail: `${due.size} items are due at once` };
  for (let round = 0; round < ROUNDS; round += 1) {
    const { belt } = await control.read();
    const { holds } = belt?.value ?? NO_BELT;
    if (holds.some((hold) => hold.token === token && hold.heldAt <= now)) return brake;
    await raise(ports, massPurgeHeld(token, due.size, now));
    const others = holds.filter((hold) => hold.token !== token);
    const kept = [...others, { token, heldAt: now, count: due.size }].slice(-REMEMBERED_HOLDS);
    if (await control.putBelt({ ...(belt?.value ?? NO_BELT), holds: kept }, belt)) return brake;
  }
  // Held all the same; the token of the next sweep is as good.
  return { reason: 'Belt', detail: brake.detail };
}

const massPurgeHeld = (token: string, count: number, now: Instant): Alert =>
  alert('MassPurgeHeld', { vault: null }, now, { count }, token);

/** What keeps an item in the trash besides its own time: a brake on all purges, or a fault of its own. */
export async function brakesOn(
  { control }: Pick<Ports, 'control'>,
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
