import { earliest, type Instant, iso } from '../../core/time.ts';
import type { Ports } from '../../ports.ts';
import type { Brake, ControlState } from './brakes.ts';
import { overdue, purgesIn } from './carryOut.ts';
import type { MayPurge } from './run.ts';
import { countsOf, older, overdueView, type Tally } from './tally.ts';
import type { VaultPlan } from './turn.ts';

const WORDS: Readonly<Record<string, string>> = {
  purge: 'its soft-delete period is over',
  finishPurge: 'its purge was begun',
  warn: 'it will be purged within two days',
  move: 'the period of its vault was lengthened',
  endHolds: 'a hold has ended',
  expire: 'recovery points have reached their end',
  forget: 'it was purged ninety days ago',
};

/** A dry run says what would happen and why, and does none of it. */
export function list(plans: readonly VaultPlan[], tally: Tally, mayPurge: MayPurge): void {
  for (const { vault, planned, unreadable } of plans) {
    for (const { hint, task } of planned) {
      const why = WORDS[task.task];
      if (why === undefined) continue;
      const held =
        (task.task === 'purge' && !mayPurge(hint, task.due)) ||
        (task.task === 'finishPurge' && !mayPurge(hint, 'begun'));
      tally.listed.push({ vault, item: hint.item, action: held ? 'held' : task.task, why });
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

/** Whoever sees only some shards leaves standing what is known of the others. */
export async function beat(
  { control, clock }: Pick<Ports, 'control' | 'clock'>,
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
