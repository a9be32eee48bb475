/** The form of our messages. Those without a version are of before there was one, and read like the first. */
const VERSION = 1;
/** A share of a sweep may be a unit, which code of before would take for a whole shard. */
export const VERSION_OF_UNITS = 2;

/**
 * What our messages look like in a queue: JSON in base64. host.json has the host hand a message's text over as it is
 * (`messageEncoding: none`). Otherwise a text that is not base64 would reach no function: the host would move it to the poison queue,
 * where it would stay for good, because the host cannot decode it there either.
 */
export const toText = (message: object): string =>
  Buffer.from(JSON.stringify({ v: VERSION, ...message }), 'utf8').toString('base64');

/**
 * A message as a function gets it: the library has parsed what is JSON, and left everything else as text. What this version cannot
 * read is text in the end too, so that a person can be shown it.
 */
export function fromText(given: unknown, newest = VERSION): unknown {
  const message = typeof given === 'string' ? parsed(given) : given;
  return isOfAnotherVersion(message, newest) ? JSON.stringify(message) : message;
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

const isOfAnotherVersion = (message: unknown, newest: number): boolean =>
  typeof message === 'object' && message !== null && 'v' in message && message.v !== VERSION && message.v !== newest;

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
