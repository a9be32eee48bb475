/** What a caller sent, through the running host: what does not come whole, or says more than is known, does nothing. */
import { describe, expect, test } from 'vitest';
import { sendRaw } from '../../support/sendRaw.ts';
import { sharedService } from '../../support/service.ts';
import { aVault, doorOf, inTrash } from '../support/door.ts';
import { rawCall } from '../support/raw.ts';

const service = await sharedService();
const door = doorOf(service.api);

const post = (path: string, headers: string, body: string) =>
  sendRaw(
    service.api,
    Buffer.from(
      `POST /api/${path} HTTP/1.1\r\nHost: ${new URL(service.api).host}\r\nConnection: close\r\nContent-Type: application/json\r\n${headers}\r\n${body}`,
    ),
  );
const chunked = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

test('what came in chunks did nothing', async () => {
  const vault = await aVault(door);
  const [one, two] = [await inTrash(door, vault), await inTrash(door, vault)];
  const { value: before } = (await door('GET', 'sweeps')).body;
  for (const headers of ['', 'Content-Length: 15\r\n', 'Expect: 100-continue\r\n'].map(
    (more) => `Transfer-Encoding: chunked\r\n${more}`,
  )) {
    const items = JSON.stringify({ items: [one.split('/').at(-1)] });
    expect((await post(`vaults/${vault}/undelete`, headers, chunked(items))).status).toBe(411);
    expect((await post('sweeps', headers, chunked('{"dryRun":true}'))).status).toBe(411);
  }
  for (const path of [one, two]) expect((await door('GET', path)).body.state).toBe('SoftDeleted');
  expect((await door('GET', 'sweeps')).body.value).toEqual(before);
});

test('a sweep needs a body, and nothing at all starts none', async () => {
  const { value: before } = (await door('GET', 'sweeps')).body;
  const { status, body } = await post('sweeps', 'Content-Length: 0\r\n', '');
  expect([status, JSON.parse(body.toString()).error.target]).toEqual([400, '$']);
  expect((await door('GET', 'sweeps')).body.value).toEqual(before);
  expect((await post('sweeps', 'Content-Length: 2\r\n', '{}')).status).toBe(200);
});

describe('verbs for which no address has a route', () => {
  test.for(['HEAD', 'OPTIONS'])('%s is 405 where there is something, and 404 elsewhere', async (method) => {
    const known = await rawCall(service.api, method, '/api/vaults');
    expect([known.status, known.headers['x-ms-error-code'], known.headers['allow']]).toEqual([
      405,
      'MethodNotAllowed',
      'GET',
    ]);
    const unknown = await rawCall(service.api, method, '/api/nothing?x=1');
    expect([unknown.status, unknown.headers['x-ms-error-code']]).toEqual([404, 'RouteNotFound']);
    if (method === 'OPTIONS') expect(JSON.parse(unknown.body).error.code).toBe('RouteNotFound');
    else expect(unknown.body).toBe('');
  });
});

test('an unknown parameter changes nothing', async () => {
  const vault = await aVault(door);
  const path = `vaults/${vault}/policies/daily`;
  const before = (await door('GET', path)).body;
  const answer = await door('PUT', `${path}?dryRun=true`, { body: { retention: { daily: 31 } } });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InvalidRequest', target: '?dryRun' } } });
  expect((await door('GET', path)).body).toEqual(before);
});
