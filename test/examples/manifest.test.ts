/** The listing before the first delete: repeated until whole seconds cannot deceive it. Nobody waits: the test says what storage's `Date` is. */
import { beforeAll, describe, expect, test } from 'vitest';
import { isNewer } from '../../examples/blob-executor/manifest.ts';
import type { Look } from './support/between.ts';
import { aTenant, someTenants, type Tenant, type Tenants, write } from './support/tenants.ts';
import { watcherOf } from './support/watched.ts';

let tenants: Tenants;
let watched: Awaited<ReturnType<typeof watcherOf>>;
beforeAll(async () => {
  tenants = await someTenants(0, false);
  watched = await watcherOf(tenants);
});

/** So many milliseconds after the newest blob was written, storage says when a lease is renewed. */
async function clockFrom(tenant: Tenant, ms: number) {
  let newest = 0;
  for await (const { name, properties } of tenants.container.listBlobsFlat({ prefix: tenant.prefix }))
    if (!name.endsWith('.reprieve')) newest = Math.max(newest, properties.lastModified.getTime());
  const clock = { now: newest + ms };
  const look: Look = async (call, { forward, answer }) => {
    const done = await forward();
    const date = new Date(clock.now).toUTCString();
    answer(call === 'lease renew' ? { ...done, headers: { ...done.headers, date } } : done);
  };
  return { clock, look };
}

test.each([
  { early: 0, waits: [2000], lists: 2 },
  { early: 1000, waits: [1000], lists: 2 },
  { early: 2000, waits: [], lists: 1 },
  { early: -5000, waits: [7000], lists: 2 },
])(
  'storage is $early ms after its newest blob: it waits $waits and lists $lists times',
  async ({ early, waits, lists }) => {
    const tenant = await aTenant(tenants.container, `early${early}`);
    const { clock, look } = await clockFrom(tenant, early);
    const waited: number[] = [];
    const wait = async (ms: number) => {
      waited.push(ms);
      clock.now += ms;
    };
    const { proof, calls } = await watched(tenant, { look, wait });
    expect(waited).toEqual(waits);
    expect(calls.slice(0, calls.indexOf('delete 0.txt')).filter((call) => call === 'list')).toHaveLength(lists + 1);
    expect(proof).toMatchObject({ ...tenant.totals, details: { listedAt: new Date(clock.now).toISOString() } });
  },
);

test('what comes while it waits is in the listing', async () => {
  const tenant = await aTenant(tenants.container, 'late');
  const { clock, look } = await clockFrom(tenant, 0);
  const wait = async () => {
    await write(tenants.container, `${tenant.prefix}late.txt`, 'late');
    clock.now = Date.now() + 5000;
  };
  const { proof } = await watched(tenant, { look, wait });
  expect(proof).toMatchObject({ objects: tenant.totals.objects + 1, bytes: tenant.totals.bytes + 4 });
  expect(proof?.hash).not.toBe(tenant.totals.hash);
});

test('where somebody writes all the time it gives up, and has destroyed nothing', async () => {
  const tenant = await aTenant(tenants.container, 'busy');
  const { look } = await clockFrom(tenant, 0);
  const { error, stored, calls } = await watched(tenant, { look, wait: async () => {} });
  expect(error?.message).toMatch('still being written');
  expect(error).toMatchObject({ destroyed: 'nothing' });
  expect(error).not.toHaveProperty('permanent');
  expect(stored).toEqual([]);
  expect(calls.filter((call) => call === 'list')).toHaveLength(5);
});

describe('two seconds before the listing', () => {
  const at = '2026-11-27T12:00:10.000Z';
  const manifest = { objects: 1, bytes: 1, hash: 'sha256:0', at } as const;
  test.each([
    ['2026-11-27T12:00:07.000Z', false],
    ['2026-11-27T12:00:08.000Z', false],
    ['2026-11-27T12:00:09.000Z', true],
    ['2026-11-27T12:00:10.000Z', true],
  ])('a blob of %s is newer: %s', (written, newer) => {
    expect(isNewer(new Date(written), manifest)).toBe(newer);
  });
});
