/**
 * A longer period of a vault holds at once for what lies in its trash. The places in the trash and the hints come after, step by step: then
 * each item has one hint to purge it, on the day on which it may go.
 */
import { describe, expect, test } from 'vitest';
import { operationName } from '../../../../src/core/operations.ts';
import { type Instant, iso } from '../../../../src/core/time.ts';
import { carryOn } from '../../../../src/flows/items/operations/carryOn.ts';
import { readItem } from '../../../../src/flows/items/read.ts';
import { stop } from '../../../../src/flows/items/stop.ts';
import { undelete } from '../../../../src/flows/items/undelete.ts';
import { flowPorts } from '../../../../src/flows/story/land.ts';
import { putVault } from '../../../../src/flows/vaults/putVault.ts';
import { keys } from '../../../../src/store/keys.ts';
import { LONGER } from '../../../../tools/scale/counted.ts';
import { later } from '../../../support/builders.ts';
import { toBefore } from '../../../support/ofBefore.ts';
import { allDue } from '../../../support/stores.ts';
import type { Tables } from '../../../support/tables.ts';
import { aRequest, done, headOf, portsOver, type World } from '../../../support/world.ts';
import { sweeperOver } from '../../sweep/sweeper.ts';
import { deaths, dying, findingsIn, furnished, names, readBack, VAULT } from './walked.ts';

const period = (world: World, softDelete: object, now: Instant = later(1)) =>
  done(putVault(world, aRequest(now), VAULT, { patch: { softDelete }, mustExist: true }));
const lengthen = (world: World, retentionDays = 30, now: Instant = later(1)) => period(world, { retentionDays }, now);

async function deleted(items: readonly string[]): Promise<Tables> {
  const tables = await furnished(items);
  const world = portsOver(tables);
  for (const item of items)
    await done(stop(world, aRequest(), { ...VAULT, item }, { mode: 'delete', confirmName: item }));
  return tables;
}

const walk = (world: World, id = '', now: Instant = later(1)) =>
  carryOn(world, { vault: 'Contoso', name: operationName(id) }, now, () => true);

/** `vm-000 2026-03-31T…`, for each hint to purge, and for each place in the trash. */
const purgesIn = async (world: World): Promise<readonly string[]> =>
  (await allDue(world, later(3650)))
    .filter(({ kind }) => kind === 'purge')
    .map(({ item, due }) => `${item} ${iso(due)}`);
const placesIn = async ({ vaults }: Tables): Promise<readonly string[]> =>
  (await vaults.range('contoso', { prefix: keys.trash('contoso') })).map(({ key }) => {
    const [, , , at, item] = key.split('!');
    return `${item} ${new Date(Number(at)).toISOString()}`;
  });
const on = (items: readonly string[], days: number) => items.map((item) => `${item} ${iso(later(days))}`);

describe('a longer period, where something lies in the trash', () => {
  test('holds at once, and an operation brings places and hints after it', async () => {
    const tables = await deleted(names(3));
    const world = portsOver(tables);
    const { operation } = await lengthen(world);
    expect(await readBack(world, operation)).toMatchObject({
      kind: 'ExtendRetention',
      subject: null,
      status: 'Running',
      total: 3,
    });
    expect((await purgesIn(world)).toSorted()).toEqual(on(names(3), 14));
    expect(await findingsIn(tables, later(1))).toEqual([]);
    await sweeperOver(tables).sweep(later(1));
    expect(await readBack(world, operation)).toMatchObject({
      status: 'Succeeded',
      done: 3,
      failed: 0,
      endedAt: later(1),
    });
    expect((await purgesIn(world)).toSorted()).toEqual(on(names(3), 30));
    expect((await placesIn(tables)).toSorted()).toEqual(on(names(3), 30));
    expect(await findingsIn(tables, later(1))).toEqual([]);
    expect(await sweeperOver(tables).sweep(later(14, 1))).toMatchObject({ due: 0, purged: 0 });
    expect(await sweeperOver(tables).sweep(later(30, 1))).toMatchObject({ purged: 3 });
  });

  test('in a vault of before as well', async () => {
    const tables = await deleted(names(2));
    await toBefore(tables.vaults, 'contoso');
    const world = portsOver(tables);
    const { operation } = await lengthen(world);
    expect(await walk(world, operation)).toBe('ended');
    expect((await purgesIn(world)).toSorted()).toEqual(on(names(2), 30));
  });

  test.each([
    ['a shorter one', { retentionDays: 14 }, { retentionDays: 20 }],
    ['one for later deletions only', { retentionDays: 30, retentionScope: 'FutureDeletions' }, {}],
  ])('%s begins none', async (_, patch, before) => {
    const world = portsOver(await deleted(names(1)));
    await period(world, before, later(0));
    if ('retentionDays' in before) await walk(world, (await period(world, before)).operation);
    expect(await period(world, patch)).toMatchObject({ operation: undefined });
  });

  test('begins none where nothing does', async () => {
    expect(await lengthen(portsOver(await furnished(names(1))))).toMatchObject({ operation: undefined });
  });

  test('made longer still while it is walked starts the same walk anew', async () => {
    const tables = await deleted(names(2));
    const world = portsOver(tables);
    const { operation } = await lengthen(world);
    expect(await lengthen(world)).toMatchObject({ operation });
    expect(await lengthen(world, 60, later(1, 1000))).toMatchObject({ operation });
    expect(await walk(world, operation)).toBe('ended');
    expect((await placesIn(tables)).toSorted()).toEqual(on(names(2), 60));
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });

  test('moves twelve in a transaction: less than two requests an item', async () => {
    const tables = await deleted(names(24));
    const { operation } = await lengthen(portsOver(tables));
    const counted = dying(tables, Number.POSITIVE_INFINITY);
    expect(await walk(portsOver(counted.tables), operation)).toBe('ended');
    // the operation, the head, a range, each item; for each twelve new hints, their rows and old hints; the end with its hint, a last look
    expect(counted.requests()).toBe(1 + 1 + 1 + 24 + 2 * 3 + 2 + 1);
  });

  test('asks for as much an item as docs/performance.md says', async () => {
    const items = names(480);
    const tables = await deleted(items);
    const { operation } = await lengthen(portsOver(tables));
    const counted = dying(tables, Number.POSITIVE_INFINITY);
    expect(await walk(portsOver(counted.tables), operation)).toBe('ended');
    expect((counted.requests() / items.length).toFixed(1)).toBe(LONGER.toFixed(1));
  });
});

