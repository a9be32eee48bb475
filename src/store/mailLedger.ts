import * as z from 'zod';
import { addMillis, HOUR_MS, type Instant, instantOf } from '../core/time.ts';
import type { MailLedger } from '../ports.ts';
import { drop, instant, pack, put, reader, readerOf, replacing, stretchIn, type Table } from './table.ts';

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

  take: (perMinute, now) => takeTurn(table, perMinute, now),
});

const RATE = 'mail-rate';

/** A minute, and a second for the way to the mail service. */
const WINDOW_SECONDS = 61;
/** Those who have to wait come a little more slowly than they may, so that who comes finds room. */
const SPACING_MS = 64_000;
/** Nobody is sent away for longer: who knows how many will be there by then. */
const LONGEST_MS = HOUR_MS;
const ROUNDS = 10;
const SOON_MS = 5000;

const rate = z.object({
  /** How many mails went in which second, as far as that matters still. */
  sent: z.array(z.tuple([z.number(), z.number()])),
  /** Up to here those who wait were given their times. */
  promised: z.number(),
});
type Rate = z.output<typeof rate>;
const readRate = reader(rate);

/** One row that all instances share: no more than so many mails in any minute, wherever it begins. */
async function takeTurn(table: Table, perMinute: number, now: Instant): Promise<Instant> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const row = await table.get(RATE, RATE);
    const { at, next } = turnIn(row ? readRate(row) : { sent: [], promised: 0 }, perMinute, now);
    if (await table.commit(RATE, [replacing(RATE, pack(next), row)])) return at;
  }
  return addMillis(now, SOON_MS);
}

function turnIn(
  { sent, promised }: Rate,
  perMinute: number,
  now: Instant,
): { readonly at: Instant; readonly next: Rate } {
  const second = Math.floor(now.toMillis() / 1000);
  // what lies in the future was sent by a clock that was turned back since
  const recent = sent.filter(([at]) => at > second - WINDOW_SECONDS && at <= second);
  const full = fullSince(recent, perMinute);
  if (full === undefined) return { at: now, next: { sent: counted(recent, second), promised } };
  const free = (full + WINDOW_SECONDS) * 1000;
  const latest = now.toMillis() + LONGEST_MS;
  const at = Math.max(free, promised <= latest ? promised : 0);
  return { at: instantOf(Math.min(at, latest)), next: { sent: recent, promised: at + SPACING_MS / perMinute } };
}

/** The second from which on there were as many as there may be. */
function fullSince(recent: Rate['sent'], perMinute: number): number | undefined {
  let count = 0;
  return recent.findLast(([, mails]) => {
    count += mails;
    return count >= perMinute;
  })?.[0];
}

function counted(recent: Rate['sent'], second: number): Rate['sent'] {
  const mails = recent.find(([at]) => at === second)?.[1] ?? 0;
  const others = recent.filter(([at]) => at !== second);
  return [...others, [second, mails + 1] as [number, number]].toSorted(([a], [b]) => a - b);
}
