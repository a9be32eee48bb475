/** Spawns a whole local run and talks about it; knows nothing of a test runner, so that a script can use it too. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Exit, endChild, exitOf, hasExited } from '../../local/child.ts';
import { until } from '../../local/until.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
/** Only what never comes is late, however slow the machine is. */
const START_MS = 240_000;
const STOP_MS = 240_000;

export interface Wish {
  readonly env?: Readonly<Record<string, string>>;
  /** More options of `npm start`. */
  readonly args?: readonly string[];
  /** Keep data in this folder instead of memory: the next start with it finds everything again. */
  readonly data?: string;
  /** Let the timer sweep; usually a test says when. */
  readonly timer?: boolean;
  /** With the example executor beside it; few tests need one. */
  readonly executor?: boolean;
  /** Another program than local/start.ts. */
  readonly entry?: string;
  /** A storage account that stands already. */
  readonly storage?: string;
}

/** What the identity provider can mint (API §2, §12). */
interface TokenClaims {
  readonly sub: string;
  readonly roles?: readonly string[];
  readonly mfa?: boolean;
  readonly appOnly?: boolean;
  readonly authAgeSeconds?: number;
  readonly audience?: string;
  readonly issuer?: string;
  readonly expiresInSeconds?: number;
  readonly claims?: Readonly<Record<string, unknown>>;
}

export interface Service {
  readonly api: string;
  readonly idp: string;
  /** Where mails land: `GET /inbox`, `PUT /faults`. */
  readonly mail: string;
  readonly storage: string;
  /** All that was printed so far, stdout and stderr. */
  output(): string;
  readonly pid: number;
  token(claims: TokenClaims): Promise<string>;
  /** As Ctrl-C does; resolves with how it ended. */
  stop(): Promise<Exit>;
  kill9(): Promise<void>;
}

export interface Launched {
  readonly child: ChildProcess;
  stdout(): string;
  output(): string;
}

const OVER_STORAGE = join(import.meta.dirname, 'startOver.ts');

/** The bare process, for those who want to see it fail. */
export function launch({ env, args = [], data, timer = false, executor = false, entry, storage }: Wish = {}): Launched {
  const place = data === undefined ? ['--ephemeral'] : ['--data', data, ...FREE_PORTS];
  const without = [...(timer ? [] : ['--no-timer']), ...(executor ? [] : ['--no-executor'])];
  const flags = [...place, '--json', ...without, ...args];
  const program = storage ? [OVER_STORAGE, storage] : [entry ?? join(ROOT, 'local', 'start.ts')];
  const child = spawn(process.execPath, [...program, ...flags], {
    cwd: ROOT,
    env: { ...usualEnv(), ...env },
    // with the channel it notices when the test run is gone, whichever way, and cleans up after itself
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let stdout = '';
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return { child, stdout: () => stdout, output: () => output };
}

const FREE_PORTS = ['port', 'storage-port', 'mail-port', 'idp-port'].map((name) => `--${name}=0`);

/** As a user would have it: neither the developer's own options nor what the test runner sets for itself. */
const usualEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(REPRIEVE_|VITEST|NODE_ENV$|NODE_OPTIONS$)/.test(name)),
  );

export async function launchService(wish: Wish = {}): Promise<Service> {
  const { child, stdout, output } = launch(wish);
  await until(() => stdout().includes('\n') || hasExited(child), START_MS);
  if (!stdout().includes('\n')) {
    child.kill('SIGKILL');
    throw new Error(`The service did not become ready:\n${output()}`);
  }
  const { api, idp, mail, storage }: Readonly<Record<'api' | 'idp' | 'mail' | 'storage', string>> = JSON.parse(
    stdout(),
  );
  return {
    api,
    idp,
    mail,
    storage,
    output,
    pid: child.pid ?? 0,
    token: (claims) => mint(idp, claims),
    stop: async () => {
      await endChild(child, () => child.kill('SIGTERM'), STOP_MS);
      return exitOf(child);
    },
    kill9: async () => {
      child.kill('SIGKILL');
      await exitOf(child);
    },
  };
}

export async function mint(idp: string, claims: TokenClaims): Promise<string> {
  const response = await fetch(`${idp}/token`, { method: 'POST', body: JSON.stringify(claims) });
  if (!response.ok) throw new Error(`No token: ${await response.text()}`);
  const { access_token }: { readonly access_token: string } = JSON.parse(await response.text());
  return access_token;
}
