import { beforeAll, describe, expect, test } from 'vitest';
import { instantOf } from '../../../src/core/time.ts';
import { alertsIn, sweeperOver } from '../../flows/sweep/sweeper.ts';
import { aQuietVault, type Estate, later } from '../../support/estate.ts';
import { FULL } from '../../support/full.ts';
import type { Service } from '../../support/launch.ts';
import { startService } from '../../support/service.ts';
import { azureTables } from '../../support/tables.ts';
import { type Sweeping, sweepingOf } from '../support/sweeping.ts';

let service: Service;
let s: Sweeping;

beforeAll(async () => {
  service = await startService();
  s = sweepingOf(service);
});

const names = (count: number) => Array.from({ length: count }, (_, index) => `vm-${index}`);
const VAULTS = 3;
const EACH = FULL ? 30 : 6;

async function full(): Promise<{ readonly vaults: readonly Estate[]; readonly due: string }> {
  const vaults = await Promise.all(Array.from({ length: VAULTS }, () => aQuietVault(service)));
  const trashed = await Promise.all(vaults.flatMap((vault) => names(EACH).map((item) => vault.trash(item))));
  return {
    vaults,
    due:
      trashed
        .map(({ softDelete }) => softDelete.purgeAt)
        .toSorted()
        .at(-1) ?? '',
  };
}

/** Each item purged once: one alert, one entry in its history. */
async function onceEach(vaults: readonly Estate[]): Promise<void> {
  const wanted = names(EACH).map((item) => `purgecomplete ${item} 1`);
  const rows = await s.store();
  for (const vault of vaults) {
    const alerts = await alertsIn(azureTables(service.storage), vault.name);
    expect(alerts.filter((alert) => alert.startsWith('purgecomplete'))).toEqual(wanted.toSorted());
    const entries = rows.filter(
      (row) => row.includes(`"${vault.name}!audit!`) && row.includes('\\"to\\":\\"Purged\\"'),
    );
    expect(entries).toHaveLength(EACH);
  }
}

describe('four sweepers over the same due set', () => {
  for (const [name, apart] of [
    ['at the same instant', 0],
    ['a moment apart', 7],
  ] as const)
    test(`${name}: each item is purged once, told at least once, and raises one alert`, async () => {
      const { vaults, due } = await full();
      await s.at(due);
      const sweepers = Array.from({ length: 4 }, () => sweeperOver(azureTables(service.storage)));

      const reports = await Promise.all(
        sweepers.map((sweeper, index) => sweeper.sweep(instantOf(Date.parse(due) + index * apart))),
      );

      expect(reports.reduce((sum, { purged }) => sum + purged, 0)).toBe(VAULTS * EACH);
      expect(reports.every(({ failed, complete }) => failed === 0 && complete)).toBe(true);
      await onceEach(vaults);
      const told = new Set(sweepers.flatMap(({ notices }) => notices.flatMap(({ alerts }) => alerts)));
      const here = [...told].filter((id) => vaults.some(({ name }) => id?.startsWith(`${name}~`)));
      expect(here.filter((id) => id?.includes('~PurgeComplete~'))).toHaveLength(VAULTS * EACH);
      await s.check();
      await s.sweepAt(later(due, { seconds: 120 }));
      expect(await s.sweep()).toMatchObject({ due: 0, purged: 0 });
    });

  test('over HTTP: what they say they purged adds up', async () => {
    const { vaults, due } = await full();
    await s.at(due);
    const reports = await Promise.all(Array.from({ length: 4 }, () => s.sweep()));
    expect(reports.reduce((sum, { purged }) => sum + purged, 0)).toBe(VAULTS * EACH);
    await onceEach(vaults);
    await s.check();
  });
});
