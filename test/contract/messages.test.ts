/** Messages as they lie in a queue, and what is made of whatever else lies there. */
import { expect, test } from 'vitest';
import { fromText, noticeText, toText } from '../../src/store/messages.ts';

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');

test('what is sent comes back, in base64, or as JSON that the library has parsed', () => {
  const notice = { vault: 'länger', alerts: ['a~b~C~1'] };
  expect(toText(notice)).toMatch(/^[A-Za-z0-9+/]+=*$/);
  expect(fromText(toText(notice))).toEqual({ v: 1, ...notice });
  expect(fromText(notice)).toBe(notice);
  expect(fromText(base64(JSON.stringify(notice)))).toEqual(notice);
});

test('a message of another version is text', () => {
  for (const v of [0, 3, '1', null]) {
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

const base64Text = (text: string) => JSON.parse(Buffer.from(text, 'base64').toString());

test('a notice has the first version, which code of before understands, as long as its alerts are of the vault that it names', () => {
  const [ofOne, ofService] = [
    { vault: 'Contoso', alerts: ['Contoso~vm~PurgeComplete~1', 'Contoso~~VaultDeleted~1'] },
    { vault: null, alerts: ['~~MassPurgeHeld~0'] },
  ];
  for (const notice of [ofOne, ofService, { vault: null, together: 'digest~1' }])
    expect(base64Text(noticeText(notice))).toEqual({ v: 1, ...notice });
});

test('one with alerts of several vaults has the second, so that code of before does not look for all of them in one', () => {
  const notice = { vault: null, alerts: ['Contoso~vm~PurgeComplete~1', 'Fabrikam~vm~PurgeComplete~1'] };
  expect(base64Text(noticeText(notice))).toEqual({ v: 2, ...notice });
  expect(fromText(noticeText(notice))).toEqual({ v: 2, ...notice });
});

test('a unit of a sweep is read as a share of before is', () => {
  const [share, unit] = [{ shard: 'shard01' }, { v: 2, shard: 'shard01' }];
  for (const message of [share, unit, { v: 1, ...share }]) expect(fromText(message)).toBe(message);
  expect(fromText({ ...unit, v: 3 })).toBe('{"v":3,"shard":"shard01"}');
});
