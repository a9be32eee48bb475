import { afterEach, describe, expect, test } from 'vitest';
import { anItem, aVault, type Body, deletion, done, fresh, inTrash, refused } from '../../host/support/door.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const { door } = service;
const clock = (offset: string) => door('PUT', 'local/clock', { body: { offset } });
afterEach(() => clock('PT0S'));
const tokenOf = (sub: string) => service.token({ sub, roles: ['Contributor'] });

describe('bulk undelete', () => {
  const bulk = (vault: string, body: object = { all: true }) => door('POST', `vaults/${vault}/undelete`, { body });
  const statesIn = async (vault: string) =>
    Object.fromEntries((await door('GET', `vaults/${vault}/items`)).body.value.map(({ name, state }) => [name, state]));

  test('brings back everything, and nothing else', async () => {
    const vault = await aVault(door);
    await anItem(door, vault, 'alive');
    for (const name of ['one', 'two', 'three']) await inTrash(door, vault, name);
    const { status, body } = await bulk(vault);
    expect(status).toBe(200);
    expect(body.results.toSorted((a, b) => (a.item < b.item ? -1 : 1))).toEqual(
      ['one', 'three', 'two'].map((item) => ({ item, outcome: 'Undeleted' })),
    );
    const stopped = 'ProtectionStopped';
    expect(await statesIn(vault)).toEqual({ alive: 'Protected', one: stopped, two: stopped, three: stopped });
    expect((await bulk(vault)).body).toEqual({ results: [] });
  });

  test('answers for each item that is named, in the order asked', async () => {
    const vault = await aVault(door, { settings: { softDelete: { state: 'Enabled' } } });
    await anItem(door, vault, 'alive');
    await inTrash(door, vault, 'dead');
    await inTrash(door, vault, 'other');
    const gone = await anItem(door, vault, 'gone', { tier: 'Operational' });
    await done(door('POST', `${gone}/stop`, { body: deletion(gone) }));
    const items = ['no-such', 'dead', 'alive', 'gone'];
    const expected = (outcome: string) => [
      { item: 'no-such', outcome: 'Refused', code: 'ItemNotFound' },
      { item: 'dead', outcome },
      { item: 'alive', outcome: 'Refused', code: 'ItemNotSoftDeleted' },
      { item: 'gone', outcome: 'Refused', code: 'ItemPurged' },
    ];
    expect((await bulk(vault, { items, dryRun: true })).body.results).toEqual(expected('WouldUndelete'));
    expect((await bulk(vault, { items })).body.results).toEqual(expected('Undeleted'));
    expect((await statesIn(vault))['other']).toBe('SoftDeleted');
  });

  test('chooses by who deleted, and when; all conditions hold together', async () => {
    const vault = await aVault(door);
    const deleteAs = async (name: string, sub: string) => {
      const path = await anItem(door, vault, name);
      const body = deletion(path);
      return (await done(door('POST', `${path}/stop`, { body, token: await tokenOf(sub) }))).softDelete['deletedAt'];
    };
    const first = await deleteAs('a1', 'ada');
    await clock('PT1H');
    const second = await deleteAs('b1', 'bob');
    await clock('PT2H');
    const third = await deleteAs('a2', 'ada');
    const chosen = async (which: object) =>
      (await bulk(vault, { ...which, dryRun: true })).body.results.map(({ item }) => item).toSorted();
    expect(await chosen({ all: true })).toEqual(['a1', 'a2', 'b1']);
    expect(await chosen({ deletedBy: 'ada' })).toEqual(['a1', 'a2']);
    expect(await chosen({ from: second })).toEqual(['a2', 'b1']);
    expect(await chosen({ to: second })).toEqual(['a1', 'b1']);
    expect(await chosen({ from: first, to: third, deletedBy: 'bob' })).toEqual(['b1']);
    expect(await chosen({ items: ['a1', 'b1'], deletedBy: 'ada' })).toEqual(['a1']);
    expect(await chosen({ deletedBy: 'nobody' })).toEqual([]);
    expect((await bulk(vault, { deletedBy: 'ada' })).body.results).toHaveLength(2);
    expect(await statesIn(vault)).toMatchObject({ b1: 'SoftDeleted', a1: 'ProtectionStopped' });
  });

  test('only looks when it is a dry run', async () => {
    const vault = await aVault(door);
    const path = await inTrash(door, vault, 'one');
    const before = (await door('GET', `${path}/history`)).body;
    const looked = await bulk(vault, { all: true, dryRun: true });
    expect(looked.body).toEqual({ results: [{ item: 'one', outcome: 'WouldUndelete' }], more: false });
    expect((await door('GET', path)).body.state).toBe('SoftDeleted');
    expect((await door('GET', `${path}/history`)).body).toEqual(before);
  });

  test('needs the vault', async () => {
    expect(await bulk('no-such')).toMatchObject(refused(404, 'VaultNotFound'));
  });
});

