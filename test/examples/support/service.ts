/** A service that gives out orders, reached over HTTP, and executors that work for it: in a process of their own, or in this one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Happening, type Order, runExecutor } from 'reprieve/executor';
import { blobHandler } from '../../../examples/blob-executor/purge.ts';
import { portOf } from '../../../local/ports.ts';
import { callerOf, type DoorToTest } from '../../executor/support/door.ts';
import { done } from '../../host/support/door.ts';
import { serviceInMemory } from '../../http/serviceInMemory.ts';
import { atEnd } from '../../support/atEnd.ts';
import { ROOT } from '../../support/launch.ts';
import { CONTAINER, containerOf, TEXTS, type Tenant, VAULT } from './tenants.ts';

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

/** Where whatever these answer is reached over HTTP. */
async function listening(fetch: DoorToTest['fetch'], inside: string): Promise<string> {
  const server = createServer(async (incoming, outgoing) => {
    const { method = '', url, headers } = incoming;
    const body = await text(incoming);
    const sent = { method, headers: headers as Record<string, string>, ...(method === 'GET' ? {} : { body }) };
    const answer = await fetch(`${inside}${url}`, sent);
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${portOf(server)}`;
}

/** Reprieve itself, over tables in memory: its vault has no soft delete, so a stop asks the executor at once. */
export async function aService() {
  const { door, fetch, token } = serviceInMemory({ notices: { send: async () => undefined } });
  const app = { tid: 'local', oid: 'blobs' };
  const tokens = {
    executor: await token({ sub: app.oid, roles: ['Executor'], appOnly: true }),
    person: await token({ sub: 'ada', roles: ['Contributor'], mfa: true }),
    stranger: '',
  };
  const inside = 'http://localhost';
  const caller = callerOf({ url: inside, fetch, executor: EXECUTOR, token: (who) => tokens[who] });
  await done(door('PUT', `executors/${EXECUTOR}`, { body: { callers: [app] } }));
  await done(door('PUT', 'kinds/tenant', { body: {} }));
  const settings = { kind: 'Generic', softDelete: { state: 'Disabled' }, purge: { executor: EXECUTOR } };
  await done(door('PUT', `vaults/${VAULT}`, { body: settings }));
  let offset = 0;
  const items = new Map<string, string>();
  return {
    url: await listening(fetch, inside),
    token: tokens.executor,
    async order({ item, sourceId }: Tenant) {
      const path = `vaults/${VAULT}/items/${item}`;
      await done(door('PUT', path, { body: { workload: 'tenant', sourceId } }));
      await done(door('POST', `${path}/stop`, { body: { mode: 'delete', confirmName: item } }));
      const { value } = await done(door('GET', `purgeOrders?vault=${VAULT}&top=200`));
      const { order } = (value as unknown as readonly Order[]).find((one) => one.item === item) as Order;
      items.set(order, path);
      return order;
    },
    async proofOf(order: string): Promise<unknown> {
      const { receipt } = (await done(door('GET', `${items.get(order)}/receipt`))) as unknown as {
        readonly receipt: { readonly proof: unknown };
      };
      return receipt.proof;
    },
    /** Whoever holds an order has lost it. */
    async endLeases() {
      offset += LEASE_SECONDS;
      await done(door('PUT', 'local/clock', { body: { offset: `PT${offset}S` } }));
    },
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
  readonly token: string;
}

/** Works until it has said how one order ended, or has lost it. Does not wait where the library would. */
export async function workOnce({ door, connection, token }: Place): Promise<Happening> {
  const end = new AbortController();
  const told: Happening[] = [];
  const wait = async () => {};
  await runExecutor({
    door: { url: door, token: () => token },
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
export const startExecutor = ({ door, connection, token }: Place, ...more: readonly string[]): Process =>
  startMain(['--door', door, '--executor', EXECUTOR, '--container', CONTAINER, ...more], connection, token);

export function startMain(options: readonly string[], connection: string, token = EXECUTOR): Process {
  const main = join(ROOT, 'examples', 'blob-executor', 'main.ts');
  const child = spawn(process.execPath, [main, ...options], {
    env: { PATH: process.env['PATH'], BLOBS_CONNECTION: connection, REPRIEVE_TOKEN: token },
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
