/** A message has an operation begun at once; where none comes, the next sweep finds it by its hint. */
import { expect, test } from 'vitest';
import { operationName } from '../../../../src/core/operations.ts';
import type { FlowPorts } from '../../../../src/flows/story/land.ts';
import { brokenShare, takeShare } from '../../../../src/flows/sweep/share.ts';
import { later } from '../../../support/builders.ts';
import { sweeperOver } from '../../sweep/sweeper.ts';
import { expiriesIn, findingsIn, furnished, names, readBack, shorten } from './walked.ts';

const LIMITS = { maxPurges: 10, budgetSeconds: 240 };

async function begun(count = 3) {
  const tables = await furnished(names(count));
  const { ports, notices } = sweeperOver(tables);
  const { operation = '' } = await shorten(ports);
  return { tables, ports, notices, operation, message: { vault: 'Contoso', operation: operationName(operation) } };
}

test('whoever begins an operation sends a message, and whoever takes that carries it out', async () => {
  const { tables, ports, notices, operation, message } = await begun();
  expect(notices.filter((one) => one.operation !== undefined)).toEqual([message]);
  const at = { ...ports, clock: { now: () => later(1) } };
  expect(await takeShare(at, LIMITS, { v: 1, ...message, requestId: 'r' })).toEqual({});
  expect(await readBack(ports, operation)).toMatchObject({ status: 'Succeeded', done: 3 });
  expect(Object.values(await expiriesIn(ports))).toEqual(names(3).map(() => later(7).toISO()));
  expect(notices.filter((one) => one.operation !== undefined)).toEqual([message]);
  // it came twice
  expect(await takeShare(at, LIMITS, message)).toEqual({});
  expect(await findingsIn(tables, later(1))).toEqual([]);
  // its hint is left, and the next sweep strikes it off
  await sweeperOver(tables).sweep(later(1));
  expect(await findingsIn(tables, later(1))).toEqual([]);
});

test('after a minute what is left goes on behind all that waits', async () => {
  const { ports, notices, operation, message } = await begun(201);
  let seconds = 0;
  const slow: FlowPorts = {
    ...ports,
    clock: { now: () => later(1) },
    realNow: () => {
      seconds += 20;
      return later(1).plus({ seconds });
    },
  };
  await takeShare(slow, LIMITS, message);
  expect(await readBack(ports, operation)).toMatchObject({ status: 'Running', done: 201 });
  expect(notices.filter((one) => one.operation !== undefined)).toEqual([message, message]);
  await takeShare(slow, LIMITS, message);
  expect(await readBack(ports, operation)).toMatchObject({ status: 'Succeeded', done: 201 });
  expect(notices.filter((one) => one.operation !== undefined)).toHaveLength(2);
});

test('a message with which the process died again and again is set aside; the sweep goes on with the operation', async () => {
  const { tables, ports, operation, message } = await begun(1);
  expect(brokenShare(message)).toEqual({
    queue: 'sweep-shards',
    text: `Contoso/${operationName(operation)}`,
    why: 'This operation broke off again and again. The next sweep goes on with it.',
  });
  await sweeperOver(tables).sweep(later(1));
  expect(await readBack(ports, operation)).toMatchObject({ status: 'Succeeded' });
});

test.each([{ vault: '~', operation: 'w' }, { vault: 'contoso', operation: 'a b' }, { operation: 'w' }])(
  '%j names no operation',
  async (message) => {
    const { ports } = sweeperOver(await furnished([]));
    expect((await takeShare(ports, LIMITS, message)).unread).toMatchObject({ queue: 'sweep-shards' });
  },
);
