import * as z from 'zod';
import type { DeadLetter, MailLedger } from '../ports.ts';
import { takeTurn } from './mailRate.ts';
import { instant, pack, unpack } from './rows.ts';
import type { Table } from './table.ts';

const DEAD = 'deadletters';
const deadKey = (id: string): string => `dead!${id}`;
/** Mails by operation id, spread over as many partitions as its first two digits make. */
const mailsOf = (operationId: string): string => `mails!${operationId.slice(0, 2)}`;

const deadLetter: z.ZodType<DeadLetter> = z.object({
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
const about = z.object({ vault: z.string().nullable(), alert: z.string() });

export const tableMailLedger = (table: Table): MailLedger => ({
  async bury(letter) {
    await table.commit(DEAD, [{ op: 'put', key: deadKey(letter.id), cells: pack(letter) }]);
  },

  async dead({ after, limit }) {
    const from = after === undefined ? undefined : deadKey(after);
    const rows = await table.range(DEAD, { prefix: deadKey(''), after: from, limit });
    return rows.map(({ key, cells }) => unpack(deadLetter, key, cells));
  },

  async deadLetter(id) {
    const row = await table.get(DEAD, deadKey(id));
    return row && unpack(deadLetter, row.key, row.cells);
  },

  async exhume(id) {
    await table.commit(DEAD, [{ op: 'drop', key: deadKey(id) }]);
  },

  async remember(operationId, of) {
    await table.commit(mailsOf(operationId), [{ op: 'put', key: operationId, cells: pack(of) }]);
  },

  async recall(operationId) {
    const row = await table.get(mailsOf(operationId), operationId);
    return row && unpack(about, row.key, row.cells);
  },

  take: (perMinute, now) => takeTurn(table, perMinute, now),
});
