/** The forecast counts hints of the agenda: soonest first, a hundred of a day, a thousand in all, and it goes on where it broke off. */
import { describe, expect, test } from 'vitest';
import type { Hint } from '../../../src/core/hints.ts';
import { addMillis, DAY_MS, type Instant, iso } from '../../../src/core/time.ts';
import { type Coming, forecast, forecastOf } from '../../../src/flows/service/forecast.ts';
import { later, NOON } from '../../support/builders.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { done, portsOver } from '../../support/world.ts';
import { furnished, names, spoil, VAULT } from '../sweep/furnish.ts';
import { sweeperOver } from '../sweep/sweeper.ts';

const TODAY = NOON.startOf('day');
const on = (day: number, millis = 0): Instant => addMillis(TODAY, day * DAY_MS + millis);
const dayOf = (day: number): string => iso(on(day)).slice(0, 10);

/** Hints of as many items as a list says, each with its day; all of one vault, or each of its own. */
async function planted(dues: readonly Instant[], vaultOf = (_: number) => VAULT): Promise<Tables> {
  const tables = memoryTables();
  const hints = dues.map(
    (due, index): Hint => ({ kind: 'purge', vault: vaultOf(index), item: `VM-${index}`, due, by: `w${index}` }),
  );
  await portsOver(tables).hint(hints);
  return tables;
}

function counted(tables: Tables) {
  let requests = 0;
  const count = (table: Tables['agenda']): Tables['agenda'] => ({
    ...table,
    get: (...asked) => {
      requests += 1;
      return table.get(...asked);
    },
    range: (...asked) => {
      requests += 1;
      return table.range(...asked);
    },
  });
  const { agenda, vaults, registry } = tables;
  const ports = portsOver({ agenda: count(agenda), vaults: count(vaults), registry: count(registry) });
  return { ports, requests: () => requests };
}

/** Answer by answer, to its end. `limit`: storage answers no more rows than these to a request. */
async function allOf(tables: Tables, days: number, limit = 1000) {
  const answers: Awaited<ReturnType<typeof ask>>[] = [];
  const ask = async (start: string | undefined) => {
    const { ports, requests } = counted(tables);
    const { agenda } = ports;
    const ahead: typeof agenda.ahead = (shard, span) => {
      expect(span.limit).toBe(1000);
      return agenda.ahead(shard, { ...span, limit });
    };
    const answer = await done(forecast({ ...ports, agenda: { ...agenda, ahead } }, NOON, days, start));
    return { ...answer, requests: requests() };
  };
  for (let start: string | undefined; ; ) {
    const answer = await ask(start);
    answers.push(answer);
    if (answer.last === undefined) return answers;
    start = answer.last;
  }
}
const countsOf = (answers: readonly { readonly days: readonly { date: string; count: number }[] }[]) => {
  const sums = new Map<string, number>();
  for (const { date, count } of answers.flatMap(({ days }) => days)) sums.set(date, (sums.get(date) ?? 0) + count);
  return sums;
};

