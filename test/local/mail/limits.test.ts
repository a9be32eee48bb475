import { beforeEach, describe, expect, test } from 'vitest';
import { mailForThisFile } from './support.ts';

let moved = 0;
const mail = mailForThisFile(() => Date.now() + moved);
beforeEach(() => {
  moved = 0;
  return mail.reset();
});

const NOON = Date.parse('2030-01-01T12:00:00Z');
const set = (perMinute: number | null, seconds?: number) =>
  mail.ask('PUT', '/limits', {
    perMinute,
    ...(seconds === undefined ? {} : { now: new Date(NOON + seconds * 1000).toISOString() }),
  });

/** `sent`, or after how many seconds to try again. */
const tried = (): Promise<unknown> =>
  mail.send().then(
    () => 'sent',
    (error) => error.statusCode === 429 && Number(error.response.headers.get('retry-after')),
  );

test('over the limit a send is told the second from which there is room', async () => {
  await set(2, 0);
  expect(await tried()).toBe('sent');
  await set(2, 20.5);
  expect(await tried()).toBe('sent');
  expect(await tried()).toBe(40);
  await set(2, 59.9);
  expect(await tried()).toBe(1);
  await set(2, 60);
  expect(await tried()).toBe('sent');
  expect(await tried()).toBe(21);
  expect(await mail.inbox()).toHaveLength(3);
});

test('waiting as long as was said is enough', async () => {
  await set(1, 0.7);
  expect(await tried()).toBe('sent');
  await set(1, 10);
  const wait = Number(await tried());
  await set(1, 10 + wait - 1);
  expect(await tried()).toBe(1);
  await set(1, 10 + wait);
  expect(await tried()).toBe('sent');
});

test('a lower limit counts what was sent under the higher one', async () => {
  await set(3, 0);
  for (const second of [0, 10, 20]) {
    await set(3, second);
    await tried();
  }
  await set(1, 30);
  expect(await tried()).toBe(50);
});

test('without a time of its own it goes by the clock it was given', async () => {
  await set(1);
  expect(await tried()).toBe('sent');
  expect(await tried()).toBeGreaterThan(55);
  moved = 61_000; // less than would make the signature stale
  expect(await tried()).toBe('sent');
});

test('a clock turned back does not hold mails for longer than a minute', async () => {
  await set(1, 3600);
  expect(await tried()).toBe('sent');
  await set(1, 0);
  expect(await tried()).toBe('sent');
  expect(await tried()).toBe(60);
});

test('null lifts the limit', async () => {
  await set(1, 0);
  await tried();
  await set(null, 0);
  expect([await tried(), await tried()]).toEqual(['sent', 'sent']);
});

test('the time that was set is the time of what arrives, until the next PUT', async () => {
  await set(null, 5);
  await mail.send();
  await set(null);
  await mail.send();
  const [latest, earlier] = (await mail.inbox()).map(({ receivedAt }) => receivedAt);
  expect(earlier).toBe('2030-01-01T12:00:05.000Z');
  expect(Date.parse(latest ?? '')).toBeLessThan(Date.parse('2029-01-01'));
});

test('what is set can be read', async () => {
  expect((await set(4)).body).toEqual({ perMinute: 4, now: null });
  await set(5, 0);
  expect((await mail.ask('GET', '/limits')).body).toEqual({ perMinute: 5, now: '2030-01-01T12:00:00.000Z' });
});

describe('what it does not understand it refuses, and changes nothing', () => {
  const cases: readonly [object, RegExp][] = [
    [{}, /perMinute/],
    [{ perMinute: 0 }, /perMinute/],
    [{ perMinute: '5' }, /perMinute/],
    [{ perMinute: 5, perHour: 10 }, /perHour/],
    [{ perMinute: 5, now: 'noon' }, /now/],
  ];
  test.each(cases)('%j', async (wish, says) => {
    await set(7);
    const reply = await mail.ask<{ error: { message: string } }>('PUT', '/limits', wish);
    expect(reply.status).toBe(400);
    expect(reply.body.error.message).toMatch(says);
    expect((await mail.ask('GET', '/limits')).body).toEqual({ perMinute: 7, now: null });
  });
});
