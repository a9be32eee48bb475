import { createHash, createHmac, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { call } from '../../support/call.ts';
import { aMail, mailForThisFile } from './support.ts';

const mail = mailForThisFile();
beforeEach(mail.reset);

test('a mail that was sent is in the inbox, and its operation has succeeded', async () => {
  const operationId = randomUUID();
  const before = Date.now();
  const poller = await mail.send({}, operationId);
  expect(poller.getResult()).toMatchObject({ id: operationId, status: 'Succeeded' });
  const [received, ...others] = await mail.inbox();
  expect(others).toEqual([]);
  expect(received).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    operationId,
    to: ['ada@example.org'],
    subject: 'Deleted',
    text: 'It was deleted.',
    html: '<p>It was deleted.</p>',
    receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  expect(Date.parse(received?.receivedAt ?? '')).toBeGreaterThanOrEqual(before);
});

test('the same operation id again is answered as at first and delivers nothing', async () => {
  const operationId = randomUUID();
  await mail.send({ content: { subject: 'First', plainText: 'x' } }, operationId);
  const again = await mail.send({ content: { subject: 'Second', plainText: 'x' } }, operationId.toUpperCase());
  expect(again.getResult()).toMatchObject({ id: operationId, status: 'Succeeded' });
  expect((await mail.inbox()).map(({ subject }) => subject)).toEqual(['First']);
});

test('an emptied inbox does not forget what was sent', async () => {
  const operationId = randomUUID();
  await mail.send({}, operationId);
  expect((await mail.ask('DELETE', '/inbox')).status).toBe(204);
  await mail.send({}, operationId);
  expect(await mail.inbox()).toEqual([]);
});

test('without an operation id the same mail twice is two mails', async () => {
  await mail.send();
  await mail.send();
  const [one, two] = await mail.inbox();
  expect(one?.operationId).not.toBe(two?.operationId);
});

test('the inbox is newest first and can be asked for one address, in any case', async () => {
  const to = (address: string) => ({ recipients: { to: [{ address }] } });
  await mail.send({ ...to('Ada@Example.org'), ...aMailSaying('1') });
  await mail.send({ ...to('bob@example.org'), ...aMailSaying('2') });
  await mail.send({ recipients: { bcc: [{ address: 'ada@example.org' }] }, ...aMailSaying('3') });
  const subjects = async (to?: string) => (await mail.inbox(to)).map(({ subject }) => subject);
  expect(await subjects()).toEqual(['3', '2', '1']);
  expect(await subjects('ada@EXAMPLE.org')).toEqual(['3', '1']);
  expect(await subjects('example.org')).toEqual([]);
});

const aMailSaying = (subject: string) => ({ content: { subject, plainText: subject } });

test('only one who has the key may send', async () => {
  const wrong = mail.connectionString().replace(/accesskey=.*/, `accesskey=${btoa('another key')}`);
  await expect(mail.client(wrong).beginSend(aMail())).rejects.toMatchObject({ statusCode: 401, code: 'Denied' });
  expect(await mail.inbox()).toEqual([]);
});

describe('what the service would refuse is refused, with its error body', () => {
  const fifty = Array.from({ length: 50 }, (_, n) => ({ address: `a${n}@example.org` }));
  const content = aMail().content;
  const recipients = aMail().recipients;
  const cases: readonly [string, object, RegExp][] = [
    ['no JSON', [], /JSON body/],
    ['no sender', { recipients, content }, /senderAddress/],
    ['a sender that is no address', { ...aMail(), senderAddress: 'Reprieve' }, /senderAddress/],
    ['no recipients', { ...aMail(), recipients: undefined }, /recipients/],
    ['an empty list of recipients', { ...aMail(), recipients: { to: [] } }, /at least one/],
    ['a recipient without @', { ...aMail(), recipients: { to: [{ address: 'ada' }] } }, /recipients\.to\.0\.address/],
    ['51 recipients', { ...aMail(), recipients: { to: fifty, cc: recipients.to } }, /at most 50/],
    ['no content', { ...aMail(), content: undefined }, /content/],
    ['no subject', { ...aMail(), content: { plainText: 'x' } }, /subject/],
    ['neither text nor HTML', { ...aMail(), content: { subject: 'x' } }, /plainText, html/],
  ];
  test.each(cases)('%s', async (_, body, says) => {
    const reply = await signed(JSON.stringify(body));
    expect(reply).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(says) } } });
    expect(await mail.inbox()).toEqual([]);
  });

  test('and 50 recipients are fine', async () => {
    await mail.send({ recipients: { to: fifty } });
    expect(await mail.inbox('a49@example.org')).toHaveLength(1);
  });
});

