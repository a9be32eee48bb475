/** An executor that deletes blobs. README.md says how it is started, and what it may be trusted with. */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DefaultAzureCredential } from '@azure/identity';
import { BlobServiceClient } from '@azure/storage-blob';
import { runExecutor } from 'reprieve/executor';
import { blobHandler } from './purge.ts';

const one = { type: 'string' } as const;
const many = { type: 'string', multiple: true } as const;
const options = { door: one, resource: one, executor: one, account: one, container: one, roots: many };
const { door, resource = 'api://reprieve', executor, account, container, roots = [''] } = parseArgs({ options }).values;
const { BLOBS_CONNECTION: local = '', REPRIEVE_TOKEN } = process.env;
if (!door || !executor || !container || roots.some((root) => root && !root.endsWith('/')))
  throw new Error('main.ts --door <url> --executor <name> --container <name> [--roots <prefix>/ …]');

const identity = new DefaultAzureCredential();
const token = async () => REPRIEVE_TOKEN ?? (await identity.getToken(`${resource}/.default`)).token;
const blobs = account ? new BlobServiceClient(account, identity) : BlobServiceClient.fromConnectionString(local);
const wait = (ms: number, signal: AbortSignal) => pause(ms, undefined, { signal });
const handle = blobHandler({ container: blobs.getContainerClient(container), roots, pageSize: 500, wait });

const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
await runExecutor({ door: { url: door, token }, executor, handle, concurrency: 4, signal: end.signal });
