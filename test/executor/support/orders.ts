/** One order of the fake door: what a call must look like, and what it does to the order. */
import { isDeepStrictEqual } from 'node:util';

export type Body = Readonly<Record<string, unknown>>;

export interface Row {
  readonly order: string;
  readonly executor: string;
  readonly item: string;
  readonly sourceId: string;
  state: 'Open' | 'Waiting' | 'Blocked' | 'Completed' | 'Refused' | 'Recalled' | 'Abandoned';
  closed?: { readonly proof?: unknown; readonly answer: object };
  token: number;
  leaseUntil: number | null;
  availableAt: number | null;
  attempts: number;
  isTouched: boolean;
  checkpoint: unknown;
  lastFailure: object | null;
  readonly orderedAt: number;
}

export interface Answer {
  readonly status: number;
  readonly body: object;
  readonly retryAfter?: number;
}

export const refused = (
  status: number,
  code: string,
  more: { readonly target?: string; readonly retryAfter?: number } = {},
) => {
  const { retryAfter, ...facts } = more;
  return {
    status,
    body: { error: { code, message: `${code} it is.`, ...facts } },
    ...(retryAfter ? { retryAfter } : {}),
  };
};

export const isLeased = ({ leaseUntil, closed }: Row, now: number): boolean =>
  !closed && leaseUntil !== null && leaseUntil > now;

/** A lease that ended without a word: something may have been destroyed. */
const isUntouched = (row: Row, now: number): boolean =>
  !row.isTouched && (row.leaseUntil === null || row.leaseUntil > now || row.closed !== undefined);

const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

export const seen = (row: Row, now: number): object => ({
  order: row.order,
  state: isLeased(row, now) ? 'Leased' : row.state,
  executor: row.executor,
  vault: 'contoso',
  item: row.item,
  generation: 1,
  kind: 'tenant',
  class: 'Cloud',
  represents: 'Original',
  tier: 'Vault',
  sourceId: row.sourceId,
  server: null,
  superseded: false,
  deletedAt: instant(row.orderedAt - 14 * 86_400_000),
  deletedBy: 'local-user',
  deletedByTenant: 'local',
  channel: 'service',
  reason: null,
  comment: null,
  softDeleteApplied: true,
  retentionDays: 14,
  purgeAt: instant(row.orderedAt),
  approvals: [],
  secondFactor: null,
  recoveryPoints: { count: 0, value: [] },
  parameters: {},
  orderedAt: instant(row.orderedAt),
  confirmBy: instant(row.orderedAt + 86_400_000),
  availableAt: instant(row.availableAt),
  attempts: row.attempts,
  untouched: isUntouched(row, now),
  checkpoint: row.checkpoint,
  lease: isLeased(row, now) ? { until: instant(row.leaseUntil), holder: { tid: 'local', oid: 'executor' } } : null,
  lastFailure: row.lastFailure,
  etag: '"1"',
});

type Check = (value: unknown) => boolean;
const may =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
/** As the service takes words of people: see `said` in src/http/shape.ts. */
const PLAIN = /^(?:[\t\n\r]|[^\p{Cc}\p{Cs}])*$/u;
const textOf =
  (most: number): Check =>
  (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= most && PLAIN.test(value);
const isText = textOf(1024);
const isFlag: Check = (value) => typeof value === 'boolean';
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string);
const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
const json =
  (bytes: number): Check =>
  (value) =>
    value !== undefined && Buffer.byteLength(JSON.stringify(value)) <= bytes;
const fields = (body: unknown, checks: Readonly<Record<string, Check>>): string | undefined => {
  if (typeof body !== 'object' || body === null) return '';
  const unknown = Object.keys(body).find((name) => !Object.hasOwn(checks, name));
  return unknown ?? Object.keys(checks).find((name) => !checks[name]?.((body as Body)[name]));
};
const listOf =
  (most: number, check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every(check);

const PROOF = {
  objects: whole(0),
  bytes: may(whole(0)),
  hash: may((value) => /^sha256:[0-9a-f]{64}$/.test(String(value))),
  method: may(isText),
  remaining: may(listOf(20, (one) => fields(one, { what: isText, until: may(isText) }) === undefined)),
  details: may((value) => typeof value === 'object' && value !== null),
};
const isProof: Check = (value) => fields(value, PROOF) === undefined && json(8192)(value);
const [token, leaseSeconds] = [whole(0), may(whole(30, 3600))];

/** What each call takes; all else is refused. */
const CALLS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  claim: { executor: isText, max: may(whole(1, 32)), leaseSeconds },
  renew: { token, leaseSeconds, checkpoint: may(json(4096)) },
  complete: { token, proof: isProof },
  fail: {
    token,
    code: textOf(64),
    message: isText,
    destroyed: oneOf('nothing', 'some', 'unknown'),
    retryAfterSeconds: may(whole(0, 86_400)),
    permanent: may(isFlag),
  },
  refuse: { token, reason: isText },
  recall: { reason: isText },
  resolve: {
    outcome: oneOf('retry', 'confirmed', 'abandoned'),
    reason: isText,
    confirmName: may(isText),
    proof: may(isProof),
  },
};

