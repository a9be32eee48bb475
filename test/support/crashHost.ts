/** The functions host by itself, over a storage that outlives it: so that it can be killed, and be started again. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { exitOf } from '../../local/child.ts';
import { ROOT } from './launch.ts';

export interface LoneHost {
  readonly origin: string;
  /** -9, at once: resolves when it is gone. */
  kill(): Promise<void>;
}

const LAST_WORDS = 4000;

/** `settings` are those of the function app, its storage among them. Its timer is off: a test says when to sweep. */
export async function startLoneHost(settings: Readonly<Record<string, string>>): Promise<LoneHost> {
  const child = fork(join(ROOT, 'local', 'host', 'main.ts'), ['--root', ROOT, '--port', '0'], {
    cwd: ROOT,
    env: { ...process.env, FUNCTIONS_WORKER_RUNTIME: 'node', 'AzureWebJobs.sweep.Disabled': 'true', ...settings },
    execArgv: [],
    silent: true,
  });
  let said = '';
  const hear = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-LAST_WORDS);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const origin = await new Promise<string | undefined>((resolve) => {
    child.once('message', (message) => resolve((message as { readonly origin?: string }).origin));
    child.once('exit', () => resolve(undefined));
  });
  if (origin === undefined) throw new Error(`the functions host did not start:\n${said}`);
  return {
    origin,
    kill: async () => {
      child.kill('SIGKILL');
      await exitOf(child);
    },
  };
}
