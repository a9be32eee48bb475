/** Letters with believable facts: what the tests look into, and what `npm run mail:preview` shows. */
import { type Alert, alert } from '../../src/core/alerts.ts';
import { ALERT_TYPES, type AlertType, kindOf } from '../../src/core/alertTypes.ts';
import type { Facts } from '../../src/core/caller.ts';
import { chainOf } from '../../src/core/evidence.ts';
import { SERVICE } from '../../src/core/hints.ts';
import { addDays, type Instant, instantOf, iso } from '../../src/core/time.ts';
import type { Occasion } from '../../src/letters/blocks.ts';

export const DELETED: Instant = instantOf(Date.UTC(2026, 10, 2, 9, 14, 31));

const CALLER: Facts = {
  by: '6f1c2a58-0f4d-4c9e-9d1b-7c2f5b0e9a11',
  tenant: '2b7d41c0-55aa-4e0f-8f6e-0a9c3d1e7788',
  roles: ['Contributor'],
  channel: 'portal',
  clientAddress: '203.0.113.24',
  secondFactor: true,
  provedBy: 'token',
  requestId: '0b6e2f0c-9c0a-4f6e-a8b8-54a2d0b7c1de',
};

const ITEM: Facts = {
  workload: 'SQLInAzureVM',
  hybrid: false,
  sourceId:
    '/subscriptions/9c1d7a52-3c1e-4b6f-9a3d-0d5e2f7b8c90/resourceGroups/rg-erp-prod/providers/Microsoft.Compute/virtualMachines/sql-01',
  points: 42,
  oldestPoint: iso(addDays(DELETED, -180)),
  newestPoint: iso(addDays(DELETED, -1)),
};

const deletion = (retentionDays: number): Facts => ({
  deletedAt: iso(DELETED),
  deletedBy: '6f1c2a58-0f4d-4c9e-9d1b-7c2f5b0e9a11',
  retentionDays,
  purgeAt: iso(addDays(DELETED, retentionDays)),
  reason: 'Decommissioned',
  comment: 'Server is replaced by sql-02, ticket OPS-1187.',
});

const DELETION: Facts = { ...CALLER, ...ITEM, ...deletion(60), from: 'Protected', to: 'SoftDeleted', executor: null };

const KEEPER = 'd3a1c0de-1111-4c4e-9f7a-3b1f6f0f2b22';

const PENDING: Facts = {
  control: 'softDeletePeriod',
  change: '5dd1f353-b37a-40fe-9c53-38557da2a14e-softDeletePeriod',
  before: '60 days',
  after: '14 days',
  effectiveAt: iso(addDays(DELETED, 2)),
};

const GRANT: Facts = {
  guard: 'security-team',
  grant: '13510baa94a02134-a2388a34-cba5-4174-be9d-3e9548d69947',
  vault: 'contoso-prod',
  operation: 'deleteProtection',
  grantee: '6f1c2a58-0f4d-4c9e-9d1b-7c2f5b0e9a11',
  quorum: 2,
  expiresAt: iso(addDays(DELETED, 1)),
  reason: 'moved to the new site',
};

const ORDER: Facts = {
  order: 'contoso-prod~sql-01~4f2b9d3c-7a51-4e0b-9a34-5d2c1f6b8e90',
  executor: 'blobs',
  confirmBy: iso(addDays(DELETED, 61)),
  attempts: 2,
};

const FAILURE: Facts = {
  code: 'AccountBusy',
  why: 'the account answers 503 since Monday',
  destroyed: 'nothing',
  recallable: true,
};

const PROVED: Facts = {
  confirmed: true,
  confirmedBy: '5b8e7d02-4c1f-4e39-8f6d-2a90b7c3d1e5',
  confirmedAt: iso(addDays(DELETED, 60.02)),
  objects: 1204,
  bytes: 98_304_000,
  proofDigest: 'sha256:3fc96e89bcd27ed438d6acf72028f33e96c2e3221816ef360b27130662066ca9',
  remaining: ['soft-deleted blobs of the account, until 2027-01-08', 'a copy on tape'],
};

const REMOVED = 'Reprieve removed its record of sql-01 in vault contoso-prod with 42 recovery points';

