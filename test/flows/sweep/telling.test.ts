import { describe, expect, test } from 'vitest';
import { factIn } from '../../../src/core/alerts.ts';
import { instantOf } from '../../../src/core/time.ts';
import { undelete } from '../../../src/flows/items/undelete.ts';
import { notify } from '../../../src/flows/notify/message.ts';
import { flowPorts } from '../../../src/flows/story/land.ts';
import type { Notice } from '../../../src/ports/alerts.ts';
import { addPages } from '../../faults/seeds.ts';
import { later, NOON } from '../../support/builders.ts';
import { allDue } from '../../support/stores.ts';
import { aRequest, portsOver } from '../../support/world.ts';
import { furnished, names, VAULT, watched } from './furnish.ts';
import { hintsIn, OPERATORS, sweeperOver } from './sweeper.ts';

const MAIL = { perMinute: undefined, perRecipient: 1000, resourceGroup: null, portal: null };
const soon = (millis: number) => instantOf(later(14).toMillis() + millis);
const mute = { send: async () => Promise.reject(new Error('the queue does not answer')) };
/** What notices name, whatever the vault's own id is. */
const told = (notices: readonly Notice[]) =>
  notices.map(({ alerts = [], ...one }) => ({ ...one, alerts: alerts.map(factIn) }));
const purge = (item: string) => `${VAULT}~${item}~PurgeComplete~1`;
/** Somebody hears what was sent, and tells it. */
const hear = async (tables: Parameters<typeof hintsIn>[0], { notices }: { readonly notices: readonly Notice[] }) => {
  for (const notice of notices) await notify(portsOver(tables), MAIL, notice, later(15));
};
const tells = async (tables: Parameters<typeof hintsIn>[0]) =>
  (await hintsIn(tables)).filter((hint) => hint.startsWith('tell'));

/** A sweep that dies as soon as it would tell: nothing after that happens. */
function mortal(tables: Parameters<typeof sweeperOver>[0], over: object = {}) {
  const { hint } = portsOver(tables);
  return sweeperOver(tables, {
    notices: mute,
    hint: async (hints, dealtWith = []) => (dealtWith.length > 0 ? Promise.reject(new Error('dead')) : hint(hints)),
    ...over,
  });
}

describe('what was purged and not told', () => {
  test('is purged all the same, and told by the next sweep', async () => {
    const { tables } = await furnished(names(5));

    expect(await sweeperOver(tables, { notices: mute }).sweep(later(14))).toMatchObject({ purged: 5, failed: 0 });
    // what led to them leads to what nobody was told of
    expect((await hintsIn(tables)).filter((hint) => hint.startsWith('purge'))).toHaveLength(5);
    expect(await tells(tables)).toEqual([]);

    const next = sweeperOver(tables);
    expect(await next.sweep(soon(60_000))).toMatchObject({ retold: 5, purged: 0, failed: 0 });
    expect(
      told(next.notices)
        .flatMap(({ alerts }) => alerts)
        .toSorted(),
    ).toEqual(names(5).map(purge));
    expect(next.notices).toHaveLength(1);
    // until somebody has heard it, it stays in the agenda
    expect(await tells(tables)).toHaveLength(5);
    await hear(tables, next);
    expect(await next.sweep(soon(660_000))).toMatchObject({ retold: 0 });
    expect(await tells(tables)).toEqual([]);
    expect(await next.sweep(soon(660_001))).toMatchObject({ due: 0, retold: 0 });
  });

  test('is told also when the items had to go one by one', async () => {
    const estate = await furnished(names(5));
    const { commit } = watched(estate.tables, async (_, number) => {
      if (number === 1) await estate.done('undeleteItem', `${VAULT}/vm-0`);
    });
    expect(await sweeperOver(estate.tables, { commit, notices: mute }).sweep(later(14))).toMatchObject({
      purged: 4,
      failed: 0,
    });

    const next = sweeperOver(estate.tables);
    expect(await next.sweep(soon(60_000))).toMatchObject({ retold: 4 });
    expect(
      told(next.notices)
        .flatMap(({ alerts }) => alerts)
        .toSorted(),
    ).toEqual(names(5).slice(1).map(purge));
  });

  test('is told after a death between the alert and the notice', async () => {
    const { tables } = await furnished(names(3));
    // the deletions are told, and their hints gone
    await sweeperOver(tables).sweep(later(0, 120_000));
    await expect(mortal(tables).sweep(later(14))).rejects.toThrow('dead');

    const next = sweeperOver(tables);
    expect(await next.sweep(soon(60_000))).toMatchObject({ purged: 0, failed: 0, retold: 3 });
    expect(
      told(next.notices)
        .flatMap(({ alerts }) => alerts)
        .toSorted(),
    ).toEqual(names(3).map(purge));
  });

  test('a large item as well, dead before its notice', async () => {
    const { tables, protect, done } = await furnished();
    await protect('large');
    await addPages(portsOver(tables), VAULT, 'large', 120, NOON);
    await done('stopItem', `${VAULT}/large`, { mode: 'delete', confirmName: 'large' });
    expect(await sweeperOver(tables, { notices: mute }).sweep(later(14))).toMatchObject({ purged: 1, failed: 0 });

    const next = sweeperOver(tables);
    expect(await next.sweep(soon(60_000))).toMatchObject({ retold: 1, purged: 0 });
    expect(told(next.notices)).toEqual([{ vault: VAULT, alerts: [purge('large')] }]);
  });
});

