/** The service's stores over some tables, with a key for the seals of histories. */
import type { Write } from '../../src/change.ts';
import type { Entry } from '../../src/core/caller.ts';
import type { Instant } from '../../src/core/time.ts';
import type { Agenda, DueHint } from '../../src/ports/agenda.ts';
import { keyedSeals } from '../../src/secrets.ts';
import { type Stores, tableStores } from '../../src/store/stores.ts';
import type { Unfolded } from '../../src/store/tallies.ts';
import type { Tables } from './tables.ts';

/** A service that goes on with what was made here needs it as its `EVIDENCE_KEY`. */
export const EVIDENCE_KEY = 'a key for the histories of tests and for nothing else';
export const SEALS = keyedSeals([EVIDENCE_KEY]);

export const storesOver = (tables: Tables, unfolded: Unfolded = () => {}): Stores =>
  tableStores(tables, SEALS.seal, unfolded);

/** The entries of a history, newest first; with `null` those of the vault itself. */
export async function historyIn(
  { vaults }: Pick<Stores, 'vaults'>,
  vault: string,
  item: string | null,
  limit = 100,
): Promise<readonly Entry[]> {
  const { found } = await vaults.history(vault, { item }, { limit });
  return found.flatMap(({ entry }) => entry ?? []);
}

/** Everything that fell due, shard by shard. */
export async function allDue({ agenda }: { readonly agenda: Agenda }, now: Instant): Promise<readonly DueHint[]> {
  const shards = agenda.shards.map((shard) => agenda.due(shard, now, { limit: Number.POSITIVE_INFINITY }));
  return (await Promise.all(shards)).flatMap(({ found }) => found);
}

/** The same, for suites that only ask whether a change was written. */
export interface PlainStores extends Omit<Stores, 'commit'> {
  readonly commit: (write: Write) => Promise<boolean>;
}

export function plainStores(tables: Tables): PlainStores {
  const { commit, ...stores } = storesOver(tables);
  return { ...stores, commit: async (write) => (await commit(write)) !== undefined };
}

/** For a look at rows that nothing is written after. */
export const DEAF = { saw: () => {} };
