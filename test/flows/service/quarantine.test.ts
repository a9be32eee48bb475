import { expect, test } from 'vitest';
import { addDays, type Instant } from '../../../src/core/time.ts';
import { retryQuarantined } from '../../../src/flows/service/quarantine.ts';
import { keys } from '../../../src/store/keys.ts';
import { aMail } from '../../support/alerts.ts';
import { later } from '../../support/builders.ts';
import { historyIn } from '../../support/stores.ts';
import type { Tables } from '../../support/tables.ts';
import { aRequest, must, portsOver, setPause } from '../../support/world.ts';
import { furnished, VAULT } from '../sweep/furnish.ts';
import { hintsIn, sweeperOver } from '../sweep/sweeper.ts';

const LIMITS = { maxPurges: 5, budgetSeconds: 60 };
const PLACE = { vault: VAULT, item: 'vm' };

/** The item's place in the trash is made unreadable. Answers the repair. */
async function spoil({ vaults }: Tables): Promise<() => Promise<unknown>> {
  const [row] = await vaults.range(VAULT, { prefix: keys.trash(VAULT) });
  if (!row) throw new Error('nothing lies in the trash');
  await vaults.commit(VAULT, [{ op: 'put', key: row.key, cells: { v: 1, doc0: '{' } }]);
  return () => vaults.commit(VAULT, [{ op: 'put', key: row.key, cells: row.cells }]);
}

/** Six tries failed. Answers when. */
async function setAside(tables: Tables): Promise<Instant> {
  let at = later(14);
  for (let minutes = 0; minutes < 40; minutes += 1) {
    at = later(14).plus({ minutes });
    await sweeperOver(tables, { notices: portsOver(tables).notices }).sweep(at);
  }
  return at;
}

async function stuck() {
  const estate = await furnished(['vm']);
  const repair = await spoil(estate.tables);
  const at = await setAside(estate.tables);
  const retry = (now: Instant) => {
    const flow = { ...portsOver(estate.tables), clock: { now: () => now } };
    return retryQuarantined(flow, LIMITS, aRequest(now), PLACE);
  };
  const aside = () => portsOver(estate.tables).control.aside(VAULT, 'vm');
  return { ...estate, repair, at, retry, aside };
}

test('a retry that fails leaves it where it is, to be tried again in a day', async () => {
  const { tables, at, retry, aside } = await stuck();
  const before = await aside();
  expect(await retry(at)).toMatchObject({
    value: { outcome: 'StillFailing', why: expect.stringMatching(/unreadable/) },
  });
  expect(await aside()).toMatchObject({ since: before?.since, tries: 7, nextTryAt: addDays(at, 1) });
  expect(await hintsIn(tables)).toContain(`purge vm ${addDays(at, 1).toISO()}`);
});

test('repaired, a retry deals with it; what it purged counts in the day, and the history says who asked', async () => {
  const { tables, repair, at, retry, aside, stateOf } = await stuck();
  await repair();
  expect(await retry(at)).toEqual({ ok: true, value: { outcome: 'Dealt' } });
  expect(await stateOf('vm')).toMatchObject({ state: 'Purged' });
  expect(await aside()).toBeUndefined();
  expect((await hintsIn(tables)).filter((hint) => hint.startsWith('purge'))).toEqual([]);
  const { control } = portsOver(tables);
  expect((await control.read()).purges?.value).toMatchObject([{ count: 1 }]);
  const [entry] = await historyIn(portsOver(tables), '~service', null);
  expect(entry).toMatchObject({
    operation: 'RetryQuarantined',
    caller: { oid: 'somebody' },
    facts: { vault: VAULT, item: 'vm', outcome: 'Dealt' },
  });
  expect(await retry(at)).toMatchObject({ ok: false, refusal: { code: 'QuarantineNotFound' } });
});

test('every brake holds a retry: a pause, a dependency, what the belt holds, clocks apart', async () => {
  const { tables, repair, at, retry, stateOf, trash } = await stuck();
  await repair();
  await setPause(portsOver(tables), at.plus({ hours: 1 }));
  expect(await retry(at)).toMatchObject({ value: { outcome: 'Held', why: expect.stringContaining('Paused') } });
  await setPause(portsOver(tables), null);

  const deaf = { ...portsOver(tables).reach, mail: async () => Promise.reject(new Error('away')) };
  const over = { ...portsOver(tables), clock: { now: () => at } };
  const asked = (flow: object) => retryQuarantined({ ...over, ...flow }, LIMITS, aRequest(at), PLACE);
  expect(await asked({ reach: deaf })).toMatchObject({ value: { outcome: 'Held', why: 'Dependency: mail' } });
  const skewed = { ping: async () => ({ date: over.realNow().plus({ minutes: 6 }) }) };
  expect(await asked({ storage: skewed })).toMatchObject({ value: { outcome: 'Held' } });

  for (const item of ['a', 'b', 'c']) await trash(item);
  const held = await sweeperOver(tables, {}, { maxPurges: 2 }).sweep(at);
  expect(held).toMatchObject({ held: { reason: 'Belt' } });
  expect(await retry(at)).toMatchObject({ value: { outcome: 'Held', why: expect.stringContaining('Belt') } });
  expect(await stateOf('vm')).toMatchObject({ state: 'SoftDeleted' });
});

test('that it is stuck is mailed again every seven days, and it stays where it is', async () => {
  const { tables, at, aside } = await stuck();
  const stuckAlert = async () =>
    (await portsOver(tables).alerts.about(VAULT, 'vm')).found.find(({ value }) => value.type === 'PurgeStuck')?.value;
  const mailed: number[] = [];
  let last = 0;
  for (let day = 0; day <= 15; day += 1) {
    await sweeperOver(tables, { notices: portsOver(tables).notices }).sweep(addDays(at, day));
    const { count = 0 } = (await stuckAlert()) ?? {};
    if (count > last) mailed.push(day);
    last = count;
  }
  expect(mailed).toEqual([0, 7, 14]);
  expect(await aside()).toMatchObject({ tries: 21 });
});

test('what the version before set aside has its next try a day after the last, and can be retried', async () => {
  const { tables, repair, at, retry } = await stuck();
  const { control } = portsOver(tables);
  const row = await control.aside(VAULT, 'vm');
  const cells = {
    v: 1,
    doc0: JSON.stringify({ ...PLACE, why: 'x', since: addDays(row?.nextTryAt ?? at, -1), tries: 6 }),
  };
  await tables.registry.commit('control', [{ op: 'put', key: `quarantine!${VAULT}!vm`, cells }]);
  expect(await control.quarantined()).toMatchObject([{ nextTryAt: row?.nextTryAt, toldAt: null }]);
  await repair();
  expect(await retry(at)).toEqual({ ok: true, value: { outcome: 'Dealt' } });
});

test('nothing is retried over the heads of people who do not know', async () => {
  const { tables, repair, at, stateOf } = await stuck();
  await repair();
  const [deletion] = (await portsOver(tables).alerts.about(VAULT, 'vm')).found;
  const was = must(deletion);
  const queued = { ...was.value, notifications: [aMail({ status: 'Queued', sentAt: null })] };
  await portsOver(tables).commit({ vault: VAULT, id: 'untold', alerts: [{ was, now: queued }] });
  const flow = portsOver(tables, { clock: { now: () => at }, notices: { send: async () => {} } });
  const retried = await retryQuarantined(flow, LIMITS, aRequest(at), PLACE);
  expect(retried).toMatchObject({ value: { outcome: 'Held', why: 'NotTold' } });
  expect(await stateOf('vm')).toMatchObject({ state: 'SoftDeleted' });
});
