import { describe, expect, test } from 'vitest';
import { keys } from '../../../src/store/keys.ts';
import type { Row } from '../../../src/store/table.ts';
import { type Sweep, sweepingOf } from '../../host/support/sweeping.ts';
import { aVault, clockOf, type Estate, later } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const s = sweepingOf(service);
const rows = service.tables.vaults;

/** The clock is put right before each sweep, back as well: what the machine took for the one before does not count. */
async function sweepExactlyAt(instant: string): Promise<Sweep> {
  await clockOf(service).moveTo(instant);
  return s.sweep();
}

/** What lies in the trash of an item is made unreadable. Answers the repair. */
async function spoil(vault: Estate, item: string): Promise<() => Promise<void>> {
  const trash = await rows.range(vault.name, { prefix: keys.trash(vault.name) });
  const row = trash.find(({ key }) => key.endsWith(`!${item}`));
  if (!row) throw new Error(`${item} does not lie in the trash`);
  return overwrite(vault.name, row);
}

async function overwrite(partition: string, { key, cells }: Row): Promise<() => Promise<void>> {
  await rows.commit(partition, [{ op: 'put', key, cells: { v: 1, doc0: '{"state":"Soft' } }]);
  return async () => {
    await rows.commit(partition, [{ op: 'put', key, cells }]);
  };
}

describe('an item whose row cannot be read', () => {
  test('keeps no other from being purged, is tried later and later, and is set aside after six tries; repaired, it goes', async () => {
    const vault = await aVault(service);
    await vault.trash('bad');
    for (let number = 0; number < 5; number += 1) await vault.trash(`good-${number}`);
    const { purgeAt } = (await vault.trash('last')).softDelete;
    const repair = await spoil(vault, 'bad');

    await s.at(purgeAt);
    expect((await s.sweep({ dryRun: true })).items).toContainEqual(
      expect.objectContaining({ item: 'bad', action: 'fail', why: expect.stringMatching(/unreadable/) }),
    );
    // its warning is overdue as well: two hints, two failures
    const first = await sweepExactlyAt(purgeAt);
    expect(first.purged).toBe(6);
    expect(first.failed).toBeGreaterThanOrEqual(1);
    expect(await s.ready()).toMatchObject({ checks: { quarantine: { status: 'ok' } } });
    // not again at once
    expect(await sweepExactlyAt(later(purgeAt, { seconds: 1 }))).toMatchObject({ due: 0, failed: 0 });

    const pauses: number[] = [];
    for (let minutes = 0; pauses.length < 5 && minutes < 60; minutes += 1) {
      const { failed } = await sweepExactlyAt(later(purgeAt, { seconds: 60 * minutes + 30 }));
      if (failed > 0) pauses.push(minutes);
    }
    // a sweep a minute finds each try at the latest a minute or two after it fell due
    const gaps = pauses.slice(1).map((minute, index) => minute - (pauses[index] ?? 0));
    for (const [index, pause] of [2, 4, 8, 16].entries()) {
      expect(gaps[index]).toBeGreaterThanOrEqual(pause - 1);
      expect(gaps[index]).toBeLessThanOrEqual(pause + 2);
    }
    const { checks } = await s.ready();
    expect(checks['quarantine']).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining(`${vault.name}/bad`),
    });
    await s.told(vault);
    expect((await s.explain(vault, 'bad')).blockers).toMatchObject([{ code: 'Quarantined' }]);
    expect(await s.sweepAt(later(purgeAt, { hours: 20 }))).toMatchObject({ due: 0 });

    await repair();
    expect(await s.sweepAt(later(purgeAt, { hours: 25 }))).toMatchObject({ purged: 1, failed: 0 });
    expect(await vault.get('bad')).toMatchObject({ status: 410 });
    expect((await s.ready()).checks['quarantine']).toMatchObject({ status: 'ok' });
  });

  test('set aside and then put right by an undelete, it is set aside no longer', async () => {
    const vault = await aVault(service);
    const { purgeAt } = (await vault.trash('bad')).softDelete;
    const repair = await spoil(vault, 'bad');
    // from the warning on it cannot be read
    for (const hours of [-48, -47.9, -47.8, -47.6, -47.3, -46, -45]) await s.sweepAt(later(purgeAt, { hours }));
    expect((await s.ready()).checks['quarantine']).toMatchObject({ status: 'warn' });

    await repair();
    expect(await vault.undelete('bad')).toMatchObject({ status: 200 });
    await s.sweepAt(later(purgeAt, { days: 2 }));

    expect((await s.ready()).checks['quarantine']).toMatchObject({ status: 'ok' });
    expect((await vault.get('bad')).body.state).toBe('ProtectionStopped');
  });

  test('a vault whose settings cannot be read keeps no other vault waiting', async () => {
    const [bad, good] = [await aVault(service), await aVault(service)];
    await bad.trash('vm');
    const { purgeAt } = (await good.trash('vm')).softDelete;
    await s.told(bad, good);
    const [settings] = await rows.range(bad.name, { prefix: keys.vault(bad.name) });
    const repair = settings ? await overwrite(bad.name, settings) : async () => {};

    const swept = await s.sweepAt(purgeAt);
    expect(swept).toMatchObject({ purged: 1 });
    expect(swept.failed).toBeGreaterThan(0);
    expect(await good.get('vm')).toMatchObject({ status: 410 });

    await repair();
    expect(await s.sweepAt(later(purgeAt, { hours: 1 }))).toMatchObject({ purged: 1, failed: 0 });
    expect(await bad.get('vm')).toMatchObject({ status: 410 });
  });

  test('a hint that nobody can read stops no sweep', async () => {
    const vault = await aVault(service);
    const { purgeAt } = (await vault.trash('vm')).softDelete;
    const { agenda } = service.tables;
    const spoilt = { v: 1, due: 'soon', kind: 'x', vault: '', item: '', tries: 'many' };
    const senseless = ['0000000000000001!nonsense', '0', '0000000000000001!purge!nowhere!nothing', '0000!!!'];
    for (const key of senseless) await agenda.commit('shard03', [{ op: 'put', key, cells: spoilt }]);

    expect(await s.sweepAt(purgeAt)).toMatchObject({ purged: 1, failed: 0 });

    for (const key of senseless) await agenda.commit('shard03', [{ op: 'drop', key }]);
  });
});

test('readiness turns red when the sweep has missed three turns, and says since when the oldest waits', async () => {
  // turns are every five minutes on the clock, and far from each of these instants
  const turn = 300;
  const next = Math.ceil(Date.parse(await s.now()) / 1000 / turn) * turn;
  const inTurn = (number: number) => new Date((next + (number + 0.5) * turn) * 1000).toISOString();
  await s.sweepAt(inTurn(0));
  await s.at(inTurn(2));
  expect((await s.ready()).checks['lastSweep']).toMatchObject({ status: 'ok' });
  await s.at(inTurn(3));
  expect(await s.ready()).toMatchObject({ status: 503, checks: { lastSweep: { status: 'fail' } } });
  await s.sweep();
  expect(await s.ready()).toMatchObject({ status: 200, checks: { lastSweep: { status: 'ok' } } });
});

test('what the sweep left behind is in order', () => s.check());
