import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../client/api.ts';
import { createClient, type Operation, operationIn, ReprieveError } from '../../client/client.ts';
import { json, NAMES, refusal, serviceThat } from './service.ts';

describe('a request', () => {
  test('has names, query, headers and body where they belong', async () => {
    const { client, sent } = serviceThat([json({ preview: true, recoveryPointsToRemove: [] })], { token: 'token-1' });
    const answer = await client.ask('resumeItem', {
      names: { vault: 'contoso', item: 'a/../b' },
      query: { preview: true },
      body: { policy: 'daily' },
      etag: '"1"',
      securityPin: '12345678',
      headers: { 'x-ms-client-request-id': 'mine' },
    });
    expect(answer).toMatchObject({ ok: true, status: 200, value: { preview: true } });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'https://api.test/api/vaults/contoso/items/a%2F..%2Fb/resume?preview=true',
      body: { policy: 'daily' },
    });
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toEqual({
      authorization: 'Bearer token-1',
      'content-type': 'application/json',
      'idempotency-key': 'key-1',
      'if-match': '"1"',
      'x-ms-client-request-id': 'mine',
      'x-reprieve-security-pin': '12345678',
    });
  });

  test('leaves out what is undefined', async () => {
    const { client, sent } = serviceThat([json({ value: [] })]);
    await client.call('listItems', { names: NAMES, query: { state: undefined, top: 5 }, etag: undefined });
    expect(sent[0]?.url).toBe('https://api.test/api/vaults/contoso/items?top=5');
    expect([...(sent[0]?.headers ?? [])]).toEqual([]);
  });

  test.each([
    ['https://outer.test/gateway/', 'https://outer.test/gateway/api/pause'],
    ['', '/api/pause'],
  ])('goes below %j', async (url, to) => {
    const { client, sent } = serviceThat([json({})], { url });
    await client.call('getPause');
    expect(sent[0]?.url).toBe(to);
  });

  test('does not follow a redirection, and ends when a try takes too long', async () => {
    const inits: RequestInit[] = [];
    const keep = (init: RequestInit) => {
      inits.push(init);
      return json({});
    };
    const { client } = serviceThat([keep], { timeoutMs: 0 });
    await client.call('getPause');
    expect(inits[0]?.redirect).toBe('manual');
    await expect.poll(() => inits[0]?.signal?.reason).toMatchObject({ name: 'TimeoutError' });
  });

  test('is not sent where a name would lead elsewhere', async () => {
    for (const vault of ['', '.', '..']) {
      const { client, sent } = serviceThat([json({})]);
      const answer = await client.ask('getVault', { names: { vault } });
      expect(answer).toMatchObject({ ok: false, problem: { status: 0, code: 'InvalidName' } });
      expect(sent).toEqual([]);
    }
  });

  test('can be made of every operation', async () => {
    for (const [operation, [method, path]] of Object.entries(OPERATIONS)) {
      const { client, sent } = serviceThat([json({})]);
      const names = Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, 'x']));
      await client.ask(operation as Operation, { names } as never);
      expect(sent[0]).toMatchObject({ method, url: `https://api.test${path.replace(/\{\w+\}/g, 'x')}` });
    }
  });
});

describe('an Idempotency-Key', () => {
  test('is the own one of each write, or that of the caller; reads have none', async () => {
    const { client, sent } = serviceThat([json({}), json({}), json({}), json({})]);
    await client.call('undeleteItem', { names: NAMES });
    await client.call('undeleteItem', { names: NAMES });
    await client.call('undeleteItem', { names: NAMES, idempotencyKey: 'mine' });
    await client.call('getItem', { names: NAMES });
    expect(sent.map(({ headers }) => headers.get('idempotency-key'))).toEqual(['key-1', 'key-2', 'mine', null]);
  });
});

