import type { RecordedAnswer } from '../../change.ts';
import type { Evidence } from '../../core/caller.ts';
import { type Caller, type Entry, type Facts, signature } from '../../core/caller.ts';
import type { Controls } from '../../core/controls.ts';
import type { Subject } from '../../core/evidence.ts';
import type { Remains, Tombstone } from '../../core/item.ts';
import type { Kind } from '../../core/kinds.ts';
import type { OperationResult } from '../../core/operations.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { TOMBSTONE_DAYS } from '../../core/retention.ts';
import { addDays, type Instant, iso } from '../../core/time.ts';
import type { Vault } from '../../core/vault.ts';

/** Who asks, when, and under which conditions. `R` is what the story answers. */
export interface Request<R> {
  readonly caller: Caller;
  readonly now: Instant;
  readonly requestId: string;
  /** Whatever the caller sent as a security PIN. It goes into no row, no answer and no log. */
  readonly securityPin?: string | undefined;
  /** The etags the caller accepts; undefined: any. */
  readonly ifMatch?: readonly string[] | undefined;
  /** The table by which weakenings are judged; a test hands in another. */
  readonly controls?: Controls | undefined;
  /** Where the request came from, where the platform says so. */
  readonly clientAddress?: string | undefined;
  /** Turns the result into the answer to keep under an Idempotency-Key, in the same transaction as the change. */
  readonly keep?: ((result: R, evidence: Evidence | undefined) => RecordedAnswer | undefined) | undefined;
  /** What the operation that it is part of keeps of it, in the same transaction as the change. */
  readonly result?: Omit<OperationResult, 'item'> | undefined;
  /** Is told which entry of the history this request has left; the last one counts. */
  readonly left?: ((evidence: Evidence) => void) | undefined;
}

/** What a decision and its readers may know of a request; not how its answer is kept. */
export type Asked = Omit<Request<never>, 'keep'>;

/** The same request; its answer does not go with the change, because it is secret or belongs into another partition. */
export const unkept = <R>(request: Request<never>): Request<R> => ({ ...request, keep: undefined });

export interface VaultPlace {
  readonly vault: string;
}
export interface Place extends VaultPlace {
  readonly item: string;
}

export const noVault = (vault: string): Refused => refuse('VaultNotFound', `There is no vault ${vault}.`);
export const noItem = ({ vault, item }: Place): Refused =>
  refuse('ItemNotFound', `There is no item ${item} in vault ${vault}.`);
export const noServer = (vault: string, server: string): Refused =>
  refuse('ServerNotFound', `No server ${server} is registered in vault ${vault}.`);

/** What a deleted vault answers to nearly everything. */
export function vaultDeleted({ name, deletion }: Vault): Refused {
  if (!deletion) return noVault(name);
  const { at, by, removeAt } = deletion;
  const restore = `/api/deletedVaults/${name}/restore`;
  return refuse(
    'VaultDeleted',
    `Vault ${name} was deleted at ${iso(at)}. Until ${iso(removeAt)} it can be restored: POST ${restore}.`,
    { facts: { deletedAt: iso(at), deletedBy: by.oid, removeAt: iso(removeAt), restore } },
  );
}

/** Only vaults of some kinds take what is of this kind. */
export const wrongVaultKind = (
  { name, kind }: Vault,
  { name: workload, vaultKinds }: Pick<Kind, 'name' | 'vaultKinds'>,
  target: string,
): Refused =>
  refuse('WrongVaultKind', `${workload} is kept in a ${vaultKinds.join(' or ')} vault; ${name} is a ${kind} vault.`, {
    target,
    facts: { requiredKinds: vaultKinds },
  });

/** A purged item says so for ninety days; then it was never there. */
export function purged(tombstone: Tombstone, now: Instant): Refused {
  const { vault, name } = tombstone;
  if (addDays(tombstone.purgedAt, TOMBSTONE_DAYS) <= now) return noItem({ vault, item: name });
  const purgedAt = iso(tombstone.purgedAt);
  return refuse('ItemPurged', `${name} was purged at ${purgedAt}. ${whatWasDestroyed(tombstone)}`, {
    facts: { purgedAt, confirmed: tombstone.confirmed ?? null },
  });
}

function whatWasDestroyed({ confirmed, closedOrders = [] }: Tombstone): string {
  if (confirmed) return 'An executor was asked to destroy the data itself, and that was confirmed: see its receipt.';
  if (confirmed === false)
    return 'An executor was asked to destroy the data itself, and nobody confirmed that it did: see its receipt.';
  const asked = closedOrders.length > 0 ? 'nobody was asked again' : 'nobody was asked';
  return `Reprieve removed its own record of it, and ${asked} to delete the data itself.`;
}

/** The caller's If-Match, against what is there now. */
export function stale({ ifMatch }: Asked, current: { readonly etag: string } | null | undefined): Refused | undefined {
  if (!ifMatch || (current && (ifMatch.includes('*') || ifMatch.includes(current.etag)))) return undefined;
  return refuse(
    'PreconditionFailed',
    'It has changed since you read it. Read it again and repeat the call with the new etag.',
    { facts: { etag: current?.etag ?? null } },
  );
}

export interface Happening {
  readonly operation: string;
  readonly from?: Pick<Remains, 'state'> | undefined;
  readonly to?: Pick<Remains, 'state'> | undefined;
  readonly facts?: Facts;
}

/** A line of the history: what a caller did, or, without one, what the service did by itself. */
export const entry = (
  { now, caller, requestId = '' }: Pick<Asked, 'now'> & Partial<Asked>,
  about: string | null | Subject,
  { operation, from, to, facts = {} }: Happening,
): Entry => ({
  at: now,
  ...(typeof about === 'object' && about !== null ? about : { item: about }),
  caller: signature(caller),
  operation,
  outcome: 'Succeeded',
  code: null,
  from: from?.state ?? null,
  to: to?.state ?? null,
  requestId,
  facts,
});
