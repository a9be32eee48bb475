import { describe, expect, test } from 'vitest';
import { sharedService } from '../../support/service.ts';
import { anItem, aVault, type Door, doorOf, fresh, refused } from '../support/door.ts';

const service = await sharedService();
const door = doorOf(service.api);

/** One call for every kind of answer there is. */
const ANSWERS: Readonly<Record<string, () => ReturnType<Door>>> = {
  '200': () => door('GET', 'vaults'),
  '201': () => door('PUT', `vaults/${fresh('v')}`, { body: { kind: 'Backup' } }),
  '202': async () => door('POST', `${await anItem(door, await aVault(door))}/backup`, { body: {} }),
  '204': async () => door('DELETE', `vaults/${await aVault(door)}`),
  '400': () => door('PUT', `vaults/${fresh('v')}`, { body: { kind: 'Nonsense' } }),
  '401': () => door('GET', 'vaults', { token: 'nonsense' }),
  '403': async () => door('GET', 'vaults', { token: await service.token({ sub: 'nobody' }) }),
  '404': () => door('GET', `vaults/${fresh('v')}`),
  '405': () => door('DELETE', 'vaults'),
  '409': async () => door('PUT', `vaults/${await aVault(door)}`, { body: { kind: 'Backup' } }),
  '412': async () => door('DELETE', `vaults/${await aVault(door)}`, { headers: { 'if-match': '"old"' } }),
  '413': () => door('PUT', `vaults/${fresh('v')}`, { body: ' '.repeat(65_537) }),
  '415': () => door('PUT', `vaults/${fresh('v')}`, { body: '{}', headers: { 'content-type': 'text/plain' } }),
  '422': async () => door('PUT', `vaults/${await aVault(door)}/items/mailbox`, { body: { workload: 'Microsoft365' } }),
};

describe('every answer', () => {
  test.for(Object.entries(ANSWERS))('%s carries a request id of its own', async ([status, ask]) => {
    const [one, two] = [await ask(), await ask()];
    expect([one.status, two.status]).toEqual([Number(status), Number(status)]);
    expect(one.headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(one.headers.get('x-ms-request-id')).not.toBe(two.headers.get('x-ms-request-id'));
  });

  test.for(Object.entries(ANSWERS).filter(([status]) => Number(status) >= 400))(
    '%s names its code in body and header, and says what to do',
    async ([, ask]) => {
      const { headers, body } = await ask();
      expect(Object.keys(body)).toEqual(['error']);
      expect(headers.get('x-ms-error-code')).toBe(body.error.code);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(body.error.message).toMatch(/^\S.{15,}/);
    },
  );

  test('a success names no error', async () => {
    expect((await door('GET', 'vaults')).headers.has('x-ms-error-code')).toBe(false);
  });
});

describe('x-ms-client-request-id', () => {
  const echoOf = async (path: string, id: string) => {
    const { headers } = await door('GET', path, { headers: { 'x-ms-client-request-id': id } });
    return headers.get('x-ms-client-request-id');
  };

  test.for(['my-id', 'a b~!"', 'x'.repeat(128)])('"%s" is echoed, also with an error', async (id) => {
    expect(await echoOf('vaults', id)).toBe(id);
    expect(await echoOf('vaults/no-such', id)).toBe(id);
    expect(await echoOf('no/such/route', id)).toBe(id);
  });

  test.for(['x'.repeat(129), 'caf\u00c3\u00a9', 'a\tb', '\u00c2\u0080'])(
    'junk is not echoed, and does no harm',
    async (id) => {
      expect(await echoOf('vaults', id)).toBeNull();
      expect((await door('GET', 'vaults', { headers: { 'x-ms-client-request-id': id } })).status).toBe(200);
    },
  );
});

describe('api-version', () => {
  test('the newest, and none at all, are understood', async () => {
    expect((await door('GET', 'vaults?api-version=2026-11-01')).status).toBe(200);
    expect((await door('GET', 'vaults')).status).toBe(200);
  });

  test.for(['2025-01-01', '2026-11-01-preview', '', 'latest'])('"%s" is refused', async (version) => {
    for (const path of ['vaults', 'vaults/any', 'health/live', 'no/such/route'])
      expect(await door('GET', `${path}?api-version=${version}`)).toMatchObject(
        refused(400, 'UnsupportedApiVersionValue', { innererror: { supported: ['2026-11-01'] } }),
      );
  });

  test('another version writes nothing', async () => {
    const vault = fresh('v');
    await door('PUT', `vaults/${vault}?api-version=1`, { body: { kind: 'Backup' } });
    expect((await door('GET', `vaults/${vault}`)).status).toBe(404);
  });
});

describe('application/problem+json', () => {
  const accept = { accept: 'application/problem+json, application/json;q=0.5' };

  test('the same facts come as RFC 9457 says', async () => {
    const vault = await aVault(door);
    await anItem(door, vault, 'sql-01');
    const plain = await door('DELETE', `vaults/${vault}`);
    const { status, headers, body } = await door('DELETE', `vaults/${vault}`, { headers: accept });
    const { code, message, innererror } = plain.body.error;
    expect(status).toBe(409);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('x-ms-error-code')).toBe('VaultNotEmpty');
    expect(body).toEqual({
      ...innererror,
      code,
      type: '/problems/VaultNotEmpty',
      title: 'Vault not empty',
      status: 409,
      detail: message,
    });
  });

  test('complaints about fields are there too', async () => {
    const ask = { body: { kind: 'Nonsense', more: 1 }, headers: accept };
    expect((await door('PUT', `vaults/${fresh('v')}`, ask)).body).toMatchObject({
      status: 400,
      details: [{ target: '$.kind' }, { target: '$.more' }],
    });
  });

  test('whoever accepts anything gets the envelope', async () => {
    const { headers } = await door('GET', 'vaults/no-such', { headers: { accept: '*/*' } });
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  });
});

describe('requests that no route takes', () => {
  test.for(['', 'nothing', 'vaults/v/nothing', 'vaults/v/items/i/nothing', 'items', 'local'])(
    'GET /api/%s is 404 in the service’s own words',
    async (path) => {
      expect(await door('GET', path)).toMatchObject(refused(404, 'RouteNotFound'));
    },
  );

  test.for([
    ['POST', 'vaults', 'GET'],
    ['POST', 'vaults/v', 'DELETE, GET, PATCH, PUT'],
    ['PUT', 'vaults/v/items', 'GET'],
    ['GET', 'vaults/v/items/i/stop', 'POST'],
    ['PATCH', 'vaults/v/policies/p', 'DELETE, GET, PUT'],
    ['GET', 'vaults/v/undelete', 'POST'],
    ['POST', 'health/ready', 'GET'],
  ] as const)('%s /api/%s is 405 and says which methods there are', async ([method, path, allowed]) => {
    const answer = await door(method, path);
    expect(answer).toMatchObject(refused(405, 'MethodNotAllowed'));
    expect((answer.headers.get('allow') ?? '').split(', ').toSorted().join(', ')).toBe(allowed);
  });
});

test('health is answered without any role', async () => {
  const token = await service.token({ sub: 'nobody' });
  for (const request of [{}, { token }, { token: 'nonsense' }]) {
    expect(await door('GET', 'health/live', request)).toMatchObject({ status: 200 });
    expect(await door('GET', 'health/ready', request)).toMatchObject({
      status: 200,
      body: { checks: expect.arrayContaining([expect.objectContaining({ name: 'storage', status: 'ok' })]) },
    });
  }
});
