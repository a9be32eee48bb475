import { QueueServiceClient } from '@azure/storage-queue';
import { beforeAll, expect, test } from 'vitest';
import { anAccount } from '../../support/azurite.ts';
import { eventually } from '../../support/eventually.ts';
import { functionApp } from './support/app.ts';
import { type Running, startHost } from './support/process.ts';

const QUEUES = { batchSize: 4, maxPollingInterval: '00:00:00.200', visibilityTimeout: '00:00:01', maxDequeueCount: 2 };

let storage: string;
let queues: QueueServiceClient;
let host: Running;

const base64 = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
const put = async (queue: string, text: string): Promise<void> => {
  await queues.getQueueClient(queue).createIfNotExists();
  await queues.getQueueClient(queue).sendMessage(text);
};
/** Hidden messages count too. */
const size = async (queue: string): Promise<number> =>
  (await queues.getQueueClient(queue).getProperties()).approximateMessagesCount ?? 0;
const peek = async (queue: string): Promise<string[]> => {
  const client = queues.getQueueClient(queue);
  if (!(await client.exists())) return [];
  const { peekedMessageItems } = await client.peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => messageText);
};
const empty = (queue: string): Promise<void> =>
  eventually(
    async () => (await size(queue)) === 0,
    () => `${queue} to be empty`,
  );

beforeAll(async () => {
  storage = await anAccount();
  queues = QueueServiceClient.fromConnectionString(storage);
  const root = functionApp({
    fixture: 'queues.mjs',
    queues: QUEUES,
    settings: { WORK_QUEUE: 'from-local-settings', STORE: 'overridden', 'AzureWebJobs.resting.Disabled': '1' },
  });
  host = await startHost(root, { env: { STORE: storage, WORK_QUEUE: 'work' } });
});

test('messages are decoded, handled side by side with their metadata, and removed', async () => {
  await Promise.all([1, 2, 3].map((n) => put('work', base64({ n, together: 2 }))));
  await host.says('"n":1');
  await host.says('"n":2');
  await host.says('"n":3');
  await empty('work');
  await expect
    .poll(() => host.output())
    .toMatch(/worked \{.*\} \{"id":true,"popReceipt":true,"times":true,"dequeueCount":1,"most":[23]\}/);
});

test('a queue that is not there is looked at again and again, in silence, and never created', async () => {
  for (const n of [1, 2, 3]) {
    await put('work', base64({ look: n }));
    await host.says(`"look":${n}`); // meanwhile every listener has looked
  }
  expect(await queues.getQueueClient('chained').exists()).toBe(false);
  expect(host.output()).not.toContain('cannot be read');
  await put('chained', base64('found'));
  await host.says('chained got "found"');
});

test('a message that is no JSON arrives as the text it is', async () => {
  await put('work', base64('grüße, Welt'));
  await host.says('worked "grüße, Welt"');
});

test('a message that keeps failing is tried maxDequeueCount times and then lies in the poison queue', async () => {
  await put('work', base64({ fail: 'always' }));
  await eventually(
    async () => (await peek('work-poison')).includes(base64({ fail: 'always' })),
    () => 'the poison message',
  );
  expect(host.count('worked {"fail":"always"}')).toBe(2);
  await empty('work');
});

test('a message that is not base64 goes to the poison queue without a try', async () => {
  await put('work', 'not base64!');
  await eventually(
    async () => (await peek('work-poison')).includes('not base64!'),
    () => 'the poison message',
  );
  expect(host.output()).not.toContain('worked "not base64!"');
});

test('an array put out becomes several messages, an object one JSON message, and a listener here wakes at once', async () => {
  const reply = await fetch(`${host.origin}/api/put`, { method: 'POST', body: JSON.stringify(['a', { b: 1 }]) });
  expect(reply.status).toBe(202);
  await host.says('chained got "a"');
  await host.says('chained got {"b":1}');
  expect(await peek('other')).toEqual([base64('plain text')]);
});

test('a function that returns a message, or wants bytes, is in error: this host does neither', async () => {
  await expect
    .poll(() => host.output())
    .toContain('relay: queueTrigger [in error: The local host has no output binding');
  await expect
    .poll(() => host.output())
    .toContain('binary: queueTrigger [in error: The local host does not know the option');
});

test('a queue function can be called by hand with an input', async () => {
  const reply = await fetch(`${host.origin}/admin/functions/worker`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-functions-key': 'local' },
    body: JSON.stringify({ input: '{"by":"hand"}' }),
  });
  expect(reply.status).toBe(202);
  await host.says('worked {"by":"hand"}');
});

test('a disabled function and one whose queue setting is missing are listed as such and take no message', async () => {
  await expect.poll(() => host.output()).toContain('\tresting: queueTrigger [disabled]');
  await expect.poll(() => host.output()).toContain("\tlost: queueTrigger [in error: The setting 'NO_SUCH_QUEUE'");
  await put('resting', base64('stay'));
  await put('work', base64('after resting'));
  await host.says('worked "after resting"');
  expect(await peek('resting')).toEqual([base64('stay')]);
});

test('a shutdown finishes the message in work, and leaves the others for the next host', async () => {
  await put('work', base64({ last: true, ms: 1_000 }));
  await eventually(
    () => host.count("Executing 'Functions.worker'") > host.count("Executed 'Functions.worker'"),
    () => 'work',
  );
  const { code } = await host.stop();
  expect(code).toBe(0);
  await expect.poll(() => host.output()).toContain('worked {"last":true,"ms":1000}');
  expect(await size('work')).toBe(0);
});
