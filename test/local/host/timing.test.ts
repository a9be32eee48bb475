import { describe, expect, test } from 'vitest';
import { parseSchedule, type Schedule } from '../../../local/host/timers/schedule.ts';
import { afterRun, checkPastDue, parseStatus, statusJson } from '../../../local/host/timers/status.ts';

const at = (text: string): Date => new Date(`2026-${text}Z`);
const NOON = at('11-21T12:00:00');
function schedule(text: string): Schedule {
  const parsed = parseSchedule(text, NOON);
  if (!parsed) throw new Error(`"${text}" is refused`);
  return parsed;
}

describe('schedules', () => {
  test.each([
    ['0 */5 * * * *', '11-21T12:05:00'],
    ['0 5/20 * * * *', '11-21T12:05:00'],
    ['0 0 9 * * Mon-Fri', '11-23T09:00:00'],
    ['0 0 9 * DEC fri', '12-04T09:00:00'],
  ])('%s comes next at %s', (text, next) => expect(schedule(text).next(NOON)).toEqual(at(next)));

  test('day of month and day of week must both fit', () => {
    expect(schedule('0 0 0 13 * Fri').next(NOON)).toEqual(new Date('2027-08-13T00:00:00Z'));
  });

  test('an occurrence is after the instant, never at it', () => {
    expect(schedule('0 0 12 * * *').next(NOON)).toEqual(at('11-22T12:00:00'));
  });

  test.each([
    ...['', 'x', '* * * *', '60 * * * * *', '0 0 0 L * *', '0 0 0 * * 5#2', '0 0 0 * * 7', '0 0 0 ? * *', '@daily'],
    ...['0 0 0 15W * *', '0 0 0 * Fri *', '*/5 * * * *', '00:10:00'],
  ])('"%s" is refused', (text) => expect(parseSchedule(text, NOON)).toBeUndefined());

  test('several a minute means two in the minute that follows', () => {
    expect(['*/30 * * * * *', '0,30 0 13 * * *', '0 * * * * *'].map((text) => schedule(text).severalAMinute)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('past due', () => {
  const hourly = schedule('0 0 * * * *');
  const known = (last: string | undefined, next: string, updated = last) => ({
    last: last === undefined ? undefined : at(last),
    next: at(next),
    lastUpdated: updated === undefined ? undefined : at(updated),
  });

  test('a timer never seen before is not, and is written down', () => {
    const { pastDue, changed, status } = checkPastDue(hourly, undefined, NOON);
    expect([pastDue, changed, status.next]).toEqual([false, true, at('11-21T13:00:00')]);
  });

  test('a remembered occurrence that has gone by is; one that is due this very moment is not', () => {
    const status = known('11-21T10:00:00', '11-21T11:00:00');
    expect(checkPastDue(hourly, status, NOON)).toEqual({ status, changed: false, pastDue: true });
    expect(checkPastDue(hourly, status, at('11-21T11:00:00')).pastDue).toBe(false);
    expect(checkPastDue(hourly, status, at('11-21T11:00:00.001')).pastDue).toBe(true);
  });

  test('one that never fired is judged by when it was written down', () => {
    expect(checkPastDue(hourly, known(undefined, '11-21T11:00:00', '11-21T10:30:00'), NOON).pastDue).toBe(true);
  });

  test('a changed schedule is never past due, and is written down anew', () => {
    const { pastDue, changed, status } = checkPastDue(hourly, known('11-20T00:00:00', '11-20T06:00:00'), NOON);
    expect([pastDue, changed, status.next]).toEqual([false, true, at('11-21T13:00:00')]);
  });

  test('after a run, the next is counted from its start; one a moment early counts as on time', () => {
    const status = known('11-21T11:00:00', '11-21T12:00:00');
    expect(afterRun(hourly, status, at('11-21T12:00:00.004'), true).next).toEqual(at('11-21T13:00:00'));
    expect(afterRun(hourly, status, at('11-21T11:59:59.999'), true)).toMatchObject({
      last: NOON,
      next: at('11-21T13:00:00'),
    });
    expect(afterRun(hourly, status, at('11-21T11:30:00'), false).next).toEqual(NOON);
  });
});

test('a status survives its round trip, .NET style; an unreadable one is no memory', () => {
  const status = { last: undefined, next: NOON, lastUpdated: NOON };
  expect(statusJson(status)).toMatchObject({ Last: '0001-01-01T00:00:00', Next: '2026-11-21T12:00:00.000+00:00' });
  expect(parseStatus(JSON.stringify(statusJson(status)))).toEqual(status);
  expect([parseStatus('{'), parseStatus('[]')]).toEqual([undefined, undefined]);
});
