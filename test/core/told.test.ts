import { describe, expect, test } from 'vitest';
import { type Alert, alert, type Notification } from '../../src/core/alerts.ts';
import type { AlertType } from '../../src/core/alertTypes.ts';
import type { ItemIn } from '../../src/core/item.ts';
import { addDays, DAY_MS, iso } from '../../src/core/time.ts';
import { isOfNow, type Known, knownFrom, lateUntil, markOf, verdictOn } from '../../src/core/told.ts';
import { aMail } from '../support/alerts.ts';
import { anItem, later } from '../support/builders.ts';

const DUE = later(14);
const TERMS = { noticeMs: DAY_MS, untoldMaxMs: 30 * DAY_MS };
const trashed = anItem('SoftDeleted') as ItemIn<'SoftDeleted'>;
const { generation } = trashed;

const about = (type: AlertType, notifications: Alert['notifications'], facts: Alert['facts'] = {}): Alert => ({
  ...alert(type, { vault: 'Contoso', item: 'sql-01', generation }, later(12), facts, 'one'),
  notifications,
});
const deletion = (...mails: readonly Notification[]) => about('DeleteBackupData', mails);
const reminder = (mails: readonly Notification[], days = 2, due = DUE) =>
  about('UpcomingPurge', mails, { purgeAt: iso(due), days });
const sent = aMail({ status: 'Sent', sentAt: later(12) });
const queued = aMail({ status: 'Queued', sentAt: null });
const silenced = aMail({ status: 'Suppressed', sentAt: null });
const dead = aMail({ status: 'DeadLettered', sentAt: null });
const bounced = aMail({ status: 'Failed', sentAt: later(12) });
const known = (...raised: readonly Alert[]): Known => knownFrom(raised, trashed, DUE, 2, []);

describe('who knows', () => {
  test.each([
    ['a mail that was accepted', [sent], true],
    ['one of several', [sent, bounced, dead], true],
    ['a silence', [silenced], true],
    ['nobody is to be told', [], true],
    ['a mail that a person dropped', [{ ...dead, droppedAt: later(13) }], true],
    ['one is still on its way', [sent, queued], false],
    ['all were given up', [dead, dead], false],
    ['all bounced', [bounced], false],
  ] as const)('of the deletion: %s', (_, mails, is) => {
    expect(known(deletion(...mails)).deletion).toBe(is);
  });

  test('of the deletion: not where nobody was addressed yet, or where the alert is missing or of another deletion', () => {
    expect(known(about('DeleteBackupData', null)).deletion).toBe(false);
    expect(known().deletion).toBe(false);
    expect(known({ ...deletion(sent), generation: generation + 1 }).deletion).toBe(false);
  });

  test.each([
    ['a stop that could not be undone told of it, and its executor refused', 'BackupDataPermanentlyDeleted'],
    ['only the refusal told of it', 'PurgeRefused'],
    ['only the recall told of it', 'PurgeRecalled'],
  ] as const)('of the deletion of what nobody destroyed: %s', (_, type) => {
    expect(known(about(type, [sent])).deletion).toBe(true);
    expect(known(about(type, [queued])).deletion).toBe(false);
    // as long as anything that tells of it is on its way
    expect(known(deletion(sent), about(type, [queued])).deletion).toBe(false);
  });

  test.each([
    ['a mail that was accepted', [sent], later(12)],
    ['the last of several', [sent, { ...sent, sentAt: later(13) }], later(13)],
    ['a mail that was dropped, from then on', [{ ...dead, droppedAt: later(20) }], later(20)],
    ['no silence', [silenced], undefined],
    ['one is still on its way', [sent, queued], undefined],
    ['all were given up', [dead], undefined],
  ] as const)('of the purge: %s', (_, mails, since) => {
    expect(known(reminder(mails))).toMatchObject({ reminded: true, since });
  });

  test('of the purge: only the last reminder of this date counts', () => {
    expect(known(reminder([sent], 7))).toMatchObject({ reminded: false });
    expect(known(reminder([sent], 2, later(10)))).toMatchObject({ reminded: false });
    expect(known(reminder([sent], 7), reminder([queued]))).toMatchObject({ reminded: true, since: undefined });
    // a late one is nearer than all others, and a store of before says no days
    expect(known(reminder([dead]), reminder([sent], 0))).toMatchObject({ since: later(12) });
    expect(known(about('UpcomingPurge', [sent], { purgeAt: iso(DUE) }))).toMatchObject({ since: later(12) });
  });
});

