import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { atEnd } from '../../../support/atEnd.ts';
import { eventually } from '../../../support/eventually.ts';

const MAIN = resolve(import.meta.dirname, '../../../../local/host/main.ts');

export interface Running {
  readonly origin: string;
  readonly child: ChildProcess;
  /** Everything written so far, both streams. */
  readonly output: () => string;
  readonly count: (text: string) => number;
  readonly says: (text: string, atLeast?: number) => Promise<void>;
  readonly exited: Promise<Exit>;
  stop(): Promise<Exit>;
}

export interface Exit {
  readonly code: number | null;
  readonly stderr: string;
}

interface Options {
  readonly env?: Record<string, string>;
  readonly args?: readonly string[];
}

/** The real host in a process of its own, on a free port. Ends with the test file at the latest. */
export function spawnHost(root: string, { env = {}, args = ['--port', '0'] }: Options = {}) {
  const child = spawn(process.execPath, [MAIN, '--root', root, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let all = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    all += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    all += chunk;
    stderr += chunk;
  });
  const exited = new Promise<Exit>((done) => child.once('close', (code) => done({ code, stderr })));
  atEnd(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  });
  return { child, exited, output: () => all };
}

export async function startHost(root: string, options: Options = {}): Promise<Running> {
  const { child, exited, output } = spawnHost(root, options);
  const ready = new Promise<string>((done) =>
    child.on('message', (message) => {
      if (typeof message === 'object' && message && 'origin' in message) done(String(message.origin));
    }),
  );
  const origin = await Promise.race([ready, exited.then(({ code }) => Promise.reject(failed(code, output())))]);
  const count = (text: string): number => output().split(text).length - 1;
  return {
    origin,
    child,
    exited,
    output,
    count,
    says: (text, atLeast = 1) =>
      eventually(
        () => count(text) >= atLeast,
        () => `"${text}" in:\n${output()}`,
      ),
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

const failed = (code: number | null, output: string): Error => new Error(`The host ended with ${code}:\n${output}`);
