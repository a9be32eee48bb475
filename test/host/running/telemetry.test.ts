import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keys } from '../../../src/store/keys.ts';
import type { Op } from '../../../src/store/table.ts';
import { EVENTS, METRICS } from '../../../src/telemetry/names.ts';
import { tablesOf } from '../../faults/accounts.ts';
import { aLocalStore } from '../../support/azurite.ts';
import { call } from '../../support/call.ts';
import { startCollector } from '../../support/collector.ts';
import { type DateProxy, startDateProxy } from '../../support/dateProxy.ts';
import { later, ok } from '../../support/estate.ts';
import { eventually } from '../../support/eventually.ts';
import { eventsIn } from '../../support/lines.ts';
import { type OwnHost, startHostOver } from '../../support/ownHost.ts';
import { secured } from '../../support/secured.ts';
import { startService } from '../../support/service.ts';
import { MASTER_KEY } from '../support/byHand.ts';
import { type Mailing, mailingOf } from '../support/mailing.ts';

type Service = Awaited<ReturnType<typeof startService>>;

let collector: Awaited<ReturnType<typeof startCollector>>;
let service: Service;
let s: Mailing;
let proxy: DateProxy;
let skewed: OwnHost;
let late: OwnHost;

beforeAll(async () => {
  collector = await startCollector();
  service = await startService({ env: { METRICS_ENDPOINT: collector.url } });
  s = mailingOf(service);
  proxy = await startDateProxy(await aLocalStore());
  skewed = await startHostOver(proxy.connectionString);
});
afterAll(async () => {
  collector.stop();
  await proxy.stop().catch(() => undefined);
});

const events = () => eventsIn(service.output());
const told = async (event: string, over: object = {}) => {
  const found = () => events().find((one) => one.event === event && matches(one, over));
  await eventually(
    () => found() !== undefined,
    () => `${event} ${JSON.stringify(over)}`,
  );
  return found();
};
const matches = (line: object, over: object): boolean =>
  Object.entries(over).every(([field, value]) => line[field as keyof typeof line] === value);

const put = async (queue: string, message: unknown, storage = service.storage) => {
  const client = new QueueClient(storage, queue);
  await client.createIfNotExists();
  await client.sendMessage(Buffer.from(JSON.stringify(message)).toString('base64'));
};

test('a request can be followed through the queue to its mail by one id', async () => {
  const vault = await s.vault();
  ok(await vault.protect('vm'));
  const answer = await vault.delete('vm');
  const requestId = answer.headers.get('x-ms-request-id');
  await vault.settled();
  await told('request.done', { requestId, route: 'stopItem', status: 200 });
  await told('alert.raised', { requestId, type: 'DeleteBackupData' });
  await told('notice.taken', { requestId });
  await told('mail.settled', { requestId, result: 'sent' });
  expect((await vault.mails()).some(({ text }) => text.includes(String(requestId)))).toBe(true);
});

test('what becomes of a mail afterwards is told under the same id', async () => {
  const vault = await s.vault();
  ok(await vault.protect('vm'));
  const requestId = (await vault.delete('vm')).headers.get('x-ms-request-id');
  await vault.settled();
  const [first, second] = (await vault.alerts()).find(({ type }) => type === 'DeleteBackupData')?.notifications ?? [];
  const report = (messageId = '', status = '') => ({
    id: messageId,
    subject: 'sender/x/message/y',
    topic: '/t',
    dataVersion: '1.0',
    metadataVersion: '1',
    eventTime: '2026-03-01T12:00:04Z',
    eventType: 'Microsoft.Communication.EmailDeliveryReportReceived',
    data: { sender: 'a@b.c', recipient: 'a@b.c', messageId, status, deliveryAttemptTimeStamp: '2026-03-01T12:00:03Z' },
  });
  const body = [report(first?.operationId, 'Delivered'), report(second?.operationId, 'Bounced')];
  const headers = { 'x-reprieve-webhook-key': 'local' };
  ok(await call(service.api, 'POST', '/api/alerts/deliveryReports', { body, headers }));
  await told('mail.settled', { requestId, result: 'delivered' });
  await told('mail.settled', { requestId, result: 'failed', code: 'Bounced' });

  await s.faults({ mode: 'reject' });
  ok(await vault.undelete('vm'));
  await told('mail.settled', { result: 'deadLettered' });
  await s.faults({ mode: 'none' });
});

