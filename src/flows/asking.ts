import type { Caller } from '../core/caller.ts';
import { type Entry, type Facts, signature } from '../core/history.ts';
import type { Item, Remains, Tombstone } from '../core/item.ts';
import { type Outcome, PROBLEMS, type Refused, refuse } from '../core/problems.ts';
import { TOMBSTONE_DAYS } from '../core/retention.ts';
import { addDays, type Instant, iso } from '../core/time.ts';
import type { HeldHead, Ports, RecordedAnswer } from '../ports.ts';

/** Who asks, when, and under which conditions. `R` is what the flow answers. */
export interface Asking<R> {
  readonly caller: Caller;
  readonly now: Instant;
  readonly requestId: string;
  /** Whatever the caller sent as a security PIN. It goes into no row, no answer and no log. */
  readonly securityPin?: string | undefined;
  /** The etags the caller accepts; undefined: any. */
  readonly ifMatch?: readonly string[] | undefined;
  /** Where the request came from, where the platform says so. */
  readonly clientAddress?: string | undefined;
  /** Turns the result into the answer to keep under an Idempotency-Key, in the same transaction as the change. */
  readonly keep?: ((result: R) => RecordedAnswer | undefined) | undefined;
}

export interface Place {
  readonly vault: string;
  readonly item: string;
}

const ROUNDS = 8;

/** Lost races are decided again from what is then true, a few times. */
export async function rounds<R>(step: (round: number) => Promise<Outcome<R> | 'again'>): Promise<Outcome<R>> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const outcome = await step(round);
    if (outcome !== 'again') return outcome;
  }
  return refuse('Busy', 'Others kept changing this at the same time. Nothing was changed; try again.', {
    retryAfterSeconds: 1,
  });
}

/** A refusal that rests on a remembered head may be out of date: read the head and decide again. */
export const unlessStale = <R>(outcome: Outcome<R> | 'again', head: HeldHead | undefined): Outcome<R> | 'again' =>
  outcome !== 'again' && !outcome.ok && head?.remembered ? 'again' : outcome;

export const howFresh = (round: number): 'remembered' | 'fresh' => (round === 0 ? 'remembered' : 'fresh');

export const noVault = (vault: string): Refused => refuse('VaultNotFound', `There is no vault ${vault}.`);
export const noItem = ({ vault, item }: Place): Refused =>
  refuse('ItemNotFound', `There is no item ${item} in vault ${vault}.`);

/** Which of the two: a missing item, or a missing vault. */
export const missing = async (ports: Pick<Ports, 'vaults'>, place: Place): Promise<Refused> =>
  (await ports.vaults.head(place.vault, 'fresh')) ? noItem(place) : noVault(place.vault);

/** A purged item says so for ninety days; then it was never there. */
export function purged(tombstone: Tombstone, now: Instant): Refused {
  if (isForgotten(tombstone, now)) return noItem({ vault: tombstone.vault, item: tombstone.name });
  const purgedAt = iso(tombstone.purgedAt);
  return refuse('ItemPurged', `${tombstone.name} was purged at ${purgedAt}. Its recovery points are gone for good.`, {
    facts: { purgedAt },
  });
}

export const isForgotten = (tombstone: Tombstone, now: Instant): boolean =>
  addDays(tombstone.purgedAt, TOMBSTONE_DAYS) <= now;

export function stale(asking: Asking<never>, current: { readonly etag: string } | undefined): Refused | undefined {
  const { ifMatch } = asking;
  if (!ifMatch || (current && (ifMatch.includes('*') || ifMatch.includes(current.etag)))) return undefined;
  return refuse(
    'PreconditionFailed',
    'It has changed since you read it. Read it again and repeat the call with the new etag.',
    {
      facts: { etag: current?.etag ?? null },
    },
  );
}

export interface Happening {
  readonly operation: string;
  readonly from?: Remains | undefined;
  readonly to?: Remains | undefined;
  readonly facts?: Facts;
}

export const entry = (
  asking: Asking<never>,
  item: string | null,
  { operation, from, to, facts = {} }: Happening,
): Entry => ({
  at: asking.now,
  item,
  caller: signature(asking.caller),
  operation,
  outcome: 'Succeeded',
  code: null,
  from: from?.state ?? null,
  to: to?.state ?? null,
  requestId: asking.requestId,
  facts,
});

const TOLD: ReadonlySet<number> = new Set([401, 403, 409, 426, 429]);

/** Refusals are part of an item's history too, or of the vault's own. */
export async function tellRefusal<R>(
  ports: Pick<Ports, 'vaults' | 'newId'>,
  asking: Asking<R>,
  place: { readonly vault: string; readonly item: string | null },
  operation: string,
  outcome: Outcome<R>,
): Promise<Outcome<R>> {
  if (outcome.ok || !TOLD.has(PROBLEMS[outcome.refusal.code])) return outcome;
  const refused: Entry = {
    ...entry(asking, place.item, { operation }),
    outcome: 'Refused',
    code: outcome.refusal.code,
  };
  await ports.vaults.commit({ vault: place.vault, id: ports.newId(), entries: [refused] });
  return outcome;
}

/** What a verb answers: the item, and the head that its view needs where one was read. */
export interface ItemResult {
  readonly item: Item;
  readonly head?: HeldHead | undefined;
}
