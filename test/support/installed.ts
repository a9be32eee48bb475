/** A package of this project, packed and installed in an empty folder, by an npm that never saw a package and has no network. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { atEnd } from './atEnd.ts';
import { ROOT } from './launch.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Away {
  readonly folder: string;
  /** Runs a program there, in an environment that holds nothing else. */
  readonly run: (command: string, args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ended>;
}

/** As Node 22 reads a package: without stripping types. */
export const NODE_22 = ['--no-experimental-strip-types', '--throw-deprecation'];

export async function installed(of: './cli' | './executor'): Promise<Away> {
  const base = mkdtempSync(join(tmpdir(), 'reprieve-away-'));
  atEnd(() => rmSync(base, { recursive: true, force: true }));
  const [home, folder] = [join(base, 'home'), join(base, 'away')];
  for (const one of [home, folder]) mkdirSync(one);
  const runIn =
    (cwd: string): Away['run'] =>
    (command, args, env = {}) =>
      new Promise((resolve) => {
        const options = { cwd, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: home, ...env } } as const;
        const child = execFile(command, args, options, (_, out, err) =>
          resolve({ code: child.exitCode ?? -1, out, err }),
        );
      });
  const run = runIn(folder);
  const packed = await runIn(ROOT)('npm', ['pack', of, '--silent', '--pack-destination', base]);
  expect(packed).toMatchObject({ code: 0 });
  const result = await run('npm', ['install', '--offline', '--no-audit', join(base, packed.out.trim())]);
  expect(result).toMatchObject({ code: 0, out: expect.stringContaining('added 1 package') });
  return { folder, run };
}
