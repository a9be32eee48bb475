import { type Alert, isQueued, type Notification, wordsOf } from '../../core/alerts.ts';
import { isFirst } from '../../core/alertTypes.ts';
import { addMillis, type Instant, secondsUntil } from '../../core/time.ts';
import type { Letter } from '../../letters/letter.ts';
import type { Admission, Sent } from '../../ports/alerts.ts';
import { crowdOf } from './crowds.ts';
import type { Turn } from './turn.ts';

const MOST_TRIES = 6;
const FIRST_PAUSE_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 30 * 60;
/** The mail service may ask for any pause; longer than this is not believed. */
const LONGEST_BELIEVED_SECONDS = 24 * 3600;

/** Its own mail is due. What waits for others is told with them. */
export const isDue = (one: Notification, now: Instant): boolean =>
  isQueued(one) && one.together === null && one.nextTryAt !== null && one.nextTryAt <= now;

/** It will not be tried again. The ledger says so before it becomes a dead letter, so that no later try can send it. */
export const isLost = (one: Notification): boolean => isQueued(one) && one.failure?.final === true;

/** What the addresses of its mails say, by the ids of the mails. A bundle tells what was too much for one: it is not counted. */
export async function admissions(
  { settings, admit }: Turn,
  { type, vault, id }: Alert,
  due: readonly Notification[],
): Promise<ReadonlyMap<string, Admission>> {
  if (type === 'Bundle' || due.length === 0) return new Map();
  // Where mails have to wait for their turn it is not remembered before that: it would seem that they may be out.
  const about = settings.perMinute === undefined ? { vault, alert: id } : undefined;
  const mails = due.map(({ recipient, operationId }) => ({
    ...{ recipient, operationId, about },
    isWelcome: type === 'Welcome',
  }));
  const said = await admit(mails);
  return new Map(said.flatMap((one, index) => (mails[index] ? [[mails[index].operationId, one]] : [])));
}

/** One try to send one mail, and what the ledger says afterwards. */
export async function attempt(
  turn: Turn,
  one: Notification,
  compose: () => Letter,
  alert: Alert,
  said: Admission | undefined,
): Promise<Notification> {
  const { flow, settings, now } = turn;
  if (!isDue(one, now)) return one;
  const admitted = await admission(turn, one, alert, said);
  if (admitted !== 'admitted') return admitted;
  // Before the mail is sent: its delivery report may be here before anything else is written down.
  if (said !== 'admitted' || settings.perMinute !== undefined)
    await flow.ledger.remember(one.operationId, { vault: alert.vault, alert: alert.id }, now);
  const sent = await flow.mailer.send({ operationId: one.operationId, to: one.recipient, ...compose() });
  return sent.sent
    ? { ...one, status: 'Sent', attempts: one.attempts + 1, sentAt: now, nextTryAt: null, failure: null }
    : failed(one, sent, now);
}

/** Nothing of this is a try: a mail may go out now, later, with others, or not at all. */
async function admission(
  turn: Turn,
  one: Notification,
  alert: Alert,
  said: Admission = 'admitted',
): Promise<Notification | 'admitted'> {
  const { flow, settings, now, inLine } = turn;
  if (said === 'welcomed') return { ...one, status: 'Suppressed', nextTryAt: null };
  if (said === 'crowded' && !(await mayBeOut(turn, one, alert))) return { ...one, ...crowdOf(one.recipient, now) };
  if (said !== 'admitted' && said !== 'crowded') return { ...one, nextTryAt: said };
  const { perMinute } = settings;
  if (perMinute === undefined) return 'admitted';
  const turnAt = await inLine('rate', () => flow.ledger.take(perMinute, isFirst(alert.type), now));
  return turnAt > now ? { ...one, nextTryAt: turnAt } : 'admitted';
}

/**
 * Somebody was about to send it, and nothing is known of what came of that: they may have died. Sent again under its id it is no second
 * mail; told with others it could be one.
 */
const mayBeOut = async (
  { flow, now }: Turn,
  { attempts, operationId }: Notification,
  { firedAt }: Alert,
): Promise<boolean> => attempts === 0 && (await flow.ledger.recall(operationId, now, firedAt)) !== undefined;

function failed(one: Notification, sent: Extract<Sent, { sent: false }>, now: Instant): Notification {
  const { code, reason, away = false } = sent;
  const attempts = away ? one.attempts : one.attempts + 1;
  const final = !away && (sent.permanent || attempts >= MOST_TRIES);
  const firstAt = one.failure?.firstAt ?? now;
  const failure = { code: code.slice(0, 40), reason: wordsOf(reason), firstAt, lastAt: now, final };
  const pause = away ? pauseSince(firstAt, now) : final ? 0 : pauseAfter(attempts, sent.retryAfterSeconds);
  return { ...one, attempts, failure, nextTryAt: addMillis(now, pause * 1000) };
}

/** 30 s, then twice as long each time; or what the service says. */
const pauseAfter = (attempts: number, asked?: number): number =>
  asked === undefined
    ? Math.min(FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), LONGEST_PAUSE_SECONDS)
    : Math.min(Math.max(asked, 1), LONGEST_BELIEVED_SECONDS);

const LONGEST_ABSENCE_SECONDS = 5 * 60;

/** As long as nobody has been there, within bounds: whoever starts the mail service late does not wait long for the mails. */
const pauseSince = (first: Instant, now: Instant): number =>
  Math.min(Math.max(secondsUntil(now, first), FIRST_PAUSE_SECONDS), LONGEST_ABSENCE_SECONDS);

const NEARLY_SECONDS = 10;

/**
 * A message that comes a little too early was timed by a clock that goes a little differently: it is sent on. One that comes much too
 * early is a copy: another message is on its way for the right time, and a hint lies in the agenda.
 */
export const isSoon = (at: Instant, now: Instant): boolean => secondsUntil(at, now) <= NEARLY_SECONDS;
