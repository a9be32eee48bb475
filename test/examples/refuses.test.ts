/** What it refuses, and whom the marker has to name. */
import { Refuse } from 'reprieve/executor';
import { beforeAll, describe, expect, test } from 'vitest';
import { CONTAINER, dataUnder, left, mark, someTenants, type Tenants, VAULT, without } from './support/tenants.ts';
import { watcherOf } from './support/watched.ts';

let tenants: Tenants;
let watched: Awaited<ReturnType<typeof watcherOf>>;
beforeAll(async () => {
  tenants = await someTenants(14, false);
  watched = await watcherOf(tenants);
});

const data = (prefix: string) => dataUnder(tenants.container, prefix);

describe('it refuses the source', () => {
  const EMPTY = ['', '/', CONTAINER, `${CONTAINER}/`, `${CONTAINER}//`, `${CONTAINER}/a`, `${CONTAINER}/a//b/`];
  const DOTS = [`${CONTAINER}/../`, `${CONTAINER}/./`, `${CONTAINER}/a/../b/`, `${CONTAINER}/a/./`];
  const OTHERS = ['other/a/', `${CONTAINER}2/a/`, `/${CONTAINER}/a/`, `${CONTAINER.toUpperCase()}/a/`];
  test.each([...EMPTY, ...DOTS, ...OTHERS])('%j, and asks storage nothing', async (sourceId) => {
    const { error, calls } = await watched({
      item: 'a',
      prefix: 'a/',
      sourceId,
      totals: { objects: 0, bytes: 0, hash: '' },
    });
    expect(error).toBeInstanceOf(Refuse);
    expect(calls).toEqual([]);
  });

  test('outside of its roots, and a root itself', async () => {
    const tenant = tenants.next();
    const outside = await watched(tenant, { roots: ['archive/', 'item/'] });
    const itself = await watched(tenant, { roots: [tenant.prefix] });
    for (const { error, calls } of [outside, itself]) {
      expect(error).toBeInstanceOf(Refuse);
      expect(calls).toEqual([]);
    }
    expect(without(await data(tenant.prefix))).toEqual(left(0, 1, 2, 3, 4));
  });

  test.each([
    ['names another item', { vault: VAULT, item: 'another' }],
    ['names another vault', { vault: 'another', item: 'ITEM' }],
    ['names nothing', {}],
    ['names them in one word', { vault: `${VAULT}/ITEM`, item: '' }],
    ['is null', 'null'],
    ['is no JSON', 'contoso/tenant'],
    ['has no byte', ''],
    ['is too long to be a marker', { vault: VAULT, item: 'ITEM', more: 'x'.repeat(2000) }],
  ])('whose marker %s', async (_, says) => {
    const tenant = tenants.next();
    const text = (typeof says === 'string' ? says : JSON.stringify(says)).replace('ITEM', tenant.item);
    await mark(tenants.container, tenant.prefix, text);
    const { error, calls } = await watched(tenant);
    expect(error).toBeInstanceOf(Refuse);
    expect(error?.message).toMatch(`names ${VAULT}/${tenant.item}`);
    expect(calls).toEqual(['read .reprieve', 'list']);
    expect(await data(tenant.prefix)).toEqual({ '.reprieve': text, ...left(0, 1, 2, 3, 4) });
  });

  test('that has no marker', async () => {
    const tenant = tenants.next();
    await tenants.container.deleteBlob(`${tenant.prefix}.reprieve`);
    expect((await watched(tenant)).error).toBeInstanceOf(Refuse);
    expect(await data(tenant.prefix)).toEqual(left(0, 1, 2, 3, 4));
  });

  test('of a marker that lies alone and names something else', async () => {
    const says = JSON.stringify({ vault: VAULT, item: 'another' });
    await mark(tenants.container, 'alone/', says);
    const alone = { ...tenants.next(), prefix: 'alone/', sourceId: `${CONTAINER}/alone/` };
    expect((await watched(alone)).error).toBeInstanceOf(Refuse);
    expect(await data('alone/')).toEqual({ '.reprieve': says });
  });
});
