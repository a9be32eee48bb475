import { describe, expect, test } from 'vitest';
import { startService } from '../../support/service.ts';
import { anItem, aPoint, aVault, doorOf, fresh, inTrash, protection, RETENTION, refused } from '../support/door.ts';
import { allOf, rawCall } from '../support/raw.ts';
import { anyName, callersOf, pathOf, ROUTES } from '../support/writes.ts';

const service = await startService();
const door = doorOf(service.api);

const callerFor = await callersOf(service);

const NAMED = ROUTES.filter(({ path }) => path.includes('{'));
const partsOf = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, part = '']) => part);
/** Every place of every route where a name stands, with `value` there and a good name elsewhere. */
const places = (value: string) =>
  NAMED.flatMap((route) =>
    partsOf(route.path).map((at) => ({
      ...{ at, method: route.method, token: callerFor(route) },
      path: `/api/${pathOf(route.path, (part) => (part === at ? value : anyName(part)))}`,
    })),
  );

/**
 * Of the places for each kind of name a third, another one for each value. No place is left out, and no kind is for any value: one parser
 * reads them all, so each with each would say nothing more.
 */
const someOf = (value: string, turn: number) =>
  [...Map.groupBy(places(value), ({ at }) => at).values()].flatMap((kind) =>
    kind.filter((_, place) => place % 3 === turn % Math.min(3, kind.length)),
  );

describe('names', () => {
  test.for(['a', '0', 'A', 'a.b', 'a_b', 'a-b', 'a--..__b', 'x'.repeat(63)])('"%s" is a name', async (name) => {
    const vault = await aVault(door);
    expect(await door('PUT', `vaults/${vault}/items/${name}`, { body: protection(vault, name) })).toMatchObject({
      status: 201,
      body: { name },
    });
  });

  const NONE = [
    '-a',
    'a-',
    '.a',
    'a.',
    '_',
    'a b',
    'a!b',
    'a:b',
    'ä',
    '%',
    'x'.repeat(64),
    '~service',
    'a\u200bb',
    '\u0131',
  ];
  test.for(NONE.map((name, turn) => [name, turn] as const))(
    '"%s" is none, wherever it stands',
    async ([name, turn]) => {
      const asked = someOf(encodeURIComponent(name), turn);
      const answers = await allOf(
        asked.map(
          ({ method, path, token }) =>
            () =>
              rawCall(service.api, method, path, token),
        ),
      );
      for (const [index, { status, body }] of answers.entries()) {
        expect(status, asked[index]?.path).toBe(400);
        expect(JSON.parse(body)).toMatchObject({ error: { code: 'InvalidName', target: asked[index]?.at } });
      }
    },
  );

  test('in a body they obey the same rule', async () => {
    const vault = await aVault(door);
    const path = await anItem(door, vault);
    for (const [call, body] of [
      ['resume', { policy: 'a/b' }],
      ['changePolicy', { policy: '' }],
      ['restore', { recoveryPoint: 'x'.repeat(64) }],
    ] as const)
      expect(await door('POST', `${path}/${call}`, { body })).toMatchObject(refused(400, 'InvalidRequest'));
  });
});

/** Paths that break services: separators in disguise, escapes that are none, dots, emptiness, length. */
const HOSTILE = [
  ...[
    '%2f',
    'a%2fb',
    '..%2f..',
    '%5c',
    'a%5c..',
    '%00',
    'a%00b',
    '%',
    '%2',
    '%zz',
    '%ff',
    '%c3%28',
    '%ed%a0%80',
    '%25',
  ],
  ...[
    '%2500',
    '%252f',
    '..',
    '.',
    '%2e%2e',
    '%2E',
    '',
    '...',
    '%20',
    '%09',
    '%0a',
    '%0d%0aSet-Cookie:x',
    '%7f',
    '%e2%80%ae',
  ],
  ...[
    '%23',
    '%3f',
    '%3b',
    ';',
    ';a=b',
    "'",
    '%22',
    '%27%20or%20PartitionKey%20ne%20%27',
    '$',
    '@',
    ':',
    '*',
    '~',
    '!',
    '{vault}',
  ],
  ...['%F0%9F%92%BE', '__proto__', 'constructor', 'x'.repeat(8000), '%61'.repeat(2000)],
];

