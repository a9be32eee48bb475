/** PURE. How much of each kind of work the published limits allow, by what one unit of it asks of storage. */
import { SHARD_NAMES } from '../../src/store/keys.ts';
import { COUNTED, type Cost, WORKS } from './counted.ts';
import { LIMITS } from './limits.ts';

export type Limits = Readonly<Record<'account' | 'partition' | 'queue', { readonly is: number }>>;

/** Units a second, and what allows no more of them. */
export interface Ceiling {
  readonly units: number;
  readonly by: string;
}

/** Requests that one instance has under way at once: SWEEP_IN_FLIGHT. */
export const IN_FLIGHT = 32;
/** Of processor time, for a purge alone in its vault: from a profile of November 2026 on the machine of the benchmarks, not in Azure. */
export const PURGE_CPU_MS = 1.9;
export const LATENCIES = [10, 60] as const;
/** So many accounts show what more of them do. */
export const MANY = 4;

/** Places of many partitions, of which every data account has its own. Any other place is one partition, in the first account. */
const SPREAD = ['vault', 'agenda', 'scattered'];
const isShared = (place: string): boolean => !SPREAD.includes(place);

const rowsAt = ({ rows }: Cost, place: string): number => {
  const [read, written] = rows[place] ?? [0, 0];
  return read + written;
};
const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

/** Every row that is read or written counts, and every message: the pages do not say that a transaction of many rows counts once. */
function loadOf(cost: Cost): { readonly shared: number; readonly spread: number } {
  const at = (wanted: boolean) =>
    sum(Object.keys(cost.rows).flatMap((place) => (isShared(place) === wanted ? rowsAt(cost, place) : [])));
  return { shared: at(true) + cost.sends, spread: at(false) };
}

const least = (ceilings: readonly Ceiling[]): Ceiling =>
  ceilings.reduce((one, other) => (other.units < one.units ? other : one));

/** One partition for each shared place, and the queue, however many vaults and accounts there are. */
const shared = (cost: Cost, limits: Limits): readonly Ceiling[] => [
  ...Object.keys(cost.rows)
    .filter(isShared)
    .map((place) => ({ units: limits.partition.is / rowsAt(cost, place), by: `the partition \`${place}\`` })),
  { units: limits.queue.is / cost.sends, by: 'the queue' },
];

export function ofVault(cost: Cost, limits: Limits = LIMITS): Ceiling {
  return least([
    { units: limits.partition.is / rowsAt(cost, 'vault'), by: "the vault's partition" },
    { units: limits.partition.is / rowsAt(cost, 'agenda'), by: "the vault's shard of the agenda" },
    ...shared(cost, limits),
  ]);
}

/** Vaults are spread over the accounts; what all vaults share lies in the first. */
export function ofAccounts(cost: Cost, accounts: number, limits: Limits = LIMITS): Ceiling {
  const { shared: here, spread } = loadOf(cost);
  const shards = SHARD_NAMES.length * accounts;
  return least([
    { units: limits.account.is / (here + spread / accounts), by: 'the account' },
    { units: (shards * limits.partition.is) / rowsAt(cost, 'agenda'), by: 'the shards of the agenda' },
    ...shared(cost, limits),
  ]);
}

/** An instance that is never out of work has all its requests under way, always. */
export const ofInstance = ({ requests, sends }: Cost, latencyMs: number): number =>
  (IN_FLIGHT * 1000) / latencyMs / (requests + sends);

export const instancesFor = (units: number, cost: Cost, latencyMs: number): number =>
  Math.ceil(units / ofInstance(cost, latencyMs));

/** What several kinds of work ask for together. */
export function together(...costs: readonly Cost[]): Cost {
  const places = [...new Set(costs.flatMap(({ rows }) => Object.keys(rows)))];
  const side = (place: string, at: 0 | 1) => sum(costs.map(({ rows }) => rows[place]?.[at] ?? 0));
  return {
    requests: sum(costs.map(({ requests }) => requests)),
    rows: Object.fromEntries(places.map((place) => [place, [side(place, 0), side(place, 1)] as const])),
    sends: sum(costs.map(({ sends }) => sends)),
    executions: sum(costs.map(({ executions }) => executions)),
  };
}

/** What stands in the table of ceilings. An empty sweep has none: there is one in five minutes. */
export const CEILINGS = WORKS.filter((work) => work !== 'emptySweep').map((work) => {
  const cost = COUNTED[work];
  const account = ofAccounts(cost, 1);
  return {
    work,
    cost,
    vault: ofVault(cost),
    account,
    accounts: ofAccounts(cost, MANY),
    instances: LATENCIES.map((latencyMs) => ({ latencyMs, needed: instancesFor(account.units, cost, latencyMs) })),
  };
});
