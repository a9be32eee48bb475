import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Config } from '../config.ts';
import { type Caller, ROLES, type Role } from '../core/caller.ts';
import { sameName } from '../core/names.ts';
import { type Outcome, ok, type Refused, refuse, Unanswered } from '../core/problems.ts';

type Tell = (why: string) => void;

/** Who is calling? Answers a caller, or why there is none. A fault of the identity provider is thrown. */
export type Identify = (
  authorization: string | null,
  /** Is told why there is none, in words that hold nothing of the token. */
  tell?: Tell,
  /** Is asked before a signature is looked at: a refusal means that it is not. A token that was verified a moment ago needs no look. */
  look?: () => Refused | undefined,
) => Promise<Outcome<Caller>>;

const FRESH_SECONDS = 600;
/** Clocks of different machines agree about this well. */
const SKEW_SECONDS = 60;
/** The provider's keys are read again after ten minutes; for a key nobody knows yet, at most twice a minute. */
const KEYS = { cacheMaxAge: 600_000, cooldownDuration: 30_000 };
/** A key that the provider withdraws is honoured no longer than both together. */
const KEPT_SECONDS = 60;
const KEPT_TOKENS = 1000;

/** The caller of a local run who brings no token: everyday roles, no second factor. */
const LOCAL_USER: Caller = {
  tid: 'local',
  oid: 'local-user',
  roles: ['Reader', 'Operator', 'Contributor'],
  appOnly: false,
  secondFactor: false,
};

/** Token lifetimes are about real time, whatever the local clock of the service says. */
export function verifyTokens({ identity, local }: Pick<Config, 'identity' | 'local'>, realNow: () => Date): Identify {
  const keySet = createRemoteJWKSet(new URL(identity.jwks), KEYS);
  const verified = recently<JWTPayload>(KEPT_SECONDS * 1000, KEPT_TOKENS);
  const isTaken = ({ tid }: JWTPayload): boolean =>
    identity.tenants.length === 0 || identity.tenants.some((tenant) => sameName(tenant, String(tid)));

  return async (authorization, tell, look) => {
    if (authorization === null && local) return ok(LOCAL_USER);
    const token = /^Bearer +([A-Za-z0-9._-]+)$/i.exec(authorization ?? '')?.[1];
    if (!token) {
      if (authorization !== null) tell?.('not a bearer token');
      return unauthenticated();
    }
    const now = realNow();
    const before = verified.get(token, now);
    // its signature is not looked at again, but its time is
    if (before && isLiving(before, now)) return callerOf(before, identity, now, tell);
    const unseen = look?.();
    if (unseen) return unseen;
    try {
      const { payload } = await jwtVerify(token, keySet, {
        issuer: identity.issuer,
        audience: identity.audience,
        algorithms: ['RS256'],
        requiredClaims: ['exp'],
        clockTolerance: SKEW_SECONDS,
        currentDate: now,
      });
      if (!isTaken(payload)) {
        tell?.('another tenant');
        return unauthenticated();
      }
      verified.set(token, payload, now);
      return callerOf(payload, identity, now, tell);
    } catch (error) {
      if (
        error instanceof errors.JOSEError &&
        !(error instanceof errors.JWKSTimeout) &&
        error.code !== 'ERR_JOSE_GENERIC'
      ) {
        tell?.(error.code);
        return unauthenticated();
      }
      throw new Unanswered('the identity provider could not be asked for its keys', { cause: error });
    }
  };
}

const isLiving = ({ exp = 0 }: JWTPayload, now: Date): boolean => now.getTime() / 1000 < exp + SKEW_SECONDS;

const unauthenticated = () =>
  refuse(
    'Unauthenticated',
    'Send a valid access token: "Authorization: Bearer …". It must be unexpired and meant for this service.',
  );

function callerOf(claims: JWTPayload, identity: Config['identity'], now: Date, tell?: Tell): Outcome<Caller> {
  const { tid, oid } = claims;
  const kind = kindOf(claims, identity);
  if (typeof tid !== 'string' || typeof oid !== 'string' || 'wrong' in kind) {
    tell?.('wrong' in kind ? kind.wrong : 'no tenant or no object id');
    return unauthenticated();
  }
  const roles = (Array.isArray(claims['roles']) ? claims['roles'] : []).filter((role): role is Role =>
    ROLES.includes(role),
  );
  const { appOnly } = kind;
  const capabilities = [claims['xms_cc']].flat();
  return ok({
    ...{ tid, oid, roles, appOnly },
    secondFactor: !appOnly && isSteppedUp(claims, identity.stepUpContext, now),
    ...(capabilities.includes('cp1') ? { takesClaims: true } : {}),
  });
}

/**
 * A person or an app. Each says so by what it has, and what is neither, or both, is nobody: no missing claim makes one of the other.
 * The words go to the log, so they hold nothing of the token.
 */
function kindOf(
  claims: JWTPayload,
  { scope, clients }: Pick<Config['identity'], 'scope' | 'clients'>,
): { readonly appOnly: boolean } | { readonly wrong: string } {
  const { ver, idtyp, scp, azp } = claims;
  if (ver !== '2.0') return { wrong: 'no token of version 2.0' };
  if (idtyp === 'app') return scp === undefined ? { appOnly: true } : { wrong: 'an app that acts for a person' };
  if (idtyp !== undefined && idtyp !== 'user') return { wrong: 'neither a person nor an app' };
  if (scp === undefined) return { wrong: 'neither a person (no scp) nor an app (no idtyp)' };
  if (typeof scp !== 'string' || !scp.split(' ').includes(scope)) return { wrong: 'a person without our scope' };
  const isOurs = typeof azp === 'string' && clients.some((client) => sameName(client, azp));
  return isOurs ? { appOnly: false } : { wrong: 'a person by an application that is not in IDENTITY_CLIENTS' };
}

/** Fails closed: without the context, or without a fresh sign-in time, there was no second factor. */
function isSteppedUp(claims: JWTPayload, context: string, now: Date): boolean {
  const { acrs, auth_time: signedIn } = claims;
  if (!Array.isArray(acrs) || !acrs.includes(context) || typeof signedIn !== 'number') return false;
  const age = now.getTime() / 1000 - signedIn;
  return age >= -SKEW_SECONDS && age <= FRESH_SECONDS;
}

/** What was found out a moment ago and need not be found out again: for so long, and so many of them. */
export function recently<T>(forMs: number, atMost: number) {
  const kept = new Map<string, { readonly value: T; readonly since: number }>();
  return {
    get(key: string, now: Date): T | undefined {
      const found = kept.get(key);
      if (found && isFresh(now.getTime() - found.since, forMs)) return found.value;
      kept.delete(key);
      return undefined;
    },
    set(key: string, value: T, now: Date): void {
      const [oldest] = kept.keys();
      if (kept.size >= atMost && oldest !== undefined) kept.delete(oldest);
      kept.set(key, { value, since: now.getTime() });
    },
  };
}

/** A clock that was set back makes everything old, never young. */
const isFresh = (age: number, forMs: number): boolean => age >= 0 && age < forMs;
