import { createHash } from 'node:crypto';

/** A name space of our own, so that the ids are nobody else's. */
const NAMESPACE = Buffer.from('5d1c0a3e7f8b4c0d9a61e2f4b7c39d10', 'hex');

/**
 * The same alert and recipient always make the same id (a UUID of version 5), and the mail service takes an id once: a mail
 * that is sent again because nobody knows whether it went is not a second mail.
 */
export function operationIdOf(alert: string, recipient: string): string {
  const name = `${alert.toLowerCase()}\n${recipient.toLowerCase()}`;
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A name for something longer, where it has to be short. */
export const shortHash = (text: string): string =>
  createHash('sha256').update(text.toLowerCase()).digest('hex').slice(0, 16);
