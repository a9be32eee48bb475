/**
 * A ticket as it lies in its hint: a text, and a seal that binds it to the key of the hint. Whoever can write to the agenda and does not know
 * the key makes none; a new key lets those of before go the way of hints without tickets.
 */
import { sha256 } from '../core/evidence.ts';
import type { Hint } from '../core/hints.ts';
import type { Ticket } from '../core/ticket.ts';
import type { DueHint } from '../ports/agenda.ts';
import { hintKey } from './keys.ts';
import { read } from './rows.ts';
import type { Cells } from './table.ts';

export type Sealing = (hash: string) => string;

/** What is sealed: the text, in this hint and no other. */
export const ticketHash = (hint: Hint, text: string): string => sha256(`reprieve-ticket-1\n${hintKey(hint)}\n${text}`);

export function ticketCells(seal: Sealing, hint: Hint): Cells {
  if (!hint.ticket) return {};
  const ticket = JSON.stringify(hint.ticket);
  return { ticket, seal: seal(ticketHash(hint, ticket)) };
}

export const sealedIn = ({ ticket, seal }: Cells): DueHint['sealed'] =>
  typeof ticket === 'string' && typeof seal === 'string' ? { text: ticket, seal } : undefined;

/** undefined: there is none, it is not ours, or newer code made it. */
export function ticketIn(seal: Sealing, hint: DueHint): Ticket | undefined {
  const { sealed } = hint;
  if (!sealed || sealed.seal !== seal(ticketHash(hint, sealed.text))) return undefined;
  try {
    return read.ticket({ key: hintKey(hint), cells: { doc0: sealed.text } });
  } catch {
    return undefined;
  }
}
