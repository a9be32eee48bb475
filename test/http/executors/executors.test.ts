/** Executors as callers meet them: what they may be, who hears of it, and what keeps one from being deleted. */
import { describe, expect, test } from 'vitest';
import { anExecutor, aVault, done, fresh, refused } from '../../host/support/door.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory({ operators: ['operators@contoso.com'] });
const { door } = service;

const BLOBS = { tid: 'local', oid: 'blobs' };
const OTHER = { tid: 'local', oid: 'other' };
const put = (executor: string, body: object, token?: string) =>
  door('PUT', `executors/${executor}`, { body, ...(token === undefined ? {} : { token }) });
const patch = (vault: string, purge: unknown, token?: string) =>
  door('PATCH', `vaults/${vault}`, { body: { purge }, ...(token === undefined ? {} : { token }) });
const ADA = await service.token({ sub: 'ada', roles: ['Contributor'], mfa: true });
const PLAIN = await service.token({ sub: 'plain', roles: ['Contributor'] });
const APP = await service.token({ sub: 'script', roles: ['Contributor'], appOnly: true });
const KEEPER = await service.token({ sub: 'keeper', roles: ['GuardAdmin'], mfa: true });

interface Raised {
  readonly type: string;
  readonly severity: string;
  readonly vault: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly notifications: readonly { readonly recipient: string; readonly as: string }[];
}
const raised = async (path: string): Promise<readonly Raised[]> => {
  const { body } = await door('GET', `${path}?type=ExecutorChanged&top=200`);
  return (body.value ?? []) as unknown as readonly Raised[];
};
const raisedOf = async (executor: string) =>
  (await raised('alerts')).filter(({ facts, vault }) => vault === null && facts['executor'] === executor);

