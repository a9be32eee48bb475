/** How much faster many instances are than one, by the host's rule for queues and what host.json says of them. */
import { expect, test } from 'vitest';
import host from '../../../host.json' with { type: 'json' };
import { HINTS, INSTANCES, instancesFor, type QueueRule, speedUp, WAYS } from '../../../tools/scale/spread.ts';

const NOW: QueueRule = host.extensions.queues;
/** What host.json said before, which is also what Azure does when it says nothing. */
const BEFORE: QueueRule = { batchSize: 16, newBatchThreshold: 8 };

test('host.json asks for an instance a message, as many as there may be', () => {
  expect(NOW).toMatchObject({ batchSize: 1, newBatchThreshold: 0 });
  expect([1, 7, 80].map((messages) => instancesFor(messages, NOW, 40))).toEqual([1, 7, 40]);
  expect([1, 24, 25].map((messages) => instancesFor(messages, BEFORE, 40))).toEqual([1, 1, 2]);
});

test('twenty thousand hints go nearly as many times as fast as there are instances, and did not go faster at all', () => {
  const [before, half, now] = WAYS;
  for (const { messages } of WAYS) expect(messages.reduce((sum, one) => sum + one, 0)).toBe(HINTS);
  for (const [index, instances] of INSTANCES.entries()) {
    expect(before?.speedUps[index]).toBeCloseTo(1, 5);
    expect(now?.speedUps[index]).toBeGreaterThanOrEqual(0.9 * instances);
  }
  // Units alone, while an instance takes sixteen and eight more.
  expect(half?.speedUps.at(-1)).toBeLessThan(4);
});

test('the model: what one instance has in work shares its time, and nobody waits while there is a message', () => {
  expect(speedUp([10, 10, 10, 10], NOW, 2)).toBe(2);
  expect(speedUp([10, 10, 10], NOW, 2)).toBe(1.5);
  expect(speedUp([30, 10], NOW, 40)).toBeCloseTo(40 / 30, 5);
  // Two may be taken at once: then the first instance has both, and nobody asks for another.
  expect(speedUp([10, 10], { batchSize: 2, newBatchThreshold: 0 }, 40)).toBe(1);
});
