/** Which alert a mail was about, by its operation id: in partitions by month, so that whole ones can go. */
import * as z from 'zod';
import { MOST_ROWS } from '../change.ts';
import { KEPT_DAYS, monthOf, monthsFrom } from '../core/kept.ts';
import { addDays, addMillis, HOUR_MS, type Instant, later } from '../core/time.ts';
import type { AboutMail, MailMonth } from '../ports.ts';
import { drop, put, readerOf, type Table } from './table.ts';

const about = readerOf({ vault: z.string().nullable(), alert: z.string() });

/** Spread over as many partitions as the first two digits of the id make. The version before knew no months. */
const partitionOf = (month: MailMonth, digits: string): string =>
  month === 'before' ? `mails!${digits}` : `mails!${month}!${digits}`;

const digitsOf = (operationId: string): string => operationId.slice(0, 2);

export const remember = (table: Table, operationId: string, of: AboutMail, now: Instant): Promise<boolean> =>
  table.commit(partitionOf(monthOf(now), digitsOf(operationId)), [put(operationId, of)]);

/** Most are asked about within minutes: so the newest month comes first, and what the version before kept last. */
export async function recall(
  table: Table,
  operationId: string,
  now: Instant,
  since: Instant | undefined,
): Promise<AboutMail | undefined> {
  const first = addDays(now, -KEPT_DAYS.mail);
  // Whoever sent it may have had a clock that is ahead of ours.
  const months = monthsFrom(since ? later(since, first) : first, addMillis(now, HOUR_MS));
  for (const month of [...months.toReversed(), 'before']) {
    const row = await table.get(partitionOf(month, digitsOf(operationId)), operationId);
    if (row) return about(row);
  }
  return undefined;
}

const DIGITS = Array.from({ length: 256 }, (_, at) => at.toString(16).padStart(2, '0'));
const AT_ONCE = 16;

/** Removes a month. */
export async function dropMonth(table: Table, month: MailMonth, mayGoOn: () => boolean): Promise<boolean> {
  for (let at = 0; at < DIGITS.length; at += AT_ONCE) {
    if (!mayGoOn()) return false;
    const some = DIGITS.slice(at, at + AT_ONCE).map((digits) => empty(table, partitionOf(month, digits), mayGoOn));
    if ((await Promise.all(some)).includes(false)) return false;
  }
  return true;
}

async function empty(table: Table, partition: string, mayGoOn: () => boolean): Promise<boolean> {
  for (;;) {
    const rows = await table.range(partition, { prefix: '', before: '~', limit: MOST_ROWS, only: ['v'] });
    if (rows.length === 0) return true;
    if (!mayGoOn()) return false;
    // Another sweep may be at it as well: then one at a time, for some are gone.
    if (
      !(await table.commit(
        partition,
        rows.map(({ key }) => drop(key)),
      ))
    )
      for (const { key } of rows) await table.commit(partition, [drop(key)]);
    if (rows.length < MOST_ROWS) return true;
  }
}
