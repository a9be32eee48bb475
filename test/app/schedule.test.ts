import { describe, expect, test } from 'vitest';
import { scheduleOf } from '../../src/schedule.ts';
import verdicts from './schedules.json' with { type: 'json' };

/** What the real parser said, by tools/ncrontab.cs: null, refused; else the next three turns after this instant. */
const recorded = Object.entries<readonly string[] | null>(verdicts);
const FROM = new Date('2026-11-21T12:34:56Z');

const turns = (text: string): readonly string[] | null => {
  const next = scheduleOf(text);
  if (!next) return null;
  const [first, second] = [next(FROM), next(next(FROM))];
  return [first, second, next(second)].map((at) => at.toISOString().replace('.000', ''));
};

describe('a schedule is read as NCrontab reads it', () => {
  test.for(recorded)('"%s"', ([text, verdict]) => {
    expect(turns(text)).toEqual(verdict);
  });

  test('and the table has both kinds in plenty', () => {
    const refused = recorded.filter(([, verdict]) => verdict === null).length;
    expect([refused > 60, recorded.length - refused > 60]).toEqual([true, true]);
  });
});
