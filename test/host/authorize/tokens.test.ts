import { createPublicKey } from 'node:crypto';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { startService } from '../../support/service.ts';
import { aVault, doorOf, refused } from '../support/door.ts';
import { pathOf, ROUTES } from '../support/writes.ts';

const service = await startService();
const door = doorOf(service.api);
const everything = { sub: 'ada', roles: ['Reader', 'Operator', 'Contributor', 'GuardAdmin'] };

const claims = {
  ...{ iss: service.idp, aud: 'api://reprieve', tid: 'local', oid: 'ada', roles: ['Contributor'] },
  ...{ exp: Math.floor(Date.now() / 1000) + 3600, iat: Math.floor(Date.now() / 1000) },
};
const jwks = async () => {
  const { keys } = JSON.parse(await (await fetch(`${service.idp}/jwks`)).text());
  return keys[0];
};
const changed = (token: string, part: 0 | 1 | 2, edit: (text: string) => string): string =>
  token
    .split('.')
    .map((text, at) =>
      at === part
        ? Buffer.from(edit(Buffer.from(text, 'base64url').toString('latin1')), 'latin1').toString('base64url')
        : text,
    )
    .join('.');

const BAD: Readonly<Record<string, () => Promise<string>>> = {
  'an expired one': () => service.token({ ...everything, expiresInSeconds: -120 }),
  'another issuer’s': () => service.token({ ...everything, issuer: 'https://login.example.com' }),
  'one for another audience': () => service.token({ ...everything, audience: 'api://somebody-else' }),
  'a person’s by an application of somebody else’s': () =>
    service.token({ ...everything, claims: { azp: 'somebody-else' } }),
  'a person’s with another scope': () => service.token({ ...everything, claims: { scp: 'profile' } }),
  'one that says neither that it is a person’s nor that it is an app’s': () =>
    service.token({ sub: 'agent', roles: ['Agent', 'Reader'], appOnly: true, claims: { idtyp: null } }),
  'one that says both': () => service.token({ ...everything, claims: { idtyp: 'app' } }),
  'one of version 1.0': () => service.token({ ...everything, claims: { ver: '1.0' } }),
  'a garbled one': async () => (await service.token(everything)).slice(0, -8),
  'one with changed claims': async () =>
    changed(await service.token({ sub: 'ada', roles: ['Reader'] }), 1, (text) => text.replace('Reader', 'Xeader')),
  'one with another signature': async () =>
    changed(await service.token(everything), 2, (text) => `${text.slice(0, -1)}\u0000`),
  'an unsigned one (alg none)': async () => new UnsecuredJWT(claims).encode(),
  'one whose header says none': async () =>
    changed(await service.token(everything), 0, (text) => text.replace('RS256', 'none')),
  'one signed with the public key (HS256)': async () => {
    const key = await jwks();
    const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: key.kid }).sign(Buffer.from(pem));
  },
  'one signed by somebody else under the same key id': async () => {
    const { kid } = await jwks();
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid })
      .sign((await generateKeyPair('RS256')).privateKey);
  },
  'one with a key id nobody knows': async () =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'x' })
      .sign((await generateKeyPair('RS256')).privateKey),
  nonsense: async () => 'nonsense',
  'something with dots': async () => 'a.b.c',
  'a very long one': async () => `${'x'.repeat(3000)}.${'y'.repeat(3000)}.z`,
};

describe.for(Object.entries(BAD))('a token: %s', ([, make]) => {
  test('is 401 at every door that asks who is there', async () => {
    const token = await make();
    for (const { method, path, who, body } of ROUTES) {
      if (who === 'anyone') continue;
      const answer = await door(
        method,
        pathOf(path, () => 'no-such'),
        { token, ...(body ? { body: {} } : {}) },
      );
      expect(answer).toMatchObject(refused(401, 'Unauthenticated'));
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    expect(service.output()).not.toContain(token);
  });
});

describe('the authorization header', () => {
  test.for(['Basic YWRhOmxvdmVsYWNl', 'Bearer', 'Bearer ', 'bearer: x', 'Token x', ' ', 'Bearer a b'])(
    '"%s" is no token',
    async (authorization) => {
      expect(await door('GET', 'vaults', { headers: { authorization } })).toMatchObject(
        refused(401, 'Unauthenticated'),
      );
    },
  );

  test('is read without regard to the case of its scheme', async () => {
    const token = await service.token(everything);
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      expect((await door('GET', 'vaults', { headers: { authorization: `${scheme} ${token}` } })).status).toBe(200);
  });

  test('is the only thing that counts: what a platform in front would say is not believed', async () => {
    const principal = Buffer.from(JSON.stringify({ userRoles: ['Contributor'] })).toString('base64');
    const headers = {
      'x-ms-client-principal': principal,
      'x-ms-client-principal-id': 'admin',
      'x-ms-token-aad-access-token': await service.token(everything),
    };
    const token = await service.token({ sub: 'nobody' });
    expect(await door('GET', 'vaults', { headers, token })).toMatchObject(refused(403, 'Forbidden'));
  });
});

test('the life of a token is about real time, wherever the service’s clock stands', async () => {
  const token = await service.token({ ...everything, expiresInSeconds: 300 });
  const expired = await service.token({ ...everything, expiresInSeconds: -120 });
  await door('PUT', 'local/clock', { body: { offset: 'P30D' } });
  expect((await door('GET', 'vaults', { token })).status).toBe(200);
  expect(await door('GET', 'vaults', { token: expired })).toMatchObject(refused(401, 'Unauthenticated'));
  await door('PUT', 'local/clock', { body: { offset: 'PT0S' } });
});

test('what the service prints holds no token and no connection string', async () => {
  const token = await service.token(everything);
  const vault = await aVault(door);
  for (const { method, path, body } of ROUTES)
    await door(
      method,
      pathOf(path, (part) => (part === 'vault' ? vault : 'any')),
      {
        token,
        ...(body ? { body: {} } : {}),
      },
    );
  const [ready = '', ...printed] = service
    .output()
    .split('\n')
    .toSorted((a) => (a.startsWith('{"ready"') ? -1 : 1));
  expect(ready).toContain('AccountKey=');
  const rest = printed.join('\n');
  expect(rest).toContain('Functions.');
  expect(rest).not.toMatch(/AccountKey=|eyJ[A-Za-z0-9_-]{20}|Bearer/);
  expect(rest).not.toContain(token.split('.')[2]);
});
