/** Every list of the service, over tables in memory. test/host/http/lists.test.ts walks some of them through the host. */
import { describe, expect, test } from 'vitest';
import {
  anItem,
  aPoint,
  aServer,
  aVault,
  done,
  fresh,
  namesIn,
  numbered,
  pagesOf,
  RETENTION,
  refused,
} from '../host/support/door.ts';
import { allOf } from '../host/support/raw.ts';
import { serviceInMemory } from './serviceInMemory.ts';

const { api, door } = serviceInMemory();

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
      const pages = await pagesOf(door, `${path}?top=${top}`);
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
    expect(nextLink.startsWith(`${api}/api/${path}?`)).toBe(true);
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
