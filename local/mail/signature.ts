import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Ask } from './ask.ts';

const MAX_SKEW_MS = 5 * 60_000;
const SIGNED = 'x-ms-date;host;x-ms-content-sha256';
const AUTHORIZATION = new RegExp(`^HMAC-SHA256 SignedHeaders=${SIGNED}&Signature=(\\S+)$`);

/** What is wrong with the signature of a request, or undefined. `now` in milliseconds since 1970. */
export function signatureFault(ask: Ask, key: string, now: number): string | undefined {
  const { 'x-ms-date': date, 'x-ms-content-sha256': hash, host, authorization } = ask.headers;
  const signature = AUTHORIZATION.exec(authorization ?? '')?.[1];
  if (signature === undefined) return `Authorization must be HMAC-SHA256 over ${SIGNED}.`;
  if (typeof date !== 'string' || typeof hash !== 'string') return 'x-ms-date or x-ms-content-sha256 is missing.';
  // negated, so that a date which is none does not pass
  if (!(Math.abs(now - Date.parse(date)) <= MAX_SKEW_MS)) return 'x-ms-date is too far from the present.';
  if (!same(hash, sha256(ask.body))) return 'x-ms-content-sha256 is not the hash of the content.';
  const text = `${ask.method}\n${ask.target}\n${date};${host};${hash}`;
  return same(signature, hmac(key, text)) ? undefined : 'The signature is not one of the access key.';
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

const hmac = (key: string, text: string): string =>
  createHmac('sha256', Buffer.from(key, 'base64')).update(text, 'utf8').digest('base64');

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
