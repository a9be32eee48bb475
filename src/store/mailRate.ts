import * as z from 'zod';
import { HOUR_MS, type Instant, instantOf } from '../core/time.ts';
import { pack, unpack } from './rows.ts';
import type { Table } from './table.ts';

const KEY = 'mail-rate';

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

/** One row that all instances share: no more than so many mails in any minute, wherever it begins. */
export async function takeTurn(table: Table, perMinute: number, now: Instant): Promise<Instant> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const row = await table.get(KEY, KEY);
    const { at, next } = turnIn(row ? unpack(rate, KEY, row.cells) : { sent: [], promised: 0 }, perMinute, now);
    const cells = pack(next);
    const op = row
      ? ({ op: 'replace', tag: row.tag, key: KEY, cells } as const)
      : ({ op: 'insert', key: KEY, cells } as const);
    if (await table.commit(KEY, [op])) return at;
  }
  return instantOf(now.toMillis() + SOON_MS);
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
