import { describe, expect, test } from 'vitest';
import { startService } from '../../support/service.ts';
import {
  anItem,
  aPoint,
  aServer,
  aVault,
  type Body,
  done,
  doorOf,
  fresh,
  inTrash,
  RETENTION,
  refused,
} from '../support/door.ts';
import { allOf } from '../support/raw.ts';

const service = await startService();
const door = doorOf(service.api);

const MOST_PAGES = 300;

/** All pages of a list, by its own links; `between` runs after each page. */
async function pagesOf(path: string, between: (page: number) => Promise<unknown> = async () => {}): Promise<Body[][]> {
  const pages: Body[][] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { value, nextLink }: Body = await done(door('GET', next));
    pages.push([...value]);
    if (pages.length > MOST_PAGES) throw new Error(`The list ${path} does not end.`);
    next = nextLink;
    await between(pages.length);
  }
  return pages;
}
const namesIn = (pages: Body[][]) => pages.flat().map(({ name }) => name);
const numbered = (count: number, what = 'n') => Array.from({ length: count }, (_, at) => `${what}-${at + 100}`);

const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: RETENTION };

/** Every list of the service: its path, and seven entities in it. */
const LISTS: Readonly<Record<string, () => Promise<{ path: string; names: readonly string[] }>>> = {
  vaults: async () => {
    const names = numbered(7, fresh('list'));
    for (const name of names) await done(door('PUT', `vaults/${name}`, { body: { kind: 'Backup' } }));
    return { path: 'vaults', names };
  },
  policies: async () => {
    const vault = await aVault(door);
    const names = numbered(7);
    for (const name of names) await done(door('PUT', `vaults/${vault}/policies/${name}`, { body: policy }));
    return { path: `vaults/${vault}/policies`, names: ['daily', ...names, 'other'] };
  },
  servers: async () => {
    const vault = await aVault(door);
    const names: string[] = [];
    for (let at = 0; at < 7; at += 1) names.push(await aServer(door, vault));
    return { path: `vaults/${vault}/servers`, names };
  },
  silences: async () => {
    const vault = await aVault(door);
    const names = numbered(7);
    const [from, until] = [0, 3_600_000].map((millis) => new Date(Date.now() + millis).toISOString());
    for (const name of names)
      await done(door('PUT', `vaults/${vault}/silences/${name}`, { body: { from, until, reason: 'list' } }));
    return { path: `vaults/${vault}/silences`, names };
  },
  items: async () => {
    const vault = await aVault(door);
    const names = numbered(7);
    await allOf(names.map((name) => () => anItem(door, vault, name)));
    return { path: `vaults/${vault}/items`, names };
  },
  recoveryPoints: async () => {
    const path = await anItem(door, await aVault(door));
    const names = numbered(7);
    for (const name of names) await aPoint(door, path, name);
    return { path: `${path}/recoveryPoints`, names };
  },
};

