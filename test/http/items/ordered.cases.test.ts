/** An item that an executor is to destroy, as callers meet it: until its order is closed, and when it comes back. */
import { beforeAll, describe, expect, test } from 'vitest';
import { done } from '../../host/support/door.ts';
import { sweepingOf } from '../../host/support/sweeping.ts';
import { aVault, type Estate, type ItemBody, later, moves, ok, refusal } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory({ operators: ['operators@contoso.com'] });
const { door } = service;
const s = sweepingOf(service);
const APP = await service.token({ sub: 'blobs-app', roles: ['Executor'], appOnly: true });
const SOON = { seconds: 90 };

interface Ordered extends ItemBody {
  readonly purgeOrder: {
    readonly order: string;
    readonly state: string;
    readonly executor: string;
    readonly orderedAt: string;
    readonly confirmBy: string;
    readonly attempts: number;
    readonly untouched: boolean;
    readonly recallable: boolean;
  } | null;
}

beforeAll(async () => {
  await done(door('PUT', 'executors/blobs', { body: { callers: [{ tid: 'local', oid: 'blobs-app' }] } }));
});

const asking = (settings: object = {}) => aVault(service, { settings: { purge: { executor: 'blobs' }, ...settings } });
const get = async (vault: Estate, item = 'vm') => (await vault.get(item)).body as Ordered;

/** In a vault of its own, and ordered by a sweep. */
async function ordered(settings?: object, reminded?: Parameters<typeof later>[1]) {
  const vault = await asking(settings);
  const { purgeAt } = (await vault.trash('vm')).softDelete;
  if (reminded) await s.sweepAt(later(purgeAt, reminded));
  expect(await s.sweepAt(purgeAt)).toMatchObject({ purged: 0, failed: 0 });
  const item = await get(vault);
  const order = item.purgeOrder?.order ?? '';
  const post = (verb: string, body: object, token?: string) =>
    door('POST', `purgeOrders/${order}/${verb}`, { body, ...(token ? { token } : {}) });
  const claim = async (leaseSeconds = 300) => {
    const body = await done(
      door('POST', 'purgeOrders/claim', { body: { executor: 'blobs', max: 32, leaseSeconds }, token: APP }),
    );
    const mine = body.value.find((one) => (one as unknown as { order: string }).order === order);
    return (mine as unknown as { token: number } | undefined)?.token;
  };
  return { vault, purgeAt, item, order, post, claim };
}

const inProgress = (order: string, recallable = true) => refusal(409, 'PurgeInProgress', { order, recallable });

