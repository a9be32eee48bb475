import { type Outcome, ok, refuse } from '../core/problems.ts';
import type { Reply } from './reply.ts';

const OPAQUE = /^[A-Za-z0-9_-]{1,2000}$/;

export interface Page {
  readonly top: number;
  readonly continuation?: string | undefined;
}

/** Where the last page ended. Whoever makes one up gets a clear refusal. */
export function startOf({ continuation }: Page): Outcome<string | undefined> {
  if (continuation === undefined) return ok(undefined);
  const after = OPAQUE.test(continuation) ? Buffer.from(continuation, 'base64url').toString('utf8') : '';
  if (/^[a-z0-9._!~-]+$/.test(after)) return ok(after);
  return refuse('InvalidRequest', 'This continuation was not made by this service. Start again without it.', {
    target: '$.continuation',
  });
}

/** `last` is the key of the last entity shown, or undefined at the end of the list. */
export function listReply(value: readonly object[], last: string | undefined, url: URL): Reply {
  if (last === undefined) return { status: 200, body: { value } };
  const next = new URL(url);
  next.searchParams.set('continuation', Buffer.from(last, 'utf8').toString('base64url'));
  return { status: 200, body: { value, nextLink: next.href } };
}

/** A page of what is in memory already, in the order of its keys. */
export function cut<T>(
  all: readonly T[],
  key: (one: T) => string,
  after: string | undefined,
  top: number,
): { readonly shown: readonly T[]; readonly last: string | undefined } {
  const sorted = all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  const rest = after === undefined ? sorted : sorted.filter((one) => key(one) > after);
  const shown = rest.slice(0, top);
  const final = shown.at(-1);
  return { shown, last: rest.length > top && final ? key(final) : undefined };
}
