import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { call, type Operation, type Wish } from '../../../client/call.ts';
import { call as rawCall } from '../../support/call.ts';
import { ROOT } from '../../support/launch.ts';
import { startService } from '../../support/service.ts';

const service = await startService();

async function done<O extends Operation>(operation: O, wish: Wish<O>) {
  const answer = await call({ api: service.api }, operation, wish);
  if (!answer.ok) throw new Error(`${operation}: ${answer.error.code} ${answer.error.message}`);
  return answer.value;
}

test('the client tells a whole life: protected, deleted, undeleted, resumed', async () => {
  const names = { vault: 'typed', item: 'sql-01' };
  const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } } as const;
  await done('putVault', { names, body: { kind: 'RecoveryServices' } });
  await done('putPolicy', { names: { vault: 'typed', policy: 'daily' }, body: policy });
  const item = await done('protectItem', { names, body: { workload: 'AzureVM', policy: 'daily', sourceId: '/vm/1' } });
  expect(item.state).toBe('Protected');
  const body = { mode: 'delete', confirmName: 'sql-01' } as const;
  const stopped = await done('stopItem', { names, body, etag: item.etag });
  expect(stopped).toMatchObject({ state: 'SoftDeleted', softDeleteApplied: true });
  const stale = await call({ api: service.api }, 'undeleteItem', { names, body: {}, etag: item.etag });
  expect(stale).toMatchObject({ ok: false, error: { code: 'PreconditionFailed' } });
  await done('undeleteItem', { names, body: {} });
  expect(await done('resumeItem', { names, body: { policy: 'daily' } })).toMatchObject({ recoveryPointsRemoved: [] });
  const history = await done('itemHistory', { names, query: { top: 2 } });
  expect(history.value.map(({ operation }) => operation)).toEqual(['Resume', 'Undelete']);
  expect(history.nextLink).toBeDefined();
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
