/** Orders as the service keeps them, in memory: states, tokens, leases, and everything that it refuses. */
import { randomUUID } from 'node:crypto';
import type { DoorToTest } from './door.ts';
import { type Answer, type Body, complaint, decide, type Row, refused, seen } from './orders.ts';

const START = Date.parse('2026-11-26T12:00:00Z');

interface FakeDoor extends DoorToTest {
  /** What an executor proved of a completed order. */
  readonly proofOf: (order: string) => unknown;
}

export function fakeDoor(executor = 'blobs'): FakeDoor {
  const rows = new Map<string, Row>();
  const answers = new Map<string, { readonly asked: string; readonly answer: Answer }>();
  let now = START;
  let isPaused = false;
  let lastToken = 0;

  function claim({ executor: named, max = 1, leaseSeconds = 300 }: Body): Answer {
    if (named !== executor) return refused(403, 'Forbidden');
    const waiting = [...rows.values()].filter((row) => row.availableAt !== null && !row.closed);
    const available = waiting.filter((row) => availableFrom(row) <= now);
    const later = waiting.map(availableFrom).filter((at) => at > now);
    const nextAt = later.length > 0 ? new Date(Math.min(...later)).toISOString() : null;
    if (isPaused && available.length > 0)
      return { status: 200, body: { value: [], nextAt, held: { reason: 'Paused' } } };
    const value = available
      .toSorted((a, b) => availableFrom(a) - availableFrom(b))
      .slice(0, max as number)
      .map((row) => {
        if (row.leaseUntil !== null) Object.assign(row, { attempts: row.attempts + 1, isTouched: true });
        lastToken = Math.max(lastToken + 1, START);
        Object.assign(row, { state: 'Open', token: lastToken, leaseUntil: now + (leaseSeconds as number) * 1000 });
        return { ...seen(row, now), token: row.token };
      });
    return { status: 200, body: { value, nextAt } };
  }

  const availableFrom = (row: Row): number =>
    Math.max(row.availableAt ?? Number.POSITIVE_INFINITY, row.leaseUntil ?? 0);

  function answerTo(method: string, path: readonly string[], who: string, body: Body): Answer {
    const [order = '', verb = order] = path;
    if (method === 'POST') {
      const wrong = complaint(verb, body);
      if (wrong) return refused(400, 'InvalidRequest', { target: wrong });
    }
    if (order === 'claim') return who === 'stranger' ? refused(403, 'Forbidden') : claim(body);
    const row = rows.get(order);
    if (!row || who === 'stranger') return refused(404, 'PurgeOrderNotFound');
    return method === 'GET' ? { status: 200, body: seen(row, now) } : decide(verb, row, body, now);
  }

  async function fetch(url: string, { method = 'GET', headers, body }: RequestInit): Promise<Response> {
    const path = new URL(url).pathname.split('/').slice(3);
    const sent = new Headers(headers);
    const who = (sent.get('authorization') ?? '').replace('Bearer ', '');
    const key = sent.get('idempotency-key');
    const asked = `${method} ${url} ${body}`;
    const before = key === null ? undefined : answers.get(`${who} ${path.join('/')} ${key}`);
    if (before) return response(before.asked === asked ? before.answer : refused(422, 'IdempotencyKeyReused'));
    const answer = answerTo(method, path, who, body ? JSON.parse(String(body)) : {});
    if (key !== null) answers.set(`${who} ${path.join('/')} ${key}`, { asked, answer });
    return response(answer);
  }

  return {
    url: 'https://reprieve.test',
    fetch,
    executor,
    token: (who) => who,
    async makeDue(sourceId) {
      const order = randomUUID();
      const item = `item-${rows.size}`;
      rows.set(order, {
        order,
        executor,
        item,
        sourceId: sourceId ?? `reprieve-demo/${item}/`,
        state: 'Open',
        token: 0,
        leaseUntil: null,
        availableAt: now,
        attempts: 0,
        isTouched: false,
        checkpoint: null,
        lastFailure: null,
        orderedAt: now,
      });
      return order;
    },
    proofOf: (order) => rows.get(order)?.closed?.proof,
    now: () => now,
    advance(ms) {
      now += ms;
    },
    async pause() {
      isPaused = true;
    },
    async endPause() {
      isPaused = false;
    },
  };
}

const response = ({ status, body, retryAfter }: Answer): Response =>
  new Response(JSON.stringify(body), {
    status,
    ...(retryAfter ? { headers: { 'retry-after': `${retryAfter}` } } : {}),
  });
