import type { ItemState } from './item.ts';

/** Everything that can be done to an item. A stop with delete is `softDelete` or `hardDelete`: the vault decides which. */
export const VERBS = [
  'protect',
  'stopRetain',
  'stopRetainPerPolicy',
  'softDelete',
  'hardDelete',
  'undelete',
  'resume',
  'changePolicy',
  'backup',
  'recordPoint',
  'restore',
  'purge',
  'order',
  'reprieve',
  'confirm',
] as const;
export type Verb = (typeof VERBS)[number];

/** The conditions that a step may have. `lifecycle.ts` checks them. */
export type Condition =
  | 'sameProtection'
  | 'samePolicy'
  | 'ageingAllowed'
  | 'wasUndeleted'
  | 'windowOpen'
  | 'windowOver'
  | 'recoverable'
  | 'begunBefore'
  | 'untouched';

export type TransitionRefusal =
  | 'AlreadyProtected'
  | 'ImmutabilityRequired'
  | 'InvalidTransition'
  | 'ItemNotSoftDeleted'
  | 'ItemSoftDeleted'
  | 'ProtectionStopped'
  | 'PurgeInProgress'
  | 'UndeleteWindowClosed'
  | 'DestructionPossible'
  | 'OrderClosed'
  | 'NotDue';

/** Where a step leads. An idle step changes nothing: asking for the state that an item has already is no error. */
interface Move {
  readonly to: ItemState;
  readonly idle?: true;
  readonly note: string;
}

export type Step =
  | Move
  | (Move & { readonly onlyIf: Condition; readonly otherwise: TransitionRefusal })
  | { readonly refuse: TransitionRefusal };

type Table = { readonly [S in ItemState]: { readonly [V in Verb]: Step } };

const nothing = { idle: true, note: 'nothing to do' } as const;
const softDeleted: Step = { refuse: 'ItemSoftDeleted' };
const purging: Step = { refuse: 'PurgeInProgress' };
const notDeleted: Step = { refuse: 'ItemNotSoftDeleted' };
const stopped: Step = { refuse: 'ProtectionStopped' };
const notDue: Step = { refuse: 'NotDue' };
const noOrder: Step = { refuse: 'OrderClosed' };
const trash: Step = { to: 'SoftDeleted', note: 'kept for the soft-delete period' };
const destroy: Step = { to: 'Purging', note: 'soft delete does not apply, so it is gone at once' };

