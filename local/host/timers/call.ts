import type { Call } from '../app/invoke.ts';
import type { TimerStatus } from './pastDue.ts';
import { statusJson } from './status.ts';

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
