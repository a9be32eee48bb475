import { SERVICE } from '../core/agenda.ts';
import { type Alert, isListed, vaultOfAlert } from '../core/alerts.ts';
import { keyOf } from '../core/names.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import type { Ports } from '../ports.ts';
import { type Asking, entry, noVault, rounds } from './asking.ts';
import { inParallel } from './inParallel.ts';

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
  { vaults, alerts }: Pick<Ports, 'vaults' | 'alerts'>,
  vault: string,
  filter: AlertFilter,
): Promise<Outcome<AlertPage>> {
  if (!(await vaults.head(vault, 'fresh'))) return noVault(vault);
  return ok(await pageOf(alertsIn(alerts, vault, filter.after), filter));
}

/** The service's own, then those of every vault, in the order of the vaults' names. */
export async function everyAlert(
  ports: Pick<Ports, 'alerts' | 'registry'>,
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
  { alerts, registry }: Pick<Ports, 'alerts' | 'registry'>,
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
  alerts: Ports['alerts'],
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

/** An alert by its id; with a vault, one of that vault. */
export interface AlertPlace {
  readonly vault: string | null;
  readonly id: string;
}

export async function getAlert(ports: Pick<Ports, 'vaults' | 'alerts'>, place: AlertPlace): Promise<Outcome<Alert>> {
  const held = await ports.alerts.get(place.vault, place.id);
  return held && isListed(held.value) ? ok(held.value) : missingAlert(ports, place);
}

async function missingAlert({ vaults }: Pick<Ports, 'vaults'>, { vault, id }: AlertPlace): Promise<Refused> {
  if (vault !== null && !(await vaults.head(vault, 'fresh'))) return noVault(vault);
  return refuse('AlertNotFound', `There is no alert ${id}.`);
}

/** New, then perhaps Acknowledged, then Closed: never back. undefined: that cannot be. */
const STATES = {
  acknowledge: { New: 'Acknowledged', Acknowledged: 'Acknowledged', Closed: undefined },
  close: { New: 'Closed', Acknowledged: 'Closed', Closed: 'Closed' },
} as const satisfies Record<string, Record<Alert['state'], Alert['state'] | undefined>>;

export type AlertVerb = keyof typeof STATES;

const OPERATIONS: Readonly<Record<AlertVerb, string>> = { acknowledge: 'AcknowledgeAlert', close: 'CloseAlert' };

/** Somebody has seen it, or is done with it. What was raised about an item stands in the item's history. */
export const moveAlert = (
  ports: Pick<Ports, 'vaults' | 'alerts' | 'newId'>,
  asking: Asking<Alert>,
  place: AlertPlace,
  verb: AlertVerb,
): Promise<Outcome<Alert>> =>
  rounds<Alert>(async () => {
    const held = await ports.alerts.get(place.vault, place.id);
    if (!held || !isListed(held.value)) return missingAlert(ports, place);
    const before = held.value;
    const state = STATES[verb][before.state];
    if (state === undefined)
      return refuse('InvalidTransition', 'This alert is closed: nobody needs to acknowledge it any more.', {
        facts: { state: before.state },
      });
    if (state === before.state) return ok(before);
    const after: Alert = { ...before, state };
    const facts = { alert: before.id, type: before.type, before: before.state, after: state };
    const done = await ports.vaults.commit({
      vault: before.vault ?? SERVICE,
      id: ports.newId(),
      recounts: [{ was: held, now: after }],
      entries: [entry(asking, before.item, { operation: OPERATIONS[verb], facts })],
      answer: asking.keep?.(after),
    });
    return done ? ok(after) : 'again';
  });
