import type { Identity } from './caller.ts';
import { addMillis, type Instant } from './time.ts';

const MINUTE_MS = 60_000;
const LIFE_MS = 5 * MINUTE_MS;
const BLOCK_MS = 5 * MINUTE_MS;
const MOST_MISSES = 5;

/** What is stored of a PIN. The digits cannot be read from it. */
export interface SealedPin {
  /** The history refers to the PIN by this. */
  readonly id: string;
  readonly salt: string;
  readonly mac: string;
  readonly issuedBy: Identity;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
}

/** A vault's PIN, and the wrong tries since. */
export interface PinRecord {
  /** null when none was issued, or when it was used or revoked. */
  readonly pin: SealedPin | null;
  readonly misses: number;
  readonly lastMissAt: Instant | null;
  readonly blockedUntil: Instant | null;
}

export const NO_PIN: PinRecord = { pin: null, misses: 0, lastMissAt: null, blockedUntil: null };

export const pinExpiry = (issuedAt: Instant): Instant => addMillis(issuedAt, LIFE_MS);

export const livingPin = ({ pin }: PinRecord, now: Instant): SealedPin | undefined =>
  pin && now < pin.expiresAt ? pin : undefined;

/** A new PIN revokes the old one. The person who issues it has given a second factor, so earlier misses are forgiven. */
export const issued = (pin: SealedPin): PinRecord => ({ ...NO_PIN, pin });

export const used = (): PinRecord => NO_PIN;

/** Seconds until the next PIN is checked; undefined when it is checked at once. */
export const blockedFor = ({ blockedUntil }: PinRecord, now: Instant): number | undefined =>
  blockedUntil && now < blockedUntil ? Math.ceil((blockedUntil.toMillis() - now.toMillis()) / 1000) : undefined;

/**
 * The record after a wrong PIN. A miss counts the same whether the vault has a PIN, had one or never had one. Otherwise five
 * tries would tell which. Misses are remembered as long as a PIN lives, so waiting gains nobody more tries.
 */
export function missed(record: PinRecord, now: Instant): { readonly record: PinRecord; readonly tooMany: boolean } {
  const recent = record.lastMissAt !== null && now < addMillis(record.lastMissAt, LIFE_MS);
  const misses = (recent ? record.misses : 0) + 1;
  if (misses < MOST_MISSES)
    return { record: { ...record, misses, lastMissAt: now, blockedUntil: null }, tooMany: false };
  return { record: { ...NO_PIN, blockedUntil: addMillis(now, BLOCK_MS) }, tooMany: true };
}
