import type { Held } from '../../change.ts';
import { type Alert, isListed } from '../../core/alerts.ts';
import { type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import type { Reads } from '../../ports.ts';
import { type Decision, unchanged } from '../story/plan.ts';
import { noVault } from '../story/request.ts';
import { runner, type Verb } from '../story/run.ts';

/** An alert by its id, in a vault or (null) among the service's own. */
export interface AlertPlace {
  readonly vault: string | null;
  readonly id: string;
  /** It was named through its vault, which has to be open then. */
  readonly within?: boolean;
}

interface OfAlert {
  readonly alert: Held<Alert>;
}

type AlertReads = Pick<Reads, 'vaults' | 'alerts'>;

async function readAlert({ vaults, alerts }: AlertReads, { vault, id }: AlertPlace): Promise<OfAlert | Refused> {
  const alert = await alerts.get(vault, id);
  if (alert && isListed(alert.value)) return { alert };
  if (vault !== null && !(await vaults.standing(vault))) return noVault(vault);
  return refuse('AlertNotFound', `There is no alert ${id}.`);
}

export async function getAlert(reads: AlertReads, place: AlertPlace): Promise<Outcome<Alert>> {
  const found = await readAlert(reads, place);
  return 'ok' in found ? found : ok(found.alert.value);
}

/** A verb that rests on an alert. It has no etag: what can be changed of it only ever goes forward. */
const onAlert = runner<AlertPlace, OfAlert>({
  async read({ flow, place }) {
    const isClosed = place.within && place.vault && !(await flow.vaults.head(place.vault, 'remembered'));
    return isClosed ? noVault(place.vault ?? '') : readAlert(flow, place);
  },
  historyOf: ({ vault }, read) => ({ vault, item: read?.alert.value.item ?? null }),
  refusals: 'untold',
});

/** What an alert becomes, from what it is: New, then perhaps Acknowledged, then Closed, and never back. */
type Becomes = Readonly<Record<Alert['state'], Alert['state'] | undefined>>;

const changing = (operation: string, becomes: Becomes): Verb<AlertPlace, OfAlert, undefined, Alert> => ({
  operation,
  decide({ alert: { value: alert } }): Decision<Alert> {
    const state = becomes[alert.state];
    if (state === undefined)
      return refuse('InvalidTransition', 'This alert is closed: nobody needs to acknowledge it any more.', {
        facts: { state: alert.state },
      });
    if (state === alert.state) return unchanged(alert);
    const after: Alert = { ...alert, state };
    const facts = { alert: alert.id, type: alert.type, before: alert.state, after: state };
    return { alert: after, facts, answer: after };
  },
});

/** Somebody has seen it. */
export const acknowledgeAlert = onAlert<undefined, Alert>()(
  changing('AcknowledgeAlert', { New: 'Acknowledged', Acknowledged: 'Acknowledged', Closed: undefined }),
);

/** Somebody is done with it. */
export const closeAlert = onAlert<undefined, Alert>()(
  changing('CloseAlert', { New: 'Closed', Acknowledged: 'Closed', Closed: 'Closed' }),
);
