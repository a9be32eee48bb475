import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { refuse, Unanswered } from '../../src/core/problems.ts';
import { verifyTokens } from '../../src/http/identity.ts';

const NOON = 1_800_000_000;
const [keys, others] = await Promise.all([generateKeyPair('RS256', { extractable: true }), generateKeyPair('RS256')]);
const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
const jwkOfOthers = { ...(await exportJWK(others.publicKey)), kid: 'two', alg: 'RS256', use: 'sig' };

/** Where the keys are fetched; `broken` as long as it has a cold. */
let broken = false;
let published: readonly object[] = [jwk];
let fetched = 0;
const provider = createServer((_, reply) => {
  fetched += 1;
  reply.writeHead(broken ? 500 : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: published }));
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
});
afterAll(() => provider.close());

const identity = {
  ...{ issuer: 'https://issuer', audience: 'api://reprieve', stepUpContext: 'c1', tenants: [] },
  ...{ clients: ['portal', 'cli'], scope: 'access' },
};
const CLAIMS = {
  ...{ iss: identity.issuer, aud: identity.audience, tid: 'tenant', oid: 'ada', roles: ['Reader'] },
  ...{ ver: '2.0', scp: 'access', azp: 'portal' },
  ...{ iat: NOON - 60, nbf: NOON - 60, exp: NOON + 60, auth_time: NOON - 60 },
};

const at = (seconds: number) => () => new Date(seconds * 1000);

const sign = (claims: object, key = keys.privateKey, header: object = {}) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(key);

const identify = (authorization: string | null, { at = NOON, local = false } = {}) =>
  verifyTokens({ identity: { ...identity, jwks: `${origin}/jwks` }, local }, () => new Date(at * 1000))(authorization);
const callerWith = async (claims: object, at?: number) => {
  const outcome = await identify(`Bearer ${await sign({ ...CLAIMS, ...claims })}`, at === undefined ? {} : { at });
  return outcome.ok ? outcome.value : outcome.refusal.code;
};

describe('a caller', () => {
  test('is a tenant, an object and its roles', async () => {
    expect(await callerWith({})).toEqual({
      tid: 'tenant',
      oid: 'ada',
      roles: ['Reader'],
      appOnly: false,
      secondFactor: false,
    });
  });

  test('has only the roles there are', async () => {
    expect(await callerWith({ roles: ['Owner', 'Operator', 7, null, '__proto__'] })).toMatchObject({
      roles: ['Operator'],
    });
    for (const roles of [undefined, null, 'Contributor', { 0: 'Contributor' }])
      expect(await callerWith({ roles })).toMatchObject({ roles: [] });
  });

  test('takes a challenge for claims when its client says so', async () => {
    expect(await callerWith({ xms_cc: ['cp1'] })).toMatchObject({ takesClaims: true });
    expect(await callerWith({ xms_cc: 'cp1' })).toMatchObject({ takesClaims: true });
    for (const xms_cc of [undefined, [], ['cp2'], null, { cp1: true }])
      expect(await callerWith({ xms_cc })).not.toHaveProperty('takesClaims');
  });

  const APP = { idtyp: 'app', scp: undefined, azp: 'a script' };

  test('is a person with our scope, by an application of ours', async () => {
    for (const claims of [{}, { idtyp: 'user' }, { scp: 'profile access' }, { azp: 'CLI' }])
      expect(await callerWith(claims)).toMatchObject({ appOnly: false });
  });

  test('is an app when the token says so, and then its application does not matter', async () => {
    for (const claims of [APP, { ...APP, azp: undefined }])
      expect(await callerWith(claims)).toMatchObject({ appOnly: true });
  });

  test.for<readonly [claims: object, why: RegExp]>([
    [{ scp: undefined }, /neither a person .no scp. nor an app .no idtyp./],
    [{ scp: undefined, idtyp: 'user' }, /neither a person/],
    [{ ...APP, scp: 'access' }, /an app that acts for a person/],
    [{ ...APP, scp: '' }, /an app that acts for a person/],
    [{ ...APP, idtyp: 'App' }, /neither a person nor an app/],
    [{ idtyp: ['app'] }, /neither a person nor an app/],
    [{ idtyp: null }, /neither a person nor an app/],
    [{ scp: 'accessible' }, /without our scope/],
    [{ scp: ['access'] }, /without our scope/],
    [{ scp: '' }, /without our scope/],
    [{ azp: undefined }, /not in IDENTITY_CLIENTS/],
    [{ azp: 'secret-name' }, /not in IDENTITY_CLIENTS/],
    [{ azp: ['portal'] }, /not in IDENTITY_CLIENTS/],
    [{ ver: '1.0' }, /version 2\.0/],
    [{ ver: undefined }, /version 2\.0/],
    [{ ver: 2 }, /version 2\.0/],
    [{ ...APP, ver: undefined }, /version 2\.0/],
  ])('is nobody with %j, and the log says why and holds nothing of the token', async ([claims, why]) => {
    const said: string[] = [];
    const verify = verifyTokens({ identity: { ...identity, jwks: `${origin}/jwks` }, local: false }, at(NOON));
    const token = await sign({ ...CLAIMS, ...claims });
    // the second time its signature is remembered, and it is nobody all the same
    for (const _ of ['verified', 'remembered'])
      expect(await verify(`Bearer ${token}`, (line) => said.push(line))).toMatchObject({
        refusal: { code: 'Unauthenticated' },
      });
    expect(said).toEqual([expect.stringMatching(why), expect.stringMatching(why)]);
    expect(said.join()).not.toContain('secret-name');
  });

  test.for([{ tid: undefined }, { oid: undefined }, { tid: 1 }, { oid: ['ada'] }, { oid: null }])(
    'is nobody with %j',
    async (claims) => {
      expect(await callerWith(claims)).toBe('Unauthenticated');
    },
  );
});