describe('an ordered item', () => {
  test('case 40: it is there, and cannot be had back from its instant on', async () => {
    const { vault, purgeAt, item, order } = await ordered();
    expect(item).toMatchObject({
      ...{ state: 'Purging', generation: 1, softDelete: { purgeAt, retentionDays: 14, daysLeft: 0 } },
      purgeOrder: { order, state: 'Open', executor: 'blobs', attempts: 0, untouched: true, recallable: true },
    });
    expect(Date.parse(item.purgeOrder?.confirmBy ?? '') - Date.parse(item.purgeOrder?.orderedAt ?? '')).toBe(
      86_400_000,
    );
    expect(await vault.undelete('vm')).toMatchObject(inProgress(order));
    expect(moves(await vault.history('vm'))).toEqual([
      ['SoftDeleted', 'Purging'],
      ['Protected', 'SoftDeleted'],
      [null, 'Protected'],
    ]);
    expect(await s.alerts(vault)).not.toContain('purgecomplete vm 1');
    await s.check();
  });

  test('every verb says so, and whether it can be recalled; a repeated delete changes nothing', async () => {
    const { vault, order, claim } = await ordered();
    const verbs = [
      ['POST', 'items/vm/undelete', {}],
      ['POST', 'items/vm/resume', { policy: 'daily' }],
      ['POST', 'items/vm/changePolicy', { policy: 'daily' }],
      ['POST', 'items/vm/backup', {}],
      ['POST', 'items/vm/restore', { recoveryPoint: 'p' }],
      ['POST', 'items/vm/stop', { mode: 'retain' }],
      ['PUT', 'items/vm', { workload: 'AzureVM', policy: 'daily', sourceId: `${vault.name}/vm` }],
    ] as const;
    for (const [method, path, body] of verbs)
      expect(await vault.send(method, path, body), path).toMatchObject(inProgress(order));
    const etag = (await get(vault)) as unknown as { etag: string };
    expect(await vault.delete('vm')).toMatchObject({
      status: 200,
      body: { state: 'Purging', softDeleteApplied: true, purgeOrder: { order }, etag: etag.etag },
    });
    await claim();
    for (const [method, path, body] of verbs)
      expect(await vault.send(method, path, body), path).toMatchObject(inProgress(order, false));
    expect(await get(vault)).toMatchObject({ purgeOrder: { state: 'Leased', untouched: true, recallable: false } });
  });

  test('is in the list of what is being purged and in no list of the trash; it counts, and keeps its vault', async () => {
    const { vault, purgeAt, order } = await ordered();
    const listed = async (query: string) =>
      ok(await vault.send<{ value: readonly ItemBody[] }>('GET', `items?${query}`)).value.map(({ name }) => name);
    expect(await listed('state=Purging')).toEqual(['vm']);
    expect(await listed('state=SoftDeleted')).toEqual([]);
    expect(await listed('workload=AzureVM')).toEqual(['vm']);
    expect(await vault.send('GET', '')).toMatchObject({ body: { counts: { softDeleted: 1 } } });
    expect(await vault.send('DELETE', '')).toMatchObject(
      refusal(409, 'VaultHasSoftDeletedItems', { blockers: [{ kind: 'item', name: 'vm', purgeAt, order }] }),
    );
    const many = { items: ['vm'], dryRun: true };
    expect(await vault.send('POST', 'undelete', many)).toMatchObject({
      body: { results: [{ item: 'vm', outcome: 'Refused', code: 'PurgeInProgress' }] },
    });
    expect(await vault.send('POST', 'undelete', { items: ['vm'] })).toMatchObject({
      body: { results: [{ item: 'vm', outcome: 'Refused', code: 'PurgeInProgress' }] },
    });
    expect(await vault.send('POST', 'undelete', { all: true })).toMatchObject({ body: { results: [] } });
    expect(ok(await door('GET', 'forecast?days=30'))).not.toMatchObject({
      days: [{ items: [{ vault: vault.name }] }],
    });
  });

  test('a hold keeps it from its executor, as long as it can be recalled; it can always be taken off', async () => {
    const { vault, order, claim } = await ordered();
    expect(await vault.send('PUT', 'items/vm/holds/case', { reason: 'evidence' })).toMatchObject({ status: 201 });
    expect(await get(vault)).toMatchObject({ purgeOrder: { state: 'Waiting', recallable: true } });
    expect(await s.explain(vault, 'vm')).toMatchObject({
      ...{ state: 'Purging', notBefore: null },
      blockers: [{ code: 'AwaitingExecutor' }, { code: 'Hold' }],
      can: ['recall'],
    });
    await s.check();
    expect(await claim()).toBeUndefined();
    expect(await vault.send('DELETE', 'items/vm/holds/case')).toMatchObject({ status: 204 });
    expect(await get(vault)).toMatchObject({ purgeOrder: { state: 'Open' } });
    await s.check();
    expect(await claim()).toEqual(expect.any(Number));
    expect(await vault.send('PUT', 'items/vm/holds/late', { reason: 'evidence' })).toMatchObject(
      inProgress(order, false),
    );
    await s.check();
  });

  test('a hold that ends lets go by itself', async () => {
    const { vault, claim } = await ordered();
    const until = later(await s.now(), { hours: 2 });
    await vault.send('PUT', 'items/vm/holds/case', { reason: 'evidence', until });
    expect(await s.explain(vault, 'vm')).toMatchObject({ notBefore: until });
    expect(await claim()).toBeUndefined();
    await s.check();
    await s.at(later(until, SOON));
    await s.sweep();
    expect(await claim()).toEqual(expect.any(Number));
    await s.check();
  });

  test('explain says what it waits for, and what a caller can do', async () => {
    const { vault, item, claim, post } = await ordered();
    const confirmBy = item.purgeOrder?.confirmBy;
    expect(await s.explain(vault, 'vm')).toMatchObject({
      ...{ state: 'Purging', notBefore: item.purgeOrder?.orderedAt, expectedBy: confirmBy },
      ...{ blockers: [{ code: 'AwaitingExecutor' }], can: ['recall'] },
    });
    const token = await claim();
    const leased = await s.explain(vault, 'vm');
    expect(leased).toMatchObject({ blockers: [{ code: 'LeasedByExecutor' }], can: [] });
    expect(leased.notBefore).toBe(leased.blockers[0]?.until);
    const failure = {
      token,
      code: 'Busy',
      message: 'the account is busy',
      destroyed: 'nothing',
      retryAfterSeconds: 600,
    };
    ok(await post('fail', failure, APP));
    const failed = await s.explain(vault, 'vm');
    expect(failed).toMatchObject({ blockers: [{ code: 'ExecutorFailed' }], can: ['recall'] });
    expect(failed.notBefore).toBe(failed.blockers[0]?.until);
    await s.at(later(failed.notBefore ?? '', SOON));
    const again = await claim();
    ok(await post('fail', { ...failure, token: again, permanent: true, destroyed: 'some' }, APP));
    expect(await s.explain(vault, 'vm')).toMatchObject({
      ...{
        notBefore: null,
        blockers: [{ code: 'OrderBlocked', message: expect.stringContaining('the account is busy') }],
      },
      can: [],
    });
    const { purgeOrders } = (await s.ready()).checks;
    expect(purgeOrders).toMatchObject({ status: 'warn', detail: expect.stringContaining('wait for a person') });
    const paused = { reason: 'look', until: later(await s.now(), { hours: 1 }) };
    ok(await door('PUT', 'pause', { body: paused }));
    expect((await s.explain(vault, 'vm')).blockers.map(({ code }) => code)).toEqual(['OrderBlocked', 'Paused']);
    await door('DELETE', 'pause', {
      token: await service.token({ sub: 'ada', roles: ['Contributor', 'Operator'], mfa: true }),
    });
    await s.check();
  });
});