/** Where the body is wrong. */
export function complaint(verb: string, body: Body): string | undefined {
  const wrong = fields(body, CALLS[verb] ?? {});
  return wrong === undefined ? undefined : `$.${wrong}`;
}

const MINUTE = 60_000;
const MOST_ATTEMPTS = 20;

type Decide = (row: Row, body: Body, now: number) => Answer;

function close(row: Row, state: Row['state'], answer: object, proof?: unknown): Answer {
  const isTouched = row.isTouched || state === 'Completed';
  Object.assign(row, { state, closed: { proof, answer }, leaseUntil: null, isTouched });
  return { status: 200, body: answer };
}

/** The word of its holder ends an attempt, if it has not ended before. */
function ended(row: Row): Row {
  if (row.leaseUntil !== null) row.attempts += 1;
  return row;
}

const purged = (row: Row, confirmed: boolean, proof: unknown) => ({
  state: 'Purged',
  receipt: { hash: '0'.repeat(64), receipt: { version: 1, item: row.item, confirmed, proof: proof ?? null } },
});
const back = (row: Row) => ({ name: row.item, state: 'SoftDeleted' });

const VERBS: Readonly<Record<string, Decide>> = {
  renew(row, body, now) {
    if (row.leaseUntil === null) return refused(409, 'StaleToken');
    row.isTouched = !isUntouched(row, now);
    row.leaseUntil = now + ((body['leaseSeconds'] as number | undefined) ?? 300) * 1000;
    if ('checkpoint' in body) row.checkpoint = body['checkpoint'];
    return { status: 200, body: seen(row, now) };
  },
  complete: (row, { proof }) => close(ended(row), 'Completed', purged(row, true, proof), proof),
  fail(row, { code, message, destroyed, retryAfterSeconds, permanent }, now) {
    row.isTouched = !isUntouched(row, now) || destroyed !== 'nothing';
    ended(row).leaseUntil = null;
    row.lastFailure = { code, message, destroyed, at: instant(now) };
    const wait = typeof retryAfterSeconds === 'number' ? retryAfterSeconds * 1000 : MINUTE * 2 ** (row.attempts - 1);
    row.state = permanent === true || row.attempts >= MOST_ATTEMPTS ? 'Blocked' : 'Waiting';
    row.availableAt = row.state === 'Blocked' ? null : now + Math.min(wait, 360 * MINUTE);
    return { status: 200, body: seen(row, now) };
  },
  refuse: (row, _, now) =>
    isUntouched(row, now) ? close(ended(row), 'Refused', back(row)) : refused(409, 'DestructionPossible'),
  recall: (row, _, now) =>
    isUntouched(row, now) && !isLeased(row, now)
      ? close(row, 'Recalled', back(row))
      : refused(409, 'DestructionPossible'),
  resolve(row, { outcome, confirmName, proof }, now) {
    if (outcome === 'retry') {
      Object.assign(row, { state: 'Open', availableAt: now });
      return { status: 200, body: seen(row, now) };
    }
    if (confirmName !== row.item) return refused(400, 'ConfirmationRequired');
    if (row.leaseUntil !== null && isLeased(row, now))
      return refused(409, 'ObjectLocked', { retryAfter: Math.ceil((row.leaseUntil - now) / 1000) });
    const isConfirmed = outcome === 'confirmed';
    return close(row, isConfirmed ? 'Completed' : 'Abandoned', purged(row, isConfirmed, proof), proof);
  },
};

export function decide(verb: string, row: Row, body: Body, now: number): Answer {
  if ('token' in body && body['token'] !== row.token) return refused(409, 'StaleToken');
  if (row.closed) {
    const isSame =
      verb === 'complete' && row.state === 'Completed' && isDeepStrictEqual(row.closed.proof, body['proof']);
    return isSame ? { status: 200, body: row.closed.answer } : refused(409, 'OrderClosed');
  }
  return VERBS[verb]?.(row, body, now) ?? refused(404, 'RouteNotFound');
}
