import type { AlertType } from './alertTypes.ts';
import type { Pause } from './brakes.ts';
import type { Identity } from './caller.ts';
import {
  type Change,
  end,
  everyone,
  isBelowMinimum,
  isWider,
  later,
  lower,
  otherSettings,
  pauseEnds,
  period,
  shorter,
  strongestLast,
  takenOut,
  told,
} from './comparisons.ts';
import { type Destruction, otherExecutor, otherTerms } from './executors.ts';
import { type Guard, type GuardedOperation, looserGuard, samePerson } from './guards.ts';
import type { Hold } from './item.ts';
import { sameName } from './names.ts';
import type { Policy, Retention } from './policy.ts';
import type { WatchedSettings } from './serviceSettings.ts';
import type { Instant } from './time.ts';
import { IMMUTABILITY_STATES, PORTAL_DELETE, type Silence, SWITCH_STATES, type Vault } from './vault.ts';

/** What can be weakened, as it is looked at before and after a change. null: it was not there yet, or is no more. */
export interface Subjects {
  readonly vault: Vault;
  readonly policy: { readonly policy: Policy; readonly vault: Vault };
  /** For how long the points of one item are kept. */
  readonly protection: Retention;
  readonly hold: Hold | null;
  readonly silence: Silence | null;
  readonly deadLetter: 'kept' | 'dropped';
  readonly guard: Guard | null;
  /** Of a vault as a whole. */
  readonly existence: 'open' | 'deleted';
  readonly pause: Pause | null;
  /** What was due by then may be purged, whatever the belt says. */
  readonly released: Instant | null;
  readonly serviceSettings: WatchedSettings;
  /** What a vault, a kind or an executor says of it. */
  readonly destruction: Destruction;
  /** A purge order, and who closes it: its executor, or a person by hand. */
  readonly purgeOrder: 'kept' | 'retry' | 'confirmed' | 'abandoned';
}
export type SubjectName = keyof Subjects;

/** Where it depends, on what. */
interface Sometimes<S extends SubjectName> {
  readonly words: string;
  readonly asked: (before: Subjects[S], after: Subjects[S], caller: Identity) => boolean;
}

/** Whether it takes a second factor. */
type Factor<S extends SubjectName> = 'yes' | 'no' | Sometimes<S>;

interface Row<S extends SubjectName> {
  readonly of: S;
  /** What weakens it, in words. */
  readonly by: string;
  readonly weakens: (before: Subjects[S], after: Subjects[S]) => Change | undefined;
  readonly factor: Factor<S>;
  /** The operation for which a guard has to approve. */
  readonly guard: GuardedOperation | 'none';
  /** When it has to; absent: always. */
  readonly guarded?: Sometimes<S>;
  /** In a vault with `coolingOffHours` it holds only after these. */
  readonly coolsOff: boolean;
  readonly alert: AlertType;
}
type AnyRow = { readonly [S in SubjectName]: Row<S> }[SubjectName];

const row = <S extends SubjectName>(of: S, rest: Omit<Row<S>, 'of'>): Row<S> => ({ of, ...rest });

/** Who made a pause ends it alone. */
const OF_ANOTHER: Sometimes<'pause'> = {
  words: 'unless the caller set it',
  asked: (before, _, caller) => !(before && samePerson({ tid: before.tid, oid: before.by }, caller)),
};

/**
 * Everything that protects data or makes its loss seen, with what its weakening takes. Nothing else decides: a verb hands in what
 * it found and what it would leave behind, and gets what it must demand, write and raise.
 */
