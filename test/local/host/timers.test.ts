import { text } from 'node:stream/consumers';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { beforeAll, expect, test } from 'vitest';
import { anAccount } from '../../support/azurite.ts';
import { eventually } from '../../support/eventually.ts';
import { functionApp } from './support/app.ts';
import { startHost } from './support/process.ts';

let storage: string;
let container: ContainerClient;
let root: string;

const start = (hostId: string, env: Record<string, string> = {}) =>
  startHost(root, {
    env: {
      AzureWebJobsStorage: storage,
      AzureFunctionsWebHost__hostid: hostId,
      'AzureWebJobs.off.Disabled': 'true',
      SECOND: '0 0 0 1 6 *',
      ...env,
    },
  });
const statusBlob = (hostId: string, name: string) =>
  container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${name}/status`);
const statusOf = async (hostId: string, name: string): Promise<Record<string, string>> => {
  // One request, so that a status that is written meanwhile is read whole: the old one or the new one.
  const { readableStreamBody } = await statusBlob(hostId, name).download();
  return readableStreamBody ? JSON.parse(await text(readableStreamBody)) : {};
};
const seed = async (hostId: string, name: string, status: object): Promise<void> => {
  const json = JSON.stringify(status);
  await statusBlob(hostId, name).upload(json, json.length);
};

beforeAll(async () => {
  storage = await anAccount();
  container = BlobServiceClient.fromConnectionString(storage).getContainerClient('azure-webjobs-hosts');
  await container.createIfNotExists();
  root = functionApp({ fixture: 'timers.mjs' });
});

test('an occurrence missed while no host ran is made up for once, marked past due, and then forgotten', async () => {
  const hostId = 'missed';
  const year = new Date().getUTCFullYear();
  const last = `${year - 1}-01-01T00:00:00+00:00`;
  await seed(hostId, 'yearly', { Last: last, Next: `${year}-01-01T00:00:00+00:00`, LastUpdated: last });
  const host = await start(hostId);
  await host.says('yearly fired, past due true');
  await eventually(
    async () => (await statusOf(hostId, 'yearly'))['Next'] === `${year + 1}-01-01T00:00:00.000+00:00`,
    () => 'status',
  );
  await host.stop();

  const next = await start(hostId, { SECOND: '* * * * * *' });
  await next.says('second fired'); // by then every timer has looked at what it remembers
  await next.stop();
  expect(next.output()).not.toContain('yearly fired');
});

test('a disabled timer and a timer whose time has not come do not fire; what would fire at start is in error', async () => {
  const host = await start('startup', { SECOND: '* * * * * *' });
  await host.says('second fired');
  await host.stop();
  expect(host.output()).not.toContain('yearly fired');
  expect(host.output()).not.toContain('off fired');
  await host.says('\toff: timerTrigger [disabled]');
  await host.says('eager: timerTrigger [in error: The local host does not know the option "runOnStartup"');
  const lock = await container.getBlobClient('locks/startup/timers').getProperties();
  expect(lock.leaseState).toBe('available'); // the next host need not wait
  expect((await statusOf('startup', 'yearly'))['Last']).toBe('0001-01-01T00:00:00');
});

test('a timer every second never overlaps its own slow runs, and keeps no status', async () => {
  const host = await start('often', { SECOND: '* * * * * *' });
  await host.says('second fired', 2);
  await host.stop();
  expect(host.output()).not.toContain('2 at once');
  await expect.poll(() => host.output()).toContain('1 at once, status null');
  expect(await statusBlob('often', 'second').exists()).toBe(false);
});

test('of two instances one fires, and when it leaves the other takes over', async () => {
  const env = { SECOND: '* * * * * *' };
  const first = await start('pair', env);
  await first.says('second fired');
  const second = await start('pair', env);
  await second.says('another instance of this host has them');
  await first.says('second fired', 3);
  expect(second.output()).not.toContain('second fired');
  await first.stop();
  await second.says('second fired');
  await second.stop();
});

test('a timer can be fired by hand, also a disabled one', async () => {
  const host = await start('hand');
  for (const name of ['yearly', 'OFF']) {
    const reply = await fetch(`${host.origin}/admin/functions/${name}`, {
      method: 'POST',
      body: '{"input":""}',
      headers: { 'content-type': 'application/json', 'x-functions-key': 'local' },
    });
    expect(reply.status).toBe(202);
  }
  await host.says('yearly fired, past due false');
  await host.says('off fired');
  await host.stop();
});

test('a host with timers waits for storage that is not there yet, and answers HTTP meanwhile', async () => {
  const nobody = 'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a;';
  const host = await start('alone', { AzureWebJobsStorage: nobody });
  await host.says('Timers wait: storage does not answer');
  expect((await fetch(host.origin)).status).toBe(200);
  expect((await host.stop()).code).toBe(0);
});
