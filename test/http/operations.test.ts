/** Operations over HTTP, over tables in memory: where a call tells of one, and what it says of itself. */
import { beforeEach, expect, test } from 'vitest';
import { furnished, names } from '../flows/items/operations/walked.ts';
import { sweeperOver } from '../flows/sweep/sweeper.ts';
import { appOver } from '../support/app.ts';
import { later } from '../support/builders.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { portsOver } from '../support/world.ts';

let tables: Tables;
let app: ReturnType<typeof appOver>;

beforeEach(async () => {
  tables = memoryTables();
  await furnished(names(2), tables);
  app = appOver(portsOver(tables, { clock: { now: () => later(1) } }));
});

const shorten = (daily: number) => app('putPolicy', 'contoso/daily', { body: { retention: { daily } } });
const nameIn = (location: string | undefined) => location?.split('/operations/')[1] ?? '';

test('a shorter policy tells where its operation can be asked for, and so does the same wish again', async () => {
  const { status, headers } = await shorten(7);
  expect(status).toBe(200);
  const location = headers['operation-location'];
  expect(location).toMatch(/^http:\/\/localhost\/api\/operations\/Contoso~[A-Za-z0-9-]+~[A-Za-z0-9-]+$/);
  expect((await shorten(7)).headers['operation-location']).toBe(location);
  expect((await shorten(3)).headers['operation-location']).toBe(location);
  const running = await app('getOperation', nameIn(location));
  expect(running).toMatchObject({ status: 200, headers: { 'retry-after': '10' } });
  expect(JSON.parse(running.body)).toEqual({
    ...{ id: nameIn(location), kind: 'RehintPolicy', vault: 'Contoso', subject: 'daily', status: 'Running' },
    ...{ startedAt: '2026-03-02T12:00:00.000Z', endedAt: null, done: 0, failed: 0, total: 2 },
    ...{ startedBy: 'somebody', error: null },
  });
  await sweeperOver(tables).sweep(later(1));
  const ended = await app('getOperation', nameIn(location));
  expect(ended.headers).not.toHaveProperty('retry-after');
  expect(JSON.parse(ended.body)).toMatchObject({ status: 'Succeeded', endedAt: '2026-03-02T12:00:00.000Z', done: 2 });
  expect((await shorten(3)).headers).not.toHaveProperty('operation-location');
});

test('a longer policy, or one that is changed otherwise, tells of none', async () => {
  expect((await shorten(60)).headers).not.toHaveProperty('operation-location');
  const other = await app('putPolicy', 'contoso/daily', { body: { schedule: '0 0 3 * * *' } });
  expect(other.headers).not.toHaveProperty('operation-location');
});

test('what is no operation is not found, and what is no id is refused', async () => {
  expect(await app('getOperation', 'Contoso~a~b')).toMatchObject({
    status: 404,
    headers: { 'x-ms-error-code': 'OperationNotFound' },
  });
  expect(await app('getOperation', 'daily')).toMatchObject({
    status: 400,
    headers: { 'x-ms-error-code': 'InvalidName' },
  });
});

test('what was begun under a key is begun once, and its results are listed page by page', async () => {
  const items = [...names(2), ...Array.from({ length: 199 }, (_, at) => `gone-${at}`)];
  for (const item of names(2))
    await app('stopItem', `contoso/${item}`, { body: { mode: 'delete', confirmName: item } });
  const ask = () => app('undeleteItems', 'contoso', { body: { items }, headers: { 'idempotency-key': 'k' } });
  const first = await ask();
  expect(first.status).toBe(202);
  expect(first.headers).not.toHaveProperty('x-reprieve-evidence');
  await sweeperOver(tables).sweep(later(1));
  const again = await ask();
  expect([again.status, again.body]).toEqual([202, first.body]);
  expect(again.headers).toMatchObject({
    'idempotency-replayed': 'true',
    'operation-location': first.headers['operation-location'],
  });
  const id = nameIn(first.headers['operation-location']);
  expect(JSON.parse(first.body)).toEqual({ operation: id, results: [] });
  expect(JSON.parse((await app('getOperation', id)).body)).toMatchObject({
    ...{ kind: 'UndeleteItems', subject: null, status: 'Succeeded', done: 2, failed: 199, total: 201 },
  });
  const all: unknown[] = [];
  let query = 'top=150';
  while (query !== '') {
    const { value, nextLink = '' } = JSON.parse((await app('listOperationResults', id, { query })).body);
    all.push(...value);
    query = nextLink.split('?')[1] ?? '';
  }
  expect(all).toHaveLength(201);
  expect(all).toContainEqual({ item: 'vm-000', outcome: 'Undeleted' });
  expect(all).toContainEqual({ item: 'gone-7', outcome: 'Refused', code: 'ItemNotFound' });
});

test('an operation of another kind has no results', async () => {
  const id = nameIn((await shorten(7)).headers['operation-location']);
  expect(await app('listOperationResults', id)).toMatchObject({
    status: 404,
    headers: { 'x-ms-error-code': 'ResultsNotFound' },
  });
});

test('an undelete of many rests on the etag that its caller has seen', async () => {
  const items = Array.from({ length: 201 }, (_, at) => `gone-${at}`);
  const headers = { 'if-match': '"old"' };
  expect((await app('undeleteItems', 'contoso', { body: { items }, headers })).status).toBe(412);
  const { etag } = JSON.parse((await app('getVault', 'contoso')).body);
  expect((await app('undeleteItems', 'contoso', { body: { items }, headers: { 'if-match': etag } })).status).toBe(202);
});