test('what was told is only looked at again where a try broke off, and does not count as told anew', async () => {
  const { tables } = await furnished(['vm']);
  await sweeperOver(tables).sweep(later(0, 120_000));
  await portsOver(tables).hint([{ kind: 'tell', vault: VAULT, item: 'vm', due: later(0, 600_000), tries: 1 }]);
  const next = sweeperOver(tables);
  expect(await next.sweep(later(0, 660_000))).toMatchObject({ retold: 0, failed: 0 });
  expect(told(next.notices)).toEqual([{ vault: VAULT, alerts: [`${VAULT}~vm~DeleteBackupData~1`] }]);
});

test('a warning that was not told is told by the next sweep, and never raised again', async () => {
  const { tables } = await furnished(['vm']);
  expect(await sweeperOver(tables, { notices: mute }).sweep(later(12))).toMatchObject({ warned: 1, failed: 0 });

  const next = sweeperOver(tables);
  expect(await next.sweep(later(12, 60_000))).toMatchObject({ warned: 0, retold: 1 });
  expect(told(next.notices)).toEqual([{ vault: VAULT, alerts: [`${VAULT}~vm~UpcomingPurge~1`] }]);
});

test('what the belt holds is skipped, also where something about it had to be told again', async () => {
  const { tables } = await furnished(names(3));
  await sweeperOver(tables, { notices: mute }).sweep(later(12));
  const report = await sweeperOver(tables, {}, { maxPurges: 2 }).sweep(later(14));
  expect(report).toMatchObject({ retold: 3, skipped: 3, purged: 0, held: { reason: 'Belt' } });
});

test('a queue that stays silent is asked again with growing pauses, and nothing is forgotten', async () => {
  const { tables } = await furnished(['vm']);
  await sweeperOver(tables, { notices: mute }).sweep(later(14));
  for (const minutes of [1, 2, 4, 8]) await sweeperOver(tables, { notices: mute }).sweep(soon(minutes * 60_000));
  const next = sweeperOver(tables);
  await next.sweep(soon(3_600_000));
  expect(told(next.notices)).toEqual([{ vault: VAULT, alerts: [purge('vm')] }]);
});

test('what is announced and not there yet is looked for again, for a minute', async () => {
  const { tables } = await furnished();
  await portsOver(tables).hint([{ kind: 'tell', vault: VAULT, item: 'vm', due: later(1) }]);
  await sweeperOver(tables).sweep(later(1, 59_999));
  expect(await tells(tables)).toHaveLength(1);
  await sweeperOver(tables).sweep(later(1, 60_000));
  expect(await tells(tables)).toEqual([]);
});

test('an undelete that died before it told anybody is told by the hint to purge that it made void', async () => {
  const { tables } = await furnished(['vm']);
  // the deletion is told, and its own hint gone
  await sweeperOver(tables).sweep(later(0, 120_000));
  const silent = flowPorts({ ...portsOver(tables), operators: OPERATORS, notices: mute, hint: mute.send });
  expect(await undelete(silent, aRequest(later(1)), { vault: VAULT, item: 'vm' })).toMatchObject({ ok: true });
  expect(await tells(tables)).toEqual([]);

  const early = sweeperOver(tables);
  await early.sweep(later(13));
  expect(early.notices).toEqual([]);
  const next = sweeperOver(tables);
  expect(await next.sweep(soon(60_000))).toMatchObject({ retold: 1, purged: 0 });
  expect(told(next.notices)).toEqual([{ vault: VAULT, alerts: [`${VAULT}~vm~ItemUndeleted~1`] }]);
});

test('so is one that lands between a look of the sweep and what it does', async () => {
  const { tables, done } = await furnished(['vm']);
  await done('patchVault', VAULT, { softDelete: { retentionDays: 30 } });
  // as the version before lengthened it: nobody walks the trash
  const { agenda } = portsOver(tables);
  await agenda.strike((await allDue({ agenda }, later(1))).filter(({ kind }) => kind === 'operate'));
  await sweeperOver(tables).sweep(later(0, 120_000));
  const silent = flowPorts({ ...portsOver(tables), operators: OPERATORS, notices: mute, hint: mute.send });
  const { vaults } = portsOver(tables);
  const item: typeof vaults.item = async (...place) => {
    await undelete(silent, aRequest(later(13)), { vault: VAULT, item: 'vm' });
    return vaults.item(...place);
  };
  await sweeperOver(tables, { vaults: { ...vaults, item } }).sweep(soon(60_000));
  expect(await tells(tables)).toEqual([]);

  const next = sweeperOver(tables);
  expect(await next.sweep(soon(120_000))).toMatchObject({ retold: 1, failed: 0 });
  expect(told(next.notices)).toEqual([{ vault: VAULT, alerts: [`${VAULT}~vm~ItemUndeleted~1`] }]);
});
