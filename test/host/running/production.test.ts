import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { endChild } from '../../../local/child.ts';
import { ROOT } from '../../support/launch.ts';
import { startService } from '../../support/service.ts';
import { doorOf, fresh, refused } from '../support/door.ts';
import { pathOf, ROUTES } from '../support/writes.ts';

const service = await startService();
const local = doorOf(service.api);

/** The same app on the same storage, but not in local mode. */
const child = fork(join(ROOT, 'local', 'host', 'main.ts'), ['--root', ROOT, '--port', '0'], {
  cwd: ROOT,
  execArgv: [],
  stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  env: {
    ...{ PATH: process.env['PATH'], AZURE_FUNCTIONS_ENVIRONMENT: 'Production', FUNCTIONS_WORKER_RUNTIME: 'node' },
    ...{ AzureWebJobsStorage: service.storage, DATA_STORAGE: service.storage, 'AzureWebJobs.sweep.Disabled': 'true' },
    PIN_PEPPER: 'a pepper that is known to nobody else',
    EVIDENCE_KEY: 'a key for histories that nobody else knows',
    MAIL_OPERATORS: 'ops@contoso.com',
    IDENTITY_CLIENTS: 'reprieve-local',
    ...{ IDENTITY_ISSUER: service.idp, IDENTITY_AUDIENCE: 'api://reprieve', IDENTITY_JWKS: `${service.idp}/jwks` },
  },
});
let printed = '';
for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (printed += text));
afterAll(() => endChild(child, () => child.kill('SIGTERM'), 20_000));

const [ready]: readonly unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [])]);
const { origin } = (ready ?? {}) as { readonly origin?: string };
if (origin === undefined) throw new Error(`The host did not start:\n${printed}`);
const door = doorOf(origin);

describe('outside of local mode', () => {
  test('the local clock does not exist, for nobody and for everybody', async () => {
    const token = await service.token({ sub: 'ada', roles: ['Contributor', 'GuardAdmin'], mfa: true });
    for (const request of [{}, { token }]) {
      expect(await door('GET', 'local/clock', request)).toMatchObject(refused(404, 'RouteNotFound'));
      expect(await door('PUT', 'local/clock', { ...request, body: { offset: 'P15D' } })).toMatchObject(
        refused(404, 'RouteNotFound'),
      );
    }
    expect((await local('GET', 'local/clock')).status).toBe(200);
  });

  test('whoever brings no token is 401 at every door that asks who is there', async () => {
    for (const { method, path, who, body } of ROUTES) {
      if (who === 'anyone') continue;
      const answer = await door(
        method,
        pathOf(path, () => 'no-such'),
        body ? { body: {} } : {},
      );
      expect(answer).toMatchObject(refused(401, 'Unauthenticated'));
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test('health is answered all the same', async () => {
    expect((await door('GET', 'health/live')).status).toBe(200);
    expect((await door('GET', 'health/ready')).status).toBe(200);
  });

  test('health is told in full to callers with a role only; a wrong token makes nobody worse off than none', async () => {
    const checksFor = async (token?: string) => {
      const { status, body } = await door('GET', 'health/ready', token === undefined ? {} : { token });
      expect(status).toBe(200);
      return (body as unknown as { readonly checks: readonly object[] }).checks;
    };
    const nobody = await service.token({ sub: 'nobody' });
    for (const token of [undefined, 'a.b.c', nobody])
      for (const check of await checksFor(token)) expect(Object.keys(check).toSorted()).toEqual(['name', 'status']);
    for (const check of await checksFor(await service.token({ sub: 'ada', roles: ['Reader'] })))
      expect(check).toMatchObject({ detail: expect.any(String) });
  });

  test('a token is as good as anywhere', async () => {
    const token = await service.token({ sub: 'ada', roles: ['Contributor'] });
    const path = `vaults/${fresh('v')}`;
    expect(await door('PUT', path, { body: { kind: 'Backup' }, token })).toMatchObject({ status: 201 });
    expect((await local('GET', path)).status).toBe(200);
    expect(printed).not.toContain(token);
    expect(printed).not.toContain('AccountKey=');
  });
});
