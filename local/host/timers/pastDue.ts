import type { Schedule } from './schedule.ts';

/** What is remembered of a timer between runs of the host. `last` is undefined until it has fired. */
export interface TimerStatus {
  readonly last: Date | undefined;
  readonly next: Date | undefined;
  readonly lastUpdated: Date | undefined;
}

export interface Checked {
  readonly status: TimerStatus;
  /** The status is new or was corrected, and has to be written before anything fires. */
  readonly changed: boolean;
  readonly pastDue: boolean;
}

/**
 * Whether an occurrence was missed while no host ran; the rules of the WebJobs ScheduleMonitor. A timer never seen
 * before is not past due, and neither is one whose schedule has changed: its remembered `next` meant something else.
 */
export function checkPastDue(schedule: Schedule, known: TimerStatus | undefined, now: Date): Checked {
  if (!known) {
    const status = { last: undefined, next: schedule.next(now), lastUpdated: now };
    return { status, changed: true, pastDue: false };
  }
  const basis = known.last ?? known.lastUpdated ?? now;
  const expected = schedule.next(basis);
  if (sameInstant(known.next, expected)) return { status: known, changed: false, pastDue: isBefore(known.next, now) };
  const missed = isBefore(expected, now);
  const status = {
    last: undefined,
    next: missed ? schedule.next(now) : expected,
    lastUpdated: missed ? now : basis,
  };
  return { status, changed: true, pastDue: false };
}

/**
 * After a run. A timer that went off a moment before its time counts as on time, or its `next` would be the same
 * occurrence once more.
 */
export function afterRun(schedule: Schedule, status: TimerStatus, startedAt: Date, scheduled: boolean): TimerStatus {
  const early = scheduled && status.next !== undefined && status.next > startedAt;
  const at = early && status.next ? status.next : startedAt;
  return { last: at, next: schedule.next(at), lastUpdated: at };
}

const isBefore = (instant: Date | undefined, now: Date): boolean => instant !== undefined && instant < now;

const sameInstant = (a: Date | undefined, b: Date | undefined): boolean => a?.getTime() === b?.getTime();
