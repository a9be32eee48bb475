/** Who hears of a guard that is loosened: its contacts, those of before too, and the owners of all that it guards. */
import type { Raised } from '../../change.ts';
import { type Alert, alert } from '../../core/alerts.ts';
import type { AlertType } from '../../core/alertTypes.ts';
import type { Facts } from '../../core/caller.ts';
import type { Weakening } from '../../core/controls.ts';
import type { Guard, GuardSettings, PendingLoosening } from '../../core/guards.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { AlertSettings } from '../../core/vault.ts';
import { occurrence } from '../authorize/weakening.ts';
import { serviceAlert } from '../story/raise.ts';
import type { Deciding } from '../story/run.ts';
import type { Guarded } from './guarded.ts';

export interface About {
  readonly was: Guard | undefined;
  /** As it would be; null: it goes. */
  readonly now: GuardSettings | null;
  readonly guarded: Guarded;
}

/** What a pending loosening adds to the words about it. */
export const pendingFacts = (one: PendingLoosening | undefined): Facts =>
  one
    ? {
        ...{ change: one.id, requestedBy: one.requestedBy.oid, effectiveAt: iso(one.effectiveAt) },
        ...(one.approvals.length > 0 ? { approvals: one.approvals.map(({ by }) => by.oid) } : {}),
      }
    : {};

const factsOf = ({ control, before, after }: PendingLoosening): Facts => ({ control, before, after });

function raised({ was, now, guarded }: About, make: (facts: Facts) => Alert): Raised {
  const owners = guarded.flatMap(({ vault }) => vault?.alerts.owners ?? []);
  const contacts = [...(was?.contacts ?? []), ...(now?.contacts ?? [])];
  return { was: undefined, now: make(was ? { guard: was.name } : {}), told: [tellOwners(owners)], contacts };
}

/** At once, whatever their vaults say about mails. */
const tellOwners = (owners: readonly string[]): AlertSettings => ({
  ...{ recipients: [], owners },
  ...{ mode: 'PerAlert', onHardDelete: true, reminderDays: [] },
});

const ofCaller = (type: AlertType, request: Deciding, about: About, facts: Facts): Raised =>
  raised(about, (more) => serviceAlert(type, request, { ...facts, ...more }, occurrence(request, 'guard')));

export const requestedAlert = (request: Deciding, one: PendingLoosening, about: About): Raised =>
  ofCaller('WeakeningRequested', request, about, { ...factsOf(one), ...pendingFacts(one) });

export const cancelledAlert = (request: Deciding, one: PendingLoosening, about: About): Raised =>
  ofCaller('WeakeningCancelled', request, about, { ...factsOf(one), ...pendingFacts(one) });

/** It holds at once. */
export const loosenedAlerts = (request: Deciding, weakened: readonly Weakening[], about: About): readonly Raised[] =>
  weakened.map(({ alert: type, control, before, after }) => ofCaller(type, request, about, { control, before, after }));

/** It holds because others approved of it. */
export const approvedAlert = (request: Deciding, one: PendingLoosening, about: About): Raised =>
  ofCaller('GuardWeakened', request, about, { ...factsOf(one), ...pendingFacts(one) });

/** It holds because its time has come. */
export const cooledAlert = (now: Instant, one: PendingLoosening, about: About): Raised =>
  raised(about, (more) => {
    const { oid: by, tid: tenant } = one.requestedBy;
    return alert(
      'GuardWeakened',
      { vault: null },
      now,
      { by, tenant, ...factsOf(one), ...pendingFacts(one), ...more },
      one.id,
    );
  });
