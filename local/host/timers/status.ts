import { text } from 'node:stream/consumers';
import type { ContainerClient } from '@azure/storage-blob';
import { hasStatus } from '../output.ts';
import { isRecord } from '../settings.ts';
import type { Schedule } from './schedule.ts';

/** What is remembered of a timer between runs of the host. `last` is undefined until it has fired. */
export interface TimerStatus {
  readonly last: Date | undefined;
  readonly next: Date | undefined;
  readonly lastUpdated: Date | undefined;
}

interface Checked {
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

/** Where the real host keeps it: `azure-webjobs-hosts/timers/<host id>/Host.Functions.<name>/status`. */
export const timerStatuses = (container: ContainerClient, hostId: string) => {
  const blob = (name: string) => container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${name}/status`);
  return {
    async read(name: string): Promise<TimerStatus | undefined> {
      // One request: what is asked for in two may be replaced in between, and comes back torn.
      const found = await blob(name).download().catch(unlessMissing);
      return found?.readableStreamBody && parseStatus(await text(found.readableStreamBody));
    },
    async write(name: string, status: TimerStatus): Promise<void> {
      const json = JSON.stringify(statusJson(status));
      await blob(name).upload(json, Buffer.byteLength(json), {
        blobHTTPHeaders: { blobContentType: 'application/json' },
      });
    },
  };
};

export type TimerStatuses = ReturnType<typeof timerStatuses>;

function unlessMissing(error: unknown): undefined {
  if (!hasStatus(error, 404)) throw error;
}

/** .NET's DateTime.MinValue stands for "never". */
const NEVER = '0001-01-01T00:00:00';

export const statusJson = ({ last, next, lastUpdated }: TimerStatus) => ({
  Last: dotNetDate(last),
  Next: dotNetDate(next),
  LastUpdated: dotNetDate(lastUpdated),
});

const dotNetDate = (date: Date | undefined): string => date?.toISOString().replace('Z', '+00:00') ?? NEVER;

/** A blob nobody can read is no memory: the timer starts afresh. */
export function parseStatus(text: string): TimerStatus | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return undefined;
    return { last: date(value['Last']), next: date(value['Next']), lastUpdated: date(value['LastUpdated']) };
  } catch {
    return undefined;
  }
}

function date(value: unknown): Date | undefined {
  const parsed = typeof value === 'string' && !value.startsWith('0001') ? Date.parse(value) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : new Date(parsed);
}
