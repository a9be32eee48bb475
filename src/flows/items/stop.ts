import type { Held, HeldHead, PointPage } from '../../change.ts';
import { channelOf, hasRole } from '../../core/caller.ts';
import type { Item, Job, LastJob, Tombstone } from '../../core/item.ts';
import { traitsOf } from '../../core/kinds.ts';
import type { Kinds } from '../../core/knownKinds.ts';
import { decide, deletionVerb, purgeAt, softDeleted, stopped, suspended, termsOf } from '../../core/lifecycle.ts';
import { isOrdered } from '../../core/orders.ts';
import { endOf, type Point } from '../../core/policy.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { executorFor, NO_PURGE } from '../../core/purgeSettings.ts';
import { agentTooOld, type Server } from '../../core/server.ts';
import { type Instant, iso } from '../../core/time.ts';
import { type Head, hybridSecurityOn, isClosedToPortal } from '../../core/vault.ts';
import { approved } from '../authorize/approval.ts';
import { factorFor } from '../authorize/secondFactor.ts';
import { onRemainsInVault } from '../story/nouns.ts';
import { type Decision, NO_PROOF, need, type Plan, type Proof, unchanged } from '../story/plan.ts';
import { changeAlert } from '../story/raise.ts';
import { type Asked, type Place, purged } from '../story/request.ts';
import type { Deciding, Runs } from '../story/run.ts';
import { type Asking, kindsKnowing } from './asking.ts';
import { deletionFacts, destructionAlerts, whyOf } from './deletion.ts';
import { destroyed, lossFacts, lossWith } from './destroy.ts';
import { askedAtOnce, orderedAtOnce } from './orderAtOnce.ts';
import { pagesToChange } from './pages.ts';
import { serverOf } from './undelete.ts';

export interface Stop {
  readonly mode: 'retain' | 'retainPerPolicy' | 'delete';
  readonly confirmName?: string | undefined;
  readonly reason?: string | undefined;
  readonly comment?: string | undefined;
  readonly cancelActiveJob?: boolean | undefined;
}

export interface Stopped {
  readonly item: Item | Tombstone;
  readonly head: HeldHead;
  /** Only for a stop with delete. */
  readonly softDeleteApplied?: boolean;
}

const OPERATION = { retain: 'StopRetain', retainPerPolicy: 'StopRetainPerPolicy', delete: 'StopDelete' } as const;

/** What the decision reads besides the item and its vault. */
interface More {
  readonly kinds?: Kinds;
  readonly approval?: Proof;
  readonly secondFactor?: Proof;
  readonly server?: Held<Server> | null;
  readonly pages?: readonly PointPage[];
  readonly asks?: Asking | null;
  readonly job?: Job | null;
}

const stopOnce = onRemainsInVault<Stop, Stopped>()({
  operation: ({ mode }) => OPERATION[mode],
  also: {
    kinds: ({ flow }, { item }) => kindsKnowing(flow, item.value as Item),
    approval: (world, { head }, { mode }) =>
      approved(world, head.vault, [mode === 'delete' ? 'deleteProtection' : 'stopProtection']),
    secondFactor: factorFor('deleteProtection'),
    server: (world, { item }) => serverOf(world, { item: { value: item.value as Item } }),
    pages: ({ flow, request }, { item }) => pagesToChange(flow, item.value as Item, request.now),
    asks: ({ flow }, { item, head }) => askedAtOnce(flow, item.value as Item, head),
    job: ({ flow, place }, { item }) =>
      flow.vaults.job(place.vault, place.item, (item.value as Item).activeJob?.id ?? ''),
  },
  decide({ item: { value: item }, head, ...more }, ask, request) {
    return (
      unconfirmed(item.name, ask) ??
      (item.state === 'Purged' ? goneAlready(item, head, request, ask) : stopItem(item, head, more, ask, request))
    );
  },
});

/** Stops the protection of an item. With `delete` its backups go to the trash, or for good where soft delete does not apply. */
export const stop: Runs<Place, Stop, Stopped> = async (flow, request, place, ask) => {
  const refused = ask.mode === 'delete' && mayDelete(request);
  if (refused) return refused;
  return stopOnce(flow, request, place, ask);
};

