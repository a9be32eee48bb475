/** What is done about many small items of a vault shares transactions: how many rows each takes, and how their plans become one. */
import type { Change } from '../../change.ts';
import type { VaultKind } from '../../core/workloads.ts';
import type { Room } from '../story/fitting.ts';
import type { Landing } from '../story/land.ts';
import type { Plan } from './plans.ts';

/**
 * An item's row, what names its end, its place in the trash and among its kind, its history entry, its alert, and who was told: its mark or
 * the alert that says so. In a Backup vault it stands under its policy as well. All share the fence, what they take off the tally, and what
 * names the end of the alerts.
 */
export const roomOfPurges = (kind: VaultKind): Room => ({ each: kind === 'RecoveryServices' ? 7 : 8, all: 3 });

/**
 * Its row and its twin, its place in the trash and among its kind, its history entry, and who was told. In a Backup vault nothing changes under
 * its policy, but it is named there. All share the fence and, where many were not counted, what is added to the tally.
 */
export const roomOfOrders = (_: VaultKind): Room => ({ each: 7, all: 3 });

/** A plan that changes something in its vault. */
export type Writing = Plan & { readonly landing: Landing & { readonly write: Change } };
export const isWriting = (plan: Plan): plan is Writing =>
  plan.landing?.write !== undefined && !('line' in plan.landing.write);

/** The same of many small items in one transaction. */
export function inOne(plans: readonly Writing[]): Landing | undefined {
  const [first] = plans;
  const of = <T>(part: (change: Change) => readonly T[] | undefined): readonly T[] =>
    plans.flatMap(({ landing }) => part(landing.write) ?? []);
  return (
    first && {
      ...first.landing,
      rides: plans.flatMap(({ landing }) => landing.rides ?? []),
      again: plans.flatMap(({ landing }) => landing.again ?? []),
      write: {
        ...first.landing.write,
        items: of(({ items }) => items),
        alerts: of(({ alerts }) => alerts),
        entries: of(({ entries }) => entries),
        dropMarks: of(({ dropMarks }) => dropMarks),
        stillInTrash: of(({ stillInTrash }) => stillInTrash),
      },
    }
  );
}
