/** Vaults and items as the API makes them. Made in memory, then copied row by row: ten times as fast as through the emulator. */
import { setImmediate as loopTurns } from 'node:timers/promises';
import { MOST_ROWS } from '../../src/change.ts';
import { keyOf } from '../../src/core/names.ts';
import { SHARD_NAMES } from '../../src/store/keys.ts';
import type { Table } from '../../src/store/table.ts';
import { memoryTable } from '../support/memoryTable.ts';
import { type App, type Ask, appOver } from './app.ts';
import type { Tables } from './tables.ts';

export interface Place {
  readonly vault: string;
  readonly item: string;
}

export const POLICY = 'daily';
const POINTS = 30;
const HOUR_MS = 3_600_000;

export interface Wish {
  readonly vaults: number;
  readonly items: number;
  readonly deleted?: boolean;
}

/** `items` in all, evenly over the vaults, neighbours in different vaults; each protected, with thirty recovery points. */
export async function populate(
  into: Tables,
  { vaults, items, deleted }: Wish,
  prefix = 'vault',
): Promise<readonly Place[]> {
  const tables = { vaults: memoryTable(), agenda: memoryTable(), registry: memoryTable() };
  const app = appOver(tables);
  const names = Array.from({ length: vaults }, (_, index) => `${prefix}-${index}`);
  for (const vault of names) await makeVault(app, vault);
  const places = Array.from({ length: items }, (_, index) => ({
    vault: names[index % vaults] ?? '',
    item: `item-${index}`,
  }));
  for (const place of places) {
    await makeItem(app, place);
    // Memory never lets the loop turn; a connection that storage closed meanwhile would be written to.
    await loopTurns();
    if (deleted) await app(stopDelete(place));
  }
  for (const vault of names) await copy(tables.vaults, into.vaults, keyOf(vault));
  for (const shard of SHARD_NAMES) await copy(tables.agenda, into.agenda, shard);
  for (const partition of ['vaults', 'sources']) await copy(tables.registry, into.registry, partition);
  return places;
}

export async function makeVault(app: App, vault: string): Promise<void> {
  await app({ route: 'putVault', names: { vault }, body: { kind: 'RecoveryServices' } });
  const body = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 60 } };
  await app({ route: 'putPolicy', names: { vault, policy: POLICY }, body });
}

async function makeItem(app: App, place: Place): Promise<void> {
  await app(protect(place));
  for (let index = POINTS; index > 0; index -= 1) await app(recordPoint(place, index));
}

export const protect = (place: Place): Ask => ({
  route: 'protectItem',
  names: { ...place },
  body: { workload: 'AzureVM', policy: POLICY, sourceId: `/machines/${place.vault}/${place.item}` },
});

export const recordPoint = (place: Place, hoursOld: number): Ask => ({
  route: 'putRecoveryPoint',
  names: { ...place, recoveryPoint: `point-${hoursOld}` },
  body: { createdAt: new Date(Date.now() - hoursOld * HOUR_MS).toISOString(), rung: 'daily' },
});

export const stopDelete = (place: Place): Ask => ({
  route: 'stopItem',
  names: { ...place },
  body: { mode: 'delete', confirmName: place.item, reason: 'benchmark' },
});
export const stopRetain = (place: Place): Ask => ({ route: 'stopItem', names: { ...place }, body: { mode: 'retain' } });
export const undelete = (place: Place): Ask => ({ route: 'undeleteItem', names: { ...place } });
export const resume = (place: Place): Ask => ({
  route: 'resumeItem',
  names: { ...place },
  body: { policy: POLICY },
});
export const getItem = (place: Place): Ask => ({ route: 'getItem', names: { ...place } });

/** History stays behind: nothing here reads it, and the emulator gets slower with every row. */
async function copy(from: Table, into: Table, partition: string): Promise<void> {
  const rows = await from.range(partition, { prefix: '', before: '\uffff' });
  const ops = rows
    .filter(({ key }) => !key.includes('!audit!'))
    .map(({ key, cells }) => ({ op: 'put', key, cells }) as const);
  for (let at = 0; at < ops.length; at += MOST_ROWS) await into.commit(partition, ops.slice(at, at + MOST_ROWS));
}