describe('an item that nobody destroyed', () => {
  test('case 73: recalled it can be undeleted for fourteen days, and no mail says that it is gone', async () => {
    const { vault, post, purgeAt } = await ordered();
    const now = await s.now();
    expect(await post('recall', { reason: 'not yet' })).toMatchObject({
      status: 200,
      body: { state: 'SoftDeleted', generation: 1 },
    });
    const back = await get(vault);
    expect(back).toMatchObject({ state: 'SoftDeleted', purgeOrder: null });
    expect(Date.parse(back.softDelete?.purgeAt ?? '')).toBeGreaterThanOrEqual(Date.parse(later(now, { days: 14 })) - 1);
    expect(back.softDelete?.purgeAt).not.toBe(purgeAt);
    await s.check();
    await s.sweepAt(later(back.softDelete?.purgeAt ?? '', { hours: -1 }));
    expect(await vault.undelete('vm')).toMatchObject({ status: 200, body: { state: 'ProtectionStopped' } });
    await s.sweepAt(later(back.softDelete?.purgeAt ?? '', { days: 1 }));
    expect(await s.alerts(vault)).not.toContain('purgecomplete vm 1');
    await s.check();
  });

  test('is told anew, and ordered anew when its new period is over, under another id', async () => {
    const { vault, post, order } = await ordered({}, { days: -1 });
    ok(await post('recall', { reason: 'not yet' }));
    const { softDelete } = await get(vault);
    const due = softDelete?.purgeAt ?? '';
    await s.sweepAt(later(due, { days: -1 }));
    const warned = (await s.alerts(vault)).filter((one) => one.startsWith('upcomingpurge'));
    expect(warned).toHaveLength(2);
    await s.sweepAt(later(due, SOON));
    const again = await get(vault);
    expect(again).toMatchObject({ state: 'Purging', generation: 1, softDelete: { purgeAt: due } });
    expect(again.purgeOrder?.order).not.toBe(order);
    await s.check();
  });

  test('is purged when nobody is asked any more', async () => {
    const { vault, post } = await ordered();
    ok(await post('recall', { reason: 'not yet' }));
    const token = await service.token({ sub: 'ada', roles: ['Contributor', 'Operator', 'Reader'], mfa: true });
    await done(door('PATCH', `vaults/${vault.name}`, { body: { purge: { executor: null } }, token }));
    const due = (await get(vault)).softDelete?.purgeAt ?? '';
    await s.sweepAt(later(due, { days: -1 }));
    await s.sweepAt(later(due, SOON));
    expect(await vault.get('vm')).toMatchObject({ status: 410 });
    await s.check();
  });
});