interface Signing {
  readonly method?: string;
  readonly target?: string;
  readonly date?: Date;
  readonly hashed?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const SEND = '/emails:send?api-version=2025-09-01';
const failure = (code: string) => ({ error: { code, message: expect.any(String) } });

/** A request signed by hand, so that it can be wrong in one point. */
function signed(
  body: string,
  { method = 'POST', target = SEND, date = new Date(), hashed = body, headers }: Signing = {},
) {
  const { host } = new URL(mail.origin());
  const hash = createHash('sha256').update(hashed).digest('base64');
  const key = Buffer.from(mail.connectionString().split('accesskey=')[1] ?? '', 'base64');
  const text = `${method}\n${target}\n${date.toUTCString()};${host};${hash}`;
  const signature = createHmac('sha256', key).update(text).digest('base64');
  return call(mail.origin(), method, target, {
    ...(body === '' ? {} : { body }),
    headers: {
      'x-ms-date': date.toUTCString(),
      'x-ms-content-sha256': hash,
      authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
      ...headers,
    },
  });
}

const MAIL = JSON.stringify(aMail());
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);

test('a send by hand is accepted with a place to ask for the outcome', async () => {
  const { status, headers, body } = await signed(MAIL);
  expect(status).toBe(202);
  const id = headers.get('operation-id') ?? '';
  expect(body).toEqual({ id, status: 'Running' });
  const location = `/emails/operations/${id}?api-version=2025-09-01`;
  expect(headers.get('operation-location')).toBe(`${mail.origin()}${location}`);
  expect(await signed('', { method: 'GET', target: location })).toMatchObject({ body: { id, status: 'Succeeded' } });
});

describe('the signature holds the whole request', () => {
  const cases: readonly [string, Signing, number][] = [
    ['a date 4 minutes old', { date: ago(4) }, 202],
    ['a date 6 minutes old', { date: ago(6) }, 401],
    ['a date 6 minutes ahead', { date: ago(-6) }, 401],
    ['another date than was signed', { headers: { 'x-ms-date': ago(1).toUTCString() } }, 401],
    ['a date that is none', { headers: { 'x-ms-date': 'today' } }, 401],
    ['the hash of another content', { hashed: `${MAIL} ` }, 401],
    ['no authorization', { headers: { authorization: '' } }, 401],
    ['another scheme', { headers: { authorization: 'Bearer x' } }, 401],
  ];
  test.each(cases)('%s', async (_, wish, status) => {
    const reply = await signed(MAIL, wish);
    expect(reply.status).toBe(status);
    if (status === 401) expect(reply.body).toEqual(failure('Denied'));
    expect(await mail.inbox()).toHaveLength(status === 202 ? 1 : 0);
  });
});

test('an unknown version of the API, an operation id that is no UUID and an unknown operation', async () => {
  const at = (target: string, method = 'POST') => signed(method === 'POST' ? MAIL : '', { method, target });
  expect(await at('/emails:send')).toMatchObject({ status: 400, body: failure('MissingApiVersionParameter') });
  const old = await at('/emails:send?api-version=2021-10-01-preview');
  expect(old).toMatchObject({ status: 400, body: failure('UnsupportedApiVersionValue') });
  const odd = await signed(MAIL, { headers: { 'operation-id': 'mail-1' } });
  expect(odd).toMatchObject({ status: 400, body: failure('InvalidOperationId') });
  const lost = await at(`/emails/operations/${randomUUID()}?api-version=2025-09-01`, 'GET');
  expect(lost).toMatchObject({ status: 404, body: failure('OperationNotFound') });
  expect(await mail.inbox()).toEqual([]);
});

test('a request of more than 10 MB is refused', async () => {
  const plainText = 'x'.repeat(10 * 1024 * 1024);
  await expect(mail.send({ content: { subject: 'Large', plainText } })).rejects.toMatchObject({ statusCode: 413 });
  await mail.send({ content: { subject: 'Less large', plainText: plainText.slice(1000) } });
  expect((await mail.inbox()).map(({ subject }) => subject)).toEqual(['Less large']);
});