describe('an executor', () => {
  test('needs its callers, and has defaults for the rest', async () => {
    const executor = fresh('blobs');
    expect(await put(executor, {})).toMatchObject(refused(400, 'InvalidRequest', { target: '$.callers' }));
    const made = await put(executor, { callers: [BLOBS] });
    const whole = { name: executor, callers: [BLOBS], confirmWithinHours: 24, contacts: [], lastSeenAt: null };
    expect(made).toMatchObject({ status: 201, body: whole });
    expect(made.headers.get('etag')).toBe(made.body['etag']);
    expect(await door('GET', `executors/${executor.toUpperCase()}`)).toMatchObject({ status: 200, body: whole });
  });

  test('is changed in the parts that are given; null gives a default back, but for the callers', async () => {
    const executor = fresh('blobs');
    await done(put(executor, { callers: [BLOBS], confirmWithinHours: 720, contacts: ['a@contoso.com'] }));
    expect(await put(executor, { confirmWithinHours: 1 })).toMatchObject({
      status: 200,
      body: { callers: [BLOBS], confirmWithinHours: 1, contacts: ['a@contoso.com'] },
    });
    expect(await put(executor, { confirmWithinHours: null, contacts: null })).toMatchObject({
      body: { confirmWithinHours: 24, contacts: [] },
    });
    expect(await put(executor, { callers: null })).toMatchObject(refused(400, 'InvalidRequest'));
  });

  test.each([
    ['no callers', { callers: [] }],
    ['too many callers', { callers: Array.from({ length: 11 }, (_, at) => ({ tid: 'local', oid: `app-${at}` })) }],
    ['a caller without a tenant', { callers: [{ oid: 'blobs' }] }],
    ['a caller that is no id', { callers: [{ tid: 'local', oid: 'a b' }] }],
    ['no hours', { confirmWithinHours: 0 }],
    ['too many hours', { confirmWithinHours: 721 }],
    ['half an hour', { confirmWithinHours: 0.5 }],
    ['a contact that is no address', { contacts: ['nobody'] }],
    ['too many contacts', { contacts: Array.from({ length: 11 }, (_, at) => `a${at}@contoso.com`) }],
    ['when it was seen', { lastSeenAt: '2026-11-01T00:00:00.000Z' }],
    ['orders', { orders: {} }],
  ])('cannot have %s', async (_, over) => {
    expect(await put(fresh('blobs'), { callers: [BLOBS], ...over })).toMatchObject(refused(400, 'InvalidRequest'));
  });

  test('has a name, and an etag that counts', async () => {
    expect(await put('no name', { callers: [BLOBS] })).toMatchObject(refused(400, 'InvalidName'));
    const executor = await anExecutor(door);
    const stale = { headers: { 'if-match': '"stale"' } };
    const path = `executors/${executor}`;
    expect(await door('PUT', path, { ...stale, body: { confirmWithinHours: 2 } })).toMatchObject(
      refused(412, 'PreconditionFailed'),
    );
    expect(await door('DELETE', path, stale)).toMatchObject(refused(412, 'PreconditionFailed'));
    expect(await door('GET', 'executors/none-such')).toMatchObject(refused(404, 'ExecutorNotFound'));
    expect(await door('DELETE', 'executors/none-such')).toMatchObject(refused(404, 'ExecutorNotFound'));
  });

  test('is listed by name, page by page', async () => {
    const names = [fresh('listed'), fresh('listed'), fresh('listed')];
    for (const name of names) await done(put(name, { callers: [BLOBS] }));
    const found: string[] = [];
    for (let next: string | undefined = 'executors?top=2'; next; ) {
      const { body } = await door('GET', next);
      const { value, nextLink } = body as { value: readonly { name: string }[]; nextLink?: string };
      found.push(...value.map(({ name }) => name));
      next = nextLink?.slice(nextLink.indexOf('/api/') + 5);
    }
    expect(found).toEqual(expect.arrayContaining(names));
    expect(found).toEqual(found.toSorted());
  });

  test('tells the operators of every write, and of none where nothing changed', async () => {
    const executor = fresh('told');
    await done(put(executor, { callers: [BLOBS] }));
    await done(put(executor, { callers: [BLOBS] }));
    await done(put(executor, { contacts: ['a@contoso.com'] }));
    await done(door('DELETE', `executors/${executor}`));
    const found = await raisedOf(executor);
    expect(found).toHaveLength(3);
    for (const one of found) expect(one).toMatchObject({ severity: 'Sev2', notifications: [{ as: 'operator' }] });
    expect(found.map(({ facts }) => facts['after']).filter((after) => after === null)).toHaveLength(1);
    const { body } = await door('GET', 'history?top=20');
    const entries = (body.value ?? []) as unknown as readonly {
      chain: string;
      operation: string;
      facts: Record<string, unknown>;
    }[];
    expect(entries.filter(({ facts }) => facts['executor'] === executor)).toMatchObject([
      { chain: 'service', operation: 'DeleteExecutor' },
      { chain: 'service', operation: 'PutExecutor' },
      { chain: 'service', operation: 'PutExecutor' },
    ]);
  });
});

describe('a caller that is added', () => {
  test('to an executor that nothing names takes no factor', async () => {
    const executor = await anExecutor(door);
    expect(await put(executor, { callers: [BLOBS, OTHER] }, PLAIN)).toMatchObject({ status: 200 });
  });

  test('to one that is named takes a person with a second factor; taking one out, or another order, takes none', async () => {
    const executor = await anExecutor(door);
    const vault = await aVault(door);
    await done(patch(vault, { executor }));
    const wider = { callers: [BLOBS, OTHER] };
    expect(await put(executor, wider, PLAIN)).toMatchObject(refused(401, 'StepUpRequired'));
    expect(await put(executor, wider, APP)).toMatchObject(refused(403, 'Forbidden'));
    expect(await put(executor, wider, ADA)).toMatchObject({ status: 200, body: wider });
    expect(await put(executor, { callers: [OTHER, BLOBS] }, PLAIN)).toMatchObject({ status: 200 });
    expect(await put(executor, { callers: [OTHER] }, PLAIN)).toMatchObject({ status: 200 });
    const [first] = (await raisedOf(executor)).filter(({ facts }) => facts['control'] === 'executor');
    expect(first).toMatchObject({
      facts: { control: 'executor', before: ['local blobs'], after: ['local blobs', 'local other'], by: 'ada' },
    });
  });

  test('needs the approval of the guard of the service, first', async () => {
    const executor = await anExecutor(door);
    await done(patch(await aVault(door), { executor }));
    const guard = fresh('guard');
    await done(door('PUT', `guards/${guard}`, { body: { contacts: ['sec@contoso.com'] }, token: KEEPER }));
    await done(door('PUT', 'service/guard', { body: { guard }, token: ADA }));
    const wider = { callers: [BLOBS, OTHER] };
    expect(await put(executor, wider, PLAIN)).toMatchObject(
      refused(403, 'GuardApprovalRequired', { innererror: { operation: 'changeExecutor', guard, reason: 'NoGrant' } }),
    );
    const grant = (operation: string) =>
      door('POST', `guards/${guard}/grants`, {
        body: { operation, vault: null, grantee: 'ada', expiresAt: new Date(Date.now() + 3_600_000).toISOString() },
        token: KEEPER,
      });
    await done(grant('changeExecutor'));
    expect(await put(executor, wider, ADA)).toMatchObject({ status: 200 });
    const [first] = (await raisedOf(executor)).filter(({ facts }) => facts['control'] === 'executor');
    const told = first?.notifications.map(({ recipient }) => recipient).toSorted();
    expect(told).toEqual(['operators@contoso.com', 'sec@contoso.com']);
    await done(grant('removeGuard'));
    await done(door('DELETE', 'service/guard', { token: ADA }));
  });
});

