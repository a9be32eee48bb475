import { beforeEach, describe, expect, test } from 'vitest';
import { inParts } from '../../../src/change.ts';
import type { AlertType } from '../../../src/core/alertTypes.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { type Answer, anAlert, aWorld, type World } from '../../support/alerts.ts';
import { appOver } from '../../support/app.ts';
import { aPolicy, aVault } from '../../support/builders.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { newHead, newId, portsOver } from '../../support/world.ts';

const deletion = (item = 'sql-01', over = {}) => anAlert('DeleteBackupData', { item, generation: 1 }, over);

let world: World;
beforeEach(async () => {
  world = await aWorld();
});

const code = ({ status, body }: Answer) => [status, body?.error?.code];
const idsOf = ({ body }: Answer): string[] => body.value.map(({ id }: { id: string }) => id);

/** All pages of a list, by its own links. */
async function pagesOf(route: string, path: string, query: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let next: string | undefined = query; next !== undefined; ) {
    const answer = await world.ask(route, path, { query: next });
    expect(answer.status).toBe(200);
    pages.push(idsOf(answer));
    next = answer.body.nextLink && new URL(answer.body.nextLink).search.slice(1);
    if (pages.length > 100) throw new Error('the list does not end');
  }
  return pages;
}

describe('the alerts of a vault', () => {
  test('come whole, in pages of any size, and never what is only a letter', async () => {
    const items = Array.from({ length: 7 }, (_, at) => `vm-${at}`);
    await world.raise(...items.map((item) => deletion(item)), anAlert('Welcome'), anAlert('Digest'));
    const all = items.map((item) => `Contoso~${item}~DeleteBackupData~1`);
    for (const top of [1, 2, 3, 6, 7, 8, 200]) {
      const pages = await pagesOf('listVaultAlerts', 'contoso', `top=${top}`);
      expect(pages.flat()).toEqual(all);
      for (const page of pages.slice(0, -1)) expect(page).toHaveLength(top);
      expect(pages).toHaveLength(Math.ceil(7 / top));
    }
  });

  test('are filtered by state and type, and the links keep the filter', async () => {
    await world.raise(
      deletion('a'),
      deletion('b', { state: 'Acknowledged' }),
      deletion('c', { state: 'Closed' }),
      anAlert('ItemUndeleted', { item: 'a', generation: 1 }),
      anAlert('ItemUndeleted', { item: 'c', generation: 1 }),
    );
    const listed = async (query: string) =>
      (await pagesOf('listVaultAlerts', 'Contoso', `top=1&${query}`)).flat().map((id) => id.split('~')[1]);
    expect(await listed('state=New')).toEqual(['a', 'a', 'c']);
    expect(await listed('state=Closed')).toEqual(['c']);
    expect(await listed('type=DeleteBackupData')).toEqual(['a', 'b', 'c']);
    expect(await listed('type=ItemUndeleted&state=New')).toEqual(['a', 'c']);
    expect(await listed('type=PurgeStuck')).toEqual([]);
  });

  test.for(['state=Open', 'state=', 'type=Nonsense', 'type=Digest', 'type=Welcome', 'top=0', 'continuation=x'])(
    'cannot be asked for by %s',
    async (query) => {
      const [target = ''] = query.split('=');
      for (const [route, path] of [
        ['listVaultAlerts', 'Contoso'],
        ['listAlerts', ''],
      ] as const)
        expect((await world.ask(route, path, { query })).body.error).toMatchObject({
          code: 'InvalidRequest',
          details: [{ target: `?${target}` }],
        });
    },
  );

  test('of a vault that is not there are 404', async () => {
    expect(code(await world.ask('listVaultAlerts', 'Nowhere'))).toEqual([404, 'VaultNotFound']);
  });
});

