import { expect, test } from 'vitest';
import { ago, asUtc, forInput, instant, left, offsetHours, plural, readable } from '../../portal/words/time.ts';

const NOW = new Date('2026-11-21T12:00:00.000Z');

test.each([
  [14, '2026-12-05T11:59:00.000Z', '14 days left'],
  [1, '2026-11-22T12:00:00.000Z', '1 day left'],
  [1, '2026-11-22T11:59:59.999Z', '23 hours left'],
  [1, '2026-11-21T13:30:00.000Z', '1 hour left'],
  [1, '2026-11-21T12:59:00.000Z', 'less than an hour left'],
  [0, '2026-11-21T12:00:00.000Z', 'due now'],
])('%d days, purged at %s: %s', (days, purgeAt, words) => {
  expect(left(days, purgeAt, NOW)).toBe(words);
});

test.each([
  ['2026-11-21T11:59:30.000Z', 'just now'],
  ['2026-11-21T11:58:00.000Z', '2 minutes ago'],
  ['2026-11-21T11:00:00.000Z', '1 hour ago'],
  ['2026-11-07T12:00:00.000Z', '14 days ago'],
])('%s was %s', (at, words) => {
  expect(ago(at, NOW)).toBe(words);
});

test.each([
  ['PT0S', 0],
  ['P15D', 360],
  ['PT21600M', 360],
  ['P1DT2H30M', 26.5],
  ['P2W', 336],
  ['nonsense', 0],
])('the offset %s is %d hours', (offset, hours) => {
  expect(offsetHours(offset)).toBe(hours);
});

test('times are shown in UTC, whatever the machine thinks', () => {
  expect(instant('2026-11-21T23:59:59.999Z')).toBe('21 Nov 2026, 23:59 UTC');
  expect(readable('until 2026-12-05T12:19:24.755Z.')).toBe('until 5 Dec 2026, 12:19 UTC.');
  expect(asUtc(forInput(NOW))).toBe(NOW.toISOString());
  expect([plural(1, 'item'), plural(10_000, 'item')]).toEqual(['1 item', '10,000 items']);
});
