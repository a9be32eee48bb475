/** The fault trials themselves run for long; that none is missing is known at once. */
import { expect, test } from 'vitest';
import { routesOf } from '../../src/http/routes.ts';
import { TRIALS } from '../faults/trials.ts';

test('everything that changes something has a fault trial', () => {
  const tried = new Set(Object.values(TRIALS).map(({ route }) => route));
  // a sweep has trials of its own (sweeps.test.ts, belt.test.ts)
  const routes = routesOf(undefined, { maxPurges: 1, budgetSeconds: 1 }, 'key')
    .filter(({ method, name }) => method !== 'GET' && method !== 'ANY' && name !== 'runSweep')
    .map(({ name }) => name);
  expect(
    routes.filter((name) => !tried.has(name)),
    'without a trial in test/faults/moreVerbs.ts',
  ).toEqual([]);
  expect([...tried].filter((name) => !routes.includes(name))).toEqual([]);
});
