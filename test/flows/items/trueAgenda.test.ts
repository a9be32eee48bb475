/** Of hints to its purge a soft-deleted item has one, when it may go; whoever moves or ends that strikes the one that was. */
import { describe, expect, test } from 'vitest';
import { standingPurge } from '../../../src/core/hints.ts';
import type { ItemIn } from '../../../src/core/item.ts';
import { addMillis, type Instant, iso } from '../../../src/core/time.ts';
import { strikeRidden } from '../../../src/flows/notify/ridden.ts';
import { hintWriter } from '../../../src/store/agenda.ts';
import { SHARD_NAMES } from '../../../src/store/keys.ts';
import type { Row, Table } from '../../../src/store/table.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { appOver } from '../../support/app.ts';
import { later } from '../../support/builders.ts';
import { SEALS } from '../../support/stores.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { tablesThrough } from '../../support/through.ts';
import { must, setPause } from '../../support/world.ts';
import { VAULT } from '../notify/office.ts';
import { deleted, ITEM } from '../sweep/deleted.ts';
import { BY_TICKET, purgeHints, told } from '../sweep/ticketed.ts';

type Deleted = Awaited<ReturnType<typeof deleted>>;

/** `purge 14`, for each hint to purge or to warn of the item; days from noon on. */
const hintsOf = async ({ agenda }: Tables, item = ITEM): Promise<readonly string[]> => {
  const rows = (await Promise.all(SHARD_NAMES.map((shard) => agenda.range(shard, { prefix: '0' })))).flat();
  return rows
    .filter(({ key }) => `${key}!`.includes(`!${item}!`) && /!(purge|warn)!/.test(key))
    .map(({ key, cells }) => `${key.split('!')[1]} ${(Date.parse(String(cells['due'])) - +later(0)) / 86_400_000}`)
    .toSorted();
};
const untrue = async ({ tables, now }: Deleted, after = 7_200_000) =>
  (await checkStore(scanTables(tables), addMillis(now(), after))).findings.map(({ message }) => message);
const hold = async (one: Deleted, until: Instant | null) => {
  const body = { reason: 'lawsuit', ...(until ? { until: iso(until) } : {}) };
  const path = `${VAULT}/${ITEM}/legal`;
  return (await appOver(one.ports)('putHold', path, { body })).status;
};
const release = async (one: Deleted) => (await appOver(one.ports)('deleteHold', `${VAULT}/${ITEM}/legal`)).status;

function countedTables() {
  const plain = memoryTables();
  const counted: string[] = [];
  const watch = (table: Table): Table => ({
    ...table,
    get: (partition, key) => {
      counted.push(`get ${partition}`);
      return table.get(partition, key);
    },
    range: (partition, asked) => {
      counted.push(`range ${partition}`);
      return table.range(partition, asked);
    },
    commit: (partition, ops) => {
      counted.push(`commit ${partition}`);
      return table.commit(partition, ops);
    },
  });
  return { counted, tables: { ...plain, vaults: watch(plain.vaults), agenda: watch(plain.agenda) } };
}

