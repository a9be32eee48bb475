/** How much faster many instances are than one, by the host's rule for queues and what host.json says of them. */
import { describe, expect, test } from 'vitest';
import host from '../../../host.json' with { type: 'json' };
import { SHARD_NAMES } from '../../../src/store/keys.ts';
import { instancesFor, type QueueRule, speedUp } from '../../../tools/scale/spread.ts';
import { randomOf } from '../../faults/random.ts';

const NOW: QueueRule = host.extensions.queues;
/** What host.json said before, which is also what Azure does when it says nothing. */
const BEFORE: QueueRule = { batchSize: 16, newBatchThreshold: 8 };
const HINTS = 20_000;
const COUNTS = [1, 2, 4, 8, 16];

/** Hints by shard. A vault's name decides, so shards hold nearly the same. */
function shares(seed: number): readonly number[] {
  const random = randomOf(seed);
  const counts = SHARD_NAMES.map(() => 0);
  for (let hint = 0; hint < HINTS; hint += 1) {
    const shard = random.int(0, counts.length - 1);
    counts[shard] = (counts[shard] ?? 0) + 1;
  }
  return counts;
}

describe('twenty thousand hints', () => {
  test('as a message a shard keep one instance busy while it may take sixteen, however many there could be', () => {
    for (const count of COUNTS) expect(speedUp(shares(1), BEFORE, count)).toBeCloseTo(1, 5);
  });

  test('are shared out when an instance takes one message at a time', () => {
    for (const count of COUNTS) expect(speedUp(shares(1), NOW, count)).toBeGreaterThanOrEqual(0.8 * count);
  });
});

test('host.json asks for an instance a message, as many as there may be', () => {
  expect(NOW).toMatchObject({ batchSize: 1, newBatchThreshold: 0 });
  expect([1, 7, 80].map((messages) => instancesFor(messages, NOW, 40))).toEqual([1, 7, 40]);
  expect([1, 24, 25].map((messages) => instancesFor(messages, BEFORE, 40))).toEqual([1, 1, 2]);
});