describe('a stop with delete where soft delete does not apply', () => {
  test.each([
    ['soft delete is off', { softDelete: { state: 'Disabled' } }, {}],
    ['the tier is Operational', {}, { tier: 'Operational' }],
  ])('makes the order itself: %s', async (_, settings, wish) => {
    const vault = await asking(settings);
    ok(await vault.protect('vm', wish));
    await vault.point('vm', 'p1', { age: 1 });
    const stopped = await vault.delete('vm', { reason: 'contract ended' });
    expect(stopped).toMatchObject({
      status: 200,
      body: {
        state: 'Purging',
        softDeleteApplied: false,
        softDelete: { retentionDays: 0 },
        purgeOrder: { state: 'Open', recallable: true },
      },
    });
    const { softDelete, purgeOrder } = stopped.body as Ordered;
    expect(softDelete?.purgeAt).toBe(softDelete?.deletedAt);
    const body = await done(door('GET', `purgeOrders/${purgeOrder?.order}`));
    expect(body).toMatchObject({
      ...{ softDeleteApplied: false, retentionDays: 0, reason: 'contract ended', purgeAt: softDelete?.deletedAt },
      recoveryPoints: { count: 1 },
    });
    expect(await vault.delete('vm')).toMatchObject({
      status: 200,
      body: { state: 'Purging', softDeleteApplied: false },
    });
    const alerts = (await done(door('GET', `vaults/${vault.name}/alerts?top=100`))).value as unknown as readonly {
      type: string;
    }[];
    expect(alerts.map(({ type }) => type).filter((type) => type !== 'ExecutorChanged' && type !== 'Welcome')).toContain(
      'BackupDataPermanentlyDeleted',
    );
    await s.check();
  });

  test('refused, it lies in the trash for fourteen days; told, it goes as all others do', async () => {
    const vault = await asking({ softDelete: { state: 'Disabled' }, alerts: { onHardDelete: false } });
    ok(await vault.protect('vm'));
    const { purgeOrder } = (await vault.delete('vm')).body as Ordered;
    const claimed = await done(door('POST', 'purgeOrders/claim', { body: { executor: 'blobs', max: 32 }, token: APP }));
    const mine = claimed.value.find(
      (one) => (one as unknown as { order: string }).order === purgeOrder?.order,
    ) as unknown as { token: number };
    ok(
      await door('POST', `purgeOrders/${purgeOrder?.order}/refuse`, {
        body: { token: mine.token, reason: 'not mine' },
        token: APP,
      }),
    );
    const back = await get(vault);
    // whole days since its deletion, and fourteen more
    expect(back).toMatchObject({ state: 'SoftDeleted', purgeOrder: null, softDelete: { retentionDays: 15 } });
    await s.check();
    const due = back.softDelete?.purgeAt ?? '';
    await s.sweepAt(later(due, { days: -1 }));
    expect(await s.sweepAt(later(due, SOON))).toMatchObject({ failed: 0, waiting: 0 });
    expect(await get(vault)).toMatchObject({ state: 'Purging', generation: 1 });
    await s.check();
  });

  test('an executor that is not there any more: nothing is deleted', async () => {
    await done(door('PUT', 'executors/fleeting', { body: { callers: [{ tid: 'local', oid: 'x' }] } }));
    const vault = await asking({ softDelete: { state: 'Disabled' }, purge: { executor: 'fleeting' } });
    ok(await vault.protect('vm'));
    const { vaults } = service.tables;
    await vaults.commit('~service', [{ op: 'drop', key: '~service!executor!fleeting' }]);
    expect(await vault.delete('vm')).toMatchObject(refusal(404, 'ExecutorNotFound'));
    expect(await get(vault)).toMatchObject({ state: 'Protected' });
  });
});
