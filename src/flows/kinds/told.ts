/** What a change of a kind weakens, and who is told of it. */
import type { Raised } from '../../change.ts';
import type { Weakening } from '../../core/controls.ts';
import { destruction } from '../../core/executors.ts';
import type { StoredKind } from '../../core/kinds.ts';
import { brakeAlerts, weakenedBy } from '../authorize/weakening.ts';
import { type Need, need, type Proof } from '../story/plan.ts';
import { serviceAlert } from '../story/raise.ts';
import type { Asked } from '../story/request.ts';

type Terms = Pick<StoredKind, 'executor' | 'parameters' | 'minimumRetentionDays'>;

const json = ({ parameters }: Terms): string => JSON.stringify(parameters);

/** Parameters that no executor gets are nobody's yet: where the kind itself names none, the vaults decide. */
export function weakenings(
  request: Asked,
  before: StoredKind,
  after: StoredKind,
  vaultsName: boolean | undefined,
): readonly Weakening[] | Need {
  if (json(before) !== json(after) && before.executor === null && vaultsName === undefined) return need('vaultsName');
  const isUsed = before.executor !== null || vaultsName === true;
  const of = ({ executor, parameters, minimumRetentionDays }: Terms) =>
    destruction({ executor, parameters, minimumRetentionDays, isUsed });
  return weakenedBy(request, 'destruction', of(before), of(after));
}

interface Shown {
  readonly weakened: readonly Weakening[];
  readonly approval: Proof | undefined;
}

/** Another executor, other parameters and fewer days are told to everybody, also where they weaken nothing. */
export function news(
  request: Asked & { readonly id: string },
  before: StoredKind,
  after: StoredKind,
  { weakened, approval }: Shown,
): readonly Raised[] {
  const kind = after.name;
  if (weakened.length > 0) return brakeAlerts(request, weakened, approval, { kind });
  if (before.executor === after.executor && json(before) === json(after)) return [];
  const facts = { kind, before: said(before), after: said(after) };
  return [{ was: undefined, now: serviceAlert('ExecutorChanged', request, facts, request.id) }];
}

const said = ({ executor, parameters }: Terms): string =>
  `${executor ?? 'no executor'}, ${parameters ? JSON.stringify(parameters) : 'no parameters'}`;
