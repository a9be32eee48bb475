/**
 * What a sweep writes, with every storage call of it spoiled. Here the app runs in the test's process, anew for every trial
 * and over an account of its own: a sweep reaches everything in a store, so trials must not share one, and the running host
 * adds nothing to it but its door (verbs.test.ts and kill.test.ts go through that).
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SettingsPatch } from '../../src/core/settings.ts';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { startAccounts, tablesOf } from './accounts.ts';
import { appDoor, type Door, sweepToQuiet } from './doors.ts';
import { differences, mustBeHonest, mustBeSound, type Story, storyOf } from './judge.ts';
import { FULL, type Lane, matrix, mustBeSafe, report } from './matrix.ts';
import { aSeed, daysAgo, type Placed, plant } from './seeds.ts';

type Seed = ReturnType<typeof aSeed>;

interface Flow {
  readonly seed: (seed: Seed) => Promise<void>;
  /** How often what happens; by hand, so that the sweep is not its own judge. */
  readonly happens: Readonly<Record<string, number>>;
}

const FLOWS: Readonly<Record<string, Flow>> = {
  'purge, small': {
    seed: (seed) => seed.trash('one', 'vm', daysAgo(14.1)),
    happens: { 'Purge SoftDeleted>Purged': 1 },
  },
  'purge, large': {
    seed: async (seed) => {
      await seed.item('large', 'vm', daysAgo(20));
      await seed.pages('large', 'vm', 95, daysAgo(20));
      await seed.stop('large', 'vm', 'delete', daysAgo(14.1));
    },
    happens: { 'Purge SoftDeleted>Purging': 1, 'Purge Purging>Purging': 1, 'Purge Purging>Purged': 1 },
  },
  'purge, 26 of one vault together': {
    seed: async (seed) => {
      for (let vm = 0; vm < 26; vm += 1) await seed.trash('many', `vm${vm}`, daysAgo(14.1), 1);
    },
    happens: { 'Purge SoftDeleted>Purged': 26 },
  },
  warn: {
    seed: (seed) => seed.trash('soon', 'vm', daysAgo(13)),
    happens: { 'WarnUpcomingPurge SoftDeleted>SoftDeleted': 1 },
  },
  expire: {
    seed: async (seed) => {
      await seed.item('ages', 'vm', daysAgo(44.5));
      await seed.point('ages', 'vm', 'young', daysAgo(1));
    },
    happens: { 'ExpireRecoveryPoints Protected>Protected': 1 },
  },
  'expire, suspended': {
    seed: async (seed) => {
      await seed.item('rests', 'vm', daysAgo(60));
      await seed.stop('rests', 'vm', 'retainPerPolicy', daysAgo(59));
    },
    happens: { 'ExpireRecoveryPoints BackupsSuspended>BackupsSuspended': 1 },
  },
  'end of a hold': {
    seed: async (seed) => {
      await seed.trash('held', 'vm', daysAgo(10));
      await seed.hold('held', 'vm', daysAgo(9), daysAgo(0.1));
      await seed.trash('held', 'due', daysAgo(20));
      await seed.hold('held', 'due', daysAgo(19), daysAgo(0.1));
    },
    happens: { 'EndHolds SoftDeleted>SoftDeleted': 1, 'Purge SoftDeleted>Purged': 1 },
  },
  'longer period': {
    seed: async (seed) => {
      await seed.trash('longer', 'vm', daysAgo(12.5));
      await seed.settings(
        'longer',
        { softDelete: { retentionDays: 60, retentionScope: 'ExtendExisting' } },
        daysAgo(10),
      );
    },
    happens: { 'ExtendRetention SoftDeleted>SoftDeleted': 1 },
  },
  forget: {
    seed: async (seed) => {
      await seed.item('gone', 'vm', daysAgo(95));
      await seed.backup('gone', 'vm', daysAgo(94));
      await seed.stop('gone', 'vm', 'delete', daysAgo(91));
    },
    happens: {},
  },
};

/** Beside what is due, in every store: an item in the trash whose time has not come. */
async function seedOf({ seed: fill }: Flow, vaults: readonly string[]): Promise<readonly Placed[]> {
  const seed = aSeed();
  for (const vault of vaults) await seed.vault(vault, SETTINGS[vault]);
  await fill(seed);
  await seed.trash('calm', 'vm', daysAgo(5));
  return seed.rows();
}

const ALL: Flow = {
  seed: async (seed) => {
    for (const flow of Object.values(FLOWS)) await flow.seed(seed);
  },
  happens: Object.values(FLOWS).reduce<Record<string, number>>((sum, { happens }) => {
    for (const [line, times] of Object.entries(happens)) sum[line] = (sum[line] ?? 0) + times;
    return sum;
  }, {}),
};

interface Run {
  readonly account: string;
  readonly door: Door;
}

const LANES = 8;
const SETTINGS: Readonly<Record<string, SettingsPatch>> = {
  rests: { immutability: 'Unlocked' },
  gone: { softDelete: { state: 'Disabled' } },
};
const VAULTS = ['one', 'large', 'many', 'soon', 'ages', 'rests', 'held', 'longer', 'gone', 'calm'];
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

// The full form spoils each call of each by itself; the bounded form each call of one sweep that has all of it to do.
const UNDER_TRIAL = Object.entries(FULL ? FLOWS : { 'all of it in one sweep': ALL });

test.each(UNDER_TRIAL)('sweep: %s', async (name, flow) => {
  const rows = await seedOf(flow, VAULTS);
  let told: Story | undefined;
  const figures = await matrix<Lane, Run>(lanes, {
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
  });
  expect(figures.failures).toEqual([]);
  expect(swept(told)).toEqual(flow.happens);
  expect(told?.states.get('calm/vm')).toBe('SoftDeleted');
  report(`sweep: ${name}`, figures);
});

/** What the sweep itself did, over all items. */
function swept(story: Story | undefined): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const [line, times] of story?.happened ?? []) {
    const happened = line.slice(line.indexOf(' ') + 1);
    if (/^(Purge|Warn|Expire|EndHolds|Extend)/.test(happened)) sum[happened] = (sum[happened] ?? 0) + times;
  }
  return sum;
}
