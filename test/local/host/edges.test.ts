/** What the real host does at the edges of HTTP and no recorded answer of the app can show: what reaches a function, and what becomes of its answer. */
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { sendRaw } from '../../support/sendRaw.ts';
import { functionApp } from './support/app.ts';
import { type Running, startHost } from './support/process.ts';

let host: Running;
beforeAll(async () => {
  host = await startHost(functionApp({ fixture: 'http.mjs' }));
});

const CLOSE = 'Connection: close\r\n';
const HOST = `Host: x\r\n${CLOSE}`;
/** The host answers to its own name only; the tables below are written before it has one. */
const named = (text: string): string => text.replaceAll('Host: x\r\n', `Host: ${new URL(host.origin).host}\r\n`);
const send = (text: string) => sendRaw(host.origin, Buffer.from(named(text), 'latin1'));
const get = (path: string, more = '') => send(`GET ${path} HTTP/1.1\r\n${HOST}${more}\r\n`);
const post = (more: string, body: string) => send(`POST /api/echo HTTP/1.1\r\n${HOST}${more}\r\n${body}`);

/** One piece after the other, each when the one before had time to arrive; then nothing more will come. */
const byHand = (...pieces: string[]): Promise<string> =>
  new Promise((done, fail) => {
    let said = '';
    const socket = connect(Number(new URL(host.origin).port), '127.0.0.1', async () => {
      for (const piece of pieces) {
        socket.write(named(piece));
        await pause(PIECE_MS);
      }
      socket.end();
    });
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.once('close', () => done(said)).once('error', fail);
  });
const PIECE_MS = 50;

interface Echo {
  readonly url: string;
  readonly text: string;
  readonly query: readonly (readonly string[])[];
  readonly headers: Readonly<Record<string, string>>;
}
const echo = async (answer: ReturnType<typeof send>): Promise<Echo> => JSON.parse((await answer).body.toString());

describe('the address that a function is told is written anew from the decoded path', () => {
  test.each([
    ['a%252Fb', 'a%2Fb'],
    ['a%2Fb', 'a%2Fb'],
    ['%41', 'A'],
    ['%zz', '%25zz'],
    ['a#b', 'a%23b'],
    ['a\\b', 'a%5Cb'],
    ['caf%C3%A9', 'caf%C3%A9'],
    ['%ff', '%ff'],
    ['a%0d%0ab', 'a%0D%0Ab'],
    ['x/../a;b', 'a;b'],
    ['%f0%9f%98%80', '%F0%9F%98%80'],
  ])('%s is %s', async (sent, told) => {
    expect((await echo(get(`/api/items/${sent}?a=%zz#%41`))).url).toBe(`${host.origin}/api/items/${told}?a=%zz#%41`);
  });

  test('whole, where the request line holds it whole and for this host', async () => {
    expect((await echo(get(`${host.origin}/api/echo?z=1`))).url).toBe(`${host.origin}/api/echo?z=1`);
  });
});

test('a query that is not UTF-8 stays as it was sent, a plus is a space', async () => {
  const { query } = await echo(get('/api/echo?a=%ff&b=x+y%20z&&c=1=2&=d&A='));
  expect(query).toEqual([
    ['a', '%ff,'],
    ['b', 'x y z'],
    ['c', '1=2'],
    ['', 'd'],
  ]);
});

test('a header is read as UTF-8', async () => {
  expect((await echo(get('/api/echo', 'x-name: caf\u00c3\u00a9\r\n'))).headers['x-name']).toBe('café');
});

describe('a body reaches a function only with a length', () => {
  test('with one', async () => {
    expect((await echo(post('Content-Length: 2\r\n', '{}'))).text).toBe('{}');
  });

  test.each([
    ['chunked', 'Transfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'],
    ['in several codings', 'Transfer-Encoding: gzip, chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'],
    ['chunked, and no chunk at all', 'Transfer-Encoding: chunked\r\n', 'nonsense\r\n'],
    ['chunked, waiting for a word', 'Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n', ''],
  ])('%s: it is empty, and the header is there', async (_, headers, body) => {
    const { text, headers: seen } = await echo(post(headers, body));
    expect([text, seen['transfer-encoding']]).toEqual(['', expect.stringContaining('chunked')]);
  });

  test('chunked and with a length: the length is put aside', async () => {
    const { text, headers } = await echo(
      post('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'),
    );
    expect([text, headers['x-content-length'], headers['content-length']]).toEqual(['', '2', undefined]);
  });

  test('the caller who waits for a word gets it, and one who has sent does not', async () => {
    const waits = 'Content-Length: 2\r\nExpect: 100-continue\r\n';
    expect((await post(waits, '{}')).status).toBe(200);
    expect(await byHand(`POST /api/echo HTTP/1.1\r\n${HOST}${waits}\r\n`, '{}')).toMatch(
      /^HTTP\/1.1 100 [\s\S]*HTTP\/1.1 200 /,
    );
  });

  test('a length that is too long is a 400, one that is too short is an answer and a bad next request', async () => {
    const kept = 'POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{} and more\r\n\r\n';
    expect((await echo(send(kept))).text).toBe('{}');
    const half = 'POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{}';
    expect(await byHand(half)).toMatch(/^HTTP\/1.1 400 /);
  });

  test('more than 100 MB, declared, is a 500 before any of it is read', async () => {
    const { status, body } = await post(`Content-Length: ${101 * 1024 * 1024}\r\n`, '');
    expect([status, body.length]).toEqual([500, 0]);
  });
});

