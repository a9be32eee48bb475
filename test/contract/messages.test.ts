/** Messages as they lie in a queue, and what is made of whatever else lies there. */
import { expect, test } from 'vitest';
import { fromText, toText, VERSION_OF_UNITS } from '../../src/store/messages.ts';

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');

test('what is sent comes back, in base64, or as JSON that the library has parsed', () => {
  const notice = { vault: 'länger', alerts: ['a~b~C~1'] };
  expect(toText(notice)).toMatch(/^[A-Za-z0-9+/]+=*$/);
  expect(fromText(toText(notice))).toEqual({ v: 1, ...notice });
  expect(fromText(notice)).toBe(notice);
  expect(fromText(base64(JSON.stringify(notice)))).toEqual(notice);
});

test('a message of another version is text', () => {
  for (const v of [0, 2, '1', null]) {
    const message = { v, vault: 'x' };
    expect(fromText(message)).toBe(JSON.stringify(message));
    expect(fromText(base64(JSON.stringify(message)))).toBe(JSON.stringify(message));
  }
});

test.each([
  ['plain text', 'hello there, this is text', 'hello there, this is text'],
  ['base64 of text', base64('hello'), 'hello'],
  [
    'base64 of bytes that are no text',
    base64(Buffer.from([0xff, 0xfe, 0x00])),
    base64(Buffer.from([0xff, 0xfe, 0x00])),
  ],
  ['a word that happens to be base64', 'test', 'test'],
  ['half a JSON', '{"vault":', '{"vault":'],
  ['nothing', '', ''],
])('what nobody can read stays text: %s', (_, given, text) => expect(fromText(given)).toBe(text));

test('a unit of a sweep is read by whoever takes units, as a share of before is, and is text for everybody else', () => {
  const [share, unit] = [{ shard: 'shard01' }, { v: 2, shard: 'shard01' }];
  for (const message of [share, unit, { v: 1, ...share }]) expect(fromText(message, VERSION_OF_UNITS)).toBe(message);
  expect(fromText({ ...unit, v: 3 }, VERSION_OF_UNITS)).toBe('{"v":3,"shard":"shard01"}');
  expect(fromText(unit)).toBe('{"v":2,"shard":"shard01"}');
});
