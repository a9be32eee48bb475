import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { mailForThisFile } from './support.ts';

const mail = mailForThisFile();
beforeEach(mail.reset);

const set = (wish: object) => mail.ask('PUT', '/faults', wish);
const shown = async () => (await mail.ask('GET', '/faults')).body;

/** How a send ended for the SDK: the status of its refusal, or what became of it. */
const tried = (operationId?: string): Promise<unknown> =>
  mail.send({}, operationId).then(
    (poller) => poller.getResult()?.status,
    (error: { statusCode?: number; code?: string }) => error.statusCode ?? error.code,
  );

const times = async (count: number) => {
  const ends: unknown[] = [];
  for (let n = 0; n < count; n += 1) ends.push(await tried());
  return ends;
};

describe('a fault without a count lasts until it is changed; one with a count ends by itself', () => {
  const cases: readonly [object, unknown, number][] = [
    [{ mode: 'throttle' }, 429, 0],
    [{ mode: 'error' }, 500, 0],
    [{ mode: 'error', status: 503 }, 503, 0],
    [{ mode: 'drop' }, 'ECONNRESET', 1],
    [{ mode: 'reject' }, 400, 0],
    [{ mode: 'reject', status: 404 }, 404, 0],
  ];
  test.each(cases)('%j', async (wish, end, delivered) => {
    await set(wish);
    expect(await times(3)).toEqual([end, end, end]);
    expect(await mail.inbox()).toHaveLength(3 * delivered);
    await set({ mode: 'none' });
    expect(await times(1)).toEqual(['Succeeded']);

    await mail.ask('DELETE', '/inbox');
    await set({ ...wish, count: 2 });
    expect(await times(3)).toEqual([end, end, 'Succeeded']);
    expect(await mail.inbox()).toHaveLength(2 * delivered + 1);
    expect(await shown()).toEqual({ mode: 'none' });
  });
});

test('a throttled send is told how long to wait', async () => {
  const retryAfter = () =>
    mail.send().then(
      () => undefined,
      (error) => error.response.headers.get('retry-after'),
    );
  await set({ mode: 'throttle' });
  expect(await retryAfter()).toBe('1');
  await set({ mode: 'throttle', retryAfterSeconds: 90 });
  expect(await retryAfter()).toBe('90');
  await set({ mode: 'error', status: 503, retryAfterSeconds: 7 });
  expect(await retryAfter()).toBe('7');
});

test('a mail accepted on a cut connection is sent once, if it has an operation id', async () => {
  const operationId = randomUUID();
  await set({ mode: 'drop', count: 1 });
  expect(await tried(operationId)).toBe('ECONNRESET');
  expect(await tried(operationId)).toBe('Succeeded');
  expect(await mail.inbox()).toHaveLength(1);
});

test('failLater: accepted, then its operation fails, and it never lands', async () => {
  const operationId = randomUUID();
  await set({ mode: 'failLater', count: 1 });
  const poller = await mail.send({}, operationId).catch((error: unknown) => error);
  expect(poller).toMatchObject({ message: expect.stringContaining('could not be sent') });
  await mail.send({}, operationId).catch(() => {});
  expect(await mail.inbox()).toEqual([]);
  expect(await shown()).toEqual({ mode: 'none' });
});

test('what is set can be read, with what is left of its count', async () => {
  expect((await set({ mode: 'throttle', count: 3 })).body).toEqual({
    mode: 'throttle',
    count: 3,
    retryAfterSeconds: 1,
  });
  await tried();
  expect(await shown()).toEqual({ mode: 'throttle', count: 2, retryAfterSeconds: 1 });
});

test('a send that is refused for itself uses up no fault', async () => {
  await set({ mode: 'error', count: 1 });
  await mail.send({ senderAddress: 'nobody' }).catch(() => {});
  expect(await shown()).toMatchObject({ mode: 'error', count: 1 });
});

describe('what it does not understand it refuses, and changes nothing', () => {
  const cases: readonly [unknown, RegExp][] = [
    ['{', /JSON body/],
    [{}, /mode/],
    [{ mode: 'slow' }, /mode/],
    [{ mode: 'drop', often: 2 }, /often/],
    [{ mode: 'throttle', count: 0 }, /count/],
    [{ mode: 'throttle', count: '2' }, /count/],
    [{ mode: 'throttle', retryAfterSeconds: -1 }, /retryAfterSeconds/],
    [{ mode: 'error', status: 429 }, /status/],
    [{ mode: 'reject', status: 500 }, /status/],
    [{ mode: 'drop', status: 500 }, /status/],
  ];
  test.each(cases)('%j', async (wish, says) => {
    await set({ mode: 'error', status: 502 });
    const reply = await mail.ask<{ error: { message: string } }>('PUT', '/faults', wish);
    expect(reply.status).toBe(400);
    expect(reply.body.error.message).toMatch(says);
    expect(await shown()).toEqual({ mode: 'error', status: 502 });
  });
});
