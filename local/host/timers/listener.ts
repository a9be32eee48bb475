import type { HostedFunction, Trigger } from '../app/functions.ts';
import type { Call, Invoke } from '../app/invoke.ts';
import { messageOf, type Print, stamp } from '../output.ts';
import type { Work } from '../work.ts';
import { afterRun, checkPastDue, statusJson, type TimerStatus, type TimerStatuses } from './status.ts';

interface Timing {
  readonly called: HostedFunction;
  readonly trigger: Extract<Trigger, { kind: 'timer' }>;
  readonly statuses: TimerStatuses;
  readonly invoke: Invoke;
  readonly work: Work;
  readonly print: Print;
}

export interface TimerListener {
  start(): void;
  stop(): void;
}

/** setTimeout overflows at 24.8 days; longer waits are walked in pieces. */
const LONGEST_WAIT = 24 * 24 * 3_600_000;
const RETRY_WAIT = 2_000;

type Occasion = 'scheduled' | 'past due';

/** A timer on the instance that holds the lease. The next wait begins when a run has ended: it never overlaps itself. */
export function timerListener(timing: Timing): TimerListener {
  const { called, work, print } = timing;
  let timer: NodeJS.Timeout | undefined;
  let generation = 0; // a stop, or the loss of the lease, makes everything begun before it obsolete

  const begin = async (mine: number): Promise<void> => {
    const { status, pastDue } = await remembered(timing);
    if (mine !== generation) return;
    if (pastDue) await fire(mine, status, 'past due');
    else plan(mine, status);
  };

  const fire = async (mine: number, status: TimerStatus, occasion: Occasion): Promise<void> => {
    const next = await runOnce(timing, status, occasion);
    plan(mine, next);
  };

  const plan = (mine: number, status: TimerStatus): void => {
    if (mine !== generation || !status.next) return;
    const wait = status.next.getTime() - Date.now();
    const run = (): void => {
      if (wait > LONGEST_WAIT) plan(mine, status);
      else void work.track(`${called.name} (timer)`, fire(mine, status, 'scheduled'));
    };
    timer = setTimeout(run, Math.min(Math.max(wait, 0), LONGEST_WAIT));
  };

  const start = (): void => {
    const mine = ++generation;
    const begun = begin(mine).catch((error: unknown) => {
      print(stamp(`Timer '${called.name}' cannot read its status: ${messageOf(error)}`));
      if (mine === generation) timer = setTimeout(start, RETRY_WAIT);
    });
    void work.track(`${called.name} (timer)`, begun);
  };

  return {
    start,
    stop() {
      generation += 1;
      clearTimeout(timer);
    },
  };
}

async function remembered({ called, trigger, statuses, print }: Timing) {
  const { schedule } = trigger;
  const now = new Date();
  if (schedule.severalAMinute)
    return { status: { last: undefined, next: schedule.next(now), lastUpdated: undefined }, pastDue: false };
  const checked = checkPastDue(schedule, await statuses.read(called.name), now);
  if (checked.changed) await statuses.write(called.name, checked.status);
  if (checked.pastDue) print(stamp(`Function '${called.name}' is past due on startup. Executing now.`));
  return checked;
}

async function runOnce(timing: Timing, status: TimerStatus, occasion: Occasion): Promise<TimerStatus> {
  const { called, trigger, statuses, invoke, print } = timing;
  const startedAt = new Date();
  const known = trigger.schedule.severalAMinute ? undefined : status;
  const reason = `Timer fired at ${startedAt.toISOString().replace('Z', '+00:00')}`;
  await invoke(called, timerCall(known, occasion === 'past due', reason)); // a failed run is logged, and was a run
  const next = afterRun(trigger.schedule, status, startedAt, occasion === 'scheduled');
  if (!trigger.schedule.severalAMinute)
    await statuses.write(called.name, next).catch((error: unknown) => {
      print(stamp(`Function '${called.name}' failed to update the timer trigger status: ${messageOf(error)}`));
    });
  return next;
}

/** A timer's input, in the shape the real host sends; without a monitor there is no status to tell. */
export const timerCall = (status: TimerStatus | undefined, isPastDue: boolean, reason: string): Call => ({
  reason,
  input: {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: status ? statusJson(status) : null,
      IsPastDue: isPastDue,
    }),
  },
});