const unconfirmed = (name: string, { mode, confirmName }: Stop): Refused | undefined =>
  mode === 'delete' && confirmName !== name
    ? refuse(
        'ConfirmationRequired',
        `Deleting backups needs "confirmName": the item's name exactly as it is written, "${name}".`,
        { target: '$.confirmName' },
      )
    : undefined;

/** Deleting a purged item succeeds; every other stop of it is refused. */
const goneAlready = (item: Tombstone, head: HeldHead, { now }: Asked, { mode }: Stop): Decision<Stopped> => {
  const refusal = purged(item, now);
  if (mode !== 'delete' || refusal.refusal.code === 'ItemNotFound') return refusal;
  return unchanged({ item, head, softDeleteApplied: item.softDeleteApplied });
};

const wasSoftDeleted = (item: Item): boolean =>
  isOrdered(item) ? item.order.softDeleteApplied : item.state === 'SoftDeleted';

function stopItem(
  value: Item,
  head: HeldHead,
  { kinds, approval, secondFactor: factor, server, pages, asks, job }: More,
  ask: Stop,
  request: Deciding,
): Decision<Stopped> {
  const { now } = request;
  const item = ask.cancelActiveJob ? withoutJob(value, now) : value;
  const deleting = ask.mode === 'delete';
  const verb = deleting ? deletionVerb(item, head.vault) : ask.mode === 'retain' ? 'stopRetain' : 'stopRetainPerPolicy';
  const decision = decide(verb, item, { now, vault: head.vault });
  if (!decision.ok) return decision;
  if (!decision.changes)
    return unchanged({ item: value, head, ...(deleting ? { softDeleteApplied: wasSoftDeleted(item) } : {}) });

  if (verb === 'softDelete' && !kinds) return need('kinds');
  if (!approval) return need('approval');
  if (deleting) {
    if (isImmutable(item, head)) {
      const blocked = immutableData(item, head, [...item.points, ...(pages ?? []).flatMap((page) => page.points)], now);
      if (blocked) return blocked;
      if (!pages && item.pagedPoints > 0) return need('pages');
    }
    if (isSecuredHybrid(item, head)) {
      if (server === undefined) return need('server');
      const wrong = wrongDoor(request, head, server);
      if (wrong) return wrong;
      if (!factor) return need('secondFactor');
    }
  }
  if (value.activeJob && job === undefined) return need('job');
  const jobs: readonly Job[] = job ? [{ ...job, status: 'Cancelled', endedAt: now }] : [];
  const proof: Proof = { ...NO_PROOF, facts: { ...approval.facts, ...factor?.facts } };
  if (verb !== 'hardDelete') return { ...endProtection(item, { head, kinds }, verb, ask, request, proof), jobs };
  if (asks === undefined) return need('asks');
  if (!pages && item.pagedPoints > 0) return need('pages');
  if (asks) return { ...orderDestruction(item, head, asks, ask, request, proof), jobs };
  const gone = destroyed(item, termsOf(item, head), pages ?? [], now, request.id);
  const loss = lossFacts(item, lossWith(item, pages ?? []));
  return {
    ...gone,
    jobs,
    alerts: destructionAlerts(item, head, ask, request, proof, gone.item, { executor: null, ...loss }),
    facts: {
      softDeleteApplied: false,
      ...deletionFacts({ ...item, generation: gone.item.generation }, head, ask),
      ...loss,
    },
    answer: { item: gone.item, head, softDeleteApplied: false },
  };
}

/** Its job is cancelled with the stop. Of items of before nothing is known but that it has one. */
const withoutJob = ({ activeJob, ...item }: Item, now: Instant): Item =>
  ({ ...item, activeJob: null, ...(activeJob ? { lastJob: cancelled(activeJob, now) } : {}) }) as Item;

const cancelled = (job: NonNullable<Item['activeJob']>, now: Instant): LastJob => ({
  ...job,
  status: 'Cancelled',
  endedAt: now,
});