describe.for(Object.entries(LISTS))('the list of %s', ([what, make]) => {
  test('comes whole in pages of any size, in one order, nothing twice', async () => {
    const { path, names } = await make();
    for (const top of [1, 2, 3, 7, 8, 200]) {
      const pages = await pagesOf(`${path}?top=${top}`);
      for (const page of pages.slice(0, -1)) expect(page).toHaveLength(top);
      const found = namesIn(pages);
      expect(new Set(found).size).toBe(found.length);
      if (what === 'vaults') expect(found).toEqual(expect.arrayContaining([...names]));
      else expect(found.toSorted()).toEqual(names.toSorted());
    }
  });

  test('links on by an absolute address that says nothing', async () => {
    const { path } = await make();
    const { nextLink = '' } = (await door('GET', `${path}?top=1&api-version=2026-11-01`)).body;
    expect(nextLink.startsWith(`${service.api}/api/${path}?`)).toBe(true);
    expect(new URL(nextLink).searchParams.get('top')).toBe('1');
    expect(new URL(nextLink).searchParams.get('api-version')).toBe('2026-11-01');
    expect(new URL(nextLink).searchParams.get('continuation')).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  test.for(['0', '201', '-1', '1.5', 'x', '', '1e2', '0x10', '9'.repeat(30)])('refuses top=%s', async (top) => {
    const { path } = await make();
    const answer = await door('GET', `${path}?top=${top}`);
    expect(answer).toMatchObject(refused(400, 'InvalidRequest', { target: '?top', details: [{ target: '?top' }] }));
  });

  test.for([
    '',
    'x',
    '!!!',
    '%00',
    '%ff',
    'a'.repeat(3000),
    '../..',
    'eyJhIjoxfQ',
    Buffer.from('x/y').toString('base64url'),
  ])('takes no made-up continuation: %s', async (continuation) => {
    const { path } = await make();
    expect(await door('GET', `${path}?continuation=${continuation}`)).toMatchObject(refused(400, 'InvalidRequest'));
  });
});

describe('paging while others create and delete', () => {
  test('neither loses nor repeats an item that was there all the time', async () => {
    const vault = await aVault(door, { settings: { softDelete: { state: 'Disabled' } } });
    const [lasting, leaving] = [numbered(12, 'm'), numbered(12, 'n')];
    await allOf([...lasting, ...leaving].map((name) => () => anItem(door, vault, name)));
    const pages = await pagesOf(`vaults/${vault}/items?top=3`, async (page) => {
      const name = leaving[page - 1];
      if (name === undefined) return;
      const path = `vaults/${vault}/items/${name}`;
      await done(door('POST', `${path}/stop`, { body: { mode: 'delete', confirmName: name } }));
      for (const before of ['a', 'mz', 'z']) await anItem(door, vault, `${before}-${page}`);
    });
    const found = namesIn(pages);
    expect(new Set(found).size).toBe(found.length);
    expect(found.filter((name) => name.startsWith('m-'))).toEqual(lasting);
  });

  test('goes on when the entity it stopped at is gone', async () => {
    const vault = await aVault(door);
    const names = numbered(6);
    for (const name of names) await done(door('PUT', `vaults/${vault}/policies/${name}`, { body: policy }));
    const pages = await pagesOf(`vaults/${vault}/policies?top=2`, async (page) => {
      if (page === 1) await done(door('DELETE', `vaults/${vault}/policies/${names[0]}`));
    });
    expect(namesIn(pages)).toEqual(['daily', ...names, 'other']);
  });

  test('neither loses nor repeats a vault', async () => {
    const lasting = numbered(6, fresh('lasting'));
    const leaving = numbered(6, fresh('leaving'));
    for (const name of [...lasting, ...leaving])
      await done(door('PUT', `vaults/${name}`, { body: { kind: 'Backup' } }));
    const pages = await pagesOf('vaults?top=2', async (page) => {
      const name = leaving[page - 1];
      if (name !== undefined) await done(door('DELETE', `vaults/${name}`));
    });
    const found = namesIn(pages);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining(lasting));
  });
});

describe('the items of a vault', () => {
  test('are filtered by state, workload and server, and the links keep the filter', async () => {
    const vault = await aVault(door);
    const server = await aServer(door, vault);
    await anItem(door, vault, 'vm-1');
    await anItem(door, vault, 'vm-2');
    await anItem(door, vault, 'sql-1', { workload: 'SQLInAzureVM' });
    await anItem(door, vault, 'mars-1', { workload: 'MARS', server });
    await inTrash(door, vault, 'vm-3');
    await done(door('POST', `vaults/${vault}/items/vm-2/stop`, { body: { mode: 'retain' } }));
    const listed = async (query: string) => namesIn(await pagesOf(`vaults/${vault}/items?top=1&${query}`));
    expect(await listed('')).toEqual(['mars-1', 'sql-1', 'vm-1', 'vm-2', 'vm-3']);
    expect(await listed('state=Protected')).toEqual(['mars-1', 'sql-1', 'vm-1']);
    expect(await listed('state=SoftDeleted')).toEqual(['vm-3']);
    expect(await listed('state=ProtectionStopped&workload=AzureVM')).toEqual(['vm-2']);
    expect(await listed('workload=AzureVM')).toEqual(['vm-1', 'vm-2', 'vm-3']);
    expect(await listed(`server=${server.toUpperCase()}`)).toEqual(['mars-1']);
    expect(await listed('includeSoftDeleted=false')).toEqual(['mars-1', 'sql-1', 'vm-1', 'vm-2']);
    expect(await listed('workload=AKS')).toEqual([]);
  });

  test.for(['state=Gone', 'state=', 'workload=vm', 'includeSoftDeleted=maybe', 'state=Protected,SoftDeleted'])(
    'cannot be filtered by %s',
    async (query) => {
      const vault = await aVault(door);
      const answer = await door('GET', `vaults/${vault}/items?${query}`);
      expect(answer).toMatchObject(
        refused(400, 'InvalidRequest', { details: [{ target: `?${query.split('=')[0]}` }] }),
      );
    },
  );
});

test('a list of what does not exist is 404', async () => {
  const vault = await aVault(door);
  for (const list of ['policies', 'servers', 'items', 'alerts', 'silences'])
    expect(await door('GET', `vaults/no-such/${list}`)).toMatchObject(refused(404, 'VaultNotFound'));
  for (const list of ['recoveryPoints', 'history'])
    expect(await door('GET', `vaults/${vault}/items/no-such/${list}`)).toMatchObject(refused(404, 'ItemNotFound'));
});

test('an empty list is a list', async () => {
  const vault = await aVault(door);
  expect((await door('GET', `vaults/${vault}/items`)).body).toEqual({ value: [] });
  expect((await door('GET', `vaults/${vault}/servers`)).body).toEqual({ value: [] });
});
