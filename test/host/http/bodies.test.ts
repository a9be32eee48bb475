import { describe, expect, test } from 'vitest';
import { sharedService } from '../../support/service.ts';
import { anItem, aServer, aVault, doorOf, fresh, inTrash, refused, targetsOf } from '../support/door.ts';
import { anyName, callersOf, pathOf, ROUTES } from '../support/writes.ts';

const service = await sharedService();
const door = doorOf(service.api);
/** Reports come in lists, and by another key than a token. */
const WITH_BODY = ROUTES.filter(({ body, admits }) => body !== undefined && !admits).map(
  (route) => [route.name, route] as const,
);
const callerFor = await callersOf(service);

const send = (body: RequestInit['body'], headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(`${service.api}/api/vaults/${fresh('v')}`, { method: 'PUT', body, headers, duplex: 'half' } as RequestInit);
const codeOf = (response: Response) => response.headers.get('x-ms-error-code');

describe.for(WITH_BODY)('%s', ([, route]) => {
  const sent = (body: string, headers = {}) =>
    door(route.method, pathOf(route.path, anyName), { token: callerFor(route), body, headers });

  test('refuses what is not JSON, in form or by name', async () => {
    expect(await sent('{"a":')).toMatchObject(refused(400, 'InvalidRequest'));
    const headers = { 'content-type': 'text/plain' };
    expect(await sent('{}', headers)).toMatchObject(refused(415, 'UnsupportedMediaType'));
    expect(await sent(' '.repeat(65_537))).toMatchObject(refused(413, 'RequestTooLarge'));
  });

  test.for(['[]', '"text"', '1', 'null', 'true'])('refuses %s where an object belongs', async (body) => {
    const answer = await sent(body);
    expect(answer).toMatchObject(refused(400, 'InvalidRequest'));
    expect(targetsOf(answer)).toEqual(['$']);
  });

  test('names every field that nobody knows', async () => {
    const answer = await sent('{"__proto__":{"a":1},"constructor":1,"more":null}');
    expect(answer).toMatchObject(refused(400, 'InvalidRequest'));
    expect(targetsOf(answer)).toEqual(expect.arrayContaining(['$.__proto__', '$.constructor', '$.more']));
  });

  test('names every field that is there twice', async () => {
    const answer = await sent('{"a":1,"\\u0061":2,"b":[{"c":1,"c":1}]}');
    expect(answer).toMatchObject(refused(400, 'InvalidRequest'));
    expect(targetsOf(answer)).toEqual(['$.a', '$.b[0].c']);
  });
});

describe('the size of a body', () => {
  const ofSize = (bytes: number) => '{"kind":"Backup"}'.padEnd(bytes);

  test('64 KiB are taken, one byte more is not', async () => {
    expect((await send(ofSize(65_536))).status).toBe(201);
    const refusal = await send(ofSize(65_537));
    expect([refusal.status, codeOf(refusal)]).toEqual([413, 'RequestTooLarge']);
  });

  test('has to be announced', async () => {
    const stream = (bytes: number) => new Blob([ofSize(bytes)]).stream();
    for (const bytes of [17, 65_536, 200_000]) {
      const refusal = await send(stream(bytes));
      expect([refusal.status, codeOf(refusal)]).toEqual([411, 'LengthRequired']);
    }
  });

  test('is in bytes, not in letters', async () => {
    expect((await send(`{"kind":"${'é'.repeat(40_000)}"}`)).status).toBe(413);
  });
});

describe('content types', () => {
  test.for([
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/merge-patch+json',
    'application/json;charset="utf-8"',
  ])('%s is JSON', async (type) => {
    const vault = await aVault(door);
    const patch = { body: { softDelete: { retentionDays: 30 } }, headers: { 'content-type': type } };
    expect(await door('PATCH', `vaults/${vault}`, patch)).toMatchObject({ status: 200 });
  });

  test.for([
    'text/json',
    'application/jsonx',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
    '',
  ])('"%s" is not', async (type) => {
    expect((await send('{"kind":"Backup"}', { 'content-type': type })).status).toBe(415);
  });
});

describe('JSON that is none', () => {
  test.for([
    '{',
    '{"kind":"Backup",}',
    "{'kind':'Backup'}",
    '{"kind":NaN}',
    '{} {}',
    '// {}',
    '\u0000',
    '{"kind":"\n"}',
  ])('%j is refused at the root', async (body) => {
    const answer = await door('PUT', `vaults/${fresh('v')}`, { body });
    expect(answer).toMatchObject(refused(400, 'InvalidRequest', { details: [{ target: '$' }] }));
  });

  test('bytes that are not UTF-8 are refused', async () => {
    const bytes = Buffer.concat([Buffer.from('{"kind":"'), Buffer.from([0xff, 0xc3, 0x28]), Buffer.from('"}')]);
    const refusal = await send(bytes);
    expect([refusal.status, codeOf(refusal)]).toEqual([400, 'InvalidRequest']);
  });

  test('depth does no harm', async () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const depth = 10_000;
      const answer = await send(`${open.repeat(depth)}${open === '[' ? '' : 1}${close.repeat(depth)}`);
      expect(answer.status).toBe(400);
    }
  });
});

