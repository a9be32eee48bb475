import { policyHint } from '../core/agenda.ts';
import type { Facts } from '../core/history.ts';
import {
  cutsAfter,
  isPolicy,
  isShorter,
  type Policy,
  type Retention,
  type RetentionFault,
  retentionFaults,
  takesAway,
} from '../core/policy.ts';
import { type Complaint, type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import { hybridSecurityOn } from '../core/vault.ts';
import { type Workload, workloadRow } from '../core/workloads.ts';
import type { HeldHead, Ports } from '../ports.ts';
import { hintsToTell, tellSoon, vaultAlert } from './alerting.ts';
import { type Asking, entry, noVault, rounds, stale, tellRefusal } from './asking.ts';
import { type WatchPorts, watched } from './critical.ts';
import { approval, grantUsed } from './guarded.ts';
import { inUse, usersOf } from './policyUsers.ts';

type PolicyPorts = Pick<Ports, 'vaults' | 'agenda' | 'notices' | 'newId'>;

export interface PolicyResult {
  readonly policy: Policy;
  readonly created: boolean;
}

/** What is given; a new policy needs all of it. */
export interface PolicyAsk {
  readonly workloads?: readonly Workload[] | undefined;
  readonly schedule?: string | undefined;
  readonly retention?: Retention | undefined;
}

const MOST_POLICIES = 200;

export const noPolicy = (vault: string, policy: string): Refused =>
  refuse('PolicyNotFound', `There is no policy ${policy} in vault ${vault}.`);

/** A changed retention reaches every point at once, because a point's end is derived from it; what it cuts off waits as soft-deleted. */
export async function putPolicy(
  ports: PolicyPorts & WatchPorts & Pick<Ports, 'guards'>,
  asking: Asking<PolicyResult>,
  vault: string,
  name: string,
  ask: PolicyAsk,
): Promise<Outcome<PolicyResult>> {
  const outcome = await rounds(() => putPolicyOnce(ports, asking, vault, name, ask));
  await tellRefusal(ports, asking, { vault, item: null }, 'PutPolicy', outcome);
  return watched(ports, asking, { vault }, 'PutPolicy', outcome);
}

async function putPolicyOnce(
  ports: PolicyPorts & Pick<Ports, 'guards'>,
  asking: Asking<PolicyResult>,
  vault: string,
  name: string,
  ask: PolicyAsk,
): Promise<Outcome<PolicyResult> | 'again'> {
  const head = await ports.vaults.head(vault, 'fresh');
  if (!head) return noVault(vault);
  const before = head.policies.find((policy) => isPolicy(policy, name));
  const precondition = stale(asking, before);
  if (precondition) return precondition;
  const wanted = fill(name, ask, before);
  if (!wanted.ok) return wanted;
  const policy = { ...wanted.value, etag: ports.newId() };
  const forbidden = await forbiddenPolicy(ports, head, before, policy);
  if (forbidden) return forbidden;
  if (before && same(before, policy)) return ok({ policy: before, created: false });
  const shorter = before !== undefined && takesAway(before.retention, policy.retention);
  const approved = await approval(ports, asking, head.vault, shorter ? ['reduceRetention'] : []);
  return approved.ok ? writePolicy(ports, asking, head, before, policy, approved.value) : approved;
}

async function writePolicy(
  ports: PolicyPorts,
  asking: Asking<PolicyResult>,
  head: HeldHead,
  before: Policy | undefined,
  policy: Policy,
  approved: Facts,
): Promise<Outcome<PolicyResult> | 'again'> {
  const changed = { ...head.vault, version: head.vault.version + 1 };
  const when = { at: asking.now, days: changed.softDelete.retentionDays, version: changed.version };
  const cuts = before ? cutsAfter(before.cuts, before.retention, policy.retention, when) : [];
  const after = { ...policy, cuts };
  const hints =
    before && takesAway(before.retention, after.retention) ? [policyHint(changed.name, after.name, asking.now)] : [];
  const result = { policy: after, created: before === undefined };
  const facts = {
    policy: after.name,
    before: before ? JSON.stringify(before.retention) : null,
    after: JSON.stringify(after.retention),
    ...approved,
  };
  const shorter = before && isShorter(before.retention, after.retention);
  const alerts = [
    ...(shorter ? [vaultAlert('ModifyPolicyShorterRetention', asking, changed, facts, `${changed.version}`)] : []),
    ...grantUsed(asking, changed.name, 'PutPolicy', approved),
  ];
  await ports.agenda.write([...hints, ...hintsToTell(alerts)]);
  const done = await ports.vaults.changeHead({
    was: head,
    vault: changed,
    putPolicy: after,
    id: after.etag,
    alerts,
    entry: entry(asking, null, { operation: 'PutPolicy', facts }),
    answer: asking.keep?.(result),
  });
  if (!done) return 'again';
  tellSoon(ports, alerts);
  return ok(result);
}

function fill(name: string, ask: PolicyAsk, before: Policy | undefined): Outcome<Policy> {
  const absent = (['workloads', 'schedule', 'retention'] as const).filter((part) => ask[part] === undefined && !before);
  if (absent.length > 0) {
    const details = absent.map(
      (part): Complaint => ({ code: 'InvalidRequest', message: `A new policy needs "${part}".`, target: `$.${part}` }),
    );
    return refuse('InvalidRequest', `A new policy needs ${absent.join(', ')}.`, { details });
  }
  return ok({
    name: before?.name ?? name,
    workloads: [...new Set(ask.workloads ?? before?.workloads ?? [])],
    schedule: ask.schedule ?? before?.schedule ?? '',
    retention: ask.retention ?? before?.retention ?? {},
    cuts: before?.cuts ?? [],
    retired: false,
    etag: '',
  });
}

const same = (a: Policy, b: Policy): boolean =>
  a.retired === b.retired &&
  a.schedule === b.schedule &&
  JSON.stringify(a.workloads) === JSON.stringify(b.workloads) &&
  JSON.stringify(Object.entries(a.retention).toSorted()) === JSON.stringify(Object.entries(b.retention).toSorted());

async function forbiddenPolicy(
  ports: PolicyPorts,
  head: HeldHead,
  before: Policy | undefined,
  policy: Policy,
): Promise<Refused | undefined> {
  const { vault } = head;
  const foreign = policy.workloads.find((workload) => workloadRow(workload).vault !== vault.kind);
  if (foreign)
    return refuse(
      'WrongVaultKind',
      `${foreign} is kept in a ${workloadRow(foreign).vault} vault; ${vault.name} is a ${vault.kind} vault.`,
      {
        target: '$.workloads',
        facts: { requiredKind: workloadRow(foreign).vault },
      },
    );
  const faults = retentionFaults(policy.retention, policy.workloads, hybridSecurityOn(vault));
  const changed = !before || JSON.stringify(before.retention) !== JSON.stringify(policy.retention);
  if (changed && faults.length > 0) return badRetention(faults);
  if (!before && head.policies.length >= MOST_POLICIES)
    return refuse('LimitReached', `A vault can have ${MOST_POLICIES} policies at most.`);
  if (before && vault.immutability !== 'Disabled' && isShorter(before.retention, policy.retention))
    return refuse('ImmutabilityBlocked', 'The vault is immutable: the retention of a policy cannot be shortened.', {
      target: '$.retention',
    });
  const dropped = before?.workloads.filter((workload) => !policy.workloads.includes(workload)) ?? [];
  if (before && dropped.length > 0) {
    const users = await usersOf(ports, head, before);
    const user = users.items.find((item) => dropped.includes(item.workload));
    if (user)
      return refuse(
        'PolicyInUse',
        `${user.name} (${user.workload}) uses this policy. Move it to another policy first.`,
        { target: '$.workloads' },
      );
  }
  return undefined;
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

/**
 * Deletes a policy that nothing uses any more. It is retired before the listing that counts: from then on nobody can choose it,
 * and whoever had chosen it a moment ago finds the fence replaced.
 */
export const deletePolicy = (
  ports: PolicyPorts,
  asking: Asking<null>,
  vault: string,
  name: string,
): Promise<Outcome<null>> =>
  rounds<null>(async () => {
    const head = await ports.vaults.head(vault, 'fresh');
    if (!head) return noVault(vault);
    const policy = head.policies.find((one) => isPolicy(one, name));
    if (!policy) return noPolicy(vault, name);
    const precondition = stale(asking, policy);
    if (precondition) return precondition;
    const users = await usersOf(ports, head, policy);
    const change = { was: head, vault: head.vault, id: ports.newId() };
    const told = (operation: string) => entry(asking, null, { operation, facts: { policy: policy.name } });
    if (users.items.length > 0) {
      if (policy.retired)
        await ports.vaults.changeHead({
          ...change,
          putPolicy: { ...policy, retired: false },
          entry: told('KeepPolicy'),
        });
      return inUse(policy, users);
    }
    if (!policy.retired) {
      await ports.vaults.changeHead({
        ...change,
        putPolicy: { ...policy, retired: true },
        entry: told('RetirePolicy'),
      });
      return 'again';
    }
    const done = await ports.vaults.changeHead({
      ...change,
      dropPolicy: policy,
      entry: told('DeletePolicy'),
      answer: asking.keep?.(null),
    });
    return done ? ok(null) : 'again';
  });