describe('a second factor', () => {
  const challenge = () => refusal(401, 'StepUpRequired');
  const PIN = { names: NAMES, body: { mode: 'delete', confirmName: 'sql-01' } } as const;

  test('is asked for once, and the call repeated under its key with the new token', async () => {
    let token = 'old';
    const { client, sent, waits } = serviceThat([challenge(), json({ state: 'SoftDeleted' })], {
      token: async () => token,
      stepUp: async () => {
        token = 'new';
        return true;
      },
    });
    expect(await client.call('stopItem', PIN)).toMatchObject({ state: 'SoftDeleted' });
    expect(sent.map(({ headers }) => [headers.get('authorization'), headers.get('idempotency-key')])).toEqual([
      ['Bearer old', 'key-1'],
      ['Bearer new', 'key-1'],
    ]);
    expect(waits).toEqual([]);
  });

  test.each([
    ['who does not want to sign in again gets the refusal', false, 1],
    ['a service that is not content with it is asked no third time', true, 2],
  ])('%s', async (_, yes, requests) => {
    const { client, sent } = serviceThat([challenge(), challenge(), challenge()], { stepUp: async () => yes });
    expect(await client.ask('stopItem', PIN)).toMatchObject({ ok: false, problem: { code: 'StepUpRequired' } });
    expect(sent).toHaveLength(requests);
  });
});

describe('a problem', () => {
  test('is one error, with all that the service said', async () => {
    const error = {
      code: 'InvalidRequest',
      message: 'The body has a mistake.',
      target: '$',
      details: [{ code: 'InvalidRequest', message: 'Unknown field.', target: '$.x' }],
      innererror: { limit: 3 },
    };
    const { client } = serviceThat([json({ error }, 400, { 'x-ms-request-id': 'req-1', 'retry-after': '7' })]);
    const caught = await client.call('getVault', { names: NAMES }).catch((one: unknown) => one);
    expect(caught).toBeInstanceOf(ReprieveError);
    expect(caught).toMatchObject({
      status: 400,
      code: 'InvalidRequest',
      message: 'The body has a mistake.',
      target: '$',
      details: [{ message: 'Unknown field.', target: '$.x' }],
      facts: { limit: 3 },
      retryAfterSeconds: 7,
      requestId: 'req-1',
      error,
    });
  });

  test.each([
    ['a page', new Response('<html>')],
    ['a list', json(['x'])],
    ['a redirection', new Response(null, { status: 302, headers: { location: 'https://elsewhere.test' } })],
    ['a gateway that is too small', new Response('no', { status: 413 })],
  ])('is that something else answers: %s', async (_, answer) => {
    const { client, sent } = serviceThat([answer]);
    expect(await client.ask('getVault', { names: NAMES })).toMatchObject({
      ok: false,
      problem: { code: 'NotReprieve', message: expect.stringContaining('What answers at https://api.test is not') },
    });
    expect(sent).toHaveLength(1);
  });

  test.each([
    [404, '', 'there is nothing at this address'],
    [500, '', 'Whether it was done is not known'],
    [502, '<html>bad gateway', 'lost the service'],
    [503, 'Function host is not running.', 'Nothing was done'],
    [504, '', 'lost the service'],
  ])('is what the platform answers by itself, and what to do: %i', async (status, body, said) => {
    const { client } = serviceThat([new Response(body, { status })], { tries: 1 });
    const answer = await client.ask('getVault', { names: NAMES });
    expect(answer).toMatchObject({ ok: false, problem: { status, code: 'NotReprieve' } });
    const { message } = answer.ok ? { message: '' } : answer.problem;
    expect(message).toContain(`https://api.test answered HTTP ${status}`);
    expect(message).toContain(said);
  });

  test('is that no token can be had', async () => {
    const { client } = serviceThat([json({})], { token: () => Promise.reject(new Error('signed out')), tries: 1 });
    expect(await client.ask('getVault', { names: NAMES })).toMatchObject({
      problem: { code: 'Unreachable', message: expect.stringContaining('signed out') },
    });
  });
});

describe('an answer', () => {
  test('may be nothing, text, or a report of what is wrong', async () => {
    const { client } = serviceThat([
      new Response(null, { status: 204 }),
      new Response('<html>'),
      json({ status: 'Unready', checks: [] }, 503),
    ]);
    expect(await client.ask('deleteVault', { names: NAMES })).toMatchObject({
      ok: true,
      status: 204,
      value: undefined,
    });
    expect(await client.call('getApiPage')).toBe('<html>');
    expect(await client.ask('ready')).toMatchObject({ ok: true, status: 503, value: { checks: [] } });
  });
});

