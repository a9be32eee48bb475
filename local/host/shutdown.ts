import { messageOf, type Print, stamp } from './output.ts';
import type { Work } from './work.ts';

interface Ending {
  readonly work: Work;
  readonly print: Print;
  /** Takes on nothing new, from this moment. */
  readonly stop: () => void;
  /** Work that could not be finished in time is given back for somebody else. */
  readonly abandon: () => Promise<void>;
  /** appTerminate hooks, leases: after the last piece of work. */
  readonly close: () => Promise<void>;
  readonly drainFor?: number;
}

const DRAIN = 30_000;
const CLOSE = 5_000;

/** The orderly end: stop, finish what is in work, say goodbye. Bounded, because a parent waits for us. */
export async function endOrderly(ending: Ending): Promise<void> {
  const { work, print, stop, abandon, close, drainFor = DRAIN } = ending;
  stop();
  if (!(await inTime(work.idle(), drainFor))) {
    print(stamp(`Not finished after ${drainFor / 1_000} s, given up: ${work.labels().join(', ')}.`));
    await inTime(abandon(), CLOSE);
  }
  const closed = close().catch((error: unknown) => print(stamp(`While shutting down: ${messageOf(error)}`)));
  if (!(await inTime(closed, CLOSE)))
    print(stamp(`The last words took more than ${CLOSE / 1_000} s and were cut off.`));
}

async function inTime(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const first = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return first;
}

/** Ctrl-C reaches the whole process group, and npm and a parent pass it on once more: that is still one request. */
const ONE_REQUEST = 500;

/**
 * Ends on SIGTERM, SIGINT, and when the parent's IPC channel closes: a parent that died must not leave a host behind.
 * The same signal a second time ends at once.
 */
export function endOnSignals(end: () => Promise<void>, exit: (code: number) => void): void {
  const seen = new Map<string, number>();
  let ending = false;
  const begin = (): void => {
    if (ending) return;
    ending = true;
    void end().then(
      () => exit(0),
      () => exit(1),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      const first = seen.get(signal);
      seen.set(signal, first ?? Date.now());
      if (first !== undefined && Date.now() - first > ONE_REQUEST) exit(1);
      begin();
    });
  process.on('disconnect', begin);
}
