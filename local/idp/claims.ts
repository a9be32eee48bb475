import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JWTPayload } from 'jose';
import { z } from 'zod';

const YEARS = 10 * 365 * 86_400;

/** Past and future alike: the makers of wrong tokens are customers here. */
const seconds = z.number().int().min(-YEARS).max(YEARS);
const text = z.string().min(1).max(256);

export const TokenWish = z.strictObject({
  sub: text,
  roles: z.array(text).max(32).default([]),
  mfa: z.boolean().default(false),
  appOnly: z.boolean().default(false),
  authAgeSeconds: seconds.default(0),
  audience: text.optional(),
  issuer: text.optional(),
  expiresInSeconds: seconds.default(3600),
  /** Merged last; null removes one. */
  claims: z.record(text, z.json()).default({}),
});

export type TokenWish = z.output<typeof TokenWish>;

export const DEFAULT_AUDIENCE = 'api://reprieve';
/** The application by which people of a local run get their tokens. */
const CLIENT = 'reprieve-local';
const SCOPE = 'access';

/** Entra gives these out only where the application asks for them, and so do we: the file is that of `infra/entra.sh`. */
const OPTIONAL = join(import.meta.dirname, '..', '..', 'infra', 'optionalClaims.json');
const askedFor: ReadonlySet<string> = new Set(
  z
    .object({ accessToken: z.array(z.object({ name: text })) })
    .parse(JSON.parse(readFileSync(OPTIONAL, 'utf8')))
    .accessToken.map(({ name }) => name),
);

/** What Entra would say of such a caller (v2.0 tokens). `now` in seconds since 1970. */
export function claimsOf(wish: TokenWish, issuer: string, now: number): JWTPayload {
  const expires = now + wish.expiresInSeconds;
  const issued = Math.min(now, expires); // an expired token was once a valid one
  return merged(
    {
      ver: '2.0',
      iss: wish.issuer ?? issuer,
      aud: wish.audience ?? DEFAULT_AUDIENCE,
      sub: wish.sub,
      oid: wish.sub,
      tid: 'local',
      roles: wish.roles,
      iat: issued,
      nbf: issued,
      exp: expires,
      ...(wish.appOnly ? {} : { scp: SCOPE, azp: CLIENT }),
      ...only(askedFor, wish.appOnly ? { idtyp: 'app' } : signIn(wish, now)),
    },
    wish.claims,
  );
}

/** Only a person signs in, so only a person's token can tell when, and by which authentication context. */
const signIn = (wish: TokenWish, now: number): JWTPayload => ({
  auth_time: now - wish.authAgeSeconds,
  ...(wish.mfa ? { acrs: ['c1'] } : {}),
});

const only = (names: ReadonlySet<string>, claims: JWTPayload): JWTPayload =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => names.has(name)));

const merged = (claims: JWTPayload, last: JWTPayload): JWTPayload =>
  Object.fromEntries(Object.entries({ ...claims, ...last }).filter(([, value]) => value !== null));
