/** What a turn that removes what is over reads, how long it works, and what it leaves alone: what cannot be read. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inParts, MOST_ROWS } from '../../src/change.ts';
import type { Alert } from '../../src/core/alerts.ts';
import { dayAfter, dayOf } from '../../src/core/kept.ts';
import type { Server } from '../../src/core/server.ts';
import type { Instant } from '../../src/core/time.ts';
import { namingRow } from '../../src/store/ends.ts';
import { keys } from '../../src/store/keys.ts';
import { itemCells } from '../../src/store/ops.ts';
import { type Cells, drop, type Op, pack, put, type Table } from '../../src/store/table.ts';
import { newTallyOps } from '../../src/store/tallies.ts';
import { tidyVault } from '../../src/store/tidy.ts';
import { anAlert } from '../support/alerts.ts';
import { anItem, later, NOON } from '../support/builders.ts';
import { type PlainStores, plainStores } from '../support/stores.ts';
import { MAKERS, type Tables } from '../support/tables.ts';
import { newId, writing } from '../support/world.ts';

const V = 'contoso';
const DAY = dayAfter(later(90));
const always = () => true;
/** So often somebody is told that there is time. */
const times = (most: number) => {
  let asked = 0;
  return () => ++asked <= most;
};

const aServer = (name: string, over: Partial<Server> = {}): Server => ({
  ...{ name, vault: 'Contoso', kind: 'MARS', agentVersion: '2.0.9262.0', registration: 'SoftDeleted', endsOn: DAY },
  ...{ registeredBy: { tid: 't', oid: 'o' }, registeredAt: NOON, etag: newId() },
  ...over,
});
const told = (item: string, over: Partial<Alert> = {}): Alert =>
  anAlert('PurgeComplete', { item, generation: 1 }, { notifications: [], endsOn: DAY, ...over });

/** A row that is over on that day, and the one that says so. */
const over = (key: string, cells: Cells): readonly Op[] => [
  { op: 'insert', key, cells },
  { op: 'insert', key: keys.endOf(DAY, key), cells: { v: 1 } },
];
const anAnswer = (name: string): readonly Op[] => over(keys.answer(V, name), { v: 1 });
const ending = (server: Server): readonly Op[] => over(keys.server(V, server.name), pack(server));
/** Told alerts, and a row that names them. */
const ended = (id: string, alerts: readonly Alert[]): readonly Op[] => [
  ...alerts.map((one) => put(keys.alert(V, one.id), one)),
  namingRow(
    V,
    DAY,
    id,
    alerts.map((one) => keys.alert(V, one.id)),
  ),
];
const BROKEN: Cells = { v: 1, doc0: '{' };
const NEWER: Cells = { v: 99, doc0: '{}' };

