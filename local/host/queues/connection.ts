import { QueueServiceClient } from '@azure/storage-queue';
import type { Environment } from '../settings.ts';

export interface Connection {
  readonly setting: string;
  readonly text: string;
}

/** As WebJobs looks it up: `AzureWebJobs<name>` first, then the name itself; no name means AzureWebJobsStorage. */
export function connectionOf(named: unknown, env: Environment): Connection | { readonly problem: string } {
  const name = typeof named === 'string' && named !== '' ? named.replace(/^%(.*)%$/, '$1') : 'AzureWebJobsStorage';
  for (const setting of [`AzureWebJobs${name}`, name, `ConnectionStrings__${name}`, `ConnectionStrings:${name}`]) {
    const text = env[setting];
    if (text) return { setting, text };
  }
  return { problem: missing(name, env) };
}

const missing = (name: string, env: Environment): string =>
  Object.keys(env).some((key) => key.startsWith(`${name}__`))
    ? `The connection '${name}' uses an identity; the local host needs a connection string in the setting '${name}'.`
    : `The storage connection setting '${name}' is not set.`;

/** The polling loop retries by itself, so the SDK's long patience would only delay the log line. */
export const queueService = ({ text }: Connection): QueueServiceClient =>
  QueueServiceClient.fromConnectionString(text, { retryOptions: { maxTries: 2, retryDelayInMs: 200 } });
