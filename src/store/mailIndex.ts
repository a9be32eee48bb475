/** Which alert a mail was about, by its operation id: in partitions by month, so that whole ones can go. The places of addresses lie there too. */
import { inParts } from '../change.ts';
import { KEPT_DAYS, monthOf, monthsFrom } from '../core/kept.ts';
import { digitOf } from '../core/mailIds.ts';
import { addDays, addMillis, HOUR_MS, type Instant, later } from '../core/time.ts';
import type { AboutMail, MailMonth } from '../ports/alerts.ts';
import { alertId, name } from './rows/parts.ts';
import { drop, put, type Row, readerOf, type Table } from './table.ts';

const about = readerOf({ vault: name.nullable(), alert: alertId });

/** Spread by the first digit of the id. The version before knew no months, and went by two digits. */
export const partitionOf = (month: MailMonth, digits: string): string =>
  month === 'before' ? `mails!${digits}` : `mails!${month}!${digits}`;

const partitionFor = (month: MailMonth, operationId: string): string =>
  partitionOf(month, month === 'before' ? operationId.slice(0, 2) : digitOf(operationId));

export const remember = (table: Table, operationId: string, of: AboutMail, now: Instant): Promise<boolean> =>
  table.commit(partitionFor(monthOf(now), operationId), [put(operationId, of)]);

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
    const row = await table.get(partitionFor(month, operationId), operationId);
    if (row) return about(row);
  }
  return undefined;
}

/** The version before kept its mails on both sides of the months of this century, which begin with 20. */
const SIDES_OF_BEFORE = [
  ['00', '20'],
  ['21', 'ff'],
] as const;
const WHOLE = [['0', 'ff']] as const;
/** As many as a request of Table Storage answers. */
const PAGE = 1000;
const AT_ONCE = 16;

/** Removes a month. Its partitions lie side by side: so a request finds a thousand rows of it, or that nothing is left. */
export async function dropMonth(table: Table, month: MailMonth, mayGoOn: () => boolean): Promise<boolean> {
  for (const [first, last] of month === 'before' ? SIDES_OF_BEFORE : WHOLE)
    for (let isLast = false; !isLast; ) {
      if (!mayGoOn()) return false;
      const rows = await table.across(partitionOf(month, first), partitionOf(month, last), {
        limit: PAGE,
        only: ['v'],
      });
      for (const some of inParts([...Map.groupBy(rows, ({ partition }) => partition)], AT_ONCE))
        await Promise.all(some.map(([partition, of]) => dropAll(table, partition, of)));
      isLast = rows.length < PAGE;
    }
  return true;
}

async function dropAll(table: Table, partition: string, rows: readonly Row[]): Promise<void> {
  for (const some of inParts(rows)) {
    const drops = some.map(({ key }) => drop(key));
    // Another sweep may be at it as well: then one at a time, for some are gone.
    if (!(await table.commit(partition, drops))) for (const one of drops) await table.commit(partition, [one]);
  }
}
