/** So many single mails an hour to one address, and one welcome a day: one row for each address. */
import * as z from 'zod';
import { MOST_SKEW_MS } from '../core/sweep.ts';
import { addMillis, DAY_MS, HOUR_MS, type Instant } from '../core/time.ts';
import type { MailLedger, SingleMail } from '../ports.ts';
import { hashOf } from './keys.ts';
import { list } from './limited.ts';
import { pack, reader, replacing, type Table } from './table.ts';

const ROUNDS = 20;
const SOON_MS = 5000;

/** As many as the settings allow an hour. */
const MOST_SINGLES = 1000;
/** A mail and when it went, or was about to. */
const mail = z.object({ id: z.string(), at: z.number() });
const address = z.object({ singles: list(mail, MOST_SINGLES), welcome: mail.nullable() });
type Address = z.output<typeof address>;
const readAddress = reader(address);
const UNKNOWN: Address = { singles: [], welcome: null };

/** An address is whatever people wrote, so it is not put into a key as it is; addresses lie in as many partitions as two digits make. */
function placeOf(recipient: string): { readonly partition: string; readonly key: string } {
  const key = hashOf([recipient.toLowerCase()]);
  return { partition: `addresses!${key.slice(0, 2)}`, key };
}

export async function admit(
  table: Table,
  of: SingleMail,
  perHour: number,
  now: Instant,
): ReturnType<MailLedger['admit']> {
  const { partition, key } = placeOf(of.recipient);
  for (let round = 0; round < ROUNDS; round += 1) {
    const row = await table.get(partition, key);
    const next = admitted(row ? readAddress(row) : UNKNOWN, of, perHour, now);
    if (typeof next === 'string') return next;
    if (await table.commit(partition, [replacing(key, pack(next), row)])) return 'admitted';
  }
  return addMillis(now, SOON_MS);
}

/** Those who count at the same time have clocks a little apart. What lies far ahead was noted by a clock that was turned back since. */
const isWithin = (millis: number, now: Instant, at: number): boolean =>
  at > now.toMillis() - millis && at <= now.toMillis() + MOST_SKEW_MS;

/** The address with this mail among those it got; or why it does not get it. A mail that is tried again takes its own place. */
function admitted(
  { singles, welcome }: Address,
  { operationId: id, isWelcome }: SingleMail,
  perHour: number,
  now: Instant,
): Address | 'crowded' | 'welcomed' {
  const at = now.toMillis();
  const isWelcomed = welcome !== null && welcome.id !== id && isWithin(DAY_MS, now, welcome.at);
  if (isWelcome && isWelcomed) return 'welcomed';
  const others = singles.filter((one) => one.id !== id && isWithin(HOUR_MS, now, one.at));
  if (others.length >= perHour) return 'crowded';
  return { singles: [...others, { id, at }], welcome: isWelcome ? { id, at } : welcome };
}
