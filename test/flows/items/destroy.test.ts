import { expect, test } from 'vitest';
import { addPages } from '../../faults/seeds.ts';
import { later } from '../../support/builders.ts';
import { portsOver } from '../../support/world.ts';
import { furnished, VAULT } from '../sweep/furnish.ts';
import { sweeperOver } from '../sweep/sweeper.ts';

test('however many pages an item has, one sweep takes it apart', async () => {
  const { tables, protect, done, stateOf } = await furnished();
  await protect('large');
  await addPages(portsOver(tables), VAULT, 'large', 1000, later(0));
  await done('stopItem', `${VAULT}/large`, { mode: 'delete', confirmName: 'large' });

  expect(await sweeperOver(tables).sweep(later(14))).toMatchObject({ purged: 1, failed: 0 });

  expect(await stateOf('large')).toMatchObject({ state: 'Purged' });
  expect(await portsOver(tables).vaults.pages(VAULT, 'large')).toEqual([]);
});
