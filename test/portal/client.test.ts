import { expect, test } from 'vitest';
import { at, belowApi, client } from '../../portal/api/client.ts';

interface Seen {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

const answering = (...answers: readonly (readonly [number, unknown])[]) => {
  const seen: Seen[] = [];
  const left = [...answers];
  const fetching: typeof fetch = async (url, { method = '', headers } = {}) => {
    seen.push({ url: String(url), method, headers: headers as Record<string, string> });
    const [status, body] = left.shift() ?? [500, {}];
    return new Response(status === 204 ? null : JSON.stringify(body), { status });
  };
  return { seen, fetching };
};

const over = (fetching: typeof fetch, stepUp = async () => true) =>
  client({ fetch: fetching, newId: () => 'key-1', token: async () => 'token-1', stepUp });

const REFUSED = { error: { code: 'StepUpRequired', message: 'Sign in with the second factor.' } };

test('a second factor that is demanded is asked for, and the call repeated under the same key', async () => {
  const { seen, fetching } = answering([401, REFUSED], [200, { securityPin: '12345678' }]);
  const answer = await over(fetching).send('POST', 'vaults/contoso/securityPin', { body: {} });
  expect(answer).toMatchObject({ ok: true, value: { securityPin: '12345678' } });
  expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-1']);
});

test('who would not sign in again gets the refusal', async () => {
  const { seen, fetching } = answering([401, REFUSED]);
  const answer = await over(fetching, async () => false).send('POST', 'vaults/contoso/securityPin', { body: {} });
  expect(answer).toMatchObject({ ok: false, problem: { code: 'StepUpRequired' } });
  expect(seen).toHaveLength(1);
});

test('a change is only for what was read', async () => {
  const { seen, fetching } = answering([204, undefined]);
  expect(await over(fetching).send('DELETE', 'pause', { etag: '"7"' })).toMatchObject({ ok: true, status: 204 });
  expect(seen[0]).toMatchObject({ url: '/api/pause', headers: { 'if-match': '"7"', authorization: 'Bearer token-1' } });
});

test('pages are followed to the end, below this very origin', async () => {
  const { seen, fetching } = answering(
    [200, { value: [1, 2], nextLink: 'https://inside.example/api/vaults?top=2&continuation=b' }],
    [200, { value: [3] }],
  );
  const all: number[] = [];
  for await (const page of over(fetching).pages<number>('vaults?top=2')) if (page.ok) all.push(...page.value);
  expect(all).toEqual([1, 2, 3]);
  expect(seen[1]?.url).toBe('/api/vaults?top=2&continuation=b');
});

test('no answer at all is a problem like any other', async () => {
  const broken: typeof fetch = () => Promise.reject(new TypeError('network'));
  expect(await over(broken).get('vaults')).toMatchObject({ ok: false, problem: { code: 'Unreachable', status: 0 } });
});

test('no name steps out of its place', () => {
  expect(at('vaults', '../../admin', 'items')).toBe('vaults/..%2F..%2Fadmin/items');
  expect(belowApi('http://127.0.0.1:7071/api/alerts?x=1')).toBe('alerts?x=1');
});
