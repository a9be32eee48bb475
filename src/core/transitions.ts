import type { ItemState } from './item.ts';

/** Everything that is done to an item. The portal's "delete" is one of two: the vault decides which. */
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
] as const;
export type Verb = (typeof VERBS)[number];

/** Questions that a row may ask; `lifecycle.ts` answers them. */
export type Condition =
  | 'sameProtection'
  | 'samePolicy'
  | 'ageingAllowed'
  | 'wasUndeleted'
  | 'windowOpen'
  | 'windowOver'
  | 'recoverable';

export type TransitionRefusal =
  | 'AlreadyProtected'
  | 'ImmutabilityRequired'
  | 'InvalidTransition'
  | 'ItemNotSoftDeleted'
  | 'ItemSoftDeleted'
  | 'ProtectionStopped'
  | 'PurgeInProgress'
  | 'UndeleteWindowClosed'
  | 'NotDue';

/** Where a step leads. An idle one changes nothing: to ask again for what already is, is no mistake. */
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

const softDeleted: Step = { refuse: 'ItemSoftDeleted' };
const purging: Step = { refuse: 'PurgeInProgress' };
const notDeleted: Step = { refuse: 'ItemNotSoftDeleted' };
const stopped: Step = { refuse: 'ProtectionStopped' };
const notDue: Step = { refuse: 'NotDue' };
const trash: Step = { to: 'SoftDeleted', note: 'kept for the soft-delete period' };
const destroy: Step = { to: 'Purging', note: 'soft delete does not apply: gone at once' };

/** The whole state machine. `decide` obeys it, docs/states.md is drawn from it, the tests walk it. */
export const TRANSITIONS: Table = {
  Protected: {
    protect: {
      to: 'Protected',
      onlyIf: 'sameProtection',
      otherwise: 'AlreadyProtected',
      idle: true,
      note: 'nothing to do',
    },
    stopRetain: { to: 'ProtectionStopped', note: 'backups end, everything is kept' },
    stopRetainPerPolicy: {
      to: 'BackupsSuspended',
      onlyIf: 'ageingAllowed',
      otherwise: 'ImmutabilityRequired',
      note: 'backups end, points age out, the newest stays',
    },
    softDelete: trash,
    hardDelete: destroy,
    undelete: notDeleted,
    resume: { to: 'Protected', onlyIf: 'samePolicy', otherwise: 'AlreadyProtected', idle: true, note: 'nothing to do' },
    changePolicy: { to: 'Protected', note: 'another policy' },
    backup: { to: 'Protected', note: 'a backup job starts' },
    recordPoint: { to: 'Protected', note: 'a recovery point is recorded' },
    restore: { to: 'Protected', note: 'a restore job starts' },
    purge: notDue,
  },
  ProtectionStopped: {
    protect: { to: 'Protected', note: 'protecting again is resuming' },
    stopRetain: { to: 'ProtectionStopped', idle: true, note: 'nothing to do' },
    stopRetainPerPolicy: { refuse: 'InvalidTransition' },
    softDelete: trash,
    hardDelete: destroy,
    undelete: {
      to: 'ProtectionStopped',
      onlyIf: 'wasUndeleted',
      otherwise: 'ItemNotSoftDeleted',
      idle: true,
      note: 'nothing to do',
    },
    resume: { to: 'Protected', note: 'backups go on under the chosen policy; expired points go' },
    changePolicy: { to: 'Protected', note: 'the same as resuming' },
    backup: stopped,
    recordPoint: stopped,
    restore: { to: 'ProtectionStopped', note: 'a restore job starts' },
    purge: notDue,
  },
  BackupsSuspended: {
    protect: { to: 'Protected', note: 'protecting again is resuming' },
    stopRetain: { to: 'ProtectionStopped', note: 'points stop ageing' },
    stopRetainPerPolicy: { to: 'BackupsSuspended', idle: true, note: 'nothing to do' },
    softDelete: trash,
    hardDelete: destroy,
    undelete: notDeleted,
    resume: { to: 'Protected', note: 'backups go on under the chosen policy; expired points go' },
    changePolicy: { refuse: 'InvalidTransition' },
    backup: stopped,
    recordPoint: stopped,
    restore: { to: 'BackupsSuspended', note: 'a restore job starts' },
    purge: notDue,
  },
  SoftDeleted: {
    protect: {
      to: 'Protected',
      onlyIf: 'recoverable',
      otherwise: 'ItemSoftDeleted',
      note: 'undeleted and resumed in one step, when hybrid or asked for',
    },
    stopRetain: softDeleted,
    stopRetainPerPolicy: softDeleted,
    softDelete: { to: 'SoftDeleted', idle: true, note: 'nothing to do: the clock is not restarted' },
    hardDelete: { to: 'SoftDeleted', idle: true, note: 'nothing to do: what is promised is kept' },
    undelete: {
      to: 'ProtectionStopped',
      onlyIf: 'windowOpen',
      otherwise: 'UndeleteWindowClosed',
      note: 'recovered, but quiet until someone resumes it',
    },
    resume: softDeleted,
    changePolicy: softDeleted,
    backup: softDeleted,
    recordPoint: softDeleted,
    restore: softDeleted,
    purge: { to: 'Purging', onlyIf: 'windowOver', otherwise: 'NotDue', note: 'the soft-delete period is over' },
  },
  Purging: {
    protect: purging,
    stopRetain: purging,
    stopRetainPerPolicy: purging,
    softDelete: { to: 'Purging', idle: true, note: 'nothing to do' },
    hardDelete: { to: 'Purging', idle: true, note: 'nothing to do' },
    undelete: purging,
    resume: purging,
    changePolicy: purging,
    backup: purging,
    recordPoint: purging,
    restore: purging,
    purge: { to: 'Purging', note: 'a purge died half-way; carry on' },
  },
};

/** What must wait until the running job has ended. */
export const EXCLUSIVE: ReadonlySet<Verb> = new Set([
  'stopRetain',
  'stopRetainPerPolicy',
  'softDelete',
  'hardDelete',
  'backup',
  'restore',
]);
