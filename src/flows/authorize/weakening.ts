import type { ControlState, Raised } from '../../change.ts';
import type { Alert } from '../../core/alerts.ts';
import type { AlertType } from '../../core/alertTypes.ts';
import type { Facts } from '../../core/caller.ts';
import { type SubjectName, type Subjects, type Weakening, weakenings } from '../../core/controls.ts';
import type { AlertSettings, Vault } from '../../core/vault.ts';
import { type Need, need, type Proof } from '../story/plan.ts';
import { serviceAlert, vaultAlert } from '../story/raise.ts';
import type { Asked } from '../story/request.ts';
import type { Deciding, World } from '../story/run.ts';
import { approved, approvedForService } from './approval.ts';
import { personsFactor } from './personsFactor.ts';
import { factorFor } from './secondFactor.ts';

/** What a change weakens, by the table of controls. */
export const weakenedBy = <S extends SubjectName>(
  { caller, controls }: Asked,
  of: S,
  before: Subjects[S],
  after: Subjects[S],
): readonly Weakening[] => weakenings(of, before, after, caller, controls);

interface Place {
  readonly vault: string;
  readonly item?: string;
}

/** What a verb that can weaken something reads besides: the approvals that its weakenings need, and the second factor. */
export const proofs = {
  approval: <P extends Place>(
    world: World<P>,
    { head }: { readonly head: { readonly vault: Vault } },
    _ask: unknown,
    weakened: readonly Weakening[],
  ) => approved(world, head.vault, operationsOf(weakened)),
  secondFactor: factorFor('changeSettings'),
};

/** The same for what concerns the service as a whole. Beside its brakes stands which guard it has. */
export const serviceProofs = {
  approval: (
    world: Pick<World<unknown>, 'flow' | 'request' | 'operation'>,
    { control }: { readonly control?: ControlState },
    _ask: unknown,
    weakened: readonly Weakening[],
  ) => approvedForService(world, operationsOf(weakened), control?.guard),
  secondFactor: personsFactor,
};

const operationsOf = (weakened: readonly Weakening[]) => [
  ...new Set(weakened.flatMap(({ guard }) => (guard === 'none' ? [] : [guard]))),
];

interface Proofs {
  readonly approval?: Proof | undefined;
  readonly secondFactor?: Proof | undefined;
}

/** What has not been shown yet. The guard comes first and the factor last: asking for it with a wrong PIN counts. */
export function unproved(weakened: readonly Weakening[], { approval, secondFactor }: Proofs): Need | undefined {
  if (weakened.length === 0) return undefined;
  if (!approval) return need('approval', weakened);
  return weakened.some(({ factor }) => factor) && !secondFactor ? need('secondFactor', weakened) : undefined;
}

interface Said {
  readonly control: string;
  readonly before: Facts[string];
  readonly after: Facts[string];
  readonly facts?: Facts;
}

/** What the history says of the weakenings of one change: single values of a single one, and lists of several, in the same order. */
export function weakeningFacts(weakened: readonly Said[]): Facts {
  const [first, ...others] = weakened;
  if (!first) return {};
  if (others.length === 0) return factsOf(first);
  return {
    control: weakened.map(({ control }) => control),
    before: weakened.map(({ before }) => said(before)),
    after: weakened.map(({ after }) => said(after)),
  };
}

const said = (value: Facts[string]): string => (Array.isArray(value) ? value.join(', ') : String(value ?? 'none'));

const factsOf = ({ control, before, after, facts }: Said): Facts => ({
  control,
  before,
  after,
  ...facts,
});

/** An alert about one weakening of a vault. Whoever was told before the change is told of it as well. */
export const weakeningAlert = (type: AlertType, request: Deciding, before: Vault, facts: Facts, one: Said): Raised =>
  toldToo(
    before.alerts,
    vaultAlert(type, request, before, { ...facts, ...factsOf(one) }, occurrence(request, one.control)),
  );

/** One for each control. */
export const weakeningAlerts = (
  request: Deciding,
  weakened: readonly Weakening[],
  { before, approval }: { readonly before: Vault; readonly approval?: Proof | undefined },
): readonly Raised[] => weakened.map((one) => weakeningAlert(one.alert, request, before, approval?.facts ?? {}, one));

/** One change raises an alert for each control, also where several have the same type. */
export const occurrence = ({ id }: { readonly id: string }, control: string): string => `${id}-${control}`;

export const toldToo = (settings: AlertSettings, now: Alert): Raised => ({ was: undefined, now, told: [settings] });

/** One for each control of the service that is weakened. Who keeps the service's guard hears of it. */
export const brakeAlerts = (
  request: Asked & { readonly id: string },
  weakened: readonly Weakening[],
  approval: Proof | undefined,
  facts: Facts = {},
): readonly Raised[] =>
  weakened.map((one) => ({
    was: undefined,
    now: serviceAlert(one.alert, request, { ...facts, ...factsOf(one) }, occurrence(request, one.control)),
    told: [],
    contacts: approval?.contacts,
  }));
