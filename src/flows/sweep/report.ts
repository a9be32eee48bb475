import { earliest, type Instant, iso } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';
import type { Brake, ControlState } from './brakes.ts';
import { type Look, overdue, purgesIn } from './look.ts';
import type { MayPurge } from './run.ts';
import { countsOf, older, overdueView, type Tally } from './tally.ts';
import { isHeld, rowOf } from './tasks.ts';

/** A dry run says what would happen and why, and does none of it. */
export function list(looks: readonly Look[], tally: Tally, mayPurge: MayPurge): void {
  for (const { vault, planned, unreadable } of looks) {
    for (const { hint, task } of planned) {
      const { why } = rowOf(task);
      if (why === undefined) continue;
      const action = isHeld(task, hint, mayPurge) ? 'held' : task.task;
      tally.listed.push({ vault, item: hint.item, action, why });
    }
    for (const { hint, why } of unreadable)
      tally.listed.push({ vault, item: hint.item, action: 'fail', why: `it cannot be dealt with: ${why}` });
    for (const one of purgesIn(planned)) tally.oldestFound = older(tally.oldestFound, overdue(one));
  }
}

export interface Told {
  readonly id: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly dryRun: boolean;
  readonly complete: boolean;
  readonly tally: Tally;
  readonly brake: Brake | undefined;
  readonly now: Instant;
}

export type SweepReport = ReturnType<typeof reportOf>;

export const reportOf = ({ id, startedAt, finishedAt, dryRun, complete, tally, brake, now }: Told) => ({
  id,
  startedAt: iso(startedAt),
  finishedAt: iso(finishedAt),
  dryRun,
  complete,
  ...countsOf(tally),
  oldestOverdue: overdueView(tally.oldestFound, now),
  ...(brake
    ? { held: { reason: brake.reason, ...(brake.token ? { token: brake.token } : {}), detail: brake.detail } }
    : {}),
  ...(dryRun ? { items: tally.listed } : {}),
});

/** A sweep that sees only some shards leaves standing what is known of the others. */
export async function beat(
  { control, clock }: Pick<Reads, 'control' | 'clock'>,
  { heartbeat }: ControlState,
  shards: readonly string[] | undefined,
  record: Omit<SweepReport, 'items'> & { readonly spread?: true },
  oldestLeft: Instant | undefined,
): Promise<void> {
  const elsewhere = shards ? heartbeat?.oldestDue : undefined;
  const oldestDue = earliest([oldestLeft, elsewhere].flatMap((at) => (at ? [at] : []))) ?? null;
  const turn = (heartbeat?.turn ?? 0) + 1;
  await control.beat(
    { at: clock.now(), turn, complete: record.complete, held: record.held?.reason ?? null, oldestDue },
    record,
  );
}
