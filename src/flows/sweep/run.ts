import type { AlertType } from '../../core/alertTypes.ts';
import type { Hint } from '../../core/hints.ts';
import { keyOf } from '../../core/names.ts';
import { MOST_TRIES, nextTry } from '../../core/sweep.ts';
import { earliest, type Instant, iso } from '../../core/time.ts';
import type { DueHint, Heartbeat, Reads } from '../../ports.ts';
import { type FlowPorts, landAlerts } from '../story/land.ts';
import { raisedOrCounted } from '../story/raise.ts';

export type SweepPorts = Pick<
  FlowPorts,
  | 'vaults'
  | 'registry'
  | 'agenda'
  | 'control'
  | 'alerts'
  | 'storage'
  | 'newId'
  | 'realNow'
  | 'clock'
  | 'land'
  | 'prepare'
>;

export interface Run {
  readonly flow: SweepPorts;
  readonly now: Instant;
  readonly tally: Tally;
  readonly mayPurge: MayPurge;
  /** Asked only while there is something left to do. */
  readonly outOfTime: () => boolean;
  readonly paused: () => Promise<Brake | undefined>;
}

/** May a purge happen that was due then? `begun`: the item is Purging already. */
export type MayPurge = (hint: DueHint, due: Instant | 'begun') => boolean;

/** What keeps purges from happening. */
export interface Brake {
  readonly reason: 'ClockSkew' | 'Paused' | 'Belt';
  readonly token?: string;
  readonly detail: string;
  /** What the belt lets go all the same. */
  readonly isReleased?: (hint: DueHint, due: Instant) => boolean;
}

/** What a sweep counts and sees while it works. Nothing else in it is ever changed in place. */
export interface Tally {
  readonly counts: Record<'due' | 'purged' | 'warned' | 'expired' | 'applied' | 'retold', number>;
  /** By item, because one item may have been named by several hints: something was done, nothing had to be, it could not be. */
  readonly done: Set<string>;
  readonly skipped: Set<string>;
  readonly failed: Set<string>;
  /** The items whose time was over before the sweep came. */
  readonly found: { readonly vault: string; readonly item: string; readonly purgeAt: Instant }[];
  /** When those were due that still wait. */
  readonly left: Instant[];
  readonly listed: { readonly vault: string; readonly item: string; readonly action: string; readonly why: string }[];
  outOfTime: boolean;
  pause: Brake | undefined;
}

export const placeOf = ({ vault, item }: Pick<Hint, 'vault' | 'item'>): string => `${keyOf(vault)}/${keyOf(item)}`;

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

/**
 * Strikes off hints that fell due and are dealt with, or that lead to what was told. What was set aside before and is dealt with
 * now is off that list as well.
 */
export async function strike({ flow }: Run, ended: readonly Hint[]): Promise<void> {
  for (const { vault, item, tries = 0 } of ended) if (tries >= MOST_TRIES) await flow.control.release(vault, item);
  if (ended.length > 0) await flow.agenda.strike(ended);
}

/** Tried again later and later, and after some tries only once a day, where everyone can see it. */
export async function setAside(
  { flow, now, tally }: Run,
  hint: DueHint,
  why: string,
  due = hint.due,
): Promise<readonly DueHint[]> {
  const { vault, item } = hint;
  tally.failed.add(placeOf(hint));
  if (hint.kind === 'purge') tally.left.push(due);
  const tries = hint.tries + 1;
  await flow.land({ now, again: [{ ...hint, due: nextTry(tries, now), tries }] });
  if (tries >= MOST_TRIES) await flow.control.quarantine({ vault, item, why: why.slice(0, 500), since: now, tries });
  const type = hint.kind === 'purge' ? FAILING[tries] : undefined;
  // What keeps the item from being purged may keep this from being said: the next try says it.
  if (type)
    await flow.alerts
      .about(vault, item)
      .then((raised) => raisedOrCounted(raised, type, { vault, item }, now, { why: why.slice(0, 300), tries }))
      .then((alert) => landAlerts(flow, now, [alert]))
      .catch(() => undefined);
  return [hint];
}

/** A purge that fails once or twice is a hiccup, and tells nobody; after some minutes somebody should know. */
const FAILING: Readonly<Record<number, AlertType>> = { 3: 'PurgeFailed', [MOST_TRIES]: 'PurgeStuck' };

export type SweepReport = ReturnType<typeof reportOf>;

export function reportOf({ flow, now, tally }: Run, id: string, dryRun: boolean, brake = tally.pause) {
  const { counts, done, skipped, failed, found, listed } = tally;
  const [oldest] = found.toSorted((a, b) => a.purgeAt.toMillis() - b.purgeAt.toMillis());
  return {
    id,
    startedAt: iso(now),
    finishedAt: iso(flow.clock.now()),
    dryRun,
    complete: !tally.outOfTime,
    ...counts,
    skipped: [...skipped].filter((item) => !done.has(item) && !failed.has(item)).length,
    failed: failed.size,
    oldestOverdue: oldest
      ? {
          ...oldest,
          purgeAt: iso(oldest.purgeAt),
          lateSeconds: Math.max(0, Math.floor((now.toMillis() - oldest.purgeAt.toMillis()) / 1000)),
        }
      : null,
    ...(brake
      ? { held: { reason: brake.reason, ...(brake.token ? { token: brake.token } : {}), detail: brake.detail } }
      : {}),
    ...(dryRun ? { items: listed } : {}),
  };
}

/** A sweep that sees only some shards leaves standing what is known of the others. */
export async function beat(
  { control, clock }: Pick<Reads, 'control' | 'clock'>,
  heartbeat: Heartbeat | null,
  shards: readonly string[] | undefined,
  record: Omit<SweepReport, 'items'> & { readonly spread?: true },
  left: readonly Instant[],
): Promise<void> {
  const elsewhere = shards && heartbeat?.oldestDue ? [heartbeat.oldestDue] : [];
  const oldestDue = earliest([...left, ...elsewhere]) ?? null;
  const turn = (heartbeat?.turn ?? 0) + 1;
  await control.beat(
    { at: clock.now(), turn, complete: record.complete, held: record.held?.reason ?? null, oldestDue },
    record,
  );
}
