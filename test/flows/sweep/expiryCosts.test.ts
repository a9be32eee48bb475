import { expect, test } from 'vitest';
import { iso } from '../../../src/core/time.ts';
import { turn } from '../../../src/flows/sweep/turn.ts';
import { portsOver } from '../../bench/sweep/run.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { later } from '../../support/builders.ts';
import { furnished, names } from './furnish.ts';

/** A figure behind the costs in docs/scale.md: on most days an item of a vault in use loses its oldest point. */
test('an item whose oldest point expires costs four table requests, and the whole sweep a few more', async () => {
  const items = names(200);
  const { tables, protect, done } = await furnished();
  for (const item of items) {
    await protect(item);
    for (const age of [20, 10])
      await done('putRecoveryPoint', `contoso/${item}/p${age}`, { createdAt: iso(later(-age)), rung: 'daily' });
  }
  const seen = nothingSeen();
  const outside = { send: async () => undefined, ping: async () => undefined };
  const ports = { ...portsOver(counted(tables, seen), outside), clock: { now: () => later(11) } };
  const { report } = await turn(ports, { maxPurges: 10_000, budgetSeconds: 3600, spreadAbove: 100_000 });
  expect(report?.expired).toBe(items.length);
  expect(seen.requests / items.length).toBeLessThanOrEqual(4.2);
});