describe('hostile paths', () => {
  test.for(HOSTILE.map((value, turn) => [value.slice(0, 40), value, turn] as const))(
    '"%s" never makes a 5xx, and never anything but an envelope',
    async ([, value, turn]) => {
      const asked = someOf(value, turn);
      const answers = await allOf(
        asked.map(
          ({ method, path }) =>
            () =>
              rawCall(service.api, method, path),
        ),
      );
      for (const [index, { status, headers, body }] of answers.entries()) {
        expect(status, asked[index]?.path).toBeGreaterThanOrEqual(200);
        expect(status, asked[index]?.path).toBeLessThan(500);
        // what the platform refuses by itself has no body
        if (status < 400 || body === '') continue;
        expect(JSON.parse(body)).toMatchObject({ error: { code: headers['x-ms-error-code'] } });
        expect(headers['x-ms-request-id']).toBeDefined();
      }
    },
  );

  test('a name that is empty is no address: the platform itself answers', async () => {
    for (const path of ['vaults//items', 'vaults/v//i', 'vaults/v/items//stop', 'vaults//undelete'])
      for (const method of ['GET', 'POST', 'PUT'])
        expect(await rawCall(service.api, method, `/api/${path}`), path).toMatchObject({ status: 404, body: '' });
  });

  test.for(['%', '%%%', '=', 'top=%00', 'top=1&top=2', 'continuation=%ff', '__proto__=1', `a=${'x'.repeat(8000)}`])(
    'a query of "%s" makes no 5xx either',
    async (query) => {
      const vault = await aVault(door);
      for (const path of ['vaults', `vaults/${vault}/items`, `vaults/${vault}/policies`]) {
        const { status } = await rawCall(service.api, 'GET', `/api/${path}?${query}`);
        expect([200, 400]).toContain(status);
      }
    },
  );
});

describe('names are compared without regard to case, and shown as first written', () => {
  test('a vault', async () => {
    const vault = fresh('Contoso');
    await door('PUT', `vaults/${vault}`, { body: { kind: 'Backup' } });
    expect(await door('PUT', `vaults/${vault.toUpperCase()}`, { body: {} })).toMatchObject({
      status: 200,
      body: { name: vault },
    });
    expect((await door('GET', `vaults/${vault.toLowerCase()}`)).body.name).toBe(vault);
    const listed = (await door('GET', 'vaults')).body.value.map(({ name }) => name);
    expect(listed.filter((name) => name.toLowerCase() === vault.toLowerCase())).toEqual([vault]);
    await anItem(door, await aVault(door));
  });

  test('a policy, a server, an item and the vault it lies in', async () => {
    const vault = await aVault(door);
    const url = `vaults/${vault}`;
    const asked = [
      ['policies', { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: RETENTION }],
      ['servers', { kind: 'MARS', agentVersion: '2.0.9260' }],
      ['items', protection(vault, 'Sql-01')],
    ] as const;
    for (const [kind, body] of asked) {
      expect((await door('PUT', `${url}/${kind}/Sql-01`, { body })).status).toBe(201);
      const again = await door('PUT', `${url.toUpperCase().replace('VAULTS', 'vaults')}/${kind}/SQL-01`, { body });
      expect(again).toMatchObject({ status: 200, body: { name: 'Sql-01' } });
      expect((await door('GET', `${url}/${kind}/sql-01`)).body.name).toBe('Sql-01');
      const names = (await door('GET', `${url}/${kind}`)).body.value.map(({ name }) => name);
      expect(names.filter((name) => /sql-01/i.test(name))).toEqual(['Sql-01']);
    }
    expect((await door('GET', `vaults/${vault.toUpperCase()}/items/SQL-01`)).body.vault).toBe(vault);
  });

  test('a recovery point and a hold', async () => {
    const path = await anItem(door, await aVault(door));
    const times = { createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2099-01-01T00:00:00.000Z' };
    await aPoint(door, path, 'Rp-1', times);
    expect((await aPoint(door, path, 'RP-1', times)).name).toBe('Rp-1');
    expect((await door('GET', `${path}/recoveryPoints/rp-1`)).body.name).toBe('Rp-1');
    for (const hold of ['Legal', 'LEGAL']) await door('PUT', `${path}/holds/${hold}`, { body: { reason: hold } });
    expect((await door('GET', path)).body.holds).toMatchObject([{ name: 'Legal', reason: 'LEGAL' }]);
  });

  test('but the confirmation of a deletion is compared letter by letter', async () => {
    const path = await anItem(door, await aVault(door), 'Sql-01');
    const stop = (confirmName?: string) =>
      door('POST', `${path.toLowerCase()}/stop`, { body: { mode: 'delete', confirmName } });
    for (const name of [undefined, 'sql-01', 'SQL-01', 'Sql-01 '])
      expect(await stop(name)).toMatchObject(refused(400, 'ConfirmationRequired'));
    expect(await stop('Sql-01')).toMatchObject({ status: 200, body: { name: 'Sql-01', state: 'SoftDeleted' } });
  });

  test('bulk undelete knows an item by any spelling', async () => {
    const vault = await aVault(door);
    await inTrash(door, vault, 'Sql-01');
    const { body } = await door('POST', `vaults/${vault}/undelete`, { body: { items: ['SQL-01'] } });
    expect(body.results).toEqual([{ item: 'Sql-01', outcome: 'Undeleted' }]);
  });
});
