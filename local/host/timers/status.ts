import { text } from 'node:stream/consumers';
import type { ContainerClient } from '@azure/storage-blob';
import { isRecord } from '../settings.ts';
import type { TimerStatus } from './pastDue.ts';

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
