import { answersTo, type Operation, placeOfOperation } from '../../../core/operations.ts';
import { type Outcome, ok, refuse } from '../../../core/problems.ts';
import type { Instant } from '../../../core/time.ts';
import type { VaultReads } from '../../../ports.ts';

export async function readOperation({ vaults }: VaultReads, now: Instant, id: string): Promise<Outcome<Operation>> {
  const place = placeOfOperation(id);
  const found = place && (await vaults.operation(place.vault, place.name))?.value;
  return found && answersTo(found, id, now) ? ok(found) : refuse('OperationNotFound', `There is no operation ${id}.`);
}
