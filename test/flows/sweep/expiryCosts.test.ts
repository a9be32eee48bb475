/** On most days an item of a vault in use loses its oldest point: what that asks of storage. A figure behind the costs in docs/scale.md. */
import { describe, expect, test } from 'vitest';
import type { Change, Write } from '../../../src/change.ts';
import { addDays, iso } from '../../../src/core/time.ts';
import { turn } from '../../../src/flows/sweep/turn.ts';
import { inMemory } from '../../bench/sweep/counts.ts';
import { build, type Estate, NOW } from '../../bench/sweep/estate.ts';
import { portsOver } from '../../bench/sweep/run.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { later } from '../../support/builders.ts';
import { portsOver as worldOver } from '../../support/world.ts';
import { furnished, names, VAULT } from './furnish.ts';
import { sweeperOver } from './sweeper.ts';

/** The day on which all points of the estate are over. */
const OVER = addDays(NOW, 286);

async function costOf(estate: Omit<Estate, 'duePerVault' | 'tickets'>) {
  const tables = inMemory();
  await build(tables, { ...estate, duePerVault: 0 });
  const seen = nothingSeen();
  const outside = { send: async () => undefined, ping: async () => undefined };
  const ports = { ...portsOver(counted(tables, seen), outside, () => OVER), clock: { now: () => OVER } };
  const { report } = await turn(ports, { maxPurges: 10_000, budgetSeconds: 3600, spreadAbove: 100_000 });
  expect(report).toMatchObject({ due: estate.others, expired: 3 * estate.others, failed: 0 });
  return seen.requests / estate.others;
}

describe('an item whose points are over asks for no more requests than that', () => {
  test.each([
    ['one a vault', { vaults: 300, others: 300 }, 3.2],
    ['fifty a vault', { vaults: 6, others: 300 }, 1.5],
  ] as const)('%s', async (_, estate, most) => {
    expect(await costOf(estate)).toBeLessThanOrEqual(most);
  });
});

describe('items of one vault whose points are over', () => {
  async function ageing(count: number) {
    const estate = await furnished();
    for (const item of names(count)) {
      await estate.protect(item);
      for (const age of [20, 10])
        await estate.done('putRecoveryPoint', `${VAULT}/${item}/p${age}`, {
          createdAt: iso(later(-age)),
          rung: 'daily',
        });
    }
    const pointsOf = async (item: string) => {
      const state = await estate.stateOf(item);
      return state && 'points' in state ? state.points.map(({ name }) => name) : [];
    };
    return { ...estate, pointsOf };
  }

  /** A sweep that writes down the changes of items; before the first of them something else happens. */
  async function sweptIn({ tables }: Awaited<ReturnType<typeof ageing>>, before = async () => {}) {
    const { commit } = worldOver(tables);
    const changes: Change[] = [];
    const watched = async (write: Write) => {
      if ('line' in write || !write.items) return commit(write);
      if (changes.length === 0) await before();
      changes.push(write);
      return commit(write);
    };
    const report = await sweeperOver(tables, { commit: watched }).sweep(later(11));
    return { report, changes };
  }

  test('share a transaction, with the rows and the entry of each', async () => {
    const estate = await ageing(3);
    const { report, changes } = await sweptIn(estate);
    expect(report).toMatchObject({ expired: 3, failed: 0 });
    expect(changes.map(({ items, entries }) => [items?.length, entries?.map(({ item }) => item)])).toEqual([
      [3, names(3)],
    ]);
    for (const item of names(3)) expect(await estate.pointsOf(item)).toEqual(['p10']);
    // each names the change that its history tells of
    const [change] = changes;
    expect(change?.items?.map(({ now }) => now.etag)).toEqual(names(3).map(() => change?.id));
    // and rests on the item as it was read
    expect(change?.items?.map(({ was }) => was?.tag)).not.toContain('*');
  });

  test('go one by one where somebody changed one of them meanwhile, and what was recorded stays', async () => {
    const estate = await ageing(3);
    const record = () =>
      estate.done('putRecoveryPoint', `${VAULT}/vm-1/new`, { createdAt: iso(later(0)), rung: 'daily' });
    const { report, changes } = await sweptIn(estate, record);
    expect(report).toMatchObject({ expired: 3, failed: 0 });
    expect(changes.map(({ items }) => items?.length)).toEqual([3, 1, 1, 1]);
    expect(await estate.pointsOf('vm-1')).toEqual(['p10', 'new']);
  });

  test('share as many as their size allows', async () => {
    const estate = await ageing(60);
    const { report, changes } = await sweptIn(estate);
    expect(report).toMatchObject({ expired: 60, failed: 0 });
    expect(changes.map(({ items }) => items?.length)).toEqual([49, 11]);
  });
});
