import * as z from 'zod';
import type { MailLedger } from '../ports.ts';
import { admit } from './mailAddresses.ts';
import { takeTurn } from './mailRate.ts';
import { drop, instant, put, readerOf, stretchIn, type Table } from './table.ts';

const DEAD = 'deadletters';
const deadKey = (id: string): string => `dead!${id}`;
/** Mails by operation id, spread over as many partitions as its first two digits make. */
const mailsOf = (operationId: string): string => `mails!${operationId.slice(0, 2)}`;

const deadLetter = readerOf({
  id: z.string(),
  vault: z.string().nullable(),
  alert: z.string().nullable(),
  recipient: z.string().nullable(),
  reason: z.string(),
  code: z.string(),
  attempts: z.number(),
  firstFailedAt: instant,
  lastFailedAt: instant,
});
const about = readerOf({ vault: z.string().nullable(), alert: z.string() });

export const tableMailLedger = (table: Table): MailLedger => ({
  async bury(letter) {
    await table.commit(DEAD, [put(deadKey(letter.id), letter)]);
  },

  async dead(stretch) {
    return (await stretchIn(table, DEAD, deadKey(''), stretch, deadLetter)).found;
  },

  async deadLetter(id) {
    const row = await table.get(DEAD, deadKey(id));
    return row && deadLetter(row);
  },

  async exhume(id) {
    await table.commit(DEAD, [drop(deadKey(id))]);
  },

  async remember(operationId, of) {
    await table.commit(mailsOf(operationId), [put(operationId, of)]);
  },

  async recall(operationId) {
    const row = await table.get(mailsOf(operationId), operationId);
    return row && about(row);
  },

  take: (perMinute, isFirst, now) => takeTurn(table, perMinute, isFirst, now),
  admit: (mail, perHour, now) => admit(table, mail, perHour, now),
});
