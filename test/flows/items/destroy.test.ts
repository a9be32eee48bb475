import { expect, test } from 'vitest';
import { stop } from '../../../src/flows/items/stop.ts';
import { addPages } from '../../faults/seeds.ts';
import { later } from '../../support/builders.ts';
import { aRequest, done, portsOver } from '../../support/world.ts';
import { furnished, VAULT, watched } from '../sweep/furnish.ts';
import { OPERATORS, sweeperOver } from '../sweep/sweeper.ts';

test('however many pages an item has, one sweep takes it apart', async () => {
  const { tables, protect, done: ask, stateOf } = await furnished();
  await protect('large');
  await addPages(portsOver(tables), VAULT, 'large', 1000, later(0));
  await ask('stopItem', `${VAULT}/large`, { mode: 'delete', confirmName: 'large' });

  expect(await sweeperOver(tables).sweep(later(14))).toMatchObject({ purged: 1, failed: 0 });

  expect(await stateOf('large')).toMatchObject({ state: 'Purged' });
  expect(await portsOver(tables).vaults.pages(VAULT, 'large')).toEqual([]);
});

test('a hard delete of a large item that dies right after it is told by the next sweep', async () => {
  const { tables, protect, done: ask, stateOf } = await furnished();
  await protect('large');
  await addPages(portsOver(tables), VAULT, 'large', 1000, later(0));
  await ask('patchVault', VAULT, { softDelete: { state: 'Disabled' } });

  const { commits, commit } = watched(tables, async () => {});
  // It does not come to its notice any more.
  const dead = portsOver(tables, {
    commit,
    notices: { send: async () => Promise.reject(new Error('dead')) },
    operators: OPERATORS,
  });
  await done(stop(dead, aRequest(), { vault: VAULT, item: 'large' }, { mode: 'delete', confirmName: 'large' }));
  expect(await stateOf('large')).toMatchObject({ state: 'Purged' });
  expect(commits.at(-1)?.alerts?.map(({ now }) => now.type)).toEqual(['BackupDataPermanentlyDeleted']);

  const { sweep, notices } = sweeperOver(tables);
  await sweep(later(0, 10 * 60_000));
  expect(notices.flatMap(({ alerts = [] }) => alerts)).toContainEqual(
    expect.stringContaining('~large~BackupDataPermanentlyDeleted~'),
  );
});