/** The whole state machine. `decide` obeys it, docs/states.md is drawn from it, the tests walk it. */
export const TRANSITIONS: Table = {
  Protected: {
    protect: { to: 'Protected', onlyIf: 'sameProtection', otherwise: 'AlreadyProtected', ...nothing },
    stopRetain: { to: 'ProtectionStopped', note: 'backups stop, every recovery point is kept' },
    stopRetainPerPolicy: {
      to: 'BackupsSuspended',
      onlyIf: 'ageingAllowed',
      otherwise: 'ImmutabilityRequired',
      note: 'backups stop, recovery points expire, the newest stays',
    },
    softDelete: trash,
    hardDelete: destroy,
    undelete: notDeleted,
    resume: { to: 'Protected', onlyIf: 'samePolicy', otherwise: 'AlreadyProtected', ...nothing },
    changePolicy: { to: 'Protected', note: 'the item gets another policy' },
    backup: { to: 'Protected', note: 'a backup job starts' },
    recordPoint: { to: 'Protected', note: 'a recovery point is recorded' },
    restore: { to: 'Protected', note: 'a restore job starts' },
    purge: notDue,
    order: notDue,
    reprieve: noOrder,
    confirm: noOrder,
  },
  ProtectionStopped: {
    protect: { to: 'Protected', note: 'the same as a resume' },
    stopRetain: { to: 'ProtectionStopped', ...nothing },
    stopRetainPerPolicy: { refuse: 'InvalidTransition' },
    softDelete: trash,
    hardDelete: destroy,
    undelete: { to: 'ProtectionStopped', onlyIf: 'wasUndeleted', otherwise: 'ItemNotSoftDeleted', ...nothing },
    resume: { to: 'Protected', note: 'backups run again under the chosen policy; expired points are removed' },
    changePolicy: { to: 'Protected', note: 'the same as a resume' },
    backup: stopped,
    recordPoint: stopped,
    restore: { to: 'ProtectionStopped', note: 'a restore job starts' },
    purge: notDue,
    order: notDue,
    reprieve: noOrder,
    confirm: noOrder,
  },
  BackupsSuspended: {
    protect: { to: 'Protected', note: 'the same as a resume' },
    stopRetain: { to: 'ProtectionStopped', note: 'recovery points stop expiring' },
    stopRetainPerPolicy: { to: 'BackupsSuspended', ...nothing },
    softDelete: trash,
    hardDelete: destroy,
    undelete: notDeleted,
    resume: { to: 'Protected', note: 'backups run again under the chosen policy; expired points are removed' },
    changePolicy: { refuse: 'InvalidTransition' },
    backup: stopped,
    recordPoint: stopped,
    restore: { to: 'BackupsSuspended', note: 'a restore job starts' },
    purge: notDue,
    order: notDue,
    reprieve: noOrder,
    confirm: noOrder,
  },
  SoftDeleted: {
    protect: {
      to: 'Protected',
      onlyIf: 'recoverable',
      otherwise: 'ItemSoftDeleted',
      note: 'undeleted and resumed in one step, for hybrid items or when the caller asks for it',
    },
    stopRetain: softDeleted,
    stopRetainPerPolicy: softDeleted,
    softDelete: { to: 'SoftDeleted', idle: true, note: 'nothing to do, and the purge date stays' },
    hardDelete: { to: 'SoftDeleted', idle: true, note: 'nothing to do, and the purge date stays' },
    undelete: {
      to: 'ProtectionStopped',
      onlyIf: 'windowOpen',
      otherwise: 'UndeleteWindowClosed',
      note: 'recovered; backups stay off until someone resumes it',
    },
    resume: softDeleted,
    changePolicy: softDeleted,
    backup: softDeleted,
    recordPoint: softDeleted,
    restore: softDeleted,
    purge: { to: 'Purging', onlyIf: 'windowOver', otherwise: 'NotDue', note: 'the soft-delete period is over' },
    order: {
      to: 'Purging',
      onlyIf: 'windowOver',
      otherwise: 'NotDue',
      note: 'the period is over, and an executor is to destroy the data',
    },
    reprieve: noOrder,
    confirm: noOrder,
  },
  Purging: {
    protect: purging,
    stopRetain: purging,
    stopRetainPerPolicy: purging,
    softDelete: { to: 'Purging', ...nothing },
    hardDelete: { to: 'Purging', ...nothing },
    undelete: purging,
    resume: purging,
    changePolicy: purging,
    backup: purging,
    recordPoint: purging,
    restore: purging,
    purge: {
      to: 'Purging',
      onlyIf: 'begunBefore',
      otherwise: 'PurgeInProgress',
      note: 'a purge of the version before broke off half-way and goes on; what is ordered goes when it is confirmed',
    },
    order: { to: 'Purging', ...nothing },
    reprieve: {
      to: 'SoftDeleted',
      onlyIf: 'untouched',
      otherwise: 'DestructionPossible',
      note: 'refused or recalled before anything can have been destroyed; 14 days are left at least',
    },
    confirm: { to: 'Purging', note: 'its executor, or a person, says that it is destroyed: the tombstone' },
  },
};

/** These verbs are about recovery points, or the policy that they follow: what has none refuses them, in every state. */
export const ABOUT_POINTS: ReadonlySet<Verb> = new Set([
  'stopRetainPerPolicy',
  'changePolicy',
  'backup',
  'recordPoint',
  'restore',
]);

/** These verbs wait until the running job has ended. */
export const EXCLUSIVE: ReadonlySet<Verb> = new Set([
  'stopRetain',
  'stopRetainPerPolicy',
  'softDelete',
  'hardDelete',
  'backup',
  'restore',
]);
