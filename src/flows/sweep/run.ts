import type { Replacement } from '../../change.ts';
import type { Alert } from '../../core/alerts.ts';
import type { AlertType } from '../../core/alertTypes.ts';
import { type Hint, SERVICE } from '../../core/hints.ts';
import { MOST_TRIES, nextTry } from '../../core/sweep.ts';
import type { Instant } from '../../core/time.ts';
import type { DueHint } from '../../ports.ts';
import type { FlowPorts } from '../story/land.ts';
import { raisedOrCounted } from '../story/raise.ts';
import { type Brake, older, placeOf, type Tally } from './report.ts';

export type SweepPorts = Pick<
  FlowPorts,
  'vaults' | 'agenda' | 'control' | 'alerts' | 'storage' | 'newId' | 'realNow' | 'clock' | 'land' | 'prepare'
>;

export interface Run {
  readonly flow: SweepPorts;
  readonly now: Instant;
  readonly tally: Tally;
  /** Asked only while there is something left to do. */
  readonly outOfTime: () => boolean;
  readonly paused: () => Promise<Brake | undefined>;
}

/** May a purge happen that was due then? `begun`: the item is Purging already. */
export type MayPurge = (hint: DueHint, due: Instant | 'begun') => boolean;

/** A hint that has to be struck off: one that fell due and is dealt with, or one to tell what was told. */
export type Ended = Hint & { readonly tries?: number };

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

/** What was set aside before and is dealt with now is off that list as well. */
export async function strike({ flow }: Run, ended: readonly Ended[]): Promise<void> {
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
  if (hint.kind === 'purge') tally.oldestLeft = older(tally.oldestLeft, { vault, item, purgeAt: due });
  const tries = hint.tries + 1;
  await flow.land({ now, again: [{ ...hint, due: nextTry(tries, now), tries }] });
  if (tries >= MOST_TRIES) await flow.control.quarantine({ vault, item, why: why.slice(0, 500), since: now, tries });
  const type = hint.kind === 'purge' ? FAILING[tries] : undefined;
  // What keeps the item from being purged may keep this from being said: the next try says it.
  if (type)
    await flow.alerts
      .about(vault, item)
      .then((raised) => raisedOrCounted(raised, type, { vault, item }, now, { why: why.slice(0, 300), tries }))
      .then((alert) => raise(flow, alert, now))
      .catch(() => undefined);
  return [hint];
}

/** A purge that fails once or twice is a hiccup, and tells nobody; after some minutes somebody should know. */
const FAILING: Readonly<Record<number, AlertType>> = { 3: 'PurgeFailed', [MOST_TRIES]: 'PurgeStuck' };

/** Raises an alert that no change goes with. Whoever loses the race to raise it need not mind: then it is raised. */
export async function raise(
  { land, newId }: Pick<SweepPorts, 'land' | 'newId'>,
  alert: Replacement<Alert>,
  now: Instant,
): Promise<void> {
  await land({ now, write: { vault: alert.now.vault ?? SERVICE, id: newId(), alerts: [alert] } });
}
