import { describe, expect, test } from 'vitest';
import { realSleep } from '../../client/retry.ts';
import { json, lost, NAMES, refusal, serviceThat } from './service.ts';

const busy = (seconds?: number) =>
  refusal(503, 'Busy', seconds === undefined ? {} : { 'retry-after': String(seconds) });

describe('a call is tried again', () => {
  test.each([
    ['503 Busy, as long as Retry-After says', busy(2), 2000],
    ['503 without Retry-After, after a short pause', busy(), 250],
    ['429', refusal(429, 'TooManyAttempts', { 'retry-after': '1' }), 1000],
    ['the first try still runs', refusal(409, 'RequestInProgress', { 'retry-after': '1' }), 1000],
    ['a host that is starting', new Response('Function host is not running.', { status: 503 }), 250],
    ['a worker that died in the call', new Response(null, { status: 500 }), 250],
    ['a gateway that lost the service', new Response('bad gateway', { status: 502 }), 250],
    ['a lost connection', lost(), 250],
    ['Retry-After is a date', refusal(503, 'Busy', { 'retry-after': 'Thu, 26 Nov 2026 12:00:03 GMT' }), 3000],
  ])('%s', async (_, first, pause) => {
    const { client, sent, waits } = serviceThat([first, json({ name: 'sql-01' })]);
    expect(await client.call('undeleteItem', { names: NAMES })).toEqual({ name: 'sql-01' });
    expect(waits).toEqual([pause]);
    expect(sent.map(({ headers }) => headers.get('idempotency-key'))).toEqual(['key-1', 'key-1']);
  });

  test('also a read, when the worker dies in it', async () => {
    const { client, sent } = serviceThat([new Response('', { status: 500 }), json({ name: 'contoso' })]);
    expect(await client.call('getVault', { names: NAMES })).toEqual({ name: 'contoso' });
    expect(sent).toHaveLength(2);
  });

  test('with longer and longer pauses, spread by chance, and four times at most', async () => {
    const { client, sent, waits } = serviceThat([lost(), lost(), lost(), lost(), json({})], { random: () => 1 });
    const answer = await client.ask('getVault', { names: NAMES });
    expect(answer).toMatchObject({ ok: false, problem: { status: 0, code: 'Unreachable' } });
    expect(waits).toEqual([313, 625, 1250]);
    expect(sent).toHaveLength(4);
  });

  test('but waits 20 seconds at most in all, and then says how long it would take', async () => {
    const { client, waits } = serviceThat([busy(15), busy(15)]);
    const answer = await client.ask('getVault', { names: NAMES });
    expect(answer).toMatchObject({ ok: false, problem: { code: 'Busy', retryAfterSeconds: 15 } });
    expect(waits).toEqual([15_000]);
  });
});

describe('a call is not tried again', () => {
  test.each([
    ['a refusal', refusal(409, 'ItemSoftDeleted')],
    ['a lock, which lasts longer than a caller waits', refusal(409, 'ObjectLocked', { 'retry-after': '60' })],
    ['a fault of the service', refusal(500, 'InternalError')],
    ['settings that somebody has to put right', refusal(503, 'NotConfigured')],
    ['a try that took too long', new DOMException('too long', 'TimeoutError')],
  ])('%s', async (_, first) => {
    const { client, sent, waits } = serviceThat([first, json({})]);
    expect(await client.ask('undeleteItem', { names: NAMES })).toMatchObject({ ok: false });
    expect({ waits, requests: sent.length }).toEqual({ waits: [], requests: 1 });
  });

  test.each([
    ['is lost', lost],
    ['is a bare 500', () => new Response(null, { status: 500 })],
  ])('when its answer %s and the service keeps no key for it', async (_, first) => {
    const { client, sent } = serviceThat([first(), json({})]);
    expect(await client.ask('issueSecurityPin', { names: NAMES, body: {} })).toMatchObject({
      ok: false,
    });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.headers.has('idempotency-key')).toBe(false);
  });
});

describe('a caller who goes away', () => {
  const reason = new Error('the page was left');

  test('ends the call, and no further try is made', async () => {
    const leaving = new AbortController();
    const { client, sent, waits } = serviceThat([
      ({ signal }) => {
        leaving.abort(reason);
        throw signal?.reason;
      },
    ]);
    await expect(client.ask('getVault', { names: NAMES, signal: leaving.signal })).rejects.toBe(reason);
    expect({ waits, requests: sent.length }).toEqual({ waits: [], requests: 1 });
  });

  test('ends a pause as well', async () => {
    const leaving = new AbortController();
    const { client, sent } = serviceThat(
      [
        () => {
          setImmediate(() => leaving.abort(reason));
          return busy(19);
        },
      ],
      { sleep: realSleep },
    );
    await expect(client.call('getVault', { names: NAMES, signal: leaving.signal })).rejects.toBe(reason);
    expect(sent).toHaveLength(1);
  });

  test('before the call sends nothing', async () => {
    const { client, sent } = serviceThat([json({})]);
    await expect(client.call('getVault', { names: NAMES, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(sent).toHaveLength(0);
  });
});
