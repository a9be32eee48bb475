import { LONGEST_PAUSE_DAYS, livePause, type Pause } from '../../core/brakes.ts';
import { samePerson } from '../../core/guards.ts';
import { invalid, type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import { addDays, type Instant, iso } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';
import { personsFactor } from '../authorize/personsFactor.ts';
import { onPause } from '../story/nouns.ts';
import { need, unchanged } from '../story/plan.ts';
import { brakeReleased } from '../story/raise.ts';
import type { Deciding } from '../story/run.ts';

export type PauseAsk = Pick<Pause, 'reason' | 'until'>;

/** By the clock of now: a pause may have ended since the request began. */
export async function readPause({ control, clock }: Pick<Reads, 'control' | 'clock'>): Promise<Outcome<Pause>> {
  const pause = livePause((await control.read()).pause?.value, clock.now());
  return pause ? ok(pause) : notPaused();
}

const notPaused = (): Refused => refuse('PauseNotFound', 'Purging is not paused.');

const also = { factor: personsFactor };

/** Sets the pause, or changes it. Who made it stays who made it. */
export const putPause = onPause<PauseAsk, Pause>()({
  operation: 'PutPause',
  also,
  wrong: ({ until }, { now }) =>
    isSoon(until, now) ? undefined : invalid('$.until', 'A pause ends within seven days, and in the future.'),
  decide({ pause: before, factor }, ask, request) {
    if (before && before.reason === ask.reason && +before.until === +ask.until) return unchanged(before);
    const { caller, now, id: etag } = request;
    const made = before ?? { by: caller.oid, tid: caller.tid, at: now };
    const pause: Pause = { ...made, ...ask, etag };
    const isEarlier = before !== null && ask.until < before.until;
    if (isEarlier && isOfAnother(before, request) && !factor) return need('factor');
    return {
      control: { pause },
      facts: { before: before && iso(before.until), after: iso(ask.until), reason: ask.reason },
      alerts: isEarlier ? [released(request, before, ask.until)] : [],
      answer: pause,
    };
  },
});

/** Ends the pause. Only who made it can do so without a second factor. */
export const endPause = onPause<undefined, null>()({
  operation: 'EndPause',
  also,
  decide({ pause: before, factor }, _, request) {
    if (!before) return notPaused();
    if (isOfAnother(before, request) && !factor) return need('factor');
    return {
      control: { pause: null },
      facts: { before: iso(before.until), after: null, reason: before.reason },
      alerts: [released(request, before, null)],
      answer: null,
    };
  },
});

const isOfAnother = ({ tid, by }: Pause, { caller }: Deciding): boolean => !samePerson({ tid, oid: by }, caller);

const released = (request: Deciding, before: Pause, until: Instant | null) =>
  brakeReleased(request, {
    control: 'pause',
    before: iso(before.until),
    after: until && iso(until),
    reason: before.reason,
  });

const isSoon = (until: Instant, now: Instant): boolean => until > now && until <= addDays(now, LONGEST_PAUSE_DAYS);