describe('a tenant', () => {
  const from = async (tenants: readonly string[], tid: unknown, times = 1) => {
    const verify = verifyTokens({ identity: { ...identity, tenants, jwks: `${origin}/jwks` }, local: false }, at(NOON));
    const token = `Bearer ${await sign({ ...CLAIMS, tid })}`;
    const said: string[] = [];
    let outcome = await verify(token, (why) => said.push(why));
    for (let time = 1; time < times; time += 1) outcome = await verify(token, (why) => said.push(why));
    return [outcome.ok ? outcome.value.tid : outcome.refusal.code, ...said];
  };

  test('that is on the list is let in, whatever its case', async () => {
    expect(await from(['ours', 'tenant'], 'tenant')).toEqual(['tenant']);
    expect(await from(['Tenant'], 'TENANT')).toEqual(['TENANT']);
  });

  test('that is not on the list is nobody, and the log says why without naming it', async () => {
    for (const tid of ['theirs', '', 'ten', 'tenants', 'tenant,ours', undefined, ['tenant']])
      expect((await from(['tenant', 'ours'], tid))[0]).toBe('Unauthenticated');
    expect(await from(['tenant'], 'theirs')).toEqual(['Unauthenticated', 'another tenant']);
  });

  test('is looked at also when its token was verified a moment ago', async () => {
    expect((await from(['tenant'], 'theirs', 2))[0]).toBe('Unauthenticated');
  });

  test('is the issuer’s affair where there is no list', async () => {
    expect(await from([], 'whoever')).toEqual(['whoever']);
  });
});

describe('a second factor', () => {
  const hasIt = async (claims: object, at?: number) => {
    const caller = await callerWith({ acrs: ['c1'], auth_time: NOON, exp: NOON + 7200, ...claims }, at);
    return typeof caller === 'object' && caller.secondFactor;
  };

  test('lasts ten minutes from the sign-in', async () => {
    expect(await hasIt({}, NOON)).toBe(true);
    expect(await hasIt({}, NOON + 600)).toBe(true);
    expect(await hasIt({}, NOON + 601)).toBe(false);
  });

  test.for([
    { acrs: undefined },
    { acrs: [] },
    { acrs: ['c2'] },
    { acrs: 'c1' },
    { acrs: { 0: 'c1' } },
    { auth_time: undefined },
    { auth_time: String(NOON) },
    { auth_time: NOON + 3600 },
    { amr: ['mfa'], acrs: undefined },
    { idtyp: 'app', scp: undefined },
  ])('is not there with %j', async (claims) => {
    expect(await hasIt(claims)).toBe(false);
  });

  test('may be one context of several', async () => {
    expect(await hasIt({ acrs: ['c2', 'c1'] })).toBe(true);
  });
});

