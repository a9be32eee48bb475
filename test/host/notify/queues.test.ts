/** Whatever lies in one of our queues is taken, and what nobody can make anything of ends where people look. */
import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aLocalStore } from '../../support/azurite.ts';
import { call } from '../../support/call.ts';
import { ok } from '../../support/estate.ts';
import { eventually } from '../../support/eventually.ts';
import { FAULTS, type FaultProxy, startFaultProxy } from '../../support/faultProxy.ts';
import { eventsIn } from '../../support/lines.ts';
import { type OwnHost, startHostOver } from '../../support/ownHost.ts';
import { pass } from '../../support/secured.ts';

const QUEUES = ['notifications', 'notifications-urgent', 'sweep-shards'].flatMap((name) => [name, `${name}-poison`]);
/** A Sev0 goes by the queue for what comes first. */
const URGENT = 'notifications-urgent';
const base64 = (text: string) => Buffer.from(text).toString('base64');

let storage: string;
let proxy: FaultProxy;
let service: OwnHost;

beforeAll(async () => {
  storage = await aLocalStore();
  // only what goes to the tables is spoiled
  proxy = await startFaultProxy(storage, /\/(notifications|sweep-shards)\b/);
  service = await startHostOver(proxy.through(storage));
});
afterAll(() => proxy.stop());

const queueOf = (name: string) => new QueueClient(storage, name);
const put = async (name: string, text: string) => {
  await queueOf(name).createIfNotExists();
  await queueOf(name).sendMessage(text);
};
/** Those that are hidden count as well. */
const lying = async (name: string): Promise<number> =>
  (await queueOf(name).exists()) ? ((await queueOf(name).getProperties()).approximateMessagesCount ?? 0) : 0;
const deadLetters = async () =>
  ok(await call<{ value: readonly { reason: string }[] }>(service.api, 'GET', '/api/deadletters?top=200')).value;
const check = async (name: string) => {
  await pass(service, 5); // within five seconds the same would be told again
  const { body } = await call<{ checks: readonly { name: string; status: string; detail: string }[] }>(
    service.api,
    'GET',
    '/api/health/ready',
  );
  return body.checks.find((one) => one.name === name);
};
const events = (event: string) => eventsIn(service.output()).filter((one) => one.event === event);

test.each([
  ['text that is not base64', (id: string) => `plain text! ${id}`, (id: string) => `plain text! ${id}`],
  ['base64 of text that is no JSON', (id: string) => base64(`no JSON ${id}`), (id: string) => `no JSON ${id}`],
  [
    'JSON of an unknown version',
    (id: string) => base64(`{"v":7,"id":"${id}"}`),
    (id: string) => `{"v":7,"id":"${id}"}`,
  ],
  ['JSON that says nothing', (id: string) => `{"id":"${id}"}`, (id: string) => `{"id":"${id}"}`],
])('in each queue %s is set aside with its text, and the queue is empty', async (_, text, shown) => {
  const id = crypto.randomUUID();
  for (const name of QUEUES) await put(name, text(id));
  const found = async () => (await deadLetters()).filter(({ reason }) => reason.includes(shown(id)));
  const left = async () => (await Promise.all(QUEUES.map(lying))).reduce((sum, one) => sum + one, 0);
  await eventually(
    async () => (await left()) === 0,
    async () => `empty queues; ${await left()} messages are left`,
  );
  // what came by a queue or by its poison queue is the same message
  expect((await found()).map(({ reason }) => /by the queue ([a-z-]+)/.exec(reason)?.[1]).toSorted()).toEqual([
    'notifications',
    'sweep-shards',
  ]);
  for (const letter of await found())
    expect(letter).toMatchObject({
      ...{ alert: null, recipient: null, code: 'NotUnderstood' },
      reason: expect.stringContaining('could not be understood'),
    });
  expect(await check('deadLetters')).toMatchObject({ status: 'warn' });
});

describe('storage in trouble', () => {
  const stubborn = { call: 1, trouble: FAULTS['answered 503, not done'], stubborn: true } as const;

  test('puts a notice back for later, by us and not by the platform, and makes no dead letter', async () => {
    const before = (await deadLetters()).length;
    // what cannot be read with others is read again by itself: so no call succeeds until it is given up
    const watch = proxy.watch({ ...stubborn, onwards: true });
    await put(URGENT, base64(JSON.stringify({ v: 1, vault: 'contoso', alerts: ['contoso~vm~PurgeComplete~1'] })));
    await eventually(
      () => events('notice.failed').length === 1,
      () => 'the notice to fail',
    );
    proxy.watch();
    expect(watch.spoiled()).toBeDefined();
    await eventually(
      () => service.output().includes("Executed 'Functions.notifyUrgent' (Succeeded"),
      () => 'the function to complete',
    );
    expect(service.output()).not.toContain("Executed 'Functions.notifyUrgent' (Failed");
    expect(await lying(URGENT)).toBe(1);
    // hidden: its time has not come
    expect((await queueOf(URGENT).peekMessages()).peekedMessageItems).toEqual([]);
    expect(await lying(`${URGENT}-poison`)).toBe(0);
    expect(await check('queue')).toMatchObject({ status: 'ok', detail: '1 notice waits' });
    expect(await deadLetters()).toHaveLength(before);
    await queueOf(URGENT).clearMessages();
  });

  test('leaves a share to the next turn of the timer', async () => {
    const before = (await deadLetters()).length;
    proxy.watch(stubborn);
    await put('sweep-shards', JSON.stringify({ shard: 'shard03', now: new Date().toISOString() }));
    await eventually(
      () => events('share.failed').length === 1,
      () => 'the share to fail',
    );
    await eventually(
      async () => (await lying('sweep-shards')) === 0,
      () => 'the queue to be empty',
    );
    expect(service.output()).not.toContain("Executed 'Functions.sweepShard' (Failed");
    expect(await lying('sweep-shards-poison')).toBe(0);
    expect(await deadLetters()).toHaveLength(before);
  });

  test('does not lose what had to be set aside either', async () => {
    const id = crypto.randomUUID();
    const before = events('notice.failed').length;
    proxy.watch(stubborn);
    await put('sweep-shards-poison', `no share ${id}`);
    await eventually(
      async () => (await lying('sweep-shards-poison')) === 0 && (await lying('notifications')) === 1,
      () => 'the message to wait in notifications',
    );
    expect(events('notice.failed')).toHaveLength(before);
    await queueOf('notifications').clearMessages();
  });
});

test('a share that broke off five times is a dead letter of its shard', async () => {
  for (const minute of [1, 2])
    await put('sweep-shards-poison', JSON.stringify({ shard: 'shard05', now: `2026-03-01T12:0${minute}:00.000Z` }));
  const about = async () => (await deadLetters()).filter(({ reason }) => reason.includes('shard05'));
  await eventually(
    async () => (await lying('sweep-shards-poison')) === 0,
    () => 'the queue to be empty',
  );
  expect(await about()).toMatchObject([{ reason: expect.stringContaining('broke off again and again') }]);
});

test('a notice that broke off five times stands in the quarantine, and readiness says so', async () => {
  await put(
    'notifications-poison',
    base64(JSON.stringify({ vault: 'contoso', alerts: ['contoso~vm-9~PurgeComplete~1'] })),
  );
  await eventually(
    async () => (await check('quarantine'))?.detail.includes('contoso/vm-9') === true,
    () => 'the quarantine',
  );
  expect(await check('quarantine')).toMatchObject({ status: 'warn', detail: expect.stringContaining('broke off') });
  expect(await lying('notifications-poison')).toBe(0);
});
