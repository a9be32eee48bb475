import { expect, test } from 'vitest';
import { undescribed } from '../../support/described.ts';

const etag = '"1"';
const hold = { name: 'h', reason: 'r', until: null, by: 'me', at: '2026-11-21T09:00:00.000Z', etag };
const ADDRESS = new URL('http://localhost/api/vaults/v/items/i/holds/h');
const id = { 'x-ms-request-id': '3e7d2a91-6c54-4b80-8f1e-0d9c8b7a6f5e' };
const json = { ...id, 'content-type': 'application/json; charset=utf-8' };

const judge = (status: number, headers: Record<string, string>, body: unknown, method = 'GET', url = ADDRESS) =>
  undescribed(method, url, { status, headers: new Headers(headers), text: JSON.stringify(body) ?? '' }).join('\n');

const refusal = (code: string) => ({ error: { code, message: 'No.' } });
const refused = (status: number, code: string, url = ADDRESS) =>
  judge(status, { ...json, 'x-ms-error-code': code }, refusal(code), 'GET', url);

test('what the document describes passes', () => {
  expect(judge(200, { ...json, etag }, hold)).toBe('');
  expect(judge(204, id, undefined, 'DELETE')).toBe('');
  expect(refused(404, 'HoldNotFound')).toBe('');
  expect(judge(200, { ...json, etag }, hold, 'GET', new URL('http://localhost/API/Vaults/v/ITEMS/i/holds/h'))).toBe('');
});

test.each([
  ['a field that nobody described', () => judge(200, { ...json, etag }, { ...hold, more: 1 }), /additional/],
  ['a field that is missing', () => judge(200, { ...json, etag }, { ...hold, by: undefined }), /"by"/],
  ['a time without milliseconds', () => judge(200, { ...json, etag }, { ...hold, at: '2026-11-21T09:00:00Z' }), /\/at/],
  ['no etag in the header', () => judge(200, json, hold), /no header ETag/],
  ['no request id', () => judge(200, { ...json, 'x-ms-request-id': '', etag }, hold), /x-ms-request-id/],
  ['a header that nobody described', () => judge(200, { ...json, etag, 'retry-after': '1' }, hold), /retry-after/],
  ['a status that nobody described', () => judge(202, { ...json, etag }, hold), /answers 202/],
  ['a code of another operation', () => refused(404, 'SilenceNotFound'), /x-ms-error-code/],
  ['a code at another status', () => refused(400, 'HoldNotFound'), /x-ms-error-code/],
  [
    'another code in the body',
    () => judge(404, { ...json, 'x-ms-error-code': 'HoldNotFound' }, refusal('JobNotFound')),
    /code/,
  ],
  ['a body where none is described', () => judge(204, json, hold, 'DELETE'), /none is described/],
  [
    'a form that nobody described',
    () => judge(200, { ...id, 'content-type': 'text/plain', etag }, hold),
    /text\/plain/,
  ],
])('what is not described is found: %s', (_, judged, said) => {
  expect(judged()).toMatch(said);
});

test('an address that is none has answers too', () => {
  const nowhere = new URL('http://localhost/api/nowhere');
  expect(refused(404, 'RouteNotFound', nowhere)).toBe('');
  expect(refused(404, 'VaultNotFound', nowhere)).toMatch(/x-ms-error-code/);
  expect(judge(405, { ...json, 'x-ms-error-code': 'MethodNotAllowed' }, refusal('MethodNotAllowed'), 'PATCH')).toMatch(
    /no header Allow/,
  );
});