describe('a token is refused', () => {
  const codeOf = async (authorization: string | null, at?: number) => {
    const outcome = await identify(authorization, at === undefined ? {} : { at });
    return outcome.ok ? 'known' : outcome.refusal.code;
  };

  test('after its time and before it, give or take a minute', async () => {
    const token = `Bearer ${await sign(CLAIMS)}`;
    expect(await codeOf(token, NOON + 60 + 59)).toBe('known');
    expect(await codeOf(token, NOON + 60 + 61)).toBe('Unauthenticated');
    expect(await codeOf(token, NOON - 60 - 59)).toBe('known');
    expect(await codeOf(token, NOON - 60 - 61)).toBe('Unauthenticated');
  });

  test.for([
    { iss: 'https://issuer/' },
    { iss: undefined },
    { aud: 'api://other' },
    { aud: undefined },
    { exp: undefined },
    { exp: 'tomorrow' },
  ])('with %j', async (claims) => {
    expect(await callerWith(claims)).toBe('Unauthenticated');
  });

  test('by another key, also under the right name', async () => {
    expect(await codeOf(`Bearer ${await sign(CLAIMS, others.privateKey)}`)).toBe('Unauthenticated');
    expect(await codeOf(`Bearer ${await sign(CLAIMS, others.privateKey, { kid: 'two' })}`)).toBe('Unauthenticated');
  });

  test('with an algorithm of its own choice', async () => {
    expect(await codeOf(`Bearer ${new UnsecuredJWT(CLAIMS).encode()}`)).toBe('Unauthenticated');
    const shared = new TextEncoder().encode(JSON.stringify(jwk));
    const hmac = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(shared);
    expect(await codeOf(`Bearer ${hmac}`)).toBe('Unauthenticated');
    const pss = await generateKeyPair('PS256');
    const ps256 = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'PS256', kid: 'one' }).sign(pss.privateKey);
    expect(await codeOf(`Bearer ${ps256}`)).toBe('Unauthenticated');
  });

  test('with another algorithm of the right key, which the provider does not tie to one', async () => {
    const { alg: _, ...untied } = jwk;
    published = [untied];
    const rs512 = await importJWK(await exportJWK(keys.privateKey), 'RS512');
    const token = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'RS512', kid: 'one' }).sign(rs512);
    expect(await codeOf(`Bearer ${token}`)).toBe('Unauthenticated');
    expect(await identify(`Bearer ${await sign(CLAIMS)}`)).toMatchObject({ ok: true });
    published = [jwk];
  });

  test('that brings its own key along', async () => {
    const own = await exportJWK(others.publicKey);
    const headers = [{ jwk: own }, { jku: `${origin}/jwks` }];
    for (const header of headers)
      expect(await codeOf(`Bearer ${await sign(CLAIMS, others.privateKey, header)}`)).toBe('Unauthenticated');
  });

  test.for(['', 'Bearer', 'Bearer  ', 'Basic eA==', 'Bearer a b', 'Bearer ä', 'x', `Bearer ${'x'.repeat(100_000)}`])(
    'that is none: %j',
    async (authorization) => {
      expect(await codeOf(authorization)).toBe('Unauthenticated');
    },
  );
});

describe('a token that was verified a moment ago', () => {
  const asked = async (...asks: readonly (readonly [token: string, at: number])[]) => {
    let now = NOON;
    const verifier = verifyTokens(
      { identity: { ...identity, jwks: `${origin}/jwks` }, local: false },
      () => new Date(now * 1000),
    );
    const signatures = vi.spyOn(crypto.subtle, 'verify');
    const outcomes: unknown[] = [];
    for (const [token, at] of asks) {
      now = at;
      const outcome = await verifier(`Bearer ${token}`);
      outcomes.push(outcome.ok ? outcome.value : outcome.refusal.code);
    }
    const looked = signatures.mock.calls.length;
    signatures.mockRestore();
    return { outcomes, looked };
  };

  test('is let in without a look where no other token is looked at', async () => {
    const [good, other] = [await sign(CLAIMS), await sign({ ...CLAIMS, jti: 'other' })];
    const verify = verifyTokens({ identity: { ...identity, jwks: `${origin}/jwks` }, local: false }, at(NOON));
    expect(await verify(`Bearer ${good}`)).toMatchObject({ ok: true });
    const signatures = vi.spyOn(crypto.subtle, 'verify');
    const closed = () => refuse('TooManyAttempts', 'not now');
    expect(await verify(`Bearer ${good}`, undefined, closed)).toMatchObject({ ok: true });
    expect(await verify(`Bearer ${other}`, undefined, closed)).toMatchObject({ refusal: { code: 'TooManyAttempts' } });
    expect(signatures).not.toHaveBeenCalled();
    signatures.mockRestore();
  });

  test('is the same caller for a minute, and then its signature is looked at again', async () => {
    const token = await sign({ ...CLAIMS, exp: NOON + 3600 });
    expect(await asked([token, NOON], [token, NOON + 30], [token, NOON + 59])).toMatchObject({
      outcomes: Array(3).fill({ oid: 'ada' }),
      looked: 1,
    });
    expect(await asked([token, NOON], [token, NOON + 60])).toMatchObject({ looked: 2 });
  });

  test('ends at its own time all the same', async () => {
    const token = await sign(CLAIMS);
    expect(await asked([token, NOON + 100], [token, NOON + 119], [token, NOON + 121])).toMatchObject({
      outcomes: [{ oid: 'ada' }, { oid: 'ada' }, 'Unauthenticated'],
    });
  });

  test('loses its second factor when that grows old', async () => {
    const token = await sign({ ...CLAIMS, exp: NOON + 3600, acrs: ['c1'], auth_time: NOON - 570 });
    expect(await asked([token, NOON], [token, NOON + 31])).toMatchObject({
      outcomes: [{ secondFactor: true }, { secondFactor: false }],
      looked: 1,
    });
  });

  test('vouches for no other token, and is not one when it was refused', async () => {
    const good = await sign(CLAIMS);
    const forged = `${good.slice(0, good.lastIndexOf('.'))}.${(await sign(CLAIMS, others.privateKey)).split('.')[2]}`;
    expect(await asked([good, NOON], [forged, NOON], [forged, NOON])).toMatchObject({
      outcomes: [{ oid: 'ada' }, 'Unauthenticated', 'Unauthenticated'],
      looked: 3,
    });
  });
});