test('of the purge: not as long as an earlier reminder of this date is on its way, or on its way again', () => {
  expect(known(reminder([queued], 7), reminder([sent]))).toMatchObject({ reminded: true, since: undefined });
  expect(known(reminder([queued]), reminder([sent], 0))).toMatchObject({ reminded: true, since: undefined });
  expect(known(reminder([dead], 7), reminder([sent]))).toMatchObject({ since: later(12) });
  expect(known(reminder([queued], 7, later(10)), reminder([sent]))).toMatchObject({ since: later(12) });
});

describe('the verdict', () => {
  const all: Known = { deletion: true, reminded: true, since: later(12) };
  const on = (what: Partial<Known>, now = DUE, terms = TERMS, item = trashed) =>
    verdictOn(item, DUE, { ...all, ...what }, terms, now);
  const promised = { ...trashed, deletion: { ...trashed.deletion, undeleteUntil: later(21) } };

  test('it goes when people know and the notice is over', () => {
    expect(on({})).toEqual({ may: 'go' });
    expect(on({ since: later(13) })).toEqual({ may: 'go' });
    const until = later(14, 1);
    expect(on({ since: later(13, 1) })).toEqual({ may: 'wait', blocker: 'NoticeRunning', until });
  });

  test('it waits for those who do not know, and reminds first', () => {
    expect(on({ deletion: false })).toEqual({ may: 'wait', blocker: 'NotTold' });
    expect(on({ since: undefined })).toEqual({ may: 'wait', blocker: 'NotTold' });
    expect(on({ reminded: false, since: undefined })).toEqual({ may: 'remind' });
  });

  test('what a late reminder promised holds, whatever the notice is by then', () => {
    const none = { ...TERMS, noticeMs: 0 };
    expect(on({}, later(21, -1), none, promised)).toMatchObject({ may: 'wait', until: later(21) });
    expect(on({}, later(21), none, promised)).toEqual({ may: 'go' });
    expect(on({ since: undefined }, later(44), TERMS, { ...promised })).toEqual({ may: 'goUntold' });
  });

  test('it waits so long and no longer, but never without a reminder', () => {
    expect(on({ since: undefined }, later(44, -1))).toEqual({ may: 'wait', blocker: 'NotTold' });
    expect(on({ since: undefined }, later(44))).toEqual({ may: 'goUntold' });
    expect(on({ reminded: false, since: undefined }, later(400))).toEqual({ may: 'remind' });
  });

  test('without a notice only the deletion has to be told', () => {
    const none = { ...TERMS, noticeMs: 0 };
    expect(on({ reminded: false, since: undefined }, DUE, none)).toEqual({ may: 'go' });
    expect(on({ deletion: false }, DUE, none)).toEqual({ may: 'wait', blocker: 'NotTold' });
  });
});

test('a mark is made when all is told, and counts for its deletion and its date', () => {
  const mark = markOf(trashed, DUE, { deletion: true, reminded: true, since: later(12) }, 2);
  expect(mark).toEqual({ vault: 'Contoso', item: 'sql-01', generation, purgeAt: DUE, toldAt: later(12), days: 2 });
  expect(markOf(trashed, DUE, { deletion: false, reminded: true, since: later(12) }, 2)).toBeUndefined();
  expect(mark && [isOfNow(mark, trashed, DUE), isOfNow(mark, trashed, later(15))]).toEqual([true, false]);
  expect(mark && isOfNow(mark, { generation: generation + 1 }, DUE)).toBe(false);
});

test('a reminder is late where less than the notice is left', () => {
  expect(lateUntil(DUE, TERMS, later(13))).toBeUndefined();
  expect(lateUntil(DUE, TERMS, later(13, 1))).toEqual(later(14, 1));
  expect(lateUntil(DUE, TERMS, later(20))).toEqual(addDays(later(20), 1));
  expect(lateUntil(DUE, { ...TERMS, noticeMs: 0 }, later(20))).toBeUndefined();
});
