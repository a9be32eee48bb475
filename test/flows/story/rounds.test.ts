import { expect, test } from 'vitest';
import { inParallel } from '../../../src/flows/story/rounds.ts';

/** Work that ends when it is let go, one by one, and tells what was begun. */
function inTurn() {
  const begun: number[] = [];
  const ends: { readonly size: number; readonly end: (error?: Error) => void }[] = [];
  return {
    begun,
    work: (size: number) =>
      new Promise<string>((resolve, reject) => {
        begun.push(size);
        ends.push({ size, end: (error) => (error ? reject(error) : resolve(`${size} is done`)) });
      }),
    async end(size: number, error?: Error) {
      const at = ends.findIndex((one) => one.size === size);
      ends.splice(at, 1)[0]?.end(error);
      await new Promise((tick) => setImmediate(tick));
    },
  };
}
const size = (one: number) => one;

test('as many are begun as come to so much together, in their order, and one that is larger waits until it is alone', async () => {
  const { begun, work, end } = inTurn();
  const all = inParallel([200, 350, 100, 900, 50], work, 600, size);
  expect(begun).toEqual([200, 350]);
  await end(350);
  expect(begun).toEqual([200, 350, 100]);
  await end(200);
  expect(begun).toEqual([200, 350, 100]);
  await end(100);
  expect(begun).toEqual([200, 350, 100, 900]);
  await end(900);
  await end(50);
  expect(await all).toEqual([200, 350, 100, 900, 50].map((one) => `${one} is done`));
});

test('without sizes so many at once, and an answer where there is nothing to do', async () => {
  const { begun, work, end } = inTurn();
  const all = inParallel([1, 2, 3], work, 2);
  expect(begun).toEqual([1, 2]);
  for (const one of [1, 2, 3]) await end(one);
  expect(await all).toHaveLength(3);
  expect(await inParallel([], work)).toEqual([]);
});

test('after a failure nothing new is begun, and what was begun has ended when it is thrown', async () => {
  const { begun, work, end } = inTurn();
  let thrown: unknown;
  const all = inParallel([1, 2, 3], work, 2).catch((error: unknown) => {
    thrown = error;
  });
  await end(1, new Error('it broke'));
  expect([begun, thrown]).toEqual([[1, 2], undefined]);
  await end(2);
  await all;
  expect([begun, thrown]).toEqual([[1, 2], new Error('it broke')]);
});