test('refused tokens and PINs are told, and never what they were', async () => {
  const token = await service.token({ sub: 'ada', roles: ['Reader'], expiresInSeconds: -120 });
  const refused = await call(service.api, 'GET', '/api/vaults', { token });
  const requestId = refused.headers.get('x-ms-request-id');
  await told('auth.refused', { requestId, route: 'listVaults', code: 'Unauthenticated', why: 'ERR_JWT_EXPIRED' });
  const reader = await service.token({ sub: 'ada', roles: ['Reader'] });
  await call(service.api, 'POST', '/api/sweeps', { body: {}, token: reader });
  await told('auth.refused', { route: 'runSweep', code: 'Forbidden' });

  const one = await secured(service);
  const pin = (await one.pin()) === '00000000' ? '00000001' : '00000000';
  for (let miss = 0; miss < 5; miss += 1) await one.delete('files', pin);
  await told('pin.refused', { vault: one.vault.name, locked: false });
  await told('pin.refused', { vault: one.vault.name, locked: true });
  expect(service.output()).not.toContain(token.split('.')[2]);
});

test('sweeps are told, those of the timer, those asked for and their shares', async () => {
  const vault = await s.vault();
  ok(await vault.protect('vm'));
  const due = ok(await vault.delete('vm')).softDelete?.purgeAt ?? '';
  await s.told(vault);
  const { purged } = await s.sweepAt(later(due, { seconds: 1 }));
  expect(purged).toBeGreaterThan(0);
  await told('sweep.finished', { purged, complete: true, held: null, overdueSeconds: null });
  const before = events().filter(({ event }) => event === 'sweep.finished').length;
  ok(await call(service.api, 'POST', '/admin/functions/sweep', { body: { input: '' }, headers: MASTER_KEY }));
  const after = () => events().filter(({ event }) => event === 'sweep.finished').length;
  await eventually(
    () => after() > before,
    () => 'an event',
  );
  await put('sweep-shards', { shard: 'shard00', now: await s.now() });
  await told('share.finished', { purged: 0 });
});

test('orders are told, from the stop that made one to the word of its executor', async () => {
  const send = async <T>(method: string, path: string, body: object, token?: string) =>
    ok(await call<T>(service.api, method, `/api/${path}`, { body, ...(token ? { token } : {}) }));
  await send('PUT', 'executors/ledger', { callers: [{ tid: 'local', oid: 'destroyer' }] });
  const vault = await s.vault();
  const disks = `vaults/${vault.name}-disks`;
  await send('PUT', disks, { kind: 'Backup', purge: { executor: 'ledger' } });
  await send('PUT', `${disks}/policies/daily`, {
    workloads: ['AzureDisk'],
    schedule: '0 0 2 * * *',
    retention: { daily: 30 },
  });
  const disk = { workload: 'AzureDisk', policy: 'daily', sourceId: disks, tier: 'Operational' };
  await send('PUT', `${disks}/items/disk`, disk);
  await send('POST', `${disks}/items/disk/stop`, { mode: 'delete', confirmName: 'disk' });
  const name = `${vault.name}-disks`;
  await told('order.moved', { step: 'made', vault: name, executor: 'ledger' });

  const token = await service.token({ sub: 'destroyer', roles: ['Executor'], appOnly: true });
  const { value } = await send<{ value: readonly { order: string; token: number }[] }>(
    'POST',
    'purgeOrders/claim',
    { executor: 'ledger' },
    token,
  );
  const [order] = value;
  const proof = { objects: 0 };
  await send('POST', `purgeOrders/${order?.order}/complete`, { token: order?.token, proof }, token);
  await told('order.moved', { step: 'claimed', vault: name });
  await told('order.moved', { step: 'completed', vault: name });
});

