import type { Beat, ControlState } from '../../change.ts';
import { type PurgeCount, shareRowOf, withPurges } from '../../core/brakes.ts';
import type { Entry } from '../../core/caller.ts';
import { SERVICE } from '../../core/hints.ts';
import { earliest, type Instant } from '../../core/time.ts';
import type { SweepPorts, SweepReport } from './run.ts';

/** How a sweep ended. */
export interface Ended {
  readonly now: Instant;
  readonly record: Omit<SweepReport, 'items' | 'more'> & { readonly spread?: true };
  /** Since when the oldest is due that still waits. */
  readonly oldestDue: Instant | undefined;
  /** And the oldest of which not everybody was told. */
  readonly oldestUntold: Instant | undefined;
  /** The shards that it saw; absent: all. */
  readonly shards?: readonly string[] | undefined;
  readonly entries?: readonly Entry[];
  /** How far the directory was looked through for vaults of before; absent: no further. */
  readonly hintedVault?: string | undefined;
}

/** Old records are cleared away in every fourth turn. Of shares, which end many in one turn, those of every fourth row do it. */
const CLEARED_EVERY = 4;
const isClearing = ({ share, heartbeat }: Pick<Beat, 'share' | 'heartbeat'>): boolean =>
  Number(share ?? heartbeat.turn) % CLEARED_EVERY === 0;
/** Shares that end at once may count their purges into the same row. */
const MOST_ROUNDS = 50;

/**
 * What a sweep notes of itself: one transaction holds the heartbeat, its record, what it purged of the day's purges, and who asked
 * for it. A sweep that sees only some shards leaves standing what is known of the others.
 */
export async function beat(flow: SweepPorts, first: ControlState, ended: Ended): Promise<void> {
  let control = first;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const change = beatOf(flow, control, ended);
    const drops = round === 0 && isClearing(change) ? await flow.control.past() : [];
    const write = { was: control, purges: purgesAfter(control, change.share, ended), beat: { ...change, drops } };
    const { entries = [] } = ended;
    const { done } = await flow.land({
      now: ended.now,
      write: { vault: SERVICE, id: flow.newId(), control: write, entries },
    });
    if (done) return;
    control = await flow.control.read();
  }
  throw new Error('the heartbeat kept changing');
}

function beatOf({ clock }: SweepPorts, { heartbeat }: ControlState, { record, shards, hintedVault, ...oldest }: Ended) {
  const oldestOf = (here: Instant | undefined, before: Instant | null | undefined) =>
    earliest([...(here ? [here] : []), ...(shards && before ? [before] : [])]) ?? null;
  return {
    heartbeat: {
      at: clock.now(),
      turn: (heartbeat?.turn ?? 0) + 1,
      complete: record.complete,
      held: record.held?.reason ?? null,
      detail: record.held?.detail ?? null,
      oldestDue: oldestOf(oldest.oldestDue, heartbeat?.oldestDue),
      oldestUntold: oldestOf(oldest.oldestUntold, heartbeat?.oldestUntold),
      hintedVault: hintedVault ?? heartbeat?.hintedVault ?? '',
    },
    record,
    share: shards && shareRowOf(record.id),
  };
}

function purgesAfter({ purges, shares }: ControlState, share: string | undefined, { record, now }: Ended) {
  // An order is a purge that somebody else carries out.
  const gone = record.purged + record.ordered;
  if (gone === 0) return undefined;
  const before = share === undefined ? purges?.value : shares.get(share)?.value.purges;
  return withPurges(before ?? [], gone, now);
}

/** All that were purged of late, by whichever sweep or share. */
export const purgesIn = ({ purges, shares }: ControlState): readonly PurgeCount[] => [
  ...(purges?.value ?? []),
  ...[...shares.values()].flatMap(({ value }) => value.purges),
];