describe('history', () => {
  const historyOf = async (path: string, query = '') => (await door('GET', `${path}/history${query}`)).body;

  test('tells what happened, newest first, refusals among it, and by whom', async () => {
    const path = await anItem(door, await aVault(door));
    const token = await tokenOf('ada');
    await done(door('POST', `${path}/stop`, { body: { ...deletion(path), reason: 'test' }, token }));
    const refusal = await door('POST', `${path}/resume`, { body: { policy: 'daily' }, token });
    await done(door('POST', `${path}/undelete`, { body: {} }));
    const { value } = await historyOf(path);
    expect(value.map(({ operation, outcome, code }) => [operation, outcome, code])).toEqual([
      ['Undelete', 'Succeeded', null],
      ['Resume', 'Refused', 'ItemSoftDeleted'],
      ['StopDelete', 'Succeeded', null],
      ['Protect', 'Succeeded', null],
    ]);
    expect(value[1]).toMatchObject({
      at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      caller: { oid: 'ada', tid: 'local', roles: ['Contributor'], channel: 'portal' },
      requestId: refusal.headers.get('x-ms-request-id'),
    });
    expect(value[2]).toMatchObject({ from: 'Protected', to: 'SoftDeleted', facts: { reason: 'test', generation: 1 } });
  });

  test('pages without losing or repeating a line, while more is written', async () => {
    const path = await anItem(door, await aVault(door));
    for (let at = 0; at < 6; at += 1) {
      await done(door('POST', `${path}/stop`, { body: { mode: 'retain' } }));
      await done(door('POST', `${path}/resume`, { body: { policy: 'daily' } }));
    }
    const before = (await historyOf(path)).value;
    expect(before).toHaveLength(13);
    const seen: unknown[] = [];
    for (let next: string | undefined = `${path}/history?top=2`; next !== undefined; ) {
      const { value, nextLink }: Body = (await door('GET', next)).body;
      seen.push(...value);
      next = nextLink;
      await door('POST', `${path}/undelete`, { body: {} });
    }
    expect(seen).toEqual(before);
  });

  test.for(['0', '201', 'x'])('refuses top=%s', async (top) => {
    const path = await anItem(door, await aVault(door));
    expect(await door('GET', `${path}/history?top=${top}`)).toMatchObject(refused(400, 'InvalidRequest'));
  });

  test.for(['!', '%00', 'A'.repeat(2001)])('takes no made-up continuation: %s', async (continuation) => {
    const path = await anItem(door, await aVault(door));
    const answer = await door('GET', `${path}/history?continuation=${continuation}`);
    expect(answer).toMatchObject(refused(400, 'InvalidRequest'));
  });

  test('outlives the item', async () => {
    const vault = await aVault(door, { settings: { softDelete: { state: 'Disabled' } } });
    const path = await anItem(door, vault);
    await done(door('POST', `${path}/stop`, { body: deletion(path) }));
    expect(await door('GET', path)).toMatchObject(refused(410, 'ItemPurged'));
    expect((await historyOf(path)).value.map(({ operation }) => operation)).toEqual(['StopDelete', 'Protect']);
  });
});

describe('holds', () => {
  const put = (path: string, hold: string, body: object) => door('PUT', `${path}/holds/${hold}`, { body });

  test('are put, read, changed and taken away', async () => {
    const path = await inTrash(door, await aVault(door));
    const until = '2099-01-01T00:00:00.000Z';
    const shown = { name: 'legal', by: 'local-user', at: expect.any(String), etag: expect.any(String) };
    const made = await put(path, 'legal', { reason: 'case 1', until });
    expect([made.status, made.body]).toEqual([201, { ...shown, reason: 'case 1', until }]);
    const changed = await put(path, 'legal', { reason: 'case 2' });
    expect([changed.status, changed.body]).toEqual([200, { ...shown, reason: 'case 2', until: null }]);
    expect((await door('GET', `${path}/holds/legal`)).body).toEqual(changed.body);
    expect((await door('GET', path)).body.holds).toEqual([changed.body]);
    expect((await door('DELETE', `${path}/holds/legal`)).status).toBe(204);
    expect(await door('DELETE', `${path}/holds/legal`)).toMatchObject(refused(404, 'HoldNotFound'));
    expect(await door('GET', `${path}/holds/legal`)).toMatchObject(refused(404, 'HoldNotFound'));
    expect((await door('GET', path)).body.holds).toEqual([]);
  });

  test('never block an undelete', async () => {
    const path = await inTrash(door, await aVault(door));
    await done(put(path, 'legal', { reason: 'case 1' }));
    expect(await door('POST', `${path}/undelete`, { body: {} })).toMatchObject({
      status: 200,
      body: { state: 'ProtectionStopped', holds: [{ name: 'legal' }] },
    });
  });
});

describe('explain', () => {
  const explain = (path: string) => door('GET', `${path}/explain`);

  test('says why an item is not purged, until when, and what can be done', async () => {
    const path = await inTrash(door, await aVault(door));
    const { purgeAt } = (await door('GET', path)).body.softDelete;
    const { status, body } = await explain(path);
    expect([status, body]).toEqual([
      200,
      {
        state: 'SoftDeleted',
        notBefore: purgeAt,
        expectedBy: expect.any(String),
        blockers: [{ code: 'SoftDeletePeriod', message: expect.any(String), until: purgeAt }],
        can: ['undelete'],
      },
    ]);
    await done(door('PUT', `${path}/holds/legal`, { body: { reason: 'case 1' } }));
    expect((await explain(path)).body).toMatchObject({
      notBefore: null,
      expectedBy: null,
      blockers: [{ code: 'SoftDeletePeriod' }, { code: 'Hold', message: expect.stringContaining('case 1') }],
    });
  });

  test('knows the verbs of every state', async () => {
    const vault = await aVault(door);
    const path = await anItem(door, vault, fresh('vm'));
    expect((await explain(path)).body).toMatchObject({
      state: 'Protected',
      notBefore: null,
      can: ['changePolicy', 'backup', 'restore', 'stop', 'delete'],
    });
    await done(door('POST', `${path}/stop`, { body: { mode: 'retain' } }));
    expect((await explain(path)).body).toMatchObject({
      state: 'ProtectionStopped',
      can: ['resume', 'changePolicy', 'restore', 'delete'],
    });
    expect(await explain(`vaults/${vault}/items/no-such`)).toMatchObject(refused(404, 'ItemNotFound'));
    expect(await explain('vaults/no-such/items/no-such')).toMatchObject(refused(404, 'VaultNotFound'));
  });
});
