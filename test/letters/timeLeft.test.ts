import { describe, expect, test } from 'vitest';
import { addDays, DAY_MS, HOUR_MS, instantOf, iso } from '../../src/core/time.ts';
import { letter } from '../../src/letters/letter.ts';
import { anAlert, anOccasion, DELETED } from './examples.ts';

/** The text as one line, so that a sentence is found wherever it was wrapped. */
const told = (occasion: Parameters<typeof letter>[0]): string => letter(occasion).text.replace(/\s+/g, ' ');

describe('the time that is left', () => {
  const purgeAt = addDays(DELETED, 14);
  const facts = { retentionDays: 14, purgeAt: iso(purgeAt) };
  const at = (before: number) =>
    anOccasion(anAlert('UpcomingPurge', facts), { now: instantOf(purgeAt.toMillis() - before) });

  test.each([
    [14 * DAY_MS, '14 days left', 'Days left: 14 '],
    [14 * DAY_MS - 1, '14 days left', 'Days left: 14 (exactly: 13 days 23 hours)'],
    [13 * DAY_MS + 1, '14 days left', 'Days left: 14 (exactly: 13 days)'],
    [2 * DAY_MS, '2 days left', 'Days left: 2 '],
    [DAY_MS, '1 day left', 'Days left: 1 '],
    [DAY_MS - 1, '1 day left', 'Days left: 1 (exactly: 23 hours 59 minutes)'],
    [HOUR_MS, '1 day left', 'Days left: 1 (exactly: 1 hour)'],
    [HOUR_MS - 1, '1 day left', 'Days left: 1 (exactly: 59 minutes)'],
    [1, '1 day left', 'Days left: 1 '],
    [0, 'undelete window over', 'Days left: 0 '],
    [-DAY_MS, 'undelete window over', 'Days left: 0 '],
  ])('%d ms before the purge it is "%s"', (before, ending, row) => {
    expect(letter(at(before)).subject.endsWith(` - ${ending}`)).toBe(true);
    expect(told(at(before))).toContain(row);
  });

  test('once it is over, nobody is told to undelete', () => {
    expect(told(at(1))).toContain('npx reprieve items undelete');
    expect(told(at(0))).not.toContain('npx reprieve');
    expect(told(at(0))).toContain('The time to undelete it is over');
  });

  test('is counted from now, not from when the alert was raised', () => {
    const late = anOccasion(anAlert('UpcomingPurge', { ...facts, daysLeft: 2 }), { now: addDays(DELETED, 13) });
    expect(letter(late).subject).toMatch(/- 1 day left$/);
  });

  test.each(['PurgeComplete', 'BackupDataPermanentlyDeleted'] as const)(
    'of %s is none: PURGED, and no undelete',
    (type) => {
      expect(letter(anOccasion(anAlert(type))).subject).toMatch(/ - PURGED$/);
      expect(told(anOccasion(anAlert(type, { hybrid: true })))).not.toMatch(/npx reprieve|reprotect/);
    },
  );
});

describe('billing', () => {
  const kept = (days: number, extended = days) =>
    told(anOccasion(anAlert('DeleteBackupData', { retentionDays: days, purgeAt: iso(addDays(DELETED, extended)) })));

  test('is spoken of only beyond fourteen days', () => {
    expect(kept(14)).not.toContain('Billing');
    expect(kept(15)).toContain('Billing: 1 of the 15 days are charged');
    expect(kept(180)).toContain('Billing: 166 of the 180 days');
  });
  test('counts a period that was lengthened since', () => expect(kept(14, 60)).toContain('Billing: 46 of the 60 days'));
});