export const CONTROLS = {
  softDelete: row('vault', {
    by: '`softDelete.state` to `Disabled`',
    weakens: ({ softDelete: before }, { softDelete: after }) => lower(SWITCH_STATES, before.state, after.state),
    factor: 'yes',
    guard: 'disableSoftDelete',
    coolsOff: true,
    alert: 'SoftDeleteDisabledForVault',
  }),
  softDeletePeriod: row('vault', {
    by: 'fewer `retentionDays`; `retentionScope` to `FutureDeletions`',
    weakens: period,
    factor: 'no',
    guard: 'reduceRetention',
    coolsOff: true,
    alert: 'RetentionChanged',
  }),
  hybridSecurity: row('vault', {
    by: '`hybrid.state` to `Disabled`',
    weakens: ({ hybrid: before }, { hybrid: after }) => lower(SWITCH_STATES, before?.state, after?.state),
    factor: 'yes',
    guard: 'disableSoftDelete',
    coolsOff: true,
    alert: 'DisableHybridSecurity',
  }),
  portalDelete: row('vault', {
    by: '`portalDeleteUnderAlwaysOn` to `softDelete`',
    weakens: ({ hybrid: before }, { hybrid: after }) =>
      lower(strongestLast(PORTAL_DELETE), before?.portalDeleteUnderAlwaysOn, after?.portalDeleteUnderAlwaysOn),
    factor: 'yes',
    guard: 'disableSoftDelete',
    coolsOff: true,
    alert: 'ProtectionWeakened',
  }),
  immutability: row('vault', {
    by: '`Unlocked` to `Disabled`',
    weakens: (before, after) => lower(IMMUTABILITY_STATES, before.immutability, after.immutability),
    factor: 'yes',
    guard: 'disableImmutability',
    coolsOff: true,
    alert: 'ProtectionWeakened',
  }),
  coolingOff: row('vault', {
    by: 'fewer `coolingOffHours` of the vault; the old hours count',
    weakens: ({ coolingOffHours: before }, { coolingOffHours: after }) =>
      after < before ? { before, after } : undefined,
    factor: 'yes',
    guard: 'disableSoftDelete',
    coolsOff: true,
    alert: 'ProtectionWeakened',
  }),
  guardLink: row('vault', {
    by: 'the guard of a vault or of the service removed or exchanged',
    weakens: ({ guard: before }, { guard: after }) =>
      before === null || sameName(before, after) ? undefined : { before, after },
    factor: 'yes',
    guard: 'removeGuard',
    coolsOff: true,
    alert: 'MuaDisabled',
  }),
  vault: row('existence', {
    by: 'a vault deleted',
    weakens: (before, after) => (before === 'open' && after === 'deleted' ? { before, after } : undefined),
    factor: 'no',
    guard: 'deleteVault',
    coolsOff: false,
    alert: 'VaultDeleted',
  }),
  policy: row('policy', {
    by: 'a policy keeps any point for a shorter time',
    weakens: (before, after) => {
      const change = shorter(before.policy.retention, after.policy.retention);
      return change && isBelowMinimum(after) ? { ...change, facts: { belowMinimum: true } } : change;
    },
    factor: 'no',
    guard: 'reduceRetention',
    coolsOff: false,
    alert: 'ModifyPolicyShorterRetention',
  }),
  protection: row('protection', {
    by: 'changePolicy, resume or protect-again under less than the item has',
    weakens: shorter,
    factor: 'no',
    guard: 'reduceRetention',
    coolsOff: false,
    alert: 'ModifyProtectionShorterRetention',
  }),
  hold: row('hold', {
    by: 'a hold removed or ended earlier',
    weakens: (before, after) => {
      if (!before) return undefined;
      if (!after) return { before: end(before), after: 'removed' };
      const earlier = after.until !== null && (before.until === null || after.until < before.until);
      return earlier ? { before: end(before), after: end(after) } : undefined;
    },
    factor: {
      words: 'unless the caller set it',
      // A hold of before this rule does not say who made it.
      asked: (before, _, caller) => !(before?.madeBy && samePerson(before.madeBy, caller)),
    },
    guard: 'removeHold',
    coolsOff: false,
    alert: 'ProtectionWeakened',
  }),
  addressees: row('vault', {
    by: 'an address taken out of `recipients` or `owners`',
    weakens: (before, after) =>
      takenOut(before.alerts.recipients, after.alerts.recipients) || takenOut(before.alerts.owners, after.alerts.owners)
        ? { before: everyone(before), after: everyone(after) }
        : undefined,
    factor: { words: 'if no address is left', asked: (_, after) => everyone(after).length === 0 },
    guard: 'reduceAlerts',
    coolsOff: false,
    alert: 'VisibilityReduced',
  }),
  hardDeleteAlert: row('vault', {
    by: '`onHardDelete` to false',
    weakens: ({ alerts: { onHardDelete: before } }, { alerts: { onHardDelete: after } }) =>
      before && !after ? { before, after } : undefined,
    factor: 'yes',
    guard: 'reduceAlerts',
    coolsOff: false,
    alert: 'VisibilityReduced',
  }),
  reminders: row('vault', {
    by: 'a day taken out of `reminderDays`',
    weakens: ({ alerts: { reminderDays: before } }, { alerts: { reminderDays: after } }) =>
      before.some((one) => !after.includes(one)) ? { before: before.join(', '), after: after.join(', ') } : undefined,
    factor: 'no',
    guard: 'reduceAlerts',
    coolsOff: false,
    alert: 'VisibilityReduced',
  }),
  digest: row('vault', {
    by: '`mode` to `HourlyDigest`',
    weakens: ({ alerts: { mode: before } }, { alerts: { mode: after } }) =>
      before !== after && after === 'HourlyDigest' ? { before, after } : undefined,
    factor: 'no',
    guard: 'reduceAlerts',
    coolsOff: false,
    alert: 'VisibilityReduced',
  }),
  silence: row('silence', {
    by: 'a silence made, lengthened or widened',
    weakens: (before, after) => {
      if (!after) return undefined;
      const longer = !before || after.from < before.from || after.until > before.until;
      const wider = !before || isWider(before.types, after.types) || isWider(before.items, after.items);
      return longer || wider ? { before: told(before), after: told(after) } : undefined;
    },
    factor: 'no',
    guard: 'reduceAlerts',
    coolsOff: false,
    alert: 'VisibilityReduced',
  }),
  deadLetter: row('deadLetter', {
    by: 'a dead letter dropped',
    weakens: (before, after) => (before === 'kept' && after === 'dropped' ? { before, after } : undefined),
    factor: 'no',
    guard: 'dismissDeadLetter',
    coolsOff: false,
    alert: 'VisibilityReduced',
  }),
  executor: row('destruction', {
    by: "a vault's `purge.executor` or a kind's `executor` taken away or exchanged; a caller added to an executor that is named anywhere",
    weakens: otherExecutor,
    factor: 'yes',
    guard: 'changeExecutor',
    coolsOff: false,
    alert: 'ExecutorChanged',
  }),
  kind: row('destruction', {
    by: "a kind's `minimumRetentionDays` lowered; `parameters` of a kind or a vault changed while an executor may get them",
    weakens: otherTerms,
    factor: 'yes',
    guard: 'changeExecutor',
    coolsOff: false,
    alert: 'ExecutorChanged',
  }),
  purgeOrder: row('purgeOrder', {
    by: '`resolve` of a purge order with `confirmed` or `abandoned`',
    weakens: (before, after) => (after === 'kept' || after === 'retry' ? undefined : { before, after }),
    factor: 'yes',
    guard: 'resolvePurge',
    coolsOff: false,
    alert: 'PurgeForced',
  }),
  /** Where it guards something it cools off by its own hours: see flows/guards. */
  guard: row('guard', {
    by: 'a guard loosened, or deleted; while it guards something it cools off by its own hours',
    weakens: looserGuard,
    factor: 'yes',
    guard: 'none',
    coolsOff: false,
    alert: 'GuardWeakened',
  }),
  pause: row('pause', {
    by: 'a pause of purging ended earlier',
    weakens: pauseEnds,
    factor: OF_ANOTHER,
    guard: 'endPause',
    guarded: OF_ANOTHER,
    coolsOff: false,
    alert: 'BrakeReleased',
  }),
  belt: row('released', {
    by: 'what the belt holds released by a token',
    weakens: later,
    factor: 'yes',
    guard: 'releaseBelt',
    coolsOff: false,
    alert: 'BrakeReleased',
  }),
  /** Nobody asks: the service is started with them. */
  serviceSettings: row('serviceSettings', {
    by: 'a start of the service with other brakes or identities',
    weakens: otherSettings,
    factor: 'no',
    guard: 'none',
    coolsOff: false,
    alert: 'ServiceSettingsChanged',
  }),
} as const satisfies { readonly [control: string]: AnyRow };

