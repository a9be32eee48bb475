import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Vaults } from '../../src/ports.ts';
import { keys } from '../../src/store/keys.ts';
import type { Table } from '../../src/store/table.ts';
import { tableVaults } from '../../src/store/vaults.ts';
import { anItem, aPolicy, aVault } from '../support/builders.ts';
import { MAKERS, type Tables } from '../support/tables.ts';
import { headOf, newHead, newId, writing } from '../support/world.ts';

describe.each(MAKERS)('the head of a vault and its fence, $name', ({ open }) => {
  let fresh: () => Tables;
  let table: Table;
  /** Two processes on one storage. */
  let here: Vaults;
  let there: Vaults;
  beforeAll(async () => {
    fresh = await open();
  });
  beforeEach(async () => {
    table = fresh().vaults;
    here = tableVaults(table);
    there = tableVaults(table);
    expect(await here.changeHead(newHead(aVault(), undefined, aPolicy('Daily')))).toBe(true);
  });

  const item = anItem('Protected');
  const everything = () => table.range('contoso', { prefix: '', before: '~' });
  const rowsLike = async (part: string) => (await everything()).filter(({ key }) => key.includes(part));
  /** `there` changes the settings behind the back of `here`. */
  const changedThere = async () => {
    const head = await headOf(there);
    return there.changeHead(newHead({ ...head.vault, etag: newId() }, head, aPolicy('weekly')));
  };

  test('is there for any spelling of the name, with its policies', async () => {
    const head = await headOf(there, 'CONTOSO');
    expect(head.vault).toEqual(aVault());
    expect(head.policies).toEqual([aPolicy('Daily')]);
    expect(await there.head('fabrikam', 'fresh')).toBeUndefined();
  });

  test('is made once', async () => {
    expect(await there.changeHead(newHead(aVault()))).toBe(false);
  });

  test('exactly one fence stands, before and after every change', async () => {
    await changedThere();
    await here.rotateFence('contoso', newId());
    const fences = await rowsLike('!head!fence!');
    expect(fences.map(({ key }) => key)).toEqual([keys.fence('contoso', (await headOf(here)).fence)]);
  });

  test('is remembered until it is asked for fresh', async () => {
    await headOf(here);
    await changedThere();
    expect(await here.head('contoso', 'remembered')).toMatchObject({ remembered: true, policies: [{ name: 'Daily' }] });
    expect(await here.head('contoso', 'fresh')).toMatchObject({ remembered: false, policies: [{}, {}] });
  });

  test('of two changes of what both read one wins', async () => {
    const head = await headOf(here);
    const change = (policy: string) => newHead({ ...head.vault, etag: policy }, head, aPolicy(policy));
    const done = await Promise.all([here.changeHead(change('a')), there.changeHead(change('b'))]);
    expect(done.filter(Boolean)).toHaveLength(1);
    const { policies } = await headOf(here);
    expect(policies.map(({ name }) => name)).toEqual([done[0] ? 'a' : 'b', 'Daily']);
  });

  describe('a decision that rests on it', () => {
    test('is written while it stands, by any number at once', async () => {
      const { fence } = await headOf(here);
      const done = await Promise.all(
        ['a', 'b', 'c', 'd'].map((name) => there.commit(writing({ ...item, name }, undefined, { fence }))),
      );
      expect(done).toEqual([true, true, true, true]);
    });

    test.each([
      ['a change of settings or policies', changedThere],
      ['a rotation of the fence', () => there.rotateFence('contoso', newId())],
    ])('cannot be written after %s: neither the item nor its history', async (_, meanwhile) => {
      const { fence } = await headOf(here);
      await meanwhile();
      expect(await here.commit(writing(item, undefined, { fence }))).toBe(false);
      expect(await here.item('contoso', item.name)).toBeUndefined();
      expect((await here.history('contoso', item.name, { limit: 10 })).entries).toEqual([]);
    });

    test('does not matter to a change that rests on nothing', async () => {
      await changedThere();
      expect(await here.commit(writing(item))).toBe(true);
    });
  });

  test('a rotation changes neither settings nor policies', async () => {
    const before = await headOf(here);
    await there.rotateFence('contoso', newId());
    const after = await headOf(here);
    expect([after.vault, after.policies]).toEqual([before.vault, before.policies]);
    expect(after.fence).not.toBe(before.fence);
  });

  describe('closing the vault', () => {
    test('is the end of it for everyone, and of what is in flight', async () => {
      const head = await headOf(here);
      expect(await here.closeVault(head)).toBe(true);
      expect(await there.head('contoso', 'fresh')).toBeUndefined();
      expect(await there.commit(writing(item, undefined, { fence: head.fence }))).toBe(false);
    });

    test('fails when something was created since the head was read', async () => {
      const head = await headOf(here);
      await there.commit(writing(item, undefined, { fence: head.fence }));
      expect(await here.closeVault(head)).toBe(false);
      expect(await there.head('contoso', 'fresh')).toBeDefined();
    });

    test('against a creation in flight exactly one wins, in twenty rounds', async () => {
      for (let round = 0; round < 20; round += 1) {
        const vaults = tableVaults(fresh().vaults);
        await vaults.changeHead(newHead(aVault()));
        const head = await headOf(vaults);
        const create = () => vaults.commit(writing(item, undefined, { fence: head.fence }));
        const close = () => vaults.closeVault(head);
        const done = await Promise.all(round % 2 === 0 ? [create(), close()] : [close(), create()]);
        expect(done.filter(Boolean)).toHaveLength(1);
      }
    });
  });

  describe('clearing what is left of a closed vault', () => {
    const fill = async (count: number) => {
      const { fence } = await headOf(here);
      for (let at = 0; at < count; at += 1)
        await here.commit(writing({ ...item, name: `i${at}` }, undefined, at === 0 ? { fence } : {}));
    };

    test('takes all of it, however much', async () => {
      await fill(130);
      await here.closeVault(await headOf(here));
      await there.clearVault('Contoso');
      expect(await everything()).toEqual([]);
    });

    test('does nothing to a vault that lives', async () => {
      await fill(2);
      const before = await everything();
      await there.clearVault('contoso');
      expect(await everything()).toEqual(before);
    });

    /** Clears late: after its first look another clears, makes the vault anew, and puts things of the same names in it. */
    const clearLate = async () => {
      let overtaken = false;
      const overtake = async () => {
        if (overtaken) return;
        overtaken = true;
        await there.clearVault('contoso');
        await there.changeHead(newHead(aVault({ etag: 'new' }), undefined, aPolicy('Daily')));
        await there.commit(writing({ ...item, name: 'i0' }));
      };
      const range: Table['range'] = async (...asked) => {
        const rows = await table.range(...asked);
        await overtake();
        return rows;
      };
      await tableVaults({ ...table, range }).clearVault('contoso');
      expect(overtaken).toBe(true);
    };

    test.each([
      ['with much left to clear', 120, false],
      ['with nothing left but names that the new one uses as well', 1, true],
    ])('that comes late does nothing to a new vault of the same name, %s', async (_, count, nearlyDone) => {
      await fill(count);
      await here.closeVault(await headOf(here));
      const stays = [keys.vault('contoso'), keys.policy('contoso', 'Daily'), keys.item('contoso', 'i0')];
      const gone = (await everything()).filter(({ key }) => !stays.includes(key));
      if (nearlyDone)
        await table.commit(
          'contoso',
          gone.map(({ key }) => ({ op: 'drop', key })),
        );
      await clearLate();
      expect(await headOf(there)).toMatchObject({ vault: { etag: 'new' }, policies: [{ name: 'Daily' }] });
      expect((await there.items('contoso', { limit: 1000 })).items).toHaveLength(1);
    });
  });
});
