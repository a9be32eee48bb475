import { describe, expect, test } from 'vitest';
import { explainItem } from '../../../src/flows/items/explain.ts';
import { later, NOON } from '../../support/builders.ts';
import { portsOver } from '../../support/world.ts';
import { furnished, names, VAULT } from './furnish.ts';
import { sweeperOver } from './sweeper.ts';

/** Counts who is asked, and answers as it is told to. */
function reachOf({ queue = true, mail = true }) {
  const asked = { queue: 0, mail: 0 };
  const reach = {
    queue: async () => {
      asked.queue += 1;
      if (!queue) throw new Error('away');
      return { notices: 0, shares: 0, poison: 0 };
    },
    mail: async () => {
      asked.mail += 1;
      if (!mail) throw new Error('away');
    },
  };
  return { asked, over: { reach } };
}

describe('the dependency brake', () => {
  test.for([
    ['queue', { queue: false, mail: false }],
    ['queue', { queue: false }],
    ['mail', { mail: false }],
  ] as const)('holds while the %s does not answer: %j', async ([detail, answers]) => {
    const { tables } = await furnished(names(3));
    const { over } = reachOf(answers);
    expect(await sweeperOver(tables, over).sweep(later(14))).toMatchObject({
      purged: 0,
      skipped: 3,
      held: { reason: 'Dependency', detail },
    });
    const explained = await explainItem(portsOver(tables), later(14), { vault: VAULT, item: 'vm-0' });
    expect(explained).toMatchObject({ value: { blockers: [{ code: 'Dependency' }] } });
    expect(await sweeperOver(tables).sweep(later(14, 1))).toMatchObject({ purged: 3 });
  });

  test('comes after the pause and before the belt, and is asked once', async () => {
    const { tables } = await furnished(names(8));
    const { asked, over } = reachOf({ mail: false });
    const belt = await sweeperOver(tables, over, { maxPurges: 5 }).sweep(later(14));
    expect(belt).toMatchObject({ held: { reason: 'Dependency' } });
    expect(asked).toEqual({ queue: 1, mail: 1 });
  });

  test('asks nobody where nothing would be purged', async () => {
    const { tables } = await furnished(names(3));
    const { asked, over } = reachOf({ queue: false, mail: false });
    const early = await sweeperOver(tables, over).sweep(later(13));
    expect(early).not.toHaveProperty('held');
    expect(early).toMatchObject({ warned: 3 });
    expect(asked).toEqual({ queue: 0, mail: 0 });
  });
});

describe("the sweep's now", () => {
  const clocks = (seconds: number) => ({ storage: { ping: async () => ({ date: NOON.plus({ seconds }) }) } });

  test('is that of the storage service where it is earlier', async () => {
    const { tables } = await furnished(names(3));
    // the local clock is fourteen days ahead, and the storage service two minutes behind
    expect(await sweeperOver(tables, clocks(-120)).sweep(later(14))).toMatchObject({
      purged: 0,
      startedAt: later(14, -119_001).toISO(),
    });
    expect(await sweeperOver(tables, clocks(-120)).sweep(later(14, 120_000))).toMatchObject({ purged: 3 });
  });

  test('is the own one where that is earlier', async () => {
    const { tables } = await furnished(names(3));
    expect(await sweeperOver(tables, clocks(120)).sweep(later(14, -1))).toMatchObject({ purged: 0 });
    expect(await sweeperOver(tables, clocks(120)).sweep(later(14))).toMatchObject({ purged: 3 });
  });
});

test('a dry run lists a thousand at most, those first that are due longest', async () => {
  const { tables, trashAt } = await furnished();
  for (let item = 0; item < 1003; item += 1) await trashAt(`vm-${item}`, NOON.plus({ seconds: 2000 - item }));
  const dry = await sweeperOver(tables).sweep(later(15), { dryRun: true });
  expect(dry).toMatchObject({ due: 1003, more: true });
  expect(dry.items).toHaveLength(1000);
  expect(dry.items?.[0]).toMatchObject({ item: 'vm-1002', action: 'purge' });
  expect(dry.items?.map(({ item }) => item)).not.toContain('vm-0');
});
