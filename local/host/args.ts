import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fatal, messageOf } from './fatal.ts';

export interface Args {
  readonly root: string;
  /** 0 asks for a free port; absent means "as local.settings.json says". */
  readonly port: number | undefined;
}

export function readArgs(argv: readonly string[]): Args {
  const { root, port } = parse(argv);
  return { root: resolve(root ?? '.'), port: port === undefined ? undefined : asPort(port) };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: { root: { type: 'string' }, port: { type: 'string' } } }).values;
  } catch (error) {
    throw fatal(`${messageOf(error)}. Usage: node local/host/main.ts --root <app folder> --port <number, 0 = free>`);
  }
}

function asPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port < 65_536) return port;
  throw fatal(`--port must be a number from 0 to 65535, not "${text}".`);
}
