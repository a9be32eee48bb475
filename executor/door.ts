import { ReprieveError, unreachable } from '../client/problem.ts';
import { send } from '../client/request.ts';
import type { Settings } from './settings.ts';

export interface Limits {
  /** By the monotonic clock: from here on there is no further try. */
  readonly until: number;
  /** Once it is aborted there is no further try. A try on its way is heard out: it may have given us an order. */
  readonly signal?: AbortSignal;
}

/** One call with all its tries, under one Idempotency-Key, so that the service does it once. Throws a `ReprieveError`. */
export type Call = <Answer>(path: string, body: object, limits: Limits) => Promise<Answer>;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

export function callTo(settings: Settings): Call {
  const { door, newKey, clock, sleep, random } = settings;
  return async <Answer>(path: string, body: object, { until, signal }: Limits) => {
    const request = {
      method: 'POST',
      url: `${door.url}/api/purgeOrders/${path}`,
      headers: { 'content-type': 'application/json', 'idempotency-key': newKey() },
      body: JSON.stringify(body),
      isRepeatable: true,
      kind: undefined,
    };
    for (let tries = 1; ; tries += 1) {
      signal?.throwIfAborted();
      const answer = await oneTry(settings, request);
      if (answer.ok) return answer.value as Answer;
      const pause = pauseBefore(answer.problem, tries) * (1 + random() / 4);
      if (!mayHelp(answer.problem) || clock.monotonic() + pause >= until) throw answer.problem;
      await sleep(pause, signal);
    }
  };
}

/** The service is busy, is starting, broke off, or was not reached. All else is its word. */
const mayHelp = ({ status, code }: ReprieveError): boolean =>
  status === 0 || status === 429 || status >= 500 || code === 'RequestInProgress';

const pauseBefore = (problem: ReprieveError, tries: number): number =>
  retryAfterMs(problem) ?? Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);

/** What the service wants; an hour at most, because a timer of more than 25 days ends at once. */
export const retryAfterMs = (error: unknown): number | undefined =>
  error instanceof ReprieveError && error.retryAfterSeconds !== undefined
    ? Math.min(error.retryAfterSeconds, 3600) * 1000
    : undefined;

/** A try may take a tenth of the lease, by the clock that the caller gave. */
async function oneTry(settings: Settings, request: Parameters<typeof send>[1]) {
  const { door, fetch, clock, sleep, leaseSeconds } = settings;
  const [late, ended] = [new AbortController(), new AbortController()];
  const tooLong = sleep(leaseSeconds * 100, ended.signal).then(() => {
    late.abort();
    throw new Error('The answer took too long.');
  });
  tooLong.catch(() => {}); // once the answer is there nobody listens to it
  try {
    const sending = { url: door.url, token: door.token, fetch, now: clock.now, timeoutMs: leaseSeconds * 1000 };
    return await Promise.race([send(sending, request, late.signal), tooLong]);
  } catch (error) {
    return { ok: false, problem: unreachable(door.url, error) } as const;
  } finally {
    ended.abort();
  }
}
