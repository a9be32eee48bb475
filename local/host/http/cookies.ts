import type { Cookie } from '../app/protocol.ts';

const SAME_SITE = { none: undefined, lax: 'lax', strict: 'strict', explicitNone: 'none' } as const;

/** Set-Cookie as ASP.NET writes it: the value escaped, the path `/` unless the app names one. */
export function setCookie(cookie: Cookie): string {
  const expires = cookie.expires?.value?.seconds;
  const sameSite = SAME_SITE[cookie.sameSite ?? 'none'];
  return [
    `${encodeURIComponent(cookie.name ?? '')}=${encodeURIComponent(cookie.value ?? '')}`,
    expires === undefined ? undefined : `expires=${new Date(expires * 1_000).toUTCString()}`,
    cookie.maxAge?.value === undefined ? undefined : `max-age=${Math.trunc(cookie.maxAge.value)}`,
    cookie.domain?.value ? `domain=${cookie.domain.value}` : undefined,
    `path=${cookie.path?.value ?? '/'}`,
    cookie.secure?.value ? 'secure' : undefined,
    sameSite ? `samesite=${sameSite}` : undefined,
    cookie.httpOnly?.value ? 'httponly' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join('; ');
}
