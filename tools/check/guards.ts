/** What `check:store` asks of guards, their grants, and what became of these. */
import { happenings } from '../../src/core/grants.ts';
import type { Guard } from '../../src/core/guards.ts';
import { ITSELF, SERVICE } from '../../src/core/hints.ts';
import { sameName } from '../../src/core/names.ts';
import { iso } from '../../src/core/time.ts';
import { guardsOf, type Head } from '../../src/core/vault.ts';
import { keys } from '../../src/store/keys.ts';
import { linkKey } from '../../src/store/links.ts';
import { read } from '../../src/store/rows.ts';
import type { Row } from '../../src/store/table.ts';
import { checkTelling } from './alerts.ts';
import { checkOperation } from './operations.ts';
import { attempt, placeOf, type Surroundings, type Tell } from './terms.ts';

/** The rows of the service, as far as nothing else looks at them. */
export function checkService(rows: readonly Row[], around: Surroundings, tell: Tell): void {
  const each = (prefix: string, check: (row: Row) => void) => {
    for (const row of rows.filter(({ key }) => key.startsWith(prefix)))
      attempt(
        () => check(row),
        (why) => tell(row.key, 'unreadable', why),
      );
  };
  each(keys.guards, (row) => {
    const guard = read.guard(row);
    checkLoosenings(row, guard, around, tell);
    checkTerms(row, guard, rows, tell);
  });
  each(keys.control('guard'), (row) => {
    const link = rows.find(({ key }) => key === keys.serviceGuard);
    const [noted, guard] = [row, ...(link ? [link] : [])].map((one) => read.serviceGuard(one).guard);
    if (!sameName(noted ?? '', guard ?? '')) tell(row.key, 'I5', 'it names another guard than the service has');
  });
  each(keys.kinds, (row) => {
    if (row.key !== keys.kindGate) read.kind(row);
  });
  each(keys.executors, (row) => void read.executor(row));
  each(keys.operation(SERVICE, ''), (row) => checkOperation(SERVICE, row, around, tell));
  each(keys.alerts(SERVICE), (row) => checkTelling(SERVICE, read.alert(row), around, tell));
  each(keys.allSpent(SERVICE), (row) => checkSpent(SERVICE, row, around, tell));
}

/** A loosening that waits has a hint. */
/** A guard must know of whatever is under it, or it could be deleted. */
export function checkLinks({ vault }: Head, { links }: Surroundings, tell: Tell): void {
  for (const guard of guardsOf(vault))
    if (!links.guard.has(linkKey(guard, vault.name)))
      tell(keys.vault(vault.name), 'I5', `it is under the guard ${guard}, which does not know of it`);
}

function checkLoosenings({ key }: Row, guard: Guard, { hints, now }: Surroundings, tell: Tell): void {
  const cooled = hints.get(placeOf(SERVICE, guard.name)).filter(({ kind }) => kind === 'cooled');
  for (const { id, effectiveAt } of guard.pendingChanges)
    if (!cooled.some(({ due }) => due <= effectiveAt || effectiveAt <= now))
      tell(key, 'I2', `no hint leads to the pending change ${id} at ${iso(effectiveAt)}`);
}

/** What stands before the grants of a guard is what the guard asks; a guard of before has no such row. */
function checkTerms({ key }: Row, { name, quorum }: Guard, rows: readonly Row[], tell: Tell): void {
  const terms = rows.find((row) => row.key === keys.grantTerms(name));
  const asked = terms && read.grantTerms(terms).quorum;
  if (typeof asked === 'number' && asked !== quorum)
    tell(key, 'I5', `its grants are shown as if they needed ${asked} approvals, and it asks for ${quorum}`);
}

/** What became of a grant leads to the history of its guard. */
export function checkSpent(vault: string, row: Row, { hints }: Surroundings, tell: Tell): void {
  const spent = read.spent(row);
  const leads = hints.get(placeOf(vault, ITSELF)).some(({ kind }) => kind === 'spent');
  if (spent.noted < happenings(spent) && !leads)
    tell(row.key, 'I2', `no hint leads to the grant ${spent.grant}, whose guard does not know what became of it`);
}
