import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HeldHead } from '../../src/change.ts';
import { keys } from '../../src/store/keys.ts';
import type { Table } from '../../src/store/table.ts';
import { counted, nothingSeen } from '../bench/sweep/tables.ts';
import { aDeletedVault, anItem, aPolicy, aVault } from '../support/builders.ts';
import type { PlainStores } from '../support/stores.ts';
import { historyIn, plainStores } from '../support/stores.ts';
import { MAKERS, type Tables } from '../support/tables.ts';
import { headOf, newHead, newId, writing } from '../support/world.ts';

/** A new fence, and nothing else. */
const newFence = async ({ vaults, commit }: PlainStores) => {
  const head = await headOf(vaults);
  return commit({ vault: 'contoso', id: newId(), head: { was: head, now: head.vault } });
};
const close = ({ commit }: PlainStores, head: HeldHead) => commit(newHead(aDeletedVault(head.vault), head));
/** As the version before left a vault when it died half-way through a deletion. */
const leave = async (table: Table, stores: PlainStores) => {
  const { fence } = await headOf(stores.vaults);
  const row = await table.get('contoso', keys.fence('contoso', fence));
  await table.remove('contoso', keys.fence('contoso', fence), row?.tag ?? '');
};

describe.each(MAKERS)('the head of a vault and its fence, $name', ({ open }) => {
  let fresh: () => Tables;
  let tables: Tables;
  let table: Table;
  /** Two processes on one storage. */
  let here: PlainStores;
  let there: PlainStores;
  beforeAll(async () => {
    fresh = await open();
  });
  beforeEach(async () => {
    tables = fresh();
    table = tables.vaults;
    here = plainStores(tables);
    there = plainStores(tables);
    expect(await here.commit(newHead(aVault(), undefined, aPolicy('Daily')))).toBe(true);
  });

  const item = anItem('Protected');
  const everything = () => table.range('contoso', { prefix: '', before: '~' });
  const rowsLike = async (part: string) => (await everything()).filter(({ key }) => key.includes(part));
  /** `there` changes the settings behind the back of `here`. */
  const changedThere = async () => {
    const head = await headOf(there.vaults);
    return there.commit(newHead({ ...head.vault, etag: newId() }, head, aPolicy('weekly')));
  };

  test('is there for any spelling of the name, with its policies', async () => {
    const head = await headOf(there.vaults, 'CONTOSO');
    expect(head.vault).toMatchObject(aVault());
    expect(head.policies).toEqual([aPolicy('Daily')]);
    expect(await there.vaults.head('fabrikam', 'fresh')).toBeUndefined();
  });

  test('is made once', async () => {
    expect(await there.commit(newHead(aVault()))).toBe(false);
  });

  test('exactly one fence stands, before and after every change', async () => {
    await changedThere();
    await newFence(here);
    const fences = await rowsLike('!head!fence!');
    expect(fences.map(({ key }) => key)).toEqual([keys.fence('contoso', (await headOf(here.vaults)).fence)]);
  });

  test('is remembered until it is asked for fresh', async () => {
    await headOf(here.vaults);
    await changedThere();
    expect(await here.vaults.head('contoso', 'remembered')).toMatchObject({
      remembered: true,
      policies: [{ name: 'Daily' }],
    });
    expect(await here.vaults.head('contoso', 'fresh')).toMatchObject({ remembered: false, policies: [{}, {}] });
  });

  test('that is remembered is found true by its fence, one row, and read anew where another fence stands', async () => {
    const seen = nothingSeen();
    const watched = plainStores(counted(tables, seen)).vaults;
    const costOf = async (how: 'fresh' | 'whole') => {
      Object.assign(seen, nothingSeen());
      const head = await watched.head('contoso', how);
      return { policies: head?.policies.length, remembered: head?.remembered, ...seen };
    };
    const rows = (await rowsLike('!head!')).length;
    expect(await costOf('fresh')).toMatchObject({ requests: 1, rowsRead: rows });
    expect(await costOf('fresh')).toMatchObject({ policies: 1, remembered: false, requests: 1, rowsRead: 1 });
    expect(await costOf('whole')).toMatchObject({ policies: 1, requests: 1, rowsRead: rows });
    await changedThere();
    expect(await costOf('fresh')).toMatchObject({ policies: 2, remembered: false, requests: 2, rowsRead: rows + 1 });
    expect(await costOf('fresh')).toMatchObject({ policies: 2, requests: 1, rowsRead: 1 });
  });

  test('is read anew, and not asked after, by whoever lost a change that rested on it', async () => {
    const seen = nothingSeen();
    const watched = plainStores(counted(tables, seen));
    const { fence } = await headOf(watched.vaults);
    await changedThere();
    expect(await watched.commit(writing(item, undefined, { fence }))).toBe(false);
    Object.assign(seen, nothingSeen());
    expect(await watched.vaults.head('contoso', 'fresh')).toMatchObject({ policies: [{}, {}] });
    expect(seen.requests).toBe(1);
  });

  test('of two changes of what both read one wins', async () => {
    const head = await headOf(here.vaults);
    const change = (policy: string) => newHead({ ...head.vault, etag: policy }, head, aPolicy(policy));
    const done = await Promise.all([here.commit(change('a')), there.commit(change('b'))]);
    expect(done.filter(Boolean)).toHaveLength(1);
    const { policies } = await headOf(here.vaults);
    expect(policies.map(({ name }) => name)).toEqual([done[0] ? 'a' : 'b', 'Daily']);
  });

  describe('a decision that rests on it', () => {
    test('is written while it stands, by any number at once', async () => {
      const { fence } = await headOf(here.vaults);
      const done = await Promise.all(
        ['a', 'b', 'c', 'd'].map((name) => there.commit(writing({ ...item, name }, undefined, { fence }))),
      );
      expect(done).toEqual([true, true, true, true]);
    });

    test.each([
      ['a change of settings or policies', changedThere],
      ['a rotation of the fence', () => newFence(there)],
    ])('cannot be written after %s: neither the item nor its history', async (_, meanwhile) => {
      const { fence } = await headOf(here.vaults);
      await meanwhile();
      expect(await here.commit(writing(item, undefined, { fence }))).toBe(false);
      expect(await here.vaults.item('contoso', item.name)).toBeUndefined();
      expect(await historyIn(here, 'contoso', item.name)).toEqual([]);
    });

    test('does not matter to a change that rests on nothing', async () => {
      await changedThere();
      expect(await here.commit(writing(item))).toBe(true);
    });
  });

  test('a rotation changes neither settings nor policies', async () => {
    const before = await headOf(here.vaults);
    await newFence(there);
    const after = await headOf(here.vaults);
    expect([after.vault, after.policies]).toEqual([before.vault, before.policies]);
    expect(after.fence).not.toBe(before.fence);
  });

  describe('closing the vault', () => {
    test('is the end of it for everyone, and of what is in flight', async () => {
      const head = await headOf(here.vaults);
      expect(await close(here, head)).toBe(true);
      expect(await there.vaults.head('contoso', 'fresh')).toBeUndefined();
      expect(await there.commit(writing(item, undefined, { fence: head.fence }))).toBe(false);
    });

    test('fails when something was created since the head was read', async () => {
      const head = await headOf(here.vaults);
      await there.commit(writing(item, undefined, { fence: head.fence }));
      expect(await close(here, head)).toBe(false);
      expect(await there.vaults.head('contoso', 'fresh')).toBeDefined();
    });

    test('against a creation in flight exactly one wins, in twenty rounds', async () => {
      for (let round = 0; round < 20; round += 1) {
        const stores = plainStores(fresh());
        await stores.commit(newHead(aVault()));
        const head = await headOf(stores.vaults);
        const create = () => stores.commit(writing(item, undefined, { fence: head.fence }));
        const shut = () => close(stores, head);
        const done = await Promise.all(round % 2 === 0 ? [create(), shut()] : [shut(), create()]);
        expect(done.filter(Boolean)).toHaveLength(1);
      }
    });
  });

  describe('clearing what is left of a closed vault', () => {
    const fill = async (count: number) => {
      const { fence } = await headOf(here.vaults);
      for (let at = 0; at < count; at += 1)
        await here.commit(writing({ ...item, name: `i${at}` }, undefined, at === 0 ? { fence } : {}));
    };

    test('takes all of it but its history, however much', async () => {
      await fill(130);
      await leave(table, here);
      const told = (await everything()).filter(({ key }) => key.includes('!audit!'));
      await there.vaults.clearVault('Contoso');
      expect(await everything()).toEqual(told);
    });

    test('does nothing to a vault that lives', async () => {
      await fill(2);
      const before = await everything();
      await there.vaults.clearVault('contoso');
      expect(await everything()).toEqual(before);
    });

    /** Clears late: after its first look another clears, makes the vault anew, and puts things of the same names in it. */
    const clearLate = async () => {
      let overtaken = false;
      const overtake = async () => {
        if (overtaken) return;
        overtaken = true;
        await there.vaults.clearVault('contoso');
        await there.commit(newHead(aVault({ etag: 'new' }), undefined, aPolicy('Daily')));
        await there.commit(writing({ ...item, name: 'i0' }));
      };
      const range: Table['range'] = async (...asked) => {
        const rows = await table.range(...asked);
        await overtake();
        return rows;
      };
      await plainStores({ ...tables, vaults: { ...table, range } }).vaults.clearVault('contoso');
      expect(overtaken).toBe(true);
    };

    test.each([
      ['with much left to clear', 120, false],
      ['with nothing left but names that the new one uses as well', 1, true],
    ])('that comes late does nothing to a new vault of the same name, %s', async (_, count, nearlyDone) => {
      await fill(count);
      await leave(table, here);
      const stays = [keys.vault('contoso'), keys.policy('contoso', 'Daily'), keys.item('contoso', 'i0')];
      const gone = (await everything()).filter(({ key }) => !stays.includes(key) && !key.includes('!audit!'));
      if (nearlyDone)
        await table.commit(
          'contoso',
          gone.map(({ key }) => ({ op: 'drop', key })),
        );
      await clearLate();
      expect(await headOf(there.vaults)).toMatchObject({ vault: { etag: 'new' }, policies: [{ name: 'Daily' }] });
      expect((await there.vaults.items('contoso', { limit: 1000 })).found).toHaveLength(1);
    });
  });
});
