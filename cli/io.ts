import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { setTimeout } from 'node:timers/promises';

/** Everything outside of the program. Tests bring their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Does a person read the answer? Only then there are tables, colours and hints. */
  readonly isTerminal: boolean;
  /** The same for what goes to stderr: errors and hints. */
  readonly isErrTerminal: boolean;
  /** Undefined: there is nobody to answer, or they went away. */
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly sleep: (ms: number) => Promise<void>;
  /** What the Azure CLI prints, or undefined when there is none or it fails. */
  readonly az: (args: readonly string[]) => Promise<string | undefined>;
}

const AZ_MS = 60_000;

export function terminal(): Io {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', leaveQuietly);
  return {
    env: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal: process.stdout.isTTY === true,
    isErrTerminal: process.stderr.isTTY === true,
    ask,
    fetch: (url, init) => fetch(url, init),
    sleep: (ms) => setTimeout(ms),
    az,
  };
}

/** In `reprieve items list | head` the reader stops early, which is no failure. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}

async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const gone = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([lines.question(question), gone]);
  } finally {
    lines.close();
  }
}

/** On Windows `az` is a script, which only a shell starts. Its arguments are checked before, so none is read as a command. */
const az: Io['az'] = (args) =>
  new Promise((resolve) => {
    const shell = process.platform === 'win32';
    execFile('az', [...args], { shell, timeout: AZ_MS, encoding: 'utf8' }, (error, stdout) =>
      resolve(error ? undefined : stdout),
    );
  });