describe.each(MAKERS)('a turn that removes what is over, $name', ({ open }) => {
  let fresh: () => Tables;
  let stores: PlainStores;
  let table: Table;
  let seen: { ranges: number; rows: number; gets: number; atOnce: number; commits: number };
  beforeAll(async () => {
    fresh = await open();
  });
  beforeEach(() => {
    const tables = fresh();
    stores = plainStores(tables);
    table = tables.vaults;
  });

  async function seed(...ops: readonly Op[]): Promise<void> {
    for (const some of inParts(ops, MOST_ROWS)) expect(await table.commit(V, some)).toBe(true);
  }
  const keysOf = async (kind: string): Promise<readonly string[]> =>
    (await table.range(V, { prefix: `${V}!${kind}!` })).map(({ key }) => key.slice(V.length + kind.length + 2));
  async function tidy(now: Instant = later(91), mayGoOn = always) {
    seen = { ranges: 0, rows: 0, gets: 0, atOnce: 0, commits: 0 };
    let running = 0;
    const counting: Table = {
      ...table,
      range: async (...given) => {
        seen.ranges += 1;
        const rows = await table.range(...given);
        seen.rows += rows.length;
        return rows;
      },
      get: async (...given) => {
        seen.gets += 1;
        running += 1;
        seen.atOnce = Math.max(seen.atOnce, running);
        return table.get(...given).finally(() => {
          running -= 1;
        });
      },
      commit: (...given) => {
        seen.commits += 1;
        return table.commit(...given);
      },
    };
    return tidyVault(counting, V, now, mayGoOn);
  }

  describe('a server', () => {
    const items = (many: number, server: string | null = null): readonly Op[] =>
      Array.from({ length: many }, (_, at) => anItem('Protected', { name: `vm-${at}`, server })).map((item) => ({
        ...{ op: 'insert', key: keys.item(V, item.name), cells: itemCells(item) },
      }));

    test('that ends is asked of the index, however many items its vault has', async () => {
      await seed(...newTallyOps(V), ...items(1000), ...ending(aServer('srv')));
      expect(await tidy()).toEqual({ next: undefined, isLeft: false });
      expect(await keysOf('server')).toEqual([]);
      // what is over, the first that lies on it, and the vault's own kinds; the server, and whether the vault has its indexes
      expect(seen).toMatchObject({ ranges: 3, rows: 1, gets: 2, commits: 1 });
    });

    test('with backups in the trash stays, and the first of them tells', async () => {
      await seed(...newTallyOps(V), ...items(1000), ...ending(aServer('srv')));
      for (const name of ['a', 'b']) {
        const item = anItem('SoftDeleted', { name, server: 'SRV', workload: 'MARS' });
        expect(await stores.commit({ ...writing(item), vault: V })).toBe(true);
      }
      expect((await tidy()).next).toBe(dayAfter(later(121)));
      expect(await keysOf('server')).toEqual(['srv']);
      expect(seen).toMatchObject({ ranges: 2, rows: 2, gets: 2, commits: 1 });
    });

    test('and how far the vault is, is read once for all that end', async () => {
      const names = Array.from({ length: 20 }, (_, at) => `srv-${at}`);
      await seed(...newTallyOps(V), ...names.flatMap((name) => ending(aServer(name))));
      await tidy();
      expect(await keysOf('server')).toEqual([]);
      expect(seen).toMatchObject({ ranges: 1 + 20 + 1, gets: 20 + 1, commits: 1 });
    });

    test('stays where what is left on it is of a kind of your own', async () => {
      await seed(...newTallyOps(V), put(keys.noted(V, 'elder'), {}), put(keys.noted(V, 'tenant'), {}));
      await seed(...ending(aServer('srv')));
      const kind = {
        ...{ class: 'Hybrid', vaultKinds: ['RecoveryServices'], represents: 'Original' },
        ...{ recoveryPoints: false, tiers: ['Vault'] },
      } as const;
      const item = anItem('SoftDeleted', { name: 'acme', server: 'SRV', workload: 'Tenant', kind });
      expect(await stores.commit({ ...writing(item), vault: V })).toBe(true);
      expect((await tidy()).next).toBe(dayAfter(later(121)));
      expect(await keysOf('server')).toEqual(['srv']);
    });

    test('of a vault without indexes: a few items are looked at', async () => {
      await seed(...items(3), ...ending(aServer('srv')), ...ending(aServer('empty')));
      const item = anItem('SoftDeleted', { name: 'z', server: 'SRV', workload: 'MARS' });
      await seed({ op: 'insert', key: keys.item(V, 'z'), cells: itemCells(item) });
      await tidy();
      expect(await keysOf('server')).toEqual(['srv']);
    });

    test('of many items, where nobody can tell without all of them, it is looked at again when they may be indexed', async () => {
      await seed(...items(1000), ...ending(aServer('srv')));
      expect((await tidy()).next).toBe(dayAfter(later(121)));
      expect(await keysOf('server')).toEqual(['srv']);
      expect(seen.ranges).toBe(3);
      expect(seen.rows).toBeLessThan(300);
      await seed(...newTallyOps(V));
      await tidy(later(122));
      expect(await keysOf('server')).toEqual([]);
    });
  });

  describe('what cannot be read stays, and the others end:', () => {
    const GRAVE = keys.item(V, 'gone');
    const STAYS: readonly { what: string; row: string; ops: readonly Op[]; why?: string }[] = [
      {
        what: 'a row that names ends',
        row: keys.end(V, DAY, 'broken'),
        ops: [{ op: 'insert', key: keys.end(V, DAY, 'broken'), cells: BROKEN }],
      },
      {
        what: 'one that newer code wrote',
        row: keys.end(V, DAY, 'newer'),
        ops: [{ op: 'insert', key: keys.end(V, DAY, 'newer'), cells: NEWER }],
      },
      {
        what: 'one of a single row that newer code wrote',
        row: keys.endOf(DAY, keys.answer(V, 'k')),
        ops: [
          { op: 'insert', key: keys.answer(V, 'k'), cells: { v: 1 } },
          { op: 'insert', key: keys.endOf(DAY, keys.answer(V, 'k')), cells: { v: 99 } },
        ],
      },
      { what: 'a server', row: keys.server(V, 'broken'), ops: over(keys.server(V, 'broken'), BROKEN) },
      { what: 'a server of newer code', row: keys.server(V, 'newer'), ops: over(keys.server(V, 'newer'), NEWER) },
      { what: 'a tombstone', row: GRAVE, ops: over(GRAVE, { ...BROKEN, state: 'Purged' }) },
      { what: 'a tombstone of newer code', row: GRAVE, ops: over(GRAVE, { ...NEWER, state: 'Purged' }) },
      {
        what: 'an item that may lie on the server, where there are no indexes',
        row: keys.server(V, 'srv'),
        ops: [...ending(aServer('srv')), { op: 'insert', key: keys.item(V, 'vm'), cells: BROKEN }],
        why: keys.item(V, 'vm'),
      },
    ];
    test.each(STAYS)('$what', async ({ row, ops, why = row }) => {
      await seed(...ops, ...anAnswer('a'), ...anAnswer('z'), ...ended('told', [told('vm-1')]));
      const before = await table.range(V, { prefix: `${V}!` });
      const stays = before.filter(({ key }) => ops.some((op) => op.key === key));
      const { isLeft, unreadable } = await tidy();
      expect(isLeft).toBe(false);
      expect(unreadable).toContain(`unreadable row ${why}`);
      expect(await table.range(V, { prefix: `${V}!` })).toEqual(stays);
      expect(stays.map(({ key }) => key)).toContain(row);
      // when it can be read, or is gone
      for (const { key } of stays) await table.commit(V, [drop(key)]);
      expect(await tidy()).toEqual({ next: undefined, isLeft: false });
    });

    test('also behind more of them than a request answers', async () => {
      const broken = Array.from({ length: 510 }, (_, at): Op => {
        return { op: 'insert', key: keys.end(V, '2026-01-01', `x${at}`), cells: BROKEN };
      });
      await seed(...broken, ...anAnswer('a'));
      expect(await tidy()).toMatchObject({ next: undefined, isLeft: false });
      expect([await keysOf('idem'), (await keysOf('end')).length]).toEqual([[], 510]);
      expect(seen).toMatchObject({ ranges: 2, gets: 0, commits: 1 });
    });

    test('and what is over next is told all the same', async () => {
      await seed({ op: 'insert', key: keys.end(V, DAY, 'broken'), cells: BROKEN });
      await seed(namingRow(V, dayOf(later(200)), 'later', []));
      expect((await tidy()).next).toBe(dayOf(later(200)));
    });
  });

  describe('alerts', () => {
    test('about one item are each looked at, and it once', async () => {
      const forty = Array.from({ length: 40 }, (_, at) => told('vm', { id: `contoso~vm~X~${at}` }));
      const item = anItem('Protected', { name: 'vm' });
      await seed({ op: 'insert', key: keys.item(V, 'vm'), cells: itemCells(item) });
      await seed(
        ...ended('together', forty.slice(0, 20)),
        ...forty.slice(20).flatMap((one, at) => ended(`${at}`, [one])),
      );
      expect(await tidy()).toEqual({ next: undefined, isLeft: false });
      expect([await keysOf('alert'), await keysOf('end')]).toEqual([[], []]);
      expect(seen).toMatchObject({ ranges: 1, gets: 40 + 1, commits: 1 });
    });

    test('of many items are looked at side by side, but never more of them than storage likes', async () => {
      for (const part of [0, 1, 2])
        await seed(
          ...ended(
            `${part}`,
            Array.from({ length: 60 }, (_, at) => told(`vm-${part}-${at}`)),
          ),
        );
      await tidy();
      expect(await keysOf('alert')).toEqual([]);
      expect(seen.gets).toBe(2 * 180);
      expect(seen.atOnce).toBeGreaterThan(8);
      expect(seen.atOnce).toBeLessThanOrEqual(32);
    });

    test('that there is no time for are left to the next turn; those that were looked at are gone', async () => {
      for (let one = 0; one < 200; one += 1) await seed(...ended(`${one}`.padStart(3, '0'), [told(`vm-${one}`)]));
      const left: number[] = [];
      for (let turns = 0; turns < 50; turns += 1) {
        const { isLeft } = await tidy(later(91), times(2));
        left.push((await keysOf('alert')).length);
        if (!isLeft) break;
      }
      expect(left[0]).toBeGreaterThan(100);
      expect(left).toEqual([...new Set(left)].toSorted((a, b) => b - a));
      expect(left.at(-1)).toBe(0);
      expect(await keysOf('end')).toEqual([]);
    });

    test('of an item that newer code wrote stay: nobody knows whether it lies in the trash', async () => {
      await seed(...ended('one', [told('vm')]));
      await seed({ op: 'insert', key: keys.item(V, 'vm'), cells: { ...NEWER, state: 'Elsewhere' } });
      expect((await tidy()).next).toBe(dayAfter(later(121)));
      expect(await keysOf('alert')).toHaveLength(1);
    });
  });

  test('a tombstone with more than fits into a transaction goes as far as there is time', async () => {
    const grave = { state: 'Purged', vault: 'Contoso', name: 'gone', generation: 1, server: null, etag: 'x' } as const;
    const cells = itemCells({ ...grave, purgedAt: NOON, softDeleteApplied: true, endsOn: DAY });
    const jobs = Array.from({ length: 300 }, (_, at): Op => put(keys.job(V, 'gone', `j${at}`), {}));
    await seed(...jobs, ...over(keys.item(V, 'gone'), cells));
    expect(await tidy(later(91), times(3))).toMatchObject({ isLeft: true });
    const left = (await keysOf('job')).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(300);
    expect(await keysOf('item')).toEqual(['gone']);
    expect(await tidy()).toMatchObject({ isLeft: false });
    expect([await keysOf('job'), await keysOf('item'), await keysOf('end')]).toEqual([[], [], []]);
  });
});
