import type { HttpResponseInit } from '@azure/functions';
import { PROBLEMS, type Refusal } from '../core/problems.ts';

export interface Reply {
  readonly status: number;
  /** A text goes out as it is. */
  readonly body?: object | string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A resource: its etag is in the body and in the header. */
export const resource = (
  status: number,
  body: Readonly<Record<string, unknown>> & { readonly etag: string },
  headers: Record<string, string> = {},
): Reply => ({
  status,
  body,
  headers: { etag: body.etag, ...headers },
});

export const quoted = (etag: string): string => `"${etag}"`;

const CHALLENGES: { readonly [code: string]: (context: string) => string } = {
  Unauthenticated: () => 'Bearer',
  StepUpRequired: (context) =>
    `Bearer error="insufficient_user_authentication", acr_values="${context}", max_age="600"`,
};

/** RFC 9470 for everyone; and what Microsoft's own libraries act upon, for clients that said they would. */
const entraChallenge = (context: string): string => {
  const claims = { access_token: { acrs: { essential: true, value: context } } };
  return `Bearer error="insufficient_claims", claims="${Buffer.from(JSON.stringify(claims)).toString('base64')}"`;
};

/** A refusal as the API says it: the error envelope, or RFC 9457 when the caller prefers that. */
export function refusalReply(
  refusal: Refusal,
  accept: string | null,
  stepUpContext: string,
  takesClaims = false,
): Reply {
  const { code, message, target, facts, retryAfterSeconds } = refusal;
  const details = refusal.details ?? onlyComplaint(refusal);
  const status = PROBLEMS[code];
  const asked = CHALLENGES[code]?.(stepUpContext);
  const challenge =
    asked && takesClaims && code === 'StepUpRequired' ? `${asked}, ${entraChallenge(stepUpContext)}` : asked;
  const headers = {
    'x-ms-error-code': code,
    ...(challenge ? { 'www-authenticate': challenge } : {}),
    ...(code === 'MethodNotAllowed' ? { allow: [facts?.['allowed']].flat().join(', ') } : {}),
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  };
  const more = { ...(target === undefined ? {} : { target }), ...(details ? { details } : {}) };
  if (accept?.toLowerCase().includes('application/problem+json')) {
    // Extensions first: type, title, status and detail are the RFC's own.
    const body = { ...facts, ...more, code, type: `/problems/${code}`, title: titleOf(code), status, detail: message };
    return { status, body, headers: { ...headers, 'content-type': 'application/problem+json' } };
  }
  return { status, body: { error: { code, message, ...more, ...(facts ? { innererror: facts } : {}) } }, headers };
}

/** A request that is wrong in one place says so in the same form as one that is wrong in many. */
const onlyComplaint = ({ code, message, target }: Refusal): Refusal['details'] =>
  code === 'InvalidRequest' && target !== undefined ? [{ code, message, target }] : undefined;

/** `ItemSoftDeleted` → `Item soft deleted`. */
const titleOf = (code: string): string => {
  const words = code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** On every answer. It is data for programs: no browser should guess what it is, keep it, or show it inside another page. */
const SECURITY = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export function toResponse(
  { status, body, headers = {} }: Reply,
  always: Readonly<Record<string, string>>,
): HttpResponseInit {
  const all = { ...SECURITY, ...headers, ...always };
  if (body === undefined) return { status, headers: all };
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...all },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}
