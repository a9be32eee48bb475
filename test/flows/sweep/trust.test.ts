import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { newTrust } from '../../../src/flows/sweep/trust.ts';

/** How many are tried, one after the other, where so many of so many are good. */
async function tried(all: number, isGood: (at: number) => boolean): Promise<number> {
  const trust = newTrust();
  for (let at = 0; at < all; at += 1) {
    if (!(await trust.mayTry())) return at;
    trust.ended(isGood(at) ? 'good' : 'stale');
  }
  return all;
}

test('good tickets are all tried, stale ones are given up after a few, and more than two of three must be good', async () => {
  expect(await tried(1000, () => true)).toBe(1000);
  expect(await tried(1000, () => false)).toBe(4);
  expect(await tried(1000, (at) => at % 4 !== 0)).toBe(1000);
  expect(await tried(1000, (at) => at % 2 === 0)).toBeLessThan(20);
});

test('however many were good, stale ones that follow are given up after a hundred and fifty', async () => {
  expect(await tried(10_000, (at) => at < 5000)).toBe(5150);
});

test('trouble says nothing about tickets', async () => {
  const trust = newTrust();
  for (let at = 0; at < 100; at += 1) {
    expect(await trust.mayTry()).toBe(true);
    trust.ended('unknown');
  }
});

test('who comes while others try waits for what they find', async () => {
  const trust = newTrust();
  const first = await Promise.all(Array.from({ length: 4 }, () => trust.mayTry()));
  expect(first).toEqual([true, true, true, true]);
  const heard: boolean[] = [];
  const later = [1, 2, 3, 4].map(() => trust.mayTry().then((may) => void heard.push(may)));
  await Promise.resolve();
  expect(heard).toEqual([]);
  trust.ended('good');
  await Promise.all(later.slice(0, 3));
  // one more for the one that ended, and two because it was good
  expect(heard).toEqual([true, true, true]);
  for (let at = 0; at < 6; at += 1) trust.ended('stale');
  await Promise.all(later);
  expect(heard).toEqual([true, true, true, false]);
});

test('of good ones three times as many are tried in each round', async () => {
  const trust = newTrust();
  let begun = 0;
  const count = (may: boolean) => {
    begun += may ? 1 : 0;
  };
  const all = Array.from({ length: 160 }, () => trust.mayTry().then(count));
  const rounds: number[] = [];
  while (rounds.length < 4) {
    await setImmediate();
    rounds.push(begun);
    while (begun > 0) {
      begun -= 1;
      trust.ended('good');
    }
  }
  await Promise.all(all);
  expect(rounds).toEqual([4, 12, 36, 108]);
});
