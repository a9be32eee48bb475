/** Reminders of one vault share transactions as purges do: with the alert, the entry and the place in the trash of each. */
import { describe, expect, test } from 'vitest';
import type { Change, Write } from '../../../src/change.ts';
import { isTold } from '../../../src/core/alerts.ts';
import { addMillis, DAY_MS } from '../../../src/core/time.ts';
import { later } from '../../support/builders.ts';
import { portsOver } from '../../support/world.ts';
import { furnished, names, VAULT } from './furnish.ts';
import { hintsIn, sweeperOver } from './sweeper.ts';

const DAY = { noticeMs: DAY_MS, untoldMaxMs: 30 * DAY_MS };
const REMINDED = later(12);

/** A sweep that writes down the changes that remind; before the first of them something else happens. */
async function sweptIn({ tables }: Awaited<ReturnType<typeof furnished>>, at = REMINDED, before = async () => {}) {
  const { vaults, alerts, commit } = portsOver(tables);
  const changes: Change[] = [];
  const watched = async (write: Write) => {
    if ('line' in write || !write.stillInTrash?.length) return commit(write);
    if (changes.length === 0) await before();
    changes.push(write);
    return commit(write);
  };
  const sweeper = sweeperOver(tables, { vaults, alerts, commit: watched, purgeTerms: DAY });
  const report = await sweeper.sweep(at);
  return { report, changes, notices: sweeper.notices };
}

const itemsOf = ({ entries = [] }: Change) => entries.map(({ item }) => item);
const remindersOf = async ({ tables }: Awaited<ReturnType<typeof furnished>>, item: string) =>
  (await portsOver(tables).alerts.about(VAULT, item)).found.filter(({ value }) => value.type === 'UpcomingPurge');

describe('items of one vault whose reminders are due', () => {
  test('share a transaction: an alert and an entry each, whatever happened to them before', async () => {
    const estate = await furnished(names(3));
    const { report, changes, notices } = await sweptIn(estate);
    expect(report).toMatchObject({ warned: 3, failed: 0 });
    expect(changes.map(itemsOf)).toEqual([names(3)]);
    for (const item of names(3)) expect(await remindersOf(estate, item)).toHaveLength(1);
    expect(notices.flatMap(({ alerts = [] }) => alerts)).toHaveLength(3);
    // told is struck: only the purges are left
    expect(new Set((await hintsIn(estate.tables)).map((hint) => hint.split(' ')[0]))).toEqual(new Set(['purge']));
  });

  test('go one by one where one of them was undeleted meanwhile, and that one is not reminded of', async () => {
    const estate = await furnished(names(3));
    const { report, changes } = await sweptIn(estate, REMINDED, () => estate.done('undeleteItem', `${VAULT}/vm-1`));
    expect(report).toMatchObject({ warned: 2, failed: 0 });
    expect(changes.map((change) => itemsOf(change).length)).toEqual([3, 1, 1]);
    expect(await remindersOf(estate, 'vm-1')).toEqual([]);
  });

  test('share one also where all of them have a history since: their numbers are looked up together', async () => {
    const estate = await furnished();
    await estate.done('putVault', VAULT, { kind: 'RecoveryServices', alerts: { reminderDays: [2, 5] } });
    for (const item of names(3)) await estate.trash(item);
    const [first, second] = [await sweptIn(estate, later(9)), await sweptIn(estate, REMINDED)];
    expect([first.report.warned, second.report.warned]).toEqual([3, 3]);
    expect(second.changes.map(itemsOf)).toEqual([names(3)]);
    for (const item of names(3)) expect(await remindersOf(estate, item)).toHaveLength(2);
  });

  test('go by themselves where they are late: then the item itself says until when it can be undeleted', async () => {
    const estate = await furnished(names(2));
    const { report } = await sweptIn(estate, addMillis(later(13), DAY_MS / 2));
    expect(report).toMatchObject({ warned: 2, failed: 0 });
    for (const item of names(2)) {
      const state = await estate.stateOf(item);
      expect(state?.state === 'SoftDeleted' && state.deletion.undeleteUntil).toBeTruthy();
    }
  });

  test('are told by the next sweep where the queue did not take it', async () => {
    const estate = await furnished(names(2));
    const broken = { send: () => Promise.reject(new Error('no queue')) };
    await sweeperOver(estate.tables, { notices: broken, purgeTerms: DAY }).sweep(REMINDED);
    for (const item of names(2))
      expect((await remindersOf(estate, item)).map(({ value }) => isTold(value))).toEqual([false]);
    const { notices } = await sweptIn(estate, addMillis(REMINDED, 5 * 60_000));
    expect(notices.flatMap(({ alerts = [] }) => alerts).filter((id) => id.includes('UpcomingPurge'))).toHaveLength(2);
  });
});
