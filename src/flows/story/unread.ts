import { createHash } from 'node:crypto';
import type { Instant } from '../../core/time.ts';
import type { Unread } from '../../ports/alerts.ts';
import type { Reads } from '../../ports.ts';

const LONGEST_TEXT = 1000;

/** A message as a person is shown it. */
export const textOf = (message: unknown): string =>
  typeof message === 'string' ? message : (JSON.stringify(message) ?? 'nothing');

/** It becomes a dead letter, where people look: with its text, and with why. The same text again is the same dead letter. */
export const setAside = (
  { ledger }: Pick<Reads, 'ledger'>,
  { queue, text, why }: Unread,
  now: Instant,
): Promise<void> =>
  ledger.bury({
    id: createHash('sha256').update(`${queue}\n${text}`).digest('hex').slice(0, 32),
    vault: null,
    alert: null,
    recipient: null,
    code: 'NotUnderstood',
    reason: `${why} It came by the queue ${queue}: ${text.slice(0, LONGEST_TEXT).replace(/\p{C}+/gu, ' ')}`,
    attempts: 1,
    firstFailedAt: now,
    lastFailedAt: now,
  });
