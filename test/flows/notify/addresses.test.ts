/** How many single mails an address may get within an hour, whoever counts them at the same time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressKey, besideItsAddress, digitOf } from '../../../src/core/mailIds.ts';
import { addDays, addMillis, HOUR_MS, type Instant, instantOf } from '../../../src/core/time.ts';
import { uuidOf } from '../../../src/core/uuid.ts';
import type { Admission, SingleMail } from '../../../src/ports/alerts.ts';
import { tableMailLedger } from '../../../src/store/mailLedger.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { NOON } from '../../support/builders.ts';
import { memoryTables } from '../../support/tables.ts';
import { must } from '../../support/world.ts';

const MOST = 3;
const OPS = 'ops@example.com';
const ABOUT = { vault: 'Contoso', alert: 'one' };
const MINUTE_MS = 60_000;

const aMail = (name: string, over: Partial<SingleMail> = {}): SingleMail => {
  const { recipient = OPS } = over;
  const operationId = besideItsAddress(uuidOf([name]), recipient);
  return { recipient, operationId, isWelcome: false, about: ABOUT, ...over };
};

function anAddress(most = MOST) {
  const seen = nothingSeen();
  const ledger = tableMailLedger(counted(memoryTables(), seen, Number.POSITIVE_INFINITY).registry);
  const all = (mails: readonly SingleMail[], at: Instant) => ledger.admit(mails, most, at);
  return {
    ...{ ledger, all },
    one: async (name: string, at: Instant, over?: Partial<SingleMail>): Promise<Admission> =>
      must((await all([aMail(name, over)], at))[0]),
    asked: async (work: () => Promise<unknown>): Promise<number> => {
      const before = seen.requests;
      await work();
      return seen.requests - before;
    },
  };
}

const MIDNIGHT = NOON.startOf('day').plus({ days: 1 });
const NEW_MONTH = NOON.startOf('month').plus({ months: 1 });

describe.each([
  ['at noon', NOON],
  ['half an hour before a day ends', addMillis(MIDNIGHT, -HOUR_MS / 2)],
  ['half an hour before a month ends', addMillis(NEW_MONTH, -HOUR_MS / 2)],
])('%s', (_, at) => {
  test('no more than so many, and as many again after an hour', async () => {
    const { one } = anAddress();
    for (const mail of ['a', 'b', 'c']) expect(await one(mail, at)).toBe('admitted');
    expect(await one('d', at)).toBe('crowded');
    expect(await one('a', at)).toBe('admitted');
    expect(await one('d', addMillis(at, HOUR_MS - 1))).toBe('crowded');
    for (const mail of ['d', 'e', 'f']) expect(await one(mail, addMillis(at, HOUR_MS))).toBe('admitted');
    expect(await one('g', addMillis(at, HOUR_MS))).toBe('crowded');
  });

  test('one that is tried again within the hour takes no second place', async () => {
    const { one } = anAddress();
    for (const minutes of [0, 20, 40, 59]) expect(await one('a', addMillis(at, minutes * MINUTE_MS))).toBe('admitted');
    for (const mail of ['b', 'c']) expect(await one(mail, addMillis(at, 59 * MINUTE_MS))).toBe('admitted');
  });

  test('of many that come together as many as there is room for, and those are remembered', async () => {
    const { all, ledger } = anAddress();
    const mails = Array.from({ length: 8 }, (_each, index) => aMail(`m${index}`));
    const said = await all(mails, at);
    expect(said.toSorted()).toEqual([...Array(MOST).fill('admitted'), ...Array(8 - MOST).fill('crowded')]);
    for (const [index, { operationId }] of mails.entries())
      expect(await ledger.recall(operationId, at)).toEqual(said[index] === 'admitted' ? ABOUT : undefined);
  });

  test('of sixteen that ask at once no more than there is room for, whichever process asks', async () => {
    const { one } = anAddress(5);
    const said = await Promise.all(Array.from({ length: 16 }, (_each, index) => one(`m${index}`, at)));
    const admitted = said.filter((answer) => answer === 'admitted').length;
    expect(admitted).toBeLessThanOrEqual(5);
    expect(admitted).toBeGreaterThan(0);
  });

  test('one welcome a day', async () => {
    const { one } = anAddress();
    const isWelcome = true;
    expect(await one('a', at, { isWelcome })).toBe('admitted');
    expect(await one('a', addMillis(at, MINUTE_MS), { isWelcome })).toBe('admitted');
    expect(await one('b', addMillis(at, HOUR_MS), { isWelcome })).toBe('welcomed');
    expect(await one('b', addMillis(addDays(at, 1), MINUTE_MS - 1), { isWelcome })).toBe('welcomed');
    expect(await one('b', addMillis(addDays(at, 1), MINUTE_MS), { isWelcome })).toBe('admitted');
  });
});

test('in any hour no more than so many, over days and months, by clocks a little apart; and nobody waits for no reason', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(NOON, addMillis(MIDNIGHT, -HOUR_MS), addMillis(NEW_MONTH, -HOUR_MS)),
      fc.array(
        fc.record({
          after: fc.integer({ min: 0, max: 40 }),
          apart: fc.integer({ min: -2, max: 2 }),
          together: fc.integer({ min: 1, max: 4 }),
        }),
        { minLength: 1, maxLength: 25 },
      ),
      async (start, steps) => {
        const { all } = anAddress();
        const went: number[] = [];
        let now = start.toMillis();
        for (const [step, { after, apart, together }] of steps.entries()) {
          now += after * MINUTE_MS;
          const at = now + apart * MINUTE_MS;
          const said = await all(
            Array.from({ length: together }, (_each, index) => aMail(`${step}-${index}`)),
            instantOf(at),
          );
          const before = went.filter((one) => one > at - HOUR_MS);
          went.push(...said.filter((answer) => answer === 'admitted').map(() => at));
          const wanted = Math.min(together, Math.max(0, MOST - before.length));
          expect(said.filter((answer) => answer === 'admitted')).toHaveLength(wanted);
        }
        for (const one of went) {
          const within = went.filter((other) => other >= one && other - one < HOUR_MS);
          expect(within.length).toBeLessThanOrEqual(MOST);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('what was counted by a clock that was turned back far counts no more', async () => {
  const { one } = anAddress();
  for (const mail of ['a', 'b', 'c']) await one(mail, addDays(NOON, 1));
  expect(await one('d', NOON)).toBe('admitted');
});

test('where fewer go in an hour since, those that went count all the same', async () => {
  const { ledger, all } = anAddress(100);
  await all(
    Array.from({ length: 50 }, (_, index) => aMail(`m${index}`)),
    NOON,
  );
  const answers = await ledger.admit([aMail('x'), aMail('m7')], MOST, addMillis(NOON, MINUTE_MS));
  expect(answers).toEqual(['crowded', 'admitted']);
});

describe('what it asks of storage', () => {
  test('the first mail of a day to an address: one request, with which it is remembered as well', async () => {
    const { one, asked } = anAddress(20);
    expect(await asked(() => one('a', NOON))).toBe(1);
    expect(await asked(() => one('b', addDays(NOON, 1)))).toBe(1);
  });

  test('one that finds its place taken: a look, and one more', async () => {
    const { one, asked } = anAddress(1);
    await one('a', NOON);
    expect(await asked(() => one('b', addMillis(NOON, HOUR_MS)))).toBe(3);
  });

  test('mails to forty addresses share a transaction in each of sixteen partitions', async () => {
    const { all, asked } = anAddress(20);
    const mails = Array.from({ length: 40 }, (_, index) =>
      aMail(`m${index}`, { recipient: `person-${index}@example.com` }),
    );
    const partitions = new Set(mails.map(({ recipient }) => digitOf(addressKey(recipient)))).size;
    expect(await asked(() => all(mails, NOON))).toBe(partitions);
  });

  test('a mail whose id does not begin as its address does is remembered by itself', async () => {
    const { one, asked, ledger } = anAddress();
    const other = digitOf(addressKey(OPS)) === 'f' ? '0' : 'f';
    const operationId = other + uuidOf(['of before']).slice(1);
    expect(await asked(() => one('a', NOON, { operationId }))).toBe(2);
    expect(await ledger.recall(operationId, NOON)).toEqual(ABOUT);
  });
});

test('places end with what is remembered of the mails of their month', async () => {
  const tables = memoryTables();
  const ledger = tableMailLedger(tables.registry);
  const at = addDays(NOON, 9);
  await ledger.admit([aMail('a'), aMail('b', { isWelcome: true })], MOST, at);
  expect(await tables.registry.across('a', 'z', {})).toHaveLength(5);
  expect(await ledger.dropMails(at.toFormat('yyyy-MM'), () => true)).toBe(true);
  expect(await tables.registry.across('a', 'z', {})).toEqual([]);
});
