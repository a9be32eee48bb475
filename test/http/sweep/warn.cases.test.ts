import { expect, test } from 'vitest';
import { sweepingOf } from '../../host/support/sweeping.ts';
import { aVault, HYBRID, later, ok } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const s = sweepingOf(service);

test('case 39: two days before the purge it is announced once, and not a minute sooner', async () => {
  const vault = await aVault(service);
  const { purgeAt } = (await vault.trash('vm')).softDelete;
  const warnAt = later(purgeAt, { hours: -48 });

  expect(await s.sweepAt(later(warnAt, { hours: -1 }))).toMatchObject({ warned: 0, due: 0 });
  expect((await vault.get('vm')).body.softDelete).toMatchObject({ purgeUpcoming: false });
  expect(await s.sweepAt(warnAt)).toMatchObject({ warned: 1, due: 1, purged: 0 });
  expect((await vault.get('vm')).body.softDelete).toMatchObject({ purgeUpcoming: true, daysLeft: 2 });
  expect(await s.alerts(vault)).toEqual(['upcomingpurge vm 1']);
  expect(await s.sweepAt(later(warnAt, { hours: 20 }))).toMatchObject({ warned: 0, due: 0 });
  expect(await s.alerts(vault)).toEqual(['upcomingpurge vm 1']);
});

test('case 39: every kind is announced, hybrid ones too', async () => {
  const vault = await aVault(service);
  const items = ['AzureVM', 'SQLInAzureVM', 'AzureFiles', ...HYBRID];
  for (const workload of items) await vault.trash(workload, { workload });
  const last = (await vault.get('MABS')).body.softDelete?.purgeAt ?? '';

  await s.sweepAt(later(last, { hours: -48 }));

  expect(await s.alerts(vault)).toEqual(items.map((item) => `upcomingpurge ${item.toLowerCase()} 1`).toSorted());
});

test('case 39: late, the announcement comes late; past the purge there is none', async () => {
  const vault = await aVault(service);
  const { purgeAt } = (await vault.trash('vm')).softDelete;
  await s.sweepAt(later(purgeAt, { hours: -3 }));
  expect(await s.alerts(vault)).toEqual(['upcomingpurge vm 1']);

  const next = (await vault.trash('other')).softDelete.purgeAt;
  await s.sweepAt(next);
  expect(await s.alerts(vault)).toEqual(['purgecomplete other 1', 'purgecomplete vm 1', 'upcomingpurge vm 1']);
});

test('case 39: an undelete cancels the announcement; a new deletion brings its own', async () => {
  const vault = await aVault(service);
  const { purgeAt } = (await vault.trash('vm')).softDelete;
  await s.at(later(purgeAt, { days: -5 }));
  ok(await vault.undelete('vm'));
  await s.sweepAt(later(purgeAt, { hours: -48 }));
  expect(await s.alerts(vault)).toEqual([]);

  const again = ok(await vault.delete('vm')).softDelete?.purgeAt ?? '';
  await s.sweepAt(later(again, { hours: -48 }));
  expect(await s.alerts(vault)).toEqual(['upcomingpurge vm 2']);
});

test('a name that is used again long after its purge is announced and purged like the first time', async () => {
  const vault = await aVault(service);
  const first = (await vault.trash('vm')).softDelete.purgeAt;
  await s.sweepAt(later(first, { hours: -48 }));
  await s.sweepAt(first);
  await s.sweepAt(later(await s.now(), { days: 91 }));
  expect(await vault.get('vm')).toMatchObject({ status: 404 });
  expect(await s.alerts(vault)).toEqual([]);

  const again = (await vault.trash('vm')).softDelete.purgeAt;
  expect(await s.sweepAt(later(again, { hours: -48 }))).toMatchObject({ warned: 1, failed: 0 });
  expect(await s.sweepAt(again)).toMatchObject({ purged: 1, failed: 0 });
  expect(await vault.get('vm')).toMatchObject({ status: 410 });
});

test('what the sweep left behind is in order', () => s.check());
