/** A service that gives out orders, reached over HTTP, and executors that work for it: in a process of their own, or in this one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Happening, runExecutor } from 'reprieve/executor';
import { blobHandler } from '../../../examples/blob-executor/purge.ts';
import { portOf } from '../../../local/ports.ts';
import { callerOf } from '../../executor/support/door.ts';
import { fakeDoor } from '../../executor/support/fakeDoor.ts';
import { atEnd } from '../../support/atEnd.ts';
import { ROOT } from '../../support/launch.ts';
import { CONTAINER, containerOf, TEXTS, type Tenant } from './tenants.ts';

const EXECUTOR = 'blobs';
const LEASE_SECONDS = 300;

/** All that an executor calls when nothing disturbs it, with the prefix left out. */
export const CALLS = [
  'claim',
  ...['read .reprieve', 'lease acquire', 'write metadata of .reprieve'],
  ...['lease renew', 'list', 'lease renew', 'renew'],
  ...['list', ...TEXTS.map((_, number) => `delete ${number}.txt`), 'lease renew', 'renew'],
  ...['list', 'list deleted snapshots versions', 'renew', 'delete .reprieve', 'complete'],
];

export async function aService() {
  const door = fakeDoor(EXECUTOR);
  const caller = callerOf(door);
  const server = createServer(async (incoming, outgoing) => {
    const { method = '', url, headers } = incoming;
    const body = await text(incoming);
    const sent = { method, headers: headers as Record<string, string>, ...(method === 'GET' ? {} : { body }) };
    const answer = await door.fetch(`${door.url}${url}`, sent);
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    order: ({ sourceId }: Tenant) => door.makeDue(sourceId),
    proofOf: door.proofOf,
    /** Whoever holds an order has lost it. */
    endLeases: () => door.advance(LEASE_SECONDS * 1000),
    read: caller.read,
    /** What the service answers to a call that no library makes. */
    async post(path: string, body: object) {
      const { status, body: said } = await caller.post(path, body);
      return { status, code: said.error?.code };
    },
  };
}

interface Place {
  readonly door: string;
  readonly connection: string;
}

/** Works until it has said how one order ended, or has lost it. Does not wait where the library would. */
export async function workOnce({ door, connection }: Place): Promise<Happening> {
  const end = new AbortController();
  const told: Happening[] = [];
  const wait = async () => {};
  await runExecutor({
    door: { url: door, token: () => EXECUTOR },
    executor: EXECUTOR,
    leaseSeconds: LEASE_SECONDS,
    handle: blobHandler({ container: containerOf(connection), roots: [''], pageSize: 500, wait }),
    signal: end.signal,
    report(happening) {
      if (happening.what === 'claimed' || happening.what === 'unheard') return;
      told.push(happening);
      end.abort();
    },
    sleep: briefly,
  });
  const [first = { what: 'unheard' }] = told;
  return first;
}

/** What is long waits for an end of the test; what is short is over at once. */
const LONG_MS = 30_000;
const briefly = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms < LONG_MS ? 0 : ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    if (signal?.aborted) return stop();
    signal?.addEventListener('abort', stop, { once: true });
  });

export interface Process {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  output(): string;
}

/** `node examples/blob-executor/main.ts`. */
export const startExecutor = ({ door, connection }: Place, ...more: readonly string[]): Process =>
  startMain(['--door', door, '--executor', EXECUTOR, '--container', CONTAINER, ...more], connection);

export function startMain(options: readonly string[], connection: string): Process {
  const main = join(ROOT, 'examples', 'blob-executor', 'main.ts');
  const child = spawn(process.execPath, [main, ...options], {
    env: { PATH: process.env['PATH'], BLOBS_CONNECTION: connection, REPRIEVE_TOKEN: EXECUTOR },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      output += piece;
    });
  const ended = new Promise((resolve) => child.once('close', resolve));
  atEnd(() => child.kill('SIGKILL'));
  return { child, ended, output: () => output };
}