describe('the list of all alerts', () => {
  test('is the service’s own, then vault by vault; no page size loses or repeats one', async () => {
    for (const name of ['a', 'a-b', 'b', 'empty', 'z']) await world.vault(name);
    const ids: string[] = [];
    for (const vault of [null, 'a', 'a-b', 'b', 'Contoso', 'z'])
      for (const item of ['one', 'two', 'vm'])
        if (vault !== null) {
          await world.raise({ ...anAlert('PurgeComplete', { vault, item, generation: 1 }) });
          ids.push(`${vault}~${item}~PurgeComplete~1`);
        }
    await world.raise(anAlert('MassPurgeHeld', { vault: null }));
    ids.unshift('~~MassPurgeHeld~0');
    for (const top of [1, 2, 3, 4, 15, 16, 17, 200])
      expect((await pagesOf('listAlerts', '', `top=${top}`)).flat()).toEqual(ids);
  });

  test('reaches past the first stretch of a large vault, and past many empty ones', async () => {
    for (let at = 0; at < 70; at += 1) await world.vault(`v${at}`);
    const ids = Array.from({ length: 130 }, (_, at) => `item-${at + 100}`);
    await world.raise(...ids.map((item) => anAlert('PurgeComplete', { vault: 'v9', item, generation: 1 })));
    const found = (await pagesOf('listAlerts', '', 'top=40')).flat();
    expect(found).toEqual(ids.map((item) => `v9~${item}~PurgeComplete~1`));
  });

  test('goes on where it stopped, although the alert and the vault it stopped at are gone', async () => {
    for (const name of ['a', 'b', 'c']) {
      await world.vault(name);
      await world.raise(anAlert('PurgeComplete', { vault: name, item: 'vm', generation: 1 }));
    }
    const first = await world.ask('listAlerts', '', { query: 'top=1' });
    expect(idsOf(first)).toEqual(['a~vm~PurgeComplete~1']);
    const gone = await world.ports.registry.listing('a');
    if (gone) await world.ports.commit({ line: 'unlistVault', listing: gone });
    const query = new URL(first.body.nextLink).search.slice(1);
    expect(idsOf(await world.ask('listAlerts', '', { query }))).toEqual(['b~vm~PurgeComplete~1']);
  });

  test('a page that has looked at very much ends early, and the next one goes on', async () => {
    const many = Array.from({ length: 5100 }, (_, at) => deletion(`vm-${at + 10_000}`));
    await world.raise(...many, deletion('wanted', { state: 'Closed' }));
    for (const [route, path] of [
      ['listAlerts', ''],
      ['listVaultAlerts', 'Contoso'],
    ] as const) {
      const pages = await pagesOf(route, path, 'state=Closed');
      expect(pages).toEqual([[], ['Contoso~wanted~DeleteBackupData~1']]);
    }
  });
});

describe('whatever is there, one answer asks little of storage', () => {
  /** All pages, and the most that one of them asked for. */
  async function asked(tables: Tables, route: string, path: string, start: string) {
    const seen = nothingSeen();
    const ask = appOver(portsOver(counted(tables, seen, Number.POSITIVE_INFINITY)));
    const [ids, most]: [string[], number[]] = [[], []];
    for (let query: string | undefined = start; query !== undefined; ) {
      const before = seen.requests;
      const { status, body } = await ask(route, path, { query });
      most.push(seen.requests - before);
      expect(status).toBe(200);
      const { value, nextLink } = JSON.parse(body);
      ids.push(...value.map(({ id }: { id: string }) => id));
      query = nextLink && new URL(nextLink).search.slice(1);
      if (most.length > 100) throw new Error('the list does not end');
    }
    return { ids, most: Math.max(...most) };
  }

  test('200 vaults without an alert that is listed: 40 requests a page', async () => {
    const tables = memoryTables();
    const { commit } = portsOver(tables);
    const names = Array.from({ length: 200 }, (_, at) => `v${at + 100}`);
    for (const vault of names) await commit({ line: 'vault', vault, id: 'made' });
    const alerts = (vault: string, type: AlertType) => [
      { was: undefined, now: anAlert(type, { vault, item: 'vm', generation: 1 }, { notifications: [] }) },
    ];
    for (const vault of names) await commit({ vault, id: newId(), alerts: alerts(vault, 'Digest') });
    await commit({ vault: 'v299', id: newId(), alerts: alerts('v299', 'PurgeComplete') });
    expect(await asked(tables, 'listAlerts', '', '')).toEqual({
      ids: ['v299~vm~PurgeComplete~1'],
      most: expect.toSatisfy((most: number) => most <= 40),
    });
  });

  test('one vault of 5,500 alerts, of which one is wanted: 6 requests a page, and 40 among all', async () => {
    const tables = memoryTables();
    const { commit } = portsOver(tables);
    await commit({ line: 'vault', vault: 'Contoso', id: 'made' });
    await commit(newHead(aVault(), undefined, aPolicy('daily')));
    const all = Array.from({ length: 5500 }, (_, at) => deletion(`vm-${at + 10_000}`, { notifications: [] }));
    const wanted = anAlert('PurgeComplete', { item: 'vm-15400', generation: 1 }, { notifications: [] });
    for (const part of inParts([...all, wanted], 20))
      await commit({ vault: 'Contoso', id: newId(), alerts: part.map((now) => ({ was: undefined, now })) });
    for (const [route, path, bound] of [
      ['listVaultAlerts', 'Contoso', 6],
      ['listAlerts', '', 40],
    ] as const)
      expect(await asked(tables, route, path, 'type=PurgeComplete')).toEqual({
        ids: [wanted.id],
        most: expect.toSatisfy((most: number) => most <= bound),
      });
  });
});
