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
