import { type Alert, isListed, vaultOfAlert } from '../../core/alerts.ts';
import { keyOf } from '../../core/names.ts';
import { invalid, type Outcome, ok } from '../../core/problems.ts';
import type { Reads } from '../../ports.ts';
import { type Listed, type Page, stretches, vaultPages } from '../story/pages.ts';
import { noVault } from '../story/request.ts';
import { inParallel } from '../story/rounds.ts';

/** Which alerts are wanted. */
interface AlertFilter {
  readonly state?: Alert['state'] | undefined;
  readonly type?: Alert['type'] | undefined;
}

/** One step along a list. The next request may go on behind `key`, whether or not there was an alert. */
interface Step {
  readonly key: string;
  readonly alert?: Alert;
}

const STRETCH = 200;
/** So many vaults are looked into side by side, and so many alerts of each at first. */
const VAULTS = 32;
const FIRST = 50;
/** A page that has looked at so much ends, also where little of it was wanted. */
const MOST_LOOKED_AT = 5000;

/** Sorts behind every id of its vault, and tells the vault as an id does. */
const endOf = (vault: string): string => `${keyOf(vault)}~~~`;

export async function listVaultAlerts(
  { vaults, alerts }: Pick<Reads, 'vaults' | 'alerts'>,
  vault: string,
  filter: AlertFilter,
  page: Page,
): Promise<Outcome<Listed<Alert>>> {
  if (!(await vaults.standing(vault))) return noVault(vault);
  return ok(await pageOf(alertsIn(alerts, vault, page.after), filter, page.top));
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
  return ok(await pageOf(everywhere(ports, begun, after), filter, top));
}

async function* everywhere(
  { alerts, registry }: Pick<Reads, 'alerts' | 'registry'>,
  begun: string | null,
  after: string | undefined,
): AsyncGenerator<Step> {
  yield* alertsIn(alerts, begun, after);
  for await (const names of vaultPages({ registry }, VAULTS, begun ?? undefined)) {
    const parts = await inParallel(names, async (name) => ({ name, ...(await alerts.list(name, { limit: FIRST })) }));
    for (const { name, found: first, last } of parts) {
      yield* first.map(stepTo);
      if (last !== undefined) yield* alertsIn(alerts, name, last);
      yield { key: endOf(name) };
    }
  }
}

async function* alertsIn(
  alerts: Reads['alerts'],
  vault: string | null,
  start: string | undefined,
): AsyncGenerator<Step> {
  const read = (after: string | undefined) => alerts.list(vault, { after, limit: STRETCH });
  for await (const stretch of stretches(read, start)) yield* stretch.map(stepTo);
}

const stepTo = (alert: Alert): Step => ({ key: keyOf(alert.id), alert });

async function pageOf(steps: AsyncIterable<Step>, filter: AlertFilter, top: number): Promise<Listed<Alert>> {
  const shown: Alert[] = [];
  let lookedAt = 0;
  for await (const { key, alert } of steps) {
    if (alert && isWanted(alert, filter)) {
      const final = shown.at(-1);
      // One more than asked for was found: there is another page.
      if (shown.length === top && final) return { shown, last: keyOf(final.id) };
      shown.push(alert);
    }
    lookedAt += 1;
    if (lookedAt === MOST_LOOKED_AT) return { shown, last: key };
  }
  return { shown, last: undefined };
}

const isWanted = (alert: Alert, { state, type }: AlertFilter): boolean =>
  isListed(alert) && (state === undefined || alert.state === state) && (type === undefined || alert.type === type);
