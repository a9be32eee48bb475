import type { ControlState } from '../../change.ts';
import { livePause } from '../../core/brakes.ts';
import type { Instant } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';
import { type Belted, type BeltLimits, belted, type Look } from './belt.ts';
import type { Brake, MayPurge } from './run.ts';

export const pauseBrake = ({ pause }: ControlState, now: Instant): Brake | undefined => {
  const live = livePause(pause?.value, now);
  return live ? { reason: 'Paused', detail: live.reason } : undefined;
};

/** A pause that comes while a sweep runs is seen within a second, and asked for no more often than that. */
export function pauseWatch(
  { control, realNow }: Pick<Reads, 'control' | 'realNow'>,
  now: Instant,
): () => Promise<Brake | undefined> {
  let asked = realNow();
  let paused: Promise<Brake | undefined> = Promise.resolve(undefined);
  return () => {
    const looked = realNow();
    if (+looked - +asked >= 1000) {
      asked = looked;
      paused = control.read().then((state) => pauseBrake(state, now));
    }
    return paused;
  };
}

const answers = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    () => false,
  );

/** Nothing is purged while nobody could be told of it. */
async function dependencyBrake({ reach }: Pick<Reads, 'reach'>): Promise<Brake | undefined> {
  const [queue, mail] = await Promise.all([answers(reach.queue()), answers(reach.mail())]);
  if (queue && mail) return undefined;
  return { reason: 'Dependency', detail: queue ? 'mail' : 'queue' };
}

/** What holds purges back: the first that applies. */
export interface Braked {
  readonly brake: Brake | undefined;
  /** What the belt saw, where it was looked at. */
  readonly belt?: Belted;
}

/** The brakes in their order. The later ones ask others, and so are asked only where something might be purged. */
export async function brakesOn(
  look: Look,
  limits: BeltLimits | 'noBelt',
  control: ControlState,
  skew: Brake | undefined,
): Promise<Braked> {
  const first = skew ?? pauseBrake(control, look.now);
  if (first) return { brake: first };
  const [dependency] = look.survey.oldest ? await Promise.all([dependencyBrake(look.flow), look.readAhead?.()]) : [];
  if (dependency || limits === 'noBelt') return { brake: dependency };
  const belt = await belted(look, limits, control);
  return { brake: belt.brake, belt };
}

/** No brake, no question. The belt lets go what was released, and what is begun is finished whatever holds. */
export const mayPurgeUnder =
  (brake: Brake | undefined): MayPurge =>
  (hint, due) =>
    due === 'begun' || !brake || brake.lets?.(hint, due) === true;
