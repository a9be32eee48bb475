import { beforeAll, describe, expect, test } from 'vitest';
import { functionApp } from './support/app.ts';
import { type Running, startHost } from './support/process.ts';

const KEY = { 'x-functions-key': 'local' };
let host: Running;

beforeAll(async () => {
  const settings = { 'AzureWebJobs.off.Disabled': 'true' };
  host = await startHost(functionApp({ fixture: 'http.mjs', settings }));
});

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${host.origin}${path}`, init);
const statusOf = async (path: string, method = 'GET'): Promise<number> => (await get(path, { method })).status;

interface Echo {
  readonly params: Record<string, string>;
  readonly query: string[][];
  readonly headers: Record<string, string>;
}
const json = async <T>(path: string, init?: RequestInit): Promise<T> => (await (await get(path, init)).json()) as T;
const echoed = (path: string, init?: RequestInit): Promise<Echo> => json<Echo>(path, init);

describe('what a handler gets', () => {
  test('method, lower-case headers, body and url as they were sent', async () => {
    const init = { method: 'POST', body: 'grüße', headers: { 'X-Some-Header': 'Value' } };
    const seen = await echoed('/api/echo?x=1', init);
    expect(seen).toMatchObject({
      method: 'POST',
      url: `${host.origin}/api/echo?x=1`,
      text: 'grüße',
      query: [['x', '1']],
    });
    expect(seen.headers['x-some-header']).toBe('Value');
  });

  test('repeated query values are joined by a comma and names compare without case, as .NET presents them', async () => {
    expect((await echoed('/api/echo?a=1&A=2&b=%zz&c')).query).toEqual([
      ['a', '1,2'],
      ['b', '%zz'],
      ['c', ''],
    ]);
  });

  test('route values are decoded; an encoded slash and broken escapes stay as text', async () => {
    const id = async (path: string) => (await echoed(`/api/items/${path}`)).params['id'];
    expect(await id('a%20b%C3%A9')).toBe('a bé');
    expect(await id('a%2Fb')).toBe('a%2Fb');
    expect(await id('%zz%')).toBe('%zz%');
    expect(await id('%C3%28ok%E0')).toBe('%C3(ok%E0');
    expect(await id('__proto__')).toBe('__proto__');
  });

  test('a HEAD listed by the function runs it and sends no body', async () => {
    const reply = await get('/api/headed', { method: 'HEAD' });
    expect([reply.status, reply.headers.get('x-a'), await reply.text()]).toEqual([200, 'b', '']);
  });

  test('binary bodies pass both ways untouched', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, n) => (n * 7) % 256));
    const reply = await get('/api/bytes', { method: 'POST', body: bytes });
    expect(Buffer.from(await reply.arrayBuffer()).equals(bytes)).toBe(true);
  });
});

describe('which function answers', () => {
  test('the first that fits by name; what takes the rest takes it all', async () => {
    expect(await (await get('/api/items/RECENT')).text()).toBe('recent');
    expect((await echoed('/api/items/old')).params).toEqual({ id: 'old' });
    expect((await echoed('/api/files/a/b%20c/d')).params).toEqual({ path: 'a/b c/d' });
    expect((await echoed('/api/files')).params).toEqual({});
  });

  test('a path nobody has, and a method the route does not list, HEAD and OPTIONS included, are 404', async () => {
    expect(await statusOf('/api/nobody')).toBe(404);
    expect(await statusOf('/echo')).toBe(404);
    for (const method of ['POST', 'DELETE', 'HEAD', 'OPTIONS'])
      expect(await statusOf('/api/items/1', method)).toBe(404);
  });

  test('functions that are disabled or in error have no route, and say why in the list', async () => {
    for (const path of ['/api/off', '/api/administration', '/api/odd/1']) expect(await statusOf(path)).toBe(404);
    await expect.poll(() => host.output()).toContain('/api/off [disabled]');
    await expect
      .poll(() => host.output())
      .toContain('reserved: httpTrigger [in error: The specified route conflicts with one or more');
    await expect.poll(() => host.output()).toContain('words, {name} and {*name}, not "{x:color}"');
    await expect
      .poll(() => host.output())
      .toContain(
        "zItem: httpTrigger [in error: The route specified conflicts with the route defined by function 'item'.]",
      );
    await expect.poll(() => host.output()).toContain("orphan: timerTrigger [in error: The setting 'NO_SUCH_SETTING'");
  });
});

describe('what the caller gets', () => {
  test('status, headers and body; a JSON body with its type; an HttpResponse', async () => {
    const pot = await get('/api/teapot');
    expect([pot.status, pot.headers.get('x-kind'), await pot.text()]).toEqual([418, 'pot', 'short']);
    const made = await get('/api/made');
    expect([made.status, made.headers.get('content-type'), await made.json()]).toEqual([
      201,
      'application/json',
      { made: true },
    ]);
  });

  test('204 when nothing was returned; 500 with an empty body when the function threw or returned nonsense', async () => {
    expect(await statusOf('/api/nothing')).toBe(204);
    for (const path of ['/api/throws', '/api/notAnObject']) {
      const reply = await get(path);
      expect([reply.status, await reply.text()]).toEqual([500, '']);
    }
    await expect.poll(() => host.output()).toContain('Error: the inside of the app');
  });

  test('500 where the function sets a cookie, which this host does not send', async () => {
    expect(await statusOf('/api/cookies')).toBe(500);
    await host.says('the local host sends no cookies');
  });

  test('what the function logs is shown, but for what is too fine', async () => {
    await get('/api/chatty');
    await host.says('worth a word');
    await host.says("Executed 'Functions.chatty'");
    expect(host.output()).not.toContain('too fine to show');
  });
});

describe('the host itself', () => {
  test('greets at its root as the real one does, unless it is told not to', async () => {
    expect([await statusOf('/'), await statusOf('/', 'POST')]).toEqual([200, 404]);
    const settings = { AzureWebJobsDisableHomepage: 'true' };
    const silent = await startHost(functionApp({ fixture: 'http.mjs', settings }));
    expect((await fetch(silent.origin)).status).toBe(204);
  });

  test('tells its status to who has the master key; without it all of its own paths are 401', async () => {
    const status = await json('/admin/host/status', { headers: KEY });
    expect(status).toMatchObject({ state: 'Running', id: expect.any(String), version: expect.stringMatching(/^4\./) });
    for (const path of ['/admin/host', '/admin/functions', '/admin/host/ping', '/admin', '/runtime/webhooks/x']) {
      expect([path, (await get(path, { headers: KEY })).status]).toEqual([path, 404]);
      expect([path, (await get(path, { headers: { 'x-functions-key': 'another' } })).status]).toEqual([path, 401]);
      expect([path, await statusOf(path)]).toEqual([path, 401]);
    }
  });

  test('calls a function by hand with 202, knows no other name, and wants a JSON object', async () => {
    const post = async (name: string, body: string, type = 'application/json; charset=utf-8') =>
      (await get(`/admin/functions/${name}`, { method: 'POST', body, headers: { ...KEY, 'content-type': type } }))
        .status;
    expect(await post('nothing', '{"input":""}')).toBe(202);
    expect(await post('nobody', '{"input":""}')).toBe(404);
    expect(await post('orphan', '{"input":""}')).toBe(404);
    expect(await post('nothing', 'input')).toBe(400);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'x/application/json'])
      expect([type, await post('nothing', '{"input":""}', type)]).toEqual([type, 415]);
  });

  test('logs what nobody awaited, and goes on', async () => {
    expect(await statusOf('/api/stray')).toBe(200);
    await host.says('Unhandled rejection outside of any invocation');
    await host.says('Uncaught exception outside of any invocation');
    expect(await statusOf('/api/nothing')).toBe(204);
  });

  test('needs no storage for an app without timers and queues, and writes the log lines func writes', async () => {
    await expect.poll(() => host.output()).toMatch(/\techo: \[GET,POST,PUT\] http:\/\/localhost:\d+\/api\/echo\n/);
    await expect
      .poll(() => host.output())
      .toMatch(/\[\d{4}-.*Z\] Executing 'Functions.nothing' \(Reason='.*', Id=[0-9a-f-]{36}\)/);
    await expect
      .poll(() => host.output())
      .toMatch(/\[\d{4}-.*Z\] Executed 'Functions.nothing' \(Succeeded, Id=[0-9a-f-]{36}, Duration=\d+ms\)/);
  });
});
