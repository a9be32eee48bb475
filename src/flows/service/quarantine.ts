import type { ControlState } from '../../change.ts';
import { NO_BELT, withPurges } from '../../core/brakes.ts';
import { SERVICE } from '../../core/hints.ts';
import { type Outcome, ok, refuse } from '../../core/problems.ts';
import { addMillis, HOUR_MS, type Instant } from '../../core/time.ts';
import type { DueHint } from '../../ports/agenda.ts';
import type { Quarantined, Reads } from '../../ports.ts';
import type { FlowPorts } from '../story/land.ts';
import { entry, type Place, type Request } from '../story/request.ts';
import { untilDone } from '../story/rounds.ts';
import { begin, newTally, type SweepLimits } from '../sweep/begin.ts';
import { releasedBy, standingBelt } from '../sweep/belt.ts';
import { brakesOn, mayPurgeUnder } from '../sweep/brakes.ts';
import { carryOut } from '../sweep/carryOut.ts';
import { clocksOf } from '../sweep/clocks.ts';
import { look } from '../sweep/look.ts';
import type { Brake } from '../sweep/run.ts';
import { surveyOfOne } from '../sweep/survey.ts';
import type { Look } from '../sweep/tasks.ts';

const MOST_LISTED = 1000;

/** What could not be dealt with. Nothing is ever removed because it is stuck. */
export const readQuarantine = async ({ control }: Pick<Reads, 'control'>): Promise<Outcome<readonly Quarantined[]>> =>
  ok(await control.quarantined(MOST_LISTED));

export interface Retried {
  readonly outcome: 'Dealt' | 'StillFailing' | 'Held';
  readonly why?: string;
}

/** Tries now what the sweep would try within a day, under every brake. */
export async function retryQuarantined(
  flow: FlowPorts,
  limits: SweepLimits,
  request: Request<Retried>,
  place: Place,
): Promise<Outcome<Retried>> {
  const aside = await flow.control.aside(place.vault, place.item);
  if (!aside) return refuse('QuarantineNotFound', `${place.item} of ${place.vault} is not in quarantine.`);
  const { now, skew } = await clocksOf(flow, request.now);
  const hint = await hintNow(flow, aside, now);
  const control = await flow.control.read();
  const run = begin(flow, limits, now, newTally(1, skew));
  const lets = releasedBy(control.belt?.value ?? NO_BELT, now);
  const survey = surveyOfOne(hint, lets);
  const countTrue = async () => ({ due: survey.suspects, gone: 0, isCut: false });
  const found = await brakesOn({ flow, now, survey, countTrue }, limits, control, skew);
  const brake = found.brake ?? standingBelt(control, aside.vault, now);
  const braked = { ...run, mayPurge: mayPurgeUnder(brake) };
  const looked = await look(braked, aside.vault, [hint]);
  await carryOut(braked, [looked]);
  const left = await flow.control.aside(aside.vault, aside.item);
  const { counts } = run.tally;
  const retried = outcomeOf(left, run.seen.failed.size > 0, brake, untoldIn(looked));
  await note(flow, request, aside, retried, { now, control, purged: counts.purged + counts.ordered });
  return ok(retried);
}

/** Long enough ago for its change to have landed. */
const AGO_MS = HOUR_MS;

/** Its hint falls due now: whatever becomes of this try, the next sweep finds it. */
async function hintNow(flow: FlowPorts, aside: Quarantined, now: Instant): Promise<DueHint> {
  const { vault, item, kind, by, tries, nextTryAt } = aside;
  const before = { vault, item, kind, tries, due: nextTryAt, ...(by === undefined ? {} : { by }) };
  const hint = { ...before, due: addMillis(now, -AGO_MS) };
  await flow.land({ now, again: [hint] });
  await flow.agenda.strike([before]);
  return hint;
}

/** What was dealt with is no longer set aside. */
function outcomeOf(
  left: Quarantined | undefined,
  failed: boolean,
  brake: Brake | undefined,
  untold: string | undefined,
): Retried {
  if (!left) return { outcome: 'Dealt' };
  if (failed) return { outcome: 'StillFailing', why: left.why };
  return { outcome: 'Held', why: brake ? `${brake.reason}: ${brake.detail}` : (untold ?? 'Its turn has not come.') };
}

/** Its people do not know yet, or have not had their time. */
const untoldIn = ({ planned }: Look): string | undefined =>
  planned.flatMap(({ task }) => (task.task === 'untold' ? [task.blocker] : []))[0];

interface Noted {
  readonly now: Instant;
  readonly control: ControlState;
  readonly purged: number;
}

/**
 * Who asked, and what came of it; what was purged counts among the purges of the day, in the same transaction. It comes after the deed, which
 * lies in the vault's partition and not in the service's: where it cannot be written, the caller gets an error, and the item's own history
 * tells of the purge.
 */
async function note(
  flow: FlowPorts,
  request: Request<Retried>,
  { vault, item }: Quarantined,
  retried: Retried,
  { now, control, purged }: Noted,
): Promise<void> {
  const facts = { vault, item, outcome: retried.outcome, ...(retried.why ? { why: retried.why } : {}) };
  const entries = [entry(request, null, { operation: 'RetryQuarantined', facts })];
  let known: ControlState | undefined = control;
  await untilDone('the history', async () => {
    const was = known ?? (await flow.control.read());
    known = undefined;
    const counted = { was, purges: withPurges(was.purges?.value ?? [], purged, now) };
    const write = { vault: SERVICE, id: flow.newId(), entries, ...(purged > 0 ? { control: counted } : {}) };
    // The answer is kept in the vault's partition, not with the service's entry.
    const { done, written } = await flow.land({ now, write });
    if (written?.evidence) request.left?.(written.evidence);
    return done || undefined;
  });
}
