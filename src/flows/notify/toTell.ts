import { isTold, nextTry } from '../../core/alerts.ts';
import { type Hint, subjectOf, tellHint, togetherHint } from '../../core/hints.ts';
import { isYoung } from '../../core/sweep.ts';
import { earliest, type Instant, instantOf } from '../../core/time.ts';
import type { Notice, Reads } from '../../ports.ts';

/** What there is to tell about the subject of a hint. */
export interface ToTell {
  readonly notices: readonly Notice[];
  /** When somebody has to look again. */
  readonly again: readonly Hint[];
  /** How many alerts, or bundles, are set off once more. */
  readonly count: number;
}

type AlertsPort = Pick<Reads, 'alerts'>;

/** If nothing comes of a notice, somebody looks again after this time. */
const AGAIN_MS = 10 * 60_000;

/** A hint fell due: what was not told to everyone yet, and has come to its time, is told once more. `leave`: it may still be on its way. */
export const toTell = (reads: AlertsPort, hint: Hint, now: Instant): Promise<ToTell | 'leave'> =>
  hint.kind === 'together' ? bundleToTell(reads, hint, now) : alertsToTell(reads, hint, now);

async function alertsToTell({ alerts }: AlertsPort, hint: Hint, now: Instant): Promise<ToTell | 'leave'> {
  const { vault, item } = subjectOf(hint);
  const raised = (await alerts.about(vault, item)).map(({ value }) => value);
  const untold = raised.filter((one) => !isTold(one)).map((one) => ({ id: one.id, at: nextTry(one) }));
  if (isYoung(hint, now) && (raised.length === 0 || untold.some(({ at }) => at && at <= now))) return 'leave';
  const due = untold.filter(({ at }) => at && at <= now);
  const waiting = untold.flatMap(({ at }) => (at && at > now ? [at] : []));
  const next = earliest([...waiting, ...(due.length > 0 ? [after(now)] : [])]);
  return {
    notices: due.length > 0 ? [{ vault, alerts: due.map(({ id }) => id) }] : [],
    again: next ? [tellHint({ vault, item }, next)] : [],
    count: due.length,
  };
}

/** Those that wait to be told together: `tellTogether` looks whether it is time. */
async function bundleToTell({ alerts }: AlertsPort, hint: Hint, now: Instant): Promise<ToTell | 'leave'> {
  const { vault, item: together } = hint;
  const waiting = await alerts.waiting(vault, together);
  if (!waiting.some(({ single }) => !single)) return isYoung(hint, now) ? 'leave' : NOTHING;
  return { notices: [{ vault, together }], again: [togetherHint(vault, together, after(now))], count: 1 };
}

const NOTHING: ToTell = { notices: [], again: [], count: 0 };
const after = (now: Instant): Instant => instantOf(now.toMillis() + AGAIN_MS);
