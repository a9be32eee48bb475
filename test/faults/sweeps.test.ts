/**
 * What a sweep writes, with every storage call of it spoiled. Here the app runs in the test's process, anew for every trial
 * and over an account of its own: a sweep reaches everything in a store, so trials must not share one, and the running host
 * adds nothing to it but its door (verbs.test.ts and kill.test.ts go through that).
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { FULL } from '../support/full.ts';
import { startAccounts, tablesOf } from './accounts.ts';
import { appDoor, type Door, sweepToQuiet } from './doors.ts';
import { differences, mustBeHonest, mustBeSound, type Story, storyOf } from './judge.ts';
import { type Lane, matrix, mustBeSafe, report } from './matrix.ts';
import { plant } from './seeds.ts';
import { ALL, FLOWS, seedOf, swept } from './sweepFlows.ts';

interface Run {
  readonly account: string;
  readonly door: Door;
}

const LANES = 8;
let nextAccount: () => string;
let lanes: readonly Lane[] = [];

beforeAll(async () => {
  nextAccount = await startAccounts(FULL ? 8000 : 1000);
  lanes = await Promise.all(
    Array.from(
      { length: LANES },
      async (): Promise<{ proxy: FaultProxy }> => ({ proxy: await startFaultProxy(nextAccount()) }),
    ),
  );
});
afterAll(() => Promise.all(lanes.map(({ proxy }) => proxy.stop())));

// The full form spoils each call of each by itself; the bounded form every twenty-fifth call of one sweep that has all of it to do. That a process
// dies at any of them, or that the answer to any is lost, is tried in sweepDeaths.test.ts.
const UNDER_TRIAL = Object.entries(FULL ? FLOWS : { 'all of it in one sweep': ALL });

test.each(UNDER_TRIAL)('sweep: %s', async (name, flow) => {
  const rows = await seedOf(flow);
  let told: Story | undefined;
  const figures = await matrix<Lane, Run>(
    lanes,
    {
      arrange: async ({ proxy }) => {
        const account = nextAccount();
        await plant(tablesOf(account), rows);
        return { account, door: appDoor(proxy.through(account)) };
      },
      act: ({ door }) => door('POST', 'sweeps', { body: {} }),
      judge: async ({ account, door }, reply) => {
        mustBeSafe(reply);
        const ahead = await sweepToQuiet(door);
        await mustBeSound(account, ahead);
        const story = await storyOf(account);
        await mustBeHonest(account, story);
        told ??= story;
        const different = differences(told, story);
        if (different.length > 0) throw new Error(different.join('; '));
      },
    },
    { step: 25, whole: true },
  );
  expect(figures.failures).toEqual([]);
  expect(swept(told)).toEqual(flow.happens);
  expect(told?.states.get('calm/vm')).toBe('SoftDeleted');
  report(`sweep: ${name}`, figures);
});
