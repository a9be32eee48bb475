/** What an entry of the history takes in the store, against the version that had no chains. */
import { expect, test } from 'vitest';
import { later } from '../../support/builders.ts';
import { memoryTables } from '../../support/tables.ts';
import { furnished, VAULT } from '../sweep/furnish.ts';
import { sweeperOver } from '../sweep/sweeper.ts';

/** Bytes of the row in that version, measured by this very story. */
const BEFORE = {
  CreateVault: 337,
  PutPolicy: 375,
  Protect: 384,
  Undelete: 353,
  Resume: 410,
  WarnUpcomingPurge: 352,
  StopDelete: 442,
  Purge: 352,
} as const;
type Operation = keyof typeof BEFORE;

/** The chain and the seal; a deletion and a purge also keep what a receipt says. */
const MORE = 400;
const MORE_FOR_A_RECEIPT = 1200;
const FOR_RECEIPTS: readonly Operation[] = ['StopDelete', 'Purge'];

async function sizes(): Promise<ReadonlyMap<string, number>> {
  const tables = memoryTables();
  const estate = await furnished(['vm-1'], tables);
  await estate.done('undeleteItem', `${VAULT}/vm-1`);
  await estate.done('resumeItem', `${VAULT}/vm-1`, { policy: 'daily' });
  await estate.done('stopItem', `${VAULT}/vm-1`, { mode: 'delete', confirmName: 'vm-1' });
  await sweeperOver(tables).sweep(later(12));
  await sweeperOver(tables).sweep(later(14));
  const rows = await tables.vaults.range(VAULT, { prefix: `${VAULT}!audit!` });
  return new Map(
    rows.map(({ cells }) => {
      const text = JSON.stringify(cells);
      return [/"operation\\?":\\?"(\w+)/.exec(text)?.[1] ?? '', Buffer.byteLength(text)];
    }),
  );
}

test('an entry is four hundred bytes larger at most, that of a deletion or a purge twelve hundred', async () => {
  const now = await sizes();
  for (const operation of Object.keys(BEFORE) as Operation[]) {
    const more = (now.get(operation) ?? Number.NaN) - BEFORE[operation];
    expect(more, operation).toBeGreaterThan(0);
    expect(more, operation).toBeLessThanOrEqual(FOR_RECEIPTS.includes(operation) ? MORE_FOR_A_RECEIPT : MORE);
  }
});