/** What each type knows; the rest is what all of its scope know. */
const FACTS: { readonly [T in AlertType]?: Facts } = {
  DeleteBackupData: DELETION,
  BackupDataPermanentlyDeleted: {
    ...{ ...CALLER, ...ITEM, from: 'Protected', to: 'Purged', executor: null },
    statement: `${REMOVED}; it asked nobody to delete the data itself.`,
  },
  MassDeletion: { ...CALLER, count: 24 },
  UpcomingPurge: { ...ITEM, ...deletion(60), executor: null },
  PurgedUntold: { ...ITEM, ...deletion(60) },
  PurgeComplete: {
    ...{ ...ITEM, ...deletion(60), purgedAt: iso(addDays(DELETED, 60)), from: 'SoftDeleted', to: 'Purged' },
    statement: `${REMOVED}; it asked nobody to delete the data itself.`,
  },
  PurgeUnconfirmed: { ...ITEM, ...deletion(60), ...ORDER, ...FAILURE, lateHours: 1 },
  PurgeUnconfirmedEscalated: { ...ITEM, ...deletion(60), ...ORDER, ...FAILURE, recallable: false, lateHours: 170 },
  PurgeRefused: {
    ...{ ...CALLER, ...ITEM, ...deletion(74), ...ORDER, from: 'Purging', to: 'SoftDeleted' },
    ...{ roles: ['Executor'], reason: 'the prefix has no marker of this item' },
  },
  PurgeRecalled: {
    ...{ ...CALLER, ...ITEM, ...deletion(74), ...ORDER, from: 'Purging', to: 'SoftDeleted' },
    reason: 'the contract goes on',
  },
  PurgeForced: {
    ...{ ...CALLER, ...ITEM, ...deletion(60), ...ORDER, from: 'Purging', to: 'Purged' },
    ...{ control: 'purgeOrder', before: 'kept', after: 'abandoned', reason: 'the executor is gone', confirmed: false },
    statement: `${REMOVED}; executor blobs was asked to destroy the data itself, and nobody confirmed that it did.`,
  },
  SoftDeleteDisabledForVault: {
    ...CALLER,
    from: 'Enabled',
    to: 'Disabled',
    grantedBy: ['d3a1c0de-1111-4c4e-9f7a-3b1f6f0f2b22'],
  },
  MassPurgeHeld: { count: 1480 },
  ModifyPolicyShorterRetention: {
    ...CALLER,
    policy: 'daily',
    before: '{"daily":30,"monthly":12}',
    after: '{"daily":7}',
    count: 18,
  },
  ModifyProtectionShorterRetention: { ...CALLER, ...ITEM, before: 'long-term', after: 'daily' },
  CriticalOperationRefused: {
    ...CALLER,
    ...ITEM,
    operation: 'StopAndDelete',
    code: 'SecurityPinRequired',
    secondFactor: false,
  },
  RetentionChanged: { ...CALLER, before: '14 days', after: '60 days' },
  EvidenceBroken: {},
  MuaDisabled: { ...CALLER, control: 'guardLink', before: 'security-team', after: 'none', grantedBy: [KEEPER] },
  ProtectionWeakened: { ...CALLER, control: 'hold', before: 'until 2027-03-01', after: 'none', grantedBy: [KEEPER] },
  VisibilityReduced: {
    ...CALLER,
    control: 'addressees',
    before: 'ops@contoso.example, owner@contoso.example',
    after: 'ops@contoso.example',
  },
  VaultDeleted: { ...CALLER, control: 'vault', before: 'open', after: 'deleted', removeAt: iso(addDays(DELETED, 14)) },
  VaultRemoved: {
    removedVault: 'contoso-prod',
    deletedAt: iso(addDays(DELETED, -14)),
    deletedBy: '6f1c2a58-0f4d-4c9e-9d1b-7c2f5b0e9a11',
  },
  WeakeningRequested: { ...CALLER, ...PENDING },
  WeakeningCancelled: { ...CALLER, ...PENDING, requestedBy: 'e4b2f7c1-2222-4d5f-8a8b-4c2e7d1a3c33' },
  GuardWeakened: { ...CALLER, control: 'guard', before: 'quorum 2', after: 'quorum 1', guard: 'security-team' },
  GuardRequested: { ...CALLER, ...GRANT },
  GuardGranted: { ...CALLER, ...GRANT, by: KEEPER, roles: ['GuardAdmin'], grantedBy: [KEEPER] },
  GuardUsed: { ...CALLER, operation: 'StopAndDelete', guard: 'security-team', grantedBy: [KEEPER] },
  BrakeReleased: {
    ...CALLER,
    control: 'pause',
    before: 'until 2026-11-03',
    after: 'none',
    reason: 'restore test is over',
  },
  ServiceSettingsChanged: { before: 'SWEEP_MAX_PURGES=1000', after: 'SWEEP_MAX_PURGES=100000' },
  ItemUndeleted: { ...CALLER, ...ITEM, from: 'SoftDeleted', to: 'ProtectionStopped' },
  ItemResumed: { ...CALLER, ...ITEM, policy: 'daily', from: 'ProtectionStopped', to: 'Protected' },
  DeliveryFailed: {
    recipient: 'backup-team@contoso.example',
    code: 'EmailDroppedAllRecipientsSuppressed',
    attempts: 6,
  },
};

