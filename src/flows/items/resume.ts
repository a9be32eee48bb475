import type { HeldHead, Owner, PointPage, Raised } from '../../change.ts';
import { type Alert, alertId } from '../../core/alerts.ts';
import type { AlertType } from '../../core/alertTypes.ts';
import type { Facts } from '../../core/caller.ts';
import type { Weakening } from '../../core/controls.ts';
import type { Item, Remains } from '../../core/item.ts';
import { traitsOf } from '../../core/kinds.ts';
import { decide, goneAtOnce, isUnder, termsOf, underPolicy } from '../../core/lifecycle.ts';
import { tooManyCuts } from '../../core/limits.ts';
import { named } from '../../core/names.ts';
import { type Point, type Policy, takesAway } from '../../core/policy.ts';
import { invalid, type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import { policyNamed } from '../../core/vault.ts';
import { occurrence, proofs, toldToo, unproved, weakenedBy, weakeningFacts } from '../authorize/weakening.ts';
import { type Claim, claimedSource } from '../story/claims.ts';
import { onItemInVault } from '../story/nouns.ts';
import { type Need, NO_PROOF, need, type Plan, type Proof, type Step, unchanged } from '../story/plan.ts';
import { changeAlert, subjectOf } from '../story/raise.ts';
import type { Deciding } from '../story/run.ts';
import { countOf, pagesOf, pagesToChange, pointsIn, repaged } from './pages.ts';
import type { ItemRead } from './points.ts';

export interface Resumption extends ItemRead {
  readonly removed: readonly Point[];
}

export interface Resume {
  readonly verb: 'resume' | 'changePolicy';
  /** Absent: the previous policy, which a Backup vault keeps for its items. */
  readonly policy?: string | undefined;
  readonly preview?: boolean;
}

const OPERATION = { resume: 'Resume', changePolicy: 'ChangePolicy' } as const;

/** Back to being protected, under a policy that the caller chooses. Expired points go now, and only now. */
export const resume = onItemInVault<Resume, Resumption>()({
  operation: ({ verb }) => OPERATION[verb],
  also: {
    ...proofs,
    pages: ({ flow, request }, { item }, { preview }) =>
      preview ? pagesOf(flow, item.value) : pagesToChange(flow, item.value, request.now),
    sourceClaim: (world, { item }) => claimedSource.read(world, item.value),
  },
  decide({ item: held, head, ...more }, ask, request) {
    const item = held.value;
    const policy = choosePolicy(item, head, ask.policy);
    const chosen = policy.ok ? policy.value : undefined;
    const decision = decide(ask.verb, item, { now: request.now, vault: head.vault, policy: chosen });
    if (!decision.ok && decision.refusal.code !== 'AlreadyProtected') return decision;
    if (!policy.ok) return policy;
    if (!decision.ok) return decision;
    if (!decision.changes || isUnder(item, policy.value)) return unchanged({ item, head, removed: [] });
    // Looking ahead changes nothing, so nothing has to be proved for it.
    const shown = ask.preview ? { approval: NO_PROOF, secondFactor: NO_PROOF } : {};
    const moved = movedUnder({ item, head, ...more, ...shown }, policy.value, request);
    return ask.preview && 'answer' in moved ? unchanged({ item, head, removed: moved.answer.removed }) : moved;
  },
});

/** The policy that the caller chose, if it exists and is for such items. null: none, for what has no recovery points. */
export function choosePolicy(
  item: Pick<Item, 'workload' | 'kind' | 'previousPolicy'>,
  head: HeldHead,
  name: string | undefined,
): Outcome<Policy | null> {
  const traits = traitsOf(item);
  if (!traits.recoveryPoints)
    return name === undefined
      ? ok(null)
      : invalid('$.policy', `Items of the kind ${item.workload} have no recovery points: leave "policy" out.`);
  const wanted = name ?? (head.vault.kind === 'RecoveryServices' ? null : item.previousPolicy);
  if (wanted === null) return invalid('$.policy', 'Say under which policy: send "policy".');
  const policy = policyNamed(head, wanted);
  if (!policy || policy.retired)
    return refuse('PolicyNotFound', `There is no policy ${wanted} in vault ${head.vault.name}.`, {
      target: '$.policy',
    });
  const of = item.kind && named(policy.kinds ?? [], item.workload);
  if (!policy.workloads.includes(item.workload) || (item.kind && of?.class !== traits.class))
    return invalid(
      '$.policy',
      `Policy ${policy.name} is for ${policy.workloads.join(', ')}, not for ${item.workload}. Choose another.`,
    );
  return ok(policy);
}

interface Moving extends ItemRead {
  readonly pages?: readonly PointPage[];
  readonly sourceClaim?: Claim<Owner, Remains>;
  readonly approval?: Proof;
  readonly secondFactor?: Proof;
}

/** Puts an item, protected or not, under a policy: its source, its points, its next expiry. */
export function movedUnder(
  { item, head, pages, sourceClaim, ...shown }: Moving,
  policy: Policy | null,
  request: Deciding,
): Refused | Need | Step | Plan<Resumption> {
  const { now, id } = request;
  const retention = policy?.retention ?? {};
  const blocked = shorterUnderImmutability(item, head, policy) ?? tooManyCuts(termsOf(item, head), retention, now);
  if (blocked) return blocked;
  if (!pages && item.pagedPoints > 0) return need('pages');
  const moved = underPolicy(item, head, policy, now, id);
  const gone = new Set(goneAtOnce(item, pointsIn(pages ?? []), termsOf(item, head), now));
  const { left, ...paged } = repaged(pages ?? [], (point) => !gone.has(point));
  const removed = [...moved.removed, ...paged.removed];
  if (item.superseded && !sourceClaim) return need('sourceClaim');
  const claim = item.superseded && sourceClaim ? claimedSource.take(sourceClaim, item, request) : undefined;
  if (claim && 'ok' in claim) return claim;
  const weakened = weakenedBy(request, 'protection', termsOf(item, head).retention, retention);
  const missing = unproved(weakened, shown) ?? claim;
  if (missing) return missing;
  const next = { ...moved.item, superseded: false, pagedPoints: countOf(left) };
  return {
    item: next,
    pages: { putPages: paged.putPages, dropPages: paged.dropPages, stay: left },
    // Out of the trash: a change of its server at the same moment makes one of the two decide again.
    touchServer: item.state === 'SoftDeleted' ? (item.server ?? undefined) : undefined,
    alerts: movingAlerts(request, item, next, { head, policy, weakened, approval: shown.approval }),
    facts: {
      policy: next.policy,
      previousPolicy: next.previousPolicy,
      recoveryPointsRemoved: removed.length,
      ...weakeningFacts(weakened),
    },
    answer: { item: next, head, removed },
  };
}

interface Move {
  readonly head: HeldHead;
  readonly policy: Policy | null;
  readonly weakened: readonly Weakening[];
  readonly approval: Proof | undefined;
}

/** It came back, out of the trash or into protection; and whether its points are kept for a shorter time from now on. */
function movingAlerts(
  request: Deciding,
  before: Item,
  after: Item,
  { head, policy, weakened, approval }: Move,
): readonly (Alert | Raised)[] {
  const change = { from: before.state, to: after.state, policy: policy?.name ?? null };
  const make = (type: AlertType, more: Facts = {}): Alert => ({
    ...changeAlert(type, request, before, { ...change, ...more }),
    // an item may be resumed more than once between two deletions
    ...(type === 'ItemUndeleted' ? {} : { id: alertId(type, subjectOf(before), after.etag) }),
  });
  return [
    ...(before.state === 'SoftDeleted' ? [make('ItemUndeleted')] : []),
    ...(before.state === 'Protected' ? [] : [make('ItemResumed')]),
    ...weakened.map((one) => {
      const facts = { ...change, ...approval?.facts, ...weakeningFacts([one]) };
      const now = changeAlert(one.alert, request, before, facts, occurrence(request, one.control));
      return toldToo(head.vault.alerts, now);
    }),
  ];
}

/** Immutable data may live longer, never shorter. */
function shorterUnderImmutability(item: Item, head: HeldHead, policy: Policy | null): Refused | undefined {
  if (!policy || head.vault.immutability === 'Disabled' || item.tier === 'Operational') return undefined;
  if (!takesAway(termsOf(item, head).retention, policy.retention)) return undefined;
  return refuse(
    'ImmutabilityBlocked',
    `The vault is immutable: ${item.name} cannot move to ${policy.name}, which keeps points for a shorter time.`,
  );
}
