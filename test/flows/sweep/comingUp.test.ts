/** Purges in a vault of before, while somebody else brings it up: what is taken off the tally is what was counted. */
import { expect, test } from 'vitest';
import { later } from '../../support/builders.ts';
import { bringUp, toBefore } from '../../support/ofBefore.ts';
import { memoryTables } from '../../support/tables.ts';
import { headOf, portsOver } from '../../support/world.ts';
import { furnished, names, VAULT, watched } from './furnish.ts';
import { sweeperOver } from './sweeper.ts';

const NOTHING = { counts: { protected: 0, stopped: 0, softDeleted: 0 }, users: {} };

test.each([0, 1, 2])('purges of three items, brought up before change %i', async (which) => {
  const tables = memoryTables();
  await furnished(names(3), tables);
  await toBefore(tables.vaults, VAULT);
  const { vaults } = portsOver(tables);
  // It is begun: no fence will move any more.
  expect(await bringUp(tables, VAULT, () => false)).toBe('left');
  const { commit } = watched(tables, async (_, number) => {
    if (number === which + 1) await bringUp(tables, VAULT);
  });
  expect(await sweeperOver(tables, { commit }).sweep(later(14))).toMatchObject({ purged: 3, failed: 0 });
  expect(await bringUp(tables, VAULT)).toBe('ended');
  expect((await headOf(vaults, VAULT)).tally).toEqual(NOTHING);
});
