import { timingSafeEqual } from 'node:crypto';
import { type BeltStatement, isInTime, NO_BELT, releasedUntil, statementIn } from '../../core/brakes.ts';
import { type Outcome, ok, refuse } from '../../core/problems.ts';
import { mayEndInPurge } from '../../core/sweep.ts';
import type { Instant } from '../../core/time.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { brakeAlerts, serviceProofs, unproved, weakenedBy, weakeningFacts } from '../authorize/weakening.ts';
import { onBelt } from '../story/nouns.ts';
import { unchanged } from '../story/plan.ts';
import { type Asked, unkept } from '../story/request.ts';
import type { SweepLimits } from '../sweep/begin.ts';
import { ripeAt } from '../sweep/belt.ts';
import { clocksOf } from '../sweep/clocks.ts';
import type { SweepPorts, SweepReport } from '../sweep/run.ts';
import { surveyOf } from '../sweep/survey.ts';
import { sweep } from '../sweep/sweep.ts';

interface SweepWish {
  readonly now: Instant;
  readonly dryRun?: boolean | undefined;
  readonly acknowledgeBelt?: string | undefined;
}

/** A sweep that somebody asks for over HTTP. With a token it first lets go what the belt held; a dry run lets nothing go. */
export async function askedSweep(
  flow: SweepPorts,
  limits: SweepLimits,
  by: Asked,
  { dryRun = false, acknowledgeBelt, ...wish }: SweepWish,
): Promise<Outcome<SweepReport>> {
  const token = dryRun ? undefined : acknowledgeBelt;
  const clocks = token === undefined ? undefined : await clocksOf(flow, wish.now);
  if (token !== undefined && clocks) {
    const { now } = clocks;
    const { oldest, tried } = await surveyOf(flow, { shards: flow.agenda.shards }, now, () => false);
    const due = [oldest, tried].filter((hint) => hint !== undefined);
    const ask = { token, stated: statedBy(token, flow), now, due };
    const released = await releaseBelt(flow, unkept(by), {}, ask);
    if (!released.ok) return released;
  }
  return ok(await sweep(flow, limits, { now: wish.now, clocks, dryRun, by: { ...by, released: token !== undefined } }));
}

interface ReleaseAsk {
  readonly token: string;
  /** What the token states, where this service has sealed it. */
  readonly stated: BeltStatement | undefined;
  /** The sweep's now, and what is due by then: the oldest, and one that failed before. */
  readonly now: Instant;
  readonly due: readonly DueHint[];
}

const equal = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

export const statedBy = (token: string, { seal }: Pick<SweepPorts, 'seal'>): BeltStatement | undefined =>
  statementIn(token, seal, equal);

/** Lets go exactly what was due when the token was given out. */
export const releaseBelt = onBelt<ReleaseAsk, null>()({
  operation: 'ReleaseBelt',
  also: serviceProofs,
  decide({ control, ...shown }, { token, stated, now, due }, request) {
    const belt = control.belt?.value ?? NO_BELT;
    // The version before gave out tokens that only its row explains.
    const dueBy = stated?.dueBy ?? belt.holds.find((one) => one.token === token)?.heldAt;
    if (!dueBy || !isInTime(dueBy, now))
      return invalid('No held purge of the last seven days has this token. Run a sweep without a token.');
    if (!due.some((hint) => mayEndInPurge(hint) && isWithin(hint, dueBy)))
      return invalid('What this token releases is purged, or is no longer due.');
    const released = releasedUntil(belt, now);
    if (released && released >= dueBy) return unchanged(null);
    const weakened = weakenedBy(request, 'released', released, dueBy).map((one) => ({
      ...one,
      facts: { count: stated?.count ?? null },
    }));
    const missing = unproved(weakened, shown);
    if (missing) return missing;
    return {
      control: { belt: { ...belt, releasedUntil: dueBy } },
      facts: weakeningFacts(weakened),
      alerts: brakeAlerts(request, weakened, shown.approval),
      answer: null,
    };
  },
});

const invalid = (message: string) => refuse('BeltTokenInvalid', message);

/** The hint of one that failed says when to try again, and not since when it is due: then it may be among them. */
const isWithin = (hint: DueHint, dueBy: Instant): boolean => hint.tries > 0 || ripeAt(hint, hint.due) <= dueBy;