describe('the purge settings of a vault', () => {
  test('name nobody until somebody says so, and no executor that is not there', async () => {
    const vault = await aVault(door);
    expect((await door('GET', `vaults/${vault}`)).body).toMatchObject({ purge: { executor: null, parameters: null } });
    expect(await patch(vault, { executor: 'none-such' })).toMatchObject(refused(404, 'ExecutorNotFound'));
    const fresh_ = fresh('vault');
    const body = { kind: 'Backup', purge: { executor: 'none-such' } };
    expect(await door('PUT', `vaults/${fresh_}`, { body })).toMatchObject(refused(404, 'ExecutorNotFound'));
    expect(await door('GET', `vaults/${fresh_}`)).toMatchObject(refused(404, 'VaultNotFound'));
  });

  test('are a merge patch, member by member', async () => {
    const [vault, executor] = [await aVault(door), await anExecutor(door)];
    const seen = async (purge: unknown) => ((await patch(vault, purge, ADA)).body as { purge?: unknown }).purge;
    expect(await seen({ executor: executor.toUpperCase() })).toEqual({ executor, parameters: null });
    expect(await seen({ parameters: { a: { b: 1, c: 2 }, d: [1] } })).toEqual({
      executor,
      parameters: { a: { b: 1, c: 2 }, d: [1] },
    });
    expect(await seen({ parameters: { a: { b: null }, d: [2] } })).toEqual({
      executor,
      parameters: { a: { c: 2 }, d: [2] },
    });
    expect(await seen({})).toEqual({ executor, parameters: { a: { c: 2 }, d: [2] } });
    expect(await seen({ executor: null })).toEqual({ executor: null, parameters: { a: { c: 2 }, d: [2] } });
    expect(await seen({ parameters: null })).toEqual({ executor: null, parameters: null });
    await seen({ executor, parameters: { a: 1 } });
    expect(await seen(null)).toEqual({ executor: null, parameters: null });
  });

  test.each([
    ['too long', { text: 'x'.repeat(4096) }],
    ['too long in UTF-8', { text: 'ä'.repeat(2048) }],
    ['an account key', { deep: ['AccountKey=abc'] }],
    ['a shared access key', { url: 'Endpoint=sb://x;SharedAccessKey=abc' }],
    ['a signature', { url: 'https://x.blob.core.windows.net/c?sv=1&sig=abc' }],
  ])('take no parameters that are or hold %s', async (_, parameters) => {
    const vault = await aVault(door);
    expect(await patch(vault, { parameters })).toMatchObject(
      refused(400, 'InvalidRequest', { target: '$.purge.parameters' }),
    );
  });

  test('take 4 KiB, and not more by two patches', async () => {
    const vault = await aVault(door);
    const half = 'x'.repeat(2000);
    expect(await patch(vault, { parameters: { a: half } })).toMatchObject({ status: 200 });
    expect(await patch(vault, { parameters: { b: half } })).toMatchObject({ status: 200 });
    expect(await patch(vault, { parameters: { c: half } })).toMatchObject(refused(400, 'InvalidRequest'));
  });

  test('are no place for what is deeper than a stack', async () => {
    const vault = await aVault(door);
    let deep: object = {};
    for (let at = 0; at < 3000; at += 1) deep = { a: deep };
    expect(await patch(vault, { parameters: deep })).toMatchObject(refused(400, 'InvalidRequest'));
  });

  test.each([
    ['an executor that is a number', { executor: 1 }],
    ['a list as parameters', { parameters: [] }],
    ['a text as parameters', { parameters: 'x' }],
    ['a member that nobody knows', { deadline: 1 }],
  ])('take no %s', async (_, purge) => {
    expect(await patch(await aVault(door), purge)).toMatchObject(refused(400, 'InvalidRequest'));
  });

  test('tell people of every change, as a weakening where an executor goes', async () => {
    const [vault, executor, second] = [await aVault(door), await anExecutor(door), await anExecutor(door)];
    await done(door('PATCH', `vaults/${vault}`, { body: { alerts: { recipients: ['ops@contoso.com'] } } }));
    await done(patch(vault, { executor }));
    await done(patch(vault, { executor }));
    expect(await raised(`vaults/${vault}/alerts`)).toMatchObject([
      { severity: 'Sev2', facts: { before: 'no executor, no parameters', after: `${executor}, no parameters` } },
    ]);
    for (const purge of [{ executor: second }, { executor: null }, { parameters: { a: 1 } }, null])
      expect(await patch(vault, purge, PLAIN)).toMatchObject(refused(401, 'StepUpRequired'));
    expect(await patch(vault, { executor: second }, APP)).toMatchObject(refused(403, 'SecurityPinRequired'));
    await done(patch(vault, { executor: second, parameters: { a: 1 } }, ADA));
    const found = (await raised(`vaults/${vault}/alerts`)).filter(({ facts }) => facts['control']);
    expect(found.map(({ facts }) => [facts['control'], facts['before'], facts['after']]).toSorted()).toEqual([
      ['executor', executor, second],
      ['kind', 'no parameters', '{"a":1}'],
    ]);
    for (const one of found)
      expect(one.notifications.map(({ as }) => as).toSorted()).toEqual(['operator', 'recipient']);
  });

  test('say nothing that is weakened while no executor gets the parameters', async () => {
    const vault = await aVault(door);
    expect(await patch(vault, { parameters: { a: 1 } }, PLAIN)).toMatchObject({ status: 200 });
    expect(await patch(vault, { parameters: { a: 2 } }, PLAIN)).toMatchObject({ status: 200 });
    expect(await raised(`vaults/${vault}/alerts`)).toHaveLength(2);
  });
});

