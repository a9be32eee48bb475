import { deletionHints } from '../core/agenda.ts';
import { channelOf, missingFactor } from '../core/caller.ts';
import type { Item, Tombstone } from '../core/item.ts';
import type { Job } from '../core/job.ts';
import { decide, deletionVerb, purgeAt, softDeleted, stopped, suspended, termsOf } from '../core/lifecycle.ts';
import { endOf } from '../core/points.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import { needsFactor } from '../core/settings.ts';
import { iso } from '../core/time.ts';
import { hybridSecurityOn } from '../core/vault.ts';
import { workloadRow } from '../core/workloads.ts';
import type { Change, Held, HeldHead, Ports } from '../ports.ts';
import { type Asking, entry, type Place, purged } from './asking.ts';
import { destroy } from './destroy.ts';
import { onItemInVault } from './onItem.ts';

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

type StopPorts = Pick<Ports, 'vaults' | 'agenda' | 'newId'>;

const OPERATION = { retain: 'StopRetain', retainPerPolicy: 'StopRetainPerPolicy', delete: 'StopDelete' } as const;

/** Stop protecting an item; with `delete` its backups go to the trash, or for good where soft delete does not apply. */
export const stop = (ports: StopPorts, asking: Asking<Stopped>, place: Place, ask: Stop): Promise<Outcome<Stopped>> =>
  onItemInVault<Stopped>(
    { ports, asking, place, operation: OPERATION[ask.mode] },
    async (held, head) => unconfirmed(held.value.name, ask) ?? stopItem(ports, asking, held, head, ask),
    (tombstone, head) => unconfirmed(tombstone.name, ask) ?? gone(tombstone, head, asking, ask),
  );

const unconfirmed = (name: string, { mode, confirmName }: Stop): Refused | undefined =>
  mode === 'delete' && confirmName !== name
    ? refuse(
        'ConfirmationRequired',
        `Deleting backups needs "confirmName": the item's name exactly as it is written, "${name}".`,
        {
          target: '$.confirmName',
        },
      )
    : undefined;

/** Deleting what is gone already is no mistake; anything else is. */
const gone = (item: Tombstone, head: HeldHead, asking: Asking<Stopped>, { mode }: Stop): Outcome<Stopped> => {
  const refusal = purged(item, asking.now);
  if (mode !== 'delete' || refusal.refusal.code === 'ItemNotFound') return refusal;
  return ok({ item, head, softDeleteApplied: item.softDeleteApplied });
};

async function stopItem(
  ports: StopPorts,
  asking: Asking<Stopped>,
  held: Held<Item>,
  head: HeldHead,
  ask: Stop,
): Promise<Outcome<Stopped> | 'again'> {
  const { now } = asking;
  const item = ask.cancelActiveJob ? { ...held.value, activeJob: null } : held.value;
  const verb =
    ask.mode === 'delete'
      ? deletionVerb(item, head.vault)
      : ask.mode === 'retain'
        ? 'stopRetain'
        : 'stopRetainPerPolicy';
  const decision = decide(verb, item, { now, vault: head.vault });
  if (!decision.ok) return decision;
  const deleting = ask.mode === 'delete';
  if (!decision.changes)
    return ok({ item: held.value, head, ...(deleting ? { softDeleteApplied: item.state === 'SoftDeleted' } : {}) });
  const forbidden = deleting ? await forbiddenToDelete(ports, asking, item, head) : undefined;
  if (forbidden) return forbidden;

  const cancelled = await cancelledJob(ports, asking, held.value);
  if (verb === 'hardDelete') return destroyNow(ports, asking, { value: item, tag: held.tag }, head, cancelled);

  const id = ports.newId();
  const terms = termsOf(item, head);
  const next =
    verb === 'stopRetain'
      ? stopped(item, terms, id)
      : verb === 'stopRetainPerPolicy'
        ? suspended(item, terms, id)
        : softDeleted(item, terms, deletionOf(asking, head, ask), id);
  if (next.state === 'SoftDeleted') await ports.agenda.write(deletionHints(next, purgeAt(next, head.vault)));
  const result: Stopped = { item: next, head, ...(deleting ? { softDeleteApplied: true } : {}) };
  const facts = next.state === 'SoftDeleted' ? deletionFacts(next, head, ask) : {};
  const change: Change = {
    vault: item.vault,
    id,
    fence: head.fence,
    items: [{ was: held, now: next }],
    jobs: cancelled,
    entries: [entry(asking, item.name, { operation: OPERATION[ask.mode], from: held.value, to: next, facts })],
    answer: asking.keep?.(result),
  };
  return (await ports.vaults.commit(change)) ? ok(result) : 'again';
}

