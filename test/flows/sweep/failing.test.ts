/** What cannot be dealt with is tried later and later, and somebody hears of it. */
import { expect, test } from 'vitest';
import type { Write } from '../../../src/change.ts';
import { instantOf, iso } from '../../../src/core/time.ts';
import { put } from '../../../src/store/table.ts';
import { addPages } from '../../faults/seeds.ts';
import { later, NOON } from '../../support/builders.ts';
import { portsOver, setPause } from '../../support/world.ts';
import { furnished, names, spoil, VAULT, watched } from './furnish.ts';
import { alertsIn, hintsIn, sweeperOver } from './sweeper.ts';

/** The instants of the tries: after one, two, four, eight and sixteen minutes. */
const TRIES = [0, 1, 3, 7, 15, 31].map((minutes) => instantOf(later(14).toMillis() + minutes * 60_000));

test('a purge that fails is tried again; the third failure is told, the sixth sets it aside until it succeeds', async () => {
  const { tables } = await furnished(['vm']);
  const works = portsOver(tables).commit;
  const commit = async (write: Write) => {
    if ('items' in write) throw new Error('of no use');
    return works(write);
  };
  const raised = async () => (await alertsIn(tables, VAULT)).filter((alert) => alert.startsWith('purge'));
  const { control } = portsOver(tables);
  const seen: (readonly string[])[] = [];
  for (const now of TRIES) {
    expect(await sweeperOver(tables, { commit }).sweep(now)).toMatchObject({ purged: 0, failed: 1 });
    seen.push(await raised());
  }
  expect(seen.map((alerts) => alerts.length)).toEqual([0, 0, 1, 1, 1, 2]);
  expect(seen.at(-1)).toEqual([
    expect.stringMatching(/^purgefailed vm \d+$/),
    expect.stringMatching(/^purgestuck vm \d+$/),
  ]);
  expect(await control.quarantined()).toMatchObject([
    { vault: VAULT, item: 'vm', why: 'of no use', isUnreadable: false, tries: 6 },
  ]);

  expect(await sweeperOver(tables).sweep(later(15, 31 * 60_000))).toMatchObject({ purged: 1 });
  expect(await control.quarantined()).toEqual([]);
  expect((await hintsIn(tables)).filter((hint) => hint.startsWith('purge'))).toEqual([]);
});

test('a row that cannot be read is tried later; the others of its vault are purged', async () => {
  const { tables, stateOf } = await furnished(names(3));
  await spoil(tables, '!vm-1');
  const dry = await sweeperOver(tables).sweep(later(14), { dryRun: true });
  expect(dry.items?.map(({ item, action }) => `${action} ${item}`).toSorted()).toEqual([
    ...['fail vm-1', 'purge vm-0', 'purge vm-2'],
  ]);
  expect(await sweeperOver(tables).sweep(later(14))).toMatchObject({ purged: 2, failed: 1 });
  expect((await stateOf('vm-0'))?.state).toBe('Purged');
  expect((await hintsIn(tables)).filter((hint) => hint.startsWith('purge'))).toEqual([
    `purge vm-1 ${iso(later(14, 60_000))}`,
  ]);
});

test.each([
  ['its row in the trash', '!vm-1'],
  ['its row and that in the trash', 'vm-1'],
  ['its vault', 'head'],
])('what is set aside because %s cannot be read says so', async (_, which) => {
  const { tables } = await furnished(names(3));
  await spoil(tables, which);
  for (const now of TRIES) await sweeperOver(tables).sweep(now);
  const aside = await portsOver(tables).control.quarantined();
  expect(aside.find(({ item }) => item === 'vm-1')).toMatchObject({ isUnreadable: true, tries: 6 });
});

test('what was set aside before anybody asked whether it can be read counts as readable', async () => {
  const { tables } = await furnished(['vm']);
  const aside = { vault: VAULT, item: 'vm', why: 'of no use', since: NOON, tries: 6, nextTryAt: later(1) };
  await tables.registry.commit('control', [put(`quarantine!${VAULT}!vm`, aside)]);
  expect(await portsOver(tables).control.quarantined()).toMatchObject([{ item: 'vm', isUnreadable: false }]);
});

test('a vault that cannot be read keeps its own hints back', async () => {
  const { tables } = await furnished(names(2));
  const works = portsOver(tables).vaults;
  const vaults = { ...works, trashOf: () => Promise.reject(new Error('no answer')) };
  expect(await sweeperOver(tables, { vaults }).sweep(later(14))).toMatchObject({ purged: 0, failed: 2 });
  expect(await sweeperOver(tables).sweep(later(14, 60_000))).toMatchObject({ purged: 2, failed: 0 });
});

test('a pause that comes after the look holds what was to be purged by itself', async () => {
  const { tables, protect, done, stateOf } = await furnished();
  for (const item of ['a', 'b']) {
    await protect(item);
    await addPages(portsOver(tables), VAULT, item, 2, NOON);
    await done('stopItem', `${VAULT}/${item}`, { mode: 'delete', confirmName: item });
  }
  let seconds = 0;
  const { commit } = watched(tables, async () => {
    seconds += 1;
    await setPause(portsOver(tables), later(15));
  });
  const report = await sweeperOver(tables, { commit, realNow: () => NOON.plus({ seconds }) }).sweep(later(14));
  expect(report).toMatchObject({ purged: 1, skipped: 1, failed: 0, held: { reason: 'Paused' } });
  const states = await Promise.all(['a', 'b'].map(async (item) => (await stateOf(item))?.state));
  expect(states.toSorted()).toEqual(['Purged', 'SoftDeleted']);
});
