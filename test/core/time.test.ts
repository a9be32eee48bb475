import fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { iso, parseInstant } from '../../src/core/time.ts';

const padded = (value: number, width = 2): string => String(value).padStart(width, '0');
/** Of our form, and not always a time that there is. */
const texts = fc
  .tuple(
    ...[fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 })],
    ...[fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 61 }), fc.integer({ min: 0, max: 61 })],
  )
  .map(
    ([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]) =>
      `${padded(year, 4)}-${padded(month)}-${padded(day)}T${padded(hour)}:${padded(minute)}:${padded(second)}.000Z`,
  );

test('an instant is read as ISO 8601 says, however it is read', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const said = DateTime.fromISO(text, { zone: 'utc' });
      expect(parseInstant(text)?.toMillis()).toBe(said.isValid ? said.toMillis() : undefined);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['2024-02-29T00:00:00.000Z', '2024-02-29T00:00:00.000Z'],
  ['2026-02-29T00:00:00.000Z', undefined],
  ['2026-04-31T00:00:00.000Z', undefined],
  ['2026-03-01T12:00:00+02:00', '2026-03-01T10:00:00.000Z'],
  ['yesterday', undefined],
])('%s', (text, expected) => {
  const at = parseInstant(text);
  expect(at && iso(at)).toBe(expected);
});
