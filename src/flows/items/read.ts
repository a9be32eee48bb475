import { type Hold, isItem, type Job, liveHolds, type Remains } from '../../core/item.ts';
import { seenBy, visiblePoints, withoutPoints } from '../../core/lifecycle.ts';
import { keyOf, named, sameName } from '../../core/names.ts';
import type { Point } from '../../core/policy.ts';
import { type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import type { VaultReads } from '../../ports.ts';
import { cut, type Listed, type Page } from '../story/pages.ts';
import { noItem, noVault, type Place, purged } from '../story/request.ts';
import { allPoints, type ItemRead } from './points.ts';

export async function readItem({ vaults }: VaultReads, now: Instant, place: Place): Promise<Outcome<ItemRead>> {
  const [head, held] = await Promise.all([vaults.head(place.vault, 'fresh'), vaults.item(place.vault, place.item)]);
  if (!head) return noVault(place.vault);
  if (!held) return noItem(place);
  return held.value.state === 'Purged' ? purged(held.value, now) : ok({ item: held.value, head });
}

/** As if what lies in the trash were not there. */
export async function readKeptItem(ports: VaultReads, now: Instant, place: Place): Promise<Outcome<ItemRead>> {
  const found = await readItem(ports, now, place);
  return found.ok && found.value.item.state === 'SoftDeleted' ? noItem(place) : found;
}

export async function readHold(ports: VaultReads, now: Instant, place: Place, name: string): Promise<Outcome<Hold>> {
  const found = await readItem(ports, now, place);
  if (!found.ok) return found;
  const { item } = found.value;
  const hold = named(liveHolds(item.holds, now), name);
  return hold ? ok(hold) : refuse('HoldNotFound', `${item.name} has no hold ${name}.`);
}

export const noJob = (place: Place, id: string): Refused => refuse('JobNotFound', `${place.item} has no job ${id}.`);

export type JobShown = Omit<Job, 'expiresAt'>;

/**
 * An item tells of its last job, and shows by being there that its vault is open. Of what was purged only the vault tells whether it is
 * still to be seen.
 */
export async function readJob({ vaults }: VaultReads, place: Place, id: string): Promise<Outcome<JobShown>> {
  const held = await vaults.item(place.vault, place.item);
  const last = held && lastJobIn(held.value, id);
  const isThere = held !== undefined && isItem(held.value);
  if (last && isThere) return ok(last);
  const [job, head] = await Promise.all([
    last ?? vaults.job(place.vault, place.item, id),
    isThere || vaults.head(place.vault, 'fresh'),
  ]);
  if (!head) return noVault(place.vault);
  return job ? ok(job) : held ? noJob(place, id) : noItem(place);
}

function lastJobIn({ vault, name: item, lastJob }: Remains, id: string): JobShown | undefined {
  if (!lastJob || !sameName(lastJob.id, id)) return undefined;
  const { operation, status, ...of } = lastJob;
  return operation && status && { ...of, vault, item, operation, status };
}

interface PointsOf extends ItemRead {
  readonly points: readonly Point[];
}

/** The points that a caller may see. */
export async function listPoints(ports: VaultReads, now: Instant, place: Place): Promise<Outcome<PointsOf>> {
  const found = await readItem(ports, now, place);
  if (!found.ok) return found;
  const { item, head } = found.value;
  const pointless = withoutPoints(item);
  if (pointless) return pointless;
  return ok({ item, head, points: visiblePoints(item, await allPoints(ports, item), seenBy(item, head), now) });
}

export async function readPoint(
  ports: VaultReads,
  now: Instant,
  place: Place,
  name: string,
): Promise<Outcome<PointsOf & { readonly point: Point }>> {
  const list = await listPoints(ports, now, place);
  if (!list.ok) return list;
  const point = named(list.value.points, name);
  return point
    ? ok({ ...list.value, point })
    : refuse('RecoveryPointNotFound', `${list.value.item.name} has no recovery point ${name}.`);
}

export async function pageOfPoints(
  ports: VaultReads,
  now: Instant,
  place: Place,
  page: Page,
): Promise<Outcome<PointsOf & Listed<Point>>> {
  const list = await listPoints(ports, now, place);
  return list.ok ? ok({ ...list.value, ...cut(list.value.points, ({ name }) => keyOf(name), page) }) : list;
}