describe('day by day', () => {
  test('what is overdue counts for today, and the last day is the last', async () => {
    const tables = await planted([on(-3), on(0, 1), on(1), on(2, DAY_MS - 1), on(3)]);
    const [answer] = await allOf(tables, 3);
    expect(answer).toMatchObject({ unreadable: [], last: undefined });
    expect(answer?.days).toEqual([
      { date: dayOf(0), count: 2, items: [coming(0, on(-3)), coming(1, on(0, 1))] },
      { date: dayOf(1), count: 1, items: [coming(2, on(1))] },
      { date: dayOf(2), count: 1, items: [coming(3, on(2, DAY_MS - 1))] },
    ]);
  });

  test('shows a hundred of a day and a thousand in all, and counts them all', async () => {
    const tables = await planted(Array.from({ length: 12 * 130 }, (_, index) => on(index % 12, index)));
    const [answer] = await allOf(tables, 30);
    expect(answer?.days.map(({ count }) => count)).toEqual([...Array(12).fill(130), ...Array(18).fill(0)]);
    expect(answer?.days.map(({ items }) => items.length)).toEqual([...Array(10).fill(100), ...Array(20).fill(0)]);
    const [first] = answer?.days ?? [];
    expect(first?.items.map(({ purgeAt }) => +purgeAt)).toEqual(first?.items.map(({ purgeAt }) => +purgeAt).toSorted());
  });

  test.each([
    ['of one vault', 'one' as const],
    ['of many', 'many' as const],
  ])(
    'breaks off after 64 requests where too much lies ahead %s; the counts of the answers add up',
    async (_, which) => {
      const dues = Array.from({ length: 5000 }, (_, index) => on(index % 50, (index % 977) * 1000));
      const tables = await planted(dues, (index) => (which === 'one' ? VAULT : `vault-${index % 300}`));
      const answers = await allOf(tables, 60, 50);
      expect(answers.length).toBeGreaterThan(1);
      for (const { requests } of answers) expect(requests).toBeLessThanOrEqual(64);
      expect([...countsOf(answers)]).toEqual(Array.from({ length: 60 }, (_, day) => [dayOf(day), day < 50 ? 100 : 0]));
      // the day at which one broke off comes again in the next
      for (const [index, { days }] of answers.entries())
        if (index > 0) expect(days[0]?.date).toBe(answers[index - 1]?.days.at(-1)?.date);
    },
  );

  test('hints of other kinds between them are not counted', async () => {
    const tables = await planted([on(1)]);
    const others = (['warn', 'expire', 'hold', 'tell'] as const).map((kind) => ({
      ...{ kind, vault: VAULT, item: 'VM-0', due: on(1) },
    }));
    await portsOver(tables).hint(others);
    expect([...countsOf(await allOf(tables, 2)).values()]).toEqual([0, 1]);
  });

  test('what was set aside because it cannot be read is named', async () => {
    const tables = await planted([on(1)]);
    const aside = {
      vault: VAULT,
      since: NOON,
      tries: 6,
      nextTryAt: on(1),
      kind: 'purge',
      isUnreadable: false,
      toldAt: null,
    } as const;
    const { control } = portsOver(tables);
    await control.quarantine({ ...aside, item: 'bad', isUnreadable: true, why: 'no matter' });
    await control.quarantine({ ...aside, item: 'other', why: 'unreadable row' });
    // what is over and cannot be read is no item, and nothing is purged by it
    await control.quarantine({ ...aside, item: '~', kind: 'tidy', isUnreadable: true, why: 'no matter' });
    expect((await allOf(tables, 2))[0]?.unreadable).toEqual([{ vault: VAULT, item: 'bad' }]);
  });

  test('what could not be read at its last try is named from the first try on, and counts for no day', async () => {
    const [bad = '', good = ''] = names(2);
    const { tables, trashAt } = await furnished([bad]);
    await trashAt(good, later(5));
    await spoil(tables, `!${bad}`);
    expect(await sweeperOver(tables).sweep(later(14))).toMatchObject({ purged: 0, failed: 1 });
    const unreadable = [{ vault: VAULT, item: bad }];
    const [answer] = await allOf(tables, 30);
    expect(answer).toMatchObject({ unreadable });
    expect(answer?.days.flatMap(({ items }) => items.map(({ item }) => item))).toEqual([good]);
    const aside = { ...{ vault: VAULT, item: bad, since: NOON, tries: 6, nextTryAt: on(1) }, kind: 'purge' } as const;
    await portsOver(tables).control.quarantine({ ...aside, isUnreadable: true, why: 'no matter', toldAt: null });
    expect((await allOf(tables, 30))[0]).toMatchObject({ unreadable });
  });
});

const coming = (index: number, purgeAt: Instant): Coming => ({ vault: VAULT, item: `VM-${index}`, purgeAt });

describe('one day', () => {
  const listed = async (tables: Tables, day: number, top = 100) => {
    const shown: Coming[] = [];
    let most = 0;
    for (let after: string | undefined; ; ) {
      const { ports, requests } = counted(tables);
      const page = await done(forecastOf(ports, NOON, on(day), { top, after }));
      expect(page.shown.length).toBeLessThanOrEqual(top);
      shown.push(...page.shown);
      most = Math.max(most, requests());
      if (page.last === undefined) return { shown, most };
      after = page.last;
    }
  };

  test('is listed to its end, soonest first, by sixteen requests a page', async () => {
    const dues = Array.from({ length: 2500 }, (_, index) => on(index % 5, (index * 7919) % DAY_MS));
    const tables = await planted(dues, (index) => `vault-${index % 40}`);
    const { shown, most } = await listed(tables, 3, 90);
    expect(most).toBe(16);
    expect(shown).toHaveLength(500);
    expect(shown.map(({ purgeAt }) => +purgeAt)).toEqual(
      shown.map(({ purgeAt }) => +purgeAt).toSorted((a, b) => a - b),
    );
    expect(new Set(shown.map(({ item }) => item)).size).toBe(500);
  });

  test('today it has what is overdue as well, and a day that is over has nothing', async () => {
    const tables = await planted([on(-3), on(0, 1), on(1)]);
    expect((await listed(tables, 0)).shown).toEqual([coming(0, on(-3)), coming(1, on(0, 1))]);
    expect((await listed(tables, -3)).shown).toEqual([]);
  });

  test('goes on only where it broke off', async () => {
    const ports = portsOver(await planted([]));
    const wrong = { ok: false, refusal: { code: 'InvalidRequest', target: '?continuation' } };
    expect(await forecastOf(ports, NOON, on(1), { top: 1, after: 'contoso' })).toMatchObject(wrong);
    expect(await forecast(ports, NOON, 2, 'contoso')).toMatchObject(wrong);
  });
});

test('says what holds, undeletes and longer periods have changed', async () => {
  const { tables, done: call } = await furnished(names(4));
  const seen = async () => [...countsOf(await allOf(tables, 60))].filter(([, count]) => count > 0);
  const date = (day: number) => iso(later(day)).slice(0, 10);
  expect(await seen()).toEqual([[date(14), 4]]);
  await call('putHold', `${VAULT}/vm-0/legal`, { reason: 'lawsuit', until: iso(later(20)) });
  await call('putHold', `${VAULT}/vm-1/legal`, { reason: 'lawsuit' });
  expect(await seen()).toEqual([
    [date(14), 2],
    [date(20), 1],
  ]);
});
