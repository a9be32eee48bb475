/** PURE. Ids of mails and of those who get them. */
import { createHash } from 'node:crypto';

/** An address is whatever people wrote, so it is put into no key as it is. Upper and lower case are the same. */
export const addressKey = (recipient: string): string =>
  createHash('sha256').update(recipient.toLowerCase()).digest('hex').slice(0, 32);

/** Mails lie in sixteen partitions a month, by the first digit of their ids. */
export const digitOf = (key: string): string => key.slice(0, 1);

/**
 * The id of a mail begins as the key of its address does. So what is remembered of the mail and what is counted of the address lie in one
 * partition, and one transaction writes both.
 */
export const besideItsAddress = (id: string, recipient: string): string => digitOf(addressKey(recipient)) + id.slice(1);
