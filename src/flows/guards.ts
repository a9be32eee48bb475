import { SERVICE } from '../core/agenda.ts';
import type { Alert } from '../core/alerts.ts';
import { exclusions, type Grant, type Guard, type GuardedOperation, grantable } from '../core/guards.ts';
import { sameName } from '../core/names.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import { type Instant, iso } from '../core/time.ts';
import type { Vault } from '../core/vault.ts';
import type { Ports } from '../ports.ts';
import { hintsToTell, tellSoon, vaultAlert } from './alerting.ts';
import { type Asking, entry, type Happening, noVault, rounds, stale } from './asking.ts';
import { identityOf } from './guarded.ts';

type GuardPorts = Pick<Ports, 'guards' | 'vaults' | 'newId'>;
type GrantPorts = GuardPorts & Pick<Ports, 'agenda' | 'notices'>;

export interface GuardResult {
  readonly guard: Guard;
  readonly created: boolean;
}

export const noGuard = (guard: string): Refused => refuse('GuardNotFound', `There is no guard ${guard}.`);

/** What happens to guards has no vault; its history lies where the service keeps its own. Before the deed: an approval without a trace would be worse than a trace of none. */
const note = (
  ports: GuardPorts,
  asking: Asking<never>,
  happening: Happening,
  vault: string = SERVICE,
  alerts: readonly Alert[] = [],
) => ports.vaults.commit({ vault, id: ports.newId(), entries: [entry(asking, null, happening)], alerts });

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
    await note(ports, asking, {
      operation: 'PutGuard',
      facts: { guard: guard.name, before: before?.excludedOperations ?? null, after: guard.excludedOperations },
    });
    return (await ports.guards.put(guard, held)) ? ok({ guard, created: !before }) : 'again';
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
    await note(ports, asking, { operation: 'DeleteGuard', facts: { guard: held.value.name } });
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
export async function allow(
  ports: GrantPorts,
  asking: Asking<Grant>,
  name: string,
  ask: GrantAsk,
): Promise<Outcome<Grant>> {
  const held = await ports.guards.get(name);
  if (!held) return noGuard(name);
  const precondition = stale(asking, held.value);
  if (precondition) return precondition;
  const grantedBy = identityOf(asking.caller);
  const outcome = grantable(
    {
      ...ask,
      id: ports.newId(),
      guard: held.value.name,
      grantee: { tid: grantedBy.tid, oid: ask.grantee },
      grantedBy,
      grantedAt: asking.now,
    },
    held.value,
    asking.now,
  );
  if (!outcome.ok) return outcome;
  const grant = outcome.value;
  const head = await ports.vaults.head(grant.vault, 'fresh');
  if (!head) return noVault(grant.vault);
  const facts = {
    guard: grant.guard,
    grant: grant.id,
    guarded: grant.operation,
    grantee: grant.grantee.oid,
    expiresAt: iso(grant.expiresAt),
  };
  const alerts = [grantMade(asking, head.vault, grant)];
  await ports.agenda.write(hintsToTell(alerts));
  await note(ports, asking, { operation: 'GrantOperation', facts }, grant.vault, alerts);
  await ports.guards.allow(grant);
  tellSoon(ports, alerts);
  return outcome;
}

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
