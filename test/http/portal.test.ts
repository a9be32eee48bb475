import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpRequest } from '@azure/functions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { portal } from '../../src/http/portal.ts';

const identity = {
  issuer: 'https://login.microsoftonline.com/tenant/v2.0',
  audience: 'api-1',
  jwks: 'https://login.microsoftonline.com/keys',
  stepUpContext: 'c1',
  tenants: [],
  clients: ['client-1'],
  scope: 'access',
};
const azure = { identity, local: false, portal: { clientId: 'client-1' } };
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portal-'));
  writeFileSync(join(folder, 'index.html'), '<p>page</p>');
  writeFileSync(join(folder, 'main-ABCDEFGH.js'), 'plain');
  writeFileSync(join(folder, 'main-ABCDEFGH.js.gz'), 'packed');
  writeFileSync(join(folder, '..', 'secret.js'), 'secret');
});
afterAll(() => {
  rmSync(join(folder, '..', 'secret.js'), { force: true });
  rmSync(folder, { recursive: true });
});

const get = async (file: string, settings: Parameters<typeof portal>[0] = azure, encoding = 'identity') => {
  const request = new HttpRequest({
    method: 'GET',
    url: `http://localhost/portal/${file}`,
    params: file === '' ? {} : { file },
    headers: { 'accept-encoding': encoding },
  });
  const { status, headers, body } = await portal(settings, folder)(request);
  return {
    status,
    headers: headers as Record<string, string>,
    body: Buffer.from(body as Uint8Array | string).toString(),
  };
};

test('the page is never kept, and forbids whatever is not from here', async () => {
  const { status, headers, body } = await get('');
  expect({ status, body }).toEqual({ status: 200, body: '<p>page</p>' });
  expect(headers['cache-control']).toBe('no-cache');
  expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(headers['content-security-policy']).toContain("connect-src 'self' https://login.microsoftonline.com;");
  expect(headers['content-security-policy']).not.toContain('unsafe');
});

test('what bears its hash is kept for ever, and comes packed to those who unpack', async () => {
  const plain = await get('main-ABCDEFGH.js');
  expect(plain).toMatchObject({ status: 200, body: 'plain' });
  expect(plain.headers['cache-control']).toContain('immutable');
  const packed = await get('main-ABCDEFGH.js', azure, 'br, gzip');
  expect(packed).toMatchObject({ body: 'packed', headers: { 'content-encoding': 'gzip', vary: 'accept-encoding' } });
});

test.each(['../secret.js', '..%2Fsecret.js', 'none.js', 'main-ABCDEFGH.js.gz', 'a/b.js', '.js', 'x'.repeat(500)])(
  'there is no %s',
  async (file) => {
    expect((await get(file)).status).toBe(404);
  },
);

test('everybody may know how people sign in, and nothing else', async () => {
  const of = async (settings: Parameters<typeof portal>[0]) => JSON.parse((await get('config.json', settings)).body);
  expect(await of(azure)).toEqual({
    mode: 'entra',
    clientId: 'client-1',
    authority: 'https://login.microsoftonline.com/tenant',
    scope: 'api-1/.default',
    stepUpContext: 'c1',
  });
  expect(await of({ ...azure, portal: { clientId: undefined } })).toEqual({ mode: 'none' });
  const local = { ...azure, identity: { ...identity, issuer: 'http://127.0.0.1:7073' }, local: true };
  expect(await of(local)).toEqual({ mode: 'local', idp: 'http://127.0.0.1:7073', stepUpContext: 'c1' });
});
