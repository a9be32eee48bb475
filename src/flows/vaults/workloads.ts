/** What a policy is for: built-in workloads, and kinds of your own that have recovery points. */
import { builtInKind, type Kind } from '../../core/kinds.ts';
import type { Kinds } from '../../core/knownKinds.ts';
import { sameName } from '../../core/names.ts';
import type { Policy } from '../../core/policy.ts';
import { type Complaint, type Outcome, ok, refuse } from '../../core/problems.ts';
import type { Vault } from '../../core/vault.ts';
import { type Need, need } from '../story/plan.ts';
import { wrongVaultKind } from '../story/request.ts';

type For = Pick<Policy, 'workloads' | 'kinds'>;

/** As they are written, each once. Kinds of your own are read where one is named. */
export function workloadsOf(
  wanted: readonly string[] | undefined,
  before: Policy | undefined,
  vault: Vault,
  kinds: Kinds | undefined,
): Outcome<For> | Need {
  if (!wanted) return ok({ workloads: before?.workloads ?? [], ...(before?.kinds ? { kinds: before.kinds } : {}) });
  if (!kinds && wanted.some((name) => !builtInKind(name))) return need('kinds');
  const found = wanted.map((name) => builtInKind(name) ?? kinds?.of(name));
  const faults = found.flatMap((kind, at): readonly Complaint[] => {
    const message = faultOf(kind, wanted[at] ?? '');
    return message === undefined ? [] : [{ code: 'InvalidRequest', target: `$.workloads[${at}]`, message }];
  });
  if (faults.length > 0)
    return refuse('InvalidRequest', faults.map(({ message }) => message).join(' '), { details: faults });
  const known = found.filter((kind) => kind !== undefined);
  const foreign = known.find(({ vaultKinds }) => !vaultKinds.includes(vault.kind));
  if (foreign) return wrongVaultKind(vault, foreign, '$.workloads');
  const each = known.filter((kind, at) => known.findIndex(({ name }) => sameName(name, kind.name)) === at);
  const own = each.filter(({ builtIn }) => !builtIn).map(({ name, class: of }) => ({ name, class: of }));
  return ok({ workloads: each.map(({ name }) => name), ...(own.length > 0 ? { kinds: own } : {}) });
}

function faultOf(kind: Kind | undefined, name: string): string | undefined {
  if (!kind) return `There is no kind ${name}.`;
  return kind.recoveryPoints
    ? undefined
    : `${kind.name} has no recovery points, so there is nothing that a policy keeps.`;
}
