import { LONGEST_PAUSE_DAYS, livePause, type Pause } from '../../core/brakes.ts';
import { invalid, type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import { addDays, type Instant, iso } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';
import { brakeAlerts, serviceProofs, unproved, weakenedBy, weakeningFacts } from '../authorize/weakening.ts';
import { onPause } from '../story/nouns.ts';
import { unchanged } from '../story/plan.ts';

export type PauseAsk = Pick<Pause, 'reason' | 'until'>;

/** By the clock of now: a pause may have ended since the request began. */
export async function readPause({ control, clock }: Pick<Reads, 'control' | 'clock'>): Promise<Outcome<Pause>> {
  const pause = livePause((await control.read()).pause?.value, clock.now());
  return pause ? ok(pause) : notPaused();
}

const notPaused = (): Refused => refuse('PauseNotFound', 'Purging is not paused.');

/** Sets the pause, or changes it. Who made it stays who made it. */
export const putPause = onPause<PauseAsk, Pause>()({
  operation: 'PutPause',
  also: serviceProofs,
  wrong: ({ until }, { now }) =>
    isSoon(until, now) ? undefined : invalid('$.until', 'A pause ends within seven days, and in the future.'),
  decide({ pause: before, ...shown }, ask, request) {
    if (before && before.reason === ask.reason && +before.until === +ask.until) return unchanged(before);
    const { caller, now, id: etag } = request;
    const made = before ?? { by: caller.oid, tid: caller.tid, at: now };
    const pause: Pause = { ...made, ...ask, etag };
    const weakened = weakenedBy(request, 'pause', before, pause);
    const missing = unproved(weakened, shown);
    if (missing) return missing;
    return {
      control: { pause },
      facts: {
        before: before && iso(before.until),
        after: iso(ask.until),
        ...weakeningFacts(weakened),
        reason: ask.reason,
      },
      alerts: brakeAlerts(request, weakened, shown.approval),
      answer: pause,
    };
  },
});

/** Ends the pause. Only who made it can do so without a second factor. */
export const endPause = onPause<undefined, null>()({
  operation: 'EndPause',
  also: serviceProofs,
  decide({ pause: before, ...shown }, _, request) {
    if (!before) return notPaused();
    const weakened = weakenedBy(request, 'pause', before, null);
    const missing = unproved(weakened, shown);
    if (missing) return missing;
    return {
      control: { pause: null },
      facts: weakeningFacts(weakened),
      alerts: brakeAlerts(request, weakened, shown.approval),
      answer: null,
    };
  },
});

const isSoon = (until: Instant, now: Instant): boolean => until > now && until <= addDays(now, LONGEST_PAUSE_DAYS);
