import { alert } from '../../core/alerts.ts';
import type { Blocker } from '../../core/explain.ts';
import type { Item } from '../../core/item.ts';
import { type Outcome, ok, refuse } from '../../core/problems.ts';
import { MOST_SKEW_MS, mayEndInPurge } from '../../core/sweep.ts';
import { type Instant, iso, later } from '../../core/time.ts';
import type { Belt, DueHint, Reads } from '../../ports.ts';
import { inParallel, rounds } from '../story/rounds.ts';
import type { Chunk } from './chunks.ts';
import { look, purgesIn } from './look.ts';
import { type Brake, placeOf } from './report.ts';
import { type MayPurge, type Run, raise, type SweepPorts } from './run.ts';

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
    const until = released && released > hold.heldAt ? released : hold.heldAt;
    return (await control.putBelt({ ...belt.value, releasedUntil: until }, belt)) ? ok(null) : 'again';
  });

/** Too much at once is more likely a mistake than a wish: nothing goes until somebody has looked. */
export async function holdBelt(
  flow: Pick<SweepPorts, 'control' | 'land' | 'newId'>,
  due: ReadonlySet<string>,
  now: Instant,
): Promise<Brake> {
  const { control } = flow;
  const count = due.size;
  const token = control.tokenOf(due);
  const brake: Brake = { reason: 'Belt', detail: `${count} items are due at once` };
  const held = await rounds<Brake>(async () => {
    const { belt } = await control.read();
    const { holds } = belt?.value ?? NO_BELT;
    if (holds.some((hold) => hold.token === token && hold.heldAt <= now)) return ok({ ...brake, token });
    await raise(flow, { was: undefined, now: alert('MassPurgeHeld', { vault: null }, now, { count }, token) }, now);
    const others = holds.filter((hold) => hold.token !== token);
    const kept = [...others, { token, heldAt: now, count }].slice(-REMEMBERED_HOLDS);
    const done = await control.putBelt({ ...(belt?.value ?? NO_BELT), holds: kept }, belt);
    return done ? ok({ ...brake, token }) : 'again';
  });
  // Held all the same; the token of the next sweep is as good.
  return held.ok ? held.value : brake;
}

export interface BeltState {
  readonly releasedUntil: Instant;
  readonly brake: Brake;
}

/** Hints are counted first, because they are there; only when they are too many is the truth behind them. undefined: it lets go. */
export async function beltOver(
  run: Run,
  maxPurges: number,
  chunks: readonly Chunk[],
  control: ControlState,
  dryRun: boolean,
): Promise<BeltState | undefined> {
  const released = releasedUntil(control, run.now);
  const unreleased = (hint: DueHint, due = hint.due) => released === null || ripeAt(hint, due) > released;
  const suspects = chunks
    .flat()
    .flatMap(([, hints]) => hints.filter((hint) => mayEndInPurge(hint, run.now) && unreleased(hint)));
  if (new Set(suspects.map(placeOf)).size <= maxPurges) return undefined;
  const due = new Set<string>();
  await inParallel(chunks.flat(), async ([vault, hints]) => {
    for (const { hint, task } of purgesIn((await look(run, vault, hints)).planned))
      if (unreleased(hint, task.due)) due.add(`${placeOf(hint)}/${task.item.generation}`);
  });
  if (due.size <= maxPurges) return undefined;
  const brake: Brake = dryRun
    ? { reason: 'Belt', detail: `${due.size} items are due at once` }
    : await holdBelt(run.flow, due, run.now);
  return { releasedUntil: released ?? run.now.minus({ years: 1000 }), brake };
}

/**
 * When an item became due: with its purge date, or with its hint where a hold kept it longer. The hint of one that failed says only when to
 * try again: what was let go stays let go.
 */
const ripeAt = (hint: DueHint, due: Instant): Instant => (hint.tries > 0 ? due : later(due, hint.due));

/** No brake, no question. The belt lets go what was released, and what is begun is finished. */
export const mayPurgeUnder =
  (brake: Brake | undefined, belt: BeltState | undefined): MayPurge =>
  (hint, due) =>
    !brake ||
    (brake.reason === 'Belt' && belt !== undefined && (due === 'begun' || ripeAt(hint, due) <= belt.releasedUntil));
