import type { Code } from './api.ts';

/** Why a call did not succeed. `code` is the service's own, or one of two for when the service did not speak. */
export interface Problem {
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** `Unreachable`: no answer. `NotReprieve`: something else answered, the platform in front or a gateway for instance. */
  readonly code: Code | 'Unreachable' | 'NotReprieve';
  readonly message: string;
  /** What was wrong in the request: a path into its body, a query parameter or a header. */
  readonly target: string | undefined;
  readonly details: readonly { readonly target?: string; readonly message: string }[];
  /** What the service adds to a refusal, by its code (`innererror`). */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;
  readonly requestId: string | undefined;
  /** The service's `error` object as it came; empty when the service did not speak. */
  readonly error: Readonly<Record<string, unknown>>;
}

/** The one error that a call ends with. */
export class ReprieveError extends Error implements Problem {
  override readonly name = 'ReprieveError';
  declare readonly status: Problem['status'];
  declare readonly code: Problem['code'];
  declare readonly target: Problem['target'];
  declare readonly details: Problem['details'];
  declare readonly facts: Problem['facts'];
  declare readonly retryAfterSeconds: Problem['retryAfterSeconds'];
  declare readonly requestId: Problem['requestId'];
  declare readonly error: Problem['error'];

  constructor(problem: Pick<Problem, 'status' | 'code' | 'message'> & Partial<Problem>, cause?: unknown) {
    super(problem.message, cause === undefined ? {} : { cause });
    Object.assign(this, NOTHING_MORE, problem);
  }
}

const NOTHING_MORE = {
  target: undefined,
  details: [],
  facts: {},
  retryAfterSeconds: undefined,
  requestId: undefined,
  error: {},
};

type Fields = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The refusal in an answer. Undefined: the answer is no refusal of this service. */
export function refusalIn(response: Response, body: unknown, now: number): ReprieveError | undefined {
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : undefined;
  if (!error) return undefined;
  const { code, message, target, details, innererror } = error;
  return new ReprieveError({
    status: response.status,
    code: String(code ?? '') as Code,
    message: String(message ?? ''),
    target: typeof target === 'string' ? target : undefined,
    details: Array.isArray(details) ? details.filter(isRecord).map(detailOf) : [],
    facts: isRecord(innererror) ? innererror : {},
    retryAfterSeconds: secondsIn(response.headers.get('retry-after'), now),
    requestId: response.headers.get('x-ms-request-id') ?? undefined,
    error,
  });
}

const detailOf = ({ target, message }: Fields) => ({
  ...(target === undefined ? {} : { target: String(target) }),
  message: String(message ?? ''),
});

const LOST =
  'a gateway lost the service in this call. Whether it was done is not known: look, or repeat it under the same Idempotency-Key.';

/** What stands in front of the service answers these by itself, without a word of the service: what each means, and what to do. */
const BY_ITSELF: Readonly<Record<number, string>> = {
  404: 'there is nothing at this address. Is the URL right (it ends before /api), and has the service started?',
  500:
    'the service broke off in this call, or the request has more than 100 MB. Whether it was done is not known: look, or repeat ' +
    'it under the same Idempotency-Key.',
  502: LOST,
  503: 'the service is starting, or is stopped. Nothing was done: try again in a minute.',
  504: LOST,
};

export function notReprieve(where: string, { status, headers }: Response, now: number): ReprieveError {
  const known = BY_ITSELF[status];
  return new ReprieveError({
    status,
    code: 'NotReprieve',
    message: known
      ? `${where} answered HTTP ${status} without a word of Reprieve: ${known}`
      : `What answers at ${where} is not Reprieve, or Reprieve is not running behind it (HTTP ${status}).`,
    retryAfterSeconds: secondsIn(headers.get('retry-after'), now),
  });
}

/** The real reason is often one level down: fetch itself only says "fetch failed". */
export function unreachable(where: string, error: unknown): ReprieveError {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = isRecord(inner) && inner['code'];
  const why = inner instanceof Error ? inner.message || code || inner.name : inner;
  return new ReprieveError(
    { status: 0, code: 'Unreachable', message: `There is no answer from ${where}: ${why}` },
    error,
  );
}

/** `Retry-After` is a number of seconds or, from some gateways, a date. */
function secondsIn(retryAfter: string | null, now: number): number | undefined {
  if (!retryAfter) return undefined;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : Math.ceil((Date.parse(retryAfter) - now) / 1000);
  return seconds > 0 ? seconds : undefined;
}
