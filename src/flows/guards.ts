import { SERVICE } from '../core/agenda.ts';
import { exclusions, type Grant, type Guard, type GuardedOperation, grantable, samePerson } from '../core/guards.ts';
import { sameName } from '../core/names.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import { type Instant, iso } from '../core/time.ts';
import type { Vault } from '../core/vault.ts';
import type { Ports } from '../ports.ts';
import { hintsToTell, tellSoon, vaultAlert } from './alerting.ts';
import { type Asking, entry, noVault, rounds, stale } from './asking.ts';
import { identityOf } from './guarded.ts';

type GuardPorts = Pick<Ports, 'guards' | 'vaults' | 'newId'>;
type GrantPorts = GuardPorts & Pick<Ports, 'agenda' | 'notices'>;

export interface GuardResult {
  readonly guard: Guard;
  readonly created: boolean;
}

export const noGuard = (guard: string): Refused => refuse('GuardNotFound', `There is no guard ${guard}.`);

/** What happens to guards has no vault: they lie, and their history, where the service keeps its own. */
export const putGuard = (
  ports: GuardPorts,
  asking: Asking<GuardResult>,
  name: string,
  wanted: readonly GuardedOperation[] | undefined,
): Promise<Outcome<GuardResult>> =>
  rounds<GuardResult>(async () => {
    const held = await ports.guards.get(name);
    const precondition = stale(asking, held?.value);
    if (precondition) return precondition;
    const excluded = exclusions(wanted ?? held?.value.excludedOperations ?? []);
    if (!excluded.ok) return excluded;
    const before = held?.value;
    if (before && String(before.excludedOperations) === String(excluded.value))
      return ok({ guard: before, created: false });
    const made = before ?? { name, createdBy: identityOf(asking.caller), createdAt: asking.now };
    const guard: Guard = { ...made, excludedOperations: excluded.value, etag: ports.newId() };
    const facts = { guard: guard.name, before: before?.excludedOperations ?? null, after: guard.excludedOperations };
    const result = { guard, created: !before };
    const done = await ports.vaults.commit({
      vault: SERVICE,
      id: guard.etag,
      guard: { was: held, now: guard },
      entries: [entry(asking, null, { operation: 'PutGuard', facts })],
      answer: asking.keep?.(result),
    });
    return done ? ok(result) : 'again';
  });

/** A guard that still guards something stays: without it that vault could not be changed by anybody any more. */
export const deleteGuard = (ports: GuardPorts, asking: Asking<null>, name: string): Promise<Outcome<null>> =>
  rounds<null>(async () => {
    const held = await ports.guards.get(name);
    if (!held) return noGuard(name);
    const precondition = stale(asking, held.value);
    if (precondition) return precondition;
    const vaults = await guardedBy(ports, name);
    if (vaults.length > 0)
      return refuse('GuardInUse', `${held.value.name} guards ${vaults.join(', ')}. Remove it there first.`, {
        facts: { vaults },
      });
    // Before the deed: who removed it must be known, whatever happens in between.
    await ports.vaults.commit({
      vault: SERVICE,
      id: ports.newId(),
      entries: [entry(asking, null, { operation: 'DeleteGuard', facts: { guard: held.value.name } })],
    });
    return (await ports.guards.drop(held)) ? ok(null) : 'again';
  });

/** The list of links is written before a link and never struck off, so each is looked at. */
async function guardedBy({ guards, vaults }: GuardPorts, name: string): Promise<readonly string[]> {
  const linked = await guards.linked(name);
  const heads = await Promise.all(linked.map((vault) => vaults.head(vault, 'fresh')));
  return heads.flatMap((head) => (head && sameName(head.vault.guard, name) ? [head.vault.name] : []));
}

export interface GrantAsk {
  readonly operation: GuardedOperation;
  readonly vault: string;
  readonly grantee: string;
  readonly expiresAt: Instant;
}

/** Somebody who keeps the guard lets somebody else do one thing. The vault's history tells who and for how long. */
export const allow = (ports: GrantPorts, asking: Asking<Grant>, name: string, ask: GrantAsk): Promise<Outcome<Grant>> =>
  rounds<Grant>(async () => {
    const held = await ports.guards.get(name);
    if (!held) return noGuard(name);
    const precondition = stale(asking, held.value);
    if (precondition) return precondition;
    const grantedBy = identityOf(asking.caller);
    const grantee = { tid: grantedBy.tid, oid: ask.grantee };
    const wish = { ...ask, id: ports.newId(), guard: held.value.name, grantee, grantedBy, grantedAt: asking.now };
    const outcome = grantable(wish, held.value, asking.now);
    if (!outcome.ok) return outcome;
    const head = await ports.vaults.head(ask.vault, 'fresh');
    if (!head) return noVault(ask.vault);
    const grant = outcome.value;
    const before = await ports.guards.allowance(grant);
    if (before && sameGrant(before, grant)) return ok(before);
    const alerts = [grantMade(asking, head.vault, grant)];
    await ports.agenda.write(hintsToTell(alerts));
    const done = await ports.vaults.commit({
      ...{ vault: head.vault.name, id: grant.id, fence: head.fence, grant, alerts },
      entries: [entry(asking, null, { operation: 'GrantOperation', facts: factsOf(grant) })],
    });
    if (!done) return 'again';
    tellSoon(ports, alerts);
    return outcome;
  });

/** Said twice, it is one grant: its answer is kept apart from it, so the repetition has to find it here. */
const sameGrant = (a: Grant, b: Grant): boolean =>
  samePerson(a.grantedBy, b.grantedBy) && +a.expiresAt === +b.expiresAt;

const factsOf = ({ guard, id, operation, grantee, expiresAt }: Grant) => ({
  ...{ guard, grant: id, guarded: operation, grantee: grantee.oid },
  expiresAt: iso(expiresAt),
});

const grantMade = (
  asking: Asking<never>,
  vault: Vault,
  { id, guard, operation, grantee, grantedBy, expiresAt }: Grant,
) =>
  vaultAlert(
    'GuardGranted',
    asking,
    vault,
    { guard, operation, grantee: grantee.oid, grantedBy: grantedBy.oid, expiresAt: iso(expiresAt) },
    id,
  );
