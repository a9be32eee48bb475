/** An item with more points than its row holds, in any store; and what is asked about it. */
import type { PointPage } from '../../../src/change.ts';
import { type Item, isItem } from '../../../src/core/item.ts';
import type { Point } from '../../../src/core/policy.ts';
import { addDays, type Instant } from '../../../src/core/time.ts';
import { countOf } from '../../../src/flows/items/pages.ts';
import { allPoints, withPoint } from '../../../src/flows/items/points.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { putPolicy } from '../../../src/flows/vaults/policies.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { aPoint, NOON } from '../../support/builders.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, done, must, portsOver, type World, writing } from '../../support/world.ts';

export const VAULT = 'contoso';
export const PLACE = { vault: VAULT, item: 'vm' };
export const PAGE_OF_BEFORE = 100;

/** Protected under a policy of thirty days, and nothing recorded yet. */
export async function ground(): Promise<Tables> {
  const tables = memoryTables();
  const ports = portsOver(tables);
  const patch = { kind: 'RecoveryServices' } as const;
  await done(putVault(ports, aRequest(), { vault: VAULT }, { patch, mustExist: false }));
  for (const [name, daily] of [
    ['daily', 30],
    ['longer', 60],
  ] as const) {
    const policy = { name, workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily } } as const;
    await done(putPolicy(ports, aRequest(), { vault: VAULT }, policy));
  }
  await done(protect(ports, aRequest(), PLACE, { workload: 'AzureVM', policy: 'daily', sourceId: 'vm' }));
  return tables;
}

export async function itemIn({ vaults }: Pick<World, 'vaults'>, { vault, item } = PLACE): Promise<Item> {
  const { value } = must(await vaults.item(vault, item));
  if (!isItem(value)) throw new Error('it is purged');
  return value;
}

export const namesIn = async (tables: Tables): Promise<readonly string[]> => {
  const ports = portsOver(tables);
  return (await allPoints(ports, await itemIn(ports))).map(({ name }) => name).toSorted();
};

export const findingsIn = async (tables: Tables, now: Instant): Promise<readonly string[]> =>
  (await checkStore(scanTables(tables), now)).findings.map(({ rule, row, message }) => `${rule} ${row}: ${message}`);

/** Lays points into the store as they are. `hintedAt`: a hint of their first expiry is laid as well. */
export async function lay(
  tables: Tables,
  points: readonly Point[],
  pages: readonly PointPage[],
  { place = PLACE, hintedAt = null }: Where = { hintedAt: daysOn(-20) },
): Promise<void> {
  const { vault, item } = place;
  const { commit, hint, vaults } = portsOver(tables);
  const was = must(await vaults.item(vault, item));
  if (!isItem(was.value)) throw new Error('it is purged');
  if (hintedAt) await hint([{ kind: 'expire', ...place, due: hintedAt }]);
  const etag = `laid-${countOf(pages)}`;
  const laid = { ...was.value, points, pagedPoints: countOf(pages), etag };
  const now = hintedAt ? { ...laid, hintedAt } : laid;
  for (let at = 0; at === 0 || at < pages.length; at += 40) {
    const putPages = pages.slice(at, at + 40);
    const write = at === 0 ? writing(now, was, { id: etag }) : { vault, id: `${etag}-${at}` };
    await commit({ ...write, mergedPages: { item, putPages } });
  }
}

interface Where {
  readonly place?: typeof PLACE;
  readonly hintedAt?: Instant | null;
}

/** Every second point is older than thirty days at noon; the others are younger than a week. */
export const somePoints = (count: number, nameOf = (at: number) => `point-${at}`): readonly Point[] =>
  Array.from({ length: count }, (_, at) => aPoint(nameOf(at), at % 2 === 0 ? 40 : 1 + (at % 50) / 10));

/** As the version before laid it: pages of a hundred, under random names. */
export async function layBefore(tables: Tables, pages: number): Promise<readonly Point[]> {
  const points = somePoints(pages * PAGE_OF_BEFORE + 50);
  const of = (page: number) => points.slice(page * PAGE_OF_BEFORE, (page + 1) * PAGE_OF_BEFORE);
  const id = (page: number) => `${String((page * 37) % 1000).padStart(3, '0')}-${page}`;
  const all = Array.from(
    { length: pages },
    (_, page): PointPage => ({ id: id(page), points: of(page), ofBefore: true }),
  );
  await lay(tables, points.slice(pages * PAGE_OF_BEFORE), all);
  return points;
}

/** As the recording of one point after the other lays it. */
export async function layRecorded(tables: Tables, points: readonly Point[], where?: Where): Promise<void> {
  let item: Item = { ...(await itemIn(portsOver(tables), where?.place)), points: [] };
  const pages = new Map<string, PointPage>();
  for (const point of points) {
    const last = [...pages.values()].at(-1);
    const added = must(withPoint(item, point, { known: undefined, open: last?.open && last, last: last?.id }));
    for (const page of added.pages) pages.set(page.id, page);
    item = added.item;
  }
  await lay(tables, item.points, [...pages.values()], where);
}

export const daysOn = (days: number): Instant => addDays(NOON, days);

/** The same numbers for the same seed. */
export function randomOf(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
  return {
    upTo: (most: number) => Math.floor(next() * (most + 1)),
    of: <T>(all: readonly T[]): T => {
      const one = all[Math.floor(next() * all.length)];
      if (one === undefined) throw new Error('none to choose from');
      return one;
    },
  };
}
export type Random = ReturnType<typeof randomOf>;
