import type { HeldHead, OperationWrite } from '../../change.ts';
import type { Weakening } from '../../core/controls.ts';
import type { Item } from '../../core/item.ts';
import { oneMore, tooManyCuts } from '../../core/limits.ts';
import { sameName } from '../../core/names.ts';
import {
  classesIn,
  cutsAfter,
  type Policy,
  type Retention,
  type RetentionFault,
  retentionFaults,
  takesAway,
} from '../../core/policy.ts';
import { type Complaint, type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import { NO_TALLY, plus, policyOf, sumOf, tallyOf, usersOf } from '../../core/tally.ts';
import type { Instant } from '../../core/time.ts';
import { type Counts, hybridSecurityOn, policyNamed } from '../../core/vault.ts';
import { proofs, unproved, weakenedBy, weakeningAlert, weakeningFacts } from '../authorize/weakening.ts';
import { begin, runningOf } from '../story/begin.ts';
import { onVault } from '../story/nouns.ts';
import { everyItem } from '../story/pages.ts';
import { type Created, type Need, need, type Plan, type Proof, type Step, unchanged } from '../story/plan.ts';
import { entry, stale, type VaultPlace } from '../story/request.ts';
import type { Deciding, World } from '../story/run.ts';
import { workloadsOf } from './workloads.ts';

export const noPolicy = (vault: string, policy: string): Refused =>
  refuse('PolicyNotFound', `There is no policy ${policy} in vault ${vault}.`);

/** `operation`: what brings its users' hints after it. */
export type PolicyResult = Created<{ readonly policy: Policy; readonly operation?: string | undefined }>;

/** What is given of a policy; a new one needs all of it. */
export interface PutPolicy {
  readonly name: string;
  readonly workloads?: readonly string[] | undefined;
  readonly schedule?: string | undefined;
  readonly retention?: Retention | undefined;
}

/** Makes a policy or changes it. A changed retention reaches every point at once, because a point's end is derived from it. */
export const putPolicy = onVault<PutPolicy, PolicyResult>()({
  operation: 'PutPolicy',
  etagIsOfPart: true,
  also: {
    kinds: ({ flow }) => flow.kinds.fresh(),
    users: readUsers,
    ...proofs,
  },
  decide({ head, kinds, users, ...shown }, ask, request) {
    const before = policyNamed(head, ask.name);
    const precondition = stale(request, before);
    if (precondition) return precondition;
    const workloads = workloadsOf(ask.workloads, before, head.vault, kinds);
    if ('need' in workloads || !workloads.ok) return workloads;
    const policy = filled(ask, before, workloads.value, request.id);
    if (!policy.ok) return policy;
    const fault = policyFault(head, before, policy.value, users, request.now);
    if (fault) return fault;
    if (before && isSame(before, policy.value))
      return unchanged({ policy: before, created: false, operation: runningOf(head, rehinting(before)) });
    const weakened = before ? weakenedBy(request, 'policy', of(head, before), of(head, policy.value)) : [];
    return (
      unproved(weakened, shown) ??
      replacement(head, before, policy.value, { weakened, approval: shown.approval }, request)
    );
  },
});

const of = ({ vault }: HeldHead, policy: Policy) => ({ vault, policy });

const rehinting = ({ name }: Policy) => ({ kind: 'RehintPolicy', subject: name }) as const;

/**
 * Where points end earlier, somebody walks its users and has each looked at in time. While one walks, any other retention has the walk start
 * anew: some of them were hinted by the last one.
 */
function rehint(head: HeldHead, before: Policy, now: Policy, request: Deciding): OperationWrite | undefined {
  const total = head.tally ? sumOf(usersOf(head.tally, now.name)) : null;
  const isShorter = takesAway(before.retention, now.retention) && total !== 0;
  const isOther = JSON.stringify(before.retention) !== JSON.stringify(now.retention);
  const mustWalk = isShorter || (isOther && runningOf(head, rehinting(before)) !== undefined);
  return mustWalk ? begin(head, { ...rehinting(before), total }, request) : undefined;
}

function replacement(
  head: HeldHead,
  before: Policy | undefined,
  wanted: Policy,
  { weakened, approval }: { readonly weakened: readonly Weakening[]; readonly approval: Proof | undefined },
  request: Deciding,
): Plan<PolicyResult> {
  const { vault } = head;
  const changed = { ...vault, version: vault.version + 1 };
  const when = { at: request.now, days: vault.softDelete.retentionDays, version: changed.version };
  const cuts = before ? cutsAfter(before.cuts, before.retention, wanted.retention, when) : [];
  const policy = { ...wanted, cuts };
  const operation = before && rehint(head, before, policy, request);
  const facts = {
    policy: policy.name,
    before: before ? JSON.stringify(before.retention) : null,
    after: JSON.stringify(policy.retention),
  };
  return {
    vault: changed,
    putPolicy: policy,
    facts: { ...facts, ...weakeningFacts(weakened) },
    alerts: weakened.map((one) =>
      weakeningAlert(one.alert, request, vault, { policy: policy.name, ...approval?.facts }, one),
    ),
    ...(operation ? { operations: [operation] } : {}),
    answer: { policy, created: before === undefined, operation: operation?.now.id },
  };
}

function filled(
  ask: PutPolicy,
  before: Policy | undefined,
  workloads: Pick<Policy, 'workloads' | 'kinds'>,
  etag: string,
): Outcome<Policy> {
  const absent = (['workloads', 'schedule', 'retention'] as const).filter((part) => ask[part] === undefined && !before);
  if (absent.length > 0) {
    const details = absent.map(
      (part): Complaint => ({ code: 'InvalidRequest', message: `A new policy needs "${part}".`, target: `$.${part}` }),
    );
    return refuse('InvalidRequest', `A new policy needs ${absent.join(', ')}.`, { details });
  }
  return ok({
    name: before?.name ?? ask.name,
    ...workloads,
    schedule: ask.schedule ?? before?.schedule ?? '',
    retention: ask.retention ?? before?.retention ?? {},
    cuts: before?.cuts ?? [],
    retired: false,
    etag,
  });
}

const isSame = (a: Policy, b: Policy): boolean =>
  a.retired === b.retired &&
  a.schedule === b.schedule &&
  JSON.stringify([a.workloads, a.kinds]) === JSON.stringify([b.workloads, b.kinds]) &&
  JSON.stringify(Object.entries(a.retention).toSorted()) === JSON.stringify(Object.entries(b.retention).toSorted());

/**
 * Deletes a policy that nothing uses. It is retired first, and its users are listed again after that: nobody can choose a retired
 * policy, and a decision that chose it just before rests on a fence that is gone.
 */
export const deletePolicy = onVault<Pick<Policy, 'name'>, null>()({
  operation: 'DeletePolicy',
  etagIsOfPart: true,
  also: { users: readUsers },
  decide({ head, users }, { name }, request) {
    const policy = policyNamed(head, name);
    if (!policy) return noPolicy(request.place.vault, name);
    const precondition = stale(request, policy);
    if (precondition) return precondition;
    const counts = users?.counts ?? (head.tally && usersOf(head.tally, policy.name));
    if (!counts) return need('users');
    if (sumOf(counts) > 0) {
      if (policy.retired) return retire(head, policy, false, request);
      return users ? inUse(policy, users) : need('users');
    }
    if (!policy.retired) return retire(head, policy, true, request);
    return { vault: head.vault, dropPolicy: policy, facts: { policy: policy.name }, answer: null };
  },
});

/** Takes a policy out of use, or brings it back if somebody chose it in time. */
const retire = (head: HeldHead, policy: Policy, retired: boolean, request: Deciding): Step => ({
  step: {
    vault: head.vault.name,
    id: request.id,
    head: { was: head, now: head.vault, putPolicy: { ...policy, retired } },
    entries: [
      entry(request, null, { operation: retired ? 'RetirePolicy' : 'KeepPolicy', facts: { policy: policy.name } }),
    ],
  },
});

/** Who uses a policy. */
interface Users {
  readonly counts: Counts;
  /** Some of them, and one of a workload that is to be dropped, if there is any. */
  readonly names: readonly string[];
}

const SHOWN = 20;

/** Their number is kept, and an index names them. In a vault that is not counted yet one looks at every item. */
async function readUsers(
  { flow, place: { vault } }: World<VaultPlace>,
  { head }: { readonly head: HeldHead },
  { name, workloads }: { readonly name: string; readonly workloads?: readonly string[] | undefined },
): Promise<Users> {
  const [workload] = workloads ? droppedInUse(head, name, workloads) : [];
  if (head.tally) {
    const index = { by: 'policy', policy: name, workload } as const;
    const { found } = await flow.vaults.items(vault, { limit: SHOWN }, index);
    return { counts: usersOf(head.tally, name, workload), names: found.map((row) => row.name) };
  }
  const isMeant = (item: Item) =>
    sameName(policyOf(item), name) && !workloads?.some((one) => sameName(one, item.workload));
  const users = (await everyItem(flow, vault)).filter(isMeant);
  return {
    counts: users.map(tallyOf).reduce(plus, NO_TALLY).counts,
    names: users.slice(0, SHOWN).map((item) => item.name),
  };
}

/** The workloads that a policy is not to be for any more although items use it. */
const droppedInUse = (
  { tally, ...head }: Pick<HeldHead, 'policies' | 'unreadablePolicies' | 'tally'>,
  name: string,
  workloads: readonly string[],
): readonly string[] =>
  (policyNamed(head, name)?.workloads ?? []).filter(
    (one) => !workloads.some((other) => sameName(other, one)) && (!tally || sumOf(usersOf(tally, name, one)) > 0),
  );

function inUse(policy: Policy, { counts, names }: Users): Refused {
  const count = sumOf(counts);
  const softDeletedOnly = counts.softDeleted === count;
  const azure = softDeletedOnly ? { azureCode: 'UserErrorPolicyAssociatedWithSoftDeletedItems' } : {};
  return refuse(
    'PolicyInUse',
    `${policy.name} is used by ${count} item(s): ${names.join(', ')}. Move them to another policy first.`,
    { facts: { count, items: names, softDeletedOnly, ...azure } },
  );
}

/** Why a vault may not have this policy. `users` are those whose workload it is to drop, if they were read. */
function policyFault(
  head: HeldHead,
  before: Policy | undefined,
  policy: Policy,
  users: Users | undefined,
  now: Instant,
): Refused | Need | undefined {
  const { vault, policies, unreadablePolicies = [] } = head;
  const faults = retentionFaults(policy.retention, classesIn(policy), hybridSecurityOn(vault));
  const said = (of: Policy) => JSON.stringify([of.retention, classesIn(of).includes('Hybrid')]);
  const changed = !before || said(before) !== said(policy);
  if (changed && faults.length > 0) return badRetention(faults);
  if (!before)
    return oneMore(
      'policies',
      [...policies, ...unreadablePolicies].map(() => null),
    );
  if (vault.immutability !== 'Disabled' && takesAway(before.retention, policy.retention))
    return refuse('ImmutabilityBlocked', 'The vault is immutable: the retention of a policy cannot be shortened.', {
      target: '$.retention',
    });
  const full = tooManyCuts(before, policy.retention, now);
  if (full) return full;
  if (droppedInUse(head, policy.name, policy.workloads).length === 0) return undefined;
  if (!users) return need('users');
  const [user] = users.names;
  return user === undefined
    ? undefined
    : refuse('PolicyInUse', `${user} uses this policy. Move it to another policy first.`, { target: '$.workloads' });
}

function badRetention(faults: readonly RetentionFault[]): Refused {
  const code = faults.some(({ kind }) => kind === 'belowMinimum') ? 'MinimumRetention' : 'InvalidRequest';
  const details = faults.map(
    (fault): Complaint => ({
      code,
      target: `$.retention.${fault.rung}`,
      message:
        fault.kind === 'belowMinimum'
          ? `${fault.rung} is ${fault.given}; hybrid workloads are kept at least ${fault.minimum}.`
          : `${fault.rung} is 0. Leave the rung out to keep no such points.`,
    }),
  );
  const [first] = faults;
  const facts = first?.kind === 'belowMinimum' ? { rung: first.rung, given: first.given, minimum: first.minimum } : {};
  return refuse(code, details.map(({ message }) => message).join(' '), {
    details,
    facts,
    target: `$.retention.${first?.rung}`,
  });
}