export type Control = keyof typeof CONTROLS;
export const CONTROL_NAMES = Object.keys(CONTROLS) as readonly Control[];

/** The table as a decision gets it. A test hands in another one. */
export type Controls = { readonly [C in Control]: AnyRow };

/** One weakening, with what it takes. */
export interface Weakening extends Change {
  readonly control: Control;
  readonly factor: boolean;
  readonly guard: GuardedOperation | 'none';
  readonly coolsOff: boolean;
  readonly alert: AlertType;
}

/** What a change weakens, judged by what was and what would be, never by the name of a verb. */
export function weakenings<S extends SubjectName>(
  of: S,
  before: Subjects[S],
  after: Subjects[S],
  caller: Identity,
  controls: Controls = CONTROLS,
): readonly Weakening[] {
  return CONTROL_NAMES.flatMap((control) => {
    if (controls[control].of !== of) return [];
    const { weakens, factor, guard: operation, guarded, coolsOff, alert } = controls[control] as unknown as Row<S>;
    const change = weakens(before, after);
    const asked = typeof factor === 'string' ? factor === 'yes' : factor.asked(before, after, caller);
    const guard = guarded && !guarded.asked(before, after, caller) ? 'none' : operation;
    return change ? [{ control, ...change, factor: asked, guard, coolsOff, alert }] : [];
  });
}
