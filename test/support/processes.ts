/** Looking at processes from outside, to show that none is left behind. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { until } from '../../local/until.ts';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export const allEnd = (pids: readonly number[], withinMs = 120_000): Promise<boolean> =>
  until(() => !pids.some(isAlive), withinMs);

export const childrenOf = (parent: number): number[] =>
  (existsSync('/proc/self/stat') ? fromProc() : fromPs()).filter(([, of]) => of === parent).map(([pid]) => pid);

type Pair = readonly [pid: number, parent: number];

const fromProc = (): Pair[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): Pair[] => {
      // the name of the program, in parentheses, may hold anything: the fields are counted from behind it
      const [, parent] = statOf(name).split(') ').at(-1)?.split(' ') ?? [];
      return parent === undefined ? [] : [[Number(name), Number(parent)]];
    });

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return ''; // ended between the listing and the look
  }
}

const fromPs = (): Pair[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line): Pair => {
      const [pid, parent] = line.trim().split(/\s+/).map(Number);
      return [pid ?? 0, parent ?? 0];
    });
