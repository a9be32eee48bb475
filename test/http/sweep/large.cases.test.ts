import { expect, test } from 'vitest';
import { instantOf } from '../../../src/core/time.ts';
import type { Ports } from '../../../src/ports.ts';
import { addPages, beginPurge } from '../../faults/seeds.ts';
import { sweeperOver } from '../../flows/sweep/sweeper.ts';
import { sweepingOf } from '../../host/support/sweeping.ts';
import { aQuietVault, type Estate, later, ok, refusal } from '../../support/estate.ts';
import { portsOver } from '../../support/world.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const s = sweepingOf(service);
const tables = service.tables;

const PAGES = 250;

/** An item with more pages of before than a transaction can write. Answers when it is due. */
async function large(vault: Estate): Promise<string> {
  ok(await vault.protect('vm'));
  await addPages(portsOver(tables), vault.name, 'vm', PAGES, instantOf(Date.parse(await s.now())));
  return ok(await vault.delete('vm')).softDelete?.purgeAt ?? '';
}

const pagesOf = async (vault: Estate) =>
  (await s.store()).filter((row) => row.includes(`"${vault.name}!page!vm!`)).length;

/** A sweep that dies at its n-th transaction. */
function dying(after: number): Pick<Ports, 'commit'> {
  const { commit } = portsOver(tables);
  let left = after;
  return {
    commit: async (write) => {
      left -= 1;
      if (left < 0) throw new Error('killed');
      return commit(write);
    },
  };
}

test('a large item goes once', async () => {
  const vault = await aQuietVault(service);
  const due = await large(vault);
  expect(await pagesOf(vault)).toBe(PAGES);

  expect(await s.sweepAt(due)).toMatchObject({ purged: 1, failed: 0 });

  expect(await vault.get('vm')).toMatchObject({ status: 410 });
  expect(await pagesOf(vault)).toBe(0);
  expect(await s.alerts(vault)).toEqual(['purgecomplete vm 1']);
});

test('dead while its pages are merged, it lies in the trash as before, and the next sweep purges it', async () => {
  const vault = await aQuietVault(service);
  const due = await large(vault);
  await s.at(due);
  const now = instantOf(Date.parse(await s.now()));
  await expect(sweeperOver(tables, dying(3)).sweep(now)).rejects.toThrow('killed');

  // forty pages of one point became one, three times
  expect(await pagesOf(vault)).toBe(PAGES - 3 * 39);
  expect((await vault.get('vm')).body).toMatchObject({ state: 'SoftDeleted', softDelete: { purgeAt: due } });
  await s.check();

  expect(await s.sweepAt(later(due, { seconds: 90 }))).toMatchObject({ purged: 1, failed: 0 });
  expect(await vault.get('vm')).toMatchObject({ status: 410 });
  expect(await pagesOf(vault)).toBe(0);
  expect(await s.alerts(vault)).toEqual(['purgecomplete vm 1']);
});

for (const steps of [1, 2, 3])
  test(`case 77: a purge that the version before began, dead after ${steps} of 4 transactions: the next sweep finishes; nothing brings it back meanwhile`, async () => {
    const vault = await aQuietVault(service);
    const due = await large(vault);
    await s.at(due);
    const now = instantOf(Date.parse(await s.now()));
    await beginPurge(portsOver(tables), vault.name, 'vm', now);
    await expect(sweeperOver(tables, dying(steps)).sweep(now)).rejects.toThrow('killed');

    expect(await pagesOf(vault)).toBe(PAGES - 80 * steps);
    expect((await vault.get('vm')).body).toMatchObject({ state: 'Purging', softDelete: { purgeAt: due } });
    expect(await vault.undelete('vm')).toMatchObject(refusal(409, 'PurgeInProgress'));
    expect(await vault.resume('vm', 'daily')).toMatchObject(refusal(409, 'PurgeInProgress'));
    expect(await vault.delete('vm')).toMatchObject({ status: 200, body: { state: 'Purging' } });
    expect(await vault.send('DELETE', '')).toMatchObject({ status: 409 });
    expect(await s.alerts(vault)).toEqual([]);
    expect(await s.explain(vault, 'vm')).toMatchObject({ state: 'Purging', blockers: [] });
    await s.check();

    const swept = await s.sweepAt(later(due, { seconds: 90 }));
    expect(swept).toMatchObject({ purged: 1, failed: 0 });
    expect(await vault.get('vm')).toMatchObject({ status: 410 });
    expect(await pagesOf(vault)).toBe(0);
    expect(await s.alerts(vault)).toEqual(['purgecomplete vm 1']);
    expect(await vault.history('vm')).toContainEqual(
      expect.objectContaining({ operation: 'Purge', to: 'Purged', facts: { purgeAt: due, generation: 1 } }),
    );
    expect(await s.sweepAt(later(due, { seconds: 200 }))).toMatchObject({ purged: 0, due: 0 });
  });

test('what the sweep left behind is in order', () => s.check());
