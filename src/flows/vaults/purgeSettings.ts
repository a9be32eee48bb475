/** Whom the purges of a vault ask to destroy: what a change of that weakens, who is told of it, and what comes before it. */
import type { Held, Raised } from '../../change.ts';
import type { Weakening } from '../../core/controls.ts';
import { destruction, type Executor } from '../../core/executors.ts';
import { newlyNamed, type PurgeSettings } from '../../core/purgeSettings.ts';
import type { Settings, Vault } from '../../core/vault.ts';
import { toldToo, weakenedBy } from '../authorize/weakening.ts';
import { type Need, need, type Step } from '../story/plan.ts';
import { vaultAlert } from '../story/raise.ts';
import type { Asked } from '../story/request.ts';
import type { Deciding } from '../story/run.ts';

/** What the decision reads for it. */
export interface PurgeReads {
  /** The executor that it is to name. */
  readonly executor?: Held<Executor>;
  /** Whether a kind names an executor: that one gets the vault's parameters too. */
  readonly kindsName?: boolean;
  /** It is noted with the executor that this vault is about to name it. */
  readonly noted?: true;
}

const isSame = (a: PurgeSettings, b: PurgeSettings): boolean => JSON.stringify(a) === JSON.stringify(b);

/** With the name of the executor as it was first written, and as the vault has it already. */
export function withExecutor(
  before: PurgeSettings | undefined,
  settings: Settings,
  { executor: held }: PurgeReads,
): Settings | Need {
  const { purge } = settings;
  if (newlyNamed(before?.executor, purge.executor) !== undefined)
    return held ? { ...settings, purge: { ...purge, executor: held.value.name } } : need('executor');
  const executor = purge.executor === null ? null : (before?.executor ?? purge.executor);
  return { ...settings, purge: { ...purge, executor } };
}

/** Parameters that no executor gets are nobody's yet. Where the vault itself names none, the kinds decide. */
export function purgeWeakened(
  request: Asked,
  before: Vault,
  after: PurgeSettings,
  { kindsName }: PurgeReads,
): readonly Weakening[] | Need {
  if (isSame(before.purge, after)) return [];
  const hasOthers = JSON.stringify(before.purge.parameters) !== JSON.stringify(after.parameters);
  if (hasOthers && before.purge.executor === null && kindsName === undefined) return need('kindsName');
  const isUsed = before.purge.executor !== null || kindsName === true;
  const of = (purge: PurgeSettings) => destruction({ ...purge, isUsed });
  return weakenedBy(request, 'destruction', of(before.purge), of(after));
}

/** Every change is told. What weakens a control has alerts of its own. */
export function purgeNews(
  request: Deciding,
  before: Vault,
  { purge }: Settings,
  weakened: readonly Weakening[],
): readonly Raised[] {
  if (isSame(before.purge, purge) || weakened.some(({ alert }) => alert === 'ExecutorChanged')) return [];
  const facts = { before: said(before.purge), after: said(purge) };
  return [toldToo(before.alerts, vaultAlert('ExecutorChanged', request, before, facts, request.id))];
}

const said = ({ executor, parameters }: PurgeSettings): string =>
  `${executor ?? 'no executor'}, ${parameters ? JSON.stringify(parameters) : 'no parameters'}`;

/** The executor's list comes first: it must never be deleted while a vault names it. */
export function noting(
  vault: string,
  before: PurgeSettings | undefined,
  { purge }: Settings,
  { noted }: PurgeReads,
): { readonly step: Step } | { readonly names: string | undefined } {
  const executor = newlyNamed(before?.executor, purge.executor);
  if (executor === undefined || noted) return { names: executor };
  return { step: { step: { line: 'naming', executor, vault }, leaves: { noted: true } } };
}
