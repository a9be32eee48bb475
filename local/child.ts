import type { ChildProcess } from 'node:child_process';
import { until } from './until.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Settles when the child is gone, also if it is gone already. */
export const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve) => {
    const tell = () => resolve({ code: child.exitCode, signal: child.signalCode });
    if (hasExited(child)) tell();
    else child.once('exit', tell);
  });

export const describeExit = ({ code, signal }: Exit): string =>
  signal === null ? `with exit code ${code}` : `by ${signal}`;

/** Asks by `ask`, waits for `graceMs`, and ends the child outright if it is still there. True if it went by itself. */
export async function endChild(child: ChildProcess, ask: () => void, graceMs: number): Promise<boolean> {
  if (child.pid === undefined || hasExited(child)) return true;
  ask();
  const went = await until(() => hasExited(child), graceMs);
  if (!went) child.kill('SIGKILL');
  await exitOf(child);
  return went;
}
