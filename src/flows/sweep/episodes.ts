/** Who is told that the belt holds: once when it begins to, and then once a day. */
import type { ControlState, Raised } from '../../change.ts';
import { alert, isTold } from '../../core/alerts.ts';
import { type Belt, type BeltHold, type Episode, episodesAfter, isOf, mailsBy, NO_BELT } from '../../core/brakes.ts';
import { SERVICE } from '../../core/hints.ts';
import type { Instant } from '../../core/time.ts';
import { raisedBefore } from '../story/raise.ts';
import { untilDone } from '../story/rounds.ts';
import type { SweepPorts } from './run.ts';

type Ports = Pick<SweepPorts, 'control' | 'alerts' | 'land' | 'newId'>;

/**
 * Writes down which episodes go on, begin and have ended. An alert of the service lies beside that row, so one transaction holds both. An
 * alert of a vault does not: the beginning is written first, so that whoever comes after a death names the same alert.
 */
export async function keepEpisodes(
  flow: Ports,
  first: ControlState,
  holds: readonly BeltHold[],
  now: Instant,
): Promise<void> {
  let known: ControlState | undefined = first;
  await untilDone('the belt', async () => {
    const control = known ?? (await flow.control.read());
    known = undefined;
    const belt = control.belt?.value ?? NO_BELT;
    const episodes = episodesAfter(belt, holds, now);
    const untold = episodes.filter((one) => one.mails < mailsBy(one, now));
    if (untold.length === 0 && isSame(belt.episodes, episodes)) return true;
    const ofVaults = untold.filter(({ vault }) => vault !== null);
    const isWritten = ofVaults.every((one) => belt.episodes.some((other) => isOne(one, other)));
    if (!isWritten) {
      await write(flow, control, { ...belt, episodes }, now);
      return undefined;
    }
    for (const one of ofVaults) await tellVault(flow, one, now);
    const ofService = untold.filter(({ vault }) => vault === null);
    const alerts = await Promise.all(ofService.map((one) => heldAlert(flow, one, now)));
    const told = episodes.map((one) => ({ ...one, mails: Math.max(one.mails, mailsBy(one, now)) }));
    return (await write(flow, control, { ...belt, episodes: told }, now, alerts.flat())) || undefined;
  });
}

const isOne = (a: Episode, b: Episode): boolean => isOf(a, b.vault) && +a.since === +b.since;

/** While it goes on, nothing is written for how many there are; only that there are fewer, for then the truth was looked at. */
const isSame = (before: readonly Episode[], after: readonly Episode[]): boolean =>
  before.length === after.length &&
  after.every((one) => before.some((other) => isOne(one, other) && one.count >= other.count));

const write = async (
  { land, newId }: Ports,
  was: ControlState,
  belt: Belt,
  now: Instant,
  alerts: readonly Raised[] = [],
): Promise<boolean> =>
  (await land({ now, write: { vault: SERVICE, id: newId(), control: { was, belt }, alerts } })).done;

async function tellVault(flow: Ports, episode: Episode, now: Instant): Promise<void> {
  const alerts = await heldAlert(flow, episode, now);
  const vault = episode.vault ?? SERVICE;
  // If this loses a race, another sweep has told it at this moment.
  if (alerts.length > 0) await flow.land({ now, write: { vault, id: flow.newId(), alerts } });
}

/** One alert for an episode; from the second day on it is mailed again, as soon as the mails of before have ended. */
async function heldAlert(flow: Ports, episode: Episode, now: Instant): Promise<readonly Raised[]> {
  const { vault, limit, count, since } = episode;
  const raised = alert('MassPurgeHeld', { vault }, now, { count, limit }, since.toMillis());
  const was = await raisedBefore(flow, raised);
  // The operators are told of a vault's episode, too.
  const told = vault === null ? {} : { told: [] };
  // Its mails cannot be counted, and its id is taken.
  if (was === 'unreadable') return [];
  if (!was) return [{ was, now: raised, ...told }];
  const { value } = was;
  const mails = mailsBy(episode, now);
  const isAgain = isTold(value) && value.count < mails;
  const next = { ...value, count: mails, facts: { ...value.facts, count, limit } };
  return isAgain ? [{ was, now: next, again: true, ...told }] : [];
}