describe('an undelete', () => {
  test('leaves its hints until it is told, and then none; the vault is tidied all the same', async () => {
    const one = await deleted();
    await one.work();
    await one.moveTo(later(1));
    expect(await one.ask('undeleteItem')).toBe(200);
    expect(await hintsOf(one.tables)).toEqual(['purge 14', 'warn 12']);
    expect(await untrue(one)).toEqual([]);
    await one.work();
    expect(await hintsOf(one.tables)).toEqual([]);
    expect(await untrue(one)).toEqual([]);
    expect(await one.sweep()).toMatchObject({ failed: 0 });
    expect(await one.at(later(14))).toMatchObject({ due: 0, retold: 0, skipped: 0 });
  });

  test.each([
    ['that nobody is to hear of', { recipients: [], owners: [] }, 0],
    ['that is told in a digest', { mode: 'HourlyDigest' } as const, 3_700],
  ])('%s leaves none either', async (_, alerts, seconds) => {
    const one = await deleted({ alerts });
    await one.pass(4_000);
    await one.ask('undeleteItem');
    expect(await hintsOf(one.tables)).toEqual(['purge 14', 'warn 12']);
    await one.pass(seconds);
    expect(await hintsOf(one.tables)).toEqual([]);
    expect(await untrue(one)).toEqual([]);
  });

  test.each(['undelete first', 'resume first'])(
    'and a resume ride on one hint, which goes with the last: %s',
    async (order) => {
      const one = await deleted();
      await one.work();
      await one.ask('undeleteItem');
      expect(await one.ask('resumeItem', { policy: 'daily' })).toBe(200);
      const [undeleted] = await one.all('ItemUndeleted');
      const [resumed] = await one.all('ItemResumed');
      const ids = [undeleted?.id, resumed?.id];
      expect((await hintsOf(one.tables)).length).toBe(2);
      const [first, second] = order === 'undelete first' ? ids : ids.toReversed();
      await one.take({ vault: VAULT, alerts: [first] });
      expect(await hintsOf(one.tables)).toEqual(['purge 14', 'warn 12']);
      await one.take({ vault: VAULT, alerts: [second] });
      expect(await hintsOf(one.tables)).toEqual([]);
      expect(await untrue(one)).toEqual([]);
    },
  );

  test('that was told has taken its hint along: a resume writes its own', async () => {
    const one = await deleted();
    await one.work();
    await one.ask('undeleteItem');
    await one.work();
    expect(await one.ports.vaults.item(VAULT, ITEM)).not.toHaveProperty('value.purgeHintAt');
    expect(await one.ask('resumeItem', { policy: 'daily' })).toBe(200);
    const [resumed] = await one.all('ItemResumed');
    expect(resumed).not.toHaveProperty('rides');
    // whoever dies now is followed by the next sweep
    await one.moveTo(addMillis(one.now(), 120_000));
    expect(await one.sweep()).toMatchObject({ retold: 1 });
  });

  test('that is told while somebody resumes strikes nothing on which that rides', async () => {
    const plain = memoryTables();
    let between: (() => Promise<void>) | undefined;
    const vaults: Table = {
      ...plain.vaults,
      get: async (partition, key) => {
        const row = await plain.vaults.get(partition, key);
        const [work] = key.endsWith(`!item!${ITEM}`) && between ? [between] : [];
        if (work) between = undefined;
        await work?.();
        return row;
      },
    };
    const one = await deleted({ tables: { ...plain, vaults } });
    await one.work();
    await one.ask('undeleteItem');
    const notice = async () => one.take({ vault: VAULT, alerts: [(await one.all('ItemUndeleted'))[0]?.id] });
    // the resume has read the item, which names its hint, when the undelete is told
    between = notice;
    expect(await one.ask('resumeItem', { policy: 'daily' })).toBe(200);
    expect((await one.all('ItemResumed'))[0]).not.toHaveProperty('rides');

    const two = await deleted({ tables: { ...memoryTables() } });
    await two.work();
    await two.ask('undeleteItem');
    await two.ask('resumeItem', { policy: 'daily' });
    const told = (await two.all('ItemUndeleted')).map((alert) => ({ ...alert, notifications: [] }));
    await strikeRidden(two.ports, two.now(), told);
    expect(await hintsOf(two.tables)).toEqual(['purge 14', 'warn 12']);
  });

  test('whose item is deleted again keeps nothing from its next purge', async () => {
    const one = await deleted();
    await one.work();
    await one.ask('undeleteItem');
    await one.ask('resumeItem', { policy: 'daily' });
    // in the very same instant
    expect(await one.ask('stopItem', { mode: 'delete', confirmName: ITEM })).toBe(200);
    expect(await hintsOf(one.tables)).toEqual(['purge 14', 'purge 14', 'warn 12']);
    await one.work();
    expect(await hintsOf(one.tables)).toEqual(['purge 14', 'warn 12']);
    expect(await untrue(one)).toEqual([]);
  });
});

