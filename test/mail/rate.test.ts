import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Instant, instantOf } from '../../src/core/time.ts';
import { tableMailLedger } from '../../src/store/mailLedger.ts';
import { NOON } from '../support/builders.ts';
import { memoryTable } from '../support/memoryTable.ts';

const at = (seconds: number): Instant => instantOf(NOON.toMillis() + seconds * 1000);

describe('room for mails', () => {
  test('never more than so many in any minute, whoever asks when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 60 }),
        async (perMinute, gaps) => {
          const ledger = tableMailLedger(memoryTable());
          const went: number[] = [];
          let now = NOON.toMillis();
          for (const gap of gaps) {
            now += gap;
            const turn = await ledger.take(perMinute, true, instantOf(now));
            if (turn <= instantOf(now)) went.push(now);
            else expect(turn.toMillis()).toBeGreaterThan(now);
          }
          for (const one of went) {
            const within = went.filter((other) => other >= one && other - one < 60_000);
            expect(within.length).toBeLessThanOrEqual(perMinute);
          }
        },
      ),
    );
  });

  test('those who are turned away come one after the other, and find room', async () => {
    const ledger = tableMailLedger(memoryTable());
    const times: Instant[] = [];
    for (let mail = 0; mail < 50; mail += 1) times.push(await ledger.take(5, true, NOON));
    expect(times.filter((time) => time <= NOON)).toHaveLength(5);
    const later = times.slice(5);
    expect(new Set(later.map((time) => time.toMillis())).size).toBe(later.length);
    for (const time of later) expect((await ledger.take(5, true, time)).toMillis()).toBe(time.toMillis());
  });

  test('nobody is sent away for more than an hour', async () => {
    const ledger = tableMailLedger(memoryTable());
    for (let mail = 0; mail < 400; mail += 1)
      expect((await ledger.take(5, true, NOON)).toMillis()).toBeLessThanOrEqual(at(3600).toMillis());
  });

  test('a clock that was turned back has forgotten what it promised', async () => {
    const ledger = tableMailLedger(memoryTable());
    for (let mail = 0; mail < 20; mail += 1) await ledger.take(5, true, at(14 * 86_400));
    expect((await ledger.take(5, true, NOON)).toMillis()).toBe(NOON.toMillis());
  });

  test('many at once: no more than there is room for', async () => {
    const ledger = tableMailLedger(memoryTable());
    const times = await Promise.all(Array.from({ length: 40 }, () => ledger.take(5, true, NOON)));
    expect(times.filter((time) => time <= NOON)).toHaveLength(5);
  });
});
