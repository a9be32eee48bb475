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

  test('those whose clocks are a little apart share the minute', async () => {
    const ledger = tableMailLedger(memoryTable());
    for (let mail = 0; mail < 5; mail += 1) await ledger.take(5, true, at(2));
    expect((await ledger.take(5, true, NOON)).toMillis()).toBeGreaterThan(NOON.toMillis());
  });

  test('many at once: no more than there is room for', async () => {
    const ledger = tableMailLedger(memoryTable());
    const times = await Promise.all(Array.from({ length: 40 }, () => ledger.take(5, true, NOON)));
    expect(times.filter((time) => time <= NOON)).toHaveLength(5);
  });
});

describe('what comes first', () => {
  const ask = fc.record({ gap: fc.integer({ min: 0, max: 40_000 }), first: fc.boolean() });

  test('finds two fifths of every minute, and nothing else goes while it waits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.array(ask, { minLength: 1, maxLength: 80 }),
        async (most, asks) => {
          const ledger = tableMailLedger(memoryTable());
          const others: number[] = [];
          const all: number[] = [];
          let firstWaits = 0;
          let now = NOON.toMillis();
          for (const { gap, first } of asks) {
            now += gap;
            const turn = (await ledger.take(most, first, instantOf(now))).toMillis();
            if (turn > now && first) firstWaits = Math.max(firstWaits, turn);
            if (turn > now) continue;
            all.push(now);
            if (first) continue;
            others.push(now);
            expect(now, 'goes before one that waits').toBeGreaterThan(firstWaits);
          }
          const kept = most < 2 ? 0 : Math.max(1, (most * 2) / 5);
          for (const one of all) {
            const within = (times: readonly number[]) => times.filter((at) => at >= one && at - one < 60_000).length;
            expect(within(all)).toBeLessThanOrEqual(most);
            expect(within(others)).toBeLessThanOrEqual(most - kept);
          }
        },
      ),
    );
  });

  test('goes at once, however many others were turned away', async () => {
    const ledger = tableMailLedger(memoryTable());
    for (let mail = 0; mail < 300; mail += 1) await ledger.take(5, false, NOON);
    expect(await ledger.take(5, true, NOON)).toEqual(NOON);
    expect(await ledger.take(5, true, at(1))).toEqual(at(1));
    expect((await ledger.take(5, true, at(2))) > at(2)).toBe(true);
  });

  test('has forgotten what a clock promised that was turned back', async () => {
    const ledger = tableMailLedger(memoryTable());
    for (let mail = 0; mail < 20; mail += 1) await ledger.take(5, true, at(14 * 86_400));
    expect(await ledger.take(5, false, NOON)).toEqual(NOON);
  });

  test('of a row of before nothing is known, and it is read', async () => {
    const table = memoryTable();
    await table.commit('mail-rate', [
      {
        op: 'put',
        key: 'mail-rate',
        cells: { v: 1, doc0: JSON.stringify({ sent: [[NOON.toSeconds(), 5]], promised: 0 }) },
      },
    ]);
    expect((await tableMailLedger(table).take(5, true, NOON)) > NOON).toBe(true);
  });
});
