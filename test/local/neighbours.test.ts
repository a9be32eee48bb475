import { afterAll, describe, expect, test } from 'vitest';
import { startIdp } from '../../local/idp/start.ts';
import { startMail } from '../../local/mail/start.ts';
import { strangerStatus } from '../../local/neighbours.ts';
import { sendRaw } from '../support/sendRaw.ts';
import { functionApp } from './host/support/app.ts';
import { startHost } from './host/support/process.ts';

const PORTS = new Set([7071, 7072]);
const status = (headers: object) => strangerStatus({ host: '127.0.0.1:7071', ...headers }, 7071, PORTS);

describe('a server of a local run answers to', () => {
  test.for(['127.0.0.1:7071', 'localhost:7071', 'LOCALHOST:7071', '[::1]:7071'])('its own name %s', (host) => {
    expect(status({ host })).toBeUndefined();
  });

  test.for([
    ...[undefined, '', '127.0.0.1', 'localhost', '127.0.0.1:7072', '127.0.0.2:7071', 'evil.example:7071'],
    ...['127.0.0.1.evil.example:7071', 'localhost.:7071', 'localhost:7071,evil', 'x@localhost:7071', '0.0.0.0:7071'],
  ])('no other: %j', (host) => {
    expect(status({ host })).toBe(421);
  });

  test('port 80 may be left out, as it is by every client', () => {
    expect(strangerStatus({ host: 'localhost' }, 80, PORTS)).toBeUndefined();
    expect(strangerStatus({ host: 'localhost:80', origin: 'http://localhost' }, 80, new Set([80]))).toBeUndefined();
  });

  test.for(['http://127.0.0.1:7071', 'http://localhost:7071', 'http://localhost:7072', 'http://[::1]:7072'])(
    'pages of its own run: %s, however the browser calls them',
    (origin) => {
      expect(status({ origin })).toBeUndefined();
      expect(status({ origin, 'sec-fetch-site': 'cross-site' })).toBeUndefined();
    },
  );

  test.for([
    ...['null', '', 'http://127.0.0.1:9999', 'http://localhost', 'https://127.0.0.1:7071', 'https://evil.example'],
    ...['http://127.0.0.1:7071.evil.example', 'http://127.0.0.1:70711', 'HTTP://127.0.0.1:7071, http://evil'],
  ])('no page of a stranger: %j', (origin) => {
    expect(status({ origin, 'sec-fetch-site': 'same-site' })).toBe(403);
  });

  test('nothing that another site asks for, and whatever no page has sent', () => {
    expect(status({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    for (const site of [undefined, 'none', 'same-origin', 'same-site'])
      expect(status(site === undefined ? {} : { 'sec-fetch-site': site })).toBeUndefined();
  });
});

const [mail, idp, host] = await Promise.all([
  startMail(0),
  startIdp(0),
  startHost(functionApp({ fixture: 'http.mjs' })),
]);
afterAll(() => Promise.all([mail.stop(), idp.stop()]));

const SERVERS = [
  ['the functions host', host.origin, 'GET /api/echo'],
  ['the administration of the functions host', host.origin, 'POST /admin/functions/nothing'],
  ['the mail stand-in', mail.origin, 'DELETE /inbox'],
  ['the identity provider', idp.origin, 'POST /token'],
] as const;

describe.for(SERVERS)('%s', ([, origin, line]) => {
  const own = new URL(origin).host;
  const ask = async (...headers: readonly string[]) => {
    const head = [`${line} HTTP/1.1`, ...headers, 'Connection: close', 'Content-Length: 0'];
    return (await sendRaw(origin, Buffer.from(`${head.join('\r\n')}\r\n\r\n`))).status;
  };

  test('takes what is meant for it, and nothing else', async () => {
    expect([421, 403]).not.toContain(await ask(`Host: ${own}`));
    expect([421, 403]).not.toContain(await ask(`Host: ${own}`, `Origin: ${origin}`, 'Sec-Fetch-Site: same-origin'));
    expect(await ask('Host: rebound.example')).toBe(421);
    expect(await ask(`Host: ${own}`, 'Origin: https://evil.example')).toBe(403);
    expect(await ask(`Host: ${own}`, 'Sec-Fetch-Site: cross-site')).toBe(403);
  });
});
