import type { Hint } from '../../core/agenda.ts';
import type { AlertType } from '../../core/alerts.ts';
import { MOST_TRIES, nextTry } from '../../core/sweep.ts';
import type { Instant } from '../../core/time.ts';
import type { DueHint, Ports } from '../../ports.ts';
import { raiseAgain } from '../alerting.ts';
import type { Brake } from './brakes.ts';
import { older, placeOf, type Tally } from './tally.ts';

export interface Run {
  readonly ports: Pick<Ports, 'vaults' | 'agenda' | 'control' | 'notices' | 'alerts' | 'newId'>;
  readonly now: Instant;
  readonly tally: Tally;
  /** Items whose purge somebody still has to hear of, or may be told of by another sweep: their hints to tell stay. */
  readonly untold: Set<string>;
  /** Asked only while there is something left to do. */
  readonly outOfTime: () => boolean;
  readonly paused: () => Promise<Brake | undefined>;
}

/** `begun`: it is Purging already. */
export type MayPurge = (hint: DueHint, due: Instant | 'begun') => boolean;

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

/** What was set aside before and is dealt with now is off that list as well. */
export async function strike({ ports }: Run, dealt: readonly DueHint[], more: readonly Hint[] = []): Promise<void> {
  for (const hint of dealt) if (hint.tries >= MOST_TRIES) await ports.control.release(hint.vault, hint.item);
  if (dealt.length + more.length > 0) await ports.agenda.strike([...dealt, ...more]);
}

/** Tried again later and later, and after some tries only once a day, where everyone can see it. */
export async function setAside(
  { ports, now, tally }: Run,
  hint: DueHint,
  why: string,
  due = hint.due,
): Promise<readonly DueHint[]> {
  tally.failed.add(placeOf(hint));
  if (hint.kind === 'purge') tally.oldestLeft = older(tally.oldestLeft, { ...hint, purgeAt: due });
  const tries = hint.tries + 1;
  await ports.agenda.write([{ ...hint, due: nextTry(tries, now), tries }]);
  if (tries >= MOST_TRIES)
    await ports.control.quarantine({ vault: hint.vault, item: hint.item, why: why.slice(0, 500), since: now, tries });
  const type = hint.kind === 'purge' ? FAILING[tries] : undefined;
  // what keeps the item from being purged may keep this from being said: the next try says it
  if (type)
    await raiseAgain(ports, type, { vault: hint.vault, item: hint.item }, now, { why: why.slice(0, 300), tries }).catch(
      () => undefined,
    );
  return [hint];
}

/** A purge that fails once or twice is a hiccup, and tells nobody; after some minutes somebody should know. */
const FAILING: Readonly<Record<number, AlertType>> = { 3: 'PurgeFailed', [MOST_TRIES]: 'PurgeStuck' };
