import type { HeldHead, OperationWrite } from '../../change.ts';
import { atItsStart, type Operation, operationId, type Wish, wishIn } from '../../core/operations.ts';
import type { Instant } from '../../core/time.ts';

/** The operation of this kind and subject that runs in the vault. */
export const runningOf = ({ running = [] }: HeldHead, wish: Wish): string | undefined =>
  wishIn(running, wish)?.value.id;

/** Who begins it, and when. */
export interface By {
  /** The id of the change that begins it. */
  readonly id: string;
  readonly now: Instant;
  /** Absent: the service itself. */
  readonly caller?: { readonly oid: string } | undefined;
}

/** Begins an operation; one that runs already starts its walk anew. It rests on a fresh head. */
export function begin(head: HeldHead, wish: Wish & Pick<Operation, 'total' | 'undeletes'>, by: By): OperationWrite {
  const { vault, running = [] } = head;
  const { kind, subject, mark } = wish;
  const runs = wishIn(running, wish);
  const id = operationId(vault, by.id);
  const news = { id, kind, subject, mark, startedBy: by.caller?.oid ?? null, startedAt: by.now };
  return { was: undefined, now: atItsStart(runs?.value ?? news, vault.name, wish), runs };
}
