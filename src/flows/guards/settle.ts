/** What the sweep does about guards: loosenings whose time has come, and what became of grants, told in the history of the guard. */
import type { Held, Raised } from '../../change.ts';
import type { Entry } from '../../core/caller.ts';
import { type Grant, happenings, type Spent } from '../../core/grants.ts';
import type { Guard, PendingLoosening } from '../../core/guards.ts';
import { SERVICE } from '../../core/hints.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { FlowPorts } from '../story/land.ts';
import { entry } from '../story/request.ts';
import { untilDone } from '../story/rounds.ts';
import { type Guarded, guardedBy } from './guarded.ts';
import { held, ripe, struck } from './pendingChanges.ts';
import { cooledAlert, pendingFacts } from './told.ts';

type Flow = Pick<FlowPorts, 'guards' | 'vaults' | 'land' | 'newId'>;

/** Lets hold what has cooled off, each decided from what the one before left. Answers how much. */
export const settleGuard = (flow: Flow, name: string, now: Instant): Promise<number> =>
  untilDone(`guard ${name}`, async () => {
    const found = await flow.guards.get(name);
    const due = found ? ripe(found.value, now) : [];
    if (!found || due.length === 0) return 0;
    const guarded = await guardedBy({ flow, place: { guard: name }, request: { now } });
    const start: Settled = { guard: found.value, entries: [], alerts: [] };
    const id = flow.newId();
    const { guard, entries, alerts } = due.reduce((so, one) => settle(so, one, { now, id, guarded }), start);
    const write = { vault: SERVICE, id, guard: { was: found, now: guard }, entries, alerts };
    const { done } = await flow.land({ now, write });
    return done ? alerts.length : undefined;
  });

interface Settled {
  readonly guard: Guard;
  readonly entries: readonly Entry[];
  readonly alerts: readonly Raised[];
}

interface Settling {
  readonly now: Instant;
  readonly id: string;
  readonly guarded: Guarded;
}

function settle({ guard, entries, alerts }: Settled, one: PendingLoosening, { now, id, guarded }: Settling): Settled {
  const { control, before, after } = one;
  const facts = { guard: guard.name, control, before, after, ...pendingFacts(one) };
  const about = { item: null, guard: guard.name };
  const next = held(guard, one, id);
  if (!next)
    return {
      guard: struck(guard, one, id),
      entries: [...entries, entry({ now }, about, { operation: 'DropPendingChange', facts })],
      alerts,
    };
  return {
    guard: next,
    entries: [...entries, entry({ now }, about, { operation: 'ApplyPendingChange', facts })],
    alerts: [...alerts, cooledAlert(now, one, { was: guard, now: next, guarded })],
  };
}

/** Tells the histories of guards what became of the grants that are used here. It may be repeated anywhere: nothing is told twice. */
export async function noteSpent(flow: Flow, vault: string, now: Instant): Promise<void> {
  for (const one of await flow.guards.allSpent(vault)) {
    if (one.value.noted >= happenings(one.value)) continue;
    await untilDone(`grant ${one.value.grant}`, () => tellGuard(flow, one.value, now));
    const noted = { ...one.value, noted: happenings(one.value) };
    // Somebody used it again meanwhile, and left a hint of their own.
    await flow.land({ now, write: { vault, id: flow.newId(), spent: [{ was: one, now: noted }] } });
  }
}

async function tellGuard(flow: Flow, spent: Spent, now: Instant): Promise<true | undefined> {
  const found = await flow.guards.grant(spent.guard, spent.grant);
  const entries = found ? untold(found.value, spent, now) : [];
  if (!found || entries.length === 0) return true;
  const grant = { ...found.value, used: spent.uses.length, revoked: found.value.revoked ?? spent.revoked };
  const { done } = await flow.land({ now, write: writeOf(flow.newId(), found, grant, entries) });
  return done ? true : undefined;
}

const writeOf = (id: string, was: Held<Grant>, grant: Grant, entries: readonly Entry[]) => ({
  ...{ vault: SERVICE, id, entries },
  grant: { was, now: { ...grant, revoked: grant.revoked && { by: grant.revoked.by, at: grant.revoked.at }, etag: id } },
});

/** Who did it and when, as the row of the use says: the sweep itself only passes it on. */
function untold(grant: Grant, { uses, revoked }: Spent, now: Instant): readonly Entry[] {
  const about = { item: null, guard: grant.guard };
  const told = (operation: string, facts: Entry['facts']) =>
    entry({ now }, about, {
      operation,
      facts: { grant: grant.id, vault: grant.vault, guarded: grant.operation, ...facts },
    });
  const used = uses
    .slice(grant.used)
    .map(({ by, at, operation, item, requestId }) =>
      told('UseGrant', { by: by.oid, tenant: by.tid, usedAt: iso(at), operation, item, request: requestId }),
    );
  if (!revoked || grant.revoked) return used;
  const { by, at, requestId } = revoked;
  return [...used, told('RevokeGrant', { by: by.oid, tenant: by.tid, revokedAt: iso(at), request: requestId })];
}
