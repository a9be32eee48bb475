import { deletionHints } from '../core/agenda.ts';
import type { Alert } from '../core/alerts.ts';
import type { Item, ItemIn, Tombstone } from '../core/item.ts';
import type { Job } from '../core/job.ts';
import { decide, deletionVerb, purgeAt, softDeleted, stopped, suspended, termsOf } from '../core/lifecycle.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import { iso } from '../core/time.ts';
import type { Change, Held, HeldHead, Ports } from '../ports.ts';
import { callerFacts, hintsToTell, itemAlert, tellSoon } from './alerting.ts';
import { type Asking, entry, type Place, purged } from './asking.ts';
import { watched } from './critical.ts';
import { destroy } from './destroy.ts';
import { type Factor, type FactorPorts, factorOf, type Proof } from './factor.ts';
import { grantUsed } from './guarded.ts';
import { countedDeletions } from './mass.ts';
import { onItemInVault } from './onItem.ts';
import { permission } from './permission.ts';

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

type StopPorts = FactorPorts & Pick<Ports, 'guards'>;

const OPERATION = { retain: 'StopRetain', retainPerPolicy: 'StopRetainPerPolicy', delete: 'StopDelete' } as const;

/** Stop protecting an item; with `delete` its backups go to the trash, or for good where soft delete does not apply. */
export async function stop(
  ports: StopPorts,
  asking: Asking<Stopped>,
  place: Place,
  ask: Stop,
): Promise<Outcome<Stopped>> {
  const operation = OPERATION[ask.mode];
  const factor = factorOf(ports, asking, place.vault);
  const outcome = await onItemInVault<Stopped>(
    { ports, asking, place, operation },
    async (held, head) => unconfirmed(held.value.name, ask) ?? stopItem(ports, asking, held, head, ask, factor),
    (tombstone, head) => unconfirmed(tombstone.name, ask) ?? gone(tombstone, head, asking, ask),
  );
  return watched(ports, asking, place, operation, outcome);
}

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
  factor: Factor,
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
  const permitted = await permission(ports, asking, item, head, deleting, factor);
  if (!permitted.ok) return permitted;
  const proof = permitted.value;

  const cancelled = await cancelledJob(ports, asking, held.value);
  if (verb === 'hardDelete')
    return destroyNow(ports, asking, { value: item, tag: held.tag }, head, cancelled, ask, proof);
  return endProtection(ports, asking, { held, item, head, ask, verb, proof, cancelled });
}

/** What was decided, and all that it is written from. */
interface Ending {
  readonly held: Held<Item>;
  /** Without its job, where that is cancelled. */
  readonly item: Item;
  readonly head: HeldHead;
  readonly ask: Stop;
  readonly verb: 'stopRetain' | 'stopRetainPerPolicy' | 'softDelete';
  readonly proof: Proof;
  readonly cancelled: readonly Job[];
}

async function endProtection(
  ports: StopPorts,
  asking: Asking<Stopped>,
  { held, item, head, ask, verb, proof, cancelled }: Ending,
): Promise<Outcome<Stopped> | 'again'> {
  const id = ports.newId();
  const terms = termsOf(item, head);
  const next =
    verb === 'stopRetain'
      ? stopped(item, terms, id)
      : verb === 'stopRetainPerPolicy'
        ? suspended(item, terms, id)
        : softDeleted(item, terms, deletionOf(asking, head, ask), id);
  const alerts = [
    ...(next.state === 'SoftDeleted' ? [deletionAlert(asking, item, next, head, proof)] : []),
    ...grantUsed(asking, item.vault, OPERATION[ask.mode], proof.facts, item.name),
  ];
  const hints = next.state === 'SoftDeleted' ? deletionHints(next, purgeAt(next, head.vault)) : [];
  await ports.agenda.write([...hints, ...hintsToTell(alerts)]);
  const result: Stopped = { item: next, head, ...(verb === 'softDelete' ? { softDeleteApplied: true } : {}) };
  const facts = { ...(next.state === 'SoftDeleted' ? deletionFacts(next, head, ask) : {}), ...proof.facts };
  const change: Change = {
    vault: item.vault,
    id,
    fence: head.fence,
    items: [{ was: held, now: next }],
    pin: proof.pin,
    jobs: cancelled,
    alerts,
    waiting: countedDeletions(alerts),
    entries: [entry(asking, item.name, { operation: OPERATION[ask.mode], from: held.value, to: next, facts })],
    answer: asking.keep?.(result),
  };
  if (!(await ports.vaults.commit(change))) return 'again';
  tellSoon(ports, alerts);
  return ok(result);
}

const deletionAlert = (
  asking: Asking<never>,
  from: Item,
  item: ItemIn<'SoftDeleted'>,
  head: HeldHead,
  proof: Proof,
): Alert =>
  itemAlert('DeleteBackupData', item, asking.now, {
    ...callerFacts(asking),
    from: from.state,
    to: item.state,
    purgeAt: iso(purgeAt(item, head.vault)),
    ...proof.facts,
  });

const deletionOf = (asking: Asking<Stopped>, { vault }: HeldHead, { reason, comment }: Stop) => ({
  deletedAt: asking.now,
  retentionDays: vault.softDelete.retentionDays,
  version: vault.version,
  deletedBy: asking.caller.oid,
  reason: reason ?? null,
  comment: comment ?? null,
});

const deletionFacts = (item: ItemIn<'SoftDeleted'>, head: HeldHead, { reason, comment }: Stop) => ({
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
  ask: Stop,
  proof: Proof,
): Promise<Outcome<Stopped> | 'again'> {
  const result = (item: Item | Tombstone): Stopped => ({ item, head, softDeleteApplied: false });
  const { vault, name } = held.value;
  const alerts = [
    ...destructionAlerts(asking, held.value, head, ask, proof),
    ...grantUsed(asking, vault, OPERATION.delete, proof.facts, name),
  ];
  await ports.agenda.write(hintsToTell(alerts));
  const left = await destroy(ports, {
    held,
    jobs,
    now: asking.now,
    fence: head.fence,
    terms: termsOf(held.value, head),
    entry: (from, to) =>
      entry(asking, held.value.name, {
        operation: 'StopDelete',
        from,
        to,
        facts: { softDeleteApplied: false, ...proof.facts },
      }),
    keep: (item) => asking.keep?.(result(item)),
    pin: proof.pin,
    alerts: () => alerts,
  });
  if (!left) return 'again';
  tellSoon(ports, alerts);
  return ok(result(left));
}

/** The most dangerous deletion must not be the silent one; whoever wants Azure's own behaviour can have it. */
function destructionAlerts(
  asking: Asking<never>,
  item: Item,
  head: HeldHead,
  ask: Stop,
  proof: Proof,
): readonly Alert[] {
  if (!head.vault.alerts.onHardDelete) return [];
  const { reason = null, comment = null } = ask;
  const facts = { ...callerFacts(asking), from: item.state, to: 'Purged', reason, comment, ...proof.facts };
  const doomed = { ...item, generation: item.generation + 1 };
  return [itemAlert('BackupDataPermanentlyDeleted', doomed, asking.now, facts)];
}

/** The job that a stop cancels, as it is to be written. */
async function cancelledJob({ vaults }: StopPorts, { now }: Asking<Stopped>, item: Item): Promise<readonly Job[]> {
  const job = item.activeJob && (await vaults.job(item.vault, item.name, item.activeJob.id));
  return job ? [{ ...job, status: 'Cancelled', endedAt: now }] : [];
}