describe('whoever walks', () => {
  test('and dies at any request is followed by another', async () => {
    const seed = async () => {
      const tables = await deleted(names(3));
      return { tables, operation: (await lengthen(portsOver(tables))).operation };
    };
    const moved = on(names(3), 30);
    const wrong = await deaths(seed, async (tables, operation) => {
      const world = portsOver(tables);
      const { status } = await readBack(world, operation);
      const places = (await placesIn(tables)).toSorted().join();
      const purges = new Set(await purgesIn(world));
      // a hint of the old date may be left over: whoever meets it a while later strikes it; and one that no change has written
      await sweeperOver(tables).sweep(later(14, 120_000));
      const left = [...new Set(await purgesIn(world))].toSorted().join();
      return [
        ...(status === 'Succeeded' ? [] : [status]),
        ...(places === moved.join() ? [] : [places]),
        ...(moved.every((one) => purges.has(one)) ? [] : [[...purges].join()]),
        ...(left === moved.join() ? [] : [left]),
      ];
    });
    expect(wrong).toEqual([]);
  });

  test('meets an undelete, which keeps its item and none of the others', async () => {
    const tables = await deleted(names(3));
    const { operation } = await lengthen(portsOver(tables));
    const slow = portsOver(tables);
    let isUndeleted = false;
    const commit: World['commit'] = async (write) => {
      if (!isUndeleted) {
        isUndeleted = true;
        await done(undelete(portsOver(tables), aRequest(later(1)), { ...VAULT, item: 'vm-001' }));
      }
      return slow.commit(write);
    };
    expect(await walk({ ...slow, ...flowPorts({ ...slow, commit }) }, operation)).toBe('ended');
    expect((await placesIn(tables)).toSorted()).toEqual(on(['vm-000', 'vm-002'], 30));
    expect((await done(readItem(slow, later(1), { ...VAULT, item: 'vm-001' }))).item.state).toBe('ProtectionStopped');
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });

  test('at the same time as another moves each once', async () => {
    const tables = await deleted(names(3));
    const { operation } = await lengthen(portsOver(tables));
    const [one, other] = [portsOver(tables), portsOver(tables)];
    const ends = await Promise.all([walk(one, operation), walk(other, operation)]);
    for (const end of ends) expect(['ended', 'lost']).toContain(end);
    expect(await walk(one, operation)).toBe('ended');
    expect((await placesIn(tables)).toSorted()).toEqual(on(names(3), 30));
    const told = await one.vaults.history('contoso', { item: 'vm-000' }, { limit: 10 });
    expect(told.found.filter(({ entry }) => entry?.operation === 'ExtendRetention')).toHaveLength(1);
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });

  test('with an old head in mind goes by the period of now', async () => {
    const tables = await deleted(names(2));
    const old = portsOver(tables);
    await headOf(old.vaults);
    const { operation } = await lengthen(portsOver(tables));
    expect(await walk(old, operation)).toBe('ended');
    expect((await placesIn(tables)).toSorted()).toEqual(on(names(2), 30));
  });

  test('with the head before the last in mind moves nothing by that', async () => {
    const tables = await deleted(names(1));
    const old = portsOver(tables);
    const { operation } = await lengthen(portsOver(tables));
    await headOf(old.vaults);
    await lengthen(portsOver(tables), 60, later(1, 1000));
    expect(await walk(old, operation)).toBe('ended');
    const told = await old.vaults.history('contoso', { item: 'vm-000' }, { limit: 10 });
    expect(told.found.filter(({ entry }) => entry?.operation === 'ExtendRetention')).toHaveLength(1);
    expect(await placesIn(tables)).toEqual(on(names(1), 60));
  });

  test('names what cannot be read, and moves the others', async () => {
    const tables = await deleted(names(2));
    const world = portsOver(tables);
    const { operation } = await lengthen(world);
    const [first] = await tables.vaults.range('contoso', { prefix: keys.trash('contoso') });
    await tables.vaults.commit('contoso', [{ op: 'put', key: first?.key ?? '', cells: { v: 2, doc0: '{' } }]);
    expect(await walk(world, operation)).toBe('ended');
    expect(await readBack(world, operation)).toMatchObject({ status: 'Succeeded', done: 1, failed: 1 });
    expect(await world.control.quarantined()).toMatchObject([{ vault: 'Contoso', item: 'vm-000' }]);
  });
});