test('a message of before that bears no id is read, one that bears nonsense as well, and what nobody understands is buried', async () => {
  const taken = events().filter(({ event }) => event === 'notice.taken').length;
  await put('notifications', { vault: 'nobody', alerts: ['a'] });
  await put('notifications', { vault: 'nobody', alerts: ['a'], requestId: 'evil"}\n{"event":"x"' });
  const since = () => events().filter(({ event }) => event === 'notice.taken');
  await eventually(
    () => since().length >= taken + 2,
    () => 'an event',
  );
  for (const { requestId } of since()) expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  await put('notifications-poison', { nonsense: true });
  await told('notice.buried', { alerts: 0 });
});

test('many who change one vault at the same moment are in each other’s way, and all get through', async () => {
  const vault = await s.vault();
  const change = (days: number) => vault.settings({ softDelete: { retentionDays: days } });
  for (let round = 0; round < 3; round += 1)
    for (const done of await Promise.all([15, 16, 17, 18, 19, 20, 21, 22].map(change))) ok(done);
});

test('differences of a tally that cannot be added up are told', async () => {
  const { name } = await s.vault();
  const partition = name.toLowerCase();
  const rows = Array.from({ length: 51 }, (_, index): Op => {
    const key = keys.tally(partition, `broken-${index}`);
    return { op: 'insert', key, cells: { v: 1, doc0: '{' } };
  });
  expect(await tablesOf(service.storage).vaults.commit(partition, rows)).toBe(true);
  ok(await call(service.api, 'GET', `/api/vaults/${name}`));
  await told('tally.unfolded', { vault: partition });
});

test('a clock that is wrong is told, and so is a storage that is gone', async () => {
  proxy.shift(-86_400);
  ok(await call(skewed.api, 'POST', '/api/sweeps', { body: {} }));
  proxy.shift(0);
  await proxy.stop();
  expect((await call(skewed.api, 'GET', '/api/vaults')).status).toBe(503);
  const both = () => eventsIn(skewed.output()).map(({ event }) => event);
  await eventually(
    () => both().includes('request.failed'),
    () => 'an event',
  );
  expect(both()).toContain('clock.skewed');

  // only the tables are gone: the queues still bring what nobody can do now
  await put('notifications', { vault: null, alerts: ['~~MassPurgeHeld~one'] }, skewed.storage);
  await put('sweep-shards', { shard: 'shard00', now: new Date().toISOString() }, skewed.storage);
  await eventually(
    () => both().includes('notice.failed') && both().includes('share.failed'),
    () => 'the events of trouble',
  );
});

test('a service that starts while its storage is away says that it could not compare its settings', async () => {
  late = await startHostOver(proxy.connectionString);
  await eventually(
    () => eventsIn(late.output()).some(({ event }) => event === 'settings.uncompared'),
    () => late.output(),
  );
});

test('the lists are exactly what was captured here: each event with its fields, each metric', async () => {
  const lines = [service, skewed, late].flatMap(({ output }) => eventsIn(output()));
  expect(new Set(lines.map(({ event }) => event))).toEqual(new Set(Object.keys(EVENTS)));
  for (const { event, requestId, ...fields } of lines) {
    expect(Object.keys(fields).toSorted()).toEqual([...EVENTS[event as keyof typeof EVENTS].fields].toSorted());
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  }
  await service.stop();
  expect(new Set([...collector.seen.keys()])).toEqual(new Set(Object.keys(METRICS)));
  const purged = lines.reduce((sum, line) => sum + Number(line['purged'] ?? 0), 0);
  const confirmed = lines.filter((line) => line.event === 'order.moved' && line['step'] === 'completed').length;
  expect(collector.seen.get('reprieve.purged')).toBe(purged + confirmed);
  expect(collector.seen.get('reprieve.pin_failures')).toBe(5);
});
