import { inParts } from '../../change.ts';
import { type Alert, isTold, lastMail, nextTry } from '../../core/alerts.ts';
import { bundleHint, type Hint, subjectOf, tellHint, tidyHint } from '../../core/hints.ts';
import { dayOf } from '../../core/kept.ts';
import { faultOf, Unreadable } from '../../core/problems.ts';
import { isYoung } from '../../core/sweep.ts';
import { addMillis, DAY_MS, earliest, type Instant } from '../../core/time.ts';
import type { DueHint } from '../../ports/agenda.ts';
import type { Notice } from '../../ports/alerts.ts';
import { inParallel } from '../story/rounds.ts';
import { placeOf, type Run, setAside, strike } from './run.ts';
import type { Planned } from './tasks.ts';

/** So many are told before their hints are struck off: a death among them has few told twice. */
const TOLD_TOGETHER = 16;
/** If nothing comes of a notice, somebody looks again after this time. */
const AGAIN_MS = 10 * 60_000;

/** What there is to tell about the subject of a hint, and when to look again; nothing where somebody has heard it all. */
interface ToTell {
  readonly notices: readonly Notice[];
  /** How many of them were due; the others are only looked at again. */
  readonly due: number;
  readonly again: readonly Hint[];
}

interface Telling extends ToTell {
  readonly hints: readonly DueHint[];
}

/** Tells once more what nobody was told yet, as far as its time has come. It rests on no decision, so it comes before all others. */
export async function retellAll(run: Run, planned: readonly Planned[]): Promise<void> {
  const hints = planned.flatMap(({ hint, task }) => (task.task === 'retell' ? [hint] : []));
  const subjects = [...Map.groupBy(hints, aboutWhat).values()];
  for (const some of inParts(subjects, TOLD_TOGETHER)) {
    if (run.outOfTime()) return;
    const tellings = await inParallel(some, (ofSubject) => tellingOf(run, ofSubject));
    await strike(run, await tell(run, tellings.flat()));
  }
}

/** A bundle may be called as an item is. */
const aboutWhat = (hint: DueHint): string => `${hint.kind === 'together' ? 'bundle' : 'alerts'} ${placeOf(hint)}`;

/**
 * Put off, as what they are by now: nothing is purged any more by the hint to purge that led here, and whoever strikes it has the vault
 * tidied.
 */
function putOff(run: Run, hints: readonly DueHint[], error: unknown): Promise<readonly DueHint[]> {
  const rode = hints.filter(({ kind }) => kind === 'purge');
  run.after.push(...rode.map(({ vault }) => tidyHint(vault, dayOf(run.now))));
  const telling = hints.map((hint) => (rode.includes(hint) ? { ...hint, kind: 'tell' as const } : hint));
  return setAside(run, telling, faultOf(error));
}

/** Several hints about one subject are one look. None: it may still be on its way. */
async function tellingOf(run: Run, hints: readonly DueHint[]): Promise<readonly Telling[]> {
  const [first] = hints;
  if (!first) return [];
  try {
    const found = await (first.kind === 'together' ? bundleToTell(run, first) : alertsToTell(run, first, hints));
    if (found === 'leave') return [];
    run.tally.counts.retold += found.due;
    return [{ hints, ...found }];
  } catch (error) {
    return [{ hints: await putOff(run, hints, error), notices: [], due: 0, again: [] }];
  }
}

/** Long before this a notice has either been carried out or been left to the sweep. */
const TRIED_MS = DAY_MS;

/**
 * Its row says that it was told, but the notice that told it may have broken off: then its members do not know, or a letter that is none
 * lies among the dead.
 */
const isUnfinished = (alert: Alert, hints: readonly DueHint[]): boolean =>
  isTold(alert) && hints.some(({ due, tries }) => tries > 0 && lastMail(alert) > addMillis(due, -TRIED_MS));

async function alertsToTell({ flow, now }: Run, hint: DueHint, hints: readonly DueHint[]): Promise<ToTell | 'leave'> {
  const { vault, item } = subjectOf(hint);
  const { found, unreadable } = await flow.alerts.about(vault, item);
  const raised = found.map(({ value }) => value);
  const untold = raised.filter((one) => !isTold(one)).map((one) => ({ id: one.id, at: nextTry(one) }));
  const broken = raised.filter((one) => isUnfinished(one, hints));
  const due = untold.filter(({ at }) => at && at <= now);
  if (isYoung(hint, now) && (raised.length === 0 || due.length > 0)) return 'leave';
  const waiting = untold.flatMap(({ at }) => (at && at > now ? [at] : []));
  const next = earliest([...waiting, ...(due.length > 0 ? [after(now)] : [])]);
  // Somebody may have to be told of it, and only this hint leads there. It keeps none of the others.
  if (unreadable[0] !== undefined && next === undefined) throw new Unreadable(`unreadable alert ${unreadable[0]}`);
  // An undelete had no hint of its own for what it wrote, and rode on this one.
  const rode = hints.some(({ kind }) => kind === 'purge') ? [tidyHint(hint.vault, dayOf(now))] : [];
  const named = [...due, ...broken].map(({ id }) => id);
  return {
    notices: named.length > 0 ? [{ vault, alerts: named }] : [],
    due: due.length,
    again: [...(next ? [tellHint({ vault, item }, next)] : []), ...rode],
  };
}

/** Of those that wait to be told together, `tellBundle` looks whether it is time. */
async function bundleToTell({ flow, now }: Run, hint: Hint): Promise<ToTell | 'leave'> {
  const { vault, item: together } = hint;
  const waiting = await flow.alerts.waiting(vault, together);
  if (waiting.length > 0)
    return {
      notices: [{ vault: subjectOf(hint).vault, together }],
      due: 1,
      again: [bundleHint(vault, together, after(now))],
    };
  return isYoung(hint, now) ? 'leave' : { notices: [], due: 0, again: [] };
}

const after = (now: Instant): Instant => addMillis(now, AGAIN_MS);

/** Answers the hints that are dealt with. */
async function tell(run: Run, tellings: readonly Telling[]): Promise<readonly DueHint[]> {
  const hints = tellings.flatMap((telling) => telling.hints);
  const notices = tellings.flatMap((telling) => telling.notices).map((notice) => ({ notice }));
  try {
    const landed = await run.flow.land({ now: run.now, again: tellings.flatMap(({ again }) => again), notices });
    await run.send();
    await landed.told();
    return hints;
  } catch (error) {
    return putOff(run, hints, error);
  }
}
