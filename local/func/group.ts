/**
 * `func` is more than one process: a launcher, the host, and its worker. They are one process group, named after the one that was
 * started, and what is left of the group can be ended when that one is gone.
 */
import { until } from '../until.ts';

const LEFTOVERS_MS = 5000;

/** A signal to what is left of the group. false: nothing is. */
export const signalGroup = (leader: number, signal: NodeJS.Signals | 0): boolean => signalled(-leader, signal);

/** Asks the leader first: a host that is asked lets its worker finish. What outlives the leader is asked as well, and then ended. */
export async function endGroup(leader: number, graceMs: number): Promise<boolean> {
  signalled(leader, 'SIGTERM');
  const went = await until(() => !signalled(leader, 0), graceMs);
  if (went && signalGroup(leader, 'SIGTERM')) await until(() => !signalGroup(leader, 0), LEFTOVERS_MS);
  signalGroup(leader, 'SIGKILL');
  return went;
}

function signalled(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false; // it is gone
  }
}
