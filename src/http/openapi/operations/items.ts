import { itemAnswers } from '../answers/items.ts';
import { type Operations, REFUSED } from '../operation.ts';

/** A source is protected by one item, over all vaults. */
const TAKEN = ['AlreadyProtected', 'ActiveElsewhere', 'ItemSoftDeleted', 'PurgeInProgress'] as const;

export const itemOperations: Operations = {
  protectItem: {
    tag: 'Items',
    summary: 'Protect a source',
    description:
      'As a new item, by resuming a stopped one, or out of the trash: hybrid items always, others with `recoverSoftDeleted`. ' +
      'For what is no backup item the answer says which product handles that disaster.',
    answers: { 200: itemAnswers.protectedItem, 201: itemAnswers.protectedItem },
    codes: [
      ...(['VaultNotFound', 'PolicyNotFound', 'ServerNotFound', 'NotABackupItem', 'WrongVaultKind'] as const),
      ...TAKEN,
      'ImmutabilityBlocked',
      ...REFUSED.change,
    ],
  },
  getItem: { tag: 'Items', summary: 'Read an item', answers: { 200: itemAnswers.item }, codes: REFUSED.item },
  listItems: {
    tag: 'Items',
    summary: 'List the items of a vault',
    answers: { 200: itemAnswers.items },
    codes: ['VaultNotFound'],
  },
  stopItem: {
    tag: 'Items',
    summary: 'Stop protecting an item',
    description:
      '`retain` keeps everything, `retainPerPolicy` lets points age out, `delete` moves the backups to the trash, or destroys them where soft delete is off: ' +
      '`softDeleteApplied` says which. `delete` needs the role Contributor and `confirmName`; of hybrid items it is critical.',
    answers: { 200: [itemAnswers.stoppedItem, itemAnswers.tombstone] },
    codes: [
      ...REFUSED.itemChange,
      ...REFUSED.factor,
      ...(['ConfirmationRequired', 'ItemSoftDeleted', 'PurgeInProgress', 'ObjectLocked', 'InvalidTransition'] as const),
      ...(['ImmutabilityRequired', 'ImmutabilityBlocked', 'AlwaysOnForbidsPortalDelete', 'AgentTooOld'] as const),
      'GuardApprovalRequired',
    ],
  },
  undeleteItem: {
    tag: 'Items',
    summary: 'Undelete an item',
    description:
      'Into ProtectionStopped: no backup runs until it is resumed. Never guarded, and needs no second factor.',
    answers: { 200: itemAnswers.item },
    codes: [
      ...REFUSED.itemChange,
      ...(['ItemNotSoftDeleted', 'UndeleteWindowClosed', 'PurgeInProgress', 'ActiveElsewhere'] as const),
    ],
  },
  resumeItem: {
    tag: 'Items',
    summary: 'Resume protection under a policy',
    description:
      'Recovery points whose life is over go now. With `preview` it lists them and changes nothing. In a Backup vault `policy` may be left out.',
    answers: { 200: [itemAnswers.resumedItem, itemAnswers.preview] },
    codes: [...REFUSED.itemChange, ...TAKEN, 'PolicyNotFound', 'ImmutabilityBlocked'],
  },
  changePolicy: {
    tag: 'Items',
    summary: 'Move an item to another policy',
    answers: { 200: itemAnswers.resumedItem },
    codes: [
      ...REFUSED.itemChange,
      ...TAKEN,
      ...(['PolicyNotFound', 'ImmutabilityBlocked', 'InvalidTransition', 'GuardApprovalRequired'] as const),
    ],
  },
  itemHistory: {
    tag: 'Items',
    summary: 'List what happened to an item, newest first',
    description: 'It outlives the purge, and tells refusals too.',
    answers: { 200: itemAnswers.entries },
    codes: ['VaultNotFound', 'ItemNotFound', 'ItemPurged'],
  },
  explainItem: {
    tag: 'Items',
    summary: 'Why an item has (not) been purged',
    description: 'What stands in the way of the purge, when it is expected, and what can be done about it.',
    answers: { 200: itemAnswers.explanation },
    codes: REFUSED.item,
  },
  putHold: {
    tag: 'Holds',
    summary: 'Keep an item from being purged',
    answers: { 200: itemAnswers.hold, 201: itemAnswers.hold },
    codes: [...REFUSED.itemChange, 'PurgeInProgress', 'LimitReached'],
  },
  getHold: {
    tag: 'Holds',
    summary: 'Read a hold',
    answers: { 200: itemAnswers.hold },
    codes: [...REFUSED.item, 'HoldNotFound'],
  },
  deleteHold: {
    tag: 'Holds',
    summary: 'End a hold',
    answers: { 204: null },
    codes: [...REFUSED.itemChange, 'HoldNotFound'],
  },
};

const AT_REST = ['ItemSoftDeleted', 'PurgeInProgress'] as const;

export const backupOperations: Operations = {
  startBackup: {
    tag: 'Backups',
    summary: 'Start a backup job',
    answers: { 202: itemAnswers.job },
    codes: [...REFUSED.itemChange, ...AT_REST, 'ProtectionStopped', 'ObjectLocked'],
  },
  restoreItem: {
    tag: 'Backups',
    summary: 'Start a restore job',
    description: 'Changes nothing about the item. Not from the trash: undelete first.',
    answers: { 202: itemAnswers.job },
    codes: [...REFUSED.itemChange, ...AT_REST, 'RecoveryPointNotFound', 'ObjectLocked'],
  },
  getJob: {
    tag: 'Backups',
    summary: 'Read a job',
    answers: { 200: itemAnswers.job },
    codes: ['VaultNotFound', 'ItemNotFound', 'JobNotFound'],
  },
  completeJob: {
    tag: 'Backups',
    summary: 'Report the end of a job',
    description: 'Called by the backup engine. A completed backup may bring its recovery point.',
    answers: { 200: itemAnswers.job },
    codes: [
      ...REFUSED.itemChange,
      ...(['JobNotFound', 'InvalidTransition', 'RecoveryPointExists', 'RecoveryPointLimit'] as const),
    ],
  },
  putRecoveryPoint: {
    tag: 'Backups',
    summary: 'Record a recovery point',
    description: 'It ends by the rung of the policy unless `expiresAt` is given. A recovery point never changes.',
    answers: { 200: itemAnswers.point, 201: itemAnswers.point },
    codes: [
      ...REFUSED.itemChange,
      ...AT_REST,
      ...(['ProtectionStopped', 'RecoveryPointExists', 'RecoveryPointLimit'] as const),
    ],
  },
  getRecoveryPoint: {
    tag: 'Backups',
    summary: 'Read a recovery point',
    answers: { 200: itemAnswers.point },
    codes: [...REFUSED.item, 'RecoveryPointNotFound'],
  },
  listRecoveryPoints: {
    tag: 'Backups',
    summary: 'List the recovery points of an item',
    description: 'Empty while the item is soft-deleted.',
    answers: { 200: itemAnswers.points },
    codes: REFUSED.item,
  },
};
