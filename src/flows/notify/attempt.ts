import type { Alert } from '../../core/alerts.ts';
import type { Notification } from '../../core/ledger.ts';
import { isQueued } from '../../core/notification.ts';
import { type Instant, instantOf } from '../../core/time.ts';
import type { Letter } from '../../letters/letter.ts';
import type { Sent } from '../../ports.ts';
import type { Turn } from './turn.ts';

const MOST_TRIES = 6;
const FIRST_PAUSE_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 30 * 60;
/** The mail service may ask for any pause; longer than this is not believed. */
const LONGEST_BELIEVED_SECONDS = 24 * 3600;

export const isDue = (one: Notification, now: Instant): boolean =>
  isQueued(one) && one.nextTryAt !== null && one.nextTryAt <= now;

/** It will not be tried again. That stands in the ledger before it is a dead letter, so that no later try can send it. */
export const isLost = (one: Notification): boolean => isQueued(one) && one.failure?.final === true;

/** One try to send one mail, and what the ledger says afterwards. */
export async function attempt(
  turn: Turn,
  one: Notification,
  compose: () => Letter,
  alert: Alert,
): Promise<Notification> {
  const { ports, settings, now } = turn;
  if (!isDue(one, now)) return one;
  const turnAt = settings.perMinute === undefined ? now : await ports.ledger.take(settings.perMinute, now);
  // no room yet: no try was made, so none is counted
  if (turnAt > now) return { ...one, nextTryAt: turnAt };
  // Before the mail: its report may be here sooner than we come to write anything down.
  await ports.ledger.remember(one.operationId, { vault: alert.vault, alert: alert.id });
  const sent = await ports.mailer.send({ operationId: one.operationId, to: one.recipient, ...compose() });
  return sent.sent
    ? { ...one, status: 'Sent', attempts: one.attempts + 1, sentAt: now, nextTryAt: null, failure: null }
    : failed(one, sent, now);
}

function failed(one: Notification, sent: Extract<Sent, { sent: false }>, now: Instant): Notification {
  const attempts = one.attempts + 1;
  const { code, reason } = sent;
  const final = sent.permanent || attempts >= MOST_TRIES;
  const failure = { code, reason: reason.slice(0, 300), firstAt: one.failure?.firstAt ?? now, lastAt: now, final };
  const pause = final ? 0 : pauseAfter(attempts, sent.retryAfterSeconds);
  return { ...one, attempts, failure, nextTryAt: instantOf(now.toMillis() + pause * 1000) };
}

/** 30 s, then twice as long each time; or what the service says. */
const pauseAfter = (attempts: number, asked: number | undefined): number =>
  asked === undefined
    ? Math.min(FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), LONGEST_PAUSE_SECONDS)
    : Math.min(Math.max(asked, 1), LONGEST_BELIEVED_SECONDS);
