import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IdentityProvider, startIdp } from '../../../local/idp/start.ts';
import { call } from '../../support/call.ts';

let idp: IdentityProvider;
beforeAll(async () => {
  idp = await startIdp(0);
});
afterAll(() => idp.stop());

const mint = async (wish: object, origin = idp.origin) =>
  (await call<{ access_token: string }>(origin, 'POST', '/token', { body: wish })).body.access_token;

const claims = async (wish: object) => decodeJwt(await mint(wish));

test('a token is signed by the published key and says who is calling', async () => {
  const keys = createRemoteJWKSet(new URL(`${idp.origin}/jwks`));
  const expected = { issuer: idp.origin, audience: 'api://reprieve', algorithms: ['RS256'] };
  const { payload } = await jwtVerify(await mint({ sub: 'ada', roles: ['Reader'], mfa: true }), keys, expected);
  expect(payload).toMatchObject({ sub: 'ada', oid: 'ada', tid: 'local', roles: ['Reader'], ver: '2.0', acrs: ['c1'] });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
  expect(payload['auth_time']).toBe(payload.iat);
});

test('without a second factor there is no authentication context', async () => {
  expect(await claims({ sub: 'ada' })).not.toHaveProperty('acrs');
});

test('an old sign-in shows in auth_time', async () => {
  const { iat = 0, auth_time } = await claims({ sub: 'ada', mfa: true, authAgeSeconds: 700 });
  expect(auth_time).toBe(iat - 700);
});

test('an app-only token never carries a second factor or a sign-in', async () => {
  const app = await claims({ sub: 'agent-1', roles: ['Agent'], appOnly: true, mfa: true });
  expect(app).toMatchObject({ idtyp: 'app', roles: ['Agent'] });
  expect(app).not.toHaveProperty('acrs');
  expect(app).not.toHaveProperty('auth_time');
});

test('wrong tokens can be made on purpose', async () => {
  const wrong = await claims({ sub: 'ada', audience: 'api://other', issuer: 'http://evil', expiresInSeconds: -60 });
  expect(wrong).toMatchObject({ aud: 'api://other', iss: 'http://evil' });
  expect(wrong.exp).toBeLessThan(Date.now() / 1000);
  expect(wrong.iat).toBeLessThanOrEqual(wrong.exp ?? 0);
});

test('discovery leads to the key', async () => {
  const { body } = await call<{ issuer: string; jwks_uri: string }>(
    idp.origin,
    'GET',
    '/.well-known/openid-configuration',
  );
  expect(body.issuer).toBe(idp.origin);
  const { body: jwks } = await call<{ keys: object[] }>(body.jwks_uri, 'GET', '');
  expect(jwks.keys).toEqual([expect.objectContaining({ kty: 'RSA', alg: 'RS256', use: 'sig' })]);
  expect(jwks.keys[0]).not.toHaveProperty('d');
});

describe('what it does not understand it refuses, and goes on', () => {
  const cases: readonly [string, string, string, unknown, number, RegExp][] = [
    ['no JSON', 'POST', '/token', '{', 400, /JSON body/],
    ['nothing', 'POST', '/token', undefined, 400, /JSON body/],
    ['no subject', 'POST', '/token', {}, 400, /sub/],
    ['roles that are no list', 'POST', '/token', { sub: 'a', roles: 'Reader' }, 400, /roles/],
    ['an unknown field', 'POST', '/token', { sub: 'a', admin: true }, 400, /admin/],
    ['a body beyond the limit', 'POST', '/token', { sub: 'a'.repeat(70_000) }, 413, /64 KiB/],
    ['an unknown path', 'GET', '/constructor', undefined, 404, /nothing here/],
    ['a wrong method', 'GET', '/token', undefined, 405, /POST/],
  ];
  test.each(cases)('%s', async (_, method, path, body, status, says) => {
    const reply = await call<{ error_description: string }>(idp.origin, method, path, { body });
    expect(reply.status).toBe(status);
    expect(reply.body.error_description).toMatch(says);
    expect((await call(idp.origin, 'GET', '/jwks')).status).toBe(200);
  });
});

test('a kept key lets tokens outlive a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reprieve-idp-'));
  const file = join(folder, 'deep', 'idp-key.json');
  const [first, second] = await Promise.all([startIdp(0, file), startIdp(0, file)]);
  const token = await mint({ sub: 'ada' }, first.origin);
  await expect(jwtVerify(token, createRemoteJWKSet(new URL(`${second.origin}/jwks`)))).resolves.toBeDefined();
  await Promise.all([first.stop(), second.stop()]);
  rmSync(folder, { recursive: true });
});
