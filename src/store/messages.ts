import { vaultOfAlert } from '../core/alerts.ts';
import type { Notice } from '../ports/alerts.ts';

/**
 * The form of our messages. Those without a version are of before there was one, and read like the first. The second says what code of before
 * would take for something else: a part of a shard for all of it, alerts of several vaults for alerts of one.
 */
const FIRST = 1;
const SECOND = 2;
const VERSIONS: readonly unknown[] = [FIRST, SECOND];

/**
 * What our messages look like in a queue: JSON in base64. host.json has the host hand a message's text over as it is
 * (`messageEncoding: none`). Otherwise a text that is not base64 would reach no function: the host would move it to the poison queue,
 * where it would stay for good, because the host cannot decode it there either.
 */
export const toText = (message: object): string =>
  Buffer.from(JSON.stringify({ v: FIRST, ...message }), 'utf8').toString('base64');

export const noticeText = (notice: Notice): string =>
  toText(isOfSeveralVaults(notice) ? { v: SECOND, ...notice } : notice);

const isOfSeveralVaults = ({ vault, alerts = [] }: Notice): boolean =>
  vault === null && alerts.some((id) => vaultOfAlert(id));

/**
 * A message as a function gets it: the library has parsed what is JSON, and left everything else as text. What this version cannot
 * read is text in the end too, so that a person can be shown it.
 */
export function fromText(given: unknown): unknown {
  const message = typeof given === 'string' ? parsed(given) : given;
  return isOfAnotherVersion(message) ? JSON.stringify(message) : message;
}

function parsed(given: string): unknown {
  const text = decoded(given);
  if (text === undefined) return given;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const isOfAnotherVersion = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'v' in message && !VERSIONS.includes(message.v);

const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/** undefined: it is no base64, or no text lies in it. */
function decoded(text: string): string | undefined {
  if (!BASE64.test(text)) return undefined;
  try {
    const found = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64'));
    return /\p{Cc}/u.test(found) ? undefined : found;
  } catch {
    return undefined;
  }
}
