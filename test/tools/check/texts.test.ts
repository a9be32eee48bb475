/** Many short texts, by keys of which some are shared. */
import { expect, test } from 'vitest';
import { texts } from '../../../tools/check/texts.ts';

test('each key has its own texts, in their order, however many there are', () => {
  const all = texts();
  const keys = Array.from({ length: 50_000 }, (_, at) => `vault/vm-${at}`);
  for (const word of ['first', 'second']) for (const key of keys) all.add(key, `${word} of ${key}`);
  expect(all.size()).toBe(2 * keys.length);
  const wrong = keys.filter((key) => all.get(key).join() !== `first of ${key},second of ${key}`);
  expect(wrong).toEqual([]);
  expect(['vault/vm-', 'vault/vm-50000', ''].flatMap((key) => all.get(key))).toEqual([]);
});

test('a text may be empty, and of any letters', () => {
  const all = texts();
  for (const text of ['', 'größe', '\n']) all.add('k', text);
  expect(all.get('k')).toEqual(['', 'größe', '\n']);
});