describe('complaints', () => {
  const complaintsAbout = async (method: string, path: string, body: unknown) => {
    const answer = await door(method, path, { body });
    expect(answer).toMatchObject(refused(400, 'InvalidRequest'));
    return Object.fromEntries((answer.body.error.details ?? []).map(({ target, message }) => [target, message]));
  };

  test('there is one for every field that is wrong, in words for people', async () => {
    const body = {
      kind: 'Blob',
      softDelete: { state: 'On', retentionDays: 13, more: true },
      alerts: { recipients: ['ops@contoso.com', 'nobody'], onHardDelete: 'yes' },
      confirmAlwaysOn: 1,
    };
    expect(await complaintsAbout('PUT', `vaults/${fresh('v')}`, body)).toEqual({
      '$.kind': 'must be "RecoveryServices", "Backup" or "Generic"',
      '$.softDelete.state': 'must be "Disabled", "Enabled" or "AlwaysOn"',
      '$.softDelete.retentionDays': 'must be 14 or more',
      '$.softDelete.more': 'is not a field of this request',
      '$.alerts.recipients[1]': 'must be an e-mail address',
      '$.alerts.onHardDelete': 'must be true or false',
      '$.confirmAlwaysOn': 'must be true or false',
    });
  });

  test.for([
    ['PUT', 'items/i', {}, ['$.sourceId', '$.workload']],
    ['PUT', 'items/i', { workload: 'AzureVM', sourceId: '', policy: '-' }, ['$.policy', '$.sourceId']],
    [
      'PUT',
      'items/i',
      { workload: 'Azure Tape', policy: 'daily', sourceId: 's', tier: 'Cold' },
      ['$.tier', '$.workload'],
    ],
    ['PUT', 'policies/p', {}, ['$.retention', '$.schedule', '$.workloads']],
    [
      'PUT',
      'policies/p',
      { workloads: [], schedule: '* * *', retention: {} },
      ['$.retention', '$.schedule', '$.workloads'],
    ],
    ['PUT', 'servers/s', {}, ['$.agentVersion', '$.kind']],
    ['PUT', 'servers/s', { kind: 'MARS' }, ['$.agentVersion']],
    ['PUT', 'servers/s', { kind: 'MARS', agentVersion: 'two' }, ['$.agentVersion']],
    ['POST', 'items/i/stop', {}, ['$.mode']],
    ['POST', 'items/i/stop', { mode: 'keep', reason: '' }, ['$.mode', '$.reason']],
    ['POST', 'items/i/changePolicy', {}, ['$.policy']],
    ['POST', 'items/i/restore', {}, ['$.recoveryPoint']],
    ['PUT', 'items/i/recoveryPoints/p', {}, ['$.createdAt', '$.rung']],
    ['PUT', 'items/i/holds/h', {}, ['$.reason']],
    ['POST', 'items/i/jobs/j/complete', { recoveryPoint: { rung: 'hourly' } }, ['$.recoveryPoint.rung', '$.status']],
    ['POST', 'undelete', { items: ['ok', '/'], dryRun: 'no' }, ['$.dryRun', '$.items[1]']],
    ['POST', 'undelete', {}, ['$']],
    ['POST', 'undelete', { all: true, deletedBy: 'ada' }, ['$']],
  ] as const)('%s %s with %j complains about %j', async ([method, path, body, targets]) => {
    const vault = await aVault(door);
    expect(Object.keys(await complaintsAbout(method, `vaults/${vault}/${path}`, body)).toSorted()).toEqual(targets);
  });

  test('a complaint that only the vault’s state shows has the same form', async () => {
    const backup = await aVault(door, { kind: 'Backup' });
    const vault = await aVault(door);
    const path = await anItem(door, vault);
    const trash = await inTrash(door, vault);
    const server = await aServer(door, vault);
    const mars = { workload: 'MARS', policy: 'daily', sourceId: 's' };
    const past = '2020-01-01T00:00:00.000Z';
    const asked = [
      ['PUT', `vaults/${fresh('v')}`, {}, '$.kind'],
      ['PATCH', `vaults/${backup}`, { hybrid: { state: 'Enabled' } }, '$.hybrid'],
      ['PATCH', `vaults/${vault}`, { hybrid: { mfaRequired: false } }, '$.hybrid.mfaRequired'],
      ['PUT', `vaults/${vault}/items/x`, mars, '$.server'],
      ['PUT', `vaults/${vault}/items/x`, { ...mars, workload: 'DPM', server }, '$.server'],
      ['PUT', `vaults/${vault}/items/x`, { ...mars, workload: 'AzureVM', server }, '$.server'],
      ['PUT', `${trash}/holds/h`, { reason: 'r', until: past }, '$.until'],
      ['POST', `${path}/resume`, {}, '$.policy'],
    ] as const;
    for (const [method, target, body, field] of asked)
      expect(Object.keys(await complaintsAbout(method, target, body))).toEqual([field]);
  });
});

test.for(['__proto__', 'constructor', 'toString'])('"%s" in a query is just an unknown name', async (name) => {
  expect(await door('GET', `vaults?${name}=1`)).toMatchObject(refused(400, 'InvalidRequest', { target: `?${name}` }));
});
