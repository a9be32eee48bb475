import { expect, test } from 'vitest';
import { membersIn, patchTo } from '../../portal/words/members.ts';
import { merged } from '../../src/core/purgeSettings.ts';

test.each([
  ['{"a":1}', { a: 1 }],
  ['{}', {}],
  ['[1]', undefined],
  ['"a"', undefined],
  ['null', undefined],
  ['{', undefined],
])('%s', (text, members) => expect(membersIn(text)).toEqual(members));

test.each([
  [{}, { a: 1 }],
  [{ a: 1, b: 2 }, { a: 1 }],
  [{ a: { b: 1, c: 2 } }, { a: { c: 3 } }],
  [{ a: [1, 2] }, { a: [2] }],
  [{ a: { b: 1 } }, { a: 'b' }],
  [{ a: 'b' }, { a: { b: { c: 1 } } }],
  [{ a: 1 }, {}],
])('the patch from %j to %j makes one of the other, as the service reads it', (before, after) => {
  expect(merged(before, patchTo(before, after))).toEqual(after);
});
