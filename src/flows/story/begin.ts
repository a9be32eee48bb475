import type { HeldHead, OperationWrite } from '../../change.ts';
import { atItsStart, operationId, type Wish, wishIn } from '../../core/operations.ts';
import type { Instant } from '../../core/time.ts';

/** The operation of this kind and subject that runs in the vault. */
export const runningOf = ({ running = [] }: HeldHead, wish: Wish): string | undefined =>
  wishIn(running, wish)?.value.id;

interface By {
  /** The id of the change that begins it. */
  readonly id: string;
  readonly now: Instant;
  /** Absent: the service itself. */
  readonly caller?: { readonly oid: string } | undefined;
}

/** Begins an operation; one that runs already starts its walk anew. It rests on a fresh head. */
export function begin(head: HeldHead, wish: Wish & { readonly total: number | null }, by: By): OperationWrite {
  const { vault, running = [] } = head;
  const { kind, subject, total } = wish;
  const runs = wishIn(running, wish);
  const news = { id: operationId(vault, by.id), kind, subject, startedBy: by.caller?.oid ?? null, startedAt: by.now };
  return { was: undefined, now: atItsStart(runs?.value ?? news, vault.name, total), runs };
}
