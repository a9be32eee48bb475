/** The platform takes an instance away: SIGTERM to the host, in the middle of a mail, with a collector that does not answer. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { QueueClient } from '@azure/storage-queue';
import { expect, test } from 'vitest';
import { endChild, exitOf } from '../../../local/child.ts';
import { portOf } from '../../../local/ports.ts';
import { tableAlerts } from '../../../src/store/alerts.ts';
import { atEnd } from '../../support/atEnd.ts';
import { aLocalStore } from '../../support/azurite.ts';
import { eventually } from '../../support/eventually.ts';
import { ROOT } from '../../support/launch.ts';
import { DEAF } from '../../support/stores.ts';
import { azureTables } from '../../support/tables.ts';
import { aVault, doorOf } from '../support/door.ts';

/** A server that answers when the test says so. */
async function holding() {
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume();
    held.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => server.closeAllConnections());
  atEnd(() => void server.close());
  return { origin: `http://127.0.0.1:${portOf(server)}`, held };
}

async function aHost(storage: string, env: Readonly<Record<string, string>>) {
  const child = fork(join(ROOT, 'local', 'host', 'main.ts'), ['--root', ROOT, '--port', '0'], {
    ...{ cwd: ROOT, execArgv: [], silent: true },
    env: {
      ...{ PATH: process.env['PATH'], FUNCTIONS_WORKER_RUNTIME: 'node', 'AzureWebJobs.sweep.Disabled': 'true' },
      ...{ AzureWebJobsStorage: storage, DATA_STORAGE: storage, ...env },
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (said += text.toString()));
  atEnd(() => endChild(child, () => child.kill('SIGTERM'), 60_000));
  const [ready] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])]);
  if (!ready) throw new Error(`The host did not start:\n${said}`);
  return { child, api: String(ready.origin), said: () => said };
}

/** What stands in the output, in the order in which it stands there. */
const inOrder = (text: string, lines: readonly string[]): readonly string[] =>
  lines.filter((line) => text.includes(line)).toSorted((a, b) => text.indexOf(a) - text.indexOf(b));

test('it takes on nothing new, finishes what is in work, says its last words in time, and is gone', async () => {
  const storage = await aLocalStore();
  const mail = await holding();
  const collector = await holding();
  const key = Buffer.from('key').toString('base64');
  const host = await aHost(storage, {
    METRICS_ENDPOINT: `${collector.origin}/v1/metrics`,
    MAIL_CONNECTION_STRING: `endpoint=${mail.origin}/;accesskey=${key}`,
  });
  const door = doorOf(host.api);
  const vault = await aVault(door, { settings: { alerts: { recipients: ['ops@example.com'] } } });
  // the welcome of the vault waits for its answer
  await eventually(
    () => mail.held.length > 0,
    () => 'a mail on its way',
  );

  host.child.kill('SIGTERM');
  await eventually(
    () => host.said().includes('Shutting down'),
    () => 'the end to begin',
  );
  const queue = new QueueClient(storage, 'notifications');
  const late = Buffer.from('{"vault":"late","alerts":["late~vm~PurgeComplete~1"]}').toString('base64');
  await queue.sendMessage(late);
  expect(collector.held).toHaveLength(0);
  for (const [index, response] of mail.held.entries()) {
    const id = `00000000-0000-4000-8000-00000000000${index}`;
    response.writeHead(202, {
      'content-type': 'application/json',
      'operation-location': `${mail.origin}/emails/operations/${id}?api-version=2025-09-01`,
    });
    response.end(JSON.stringify({ id, status: 'Running' }));
  }
  expect(await exitOf(host.child)).toEqual({ code: 0, signal: null });

  const lines = ['Shutting down', "Executed 'Functions.notify' (Succeeded"];
  expect(inOrder(host.said(), lines)).toEqual(lines);
  expect(host.said()).not.toContain('given up');
  // the collector was asked, and did not keep the host
  expect(collector.held.length).toBeGreaterThan(0);
  expect(host.said()).not.toContain('cut off');
  // what was in work is written down, and its message is gone
  const { found } = await tableAlerts(azureTables(storage).vaults, DEAF).list(vault, { limit: 10 });
  expect(found.flatMap(({ notifications }) => notifications ?? [])).toMatchObject([{ status: 'Sent', attempts: 1 }]);
  // what came after the signal lies there for the next instance, and is not hidden
  const { peekedMessageItems: left } = await queue.peekMessages({ numberOfMessages: 32 });
  expect(left.map(({ messageText }) => messageText)).toEqual([late]);
  expect((await queue.getProperties()).approximateMessagesCount).toBe(1);
});

test('an instance that is killed leaves its message hidden for ten minutes at most, and the agenda knows of the alert', async () => {
  const storage = await aLocalStore();
  const mail = await holding();
  const key = Buffer.from('key').toString('base64');
  const host = await aHost(storage, { MAIL_CONNECTION_STRING: `endpoint=${mail.origin}/;accesskey=${key}` });
  const door = doorOf(host.api);
  const vault = await aVault(door, { settings: { alerts: { recipients: ['ops@example.com'] } } });
  await eventually(
    () => mail.held.length > 0,
    () => 'a mail on its way',
  );
  host.child.kill('SIGKILL');
  await exitOf(host.child);
  const queue = new QueueClient(storage, 'notifications');
  expect((await queue.peekMessages()).peekedMessageItems).toEqual([]);
  expect((await queue.getProperties()).approximateMessagesCount).toBe(1);

  // another instance has it told at once when a sweep finds the alert untold
  const other = await holding();
  const next = await aHost(storage, { MAIL_CONNECTION_STRING: `endpoint=${other.origin}/;accesskey=${key}` });
  const again = doorOf(next.api);
  await again('PUT', 'local/clock', { body: { offset: 'PT10M' } });
  await again('POST', 'sweeps', { body: {} });
  await eventually(
    () => other.held.length > 0,
    () => `the mail of ${vault} to be sent again`,
  );
  // nobody answers its mail: it would wait for that until its grace is over
  next.child.kill('SIGKILL');
  await exitOf(next.child);
});
