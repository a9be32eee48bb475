/** Runs programs in the foreground: passes signals on to them, gives back their exit codes. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';

// npm passes a Ctrl-C on that the terminal has already sent to everyone: two signals, one keypress
const ONE_KEYPRESS_MS = 500;
const ORPHAN_CHECK_MS = 1000;

/** What runs now, and gets the signals that we get. */
const running = new Set();
let lastSignal = { name: '', at: 0 };

/**
 * The child gets its own process group, so that a Ctrl-C reaches it once, through us, and not its helpers behind its back.
 * With `leash` it also gets an IPC channel, whose end tells it that we are gone, even by kill -9.
 * With `hold` it is told what the child says, piece by piece, and nobody else is.
 *
 * @param {{ command: string, args: string[], cwd: string, leash?: boolean, hold?: (chunk: Buffer) => void }} step
 * @returns {Promise<number>}
 */
export const runStep = ({ command, args, cwd, leash = false, hold }) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      detached: true,
      env: environment(cwd),
      stdio: ['ignore', hold ? 'pipe' : 'inherit', hold ? 'pipe' : 'inherit', ...(leash ? ['ipc'] : [])],
    });
    running.add(child);
    if (hold) for (const stream of [child.stdout, child.stderr]) stream.on('data', hold);
    child.once('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`);
      running.delete(child);
      resolve(1);
    });
    child.once(hold ? 'close' : 'exit', (code, signal) => {
      running.delete(child);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });

/** Our tools before the machine's. What Node has compiled once, of Azurite above all, it need not compile at the next start. */
const environment = (cwd) => ({
  NODE_COMPILE_CACHE: join(cwd, 'node_modules', '.cache', 'node'),
  ...process.env,
  PATH: [join(cwd, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
});

export function passSignalsOn() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => passOn(signal));
  watchForOrphanhood();
}

function passOn(signal) {
  const again = lastSignal.name === signal && Date.now() - lastSignal.at < ONE_KEYPRESS_MS;
  if (again) return;
  lastSignal = { name: signal, at: Date.now() };
  if (running.size === 0) process.exit(128 + constants.signals[signal]);
  for (const child of running) signalGroup(child, signal);
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal); // no process groups here
  }
}

/** When npm is killed outright nobody tells us, but its child, which is we or the shell between, gets another parent. */
function watchForOrphanhood() {
  if (!process.env.npm_lifecycle_event) return; // not npm's child: whoever leaves us running may mean it
  const first = lineage();
  const watch = () => {
    if (lineage() === first) return;
    clearInterval(timer);
    passOn('SIGTERM');
  };
  const timer = setInterval(watch, ORPHAN_CHECK_MS);
  timer.unref();
}

/** Up to npm and no further: its own parent may come and go. */
function lineage() {
  try {
    const [, name, parent] = /\((.*)\) \S+ (\d+) /.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8'));
    return name.endsWith('sh') ? `${process.ppid} ${parent}` : `${process.ppid}`;
  } catch {
    return `${process.ppid}`; // no such place on this system
  }
}
