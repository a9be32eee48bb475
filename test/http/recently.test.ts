import { expect, test } from 'vitest';
import { recently } from '../../src/http/identity.ts';

const at = (ms: number) => new Date(ms);

test('what was found is known for its time and not a moment longer', () => {
  const found = recently<string>(1000, 10);
  found.set('a', 'one', at(5000));
  expect(found.get('a', at(5999))).toBe('one');
  expect(found.get('a', at(6000))).toBeUndefined();
  expect(found.get('a', at(5500))).toBeUndefined();
});

test('a clock that was set back makes it unknown', () => {
  const found = recently<string>(1000, 10);
  found.set('a', 'one', at(5000));
  expect(found.get('a', at(4999))).toBeUndefined();
});

test('the oldest makes room for the newest', () => {
  const found = recently<number>(1000, 3);
  for (const n of [1, 2, 3, 4]) found.set(String(n), n, at(0));
  expect([1, 2, 3, 4].map((n) => found.get(String(n), at(1)))).toEqual([undefined, 2, 3, 4]);
});
