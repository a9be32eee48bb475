/** Items, vaults and policies for tests that care about one thing of them. */

import type { HeldHead } from '../../src/change.ts';
import type { Item, ItemState, Tombstone } from '../../src/core/item.ts';
import type { Order } from '../../src/core/order.ts';
import { newOrder } from '../../src/core/orders.ts';
import type { Cut, Point, Policy, Retention, Terms } from '../../src/core/policy.ts';
import type { Server } from '../../src/core/server.ts';
import { type Instant, instantOf } from '../../src/core/time.ts';
import { newSettings, type Vault } from '../../src/core/vault.ts';
import type { VaultKind } from '../../src/core/workloads.ts';

export const NOON: Instant = instantOf(Date.UTC(2026, 2, 1, 12));
export const later = (days: number, millis = 0): Instant => instantOf(NOON.toMillis() + days * 86_400_000 + millis);

export const aPolicy = (name: string, retention: Retention = { daily: 30 }, cuts: readonly Cut[] = []): Policy => ({
  name,
  workloads: ['AzureVM', 'SQLInAzureVM', 'MARS'],
  schedule: '0 0 2 * * *',
  retention,
  cuts,
  retired: false,
  etag: `policy-${name}`,
});

export const aVault = (over: Partial<Vault> = {}, kind: VaultKind = 'RecoveryServices'): Vault => ({
  name: 'Contoso',
  id: '4f0c6a51-8d0e-4e2f-9b57-1c2d3e4f5a6b',
  kind,
  ...newSettings(kind),
  extensions: [],
  version: 1,
  guard: null,
  silences: [],
  pendingChanges: [],
  deletion: null,
  etag: 'v1',
  ...over,
});

/** The same, deleted at noon. */
export const aDeletedVault = (vault: Vault = aVault()): Vault => ({
  ...vault,
  deletion: { at: NOON, by: { tid: 'local', oid: 'somebody' }, reason: null, removeAt: later(14) },
});

export const aHead = (vault: Vault = aVault(), ...policies: readonly Policy[]): HeldHead => ({
  vault,
  policies: policies.length > 0 ? policies : [aPolicy('daily')],
  fence: 'fence-1',
  vaultTag: 't1',
  remembered: false,
});

/** A point made `age` days before noon. */
export const aPoint = (name: string, age: number, over: Partial<Point> = {}): Point => ({
  name,
  createdAt: later(-age),
  recordedAt: over.createdAt ?? later(-age),
  rung: 'daily',
  expiresAt: null,
  etag: `point-${name}`,
  ...over,
});

export const TERMS: Terms = { retention: { daily: 30 }, cuts: [] };

const COMMON = {
  vault: 'Contoso',
  name: 'sql-01',
  workload: 'AzureVM',
  tier: 'Vault',
  sourceId: '/vms/sql-01',
  server: null,
  generation: 0,
  lastBackup: { status: 'Completed', at: NOON },
  activeJob: null,
  holds: [],
  points: [],
  pagedPoints: 0,
  hintedAt: null,
  superseded: false,
  etag: 'i1',
} as const;

const DELETION = { deletedAt: NOON, retentionDays: 14, version: 1, deletedBy: 'somebody', reason: null, comment: null };
const AFTERWARDS = { previousPolicy: 'daily', terms: TERMS };

const PARTS: { readonly [S in ItemState]: object } = {
  Protected: { policy: 'daily', previousPolicy: null, policyVersion: 1, cuts: [] },
  ProtectionStopped: { ...AFTERWARDS, undeleted: false },
  BackupsSuspended: AFTERWARDS,
  SoftDeleted: { ...AFTERWARDS, deletion: DELETION, generation: 1 },
  Purging: { ...AFTERWARDS, deletion: DELETION, generation: 1 },
};

/** An item in that state, deleted at noon for a fortnight if it is deleted; all of it rests on the first version of its vault. */
/** An order that nobody has claimed yet. */
export const anOrder = (over: Partial<Order> = {}): Order => ({
  ...newOrder(
    {
      id: 'contoso~sql-01~o1',
      executor: 'blobs',
      parameters: {},
      confirmWithinHours: 24,
      softDeleteApplied: true,
    },
    later(14),
  ),
  ...over,
});

export const anItem = <S extends ItemState>(state: S, over: object = {}): Extract<Item, { state: S }> =>
  ({ ...COMMON, state, ...PARTS[state], ...over }) as unknown as Extract<Item, { state: S }>;

/** What is left of an item that was purged at noon. */
export const aTombstone = (over: Pick<Tombstone, 'vault' | 'name' | 'etag'>): Tombstone => ({
  ...{ state: 'Purged', ...over, generation: 1, server: null, purgedAt: NOON, softDeleteApplied: true },
});

export const aServer = (vault: string, name: string, over: Partial<Server> = {}): Server => ({
  ...{ name, vault, kind: 'MARS', agentVersion: '2.0.9260', registration: 'Registered' },
  ...{ registeredBy: { tid: 'local', oid: 'somebody' }, registeredAt: NOON, etag: name },
  ...over,
});
