/** Who acts for an executor is looked at once a minute and process, and so often it is noted that it called. */
import { expect, test } from 'vitest';
import { claim } from '../../../src/flows/orders/claim.ts';
import { executorLines, tableExecutors } from '../../../src/store/executors.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { later, NOON } from '../../support/builders.ts';
import { anExecutorOf, laidExecutor } from '../../support/executors.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, must, newId, portsOver } from '../../support/world.ts';

const APP = { tid: 'local', oid: 'blobs', roles: ['Executor'], appOnly: true, secondFactor: false } as const;
const MINUTE = 60_000;

test('who is taken off the list is refused within a minute', async () => {
  const tables = memoryTables();
  let elapsed = 0;
  const world = portsOver(tables, { executors: tableExecutors(tables.vaults, () => elapsed) });
  await laidExecutor(world, 'blobs');
  const ask = async () => {
    const request = { ...aRequest(), caller: APP } as never;
    const found = await claim(world, request, { executor: 'blobs', max: 1, leaseSeconds: 300 });
    return found.ok ? 200 : found.refusal.code;
  };
  expect(await ask()).toBe(200);
  const was = must(await world.executors.get('blobs'));
  const now = anExecutorOf('blobs', { callers: [{ tid: 'local', oid: 'another' }], etag: 'e2' });
  expect(await world.commit({ vault: '~service', id: newId(), executor: { was, now } })).toBeDefined();
  elapsed = MINUTE - 1;
  expect(await ask()).toBe(200);
  elapsed = MINUTE;
  expect(await ask()).toBe('Forbidden');
});

test('that it called is written once a minute and process, and makes nothing of an executor that is gone', async () => {
  const tables = memoryTables();
  const world = portsOver(tables);
  await laidExecutor(world, 'blobs');
  const seen = nothingSeen();
  let elapsed = 0;
  const lines = executorLines(counted(tables, seen, Number.POSITIVE_INFINITY).vaults, () => elapsed);
  const call = (executor: string, minutes: number) =>
    lines.executorSeen({ line: 'executorSeen', executor, at: later(0).plus({ minutes, seconds: 7 }) as never });
  const lastSeen = async () => must(await world.executors.get('blobs')).value.lastSeenAt?.toMillis();
  for (let times = 0; times < 5; times += 1) await call('blobs', 0);
  expect(seen.requests).toBe(1);
  expect(await lastSeen()).toBe(+NOON);
  elapsed = MINUTE;
  await call('BLOBS', 1);
  expect([seen.requests, await lastSeen()]).toEqual([2, +NOON + MINUTE]);
  expect(await call('nobody', 0)).toBe(false);
  expect(await world.executors.get('nobody')).toBeUndefined();
});