const deletionOf = (asking: Asking<Stopped>, { vault }: HeldHead, { reason, comment }: Stop) => ({
  deletedAt: asking.now,
  retentionDays: vault.softDelete.retentionDays,
  version: vault.version,
  deletedBy: asking.caller.oid,
  reason: reason ?? null,
  comment: comment ?? null,
});

const deletionFacts = (item: Extract<Item, { state: 'SoftDeleted' }>, head: HeldHead, { reason, comment }: Stop) => ({
  purgeAt: iso(purgeAt(item, head.vault)),
  retentionDays: item.deletion.retentionDays,
  generation: item.generation,
  reason: reason ?? null,
  comment: comment ?? null,
});

async function destroyNow(
  ports: StopPorts,
  asking: Asking<Stopped>,
  held: Held<Item>,
  head: HeldHead,
  jobs: readonly Job[],
): Promise<Outcome<Stopped> | 'again'> {
  const result = (item: Item | Tombstone): Stopped => ({ item, head, softDeleteApplied: false });
  const left = await destroy(ports, {
    held,
    jobs,
    now: asking.now,
    fence: head.fence,
    terms: termsOf(held.value, head),
    entry: (from, to) =>
      entry(asking, held.value.name, { operation: 'StopDelete', from, to, facts: { softDeleteApplied: false } }),
    keep: (item) => asking.keep?.(result(item)),
  });
  return left ? ok(result(left)) : 'again';
}

/** The job that a stop cancels, as it is to be written. */
async function cancelledJob({ vaults }: StopPorts, { now }: Asking<Stopped>, item: Item): Promise<readonly Job[]> {
  const job = item.activeJob && (await vaults.job(item.vault, item.name, item.activeJob.id));
  return job ? [{ ...job, status: 'Cancelled', endedAt: now }] : [];
}

/** Reasons beyond the state machine: immutable data first, then who may delete what came from on premises. */
async function forbiddenToDelete(
  ports: StopPorts,
  { now, caller }: Asking<Stopped>,
  item: Item,
  head: HeldHead,
): Promise<Refused | undefined> {
  if (head.vault.immutability !== 'Disabled' && item.tier === 'Vault' && (await hasUnexpired(ports, item, head, now)))
    return refuse(
      'ImmutabilityBlocked',
      'The vault is immutable and this item has unexpired recovery points. Stop with mode "retain" instead.',
    );
  if (workloadRow(item.workload).class !== 'Hybrid' || !hybridSecurityOn(head.vault)) return undefined;
  const { hybrid } = head.vault;
  if (channelOf(caller) === 'portal' && hybrid?.state === 'AlwaysOn' && hybrid.portalDeleteUnderAlwaysOn === 'block')
    return refuse(
      'AlwaysOnForbidsPortalDelete',
      'Under AlwaysOn, backups of on-premises servers are deleted from their agent only.',
    );
  const missing = missingFactor(caller);
  return missing && needsFactor(missing);
}

async function hasUnexpired(
  { vaults }: StopPorts,
  item: Item,
  head: HeldHead,
  now: Asking<Stopped>['now'],
): Promise<boolean> {
  const { retention } = termsOf(item, head);
  const unexpired = (points: Item['points']) => points.some((point) => endOf(point, retention) > now);
  if (unexpired(item.points)) return true;
  return item.pagedPoints > 0 && (await vaults.pages(item.vault, item.name)).some(({ points }) => unexpired(points));
}
