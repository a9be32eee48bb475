import type { HttpResponseInit } from '@azure/functions';
import type { Evidence } from '../core/caller.ts';
import { evidenceLine } from '../core/evidence.ts';
import { type Outcome, ok, refuse } from '../core/problems.ts';

export interface Reply {
  readonly status: number;
  /** A text goes out as it is. */
  readonly body?: object | string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A resource has its etag in the body and in the header. */
export const reply = <const S extends number, const B>(
  status: S,
  body: B,
  headers: Readonly<Record<string, string>> = {},
) => ({ status, body, headers: { ...etagOf(body), ...headers } });

/** Names the entry of the history that the request has left. */
export const withEvidence = <T extends Reply>(reply: T, evidence: Evidence | undefined): T =>
  evidence ? { ...reply, headers: { ...reply.headers, 'x-reprieve-evidence': evidenceLine(evidence) } } : reply;

const etagOf = (body: unknown): { readonly etag?: string } =>
  typeof body === 'object' && body !== null && 'etag' in body ? { etag: String(body.etag) } : {};

export const quoted = (etag: string): string => `"${etag}"`;

/** On every answer. It is data for programs: no browser should guess what it is, keep it, or show it inside another page. */
export const SECURITY = {
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

/** What a page for people may load, besides nothing. */
export const pagePolicy = (...allowed: readonly string[]): string =>
  ["default-src 'none'", ...allowed, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"].join('; ');

const OPAQUE = /^[A-Za-z0-9_-]{1,2000}$/;

/** Where the last page ended. A continuation that this service did not make is refused. */
export function startOf({ continuation }: { readonly continuation?: string | undefined }): Outcome<string | undefined> {
  if (continuation === undefined) return ok(undefined);
  const after = OPAQUE.test(continuation) ? Buffer.from(continuation, 'base64url').toString('utf8') : '';
  if (/^[a-z0-9._!~-]+$/.test(after)) return ok(after);
  return refuse('InvalidRequest', 'This continuation was not made by this service. Start again without it.', {
    target: '?continuation',
  });
}

const isContinuation = (name: string): boolean => name.toLowerCase() === 'continuation';

/** `last` is the key of the last entry shown, or undefined at the end of the list. */
export function listReply<T>(
  value: readonly T[],
  { last, unreadable = [] }: { readonly last: string | undefined; readonly unreadable?: readonly string[] },
  url: URL,
) {
  const broken = unreadable.length > 0 ? { unreadable: unreadable.map((name) => ({ name })) } : {};
  return { status: 200, body: { value, ...linkTo(last, url), ...broken } } as const;
}

/** To the next page; nothing at the end. */
export function linkTo(last: string | undefined, url: URL): { readonly nextLink?: string } {
  if (last === undefined) return {};
  const next = new URL(url);
  for (const name of [...next.searchParams.keys()]) if (isContinuation(name)) next.searchParams.delete(name);
  next.searchParams.set('continuation', Buffer.from(last, 'utf8').toString('base64url'));
  return { nextLink: next.href };
}
