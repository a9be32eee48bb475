/** What hints to purge carry: it must be what the item and the vault say, as long as nothing happened to either since. */
import { canonical, sha256 } from '../../src/core/evidence.ts';
import type { Hint } from '../../src/core/hints.ts';
import type { ItemIn } from '../../src/core/item.ts';
import { purgeAt } from '../../src/core/lifecycle.ts';
import { type Ticket, ticketOf } from '../../src/core/ticket.ts';
import { isOfNow, type Mark } from '../../src/core/told.ts';
import type { Head } from '../../src/core/vault.ts';
import { hintKey } from '../../src/store/keys.ts';
import { read } from '../../src/store/rows.ts';
import type { Row } from '../../src/store/table.ts';
import { sealedIn, ticketHash } from '../../src/store/tickets.ts';
import type { Carried, Surroundings } from './terms.ts';

const carriedBy = (ticket: Ticket): Carried => ({
  seq: ticket.head.seq,
  fence: ticket.fence,
  digest: sha256(canonical(JSON.parse(JSON.stringify(ticket)))),
});

/** What a hint carries, if anything; `tell` hears what is wrong with it. */
export function carriedIn(
  hint: Hint,
  { cells }: Row,
  holds: Surroundings['holds'],
  tell: (message: string) => void,
): Carried | undefined {
  if (cells['ticket'] === undefined && cells['seal'] === undefined) return undefined;
  const sealed = sealedIn(cells);
  if (!sealed) tell('its ticket has no seal, or its seal no ticket');
  else if (holds?.({ hash: ticketHash(hint, sealed.text), seal: sealed.seal }) === false)
    tell('its ticket is not sealed by this service');
  try {
    return sealed && carriedBy(read.ticket({ key: hintKey(hint), cells: { doc0: sealed.text } }));
  } catch {
    tell('its ticket cannot be read');
    return undefined;
  }
}

/** Whether it is believed, and says otherwise than it should. Where its mark, its fence or the end of its history are others, nobody believes it. */
export function isFalse(
  { seq, fence, digest }: Carried,
  item: ItemIn<'SoftDeleted'>,
  mark: Mark | undefined,
  head: Head,
): boolean {
  const isBelieved =
    mark?.head?.seq === seq &&
    isOfNow(mark, item, purgeAt(item, head.vault)) &&
    fence === head.fence &&
    (item.evidence?.seq ?? 0) < seq;
  if (!isBelieved) return false;
  const expected = ticketOf(item, mark, head);
  return expected === undefined || carriedBy(expected).digest !== digest;
}