describe('the keys of the identity provider', () => {
  const MINUTE = 60;
  const verifier = () =>
    verifyTokens({ identity: { ...identity, jwks: `${origin}/jwks` }, local: false }, () => new Date());
  const long = { ...CLAIMS, exp: NOON + 3600 };
  const signedBy = (kid: 'one' | 'two', more: object = {}) =>
    sign({ ...long, ...more }, kid === 'one' ? keys.privateKey : others.privateKey, { kid });
  const later = (seconds: number) => vi.setSystemTime((NOON + seconds) * 1000);

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
    later(0);
    fetched = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
    published = [jwk];
  });

  test('are fetched once for ten minutes, and once more for however many unknown ones within half a minute', async () => {
    const ask = verifier();
    for (let token = 0; token < 5; token += 1)
      expect(await ask(`Bearer ${await signedBy('one', { jti: `${token}` })}`)).toMatchObject({ ok: true });
    expect(fetched).toBe(1);
    later(MINUTE);
    for (let token = 0; token < 20; token += 1)
      expect(await ask(`Bearer ${await signedBy('two', { jti: `${token}` })}`)).toMatchObject({ ok: false });
    expect(fetched).toBe(2);
  });

  test('may be new: whoever signs with one is let in as soon as it is published', async () => {
    const ask = verifier();
    expect(await ask(`Bearer ${await signedBy('one')}`)).toMatchObject({ ok: true });
    published = [jwk, jwkOfOthers];
    later(MINUTE);
    expect(await ask(`Bearer ${await signedBy('two')}`)).toMatchObject({ ok: true });
    expect(await ask(`Bearer ${await signedBy('one')}`)).toMatchObject({ ok: true });
  });

  test('that are withdrawn open nothing after eleven minutes', async () => {
    const ask = verifier();
    const token = `Bearer ${await signedBy('one')}`;
    expect(await ask(token)).toMatchObject({ ok: true });
    published = [jwkOfOthers];
    later(10 * MINUTE - 1);
    expect(await ask(token)).toMatchObject({ ok: true });
    later(11 * MINUTE);
    expect(await ask(token)).toMatchObject({ ok: false, refusal: { code: 'Unauthenticated' } });
  });
});

describe('no token at all', () => {
  test('is the local user where the service runs locally, with everyday roles and no second factor', async () => {
    expect(await identify(null, { local: true })).toMatchObject({
      ok: true,
      value: { oid: 'local-user', roles: ['Reader', 'Operator', 'Contributor'], appOnly: false, secondFactor: false },
    });
  });

  test('is nobody anywhere else', async () => {
    expect(await identify(null)).toMatchObject({ ok: false, refusal: { code: 'Unauthenticated' } });
  });

  test('is another thing than a wrong one', async () => {
    for (const wrong of ['', 'Bearer x'])
      expect(await identify(wrong, { local: true })).toMatchObject({ ok: false, refusal: { code: 'Unauthenticated' } });
  });
});

test('a provider that does not answer is our trouble, not the caller’s', async () => {
  broken = true;
  await expect(identify(`Bearer ${await sign(CLAIMS)}`)).rejects.toThrow(Unanswered);
  broken = false;
});