describe('a list', () => {
  const PAGES = () => [
    json({ value: [{ name: 'a' }], nextLink: 'https://inner.test/api/vaults?top=1&continuation=x' }),
    json({ value: [], nextLink: 'https://inner.test/api/vaults?top=1&continuation=y' }),
    json({ value: [{ name: 'b' }, { name: 'c' }] }),
  ];

  test('is followed page by page, an empty one too, at the address that was asked', async () => {
    const { client, sent } = serviceThat(PAGES(), { url: 'https://outer.test/gateway' });
    const sizes: number[] = [];
    for await (const page of client.pages('listVaults', { query: { top: 1 } })) sizes.push(page.value.length);
    expect(sizes).toEqual([1, 0, 2]);
    expect(sent.map(({ url }) => url)).toEqual([
      'https://outer.test/gateway/api/vaults?top=1',
      'https://outer.test/gateway/api/vaults?top=1&continuation=x',
      'https://outer.test/gateway/api/vaults?top=1&continuation=y',
    ]);
  });

  test('is followed element by element, in big pages, and only as far as somebody reads', async () => {
    const { client, sent } = serviceThat(PAGES());
    for await (const { name } of client.each('listVaults')) if (name === 'a') break;
    expect(sent.map(({ url }) => url)).toEqual(['https://api.test/api/vaults?top=200']);
  });

  test('that points at itself ends', async () => {
    const itself = () => json({ value: [], nextLink: 'https://api.test/api/vaults?top=200' });
    const { client, sent } = serviceThat([itself(), itself()]);
    for await (const one of client.each('listVaults')) expect(one).toBeUndefined();
    expect(sent).toHaveLength(1);
  });

  test('throws where a page is refused', async () => {
    const { client } = serviceThat([...PAGES().slice(0, 1), refusal(403, 'Forbidden')]);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { name } of client.each('listVaults')) seen.push(name);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'Forbidden' });
    expect(seen).toEqual(['a']);
  });
});

describe('an operation', () => {
  const RUNS = { id: 'v~a~b', status: 'Running', done: 1, total: 3 };
  const ENDED = { ...RUNS, status: 'Succeeded', done: 3 };

  test('is followed until it has ended, as often as the service says', async () => {
    const waited: number[] = [];
    const sleep = async (ms: number) => void waited.push(ms);
    const answers = [json(RUNS, 200, { 'retry-after': '3' }), json({ ...RUNS, done: 2 }), json(ENDED)];
    const { client, sent } = serviceThat(answers, { sleep });
    const told: number[] = [];
    expect(await client.follow('v~a~b', { told: ({ done }) => told.push(done) })).toEqual(ENDED);
    expect([waited, told]).toEqual([
      [3000, 10_000],
      [1, 2],
    ]);
    expect(sent.map(({ url }) => url)).toEqual(Array(3).fill('https://api.test/api/operations/v~a~b'));
  });

  test('that is gone is a problem, and who goes away ends only the following', async () => {
    await expect(serviceThat([refusal(404, 'OperationNotFound')]).client.follow('v~a~b')).rejects.toMatchObject({
      code: 'OperationNotFound',
    });
    const away = new AbortController();
    const { client, sent } = serviceThat([json(RUNS), json(ENDED)]);
    const following = client.follow('v~a~b', { told: () => away.abort(new Error('away')), signal: away.signal });
    await expect(following).rejects.toThrow('away');
    expect(sent).toHaveLength(1);
  });

  test('is named by the header of the call that began it', () => {
    const headers = new Headers({ 'operation-location': 'https://api.test/gate/api/operations/v~a~b' });
    expect(operationIn(headers)).toBe('v~a~b');
    expect(operationIn(new Headers())).toBeUndefined();
    expect(operationIn(new Headers({ 'operation-location': 'https://api.test/api/vaults/v/items/i/jobs/j' }))).toBe(
      undefined,
    );
  });
});

test('what an operation takes is known at compile time', () => {
  const client = createClient({ url: '' });
  // @ts-expect-error the vault has to be named
  const unnamed = () => client.call('getVault', {});
  // @ts-expect-error the wish cannot be left out
  const nothing = () => client.call('getVault');
  // @ts-expect-error there is no such mode
  const wrong = () => client.call('stopItem', { names: NAMES, body: { mode: 'forget' } });
  // @ts-expect-error this is no list
  const noList = () => client.each('getVault', { names: { vault: 'v' } });
  expect([unnamed, nothing, wrong, noList]).toHaveLength(4);
});