describe('twenty undeletes that one notice tells', () => {
  const items = Array.from({ length: 20 }, (_, index) => `vm-${index}`);

  /** Told one by one, and without a mail: what is left is what their hints cost. */
  async function undeleted(tables: Tables) {
    const one = await deleted({ tables });
    const app = appOver(one.ports);
    const remove = (item: string) =>
      app('stopItem', `${VAULT}/${item}`, { body: { mode: 'delete', confirmName: item } });
    for (const item of items) {
      const body = { workload: 'AzureVM', policy: 'daily', sourceId: `/${item}` };
      await app('protectItem', `${VAULT}/${item}`, { body });
      await remove(item);
    }
    await one.work();
    for (const item of items) await app('undeleteItem', `${VAULT}/${item}`, { body: {} });
    const raised = await one.all('ItemUndeleted');
    expect(raised.map(({ rides }) => rides?.length)).toEqual(items.map(() => 2));
    const told = raised.map((alert) => ({ ...alert, notifications: [] }));
    const deleteAgain = async (item: string) => {
      await app('resumeItem', `${VAULT}/${item}`, { body: { policy: 'daily' } });
      expect(await remove(item)).toMatchObject({ status: 200 });
    };
    return { one, deleteAgain, tell: () => strikeRidden(one.ports, one.now(), told) };
  }

  test('cost three requests: their items lie together, change together, and so do their hints', async () => {
    const { counted, tables } = countedTables();
    const { tell } = await undeleted(tables);
    counted.length = 0;
    await tell();
    expect(counted).toEqual(['range contoso', 'commit contoso', expect.stringMatching(/^commit shard/)]);
    for (const item of items) expect(await hintsOf(tables, item)).toEqual([]);
  });

  test.each(['before', 'while'])(
    'strike nothing that is needed where one is deleted again %s they are told',
    async (when) => {
      const plain = memoryTables();
      let between: (() => Promise<void>) | undefined;
      const seen = async <T extends Row | readonly Row[] | undefined>(found: T): Promise<T> => {
        const isRead = [found].flat().some((row) => row?.key.endsWith('!item!vm-7'));
        const work = isRead ? between : undefined;
        if (work) between = undefined;
        await work?.();
        return found;
      };
      const vaults: Table = {
        ...plain.vaults,
        get: async (partition, key) => seen(await plain.vaults.get(partition, key)),
        range: async (partition, asked) => seen(await plain.vaults.range(partition, asked)),
      };
      const { one, deleteAgain, tell } = await undeleted({ ...plain, vaults });
      if (when === 'before') await deleteAgain('vm-7');
      else between = () => deleteAgain('vm-7');
      await tell();
      expect(between).toBeUndefined();
      // of the resume nobody was told yet: it rides on the hint of before
      expect(await hintsOf(plain, 'vm-7')).toEqual(['purge 14', 'purge 14', 'warn 12']);
      for (const item of items.filter((name) => name !== 'vm-7')) expect(await hintsOf(plain, item)).toEqual([]);
      await one.work();
      expect(await hintsOf(plain, 'vm-7')).toEqual(['purge 14', 'warn 12']);
      expect(await untrue(one)).toEqual([]);
    },
  );
});

test('a hint to purge that the item does not name is struck when it is due, and the one with the ticket stays', async () => {
  const one = await told();
  const { row } = await one.hint();
  const [hint] = standingPurge((await one.ports.vaults.item(VAULT, ITEM))?.value as ItemIn<'SoftDeleted'>);
  await hintWriter(one.plain.agenda, SEALS.seal)([{ ...must(hint), by: 'nobody', due: later(14, 1) }]);
  await setPause(one.ports, later(15));
  expect(await one.sweptAt(later(14, 120_000))).toMatchObject({ purged: 0 });
  expect((await purgeHints(one.plain)).map(({ row: { key } }) => key)).toEqual([row.key]);
  expect(await one.sweptAt(later(15, 1))).toEqual(BY_TICKET);
});

