import { beforeEach, describe, expect, test } from 'vitest';
import { memoryInbox } from '../../../local/mail/inbox.ts';
import { mailForThisFile } from './support.ts';

const mail = mailForThisFile();
beforeEach(mail.reset);

const page = (path: string) => mail.ask<string>('GET', path);
const policyOf = async (path: string) => (await page(path)).headers.get('content-security-policy') ?? '';

/** The one mail that is there after this. */
async function received(content: { subject: string; plainText: string; html?: string }) {
  await mail.send({ content });
  const [latest] = await mail.inbox();
  return `/mails/${latest?.id}`;
}

const EVIL = `"><script>alert('&')</script>`;
const HARMLESS = '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;';

test('an empty inbox says what will appear', async () => {
  const { status, headers, body } = await page('/');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(body).toContain('No mail yet');
  expect(body).toContain('0 mails');
});

test('the inbox lists every mail with a link, its subject, its reader and its time', async () => {
  const path = await received({ subject: 'Deleted: srv-1', plainText: 'x' });
  await received({ subject: 'Newer', plainText: 'y' });
  const { body } = await page('/');
  expect(body).toContain(`<a href="${path}">`);
  expect(body).toMatch(
    /<strong>Deleted: srv-1<\/strong><span>ada@example\.org<\/span><time datetime="[^"]+">[^<]+ UTC</,
  );
});

test('the newest mail is open, in the page that has the list too', async () => {
  await received({ subject: 'Older', plainText: 'The older one' });
  const path = await received({ subject: 'Newest', plainText: 'The newest one' });
  const { body } = await page('/');
  const [main = ''] = /<main.*<\/main>/s.exec(body) ?? [];
  expect(main).toContain('<pre>The newest one</pre>');
  expect(main).toContain(`<a href="${path}" aria-current="true">`);
  expect(main).toContain('<strong>Older</strong>');
  expect(main).not.toContain('The older one');
});

test.each([
  [
    'what the letter says of itself',
    'Who and when\n  By:                dana\n  Time:              2031-02-03 04:05:06 UTC\n',
  ],
  ['the last one that a digest lists', 'Open: 2\n  - a: Gone; 2031-02-03\n    04:05\n  - b: Gone; 2031-02-02 01:00\n'],
])('the time of a mail is %s: the clock of the service may be ahead', async (_, plainText) => {
  const path = await received({ subject: 'S', plainText });
  for (const at of ['/', path])
    expect((await page(at)).body.match(/<time [^>]+>[^<]+<\/time>/g)).toEqual(
      Array(2).fill('<time datetime="2031-02-03T04:05Z">2031-02-03 04:05 UTC</time>'),
    );
});

test('what a mail says stays text, wherever it is shown', async () => {
  const path = await received({ subject: `Subject${EVIL}`, plainText: `Text${EVIL}`, html: `<p>Html</p>${EVIL}` });
  for (const at of ['/', path, `${path}/html`, `${path}/text`]) {
    const { body } = await page(at);
    expect(body).toContain(`Subject${HARMLESS}`);
    expect(body).not.toMatch(/<script/i);
  }
  expect((await page(`${path}/text`)).body).toContain(`<pre>Text${HARMLESS}</pre>`);
});

test('HTML is shown in a frame without script and without an origin', async () => {
  const path = await received({ subject: 'S', plainText: 'T', html: '<p class="x">Hello</p>' });
  const [frame] = (await page(path)).body.match(/<iframe[^>]*>/) ?? [];
  expect(frame).toContain('&lt;p class=&quot;x&quot;&gt;Hello&lt;/p&gt;"');
  const sandbox = /sandbox="([^"]*)"/.exec(frame ?? '')?.[1];
  expect(sandbox).toBeDefined();
  expect(sandbox).not.toMatch(/allow-(scripts|same-origin|top-navigation|forms)/);
});

test('a mail without HTML is shown as text', async () => {
  const path = await received({ subject: 'S', plainText: 'Only text' });
  expect((await page(path)).body).toContain('<pre>Only text</pre>');
  expect((await page(`${path}/html`)).body).toContain('no HTML');
});

test('the policy allows no script, and inline styles only where the look of a mail needs them', async () => {
  const path = await received({ subject: 'S', plainText: 'T', html: '<p>H</p>' });
  for (const at of ['/', `${path}/text`, path, '/mails/none']) {
    const policy = await policyOf(at);
    expect(policy).toMatch(/^default-src 'none'; style-src 'self'/);
    expect(policy).not.toMatch(/script-src|http|\*/);
    expect(policy.includes("'unsafe-inline'")).toBe(at === path || at === '/');
  }
  await received({ subject: 'S', plainText: 'Only text' });
  expect(await policyOf('/')).not.toContain('unsafe-inline');
  const { headers } = await page('/style.css');
  expect(headers.get('content-type')).toBe('text/css; charset=utf-8');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('a mail that is gone leads back to the inbox', async () => {
  const { status, body } = await page('/mails/none');
  expect(status).toBe(404);
  expect(body).toContain('This mail is not here');
});

describe('elsewhere there is nothing', () => {
  test.each([
    ['GET', '/constructor', 404],
    ['GET', '//', 404],
    ['GET', '/mails/a/raw', 404],
    ['POST', '/inbox', 405],
    ['GET', '/emails:send', 405],
  ])('%s %s', async (method, path, status) => {
    const reply = await fetch(mail.origin() + path, { method });
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ error: { code: status === 404 ? 'NotFound' : 'MethodNotAllowed' } });
  });
});

describe('the inbox has an upper bound, and the oldest go', () => {
  const content = (subject: string) => ({
    senderAddress: 'a@b.org',
    recipients: ['ada@example.org'],
    content: { subject, plainText: '1234' },
  });
  test.each([
    ['in mails', memoryInbox(2)],
    ['in characters', memoryInbox(100, 12)],
  ])('%s', (_, inbox) => {
    for (const subject of ['1', '2', '3', '4']) inbox.deliver('x', content(subject), 0);
    expect(inbox.mails().map(({ subject }) => subject)).toEqual(['4', '3']);
    inbox.clear();
    inbox.deliver('x', content('5'), 0);
    expect(inbox.mails()).toHaveLength(1);
  });
});
