import { type Alert, isListed, knownTypeIn, vaultOfAlert } from '../../core/alerts.ts';
import { keyOf } from '../../core/names.ts';
import { invalid, type Outcome, ok } from '../../core/problems.ts';
import type { Found, Stretch } from '../../ports/stretch.ts';
import type { Reads } from '../../ports.ts';
import type { Listed, Page } from '../story/pages.ts';
import { noVault } from '../story/request.ts';
import { inParallel } from '../story/rounds.ts';

/** Which alerts are wanted. */
interface AlertFilter {
  readonly state?: Alert['state'] | undefined;
  readonly type?: Alert['type'] | undefined;
}

/** One step along a list. The next request may go on behind `key`, whether or not there was an alert, and whether it can be read. */
interface Step {
  readonly key: string;
  readonly alert?: Alert;
  readonly isUnreadable?: true;
}

/** `enough`: the page ends here, whatever is on it. */
type Steps = AsyncGenerator<Step | 'enough'>;

/** What one answer may still ask of storage, beside the look whether the vault is there. */
interface Budget {
  left: number;
}
const MOST_REQUESTS = { ofVault: 4, ofAll: 40 } as const;
/** A page that has looked at so many rows ends as well. */
const MOST_LOOKED_AT = 5000;

/** The longest page. Who reads on found little that was wanted: then as many as a request answers. */
const FIRST = 200;
const NEXT = 1000;
/** So many vaults are looked into side by side, and so many alerts of each at first. */
const VAULTS = 32;
const FIRST_OF_EACH = 50;

/** Sorts behind every id of its vault, and tells the vault as an id does. */
const endOf = (vault: string): string => `${keyOf(vault)}~~~`;

export async function listVaultAlerts(
  { vaults, alerts }: Pick<Reads, 'vaults' | 'alerts'>,
  vault: string,
  filter: AlertFilter,
  page: Page,
): Promise<Outcome<Listed<Alert>>> {
  if (!(await vaults.standing(vault))) return noVault(vault);
  const budget = { left: MOST_REQUESTS.ofVault };
  return ok(await pageOf(alertsIn(alerts, vault, { after: page.after, limit: FIRST }, budget), filter, page.top));
}

/** The service's own, then those of every vault, in the order of the vaults' names. */
export async function listAlerts(
  ports: Pick<Reads, 'alerts' | 'registry'>,
  filter: AlertFilter,
  { after, top }: Page,
): Promise<Outcome<Listed<Alert>>> {
  const begun = after === undefined ? null : vaultOfAlert(after);
  if (begun === undefined)
    return invalid('?continuation', 'This continuation belongs to another list. Start again without it.');
  return ok(await pageOf(everywhere(ports, begun, after, { left: MOST_REQUESTS.ofAll }), filter, top));
}

async function* everywhere(
  { alerts, registry }: Pick<Reads, 'alerts' | 'registry'>,
  begun: string | null,
  start: string | undefined,
  budget: Budget,
): Steps {
  yield* alertsIn(alerts, begun, { after: start, limit: FIRST }, budget);
  for (let after = begun ?? undefined; ; ) {
    // The names are a request as well.
    const limit = Math.min(VAULTS, budget.left - 1);
    if (limit < 1) return yield 'enough';
    const names = await registry.vaults({ after, limit });
    budget.left -= 1 + names.length;
    const parts = await inParallel(names, async (name) => ({
      name,
      first: await alerts.list(name, { limit: FIRST_OF_EACH }),
    }));
    for (const { name, first } of parts) {
      yield* stepsOf(first);
      if (first.last !== undefined) yield* alertsIn(alerts, name, { after: first.last, limit: NEXT }, budget);
      yield { key: endOf(name) };
    }
    if (names.length < limit) return;
    after = names.at(-1);
  }
}

async function* alertsIn(alerts: Reads['alerts'], vault: string | null, start: Stretch, budget: Budget): Steps {
  for (let stretch = start; ; ) {
    if (budget.left < 1) return yield 'enough';
    budget.left -= 1;
    const found = await alerts.list(vault, stretch);
    yield* stepsOf(found);
    if (found.last === undefined) return;
    stretch = { after: found.last, limit: NEXT };
  }
}

const stepsOf = ({ found, unreadable = [] }: Found<Alert>): readonly Step[] =>
  [
    ...found.map((alert): Step => ({ key: keyOf(alert.id), alert })),
    ...unreadable.map((key): Step => ({ key, isUnreadable: true })),
  ].toSorted((a, b) => (a.key < b.key ? -1 : 1));

async function pageOf(steps: Steps, filter: AlertFilter, top: number): Promise<Listed<Alert>> {
  const wanted: Step[] = [];
  const upTo = (last: string | undefined): Listed<Alert> => ({
    shown: wanted.flatMap(({ alert }) => alert ?? []),
    unreadable: wanted.flatMap(({ key, isUnreadable }) => (isUnreadable ? [key] : [])),
    last,
  });
  let seen: string | undefined;
  let lookedAt = 0;
  for await (const step of steps) {
    if (step === 'enough') return upTo(seen);
    if (isWanted(step, filter)) {
      // One more than asked for was found: there is another page.
      if (wanted.length === top) return upTo(wanted.at(-1)?.key);
      wanted.push(step);
    }
    seen = step.key;
    lookedAt += 1;
    if (lookedAt === MOST_LOOKED_AT) return upTo(seen);
  }
  return upTo(undefined);
}

/** Of one that cannot be read nobody knows the state, and its id says the type: it is named wherever it may belong. */
function isWanted({ key, alert, isUnreadable }: Step, { state, type: wanted }: AlertFilter): boolean {
  if (isUnreadable) {
    const type = knownTypeIn(key);
    return type === undefined ? wanted === undefined : isListed({ type }) && (wanted === undefined || type === wanted);
  }
  return (
    alert !== undefined &&
    isListed(alert) &&
    (state === undefined || alert.state === state) &&
    (wanted === undefined || alert.type === wanted)
  );
}
