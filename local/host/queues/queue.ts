import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { hasStatus } from '../output.ts';
import type { Connection } from '../settings.ts';

/** The polling loop retries by itself, so the SDK's long patience would only delay the log line. */
const PATIENCE = { retryOptions: { maxTries: 2, retryDelayInMs: 200 } };

export const queueOf = ({ text }: Connection, name: string): QueueClient =>
  QueueServiceClient.fromConnectionString(text, PATIENCE).getQueueClient(name);

export function unlessMissing(error: unknown): void {
  if (!hasStatus(error, 404)) throw error;
}
