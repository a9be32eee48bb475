/**
 * A local Azure Functions host: `node local/host/main.ts --root <app folder> --port <n, 0 = free>`.
 *
 * It loads an unmodified, built Node app of programming model v4 and treats it as Azure would. When ready it prints
 * the list of functions and, if its parent opened an IPC channel, sends `{ type: 'ready', origin }`.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Host, startHost } from './host.ts';
import { describe, fatal, isFatal, messageOf, printer, stamp } from './output.ts';
import { endOnSignals } from './shutdown.ts';

const print = printer();

/** Synchronous on files and pipes alike, so the sentence is out before the process is. */
function die(error: unknown): never {
  process.stderr.write(`${isFatal(error) ? error.message : describe(error)}\n`);
  process.exit(1);
}

/**
 * A promise nobody awaited, or a throw in a timer callback. On Azure it ends the *worker*, and the host, a process of
 * its own, lives on and starts another; here both are one process, so the host logs and lives on. Before the app is
 * up it is fatal: an app that fails while it loads must not look started.
 */
let host: Host | undefined;
const stray = (kind: string) => (error: unknown) => {
  if (!host) die(error);
  print(stamp(`${kind} outside of any invocation; on Azure this ends the worker process. ${describe(error)}`));
};
process.on('unhandledRejection', stray('Unhandled rejection'));
process.on('uncaughtException', stray('Uncaught exception'));

endOnSignals(
  async () => host?.end(),
  (code) => process.exit(code),
);

try {
  host = await startHost(readArgs(), process.env, print);
  const { origin } = host;
  process.send?.({ type: 'ready', origin }, undefined, undefined, () => undefined); // the parent may just have gone
} catch (error) {
  die(error);
}

function readArgs(): { readonly root: string; readonly port: number } {
  const { root = '.', port = '7071' } = parse();
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw fatal(`--port must be a number from 0 to 65535, not "${port}".`);
  return { root: resolve(root), port: Number(port) };
}

function parse() {
  try {
    return parseArgs({ options: { root: { type: 'string' }, port: { type: 'string' } } }).values;
  } catch (error) {
    throw fatal(`${messageOf(error)}. Usage: node local/host/main.ts --root <app folder> --port <number, 0 = free>`);
  }
}
