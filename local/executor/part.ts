/** The example executor as a process of its own beside the service: it may touch one container of the local storage, and nothing else. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { describeExit, endChild, exitOf } from '../child.ts';
import type { Part } from '../part.ts';

export const EXECUTOR = { name: 'blobs', container: 'reprieve-demo' } as const;

/** The app that it is for the identity provider. */
const CALLER = { tid: 'local', oid: 'blob-executor' } as const;
const YEAR_SECONDS = 365 * 86_400; // longer than any run

/** What it is in the middle of then, the next run ends: an order is fenced, and every step of it can be repeated. */
const GRACE_MS = 10_000;

export const executorPart: Part = {
  name: 'example executor',
  ports: () => [],
  async start({ options, root, facts, output, onStop, died }) {
    if (!options.executor) return { facts: { executor: null }, settings: {} };
    const { api = '', idp = '', storage = '' } = facts;
    const [token] = await Promise.all([tokenFrom(idp), register(api), makeContainer(storage)]);
    const child = run(root, api, { BLOBS_CONNECTION: storage, REPRIEVE_TOKEN: token }, output);
    let stopping = false;
    onStop(async (haste) => {
      stopping = true;
      await endChild(child, () => child.kill(haste === 'at once' ? 'SIGKILL' : 'SIGTERM'), GRACE_MS);
    });
    void exitOf(child).then((exit) => {
      if (!stopping) died(`The example executor ended by itself ${describeExit(exit)}.`);
    });
    return { facts: { executor: EXECUTOR }, settings: {} };
  },
};

function run(root: string, door: string, told: Readonly<Record<string, string>>, output: 1 | 2): ChildProcess {
  const { name, container } = EXECUTOR;
  const line = ['--door', door, '--executor', name, '--container', container];
  return fork(join(root, 'examples', 'blob-executor', 'main.ts'), line, {
    cwd: root,
    env: { ...process.env, ...told },
    execArgv: ['--import', new URL('./leash.ts', import.meta.url).href],
    detached: true, // a Ctrl-C in the terminal reaches it through us, before the host that it speaks to
    stdio: ['ignore', output, 2, 'ipc'],
  });
}

async function tokenFrom(idp: string): Promise<string> {
  const wish = { sub: CALLER.oid, roles: ['Executor'], appOnly: true, expiresInSeconds: YEAR_SECONDS };
  const answer = await fetch(`${idp}/token`, { method: 'POST', body: JSON.stringify(wish) });
  return ((await answer.json()) as { readonly access_token: string }).access_token;
}

/** One that is there stays as people have set it since. */
async function register(api: string): Promise<void> {
  const url = `${api}/api/executors/${EXECUTOR.name}`;
  if ((await fetch(url)).ok) return;
  const body = JSON.stringify({ callers: [CALLER] });
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/json' }, body });
  if (!answer.ok) throw new Error(`The example executor could not be registered: ${await answer.text()}`);
}

/** Anybody on this machine may look into it, so that a person sees with curl what is there and what is gone. */
async function makeContainer(storage: string): Promise<void> {
  // loaded while the service answers, and only where it is needed: a start is to be quick
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const container = BlobServiceClient.fromConnectionString(storage).getContainerClient(EXECUTOR.container);
  await container.createIfNotExists({ access: 'container' });
}
