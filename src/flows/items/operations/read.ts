import { SERVICE } from '../../../core/hints.ts';
import { answersTo, keepsResults, type Operation, operationName, placeOfOperation } from '../../../core/operations.ts';
import { type Outcome, ok, refuse } from '../../../core/problems.ts';
import type { Instant } from '../../../core/time.ts';
import type { Undeleted } from '../../../core/undeletion.ts';
import type { VaultReads } from '../../../ports.ts';
import type { Listed, Page } from '../../story/pages.ts';

export async function readOperation({ vaults }: VaultReads, now: Instant, id: string): Promise<Outcome<Operation>> {
  const place = placeOfOperation(id);
  const found = place && (await vaults.operation(place.vault ?? SERVICE, place.name))?.value;
  return found && answersTo(found, id, now) ? ok(found) : refuse('OperationNotFound', `There is no operation ${id}.`);
}

/** What became of each item so far, in the order in which the operation walks. */
export async function readResults(
  ports: VaultReads,
  now: Instant,
  id: string,
  { top, after }: Page,
): Promise<Outcome<Listed<Undeleted>>> {
  const found = await readOperation(ports, now, id);
  if (!found.ok) return found;
  const { value: operation } = found;
  if (!keepsResults(operation)) return refuse('ResultsNotFound', `${operation.kind} keeps no results of single items.`);
  const rows = await ports.vaults.results(operation.vault, operationName(operation.id), { after, limit: top });
  return ok({
    shown: rows.found.flatMap(({ result }) => result ?? []),
    last: rows.last,
    unreadable: rows.found.flatMap(({ item, result }) => (result ? [] : [item])),
  });
}
