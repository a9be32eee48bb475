import { describe, expect, test } from 'vitest';
import type { ForecastList } from '../../../client/api.ts';
import { mailingOf } from '../../host/support/mailing.ts';
import type { Sweep } from '../../host/support/sweeping.ts';
import { call } from '../../support/call.ts';
import { aVault, later, ok, refusal } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const s = mailingOf(service);

interface Forecast {
  readonly days: readonly {
    readonly date: string;
    readonly count: number;
    readonly items: readonly { readonly vault: string; readonly item: string; readonly purgeAt: string }[];
  }[];
}

const forecast = async (days: number) =>
  ok(await call<Forecast>(service.api, 'GET', `/api/forecast?days=${days}`)).days;
const hold = { reason: 'lawsuit' };

describe('a dry run', () => {
  test('lists what would happen and why, and changes nothing in the whole store', async () => {
    const vault = await s.vault();
    const { purgeAt } = (await vault.trash('due')).softDelete;
    await vault.trash('kept');
    ok(await vault.send('PUT', 'items/kept/holds/legal', hold));
    ok(await vault.protect('live'));
    await vault.point('live', 'old', { age: 20 });
    await s.at(later(purgeAt, { days: -12 }));
    await vault.trash('warned');
    await vault.settled();
    // A hint stays for its first minute, because its change may still be on its way.
    await s.at(later(purgeAt, { seconds: 300 }));
    const before = await s.store();

    const dry = await s.sweep({ dryRun: true });

    expect(dry).toMatchObject({ dryRun: true, purged: 0, warned: 0, expired: 0, failed: 0, complete: true });
    const mine = (dry.items ?? []).filter(({ item }) => item !== 'kept');
    expect(mine.toSorted((a, b) => (a.item < b.item ? -1 : 1))).toEqual([
      { vault: vault.name, item: 'due', action: 'purge', why: expect.stringMatching(/period is over/) },
      { vault: vault.name, item: 'live', action: 'expire', why: expect.stringMatching(/recovery points/) },
      { vault: vault.name, item: 'warned', action: 'warn', why: expect.stringMatching(/reminded/) },
    ]);
    expect(await s.store()).toEqual(before);

    const real = await s.sweep();
    expect(real).toMatchObject({ dryRun: false, due: dry.due, purged: 1, warned: 1, expired: 1, failed: 0 });
    expect(real).not.toHaveProperty('items');
    expect(await s.sweep()).toMatchObject({ due: 0, purged: 0, warned: 0, expired: 0, skipped: 0 });
    expect((await vault.get('kept')).body.state).toBe('SoftDeleted');
    expect(ok(await vault.send<{ counts: object }>('GET', '')).counts).toEqual({
      protected: 1,
      stopped: 0,
      softDeleted: 2,
    });
    ok(await vault.send('DELETE', 'items/kept/holds/legal'));
  });

  test('is no turn of the sweep: it is not listed, and readiness does not count it', async () => {
    const list = async () => ok(await call<{ value: readonly Sweep[] }>(service.api, 'GET', '/api/sweeps')).value;
    const before = await list();
    await s.sweep({ dryRun: true });
    expect(await list()).toEqual(before);
    const swept = await s.sweep();
    const [newest, ...older] = await list();
    expect(newest).toEqual(swept);
    expect(older).toEqual(before);
  });
});

test('sweeps are listed for readers, newest first, and run for contributors only', async () => {
  const [first, second] = [await s.sweep(), await s.sweep()];
  const token = await service.token({ sub: 'reader', roles: ['Reader'] });
  const listed = ok(await call<{ value: readonly Sweep[] }>(service.api, 'GET', '/api/sweeps', { token })).value;
  expect(listed.slice(0, 2).map(({ id }) => id)).toEqual([second.id, first.id]);
  expect(second.startedAt <= second.finishedAt).toBe(true);
  expect(await call(service.api, 'POST', '/api/sweeps', { body: {}, token })).toMatchObject(refusal(403, 'Forbidden'));
  expect(await call(service.api, 'POST', '/api/sweeps', { token: 'x', body: {} })).toMatchObject({ status: 401 });
  for (const body of [{ dryRun: 'yes' }, { acknowledgeBelt: '' }, { other: 1 }])
    expect(await s.try(body)).toMatchObject(refusal(400, 'InvalidRequest'));
});

