/** How many there may be of what lies in one row: one more is refused, says when there is room again, and changes nothing. */
import { describe, expect, test } from 'vitest';
import { oneMore } from '../../src/core/limits.ts';
import { addDays, iso } from '../../src/core/time.ts';
import { putHold } from '../../src/flows/items/holds.ts';
import { protect } from '../../src/flows/items/protect.ts';
import { readItem } from '../../src/flows/items/read.ts';
import { resume } from '../../src/flows/items/resume.ts';
import { putPolicy } from '../../src/flows/vaults/policies.ts';
import { appOver } from '../support/app.ts';
import { aPolicy, aVault, later, NOON } from '../support/builders.ts';
import { memoryTables } from '../support/tables.ts';
import { aRequest, done, headOf, newHead, portsOver } from '../support/world.ts';

const VAULT = { vault: 'Contoso' };
const ITEM = { ...VAULT, item: 'sql-01' };
const MOST = 100;

async function aWorld() {
  const ports = portsOver(memoryTables());
  await ports.commit(newHead(aVault()));
  for (const { name, workloads, schedule, retention } of [
    aPolicy('long', { daily: 200 }),
    aPolicy('short', { daily: 100 }),
  ])
    await done(putPolicy(ports, aRequest(), VAULT, { name, workloads, schedule, retention }));
  await done(protect(ports, aRequest(), ITEM, { workload: 'AzureVM', policy: 'long', sourceId: '/Vm' }));
  return ports;
}
const full = (until: string) => ({ ok: false, refusal: { code: 'LimitReached', facts: { limit: MOST, until } } });

describe('one more', () => {
  const ends = Array.from({ length: 20 }, (_, day) => later(day));
  test('is fine below the limit', () => expect(oneMore('holds', ends.slice(1))).toBeUndefined());
  test('is refused at it, with the day on which the first of them ends', () => {
    expect(oneMore('holds', ends.toReversed())).toMatchObject({
      refusal: {
        code: 'LimitReached',
        facts: { limit: 20, until: iso(NOON) },
        message: expect.stringContaining('2026-03-01'),
      },
    });
  });
  test('does not promise a day where none of them ends', () => {
    expect(
      oneMore(
        'holds',
        ends.map(() => null),
      ),
    ).toMatchObject({ refusal: { facts: { limit: 20 } } });
    expect(
      oneMore(
        'holds',
        ends.map(() => null),
      )?.refusal.facts,
    ).not.toHaveProperty('until');
  });
  test('says when enough of them have ended, in a row of before that holds more', () => {
    expect(oneMore('holds', [...ends, later(50)])).toMatchObject({ refusal: { facts: { until: iso(later(1)) } } });
  });
});

test('a policy is shortened a hundred times while what it cut off still waits, and again when the first of it is gone', async () => {
  const ports = await aWorld();
  const shorten = (daily: number, now = NOON) =>
    putPolicy(ports, aRequest(now), VAULT, { name: 'long', retention: { daily } });
  for (let time = 1; time <= MOST; time += 1) await done(shorten(200 - time));
  const before = await headOf(ports.vaults);
  expect(await shorten(50)).toMatchObject(full(iso(later(14))));
  expect(await headOf(ports.vaults)).toEqual(before);
  expect(await shorten(150)).toMatchObject({ ok: true });
  expect(await shorten(50, later(14))).toMatchObject({ ok: true });
});

test('an item comes under a shorter policy a hundred times while what was cut off still waits', async () => {
  const ports = await aWorld();
  const move = (policy: string, now = NOON) =>
    resume(ports, aRequest(now), ITEM, { verb: 'changePolicy', policy, preview: false });
  for (let time = 0; time < MOST; time += 1) {
    await done(move('short'));
    await done(move('long'));
  }
  const before = await readItem(ports, NOON, ITEM);
  expect(await move('short')).toMatchObject(full(iso(later(14))));
  expect(await readItem(ports, NOON, ITEM)).toEqual(before);
  expect(await move('short', addDays(NOON, 14))).toMatchObject({ ok: true });
});

test('an item has twenty holds at most; one that is over makes room before the sweep takes it away', async () => {
  const ports = await aWorld();
  const hold = (name: string, now = NOON) =>
    putHold(ports, aRequest(now), ITEM, { name, reason: 'r', until: later(name === 'h0' ? 1 : 40) });
  for (let number = 0; number < 20; number += 1) await done(hold(`h${number}`));
  expect(await hold('one-more')).toMatchObject({
    refusal: { code: 'LimitReached', facts: { limit: 20, until: iso(later(1)) } },
  });
  expect(await hold('one-more', later(1))).toMatchObject({ ok: true });
});

test('the source of an item is the same in other letters, and is shown as it was written first', async () => {
  const ports = await aWorld();
  await ports.commit(newHead(aVault({ name: 'Fabrikam' }), undefined, aPolicy('long')));
  const ask = (path: string) =>
    appOver(ports)('protectItem', path, { body: { workload: 'AzureVM', policy: 'long', sourceId: '/VM' } });
  const again = await ask('contoso/SQL-01');
  expect([again.status, JSON.parse(again.body)]).toMatchObject([200, { sourceId: '/Vm', state: 'Protected' }]);
  for (const [path, code] of [
    ['contoso/sql-02', 'AlreadyProtected'],
    ['fabrikam/sql-01', 'ActiveElsewhere'],
  ] as const)
    expect(JSON.parse((await ask(path)).body)).toMatchObject({ error: { code } });
});
