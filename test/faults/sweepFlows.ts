/** What a sweep finds to do: each kind of work as a store where that is due, and what has to have happened in the end. */
import type { SettingsPatch } from '../../src/core/settings.ts';
import type { Story } from './judge.ts';
import { aSeed, daysAgo, type Placed } from './seeds.ts';

type Seed = ReturnType<typeof aSeed>;

export interface Flow {
  readonly seed: (seed: Seed) => Promise<void>;
  /** How often what happens; by hand, so that the sweep is not its own judge. */
  readonly happens: Readonly<Record<string, number>>;
}

/** Nobody waits for a confirmation as long as the trials sweep. */
const MONTH = 720;

export const FLOWS: Readonly<Record<string, Flow>> = {
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
    happens: { 'Purge SoftDeleted>Purged': 1 },
  },
  'purge, begun by the version before': {
    seed: async (seed) => {
      await seed.item('begun', 'vm', daysAgo(20));
      await seed.pages('begun', 'vm', 95, daysAgo(20));
      await seed.stop('begun', 'vm', 'delete', daysAgo(14.1));
      await seed.begin('begun', 'vm', daysAgo(0.1));
    },
    // The first of them stands there: it was begun.
    happens: { 'Purge SoftDeleted>Purging': 1, 'Purge Purging>Purging': 1, 'Purge Purging>Purged': 1 },
  },
  'purge, 26 of one vault together': {
    seed: async (seed) => {
      for (let vm = 0; vm < 26; vm += 1) await seed.trash('many', `vm${vm}`, daysAgo(14.1), 1);
    },
    happens: { 'Purge SoftDeleted>Purged': 26 },
  },
  'purge, by tickets': {
    seed: async (seed) => {
      for (let vm = 0; vm < 15; vm += 1) {
        await seed.trash('told', `vm${vm}`, daysAgo(14.1), 1);
        await seed.told('told', `vm${vm}`, daysAgo(2));
      }
      // One message tells both vaults.
      await seed.trash('beside', 'vm', daysAgo(14.1), 1);
      await seed.told('beside', 'vm', daysAgo(2));
      await seed.trash('stale', 'vm', daysAgo(14.1), 1);
      await seed.told('stale', 'vm', daysAgo(2));
      await seed.settings('stale', { coolingOffHours: 24 }, daysAgo(1));
    },
    happens: { 'Purge SoftDeleted>Purged': 17 },
  },
  'order, small': {
    seed: async (seed) => {
      await seed.executor('blobs', MONTH);
      await seed.trash('asked', 'vm', daysAgo(14.1));
    },
    happens: { 'PurgeOrdered SoftDeleted>Purging': 1 },
  },
  'order, large': {
    seed: async (seed) => {
      await seed.executor('blobs', MONTH);
      await seed.item('asks', 'vm', daysAgo(20));
      await seed.pages('asks', 'vm', 95, daysAgo(20));
      await seed.stop('asks', 'vm', 'delete', daysAgo(14.1));
    },
    happens: { 'PurgeOrdered SoftDeleted>Purging': 1 },
  },
  'order, 26 of one vault together': {
    seed: async (seed) => {
      await seed.executor('blobs', MONTH);
      for (let vm = 0; vm < 26; vm += 1) await seed.trash('askmany', `vm${vm}`, daysAgo(14.1), 1);
    },
    happens: { 'PurgeOrdered SoftDeleted>Purging': 26 },
  },
  'order, unconfirmed': {
    seed: async (seed) => {
      await seed.executor('slow', 24);
      await seed.trash('late', 'vm', daysAgo(19.1));
      await seed.swept(daysAgo(5));
    },
    // A deadline and a day are over; the other steps come in the weeks that follow.
    happens: { 'PurgeOrdered SoftDeleted>Purging': 1, 'PurgeUnconfirmed Purging>Purging': 1 },
  },
  warn: {
    seed: (seed) => seed.trash('soon', 'vm', daysAgo(13)),
    happens: { 'WarnUpcomingPurge SoftDeleted>SoftDeleted': 1 },
  },
  'warn, several of one vault together': {
    seed: async (seed) => {
      for (const vm of ['vm1', 'vm2', 'vm3']) await seed.trash('all', vm, daysAgo(13));
    },
    happens: { 'WarnUpcomingPurge SoftDeleted>SoftDeleted': 3 },
  },
  'other days to be reminded': {
    seed: async (seed) => {
      await seed.trash('anew', 'vm', daysAgo(3));
      await seed.settings('anew', { alerts: { reminderDays: [9] } }, daysAgo(0.1));
    },
    happens: {},
  },
  expire: {
    seed: async (seed) => {
      await seed.item('ages', 'vm', daysAgo(44.5));
      await seed.point('ages', 'vm', 'young', daysAgo(1));
    },
    happens: { 'ExpireRecoveryPoints Protected>Protected': 1 },
  },
  'expire, several in one transaction': {
    seed: async (seed) => {
      for (const vm of ['vm1', 'vm2', 'vm3']) {
        await seed.item('age', vm, daysAgo(44.5));
        await seed.point('age', vm, 'young', daysAgo(1));
      }
    },
    happens: { 'ExpireRecoveryPoints Protected>Protected': 3 },
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
  'undelete of many': {
    seed: async (seed) => {
      for (const vm of ['vm1', 'vm2']) await seed.trash('back', vm, daysAgo(2));
      await seed.undeletion('back', ['vm1', 'vm2', 'nobody'], daysAgo(0.1));
    },
    happens: { 'Undelete SoftDeleted>ProtectionStopped': 2 },
  },
  'a weakening that has cooled off': {
    seed: async (seed) => {
      await seed.settings('cooled', { hybrid: { state: 'Disabled' }, softDelete: { retentionDays: 20 } }, daysAgo(2));
    },
    happens: { 'ApplyPendingChange null>null': 2 },
  },
  'removal of a deleted vault': {
    seed: (seed) => seed.deletedVault('removed', daysAgo(14.1)),
    happens: { 'RemoveVault null>null': 1 },
  },
  forget: {
    seed: async (seed) => {
      await seed.item('gone', 'vm', daysAgo(95));
      await seed.backup('gone', 'vm', daysAgo(94));
      await seed.stop('gone', 'vm', 'delete', daysAgo(91));
    },
    happens: {},
  },
  'forget, with what their purges named': {
    seed: async (seed) => {
      for (const vm of ['vm1', 'vm2', 'vm3']) {
        await seed.trash('past', vm, daysAgo(105.5), 1);
        await seed.told('past', vm, daysAgo(93));
      }
      await seed.swept(daysAgo(91.2));
    },
    happens: { 'Purge SoftDeleted>Purged': 3 },
  },
};

