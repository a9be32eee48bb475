import { type Alert, isQueued, type Notification } from '../../core/alerts.ts';
import { addMillis, type Instant } from '../../core/time.ts';
import { uuidOf } from '../../core/uuid.ts';
import type { Vault } from '../../core/vault.ts';
import type { Letter } from '../../letters/letter.ts';
import type { Sent } from '../../ports.ts';
import type { Turn } from './turn.ts';

/**
 * The same alert and recipient always make the same id, and the mail service takes an id once: a mail that is sent again because nobody
 * knows whether it went is not a second mail. An alert's own id repeats where a vault is made again under an old name: so the id of the
 * vault is in it.
 */
export const operationIdOf = (alert: string, recipient: string, vault?: Pick<Vault, 'id'>): string =>
  uuidOf([...(vault ? [vault.id] : []), alert, recipient]);

export const MOST_TRIES = 6;
const FIRST_PAUSE_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 30 * 60;
/** The mail service may ask for any pause; longer than this is not believed. */
const LONGEST_BELIEVED_SECONDS = 24 * 3600;

export const isDue = (one: Notification, now: Instant): boolean =>
  isQueued(one) && one.nextTryAt !== null && one.nextTryAt <= now;

/** It will not be tried again. The ledger says so before it becomes a dead letter, so that no later try can send it. */
export const isLost = (one: Notification): boolean => isQueued(one) && one.failure?.final === true;

/** One try to send one mail, and what the ledger says afterwards. */
export async function attempt(
  turn: Turn,
  one: Notification,
  compose: () => Letter,
  alert: Alert,
): Promise<Notification> {
  const { flow, settings, now } = turn;
  if (!isDue(one, now)) return one;
  const turnAt = settings.perMinute === undefined ? now : await flow.ledger.take(settings.perMinute, now);
  // There is no room yet. No try was made, so none is counted.
  if (turnAt > now) return { ...one, nextTryAt: turnAt };
  // Before the mail is sent: its delivery report may be here before anything else is written down.
  await flow.ledger.remember(one.operationId, { vault: alert.vault, alert: alert.id });
  const sent = await flow.mailer.send({ operationId: one.operationId, to: one.recipient, ...compose() });
  return sent.sent
    ? { ...one, status: 'Sent', attempts: one.attempts + 1, sentAt: now, nextTryAt: null, failure: null }
    : failed(one, sent, now);
}

function failed(one: Notification, sent: Extract<Sent, { sent: false }>, now: Instant): Notification {
  const { code, reason, away = false } = sent;
  const attempts = away ? one.attempts : one.attempts + 1;
  const final = !away && (sent.permanent || attempts >= MOST_TRIES);
  const firstAt = one.failure?.firstAt ?? now;
  const failure = { code, reason: reason.slice(0, 300), firstAt, lastAt: now, final };
  const pause = away ? pauseSince(firstAt, now) : final ? 0 : pauseAfter(attempts, sent.retryAfterSeconds);
  return { ...one, attempts, failure, nextTryAt: addMillis(now, pause * 1000) };
}

/** 30 s, then twice as long each time; or what the service says. */
export const pauseAfter = (attempts: number, asked?: number): number =>
  asked === undefined
    ? Math.min(FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), LONGEST_PAUSE_SECONDS)
    : Math.min(Math.max(asked, 1), LONGEST_BELIEVED_SECONDS);

const LONGEST_ABSENCE_SECONDS = 5 * 60;

/** As long as nobody has been there, within bounds: whoever starts the mail service late does not wait long for the mails. */
const pauseSince = (first: Instant, now: Instant): number =>
  Math.min(Math.max(secondsUntil(now, first), FIRST_PAUSE_SECONDS), LONGEST_ABSENCE_SECONDS);

/** How long a message has to wait in the queue. */
export const secondsUntil = (at: Instant, now: Instant): number =>
  Math.max(0, Math.ceil((at.toMillis() - now.toMillis()) / 1000));

const NEARLY_SECONDS = 10;

/**
 * A message that comes a little too early was timed by a clock that goes a little differently: it is sent on. One that comes much too
 * early is a copy: another message is on its way for the right time, and a hint lies in the agenda.
 */
export const isSoon = (at: Instant, now: Instant): boolean => secondsUntil(at, now) <= NEARLY_SECONDS;