describe('an executor that is named', () => {
  test('is not deleted, and says by what; afterwards it is, and leaves nothing behind', async () => {
    const executor = await anExecutor(door);
    const [first, second] = [await aVault(door), await aVault(door)];
    for (const vault of [first, second]) await done(patch(vault, { executor }));
    const blockers = [first, second].map((name) => ({ kind: 'vault', name }));
    expect(await door('DELETE', `executors/${executor}`)).toMatchObject(
      refused(409, 'ExecutorInUse', { innererror: { blockers } }),
    );
    await done(patch(first, null, ADA));
    expect(await door('DELETE', `executors/${executor}`)).toMatchObject(
      refused(409, 'ExecutorInUse', { innererror: { blockers: [{ kind: 'vault', name: second }] } }),
    );
    await done(door('DELETE', `vaults/${second}`));
    // It may come back.
    expect(await door('DELETE', `executors/${executor}`)).toMatchObject(refused(409, 'ExecutorInUse'));
    await done(door('POST', `deletedVaults/${second}/restore`, { body: {} }));
    await done(patch(second, { executor: null }, ADA));
    expect(await door('DELETE', `executors/${executor}`)).toMatchObject({ status: 204 });
    expect(await door('GET', `executors/${executor}`)).toMatchObject(refused(404, 'ExecutorNotFound'));
    const rows = await service.tables.vaults.range('~service', { prefix: '~service!link!executor!' });
    expect(rows.filter(({ key }) => key.includes(executor))).toEqual([]);
    expect(await put(executor, { callers: [OTHER] })).toMatchObject({ status: 201 });
    expect(await patch(second, { executor })).toMatchObject({ status: 200 });
    expect(await door('DELETE', `executors/${executor}`)).toMatchObject(refused(409, 'ExecutorInUse'));
  });
});
