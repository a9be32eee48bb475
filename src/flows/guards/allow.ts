import { type Grant, type Guard, grantable, samePerson } from '../../core/guards.ts';
import { iso } from '../../core/time.ts';
import { identityOf } from '../authorize/approval.ts';
import { type GuardPlace, onGuard } from '../story/nouns.ts';
import { need, unchanged } from '../story/plan.ts';
import { vaultAlert } from '../story/raise.ts';
import { type Asked, noVault, unkept } from '../story/request.ts';
import type { Runs } from '../story/run.ts';

export interface Allow extends Pick<Grant, 'operation' | 'vault' | 'expiresAt'> {
  readonly grantee: string;
}

const grantOnce = onGuard<Allow, Grant>()({
  operation: 'GrantOperation',
  also: {
    head: async ({ ports }, _, { vault }) => (await ports.vaults.head(vault, 'fresh')) ?? noVault(vault),
    before: async ({ ports, request }, { guard }, ask) =>
      (await ports.guards.allowance(wishOf(guard.value, ask, request))) ?? null,
  },
  decide({ guard, head, before }, ask, request) {
    const { caller, now: grantedAt, id } = request;
    const wish = { ...wishOf(guard.value, ask, request), id, grantedBy: identityOf(caller), grantedAt };
    const outcome = grantable(wish, guard.value, grantedAt);
    if (!outcome.ok) return outcome;
    if (!head) return need('head');
    if (before === undefined) return need('before');
    const grant = outcome.value;
    if (before && isSame(before, grant)) return unchanged(before);
    const { guard: name, operation, grantee, grantedBy } = grant;
    const expiresAt = iso(grant.expiresAt);
    const told = { guard: name, operation, grantee: grantee.oid, grantedBy: grantedBy.oid, expiresAt };
    return {
      grant,
      alerts: [vaultAlert('GuardGranted', request, head.vault, told, id)],
      facts: { guard: name, grant: id, guarded: operation, grantee: grantee.oid, expiresAt },
      answer: grant,
    };
  },
});

/** The keeper of a guard lets somebody else do one thing. The vault's history tells who and for how long. */
export const allow: Runs<GuardPlace, Allow, Grant> = (flow, request, place, ask) =>
  grantOnce(flow, unkept(request), place, ask);

const wishOf = ({ name }: Guard, { grantee, ...ask }: Allow, { caller }: Pick<Asked, 'caller'>) => ({
  ...ask,
  guard: name,
  grantee: { tid: caller.tid, oid: grantee },
});

/** Asked for twice, it is one grant. Its answer is kept apart from it, so the repetition has to find it here. */
const isSame = (a: Grant, b: Grant): boolean => samePerson(a.grantedBy, b.grantedBy) && +a.expiresAt === +b.expiresAt;
