/** Whether an item whose time is over may be purged: its mark says so, or else its alerts do. */
import type { HeldHead } from '../../change.ts';
import { reminders } from '../../core/lifecycle.ts';
import type { Instant } from '../../core/time.ts';
import { isOfNow, knownByMark, knownFrom, type Mark, tellsOf, tellsOfLast, verdictOn } from '../../core/told.ts';
import { NOTHING_RAISED } from '../../ports/alerts.ts';
import type { Reads } from '../../ports.ts';
import type { TaskOf } from './plans.ts';

export type Judged = TaskOf<'purge' | 'warn' | 'untold'>;

/** A mark costs nothing; without one the alerts are read, which is one request. */
export async function whetherTold(
  { alerts, purgeTerms }: Pick<Reads, 'alerts' | 'purgeTerms'>,
  { item, due }: TaskOf<'due'>,
  { vault }: HeldHead,
  now: Instant,
  found: Mark | undefined,
): Promise<Judged> {
  const mark = found && isOfNow(found, item, due) ? found : undefined;
  const last = reminders(item, vault).at(-1) ?? 0;
  const counts = mark && tellsOfLast(mark, last);
  const about = counts ? NOTHING_RAISED : await alerts.about(item.vault, item.name);
  const telling = about.found.filter(({ value }) => tellsOf(value, item, due));
  const raised = telling.map(({ value }) => value);
  const known = counts ? knownByMark(mark) : knownFrom(raised, item, due, last, about.unreadable);
  const verdict = verdictOn(item, due, known, purgeTerms, now);
  if (verdict.may === 'remind') return { task: 'warn', item, due, days: 0 };
  if (verdict.may === 'wait') return { task: 'untold', due, blocker: verdict.blocker };
  const untold = verdict.may === 'goUntold' ? ({ untold: true } as const) : {};
  return { task: 'purge', item, due, told: { alerts: telling, ...(mark ? { mark } : {}), ...untold } };
}
