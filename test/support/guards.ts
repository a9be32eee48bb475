/** Guards, and what they granted, for tests that care about one thing of them. */
import type { Grant } from '../../src/core/grants.ts';
import { type Guard, type GuardedOperation, NEW_GUARD } from '../../src/core/guards.ts';
import { later, NOON } from './builders.ts';
import { newId, type World } from './world.ts';

export const who = (oid: string, tid = 'local') => ({ tid, oid });

export const aGuard = (over: Partial<Guard> = {}): Guard => ({
  ...NEW_GUARD,
  ...{ name: 'g', createdBy: who('keeper'), createdAt: NOON, pendingChanges: [], etag: 'e' },
  ...over,
});

/** Approved by one, for one use. */
export const aGrant = (over: Partial<Grant> = {}): Grant => ({
  ...{ id: 'x', guard: 'g', vault: 'Contoso', operation: 'deleteProtection', reason: null, items: null, uses: 1 },
  ...{ grantee: who('somebody'), requestedBy: who('keeper'), approvals: [{ by: who('keeper'), at: NOON }] },
  ...{ denied: null, used: 0, revoked: null, createdAt: NOON, expiresAt: later(1) },
  ...over,
});

export async function laidGuard(ports: World, over: Partial<Guard> = {}): Promise<void> {
  await ports.commit({ vault: '~service', id: newId(), guard: { was: undefined, now: aGuard(over) } });
}

/** A live grant, laid where a verb finds it. */
export async function laidGrant(
  ports: World,
  over: Partial<Grant> & { readonly operation: GuardedOperation },
): Promise<Grant> {
  const wish = aGrant(over);
  const grant = { ...wish, id: ports.guards.grantId(wish, newId()) };
  await ports.commit({ vault: '~service', id: newId(), grant: { was: undefined, now: grant } });
  return grant;
}
