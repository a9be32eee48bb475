import { type Outcome, ok, refuse } from '../core/problems.ts';

const OPAQUE = /^[A-Za-z0-9_-]{1,2000}$/;

/** Where the last page ended. A continuation that this service did not make is refused. */
export function startOf({ continuation }: { readonly continuation?: string | undefined }): Outcome<string | undefined> {
  if (continuation === undefined) return ok(undefined);
  const after = OPAQUE.test(continuation) ? Buffer.from(continuation, 'base64url').toString('utf8') : '';
  if (/^[a-z0-9._!~-]+$/.test(after)) return ok(after);
  return refuse('InvalidRequest', 'This continuation was not made by this service. Start again without it.', {
    target: '$.continuation',
  });
}

/** `last` is the key of the last entry shown, or undefined at the end of the list. */
export function listReply<T>(value: readonly T[], last: string | undefined, url: URL) {
  if (last === undefined) return { status: 200, body: { value } } as const;
  const next = new URL(url);
  next.searchParams.set('continuation', Buffer.from(last, 'utf8').toString('base64url'));
  return { status: 200, body: { value, nextLink: next.href } } as const;
}