describe('the forecast', () => {
  test('tells by day what will go: extended, held and suspended items where they belong', async () => {
    const vault = await aVault(service);
    const item = (await vault.trash('vm')).softDelete;
    const far = await aVault(service, { settings: { softDelete: { retentionDays: 179 } } });
    const last = (await far.trash('far')).softDelete;
    await far.trash('held');
    ok(await far.send('PUT', 'items/held/holds/legal', hold));
    const until = later(item.purgeAt, { days: 6 });
    await vault.trash('until');
    ok(await vault.send('PUT', 'items/until/holds/legal', { ...hold, until }));

    const days = await forecast(180);

    expect(days).toHaveLength(180);
    expect(days[0]?.date).toBe((await s.now()).slice(0, 10));
    const on = (instant: string) => days.find(({ date }) => date === instant.slice(0, 10));
    expect(on(item.purgeAt)).toEqual({
      date: item.purgeAt.slice(0, 10),
      count: 1,
      items: [{ vault: vault.name, item: 'vm', purgeAt: item.purgeAt }],
    });
    expect(on(until)).toMatchObject({ count: 1, items: [{ item: 'until', purgeAt: until }] });
    expect(on(last.purgeAt)).toMatchObject({ items: [{ vault: far.name, item: 'far', purgeAt: last.purgeAt }] });
    expect(days.flatMap(({ items }) => items.map(({ item: name }) => name))).not.toContain('held');
    expect(days.every(({ count, items }) => count === items.length)).toBe(true);
    expect((await forecast(1)).map(({ count }) => count)).toEqual([0]);

    ok(await vault.settings({ softDelete: { retentionDays: 30 } }));
    await s.sweep();
    const moved = (await forecast(60)).flatMap(({ items }) => items).find(({ item: name }) => name === 'vm');
    expect(moved?.purgeAt).toBe(later(item.deletedAt, { days: 30 }));
  });

  test('lists all of one day, page by page, and takes either days or a date', async () => {
    const vault = await aVault(service, { settings: { softDelete: { retentionDays: 178 } } });
    const gone = [];
    for (const item of ['one', 'two', 'three']) gone.push((await vault.trash(item)).softDelete.purgeAt);
    const date = gone[0]?.slice(0, 10);
    const seen: string[] = [];
    for (let next: string | undefined = `/api/forecast?date=${date}&top=2`; next !== undefined; ) {
      const page: ForecastList = ok(await call<ForecastList>(service.api, 'GET', next));
      expect(page.value.length).toBeLessThanOrEqual(2);
      seen.push(...page.value.flatMap((one) => (one.vault === vault.name ? [`${one.item} ${one.purgeAt}`] : [])));
      next = page.nextLink && `/api${page.nextLink.split('/api')[1]}`;
    }
    expect(seen).toEqual([`one ${gone[0]}`, `two ${gone[1]}`, `three ${gone[2]}`]);
    for (const wrong of [
      `days=3&date=${date}`,
      'date=2026-02-30',
      'date=today',
      `date=${date}&top=201`,
      'continuation=x',
    ])
      expect(await call(service.api, 'GET', `/api/forecast?${wrong}`)).toMatchObject(refusal(400, 'InvalidRequest'));
  });

  test('counts what is overdue for today', async () => {
    const vault = await aVault(service);
    const { purgeAt } = (await vault.trash('late')).softDelete;
    await s.at(later(purgeAt, { days: 3 }));
    const [today] = await forecast(2);
    expect(today?.items).toContainEqual({ vault: vault.name, item: 'late', purgeAt });
    await s.sweep();
    expect((await forecast(2))[0]?.items.map(({ item }) => item)).not.toContain('late');
  });

  test.for(['0', '181', 'ten', '-1', '1.5'])('of %s days is refused', async (days) => {
    expect(await call(service.api, 'GET', `/api/forecast?days=${days}`)).toMatchObject(refusal(400, 'InvalidRequest'));
  });
});

test('explain says until when it can be undeleted, who holds it, and which sweep will take it', async () => {
  const vault = await aVault(service);
  const { purgeAt } = (await vault.trash('vm')).softDelete;
  expect(await s.explain(vault, 'vm')).toMatchObject({
    notBefore: purgeAt,
    blockers: [{ code: 'SoftDeletePeriod', until: purgeAt }],
  });

  const until = later(purgeAt, { days: 3 });
  ok(await vault.send('PUT', 'items/vm/holds/legal', { ...hold, until }));
  await s.told(vault);
  await s.sweepAt(purgeAt);
  const held = await s.explain(vault, 'vm');
  expect(held).toMatchObject({ notBefore: until, blockers: [{ code: 'Hold', message: 'Hold legal: lawsuit', until }] });
  expect(held.expectedBy && held.expectedBy > until && held.expectedBy <= later(until, { seconds: 300 })).toBe(true);
  expect((await vault.get('vm')).body.state).toBe('SoftDeleted');

  await s.at(until);
  expect((await s.explain(vault, 'vm')).blockers).toEqual([]);
  await s.sweep();
  expect(await vault.send('GET', 'items/vm/explain')).toMatchObject(refusal(410, 'ItemPurged'));
});

test('a purged item says so for ninety days and is then forgotten; its history is not', async () => {
  const vault = await aVault(service);
  const { purgeAt } = (await vault.trash('vm')).softDelete;
  const { finishedAt } = await s.sweepAt(purgeAt);
  const answer = await vault.send<{ error: { innererror: { purgedAt: string } } }>('GET', 'items/vm');
  const at = answer.body.error.innererror.purgedAt;
  expect(at >= purgeAt && at <= finishedAt).toBe(true);

  await s.sweepAt(later(at, { days: 90, hours: -1 }));
  expect(await vault.get('vm')).toMatchObject(refusal(410, 'ItemPurged', { purgedAt: at }));
  await s.at(later(at, { days: 90 }));
  expect(await vault.get('vm')).toMatchObject(refusal(404, 'ItemNotFound'));
  // What is over goes with the first turn of a day.
  await s.sweepAt(later(at, { days: 92 }));
  expect(await vault.get('vm')).toMatchObject(refusal(404, 'ItemNotFound'));

  const rows = (await s.store()).filter((row) => row.includes(`"${vault.name}!`) && !row.includes('!head!'));
  // beside it only the rows that counted the deletion, and those that name on which day a row goes that is gone already
  expect(rows.filter((row) => !/!(audit|wait|counted|end)!/.test(row))).toEqual([]);
  expect(await vault.history('vm')).toMatchObject([
    { operation: 'Purge', from: 'SoftDeleted', to: 'Purged', caller: { channel: 'service' }, facts: { purgeAt } },
    { to: 'SoftDeleted' },
    { to: 'Protected' },
  ]);
});

test('what the sweep left behind is in order', () => s.check());
