/** A kind that names an executor no more: a sweep that began before may still ask it, so it stays for an hour. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { deleteExecutor } from '../../../src/flows/executors/executors.ts';
import { LET_GO_MS } from '../../../src/flows/executors/named.ts';
import { putKind } from '../../../src/flows/kinds/kinds.ts';
import { NOON } from '../../support/builders.ts';
import { laidExecutor } from '../../support/executors.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, done, portsOver } from '../../support/world.ts';

const [EXECUTOR, KIND] = [{ executor: 'blobs' }, { kind: 'AzureDisk' }];
const quiet = { notices: { send: async () => undefined } };
const refused = (message: RegExp) => ({
  refusal: { code: 'ExecutorInUse', message: expect.stringMatching(message) },
});

async function named() {
  const world = portsOver(memoryTables(), quiet);
  await laidExecutor(world, 'blobs');
  const names = (executor: string | null) => done(putKind(world, aRequest(), KIND, { executor }));
  await names('blobs');
  return { world, names };
}

test('for an hour, and says until when; then it goes', async () => {
  const { world, names } = await named();
  expect(await deleteExecutor(world, aRequest(), EXECUTOR)).toMatchObject(refused(/in use: kind AzureDisk\. /));
  await names(null);
  const remove = (ms: number) => deleteExecutor(world, aRequest(NOON.plus(ms)), EXECUTOR);
  const words = /kind AzureDisk \(it names it no more, but a sweep may go by it until 2026-03-01T13:00:00\.000Z\)/;
  expect(await remove(0)).toMatchObject(refused(words));
  expect(await remove(LET_GO_MS - 1)).toMatchObject(refused(words));
  expect(await remove(LET_GO_MS)).toMatchObject({ ok: true });
  // One of the same name begins anew.
  await laidExecutor(world, 'blobs');
  expect(await remove(0)).toMatchObject({ ok: true });
});

test('also for somebody who began to remove it before', async () => {
  const { world, names } = await named();
  let isFirst = true;
  const links = async (executor: string) => {
    const found = await world.executors.links(executor);
    if (isFirst) await names(null);
    isFirst = false;
    return found;
  };
  const slow = { ...world, executors: { ...world.executors, links } };
  expect(await deleteExecutor(slow, aRequest(), EXECUTOR)).toMatchObject(refused(/it names it no more/));
});

test('which is longer than any sweep lasts', () => {
  const { functionTimeout } = JSON.parse(readFileSync(new URL('../../../host.json', import.meta.url), 'utf8'));
  const [hours = 0, minutes = 0] = String(functionTimeout).split(':').map(Number);
  expect((hours * 60 + minutes + 1) * 60_000).toBeLessThan(LET_GO_MS);
});
