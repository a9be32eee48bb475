import type { ContainerClient } from '@azure/storage-blob';
import { isRecord } from '../settings.ts';
import type { TimerStatus } from './pastDue.ts';

/** Where the real host keeps it: `azure-webjobs-hosts/timers/<host id>/Host.Functions.<name>/status`. */
export const timerStatuses = (container: ContainerClient, hostId: string) => {
  const blob = (name: string) => container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${name}/status`);
  return {
    async read(name: string): Promise<TimerStatus | undefined> {
      const text = await blob(name)
        .downloadToBuffer()
        .then((bytes) => bytes.toString('utf8'), unlessMissing);
      return text === undefined ? undefined : parseStatus(text);
    },
    async write(name: string, status: TimerStatus): Promise<void> {
      const text = JSON.stringify(statusJson(status));
      await blob(name).upload(text, Buffer.byteLength(text), {
        blobHTTPHeaders: { blobContentType: 'application/json' },
      });
    },
  };
};

export type TimerStatuses = ReturnType<typeof timerStatuses>;

const unlessMissing = (error: unknown): undefined => {
  if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return undefined;
  throw error;
};

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
