/** Bytes that no library would send, through the running host: what does not come whole is never acted on. */
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { sharedService } from '../../support/service.ts';
import { aVault, doorOf, inTrash } from '../support/door.ts';
import { rawCall } from '../support/raw.ts';
import { pathOf, ROUTES } from '../support/writes.ts';

const service = await sharedService();
const door = doorOf(service.api);
const token = await service.token({ sub: 'all', roles: ['Contributor', 'GuardAdmin'] });

/** The whole of what comes back until the connection ends. */
const exchange = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(service.api);
    const socket = connect(Number(port), hostname);
    let said = '';
    socket.on('data', (bytes) => {
      said += bytes;
    });
    socket.on('error', reject).on('close', () => resolve(said));
    socket.write(text);
  });

const HEAD = (method: string, path: string, headers: readonly string[]) =>
  [
    `${method} ${path} HTTP/1.1`,
    `Host: ${new URL(service.api).host}`,
    'Connection: close',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    ...headers,
    '',
    '',
  ].join('\r\n');

const chunked = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** Each with what the platform would make of it: an empty body. */
const SENT: Readonly<Record<string, (body: string) => readonly [headers: readonly string[], bytes: string]>> = {
  chunked: (body) => [['Transfer-Encoding: chunked'], chunked(body)],
  'chunked, with its length': (body) => [
    [`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked'],
    chunked(body),
  ],
  'chunked, with a wrong length': (body) => [['Content-Length: 1', 'Transfer-Encoding: chunked'], chunked(body)],
  'chunked, and asking whether it may': (body) => [
    ['Transfer-Encoding: chunked', 'Expect: 100-continue'],
    chunked(body),
  ],
  'shorter than it is long': () => [['Content-Length: 1'], '{'],
};

/** The last answer, where a 100 came first. */
const statusOf = (said: string): string => [...said.matchAll(/HTTP\/1\.1 (\d{3})/g)].at(-1)?.[1] ?? 'none';

const WRITING = ROUTES.filter(({ method }) => ['POST', 'PUT', 'PATCH'].includes(method));
const nameOf = (part: string) => (part === 'alert' ? 'any-vault~any~PurgeComplete~1' : `any-${part}`);

describe.for(WRITING.map(({ name, method, path }) => [name, method, `/api/${pathOf(path, nameOf)}`] as const))(
  '%s',
  ([, method, path]) => {
    test('takes no body in chunks, however it is announced', async () => {
      for (const [what, make] of Object.entries(SENT)) {
        const [headers, bytes] = make('{"dryRun":true}');
        const said = await exchange(HEAD(method, path, headers) + bytes);
        expect(['4', 'n'], `${what}: ${said}`).toContain(statusOf(said)[0]);
      }
      const said = await exchange(HEAD(method, path, ['Transfer-Encoding: chunked']) + chunked('{"dryRun":true}'));
      expect(statusOf(said)).toBe('411');
      expect(said).toMatch(/^x-ms-error-code: LengthRequired\r$/m);
      expect(said).toContain('{"error":{"code":"LengthRequired",');
    });
  },
);

test('what came in chunks did nothing', async () => {
  const vault = await aVault(door);
  const [one, two] = [await inTrash(door, vault), await inTrash(door, vault)];
  const { value: before } = (await door('GET', 'sweeps')).body;
  for (const make of Object.values(SENT)) {
    const undelete = make(JSON.stringify({ items: [one.split('/').at(-1)] }));
    await exchange(HEAD('POST', `/api/vaults/${vault}/undelete`, undelete[0]) + undelete[1]);
    const sweep = make('{"dryRun":true}');
    await exchange(HEAD('POST', '/api/sweeps', sweep[0]) + sweep[1]);
  }
  for (const path of [one, two]) expect((await door('GET', path)).body.state).toBe('SoftDeleted');
  expect((await door('GET', 'sweeps')).body.value).toEqual(before);
});

describe('a body with its length', () => {
  test('is taken, also by a caller who asks first whether it may', async () => {
    const asks = ['Content-Length: 15', 'Expect: 100-continue'];
    expect(statusOf(await exchange(`${HEAD('POST', '/api/sweeps', asks)}{"dryRun":true}`))).toBe('200');
  });

  test('of nothing is no sweep', async () => {
    const said = await exchange(HEAD('POST', '/api/sweeps', ['Content-Length: 0']));
    expect(statusOf(said)).toBe('400');
    expect(said).toContain('"target":"$"');
  });
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