const SETTINGS: Readonly<Record<string, SettingsPatch>> = {
  rests: { immutability: 'Unlocked' },
  gone: { softDelete: { state: 'Disabled' } },
  asked: { purge: { executor: 'blobs' } },
  asks: { purge: { executor: 'blobs' } },
  askmany: { purge: { executor: 'blobs' } },
  late: { purge: { executor: 'slow' } },
  cooled: { coolingOffHours: 24, softDelete: { retentionDays: 60 } },
};

/** Beside what is due, in every store: an item in the trash whose time has not come. */
export async function seedOf({ seed: fill }: Flow): Promise<readonly Placed[]> {
  const seed = aSeed(SETTINGS);
  await fill(seed);
  await seed.trash('calm', 'vm', daysAgo(5));
  return seed.rows();
}

export const ALL: Flow = {
  seed: async (seed) => {
    for (const flow of Object.values(FLOWS)) await flow.seed(seed);
  },
  happens: Object.values(FLOWS).reduce<Record<string, number>>((sum, { happens }) => {
    for (const [line, times] of Object.entries(happens)) sum[line] = (sum[line] ?? 0) + times;
    return sum;
  }, {}),
};

/** What the sweep itself did, over all items. */
export function swept(story: Story | undefined): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const [line, times] of story?.happened ?? []) {
    const happened = line.slice(line.indexOf(' ') + 1);
    if (/^(Purge|Warn|Expire|EndHolds|Extend|Apply|RemoveVault|Undelete )/.test(happened))
      sum[happened] = (sum[happened] ?? 0) + times;
  }
  return sum;
}
