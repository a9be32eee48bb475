/** Chains of history, over tables in memory and in Azurite: numbered without a gap, whoever writes at once, and broken by whoever changes them. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../src/core/caller.ts';
import { brokenIn, canonical, isLinked, START } from '../../src/core/evidence.ts';
import type { Table } from '../../src/store/table.ts';
import { aDeletedVault, anItem, aVault, NOON } from '../support/builders.ts';
import { type PlainStores, plainStores, SEALS } from '../support/stores.ts';
import { MAKERS, type Tables } from '../support/tables.ts';
import { anEntry, must, newHead, newId, writing } from '../support/world.ts';

const CHAIN = 'vault/contoso/item/sql-01';
const V = 'contoso';

describe.each(MAKERS)('chains, $name', ({ open }) => {
  let fresh: () => Tables;
  let tables: Tables;
  let here: PlainStores;
  let requests: string[] = [];

  beforeEach(async () => {
    fresh ??= await open();
    tables = fresh();
    here = plainStores(tables);
    await here.commit(writing(anItem('Protected')));
  });

  const note = (stores: PlainStores, over: Partial<Entry> = {}) =>
    stores.commit({ vault: 'Contoso', id: newId(), entries: [anEntry('sql-01', { outcome: 'Refused', ...over })] });
  const change = async (stores: PlainStores) => {
    const was = must(await stores.vaults.item(V, 'sql-01'));
    return stores.commit(writing({ ...was.value, etag: newId() }, was));
  };
  const rows = async () => (await here.vaults.history(V, { item: 'sql-01' }, { limit: 1000 })).found;
  const numbers = async () => (await rows()).map(({ seq }) => seq).toReversed();
  const known = async () => (await here.vaults.item(V, 'sql-01'))?.value.evidence;
  const broken = async () => brokenIn(CHAIN, await rows(), { known: await known(), isEnd: true, holds: SEALS.holds });
  /** Another instance of the service. It remembers nothing, and its requests are counted. */
  const counted = (): PlainStores => {
    requests = [];
    const { get, range, across, commit, remove } = tables.vaults;
    const note = <R>(what: string, work: () => R): R => {
      requests.push(what);
      return work();
    };
    const vaults: Table = {
      get: (...asked) => note('get', () => get(...asked)),
      range: (...asked) => note('range', () => range(...asked)),
      across: (...asked) => note('across', () => across(...asked)),
      commit: (...asked) => note('commit', () => commit(...asked)),
      remove,
    };
    return plainStores({ ...tables, vaults });
  };

  test('every entry is bound to the one before, and the item remembers its last change', async () => {
    await change(here);
    await note(here);
    const entries = (await rows()).map(({ entry }) => must(entry)).filter(isLinked);
    expect(entries.map(({ link }) => link.seq)).toEqual([3, 2, 1]);
    expect(entries.map(({ link }) => link.prev)).toEqual([
      ...entries.slice(1).map(({ link }) => link.hash),
      START.hash,
    ]);
    expect(await known()).toEqual({ seq: 2, hash: entries[1]?.link.hash });
    expect(await broken()).toEqual([]);
  });

  test('a change costs one request, and two more where something was noted since its subject changed', async () => {
    const there = counted();
    await change(there);
    expect(requests).toEqual(['get', 'commit']);
    await note(here);
    await note(here);
    requests = [];
    await change(there);
    expect(requests).toEqual(['get', 'commit', 'range', 'commit']);
    expect(await numbers()).toEqual([1, 2, 3, 4, 5]);
  });

  test('a note of whom this process knows costs one request', async () => {
    const there = counted();
    await there.vaults.item(V, 'sql-01');
    requests = [];
    await note(there);
    await note(there);
    expect(requests).toEqual(['commit', 'commit']);
  });

  test('of two who change the item at once one loses, and its number is not used', async () => {
    const there = plainStores(tables);
    const was = must(await here.vaults.item(V, 'sql-01'));
    const same = () => writing({ ...was.value, etag: newId() }, was);
    const done = await Promise.all([here.commit(same()), there.commit(same())]);
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await numbers()).toEqual([1, 2]);
  });

  test('whoever only notes something loses nothing, however many do so at once', async () => {
    const many = [here, plainStores(tables), plainStores(tables)];
    const done = await Promise.all(
      Array.from({ length: 12 }, (_, at) => note(must(many[at % 3]), { requestId: `n${at}` })),
    );
    expect(done.filter((one) => !one)).toEqual([]);
    expect(await numbers()).toEqual(Array.from({ length: 13 }, (_, at) => at + 1));
    const asked = (await rows()).map(({ entry }) => entry?.requestId);
    expect(new Set(asked).size).toBe(13);
    expect(await broken()).toEqual([]);
  });

  test('100 refusals by 16 clients of one process do not keep a change waiting', async () => {
    const there = counted();
    const was = must(await there.vaults.item(V, 'sql-01'));
    let left = 100;
    const client = async () => {
      while (left > 0) {
        left -= 1;
        expect(await note(there)).toBe(true);
      }
    };
    const clients = Array.from({ length: 16 }, client);
    const before = requests.length;
    expect(await there.commit(writing({ ...was.value, etag: newId() }, was))).toBe(true);
    expect(requests.length - before).toBeLessThanOrEqual(10);
    await Promise.all(clients);
    expect(await numbers()).toHaveLength(102);
    expect(await broken()).toEqual([]);
  });

  test('an entry that cannot be read keeps nobody from going on', async () => {
    const [newest] = await tables.vaults.range(V, { prefix: `${V}!audit!sql-01!!` });
    await tables.vaults.commit(V, [{ op: 'put', key: must(newest).key, cells: { v: 1, doc0: '{' } }]);
    const there = plainStores(tables);
    expect(await note(there)).toBe(true);
    expect(await change(there)).toBe(true);
    expect(await numbers()).toEqual([1, 2, 3]);
    expect(await broken()).toEqual([1]);
  });

  test('what is made again under a name goes on with its chain', async () => {
    await here.commit(newHead(aVault()));
    const head = must(await here.vaults.head(V, 'fresh'));
    await here.commit(newHead(aDeletedVault(head.vault), head));
    const deleted = must(await here.vaults.deleted(V));
    await here.vaults.emptyVault(deleted, () => true);
    const was = must(await here.vaults.deleted(V));
    await here.commit({
      ...{ vault: V, id: newId(), entries: [anEntry(null)] },
      grave: { was, now: { id: was.vault.id, removedAt: NOON } },
    });
    const there = plainStores(tables);
    expect(await there.commit(newHead(aVault()))).toBe(true);
    expect(await there.commit(writing(anItem('Protected')))).toBe(true);
    expect(await numbers()).toEqual([1, 2]);
    expect(must(await there.vaults.head(V, 'fresh')).vault.evidence?.seq).toBe(4);
    expect(await broken()).toEqual([]);
  });

  test('what is made again goes on behind every generation that its name had, also where nobody knew of them', async () => {
    const first = anItem('SoftDeleted');
    await here.commit(writing(anItem('Protected')));
    const made = must(await here.vaults.item(V, first.name));
    await here.commit(writing({ ...first, generation: made.value.generation + 1 }, made));
    const held = must(await here.vaults.item(V, first.name));
    await here.commit(
      writing(
        {
          state: 'Purged',
          vault: V,
          name: first.name,
          generation: 1,
          purgedAt: NOON,
          softDeleteApplied: true,
          server: null,
          etag: 'p',
        },
        held,
      ),
    );
    await here.vaults.forget(V, first.name);
    for (const stores of [here, plainStores(tables)]) {
      expect(await stores.commit(writing(anItem('Protected')))).toBe(true);
      const again = must(await stores.vaults.item(V, first.name));
      const { found } = await stores.vaults.history(V, { item: first.name }, { limit: 1 });
      expect(again.value.generation).toBe(Number(must(found[0]).seq) - 1);
      expect(again.value.generation).toBeGreaterThan(1);
      await tables.vaults.remove(V, `${V}!item!${first.name}`, again.tag);
    }
  });

  test('a lost answer to a note is no second note', async () => {
    const { commit } = tables.vaults;
    const stutters = plainStores({
      ...tables,
      vaults: { ...tables.vaults, commit: async (...asked) => (await commit(...asked)) && commit(...asked) },
    });
    await stutters.vaults.item(V, 'sql-01');
    expect(await note(stutters)).toBe(true);
    expect(await numbers()).toEqual([1, 2]);
  });

  describe('somebody who can write to the tables', () => {
    const keyOf = async (seq: number) => {
      const all = await tables.vaults.range(V, { prefix: `${V}!audit!sql-01!!` });
      return must(all.toReversed()[seq - 1]);
    };
    const TAMPERING: Readonly<
      Record<string, { readonly how: () => Promise<unknown>; readonly found: readonly number[] }>
    > = {
      'changes a letter': {
        how: async () => {
          const { key, cells } = await keyOf(2);
          const doc0 = String(cells['doc0']).replace('somebody', 'nobody__');
          return tables.vaults.commit(V, [{ op: 'put', key, cells: { ...cells, doc0 } }]);
        },
        found: [2],
      },
      'removes an entry': {
        how: async () => tables.vaults.commit(V, [{ op: 'drop', key: (await keyOf(2)).key }]),
        found: [2],
      },
      'removes the last one': {
        how: async () => tables.vaults.commit(V, [{ op: 'drop', key: (await keyOf(4)).key }]),
        found: [4],
      },
      'makes an entry unreadable': {
        how: async () =>
          tables.vaults.commit(V, [{ op: 'put', key: (await keyOf(3)).key, cells: { v: 1, doc0: '{' } }]),
        found: [3],
      },
      'makes the chain anew, without the key': {
        how: async () => {
          const forger = fresh();
          const forged = plainStores(forger);
          await forged.commit(
            writing(anItem('Protected'), undefined, { entries: [anEntry('sql-01', { operation: 'Forged' })] }),
          );
          const [row] = await forger.vaults.range(V, { prefix: `${V}!audit!sql-01!!` });
          const { key, cells } = must(row);
          const doc0 = String(cells['doc0']).replace(/"seal":"[^"]*"/, '"seal":"forged"');
          return tables.vaults.commit(V, [{ op: 'put', key, cells: { ...cells, doc0 } }]);
        },
        found: [1],
      },
    };

    test.each(Object.entries(TAMPERING))('%s: it shows', async (_, { how, found }) => {
      for (let at = 0; at < 3; at += 1) await change(here);
      expect(await broken()).toEqual([]);
      await how();
      expect(await broken()).toEqual(found);
    });
  });
});

test('the canonical form is that of RFC 8785', () => {
  expect(canonical({ b: [1, 'ü', { d: null, c: undefined }], a: 1e21, '€': '\u2028"', A: -0 })).toBe(
    '{"A":0,"a":1e+21,"b":[1,"ü",{"d":null}],"€":"\u2028\\""}',
  );
});
