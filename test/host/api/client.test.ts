import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createClient } from '../../../client/client.ts';
import { call as rawCall } from '../../support/call.ts';
import { ROOT } from '../../support/launch.ts';
import { startService } from '../../support/service.ts';

const service = await startService();
const client = createClient({ url: service.api });

test('the client tells a whole life: protected, deleted, undeleted, resumed', async () => {
  const names = { vault: 'typed', item: 'sql-01' };
  const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } } as const;
  await client.call('putVault', { names, body: { kind: 'RecoveryServices' } });
  await client.call('putPolicy', { names: { vault: 'typed', policy: 'daily' }, body: policy });
  const protect = { workload: 'AzureVM', policy: 'daily', sourceId: '/vm/1' } as const;
  const item = await client.call('protectItem', { names, body: protect });
  expect(item.state).toBe('Protected');
  const body = { mode: 'delete', confirmName: 'sql-01' } as const;
  const stopped = await client.call('stopItem', { names, body, etag: item.etag });
  expect(stopped).toMatchObject({ state: 'SoftDeleted', softDeleteApplied: true });
  const stale = await client.ask('undeleteItem', { names, body: {}, etag: item.etag });
  expect(stale).toMatchObject({ ok: false, problem: { status: 412, code: 'PreconditionFailed' } });
  await client.call('undeleteItem', { names, body: {} });
  expect(await client.call('resumeItem', { names, body: { policy: 'daily' } })).toMatchObject({
    recoveryPointsRemoved: [],
  });
  const history = await client.call('itemHistory', { names, query: { top: 2 } });
  expect(history.value.map(({ operation }) => operation)).toEqual(['Resume', 'Undelete']);
  expect(history.nextLink).toBeDefined();
});

test('a list comes page by page, or element by element, each exactly once', async () => {
  const names = { vault: 'typed', item: 'sql-01' };
  const pages: number[] = [];
  for await (const page of client.pages('itemHistory', { names, query: { top: 2 } })) pages.push(page.value.length);
  expect(pages.slice(0, 2)).toEqual([2, 2]);
  const operations: string[] = [];
  for await (const { operation } of client.each('itemHistory', { names })) operations.push(operation);
  expect(operations).toEqual(['Resume', 'Undelete', 'StopDelete', 'Protect']);
});

test('a write whose answer was lost is repeated under its key, and done once', async () => {
  const statuses: number[] = [];
  const replayed: (string | null)[] = [];
  const losing = createClient({
    url: service.api,
    sleep: async () => undefined,
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      statuses.push(response.status);
      replayed.push(response.headers.get('idempotency-replayed'));
      if (statuses.length === 1) throw new TypeError('the connection was lost');
      return response;
    },
  });
  const job = await losing.call('startBackup', { names: { vault: 'typed', item: 'sql-01' }, body: {} });
  expect(job.status).toBe('InProgress');
  expect(statuses).toEqual([202, 202]);
  expect(replayed).toEqual([null, 'true']);
});

test('what stands outside of the usual is answered too: health, the document and its page', async () => {
  expect(await client.call('ready')).toMatchObject({ checks: expect.any(Array) });
  expect(await client.call('getApiDocument')).toMatchObject({ openapi: '3.1.1' });
  expect(await client.call('getApiPage')).toContain('<html');
});

/** As an editor reads the file: a request begins at ###, its body after an empty line. */
const REQUESTS = readFileSync(join(ROOT, 'docs', 'requests.http'), 'utf8')
  .split(/^### .*$/m)
  .slice(1)
  .map((text) => {
    const [head = '', ...body] = text.trim().split('\n\n');
    const [name = '', line = '', ...headers] = head.split('\n');
    const [method = '', url = ''] = line.split(' ');
    return {
      name: name.replace('# @name ', ''),
      method,
      path: url.replace('{{host}}', ''),
      headers: Object.fromEntries(headers.map((header) => header.toLowerCase().split(': ') as [string, string])),
      body: body.length > 0 ? body.join('\n\n') : undefined,
    };
  });

/** Dates of the examples are of some day: these routes ask for times that are still to come. */
const DATED = ['putHold', 'grantOperation', 'putPause', 'putSilence'];

test('every request of docs/requests.http is understood', async () => {
  expect(REQUESTS.length).toBeGreaterThan(60);
  for (const { name, method, path, headers, body } of REQUESTS) {
    const { status, body: said } = await rawCall<{ error?: { code: string } }>(service.api, method, path, {
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const code = said?.error?.code ?? '';
    if (!DATED.includes(name)) expect([status, code], `${name} ${code}`).not.toContain(400);
    expect(['RouteNotFound', 'MethodNotAllowed', 'UnsupportedMediaType'], name).not.toContain(code);
  }
});
