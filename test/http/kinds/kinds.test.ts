/** Kinds as callers meet them: every default, bound, fixed member and reserved name, and what keeps one from being deleted. */
import { describe, expect, test } from 'vitest';
import { BUILT_IN } from '../../../src/core/kinds.ts';
import { done, fresh, refused, targetsOf } from '../../host/support/door.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const { door } = service;
const put = (kind: string, body: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  door('PUT', `kinds/${kind}`, { body, headers });
const get = (kind: string) => door('GET', `kinds/${kind}`);
const remove = (kind: string) => door('DELETE', `kinds/${kind}`);

const DEFAULTS = {
  ...{ builtIn: false, class: 'Cloud', vaultKinds: ['Generic'], represents: 'Original', recoveryPoints: false },
  ...{ minimumRetentionDays: 14, executor: null, parameters: null, active: true },
};

describe('a kind of your own', () => {
  test('needs nothing, and has a default for every member', async () => {
    const kind = fresh('Tenant');
    const made = await put(kind);
    const whole = { name: kind, ...DEFAULTS, title: kind, plural: `${kind}s` };
    expect(made).toMatchObject({ status: 201, body: whole });
    expect(made.headers.get('etag')).toBe(made.body.etag);
    expect(Object.keys(made.body).toSorted()).toEqual([...Object.keys(whole), 'etag'].toSorted());
    expect(await get(kind.toLowerCase())).toMatchObject({ status: 200, body: whole });
  });

  test('takes each member, and the title with an "s" is the plural', async () => {
    const body = {
      ...{ class: 'Hybrid', vaultKinds: ['RecoveryServices'], represents: 'Copies', recoveryPoints: true },
      ...{ minimumRetentionDays: 180, parameters: { a: { b: [1] } }, title: 'Data set', active: false },
    };
    expect(await put(fresh('kind'), body)).toMatchObject({ status: 201, body: { ...body, plural: 'Data sets' } });
  });

  test('is changed in the parts that are given, and null gives the default back', async () => {
    const kind = fresh('kind');
    await done(put(kind, { title: 'Tenant', plural: 'Tenants of ours', minimumRetentionDays: 30 }));
    const changed = await put(kind, { minimumRetentionDays: 60 });
    expect(changed).toMatchObject({
      status: 200,
      body: { title: 'Tenant', plural: 'Tenants of ours', minimumRetentionDays: 60 },
    });
    expect(await put(kind, { plural: null, active: false })).toMatchObject({
      body: { plural: 'Tenants', active: false },
    });
    expect(await put(kind, { title: null, active: null })).toMatchObject({ body: { title: kind, active: true } });
  });

  test('that becomes what it is already stays as it is, etag and all', async () => {
    const kind = fresh('kind');
    const { etag } = await done(put(kind));
    expect(await put(kind, { title: kind, vaultKinds: ['Generic', 'Generic'], class: null })).toMatchObject({
      status: 200,
      body: { etag },
    });
  });

  test.each([
    [{ minimumRetentionDays: 13 }, '$.minimumRetentionDays'],
    [{ minimumRetentionDays: 181 }, '$.minimumRetentionDays'],
    [{ minimumRetentionDays: 14.5 }, '$.minimumRetentionDays'],
    [{ title: '' }, '$.title'],
    [{ title: 'x'.repeat(61) }, '$.title'],
    [{ title: 'two\nlines' }, '$.title'],
    [{ plural: ' ' }, '$.plural'],
    [{ vaultKinds: [] }, '$.vaultKinds'],
    [{ vaultKinds: ['Other'] }, '$.vaultKinds[0]'],
    [{ class: 'Other' }, '$.class'],
    [{ represents: 'Both' }, '$.represents'],
    [{ tiers: ['Vault'] }, '$.tiers'],
    [{ parameters: ['a'] }, '$.parameters'],
    [{ executor: '!' }, '$.executor'],
  ])('%j is wrong', async (body, target) => {
    const kind = fresh('kind');
    const answer = await put(kind, body);
    expect(answer).toMatchObject(refused(400, 'InvalidRequest'));
    expect(targetsOf(answer)).toEqual([target]);
    expect(await get(kind)).toMatchObject(refused(404, 'KindNotFound'));
  });

  test.each([{ minimumRetentionDays: 14 }, { minimumRetentionDays: 180 }, { title: 'x'.repeat(60) }])(
    '%j is not',
    async (body) => {
      expect((await put(fresh('kind'), body)).status).toBe(201);
    },
  );

  test.each([
    [{ class: 'Hybrid' }],
    [{ class: 'Hybrid', vaultKinds: ['Backup'] }],
    [{ class: 'Hybrid', vaultKinds: ['RecoveryServices', 'Generic'] }],
  ])('%j is kept in the wrong vaults', async (body) => {
    expect(await put(fresh('kind'), body)).toMatchObject(refused(400, 'InvalidRequest', { target: '$.vaultKinds' }));
  });

  test.each([
    ['as they are', { key: 'AccountKey=abc' }],
    ['in other letters', { key: 'x;accountkey=abc' }],
    ['deep down', { a: [{ b: 'https://x/?SharedAccessKey=abc' }] }],
    ['as a signature', { url: 'https://x/?sv=1&sig=abc' }],
    ['longer than 4 KiB', { a: 'x'.repeat(4096) }],
  ])('parameters hold no secrets: %s', async (_, parameters) => {
    expect(await put(fresh('kind'), { parameters })).toMatchObject(
      refused(400, 'InvalidRequest', { target: '$.parameters' }),
    );
  });

  test.each([
    ['class', { class: 'Hybrid' }],
    ['vaultKinds', { vaultKinds: ['Generic', 'Backup'] }],
    ['represents', { represents: 'Copies' }],
    ['recoveryPoints', { recoveryPoints: true }],
  ])('%s never changes', async (member, body) => {
    const kind = fresh('kind');
    const { etag } = await done(put(kind));
    expect(await put(kind, { ...body, title: 'Other' })).toMatchObject(
      refused(409, 'KindImmutable', { target: `$.${member}` }),
    );
    expect((await get(kind)).body.etag).toBe(etag);
  });

  test('is written only as it was read', async () => {
    const kind = fresh('kind');
    const { etag } = await done(put(kind));
    await done(put(kind, { title: 'A' }));
    expect(await put(kind, { title: 'B' }, { 'if-match': etag })).toMatchObject(refused(412, 'PreconditionFailed'));
    expect(await door('DELETE', `kinds/${kind}`, { headers: { 'if-match': etag } })).toMatchObject(
      refused(412, 'PreconditionFailed'),
    );
    expect(await put(fresh('kind'), {}, { 'if-match': etag })).toMatchObject(refused(412, 'PreconditionFailed'));
  });

  test('leaves its trace in the history of the service', async () => {
    const kind = fresh('kind');
    await done(put(kind));
    await done(put(kind, { title: 'Tenant' }));
    expect((await remove(kind)).status).toBe(204);
    const { value } = await done(door('GET', 'history?top=4'));
    expect(value.map(({ operation }) => operation)).toEqual(['DeleteKind', 'RetireKind', 'PutKind', 'PutKind']);
  });
});

describe('what is built in', () => {
  test('stands in the same list, and nothing hides your own', async () => {
    const kind = fresh('kind');
    await done(put(kind));
    const { value } = await done(door('GET', 'kinds?top=200'));
    const names = value.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([kind, ...BUILT_IN.map(({ name }) => name)]));
    expect(names).toEqual(names.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
    const first = await done(door('GET', 'kinds?top=1'));
    expect([first.value.length, first.nextLink]).toEqual([1, expect.stringContaining('continuation')]);
    expect(await get('MARS')).toMatchObject({
      body: {
        builtIn: true,
        class: 'Hybrid',
        represents: 'Copies',
        recoveryPoints: true,
        minimumRetentionDays: 14,
        active: true,
      },
    });
  });

  test('takes parameters and a longer period, and nothing else', async () => {
    const before = await done(get('DPM'));
    const set = await put('dpm', { minimumRetentionDays: 20, parameters: { a: 1 } });
    expect(set).toMatchObject({
      status: 200,
      body: { name: 'DPM', builtIn: true, minimumRetentionDays: 20, parameters: { a: 1 }, class: 'Hybrid' },
    });
    expect(set.body.etag).not.toBe(before.etag);
    for (const [member, value] of Object.entries({
      class: 'Hybrid',
      vaultKinds: ['RecoveryServices'],
      title: 'X',
      plural: 'X',
      active: true,
      represents: null,
      recoveryPoints: true,
    }))
      expect(await put('DPM', { [member]: value })).toMatchObject(
        refused(409, 'KindReserved', { target: `$.${member}` }),
      );
  });

  test.each(['StorageSoftDelete', 'SiteRecovery', 'microsoft365'])('%s is nobody’s name', async (kind) => {
    expect(await put(kind)).toMatchObject(refused(409, 'KindReserved'));
    expect(await get(kind)).toMatchObject(refused(404, 'KindNotFound'));
  });

  test('stays', async () => {
    expect(await remove('azurevm')).toMatchObject(refused(409, 'KindReserved'));
    expect(await remove('nobody-made-it')).toMatchObject(refused(404, 'KindNotFound'));
  });
});

describe('deleting a kind', () => {
  const vaultOf = async () => {
    const vault = fresh('vault');
    await done(door('PUT', `vaults/${vault}`, { body: { kind: 'Generic' } }));
    return vault;
  };
  const protect = (vault: string, item: string, kind: string) =>
    door('PUT', `vaults/${vault}/items/${item}`, { body: { workload: kind, sourceId: `/${vault}/${item}` } });

  test('of which there is an item is refused, and names the vaults', async () => {
    const kind = fresh('kind');
    await done(put(kind));
    const vaults = [await vaultOf(), await vaultOf()];
    for (const vault of vaults) await done(protect(vault, 'acme', kind));
    expect(await remove(kind)).toMatchObject(refused(409, 'KindInUse', { innererror: { vaults } }));
    expect(await get(kind)).toMatchObject({ status: 200, body: { active: true } });
  });

  test('is refused for good once there was one, and its purge changes nothing', async () => {
    const [kind, vault] = [fresh('kind'), await vaultOf()];
    await done(put(kind));
    await done(
      door('PATCH', `vaults/${vault}`, {
        body: { softDelete: { state: 'Disabled' } },
        token: await service.token({ sub: 'ada', roles: ['Contributor'], mfa: true }),
      }),
    );
    await done(protect(vault, 'acme', kind));
    expect(
      await done(door('POST', `vaults/${vault}/items/acme/stop`, { body: { mode: 'delete', confirmName: 'acme' } })),
    ).toMatchObject({ state: 'Purged' });
    expect(await remove(kind)).toMatchObject(refused(409, 'KindInUse', { innererror: { vaults: [vault] } }));
    expect((await door('DELETE', `vaults/${vault}`)).status).toBe(204);
    expect(await remove(kind)).toMatchObject(refused(409, 'KindInUse', { innererror: { vaults: [vault] } }));
  });

  test('is done where an item was only wished for', async () => {
    const [kind, vault, other] = [fresh('kind'), await vaultOf(), await vaultOf()];
    await done(put(kind));
    const taken = fresh('kind');
    await done(put(taken));
    await done(door('PUT', `vaults/${other}/items/acme`, { body: { workload: taken, sourceId: 'one' } }));
    expect(
      await door('PUT', `vaults/${vault}/items/acme`, { body: { workload: taken, sourceId: 'ONE' } }),
    ).toMatchObject(refused(409, 'ActiveElsewhere'));
    expect(await remove(taken)).toMatchObject(refused(409, 'KindInUse', { innererror: { vaults: [other] } }));
    expect((await remove(kind)).status).toBe(204);
    expect(await protect(vault, 'acme', kind)).toMatchObject(refused(400, 'InvalidRequest', { target: '$.workload' }));
  });
});

test('there are a hundred kinds of your own at most, also when two are made at once', async () => {
  const { door: alone } = serviceInMemory();
  for (let at = 0; at < 99; at += 1) await done(alone('PUT', `kinds/kind-${at}`, { body: {} }));
  const two = await Promise.all(['one', 'two'].map((kind) => alone('PUT', `kinds/${kind}`, { body: {} })));
  expect(two.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  expect(await alone('PUT', 'kinds/three', { body: {} })).toMatchObject(
    refused(409, 'LimitReached', { innererror: { limit: 100 } }),
  );
  expect((await alone('PUT', 'kinds/MABS', { body: { minimumRetentionDays: 15 } })).status).toBe(200);
});

test('roles: a Reader looks, a Contributor writes, nobody else', async () => {
  const token = (...roles: string[]) => service.token({ sub: 'somebody', roles });
  const kind = fresh('kind');
  for (const role of ['Reader', 'Operator', 'GuardAdmin', 'Agent'])
    expect(await door('PUT', `kinds/${kind}`, { body: {}, token: await token(role) })).toMatchObject(
      refused(403, 'Forbidden'),
    );
  expect((await door('PUT', `kinds/${kind}`, { body: {}, token: await token('Contributor') })).status).toBe(201);
  expect((await door('GET', `kinds/${kind}`, { token: await token('Reader') })).status).toBe(200);
  expect(await door('DELETE', `kinds/${kind}`, { token: await token('Operator') })).toMatchObject(
    refused(403, 'Forbidden'),
  );
});
