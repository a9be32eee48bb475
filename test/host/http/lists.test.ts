import { describe, expect, test } from 'vitest';
import { sharedService } from '../../support/service.ts';
import {
  anItem,
  aServer,
  aVault,
  done,
  doorOf,
  fresh,
  inTrash,
  namesIn,
  numbered,
  pagesOf,
  RETENTION,
  refused,
} from '../support/door.ts';
import { allOf } from '../support/raw.ts';

const service = await sharedService();
const door = doorOf(service.api);

const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: RETENTION };

test('a list links on by an absolute address of the service that was asked', async () => {
  const path = `vaults/${await aVault(door)}/policies`;
  const { nextLink = '' } = (await door('GET', `${path}?top=1&api-version=2026-11-01`)).body;
  expect(nextLink.startsWith(`${service.api}/api/${path}?`)).toBe(true);
});

describe('paging while others create and delete', () => {
  test('neither loses nor repeats an item that was there all the time', async () => {
    const vault = await aVault(door, { settings: { softDelete: { state: 'Disabled' } } });
    const [lasting, leaving] = [numbered(12, 'm'), numbered(12, 'n')];
    await allOf([...lasting, ...leaving].map((name) => () => anItem(door, vault, name)));
    const pages = await pagesOf(door, `vaults/${vault}/items?top=3`, async (page) => {
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
    const pages = await pagesOf(door, `vaults/${vault}/policies?top=2`, async (page) => {
      if (page === 1) await done(door('DELETE', `vaults/${vault}/policies/${names[0]}`));
    });
    expect(namesIn(pages)).toEqual(['daily', ...names, 'other']);
  });

  test('neither loses nor repeats a vault', async () => {
    const lasting = numbered(6, fresh('lasting'));
    const leaving = numbered(6, fresh('leaving'));
    for (const name of [...lasting, ...leaving])
      await done(door('PUT', `vaults/${name}`, { body: { kind: 'Backup' } }));
    const pages = await pagesOf(door, 'vaults?top=2', async (page) => {
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
    const listed = async (query: string) => namesIn(await pagesOf(door, `vaults/${vault}/items?top=1&${query}`));
    expect(await listed('')).toEqual(['mars-1', 'sql-1', 'vm-1', 'vm-2', 'vm-3']);
    // By workload first, where there is a filter.
    expect(await listed('state=Protected')).toEqual(['vm-1', 'mars-1', 'sql-1']);
    expect(await listed('state=SoftDeleted')).toEqual(['vm-3']);
    expect(await listed('state=ProtectionStopped&workload=AzureVM')).toEqual(['vm-2']);
    expect(await listed('workload=AzureVM')).toEqual(['vm-1', 'vm-2', 'vm-3']);
    expect(await listed(`server=${server.toUpperCase()}`)).toEqual(['mars-1']);
    expect(await listed('includeSoftDeleted=false')).toEqual(['mars-1', 'sql-1', 'vm-1', 'vm-2']);
    expect(await listed('workload=AKS')).toEqual([]);
    // A kind may have any name.
    expect(await listed('workload=vm')).toEqual([]);
  });

  test.for([
    'state=Gone',
    'state=',
    'workload=v!m',
    'workload=',
    'includeSoftDeleted=maybe',
    'state=Protected,SoftDeleted',
  ])('cannot be filtered by %s', async (query) => {
    const vault = await aVault(door);
    const answer = await door('GET', `vaults/${vault}/items?${query}`);
    expect(answer).toMatchObject(refused(400, 'InvalidRequest', { details: [{ target: `?${query.split('=')[0]}` }] }));
  });
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