/** Of a type, about an item of that name, with these facts beside what it knows anyway. */
export function anAlert(type: AlertType, over: Facts = {}, item = 'sql-01', at: Instant = DELETED): Alert {
  const { scope } = kindOf(type);
  const facts = FACTS[type] ?? (scope === 'item' ? { ...CALLER, ...ITEM } : CALLER);
  const subject = {
    vault: scope === 'service' ? null : 'contoso-prod',
    item: scope === 'item' ? item : null,
    generation: scope === 'item' ? 3 : null,
  };
  return alert(type, subject, at, { ...facts, ...over }, 3);
}

export const PORTAL = 'https://reprieve.contoso.example/portal';

export const anOccasion = (about: Alert, over: Partial<Occasion> = {}): Occasion => ({
  alert: about,
  as: 'recipient',
  now: about.firedAt,
  members: [],
  reminded: [addDays(DELETED, 58)],
  resourceGroup: 'rg-backup-prod',
  portal: PORTAL,
  ...over,
});

const later = (days: number): Instant => addDays(DELETED, days);

/** As the service tells it when a mass deletion is due. */
export const massItems = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) =>
    index % 8 === 7
      ? `disk-${index + 1}, gone for good`
      : `erp-app-${String(index + 1).padStart(2, '0')}, undelete before ${iso(later(14))}`,
  );

const digestMembers = (): readonly Alert[] => [
  anAlert('UpcomingPurge', { ...deletion(60) }, 'sql-01', later(58)),
  anAlert('ModifyPolicyShorterRetention', {}, '', later(58)),
  anAlert('PurgeComplete', {}, 'web-07', later(58)),
  { ...anAlert('PurgeFailed', {}, 'files-archive', later(58)), state: 'Closed' },
  anAlert('ItemUndeleted', {}, 'hana-qa', later(58)),
];

const HYBRID: Facts = {
  workload: 'MARS',
  hybrid: true,
  sourceId: 'mars://filesrv-berlin-02/D:/Shares',
  server: 'filesrv-berlin-02',
  channel: 'agent',
  provedBy: 'pin',
  roles: ['Agent'],
  ...deletion(14),
  comment: null,
};

