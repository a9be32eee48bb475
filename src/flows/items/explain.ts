import type { ControlState } from '../../change.ts';
import { isTold } from '../../core/alerts.ts';
import { type Episode, episodeOf, livePause, NO_BELT, releasedUntil } from '../../core/brakes.ts';
import { type Blocker, type Explanation, explain } from '../../core/explain.ts';
import type { Item, ItemIn } from '../../core/item.ts';
import { purgeAt, reminders } from '../../core/lifecycle.ts';
import { sameName } from '../../core/names.ts';
import { isOrdered } from '../../core/orders.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import { remindAt } from '../../core/retention.ts';
import { type Instant, iso, later } from '../../core/time.ts';
import { knownFrom, verdictOn } from '../../core/told.ts';
import type { Head } from '../../core/vault.ts';
import type { Reads } from '../../ports.ts';
import type { Place } from '../story/request.ts';
import { readItem } from './read.ts';

/** Why an item was or was not purged: its own state and dates, and the brakes on all purges. */
export async function explainItem(
  ports: Pick<Reads, 'vaults' | 'control' | 'nextSweep' | 'alerts' | 'purgeTerms' | 'kinds'>,
  now: Instant,
  place: Place,
): Promise<Outcome<Explanation>> {
  const found = await readItem(ports, now, place);
  if (!found.ok) return found;
  const { item, head } = found.value;
  const [brakes, called] = await Promise.all([brakesOn(ports, item, head, now), calledIn(ports, item)]);
  return ok(explain(item, head, now, ports.nextSweep, brakes, called));
}

/** `Tenant acme`; of a built-in kind, the name alone. */
async function calledIn({ kinds }: Pick<Reads, 'kinds'>, { name, workload, kind }: Item): Promise<string> {
  if (!kind) return name;
  const own = (await kinds.known()).all.find((one) => sameName(one.name, workload));
  return own ? `${own.title} ${name}` : name;
}

/** What keeps an item in the trash besides its own time: a brake on all purges, or a fault of its own. */
async function brakesOn(
  { control, ...ports }: Pick<Reads, 'control' | 'alerts' | 'purgeTerms'>,
  item: Item,
  head: Head,
  now: Instant,
): Promise<readonly Blocker[]> {
  if (item.state !== 'SoftDeleted' && item.state !== 'Purging') return [];
  if (isOrdered(item)) return paused(await control.read(), now);
  const isDue = item.state === 'Purging' || now >= purgeAt(item, head.vault);
  const [state, aside, people] = await Promise.all([
    control.read(),
    // What is not due yet was not set aside because it could not be purged.
    isDue ? control.aside(item.vault, item.name) : undefined,
    item.state === 'SoftDeleted' ? peopleOf(ports, item, head, now) : [],
  ]);
  return [
    ...people,
    ...lastHeld(state),
    ...paused(state, now),
    ...beltOn(state, item, head, now),
    ...(aside
      ? [{ code: 'Quarantined' as const, message: `It could not be dealt with and is tried once a day: ${aside.why}` }]
      : []),
  ];
}

/** Whether its people know. As long as its period runs they only have to be told of the deletion. */
async function peopleOf(
  { alerts, purgeTerms }: Pick<Reads, 'alerts' | 'purgeTerms'>,
  item: ItemIn<'SoftDeleted'>,
  { vault }: Head,
  now: Instant,
): Promise<readonly Blocker[]> {
  const due = purgeAt(item, vault);
  const last = reminders(item, vault).at(-1) ?? 0;
  const { found, unreadable } = await alerts.about(item.vault, item.name);
  const raised = found.map(({ value }) => value);
  // As long as there is time, a mail that is on its way keeps nothing from happening.
  if (now < due && raised.some((one) => one.generation === item.generation && !isTold(one))) return [];
  const known = knownFrom(raised, item, due, last, unreadable);
  if (!known.deletion) return [notTold('of its deletion')];
  if (purgeTerms.noticeMs > 0 && !known.since && now >= remindAt(due, last)) return [notTold('that it is about to go')];
  const verdict = verdictOn(item, due, known, purgeTerms, now);
  if (verdict.may !== 'wait' || verdict.blocker !== 'NoticeRunning' || verdict.until <= later(due, now)) return [];
  const message = `People were reminded late. It is not purged before ${iso(verdict.until)}.`;
  return [{ code: 'NoticeRunning', message, until: verdict.until }];
}

const notTold = (of: string): Blocker => ({
  code: 'NotTold',
  message: `Not everybody was told ${of}. Look at its alerts and at the dead letters: a mail that was given up can be sent again or dropped.`,
});

const DEPENDENCIES: Readonly<Record<string, string>> = { queue: 'notification queue', mail: 'mail service' };

/** What the last sweep met. */
function lastHeld({ heartbeat }: ControlState): readonly Blocker[] {
  if (heartbeat?.held === 'ClockSkew')
    return [{ code: 'ClockSkew', message: 'The last sweep found the clocks too far apart to decide by time.' }];
  if (heartbeat?.held !== 'Dependency') return [];
  const which = DEPENDENCIES[heartbeat.detail ?? ''] ?? 'notification queue or the mail service';
  return [
    {
      code: 'Dependency',
      message: `The ${which} did not answer the last sweep. Nothing is purged while people cannot be told.`,
    },
  ];
}

function paused({ pause }: ControlState, now: Instant): readonly Blocker[] {
  const live = livePause(pause?.value, now);
  return live
    ? [{ code: 'Paused', message: `Purging is paused by ${live.by}: ${live.reason}`, until: live.until }]
    : [];
}

const LIMITS: { readonly [L in Episode['limit']]: string } = {
  count: 'more items due at once than SWEEP_MAX_PURGES allows',
  perDay: 'more items due than SWEEP_MAX_PURGES_PER_DAY allows within 24 hours',
  percent: 'a larger share of this vault due than SWEEP_MAX_PERCENT allows',
};

/** What was let go by a token, the belt holds no more. */
function beltOn({ belt: row }: ControlState, item: Item, { vault }: Head, now: Instant): readonly Blocker[] {
  const belt = row?.value ?? NO_BELT;
  const episode = episodeOf(belt, null, now) ?? episodeOf(belt, item.vault, now);
  const released = releasedUntil(belt, now);
  if (!episode || item.state !== 'SoftDeleted' || (released && purgeAt(item, vault) <= released)) return [];
  const message = `The belt holds it (${episode.limit}): the last sweep found ${LIMITS[episode.limit]}. A person can release what is due.`;
  return [{ code: 'Belt', message }];
}
