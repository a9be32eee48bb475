import type { Instant } from '../core/time.ts';
import type { MailLedger } from '../ports/alerts.ts';
import { freeText } from './limited.ts';
import { admitAll } from './mailAddresses.ts';
import { dropMonth, recall, remember } from './mailIndex.ts';
import { takeTurn } from './mailRate.ts';
import { address, alertId, code, count, id, name } from './rows/parts.ts';
import { drop, everyRow, instant, put, type Row, readerOf, stretchIn, type Table } from './table.ts';

const DEAD = 'deadletters';
const deadKey = (id: string): string => `dead!${id}`;

const deadLetter = readerOf({
  id,
  vault: name.nullable(),
  alert: alertId.nullable(),
  recipient: address.nullable(),
  // of a message that nobody understands, its beginning
  reason: freeText(1400),
  code,
  attempts: count,
  firstFailedAt: instant,
  lastFailedAt: instant,
});

export const tableMailLedger = (table: Table): MailLedger => ({
  async bury(letter) {
    await table.commit(DEAD, [put(deadKey(letter.id), letter)]);
  },

  dead: (stretch) => stretchIn(table, DEAD, deadKey(''), stretch, deadLetter),

  async deadLetter(id) {
    const row = await table.get(DEAD, deadKey(id));
    return row && deadLetter(row);
  },

  async exhume(id) {
    await table.commit(DEAD, [drop(deadKey(id))]);
  },

  async dropLetters(before, mayGoOn) {
    for await (const row of everyRow(table, DEAD, deadKey(''))) {
      if (!mayGoOn()) return false;
      // with its tag: it may have been sent, and have failed, once more
      if (failedBefore(row, before)) await table.remove(DEAD, row.key, row.tag);
    }
    return true;
  },

  remember: async (operationId, of, now) => void (await remember(table, operationId, of, now)),
  recall: (operationId, now, since) => recall(table, operationId, now, since),
  dropMails: (month, mayGoOn) => dropMonth(table, month, mayGoOn),

  take: (perMinute, isFirst, now) => takeTurn(table, perMinute, isFirst, now),
  admit: (mails, perHour, now) => admitAll(table, mails, perHour, now),
});

/** What cannot be read is for a person to look at. */
function failedBefore(row: Row, before: Instant): boolean {
  try {
    return deadLetter(row).lastFailedAt < before;
  } catch {
    return false;
  }
}