function orderDestruction(
  item: Item,
  head: HeldHead,
  asks: Asking,
  ask: Stop,
  request: Deciding,
  proof: Proof,
): Plan<Stopped> {
  const { item: next, facts } = orderedAtOnce(item, head, asks, whyOf(ask, request, proof), request);
  const { order, executor, confirmBy } = facts;
  const fate = { order, executor, confirmBy, recallable: true };
  return {
    item: next,
    alerts: destructionAlerts(item, head, ask, request, proof, next, fate),
    facts: { softDeleteApplied: false, ...facts, ...deletionFacts(next, head, ask) },
    answer: { item: next, head, softDeleteApplied: false },
  };
}

function endProtection(
  item: Item,
  { head, kinds }: { readonly head: HeldHead; readonly kinds: Kinds | undefined },
  verb: 'stopRetain' | 'stopRetainPerPolicy' | 'softDelete',
  ask: Stop,
  request: Deciding,
  proof: Proof,
): Plan<Stopped> {
  const { id, now } = request;
  const terms = termsOf(item, head);
  if (verb !== 'softDelete') {
    const after = (verb === 'stopRetain' ? stopped : suspended)(item, terms, id);
    return { item: after, answer: { item: after, head } };
  }
  const { softDelete, version } = head.vault;
  // The kind lengthens the period of the vault, and never shortens it.
  const kind = kinds?.of(item.workload);
  const least = kind?.minimumRetentionDays ?? 0;
  const retentionDays = Math.max(softDelete.retentionDays, least);
  const deletion = { deletedAt: now, retentionDays, version, ...whyOf(ask, request, proof) };
  const next = softDeleted(item, terms, deletion, id);
  const until = iso(purgeAt(next, head.vault));
  const executor = executorFor(head.vault.purge, kind ?? NO_PURGE)?.executor ?? null;
  const change = { from: item.state, to: next.state, purgeAt: until, executor };
  return {
    item: next,
    alerts: [changeAlert('DeleteBackupData', request, next, { ...change, ...proof.facts })],
    facts: { purgeAt: until, retentionDays, ...deletionFacts(next, head, ask) },
    answer: { item: next, head, softDeleteApplied: true },
  };
}

/** Stopping is everyday work; deleting is for those who answer for the backups. */
const mayDelete = ({ caller }: Asked): Refused | undefined =>
  hasRole(caller, 'Contributor') || channelOf(caller) === 'agent'
    ? undefined
    : refuse('Forbidden', 'Deleting backups needs the role Contributor.', { facts: { requiredRole: 'Contributor' } });

/** Whether deleting this item is critical because it came from on premises. */
const isSecuredHybrid = (item: Item, { vault }: Head): boolean =>
  traitsOf(item).class === 'Hybrid' && hybridSecurityOn(vault);

/** Under AlwaysOn what came from on premises is deleted from there; and an agent that knows no second factor may not delete. */
const wrongDoor = (
  { caller }: Asked,
  { vault }: Head,
  server: { readonly value: Server } | null,
): Refused | undefined => {
  if (isClosedToPortal(vault) && channelOf(caller) === 'portal')
    return refuse(
      'AlwaysOnForbidsPortalDelete',
      'Under AlwaysOn, backups of on-premises servers are deleted from their agent only.',
    );
  return server ? agentTooOld(server.value) : undefined;
};

/** What Azure's agents print for it. */
const AZURE_CODES: Readonly<Record<string, string>> = { MARS: '810001', DPM: '81001', MABS: '81001' };

const isImmutable = (item: Item, { vault }: Head): boolean =>
  vault.immutability !== 'Disabled' && item.tier === 'Vault';

/** Immutable data may not be deleted before its end. */
function immutableData(item: Item, head: Head, points: readonly Point[], now: Instant): Refused | undefined {
  const { retention } = termsOf(item, head);
  if (!points.some((point) => endOf(point, retention) > now)) return undefined;
  const azureCode = AZURE_CODES[item.workload];
  return refuse(
    'ImmutabilityBlocked',
    'The vault is immutable and this item has unexpired recovery points. Stop with mode "retain" instead.',
    azureCode === undefined ? {} : { facts: { azureCode } },
  );
}
