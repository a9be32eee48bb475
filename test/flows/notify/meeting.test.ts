/** Those who come do one thing together. Nobody waits for one who will not come, and no failure of one is that of another. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { meeting } from '../../../src/flows/notify/meeting.ts';

function aMeeting(expected: readonly string[], fails: (all: readonly string[]) => boolean = () => false) {
  const served: string[] = [];
  const { come, leave } = meeting<string, string>(expected, async (all) => {
    served.push(all.join());
    if (fails(all)) throw new Error('refused');
    return all.map((one) => `${one}!`);
  });
  return { come, leave, served };
}

test('it begins when the last one has come, and each gets its own answer', async () => {
  const { come, served } = aMeeting(['a', 'b', 'c']);
  const first = [come('a', 'a'), come('c', 'c')];
  await setImmediate();
  expect(served).toEqual([]);
  expect(await Promise.all([...first, come('b', 'b')])).toEqual(['a!', 'c!', 'b!']);
  expect(served).toEqual(['a,c,b']);
});

test('it begins without those who leave, whenever they do', async () => {
  const { come, leave, served } = aMeeting(['a', 'b', 'c']);
  leave('b');
  const answer = come('a', 'a');
  leave('c');
  leave('c');
  expect(await answer).toBe('a!');
  expect(served).toEqual(['a']);
});

test('who comes again, or late, or was not expected is served alone', async () => {
  const { come, leave, served } = aMeeting(['a', 'b']);
  leave('b');
  await come('a', 'a');
  expect(await Promise.all([come('a', 'a'), come('b', 'b'), come('x', 'x')])).toEqual(['a!', 'b!', 'x!']);
  expect(served).toEqual(['a', 'a', 'b', 'x']);
});

test('where it fails for all, each is served alone, and only the one that fails hears of it', async () => {
  const { come, served } = aMeeting(['a', 'b', 'c'], (all) => all.includes('b'));
  const settled = await Promise.allSettled(['a', 'b', 'c'].map((one) => come(one, one)));
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(served).toEqual(['a,b,c', 'a', 'b', 'c']);
});

test('one that fails alone is not tried again', async () => {
  const { come, served } = aMeeting(['a'], () => true);
  await expect(come('a', 'a')).rejects.toThrow('refused');
  expect(served).toEqual(['a']);
});
