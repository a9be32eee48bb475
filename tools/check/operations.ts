import type { HeldHead } from '../../src/change.ts';
import { ITSELF } from '../../src/core/hints.ts';
import { keyOf } from '../../src/core/names.ts';
import { keepsResults, type Operation, operationName } from '../../src/core/operations.ts';
import { keys, kindIn } from '../../src/store/keys.ts';
import { read } from '../../src/store/rows.ts';
import type { Row } from '../../src/store/table.ts';
import { placeOf, type Surroundings, type Tell } from './terms.ts';

/** What runs has a hint that leads to it, or of a removal to its vault: nobody else carries it on. */
export function checkOperation(vault: string, row: Row, { hints }: Surroundings, tell: Tell): void {
  const { id, kind, vault: of, status, endedAt } = read.operation(row);
  const name = operationName(id);
  if (row.key !== keys.operation(vault, name)) tell(row.key, 'I5', `its key says otherwise than its document: ${id}`);
  if ((status === 'Running') !== (endedAt === null)) tell(row.key, 'I5', `it is ${status}, and its end says otherwise`);
  const [by, place] = kind === 'RemoveVault' ? ['remove', placeOf(of, ITSELF)] : ['operate', placeOf(vault, name)];
  if (status === 'Running' && !hints.get(place).some((hint) => hint.kind === by))
    tell(row.key, 'I2', 'no hint leads to this operation, which runs');
}

/** The head names exactly those that run. */
export function checkRunning(vault: string, { running = [] }: HeldHead, rows: readonly Row[], tell: Tell): void {
  const all = rows.flatMap((row) => operationIn(vault, row)).filter(({ status }) => status === 'Running');
  const runs = new Map(all.map((one) => [keys.running(vault, one), one.id]));
  for (const { value } of running) {
    const key = keys.running(vault, value);
    if (runs.get(key) !== value.id) tell(key, 'I5', `the head says that ${value.id} runs, and it does not`);
    runs.delete(key);
  }
  for (const [key, id] of runs) tell(key, 'I5', `${id} runs, and the head does not say so`);
}

/** Each result belongs to an operation, and one that has ended has counted them. */
export function checkResults(vault: string, rows: readonly Row[], tell: Tell): void {
  const results = rows.filter(({ key }) => kindIn(key) === 'result');
  const counts = Map.groupBy(results, ({ key }) => key.split('!')[2] ?? '');
  for (const operation of rows.flatMap((row) => operationIn(vault, row)).filter(keepsResults)) {
    const name = operationName(operation.id);
    const { length: count } = counts.get(keyOf(name)) ?? [];
    counts.delete(keyOf(name));
    const counted = operation.done + operation.failed;
    if (operation.status === 'Succeeded' && counted !== count)
      tell(keys.operation(vault, name), 'I5', `it has counted ${counted} items, and has results of ${count}`);
  }
  for (const name of counts.keys()) tell(keys.results(vault, name), 'I5', 'results of an operation that is not there');
}

function operationIn(vault: string, row: Row): readonly Operation[] {
  if (!row.key.startsWith(keys.operation(vault, ''))) return [];
  try {
    return [read.operation(row)];
  } catch {
    // It is told of elsewhere.
    return [];
  }
}
