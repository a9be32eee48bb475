import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Held, Owner, Source } from '../../src/change.ts';
import type { Hint } from '../../src/core/hints.ts';
import { ticketOf } from '../../src/core/ticket.ts';
import { type Instant, instantOf, iso } from '../../src/core/time.ts';
import type { Agenda, AgendaStretch } from '../../src/ports/agenda.ts';
import type { Registry } from '../../src/ports.ts';
import { hintWriter, tableAgenda } from '../../src/store/agenda.ts';
import { hintKey, SHARD_NAMES, shardOf } from '../../src/store/keys.ts';
import { ticketHash } from '../../src/store/tickets.ts';
import { counted, noted, nothingSeen, type Written } from '../bench/sweep/tables.ts';
import { aHead, anItem, aPoint, later, NOON } from '../support/builders.ts';
import type { PlainStores } from '../support/stores.ts';
import { plainStores, SEALS } from '../support/stores.ts';
import { MAKERS, type Tables } from '../support/tables.ts';
import { must } from '../support/world.ts';

describe.each(MAKERS)('across vaults, $name', ({ open }) => {
  let fresh: () => Tables;
  let tables: Tables;
  let commit: PlainStores['commit'];
  let registry: Registry;
  let agenda: Agenda;
  beforeAll(async () => {
    fresh = await open();
  });
  beforeEach(() => {
    tables = fresh();
    ({ registry, agenda, commit } = plainStores(tables));
  });

  describe('the agenda', () => {
    const hint = (item: string, over: Partial<Hint> = {}): Hint => ({
      due: NOON,
      kind: 'purge',
      vault: 'Contoso',
      item,
      ...over,
    });
    const all = async () => {
      const shards = await Promise.all(
        SHARD_NAMES.map((shard) => tables.agenda.range(shard, { prefix: '', before: '~' })),
      );
      return shards.flatMap((rows, at) => rows.map(({ key, cells }) => ({ shard: SHARD_NAMES[at], key, cells })));
    };

    test('writing a hint twice is writing it once', async () => {
      const write = hintWriter(tables.agenda, SEALS.seal);
      await write([hint('a'), hint('A')]);
      await write([hint('a')]);
      expect(await all()).toMatchObject([
        { shard: shardOf(hint('A')), key: hintKey(hint('a')), cells: { kind: 'purge', vault: 'Contoso' } },
      ]);
    });

    describe('a ticket', () => {
      const item = anItem('SoftDeleted', { name: 'a', points: [aPoint('p', 1)] });
      const told = { vault: 'Contoso', item: 'a', generation: 1, purgeAt: later(14), toldAt: later(12) };
      const ticket = must(ticketOf(item, { ...told, head: { seq: 4, hash: 'h' } }, aHead()));
      const ticketed = hint('a', { due: later(14), ticket });
      const found = async (seal: (hash: string) => string = SEALS.seal) => {
        const port = tableAgenda(tables.agenda, seal);
        const { found: due } = await port.due(shardOf(ticketed), later(14), { limit: 10 });
        return due.map((one) => port.ticketIn(one));
      };
      const cellsOf = async () => must((await all()).find(({ key }) => key === hintKey(ticketed))).cells;

      test('comes back with its hint as it was', async () => {
        await hintWriter(tables.agenda, SEALS.seal)([ticketed]);
        expect(await found()).toEqual([ticket]);
      });

      test('is gone where the hint is written anew without it', async () => {
        await hintWriter(tables.agenda, SEALS.seal)([ticketed]);
        await hintWriter(tables.agenda, SEALS.seal)([{ ...ticketed, ticket: undefined }]);
        expect(await found()).toEqual([undefined]);
      });

      test('is none with another key, in another hint, or where somebody has changed it', async () => {
        await hintWriter(tables.agenda, SEALS.seal)([ticketed]);
        expect(await found((hash) => `${SEALS.seal(hash)}.`)).toEqual([undefined]);
        const cells = await cellsOf();
        const put = (key: string, over: object = {}) =>
          tables.agenda.commit(shardOf(ticketed), [{ op: 'put', key, cells: { ...cells, ...over } }]);
        await put(hintKey(hint('b', { due: later(13) })));
        expect(await found()).toEqual([undefined, ticket]);
        await put(hintKey(ticketed), { ticket: String(cells['ticket']).replace('/vms/sql-01', '/vms/sql-02') });
        expect(await found()).toEqual([undefined, undefined]);
      });

      test('of newer code is none', async () => {
        await hintWriter(tables.agenda, SEALS.seal)([ticketed]);
        const cells = await cellsOf();
        const text = String(cells['ticket']).replace('"loss"', '"lost"');
        const seal = SEALS.seal(ticketHash(ticketed, text));
        await tables.agenda.commit(shardOf(ticketed), [
          { op: 'put', key: hintKey(ticketed), cells: { ...cells, ticket: text, seal } },
        ]);
        expect(await found()).toEqual([undefined]);
      });
    });

    test('takes any number at once, those of a vault in one shard, the earliest first', async () => {
      const hints = Array.from({ length: 300 }, (_, at) => hint(`i${at}`, { due: later(300 - at) }));
      await hintWriter(tables.agenda, SEALS.seal)(hints);
      const rows = await all();
      expect(rows).toHaveLength(300);
      expect(new Set(rows.map(({ shard }) => shard)).size).toBe(1);
      const dues = rows.map(({ cells }) => String(cells['due']));
      expect(dues).toEqual(dues.toSorted());
    });

    test('is read in pages: behind a key, and no further than another, that one as well', async () => {
      const hints = ['a', 'b', 'b2', 'c', 'd'].map((item) => hint(item));
      await hintWriter(tables.agenda, SEALS.seal)(hints);
      const shard = shardOf(hint('a'));
      const page = async (stretch: Omit<AgendaStretch, 'limit'>, limit = 2) => {
        const { found, last } = await agenda.due(shard, NOON, { ...stretch, limit });
        return { items: found.map(({ item }) => item), last };
      };
      expect(await page({})).toEqual({ items: ['a', 'b'], last: hintKey(hint('b')) });
      expect(await page({ after: hintKey(hint('b')) })).toEqual({ items: ['b2', 'c'], last: hintKey(hint('c')) });
      expect(await page({ after: hintKey(hint('c')) })).toEqual({ items: ['d'], last: undefined });
      expect(await page({ through: hintKey(hint('b')) }, 9)).toEqual({ items: ['a', 'b'], last: undefined });
      expect((await agenda.due(shard, later(0, -1), { limit: 9 })).found).toEqual([]);
    });

    test('what is dealt with is struck off by the transaction that writes what follows from it; who struck it before is no matter', async () => {
      const seen = nothingSeen();
      const write = hintWriter(counted(tables, seen).agenda, SEALS.seal);
      await write([hint('a'), hint('b')]);
      Object.assign(seen, nothingSeen());
      await write([hint('c')], [hint('a'), hint('b')]);
      expect(seen).toMatchObject({ requests: 1, rowsWritten: 3 });
      expect((await all()).map(({ key }) => key)).toEqual([hintKey(hint('c'))]);
      await write([hint('d')], [hint('a'), hint('c')]);
      expect((await all()).map(({ key }) => key)).toEqual([hintKey(hint('d'))]);
      await write([hint('d'), hint('e')], [hint('d')]);
      expect((await all()).map(({ key }) => key)).toEqual([hintKey(hint('d')), hintKey(hint('e'))]);
    });

    test('what lies in another shard than its vault’s is struck off when all that follows from it stands', async () => {
      const elsewhere = must(SHARD_NAMES.find((shard) => shard !== shardOf(hint('a'))));
      const found = { shard: elsewhere, key: hintKey(hint('a')) };
      await tables.agenda.commit(elsewhere, [{ op: 'insert', key: found.key, cells: { v: 1 } }]);
      const written: Written[] = [];
      await hintWriter(noted(tables, written).agenda, SEALS.seal)([hint('b')], [{ ...hint('a'), tries: 0, found }]);
      expect(written.map(({ partition, ops }) => [partition, ...ops.map(({ op }) => op)])).toEqual([
        [shardOf(hint('b')), 'put'],
        [elsewhere, 'drop'],
      ]);
    });

    test('a hint that the version before wrote to another shard is found there, and struck off there', async () => {
      const elsewhere = must(SHARD_NAMES.find((shard) => shard !== shardOf(hint('a'))));
      const { due, kind, vault, item } = hint('a');
      const cells = { v: 1, kind, vault, item, due: iso(due), tries: 0 };
      await tables.agenda.commit(elsewhere, [{ op: 'insert', key: hintKey(hint('a')), cells }]);
      await hintWriter(tables.agenda, SEALS.seal)([hint('a')]);
      const { found } = await agenda.due(elsewhere, NOON, { limit: 9 });
      expect(found).toMatchObject([{ vault: 'Contoso', item: 'a', found: { shard: elsewhere } }]);
      await agenda.strike(found);
      expect((await all()).map(({ shard }) => shard)).toEqual([shardOf(hint('a'))]);
      await agenda.strike([hint('a')]);
      expect(await all()).toEqual([]);
    });

    test('strikes others along, and leaves them where one of them is not there', async () => {
      const write = hintWriter(tables.agenda, SEALS.seal);
      const itemsLeft = async () => (await all()).map(({ cells }) => cells['item']).toSorted();
      await write(['a', 'b', 'c', 'd'].map((item) => hint(item)));
      await write([], [hint('a')], [hint('b'), hint('a')]);
      expect(await itemsLeft()).toEqual(['c', 'd']);
      await write([hint('e')], [hint('c')], [hint('d'), hint('gone')]);
      expect(await itemsLeft()).toEqual(['d', 'e']);
      await write([], [], [hint('gone')]);
      await write([], [hint('gone'), hint('e')], [hint('gone as well')]);
      expect(await itemsLeft()).toEqual(['d']);
      await write([hint('d')], [], [hint('d')]);
      expect(await itemsLeft()).toEqual(['d']);
    });

    test('reads every hint that is due, also one of before 1970; and one of the end of time when that is due', async () => {
      const [ancient, last] = [instantOf(Date.UTC(1960, 0, 1)), instantOf(8_640_000_000_000_000)];
      await hintWriter(
        tables.agenda,
        SEALS.seal,
      )([hint('old', { due: ancient }), hint('now'), hint('last', { due: last })]);
      const due = async (at: Instant) => {
        const shards = await Promise.all(agenda.shards.map((shard) => agenda.due(shard, at, { limit: 9 })));
        return shards.flatMap(({ found }) => found.map(({ item }) => item));
      };
      expect((await due(NOON)).toSorted()).toEqual(['now', 'old']);
      expect(await due(last)).toHaveLength(3);
      expect(hintKey(hint('old', { due: ancient })) < hintKey(hint('now'))).toBe(true);
    });

    test('of no hints asks nothing of the storage', async () => {
      const refusing = { ...tables.agenda, commit: () => Promise.reject(new Error('asked')) };
      await hintWriter(refusing, SEALS.seal)([]);
    });
  });

  describe('the directory of vaults', () => {
    const list = (vault: string) => commit({ line: 'vault', vault, id: 'made' });

    test('lists each once, in order, a stretch at a time', async () => {
      for (const name of ['b', 'A', 'c', 'B']) await list(name);
      expect(await registry.vaults({ limit: 2 })).toEqual(['a', 'b']);
      expect(await registry.vaults({ limit: 2, after: 'b' })).toEqual(['c']);
    });

    test('keeps the line that is there from one who only lists what is not', async () => {
      const first = { line: 'vault', vault: 'A', unlessListed: true } as const;
      expect([await commit({ ...first, id: 'one' }), await commit({ ...first, id: 'two' })]).toEqual([true, true]);
      expect((await registry.listing('a'))?.value).toEqual({ vault: 'a', id: 'one' });
    });

    test('strikes off what nobody enlisted again in between', async () => {
      await list('a');
      const old = must(await registry.listing('A'));
      await list('a');
      await commit({ line: 'unlistVault', listing: old });
      expect(await registry.vaults({ limit: 9 })).toEqual(['a']);
      await commit({ line: 'unlistVault', listing: must(await registry.listing('a')) });
      expect(await registry.vaults({ limit: 9 })).toEqual([]);
      expect(await registry.listing('a')).toBeUndefined();
    });
  });

  describe('who protects a source', () => {
    const source: Source = { workload: 'AzureVM', sourceId: '/VMs/One', server: null };
    const owner = (vault: string) => ({ vault, item: 'one' });
    const claim = (one: Source, by: Owner, was: Held<Owner> | undefined) =>
      commit({ line: 'source', source: one, owner: by, was });

    test('is asked for without regard to case, and another workload of the same machine is another source', async () => {
      expect(await claim(source, owner('A'), undefined)).toBe(true);
      expect((await registry.owner({ ...source, sourceId: '/vms/one' }))?.value).toEqual(owner('a'));
      expect(await registry.owner({ ...source, workload: 'SQLInAzureVM' })).toBeUndefined();
      expect(await registry.owner({ ...source, server: 's' })).toBeUndefined();
    });

    test('of eight that claim it at once one has it', async () => {
      const done = await Promise.all(Array.from({ length: 8 }, (_, at) => claim(source, owner(`v${at}`), undefined)));
      expect(done.filter(Boolean)).toHaveLength(1);
      expect((await registry.owner(source))?.value.vault).toBe(`v${done.findIndex(Boolean)}`);
    });

    test('is taken over only from whom one saw', async () => {
      await claim(source, owner('a'), undefined);
      const seen = must(await registry.owner(source));
      expect(await claim(source, owner('b'), seen)).toBe(true);
      expect(await claim(source, owner('c'), seen)).toBe(false);
      expect((await registry.owner(source))?.value).toEqual(owner('b'));
    });
  });
});
