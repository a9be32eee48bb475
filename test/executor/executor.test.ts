/** `runExecutor` before the fake door, and the options that it does not take. */
import { describe, expect, test } from 'vitest';
import { runExecutor } from '../../executor/executor.ts';
import type { ExecutorOptions } from '../../executor/types.ts';
import { executorContract } from './executorContract.ts';
import { fakeDoor } from './support/fakeDoor.ts';

describe('before the fake door', () => executorContract(() => fakeDoor()));

const FINE: ExecutorOptions = {
  door: { url: 'https://reprieve.test' },
  executor: 'blobs',
  handle: async () => ({ objects: 0 }),
  signal: AbortSignal.abort(),
};

describe('options', () => {
  test('that are fine', async () => {
    await runExecutor(FINE);
    await runExecutor({ ...FINE, door: { url: 'http://127.0.0.1:7071', token: () => 'x' }, leaseSeconds: 30 });
    await runExecutor({ ...FINE, leaseSeconds: undefined, report: undefined } as unknown as ExecutorOptions);
    await runExecutor({ ...FINE, door: { url: 'http://reprieve.test' }, leaseSeconds: 3600, concurrency: 100 });
  });

  test.each<[string, Partial<ExecutorOptions>, RegExp]>([
    ['no name', { executor: '' }, /name/],
    ['nobody at work', { concurrency: 0 }, /concurrency/],
    ['half a worker', { concurrency: 1.5 }, /concurrency/],
    ['too short a lease', { leaseSeconds: 29 }, /leaseSeconds/],
    ['too long a lease', { leaseSeconds: 3601 }, /leaseSeconds/],
    ['no address', { door: { url: 'reprieve' } }, /URL/],
    ['another kind of address', { door: { url: 'ftp://reprieve.test' } }, /service/],
    ['an address with a password', { door: { url: 'https://me:secret@reprieve.test' } }, /password/],
    ['a token in the clear', { door: { url: 'http://reprieve.test', token: () => 'x' } }, /in the clear/],
  ])('that are not: %s', async (_, wrong, says) => {
    await expect(runExecutor({ ...FINE, ...wrong })).rejects.toThrow(says);
  });
});
