/** What the queue `notifications` brings, and what becomes of a message that cannot be carried out. */

import { itemOfAlert, kindOfBundle, vaultOfAlert } from '../../core/alerts.ts';
import { bundleHint, type Hint, SERVICE, tellHint } from '../../core/hints.ts';
import { isAlertId, isName } from '../../core/names.ts';
import { faultOf } from '../../core/problems.ts';
import { MOST_TRIES } from '../../core/sweep.ts';
import { addMillis, HOUR_MS, type Instant } from '../../core/time.ts';
import type { Notice, Unread } from '../../ports/alerts.ts';
import type { FlowPorts } from '../story/land.ts';
import { setAside, textOf } from '../story/unread.ts';
import { notify } from './message.ts';
import { announce, type NotifySettings, type Untold } from './turn.ts';

/**
 * Carries out one message. What fails goes back into the queue, for later and later: trouble with storage must not use up the few
 * tries of the platform, which are there for a process that dies. This throws only when the queue does not take it back.
 */
export async function takeNotice(
  flow: FlowPorts,
  settings: NotifySettings,
  message: unknown,
): Promise<Untold | undefined> {
  const now = flow.clock.now();
  const left = await carryOut(flow, settings, read(message), now);
  if (left) await putBack(flow, left, now);
  return left;
}

/** A message with which the process died again and again, or which nobody could put back: the sweep has it told. */
export async function buryNotice(flow: FlowPorts, settings: NotifySettings, message: unknown): Promise<void> {
  const now = flow.clock.now();
  const notice = read(message);
  const why = 'Telling it broke off again and again.';
  const left = notice.unread ? await carryOut(flow, settings, notice, now) : await leave(flow, { notice, why }, now);
  if (left) await putBack(flow, left, now);
}

/** The answer is what is left to do. */
async function carryOut(flow: FlowPorts, settings: NotifySettings, notice: Notice, now: Instant) {
  const { unread } = notice;
  return unread ? unless(notice, () => setAside(flow, unread, now)) : notify(flow, settings, notice, now);
}

const unless = (notice: Notice, work: () => Promise<unknown>): Promise<Untold | undefined> =>
  work().then(
    () => undefined,
    (error: unknown) => ({ notice, why: faultOf(error).why }),
  );

/** When a notice that failed comes back. These are no tries of a mail: they are counted by themselves. */
const COMES_BACK_AFTER_MINUTES = [1, 2, 4, 8, 16, 30] as const;
const AT_LAST = 30;

async function putBack(flow: FlowPorts, untold: Untold, now: Instant): Promise<void> {
  const { notice } = untold;
  const tries = (notice.tries ?? 0) + 1;
  const minutes = COMES_BACK_AFTER_MINUTES[tries - 1];
  if (minutes === undefined && !notice.unread && !(await leave(flow, untold, now))) return;
  const delaySeconds = (minutes ?? AT_LAST) * 60;
  await announce(flow, { now, notices: [{ notice: { ...notice, tries }, delaySeconds }] });
}

/**
 * Leaves it to the sweep, which looks again in an hour; until then it stands in the quarantine, where people see it. No mail is given
 * up for this. What cannot even be written there stays in the queue.
 */
const leave = (flow: FlowPorts, { notice, why }: Untold, now: Instant): Promise<Untold | undefined> =>
  unless(notice, async () => {
    const hints = hintsOf(notice, addMillis(now, HOUR_MS));
    await flow.land({ now, again: hints.map((hint) => ({ ...hint, tries: MOST_TRIES })) });
    const aside = { why: why.slice(0, 500), isUnreadable: false, since: now, tries: MOST_TRIES, toldAt: null };
    for (const { vault, item, kind, due } of hints)
      await flow.control.quarantine({ ...aside, vault, item, kind, nextTryAt: due });
  });

function hintsOf({ vault, alerts = [], together }: Notice, at: Instant): readonly Hint[] {
  const subjects = new Map(alerts.map((id) => [`${vaultOfAlert(id)}/${itemOfAlert(id)}`, id]));
  const tellings = [...subjects.values()].map((id) => ({ vault: vaultOfAlert(id) ?? null, item: itemOfAlert(id) }));
  const bundles = together === undefined ? [] : [bundleHint(vault ?? SERVICE, together, at)];
  return [...bundles, ...tellings.map((subject) => tellHint(subject, at))];
}

/** It is parsed, never believed. */
function read(message: unknown): Notice {
  return (
    parsed(message) ?? {
      vault: null,
      unread: { queue: 'notifications', text: textOf(message), why: 'This message could not be understood.' },
    }
  );
}

function parsed(message: unknown): Notice | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { vault, alerts, together, unread, tries } = message as Fields;
  if (vault !== null && !(typeof vault === 'string' && isName(vault))) return undefined;
  const what = {
    ...(isIds(alerts) ? { alerts } : {}),
    ...(isBundle(together) ? { together } : {}),
    ...(isUnread(unread) ? { unread } : {}),
  };
  if (Object.keys(what).length === 0) return undefined;
  return { vault, ...what, tries: Number.isSafeInteger(tries) ? Math.max(0, Number(tries)) : 0 };
}

type Fields = Readonly<Record<string, unknown>>;

const isIds = (given: unknown): given is readonly string[] =>
  Array.isArray(given) && given.every((id) => typeof id === 'string' && isAlertId(id));

const isBundle = (given: unknown): given is string =>
  typeof given === 'string' && kindOfBundle(given) !== undefined && /^[a-z0-9~]{1,200}$/.test(given);

const isUnread = (given: unknown): given is Unread =>
  typeof given === 'object' &&
  given !== null &&
  ['queue', 'text', 'why'].every((field) => typeof (given as Fields)[field] === 'string');
