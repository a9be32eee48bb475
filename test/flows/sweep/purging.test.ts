import { expect, test } from 'vitest';
import { MOST_ROWS } from '../../../src/change.ts';
import { standingPurge } from '../../../src/core/hints.ts';
import { opsOf } from '../../../src/store/ops.ts';
import { later, NOON } from '../../support/builders.ts';
import { allDue } from '../../support/stores.ts';
import { portsOver, setPause } from '../../support/world.ts';
import { furnished, names, VAULT, watched } from './furnish.ts';
import { alertsIn, hintsIn, sweeperOver } from './sweeper.ts';

const DUE = later(14);
const nothing = async () => {};
const purgesIn = async (tables: Parameters<typeof alertsIn>[0]) =>
  (await alertsIn(tables, VAULT)).filter((alert) => alert.startsWith('purgecomplete'));

test('small items share transactions, thirteen in each, none too large for Table Storage', async () => {
  const { tables } = await furnished(names(60));
  const { commits, commit } = watched(tables, nothing);
  const { sweep, notices } = sweeperOver(tables, { commit });

  expect(await sweep(DUE)).toMatchObject({ purged: 60, failed: 0, complete: true });

  expect(commits.map(({ items }) => items?.length)).toEqual([13, 13, 13, 13, 8]);
  expect(Math.max(...commits.map((change) => opsOf(change).length))).toBeLessThanOrEqual(MOST_ROWS);
  // one chunk, told by one message
  expect(notices.map(({ alerts }) => alerts?.length)).toEqual([60]);
  expect(await hintsIn(tables)).toEqual([]);
});

test('when one of a shared transaction is undeleted in between, the others still go, one by one', async () => {
  const estate = await furnished(names(10));
  const { tables } = estate;
  const { commits, commit } = watched(tables, async (_, number) => {
    if (number === 1) await estate.done('undeleteItem', `${VAULT}/vm-3`);
  });
  const { sweep, notices } = sweeperOver(tables, { commit });

  expect(await sweep(DUE)).toMatchObject({ purged: 9, failed: 0 });

  expect(commits).toHaveLength(10);
  expect(await estate.stateOf('vm-3')).toMatchObject({ state: 'ProtectionStopped' });
  expect(await purgesIn(tables)).toHaveLength(9);
  expect(notices.flatMap(({ alerts }) => alerts).toSorted()).not.toContainEqual(
    expect.stringContaining('~vm-3~PurgeComplete~'),
  );
  // what it had announced leads nowhere, and is cleared away
  await sweeperOver(tables).sweep(later(14, 60_000));
  expect((await hintsIn(tables)).filter((hint) => hint.includes('vm-3 ') && !hint.startsWith('forget'))).toEqual([]);
});

test('one that cannot be purged keeps none of the others, and is the only one that failed', async () => {
  const estate = await furnished(names(10));
  const { commit } = watched(estate.tables, async ({ items }) => {
    if (items?.some(({ now }) => now.name === 'vm-4')) throw new Error('of no use');
  });

  expect(await sweeperOver(estate.tables, { commit }).sweep(DUE)).toMatchObject({ purged: 9, failed: 1 });

  expect(await estate.stateOf('vm-4')).toMatchObject({ state: 'SoftDeleted' });
  expect(await hintsIn(estate.tables)).toContain(`purge vm-4 ${later(14, 60_000).toISO()}`);
  expect(await sweeperOver(estate.tables).sweep(later(14, 60_000))).toMatchObject({ purged: 1 });
});

test('out of time, it says that it is not complete, and the next sweep goes on', async () => {
  const estate = await furnished(names(60));
  let seconds = 0;
  const realNow = () => NOON.plus({ seconds });
  const { commit } = watched(estate.tables, async () => {
    seconds += 4;
  });
  const first = await sweeperOver(estate.tables, { commit, realNow }, { budgetSeconds: 5 }).sweep(DUE);
  expect(first).toMatchObject({ purged: 26, complete: false, due: 60 });
  const { oldestDue, complete } = (await sweeperOver(estate.tables).ports.control.read()).heartbeat ?? {};
  expect([oldestDue, complete]).toEqual([DUE, false]);

  expect(await sweeperOver(estate.tables).sweep(later(14, 1))).toMatchObject({ purged: 34, complete: true });
  expect((await sweeperOver(estate.tables).ports.control.read()).heartbeat).toMatchObject({ oldestDue: null });
  expect(await purgesIn(estate.tables)).toHaveLength(60);
});

test('a pause that comes while it sweeps stops it within a second, and the answer says so', async () => {
  const estate = await furnished(names(60));
  let seconds = 0;
  const realNow = () => NOON.plus({ seconds });
  const { commit } = watched(estate.tables, async (_, number) => {
    seconds += 1;
    if (number === 1) await setPause(portsOver(estate.tables), later(15));
  });

  const report = await sweeperOver(estate.tables, { commit, realNow }).sweep(DUE);

  // two transactions of a vault are on their way at a time
  expect(report).toMatchObject({ purged: 26, complete: true, held: { reason: 'Paused' } });
  expect(await sweeperOver(estate.tables).sweep(later(14, 5))).toMatchObject({ purged: 0, skipped: 34 });
  expect(await sweeperOver(estate.tables).sweep(later(15))).toMatchObject({ purged: 34 });
});

test.for([
  ['Paused', {}],
  ['Belt', { maxPurges: 2 }],
] as const)('what is half-way purged is finished, whatever holds: %s', async ([reason, limits]) => {
  const estate = await furnished(['half', ...names(3)]);
  const { vaults, hint, commit } = portsOver(estate.tables);
  const held = await vaults.item(VAULT, 'half');
  if (held?.value.state !== 'SoftDeleted') throw new Error('not in the trash');
  await hint(standingPurge(held.value));
  await commit({
    vault: VAULT,
    id: 'mark',
    items: [{ was: { value: held.value, tag: held.tag }, now: { ...held.value, state: 'Purging', etag: 'mark' } }],
    entries: [
      {
        at: DUE,
        item: 'half',
        caller: { oid: '', tid: '', roles: [], channel: 'service' },
        operation: 'Purge',
        outcome: 'Succeeded',
        code: null,
        from: 'SoftDeleted',
        to: 'Purging',
        requestId: '',
        facts: {},
      },
    ],
  });
  if (reason === 'Paused') await setPause(portsOver(estate.tables), later(15));

  const report = await sweeperOver(estate.tables, {}, limits).sweep(DUE);

  expect(report).toMatchObject({ purged: 1, skipped: 3, held: { reason } });
  expect(await estate.stateOf('half')).toMatchObject({ state: 'Purged' });
});

test('two that strike the same hints do each other no harm', async () => {
  const { tables } = await furnished(names(30));
  const [a, b] = [sweeperOver(tables), sweeperOver(tables)];
  const due = await allDue(a.ports, DUE);
  expect(due).toHaveLength(90);
  await Promise.all([a.ports.agenda.strike(due), b.ports.agenda.strike(due.toReversed()), a.ports.agenda.strike(due)]);
  expect(await hintsIn(tables)).toEqual([]);
});
