import { describe, expect, test } from 'vitest';
import { json, refusal, type } from './io.ts';

const AWAY = ['vaults', '--url', 'https://app.example'];
const bearer = ({ sent }: { sent: readonly { headers: Headers }[] }) => sent[0]?.headers.get('authorization');

describe('who is calling', () => {
  test('nobody, on this machine, and the Azure CLI is not asked', async () => {
    const ended = await type(['vaults', '--resource', 'api://one'], { az: 'from-az' });
    expect(bearer(ended)).toBeNull();
    expect(ended.azAsked).toEqual([]);
  });

  test('whom the environment names', async () => {
    expect(bearer(await type(AWAY, { env: { REPRIEVE_TOKEN: ' mine\n' }, az: 'from-az' }))).toBe('Bearer mine');
  });

  test('else whom the Azure CLI names, for the application that was said', async () => {
    const ended = await type(AWAY, { env: { REPRIEVE_RESOURCE: 'api://one' }, az: 'from-az\n' });
    expect(bearer(ended)).toBe('Bearer from-az');
    expect(ended.azAsked).toEqual([
      ['account', 'get-access-token', '--resource', 'api://one', '--query', 'accessToken', '--output', 'tsv'],
    ]);
    const other = await type([...AWAY, '--resource', 'api://two'], { env: { REPRIEVE_RESOURCE: 'api://one' } });
    expect(other.azAsked[0]).toContain('api://two');
  });

  test('nobody, where no application was said, or there is no Azure CLI: the service says what it thinks of that', async () => {
    const answer = () => refusal(401, 'Unauthenticated', 'Who are you?');
    for (const env of [{}, { REPRIEVE_RESOURCE: 'api://one' }]) {
      const ended = await type(AWAY, { env, answer });
      expect(bearer(ended)).toBeNull();
      expect(ended.code).toBe(1);
      expect(ended.err).toContain('Put a token into REPRIEVE_TOKEN, or sign in with `az login`');
    }
  });

  test.each([
    [['vaults', '--url', 'http://app.example'], { REPRIEVE_TOKEN: 'mine' }, 'never sent in the clear'],
    [AWAY, { REPRIEVE_TOKEN: 'mine\nx: y' }, 'REPRIEVE_TOKEN is not a token'],
    [[...AWAY, '--resource', 'x; rm -r .'], {}, 'is not the id of an application'],
    [[...AWAY, '--resource=--help'], {}, 'is not the id of an application'],
  ])('%j with %j goes nowhere', async (line, env, said) => {
    const { code, sent, azAsked, err } = await type(line, { env, az: 'from-az' });
    expect({ code, sent, azAsked }).toEqual({ code: 2, sent: [], azAsked: [] });
    expect(err).toContain(said);
    expect(err).not.toContain('mine');
  });

  test('a redirection is not followed, so that nobody else sees the token', async () => {
    const answer = () => new Response(null, { status: 302, headers: { location: 'https://elsewhere.example' } });
    const { code, sent, err } = await type(AWAY, { env: { REPRIEVE_TOKEN: 'mine' }, answer });
    expect({ code, requests: sent.length }).toEqual({ code: 3, requests: 1 });
    expect(err).toContain('What answers at https://app.example is not Reprieve');
  });
});

describe('a service that cannot be reached ends with 3', () => {
  test.each([
    [
      'nobody listens',
      () => new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }),
      'ECONNREFUSED',
    ],
    ['something else answers', () => new Response('<html>'), 'is not Reprieve'],
    ['a gateway answers', () => new Response('bad gateway', { status: 502 }), 'HTTP 502'],
    ['JSON of something else', () => json(['x']), 'is not Reprieve'],
  ])('%s', async (_, answer, said) => {
    const { code, out, err } = await type(['vaults'], { answer });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain(said);
    expect(err).toContain('Repeating is safe.');
  });

  test('and says so in JSON when asked to', async () => {
    const { code, err } = await type(['vaults', '--json'], { answer: () => new Error('gone') });
    expect(code).toBe(3);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'Unreachable' } });
  });
});
