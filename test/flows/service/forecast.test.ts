/** One row that cannot be read must not take the answer about all others with it. */
import { expect, test } from 'vitest';
import { forecast } from '../../../src/flows/service/forecast.ts';
import { NOON } from '../../support/builders.ts';
import { portsOver } from '../../support/world.ts';
import { furnished, names, spoil, VAULT } from '../sweep/furnish.ts';

test('the forecast names what it cannot read, and foretells the rest', async () => {
  const { tables, done } = await furnished(names(3));
  await done('putVault', 'other', { kind: 'RecoveryServices' });
  await spoil(tables, '!vm-1');
  const { days, unreadable } = await forecast(portsOver(tables), NOON, 30);
  expect(days.flatMap(({ items }) => items.map(({ item }) => item))).toEqual(['vm-0', 'vm-2']);
  expect(unreadable).toEqual([{ vault: VAULT, item: 'vm-1' }]);

  await spoil(tables, '!head!settings');
  expect((await forecast(portsOver(tables), NOON, 30)).unreadable).toEqual([{ vault: VAULT, item: null }]);
});

test('storage that does not answer is no row that cannot be read', async () => {
  const { tables } = await furnished(names(1));
  const { vaults, registry } = portsOver(tables);
  const gone = { ...vaults, dueTrash: async () => Promise.reject(new Error('no answer')) };
  await expect(forecast({ vaults: gone, registry }, NOON, 30)).rejects.toThrow('no answer');
});
