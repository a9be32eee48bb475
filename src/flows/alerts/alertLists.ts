import { type Alert, isListed, vaultOfAlert } from '../../core/alerts.ts';
import { keyOf } from '../../core/names.ts';
import { type Outcome, ok, refuse } from '../../core/problems.ts';
import type { Reads } from '../../ports.ts';
import { noVault } from '../story/request.ts';
import { inParallel } from '../story/rounds.ts';

export interface AlertPage {
  readonly alerts: readonly Alert[];
  /** After which key the next page begins; undefined: this was the last. */
  readonly last: string | undefined;
}

/** Which alerts are wanted, how many of them, and after which key. */
export interface AlertFilter {
  readonly state?: Alert['state'] | undefined;
  readonly type?: Alert['type'] | undefined;
  readonly top: number;
  readonly after: string | undefined;
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

export async function vaultAlerts(
  { vaults, alerts }: Pick<Reads, 'vaults' | 'alerts'>,
  vault: string,
  filter: AlertFilter,
): Promise<Outcome<AlertPage>> {
  if (!(await vaults.head(vault, 'fresh'))) return noVault(vault);
  return ok(await pageOf(alertsIn(alerts, vault, filter.after), filter));
}

/** The service's own, then those of every vault, in the order of the vaults' names. */
export async function everyAlert(
  ports: Pick<Reads, 'alerts' | 'registry'>,
  filter: AlertFilter,
): Promise<Outcome<AlertPage>> {
  const begun = filter.after === undefined ? null : vaultOfAlert(filter.after);
  if (begun === undefined)
    return refuse('InvalidRequest', 'This continuation belongs to another list. Start again without it.', {
      target: '$.continuation',
    });
  return ok(await pageOf(everywhere(ports, begun, filter.after), filter));
}

async function* everywhere(
  { alerts, registry }: Pick<Reads, 'alerts' | 'registry'>,
  begun: string | null,
  after: string | undefined,
): AsyncGenerator<Step> {
  yield* alertsIn(alerts, begun, after);
  let vault = begun ?? undefined;
  do {
    const names = await registry.vaults({ after: vault, limit: VAULTS });
    const found = await inParallel(names, async (name) => ({ name, ...(await alerts.list(name, { limit: FIRST })) }));
    for (const { name, alerts: first, last } of found) {
      yield* first.map(stepTo);
      if (last !== undefined) yield* alertsIn(alerts, name, last);
      yield { key: endOf(name) };
    }
    vault = names.length < VAULTS ? undefined : names.at(-1);
  } while (vault !== undefined);
}

async function* alertsIn(
  alerts: Reads['alerts'],
  vault: string | null,
  start: string | undefined,
): AsyncGenerator<Step> {
  let after = start;
  do {
    const stretch = await alerts.list(vault, { after, limit: STRETCH });
    yield* stretch.alerts.map(stepTo);
    after = stretch.last;
  } while (after !== undefined);
}

const stepTo = (alert: Alert): Step => ({ key: keyOf(alert.id), alert });

async function pageOf(steps: AsyncIterable<Step>, filter: AlertFilter): Promise<AlertPage> {
  const alerts: Alert[] = [];
  let lookedAt = 0;
  for await (const { key, alert } of steps) {
    if (alert && isWanted(alert, filter)) {
      const final = alerts.at(-1);
      // One more than asked for was found: there is another page.
      if (alerts.length === filter.top && final) return { alerts, last: keyOf(final.id) };
      alerts.push(alert);
    }
    lookedAt += 1;
    if (lookedAt === MOST_LOOKED_AT) return { alerts, last: key };
  }
  return { alerts, last: undefined };
}

const isWanted = (alert: Alert, { state, type }: AlertFilter): boolean =>
  isListed(alert) && (state === undefined || alert.state === state) && (type === undefined || alert.type === type);
