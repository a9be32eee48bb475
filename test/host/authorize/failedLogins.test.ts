import { describe, expect, test } from 'vitest';
import { startService } from '../../support/service.ts';
import { doorOf, fresh, refused } from '../support/door.ts';

const service = await startService();
const door = doorOf(service.api);

describe('a login that fails', () => {
  test('is in the log with its reason and where it came from, and nothing of the token is', async () => {
    const token = await service.token({ sub: 'ada', roles: ['Reader'], expiresInSeconds: -120 });
    const headers = { 'x-forwarded-for': '6.6.6.6, 10.1.2.3:4711' };
    const answer = await door('GET', 'vaults', { token, headers });
    expect(answer).toMatchObject(refused(401, 'Unauthenticated'));
    await expect.poll(() => service.output()).toContain('auth.refused');
    const log = service.output();
    expect(log).toContain('ERR_JWT_EXPIRED');
    expect(log).toContain('10.1.2.3');
    expect(log).toContain(answer.headers.get('x-ms-request-id'));
    for (const part of token.split('.')) expect(log).not.toContain(part);
    expect(JSON.stringify(answer.body)).not.toContain('ERR_JWT');
  });

  test('does not bring what the caller wrote into the log', async () => {
    const headers = { 'x-forwarded-for': 'evil{"level":"error"}', authorization: 'Bearer evil.token.here' };
    expect(await door('GET', 'vaults', { headers })).toMatchObject(refused(401, 'Unauthenticated'));
    expect(service.output()).not.toContain('evil');
  });

  test('too often from one address is told so, and a valid token from there is let in all the same', async () => {
    const headers = { 'x-forwarded-for': '10.9.9.9' };
    const wrong = () => door('GET', 'vaults', { token: 'a.b.c', headers });
    for (let times = 0; times < 100; times += 1) expect((await wrong()).status).toBe(401);
    const answer = await wrong();
    expect(answer).toMatchObject(refused(429, 'TooManyAttempts'));
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const token = await service.token({ sub: 'ada', roles: ['Reader'] });
    // one token a second is looked at, whoever else there tries
    await expect.poll(async () => (await door('GET', 'vaults', { token, headers })).status).toBe(200);
    for (let times = 0; times < 20; times += 1)
      expect((await door('GET', 'vaults', { token, headers })).status).toBe(200);
    expect((await door('GET', 'vaults', { token: 'a.b.c' })).status).toBe(401);
  });
});

describe('every answer', () => {
  test.for([
    ['GET', 'vaults', 200],
    ['GET', 'health/live', 200],
    ['GET', 'vaults/no-such', 404],
    ['GET', 'nowhere', 404],
    ['PATCH', 'vaults', 405],
    ['PUT', 'vaults/-', 400],
  ] as const)('says how it may be shown: %s %s', async ([method, path, status]) => {
    const { headers, ...answer } = await door(method, path);
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
  });

  test('also without a body', async () => {
    const path = `vaults/${fresh('v')}`;
    await door('PUT', path, { body: { kind: 'Backup' } });
    const { status, headers } = await door('DELETE', path);
    expect([status, headers.get('x-content-type-options')]).toEqual([204, 'nosniff']);
  });
});
