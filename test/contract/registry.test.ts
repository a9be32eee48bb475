import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Held, Owner, Source } from '../../src/change.ts';
import type { Hint } from '../../src/core/hints.ts';
import type { Registry } from '../../src/ports.ts';
import { hintWriter } from '../../src/store/agenda.ts';
import { hintKey, SHARD_NAMES, shardOf } from '../../src/store/keys.ts';
import { later, NOON } from '../support/builders.ts';
import type { PlainStores } from '../support/stores.ts';
import { plainStores } from '../support/stores.ts';
import { MAKERS, type Tables } from '../support/tables.ts';
import { must } from '../support/world.ts';

describe.each(MAKERS)('across vaults, $name', ({ open }) => {
  let fresh: () => Tables;
  let tables: Tables;
  let commit: PlainStores['commit'];
  let registry: Registry;
  beforeAll(async () => {
    fresh = await open();
  });
  beforeEach(() => {
    tables = fresh();
    ({ registry, commit } = plainStores(tables));
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
      const write = hintWriter(tables.agenda);
      await write([hint('a'), hint('A')]);
      await write([hint('a')]);
      expect(await all()).toMatchObject([
        { shard: shardOf(hint('A')), key: hintKey(hint('a')), cells: { kind: 'purge', vault: 'Contoso' } },
      ]);
    });

    test('takes any number at once, each in the partition of its item, the earliest first', async () => {
      const hints = Array.from({ length: 300 }, (_, at) => hint(`i${at % 3}`, { due: later(300 - at) }));
      await hintWriter(tables.agenda)(hints);
      const rows = await all();
      expect(rows).toHaveLength(300);
      const ofOne = rows.filter(({ cells }) => cells['item'] === 'i1');
      expect(new Set(ofOne.map(({ shard }) => shard)).size).toBe(1);
      const dues = ofOne.map(({ cells }) => String(cells['due']));
      expect(dues).toEqual(dues.toSorted());
    });

    test('of no hints asks nothing of the storage', async () => {
      const refusing = { ...tables.agenda, commit: () => Promise.reject(new Error('asked')) };
      await hintWriter(refusing)([]);
    });
  });

  describe('the directory of vaults', () => {
    const list = (vault: string) => commit({ line: 'vault', vault });

    test('lists each once, in order, a stretch at a time', async () => {
      for (const name of ['b', 'A', 'c', 'B']) await list(name);
      expect(await registry.vaults({ limit: 2 })).toEqual(['a', 'b']);
      expect(await registry.vaults({ limit: 2, after: 'b' })).toEqual(['c']);
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
