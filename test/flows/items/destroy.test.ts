import { expect, test } from 'vitest';
import { stop } from '../../../src/flows/items/stop.ts';
import { addPages } from '../../faults/seeds.ts';
import { later } from '../../support/builders.ts';
import { aRequest, portsOver } from '../../support/world.ts';
import { furnished, VAULT, watched } from '../sweep/furnish.ts';
import { alertsIn, OPERATORS, sweeperOver } from '../sweep/sweeper.ts';

test('however many pages an item has, one sweep takes it apart', async () => {
  const { tables, protect, done, stateOf } = await furnished();
  await protect('large');
  await addPages(portsOver(tables), VAULT, 'large', 1000, later(0));
  await done('stopItem', `${VAULT}/large`, { mode: 'delete', confirmName: 'large' });

  expect(await sweeperOver(tables).sweep(later(14))).toMatchObject({ purged: 1, failed: 0 });

  expect(await stateOf('large')).toMatchObject({ state: 'Purged' });
  expect(await portsOver(tables).vaults.pages(VAULT, 'large')).toEqual([]);
});

test('a hard delete of a large item that dies right after its mark is told, and is finished by the next sweep', async () => {
  const { tables, protect, done, stateOf } = await furnished();
  await protect('large');
  await addPages(portsOver(tables), VAULT, 'large', 1000, later(0));
  await done('patchVault', VAULT, { softDelete: { state: 'Disabled' } });

  const { commits, commit } = watched(tables, async (_, number) => {
    if (number > 1) throw new Error('the process is dead');
  });
  const send = async () => Promise.reject(new Error('dead'));
  const dead = portsOver(tables, { commit, notices: { send }, operators: OPERATORS });
  const ask = { mode: 'delete', confirmName: 'large' } as const;
  await expect(stop(dead, aRequest(), { vault: VAULT, item: 'large' }, ask)).rejects.toThrow('dead');
  expect(commits[0]?.items?.[0]?.now.state).toBe('Purging');
  expect(await stateOf('large')).toMatchObject({ state: 'Purging' });
  expect(await alertsIn(tables, VAULT)).toContain('backupdatapermanentlydeleted large 1');

  const { sweep, notices } = sweeperOver(tables);
  await sweep(later(0, 10 * 60_000));
  expect(notices.flatMap(({ alerts = [] }) => alerts)).toContain(`${VAULT}~large~BackupDataPermanentlyDeleted~1`);
  expect(await stateOf('large')).toMatchObject({ state: 'Purged' });
});
