import type { ReprieveError } from './problem.ts';

const FIRST_PAUSE_MS = 250;

/** The platform, whose worker died in the call, or a gateway answers these by itself: whether the call was done, nobody knows. */
const LOST_ON_THE_WAY = [500, 502, 504];

/** How long to wait after so many tries. Undefined: another try would not help, or would not be safe. */
export function pauseBefore(
  problem: ReprieveError,
  tries: number,
  isRepeatable: boolean,
  random: () => number,
): number | undefined {
  if (!(isBusy(problem) || (isLost(problem) && isRepeatable))) return undefined;
  const { retryAfterSeconds } = problem;
  const least = retryAfterSeconds === undefined ? FIRST_PAUSE_MS * 2 ** (tries - 1) : retryAfterSeconds * 1000;
  return Math.round(least * (1 + random() / 4));
}

/** The service did nothing and says: later. Or the first try of this very call is still running. Wrong settings do not mend themselves. */
const isBusy = ({ status, code }: ReprieveError): boolean =>
  status === 429 || (status === 503 && code !== 'NotConfigured') || code === 'RequestInProgress';

/** Nobody waits a second time for what did not come within the time for one try. */
const isLost = ({ status, code, cause }: ReprieveError): boolean =>
  (code === 'Unreachable' && !(cause instanceof Error && cause.name === 'TimeoutError')) ||
  (code === 'NotReprieve' && LOST_ON_THE_WAY.includes(status));

export const realSleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