describe('what is refused before any function', () => {
  const long = (length: number): string => 'a'.repeat(length);
  test.each([
    [400, 'nonsense', 'nonsense\r\n\r\n'],
    [400, 'no version', 'GET /api/echo\r\n\r\n'],
    [505, 'another version', `GET /api/echo HTTP/2.0\r\n${HOST}\r\n`],
    [400, 'a NUL in a path', `GET /api/items/%00 HTTP/1.1\r\n${HOST}\r\n`],
    [400, 'a header that is not UTF-8', `GET /api/echo HTTP/1.1\r\n${HOST}x-name: caf\u00e9\r\n\r\n`],
    [400, 'a coding that does not end', `POST /api/echo HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip\r\n\r\n`],
    [400, 'two hosts', `GET /api/echo HTTP/1.1\r\n${HOST}Host: x\r\n\r\n`],
    [400, 'a host that is none', `GET /api/echo HTTP/1.1\r\nHost: a b@c/d\r\n${CLOSE}\r\n`],
    [400, 'the address of another host', `GET http://y/api/echo HTTP/1.1\r\n${HOST}\r\n`],
    [500, 'an empty host', `GET /api/echo HTTP/1.1\r\nHost:\r\n${CLOSE}\r\n`],
    [500, 'no host, which the old version may', `GET /api/echo HTTP/1.0\r\n\r\n`],
    [414, 'a long first line', `GET /api/echo?a=${long(8_200)} HTTP/1.1\r\n${HOST}\r\n`],
    [431, 'long headers', `GET /api/echo HTTP/1.1\r\n${HOST}x: ${long(33_000)}\r\n\r\n`],
    [431, 'headers beyond all measure', `GET /api/echo HTTP/1.1\r\n${HOST}x: ${long(200_000)}\r\n\r\n`],
    [431, 'many headers', `GET /api/echo HTTP/1.1\r\n${HOST}${'x: 1\r\n'.repeat(99)}\r\n`],
    [404, 'two slashes', `GET /api//echo HTTP/1.1\r\n${HOST}\r\n`],
    [404, 'nothing but a star', `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`],
    [400, 'a tunnel', `CONNECT x:80 HTTP/1.1\r\n${HOST}\r\n`],
  ])('%i: %s', async (status, _, text) => {
    const answer = await send(text);
    expect([answer.status, answer.body.toString()]).toEqual([status, '']);
  });

  test('and what is just short enough is not', async () => {
    expect((await get(`/api/echo?a=${long(8_000)}`)).status).toBe(200);
    expect((await get('/api/echo', `x: ${long(32_000)}\r\n`)).status).toBe(200);
    expect((await get('/api/echo', 'x: 1\r\n'.repeat(98))).status).toBe(200);
  });

  test('a head that comes in pieces is one', async () => {
    const answer = await byHand('GET /api/ec', `ho HTTP/1.1\r\n${HOST}`, '\r', '\n');
    expect(answer).toContain('HTTP/1.1 200 OK');
  });
});

describe('what becomes of an answer', () => {
  test('it is chunked, and that of HEAD has no length', async () => {
    const whole = await get('/api/headed');
    expect([whole.headers['transfer-encoding'], whole.headers['content-length']]).toEqual(['chunked', undefined]);
    const head = await send(`HEAD /api/headed HTTP/1.1\r\n${HOST}\r\n`);
    expect([head.status, head.headers['content-length'], head.headers['x-a']]).toEqual([200, undefined, 'b']);
    const unknown = await send(`HEAD /api/echo HTTP/1.1\r\n${HOST}\r\n`);
    expect([unknown.status, unknown.headers['content-length']]).toEqual([404, undefined]);
  });

  test('a length that the function sets is passed on unchecked', async () => {
    const { headers, body } = await get('/api/short');
    expect([headers['content-length'], body.toString()]).toEqual(['2', 'wo']);
  });

  test('a header that is not ASCII makes it a 500', async () => {
    const { status, body } = await get('/api/latin');
    expect([status, body.length]).toEqual([500, 0]);
    await host.says('The answer of Functions.latin cannot be sent: Error: the header x-name is not ASCII');
  });

  test('a coding that the function sets makes it a 500 as well, where the real host would send what nobody can read', async () => {
    expect((await get('/api/coded')).status).toBe(500);
    await host.says('on Azure the header transfer-encoding makes an answer unreadable');
  });

  test('of two cookies the last wins', async () => {
    expect((await get('/api/twice')).headers['set-cookie']).toBe('b=1');
  });
});
