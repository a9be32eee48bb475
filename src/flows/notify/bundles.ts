import type { Held } from '../../change.ts';
import {
  type Alert,
  alert,
  kindOfTogether,
  readyAt,
  SINGLES,
  TELLS,
  type Together,
  type Waiting,
} from '../../core/alerts.ts';
import { togetherHint } from '../../core/hints.ts';
import { HOUR_MS, type Instant, instantOf } from '../../core/time.ts';
import type { FlowPorts } from '../story/land.ts';
import { secondsUntil } from './attempt.ts';
import { shortHash } from './operationId.ts';
import { announce, type Turn, writeAlert } from './turn.ts';

/** So many alerts fit in one mail; more make another. */
const MOST_MEMBERS = 1500;
const AFTERWARDS_SECONDS = 35;

/**
 * Makes one alert, a bundle, of those that wait, when it is time. The bundle is then told like any other alert. Which alerts really
 * belong to it is decided when it is told (`claim` in members.ts): two messages may make bundles of the same alerts here, and one of the
 * bundles will find nobody left.
 */
export async function tellTogether(flow: FlowPorts, vault: string, together: string, now: Instant): Promise<void> {
  const kind = kindOfTogether(together);
  let waiting = (await flow.alerts.waiting(vault, together)).filter(({ single }) => !single);
  if (!kind || waiting.length === 0) return;
  const ready = readyAt(together, waiting);
  if (ready > now)
    return announce(flow, {
      now,
      again: [togetherHint(vault, together, ready)],
      notices: [{ notice: { vault, together }, delaySeconds: secondsUntil(ready, now) }],
    });
  for (let [first] = waiting; first; [first] = waiting) {
    const bundle = await raiseOnce(flow, bundleOf(kind, vault, waiting.slice(0, MOST_MEMBERS), first, now), now);
    const bundled = new Set([first.alert, ...bundle.members]);
    waiting = waiting.filter((one) => !bundled.has(one.alert));
  }
  // For those that came in between, and found company that was about to be told.
  await announce(flow, { now, notices: [{ notice: { vault, together }, delaySeconds: AFTERWARDS_SECONDS }] });
}

/** If the same bundle was raised before, by a process that died after it and perhaps of fewer alerts, then it is that one. */
async function raiseOnce(flow: FlowPorts, bundle: Alert & { readonly vault: string }, now: Instant): Promise<Alert> {
  const { vault, id } = bundle;
  const write = { vault, id: flow.newId(), alerts: [{ was: undefined, now: bundle }] };
  const raised = await flow.land({ now, write });
  if (raised.done) {
    await raised.told();
    return bundle;
  }
  await announce(flow, { now, notices: [{ notice: { vault, alerts: [id] } }] });
  return (await flow.alerts.get(vault, id))?.value ?? bundle;
}

/** The bundle is named after the first of its members, so that it is the same one when it is made a second time. */
const bundleOf = (kind: Together, vault: string, waiting: readonly Waiting[], first: Waiting, now: Instant) => ({
  ...alert(TELLS[kind], { vault }, now, {}, `${first.at.toMillis()}-${shortHash(`${first.together}\n${first.alert}`)}`),
  vault,
  members: waiting.map((one) => one.alert),
});

/** If somebody waits since a moment ago, there is a message on its way that comes back for all of them. */
const COMPANY_MS: Readonly<Record<Together, number>> = { digest: HOUR_MS, mass: 5000 };
/** Those that were only counted may come first. */
const LOOKED_AT = 2 * SINGLES;

/** One more alert waits. It sends a message only if there is none yet: for a thousand that wait, one is enough. */
export async function waitWithOthers(
  turn: Turn,
  was: Held<Alert>,
  after: Alert,
  waits: Waiting,
): Promise<'done' | undefined> {
  const { flow, now } = turn;
  const { vault } = after;
  const { together, at } = waits;
  if (vault === null) return 'done';
  const from = instantOf(at.toMillis() - COMPANY_MS[kindOfTogether(together) ?? 'mass']);
  const others = await flow.alerts.waiting(vault, together, { from, until: waits, limit: LOOKED_AT });
  const delaySeconds = secondsUntil(readyAt(together, [waits]), now);
  const notices = others.every(({ single }) => single) ? [{ notice: { vault, together }, delaySeconds }] : [];
  const landed = await writeAlert(turn, was, after, { waiting: [waits], notices });
  if (!landed.done) return undefined;
  await landed.told();
  return 'done';
}
