/** The functions host as a child: ours (local/host), which reports over IPC, or Microsoft's `func start`, which is asked. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { endChild, exitOf, hasExited } from './child.ts';
import { endGroup, signalGroup } from './func/group.ts';
import type { Haste } from './part.ts';
import { freePorts } from './ports.ts';
import { until } from './until.ts';

export interface HostWish {
  readonly root: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly output: 1 | 2;
}

export interface HostProcess {
  readonly child: ChildProcess;
  /** Its origin once it serves; undefined if it ended before. */
  readonly ready: Promise<string | undefined>;
  /** Ends it and all that it started. false: it did not go by itself. */
  readonly stop: (haste: Haste) => Promise<boolean>;
}

const GRACE_MS = 60_000; // requests and messages in work may finish

const FUNC_START_MS = 120_000; // the first time it downloads the extension bundle

export function builtInHost(main: string, { root, port, env, output }: HostWish): HostProcess {
  const child = fork(main, ['--root', root, '--port', String(port)], {
    cwd: root,
    env,
    execArgv: [],
    detached: true, // a Ctrl-C in the terminal reaches it through us, once, and in its turn
    stdio: ['ignore', output, 2, 'ipc'],
  });
  const ready = new Promise<string | undefined>((resolve) => {
    child.on('message', (message: unknown) => {
      if (isReady(message)) resolve(message.origin);
    });
    child.once('exit', () => resolve(undefined));
    child.once('error', () => resolve(undefined));
  });
  const stop = (haste: Haste) =>
    endChild(child, () => child.kill(haste === 'at once' ? 'SIGKILL' : 'SIGTERM'), GRACE_MS);
  return { child, ready, stop };
}

const isReady = (message: unknown): message is { readonly type: 'ready'; readonly origin: string } =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  message.type === 'ready' &&
  'origin' in message &&
  typeof message.origin === 'string';

export async function coreTools({ root, port, env, output }: HostWish): Promise<HostProcess> {
  const [taken = port] = port === 0 ? await freePorts(1) : [port];
  const child = spawn('func', ['start', '--port', String(taken)], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', output, 2],
  });
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', () => resolve());
    child.once('error', () => reject(new Error(NO_FUNC)));
  });
  await started;
  const { pid = 0 } = child;
  const leash = fork(new URL('./func/leash.ts', import.meta.url), [String(pid)], { detached: true, stdio: 'ignore' });
  leash.unref();
  const origin = `http://127.0.0.1:${taken}`;
  const serves = () => fetch(`${origin}/admin/host/status`).then(isRunning, () => false);
  const ready = until(async () => hasExited(child) || (await serves()), FUNC_START_MS).then((soon) =>
    soon && !hasExited(child) ? origin : undefined,
  );
  const stop = async (haste: Haste) => {
    if (haste === 'at once') signalGroup(pid, 'SIGKILL');
    const went = await endGroup(pid, GRACE_MS);
    await exitOf(child);
    if (leash.connected) leash.disconnect();
    return went;
  };
  return { child, ready, stop };
}

const NO_FUNC =
  '`func` could not be run: install it with "npm install --global azure-functions-core-tools@4", or start without --func.';

async function isRunning(response: Response): Promise<boolean> {
  const status: unknown = await response.json().catch(() => undefined);
  return typeof status === 'object' && status !== null && 'state' in status && status.state === 'Running';
}