/** The same types about what an executor is asked to destroy. */
const ofOrders = (): Readonly<Record<string, Occasion>> => ({
  'UpcomingPurge-ordered': anOccasion(anAlert('UpcomingPurge', { executor: 'blobs' }, 'sql-01', later(58)), {
    now: later(58),
  }),
  'BackupDataPermanentlyDeleted-ordered': anOccasion(
    anAlert('BackupDataPermanentlyDeleted', { ...ORDER, to: 'Purging', recallable: true, attempts: null }),
  ),
  'PurgedUntold-ordered': anOccasion(
    anAlert('PurgedUntold', { ...ORDER, recallable: true, attempts: null }, 'sql-01', later(90)),
  ),
  'PurgeFailed-ordered': anOccasion(
    anAlert('PurgeFailed', { ...ORDER, ...FAILURE, waitsUntil: iso(later(60.1)) }, 'sql-01', later(60)),
  ),
  'PurgeStuck-ordered': anOccasion(
    anAlert('PurgeStuck', { ...ORDER, ...FAILURE, destroyed: 'some', recallable: false }, 'sql-01', later(60)),
  ),
  'PurgeComplete-ordered': anOccasion(
    anAlert(
      'PurgeComplete',
      {
        ...{ ...ORDER, ...PROVED, from: 'Purging' },
        statement: `${REMOVED}; executor blobs was asked to destroy the data itself, and 1204 objects with 98304000 bytes were confirmed as destroyed, while copies that live on are named in the proof.`,
      },
      'sql-01',
      later(60),
    ),
    { now: later(60) },
  ),
  PurgeUnconfirmed: anOccasion(anAlert('PurgeUnconfirmed', {}, 'sql-01', later(61)), { as: 'contact' }),
  PurgeUnconfirmedEscalated: anOccasion(anAlert('PurgeUnconfirmedEscalated', {}, 'sql-01', later(68))),
  PurgeRefused: anOccasion(anAlert('PurgeRefused', {}, 'sql-01', later(60))),
  PurgeRecalled: anOccasion(anAlert('PurgeRecalled', {}, 'sql-01', later(60))),
  PurgeForced: anOccasion(anAlert('PurgeForced', {}, 'sql-01', later(75)), { as: 'owner' }),
});

const asUsual: Readonly<Record<string, Occasion>> = Object.fromEntries(
  ALERT_TYPES.map((type) => [type, anOccasion(anAlert(type))]),
);

const ALL: Readonly<Record<string, Occasion>> = {
  ...asUsual,
  DeleteBackupData: anOccasion(anAlert('DeleteBackupData'), { as: 'owner' }),
  'DeleteBackupData-hybrid': anOccasion(anAlert('DeleteBackupData', HYBRID, 'filesrv-berlin-02'), { as: 'owner' }),
  MassDeletion: anOccasion(anAlert('MassDeletion', { items: massItems(24) }), { as: 'owner', now: later(0) }),
  UpcomingPurge: anOccasion(anAlert('UpcomingPurge', {}, 'sql-01', later(58)), { now: later(58) }),
  'UpcomingPurge-late': anOccasion(anAlert('UpcomingPurge', {}, 'sql-01', later(59.8)), { now: later(59.8) }),
  'UpcomingPurge-afterwards': anOccasion(
    anAlert('UpcomingPurge', { days: 0, notBefore: iso(later(66)) }, 'sql-01', later(65)),
    { now: later(65) },
  ),
  PurgeComplete: anOccasion(anAlert('PurgeComplete', {}, 'sql-01', later(60)), { now: later(60) }),
  'PurgeComplete-unwarned': anOccasion(anAlert('PurgeComplete', {}, 'sql-01', later(60)), {
    now: later(60),
    reminded: [],
  }),
  ...ofOrders(),
  Digest: anOccasion(anAlert('Digest', {}, '', later(58)), { now: later(58), members: digestMembers() }),
  MassPurgeHeld: anOccasion(anAlert('MassPurgeHeld'), { as: 'operator' }),
};

/** These are about other alerts, or about nothing that has an entry. */
const WITHOUT_ENTRY: readonly AlertType[] = ['Welcome', 'Digest', 'Bundle'];
const HASH = '8c1f0a5be2d94737a6c3b81d5f2e90476b7ad8135e0c4f29d61b3a7085e4c92f';
const proved = (one: Alert): Alert =>
  WITHOUT_ENTRY.includes(one.type)
    ? one
    : { ...one, evidence: { chain: chainOf(one.vault ?? SERVICE, { item: one.item }), seq: 17, hash: HASH } };

/** Every type once, and the ones that look different at times; each names its entry in the history. */
export const EXAMPLES: Readonly<Record<string, Occasion>> = Object.fromEntries(
  Object.entries(ALL).map(([name, one]) => [
    name,
    { ...one, alert: proved(one.alert), members: one.members.map(proved) },
  ]),
);