describe('a hold', () => {
  test('moves the hint to its end, and its end moves it back', async () => {
    const one = await deleted();
    await one.work();
    expect(await hold(one, later(20))).toBe(201);
    expect(await hintsOf(one.tables)).toEqual(['purge 20', 'warn 12']);
    expect(await hold(one, later(30))).toBe(200);
    expect(await hintsOf(one.tables)).toEqual(['purge 30', 'warn 12']);
    expect(await untrue(one)).toEqual([]);
    expect(await release(one)).toBe(204);
    expect(await hintsOf(one.tables)).toEqual(['purge 14', 'warn 12']);
    expect(await untrue(one)).toEqual([]);
  });

  test('that ends before the purge moves nothing', async () => {
    const one = await deleted();
    expect(await hold(one, later(3))).toBe(201);
    expect(await hintsOf(one.tables)).toEqual(['purge 14', 'warn 12']);
  });

  test('without end leaves none; taken off it leaves one, at once where the time is over', async () => {
    const one = await deleted();
    await one.work();
    expect(await hold(one, null)).toBe(201);
    expect(await hintsOf(one.tables)).toEqual(['warn 12']);
    expect(await untrue(one)).toEqual([]);
    await one.moveTo(later(40));
    expect(await release(one)).toBe(204);
    expect((await hintsOf(one.tables)).filter((hint) => hint.startsWith('purge'))).toEqual(['purge 40']);
    expect(await untrue(one)).toEqual([]);
  });

  test('whoever dies over it leaves the right hint, and the next change of it strikes nothing else', async () => {
    for (let last = 1; last <= 6; last += 1) {
      const plain = memoryTables();
      let left = Number.POSITIVE_INFINITY;
      const tables = tablesThrough(plain, async (work) => {
        left -= 1;
        if (left < 0) throw Object.assign(new Error('the process is dead'), { name: 'RestError' });
        return work();
      });
      const one = await deleted({ tables });
      await one.work();
      left = last;
      await hold(one, later(20)).catch(() => undefined);
      left = Number.POSITIVE_INFINITY;
      const item = (await one.ports.vaults.item(VAULT, ITEM))?.value;
      const isHeld = item?.state === 'SoftDeleted' && item.holds.length > 0;
      expect(await hintsOf(plain), `dead before request ${last + 1}`).toContain(isHeld ? 'purge 20' : 'purge 14');
      expect(await untrue(one, 0), `dead before request ${last + 1}`).toEqual([]);
      expect(await hold(one, later(20))).toBeLessThan(300);
      expect(await release(one)).toBe(204);
      expect(await hintsOf(plain)).toContain('purge 14');
      await one.moveTo(later(20, 120_000));
      await one.sweep();
      expect(await one.state()).toBe('SoftDeleted');
    }
  });
});

test('of two who delete at once the one who comes too late leaves no hint', async () => {
  const plain = memoryTables();
  let between: (() => Promise<unknown>) | undefined;
  const vaults: Table = {
    ...plain.vaults,
    commit: async (partition, ops) => {
      const work = ops.some(({ key }) => key.includes('!trash!')) ? between : undefined;
      if (work) between = undefined;
      await work?.();
      return plain.vaults.commit(partition, ops);
    },
  };
  const one = await deleted({ tables: { ...plain, vaults } });
  await one.work();
  await one.ask('undeleteItem');
  await one.ask('resumeItem', { policy: 'daily' });
  await one.work();
  const ask = () => one.ask('stopItem', { mode: 'delete', confirmName: ITEM });
  await one.moveTo(later(1));
  between = ask;
  expect(await ask()).toBe(200);
  expect(await hintsOf(plain)).toEqual(['purge 15', 'warn 13']);
  expect(await untrue(one)).toEqual([]);
});
