import { alert } from '../../core/alerts.ts';
import { type Outcome, ok, refuse } from '../../core/problems.ts';
import { MOST_SKEW_MS, mayEndInPurge } from '../../core/sweep.ts';
import { type Instant, later } from '../../core/time.ts';
import type { Belt, DueHint, Reads } from '../../ports.ts';
import { landAlerts } from '../story/land.ts';
import { inParallel, rounds } from '../story/rounds.ts';
import { type Brake, type MayPurge, placeOf, type Run, type SweepPorts } from './run.ts';
import { type Group, isPurge, look } from './tasks.ts';

export type ControlState = Awaited<ReturnType<Reads['control']['read']>>;

/** The real clocks are compared: what a local run adds to its own does not count. */
export async function clockBrake({ storage, realNow }: Pick<Reads, 'storage' | 'realNow'>): Promise<Brake | undefined> {
  const { date } = await storage.ping();
  const skew = Math.abs(realNow().toMillis() - date.toMillis());
  if (skew <= MOST_SKEW_MS) return undefined;
  return { reason: 'ClockSkew', detail: `this machine and the storage service are ${Math.round(skew / 1000)} s apart` };
}

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

const NO_BELT: Belt = { holds: [], releasedUntil: null };
const REMEMBERED_HOLDS = 20;

/** What was let go in a future that the clock has taken back counts no more. */
function releasedUntil({ belt }: ControlState, now: Instant): Instant | null {
  const until = belt?.value.releasedUntil ?? null;
  return until && until <= now ? until : null;
}

/** Lets go exactly what was due when the belt took hold under that token. */
export const releaseBelt = (
  { control }: Pick<SweepPorts, 'control'>,
  token: string,
  now: Instant,
): Promise<Outcome<null>> =>
  rounds<null>(async () => {
    const state = await control.read();
    const { belt } = state;
    const hold = belt?.value.holds.find((one) => one.token === token && one.heldAt <= now);
    if (!belt || !hold)
      return refuse(
        'BeltTokenInvalid',
        'No held purge has this token. Run a sweep without a token: its answer says whether the belt holds, and with which.',
      );
    const released = releasedUntil(state, now);
    const until = released ? later(released, hold.heldAt) : hold.heldAt;
    return (await control.putBelt({ ...belt.value, releasedUntil: until }, belt)) ? ok(null) : 'again';
  });

/** Too much at once is more likely a mistake than a wish: nothing goes until somebody has looked. */
export async function holdBelt(
  flow: Pick<SweepPorts, 'control' | 'land' | 'newId'>,
  due: ReadonlySet<string>,
  now: Instant,
): Promise<{ readonly token?: string }> {
  const { control } = flow;
  const count = due.size;
  const token = control.tokenOf(due);
  const held = await rounds(async () => {
    const { belt } = await control.read();
    const { holds, releasedUntil } = belt?.value ?? NO_BELT;
    if (holds.some((hold) => hold.token === token && hold.heldAt <= now)) return ok({ token });
    await landAlerts(flow, now, [
      { was: undefined, now: alert('MassPurgeHeld', { vault: null }, now, { count }, token) },
    ]);
    const others = holds.filter((hold) => hold.token !== token);
    const kept = [...others, { token, heldAt: now, count }].slice(-REMEMBERED_HOLDS);
    return (await control.putBelt({ releasedUntil, holds: kept }, belt)) ? ok({ token }) : 'again';
  });
  // Held all the same; the token of the next sweep is as good.
  return held.ok ? held.value : {};
}

/** Hints are counted first, because they are there; only when they are too many is the truth behind them. undefined: it lets go. */
export async function beltBrake(
  run: Pick<Run, 'flow' | 'now'>,
  maxPurges: number,
  groups: readonly Group[],
  control: ControlState,
  dryRun: boolean,
): Promise<Brake | undefined> {
  const released = releasedUntil(control, run.now);
  const isReleased = (hint: DueHint, due: Instant) => released !== null && ripeAt(hint, due) <= released;
  const suspects = groups.flatMap(([, hints]) =>
    hints.filter((hint) => mayEndInPurge(hint, run.now) && !isReleased(hint, hint.due)),
  );
  if (new Set(suspects.map(placeOf)).size <= maxPurges) return undefined;
  const due = new Set<string>();
  await inParallel(groups, async ([vault, hints]) => {
    for (const { hint, task } of (await look(run, vault, hints)).planned.filter(isPurge))
      if (!isReleased(hint, task.due)) due.add(`${placeOf(hint)}/${task.item.generation}`);
  });
  if (due.size <= maxPurges) return undefined;
  const held = dryRun ? {} : await holdBelt(run.flow, due, run.now);
  return { reason: 'Belt', detail: `${due.size} items are due at once`, isReleased, ...held };
}

/**
 * When an item became due: with its purge date, or with its hint where a hold kept it longer. The hint of one that failed says only when to
 * try again: what was let go stays let go.
 */
const ripeAt = (hint: DueHint, due: Instant): Instant => (hint.tries > 0 ? due : later(due, hint.due));

/** No brake, no question. The belt lets go what was released, and what is begun is finished. */
export const mayPurgeUnder =
  (brake: Brake | undefined): MayPurge =>
  (hint, due) =>
    !brake || (brake.isReleased !== undefined && (due === 'begun' || brake.isReleased(hint, due)));
