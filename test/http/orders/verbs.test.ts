/** Orders as people and executors meet them, beside what the contract of executors asks: who may, in which states, under holds, and tokens. */
import { describe, expect, test } from 'vitest';
import { orderRoutes } from '../../../src/http/orders/routes.ts';
import { anItem, done, refused } from '../../host/support/door.ts';
import {
  type ALease,
  aLease,
  anExecutorsVault,
  anOrder,
  deleted,
  FAILURE,
  ordered,
  PROOF,
  saying,
} from '../../host/support/orders.ts';
import { movedBy } from '../../host/support/time.ts';
import { must } from '../../support/world.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const HOUR = 3_600_000;
const atDoor = () => {
  const { door, token } = serviceInMemory();
  return { door, token, advance: movedBy(door) };
};
type Door = ReturnType<typeof atDoor>['door'];

const claimed = async (door: Door, { executor, app }: { readonly executor: string; readonly app: string }, max = 1) =>
  (await door('POST', 'purgeOrders/claim', { body: { executor, max }, token: app })).body as unknown as {
    readonly value: readonly { readonly order: string; readonly token: number }[];
    readonly nextAt: string | null;
    readonly held?: object;
  };
const codeOf = ({ status, body }: Awaited<ReturnType<Door>>) => [status, body?.error?.code];

test.each([
  ['renew', {}],
  ['fail', FAILURE],
  ['refuse', { reason: 'not mine' }],
])(
  '%s is repeated with its key and its etag: its answer lies in the transaction that it tells of',
  async (verb, body) => {
    const { door, token, tables } = serviceInMemory();
    const { of, vault, app, lease } = await aLease(door, token);
    const { etag } = (await done(door('GET', of))) as { readonly etag: string };
    const say = () =>
      door('POST', `${of}/${verb}`, {
        ...{ body: { token: lease, ...body }, token: app },
        headers: { 'idempotency-key': 'once', 'if-match': etag },
      });
    const first = await say();
    expect(first.status).toBe(200);
    const kept = await tables.vaults.range(vault.toLowerCase(), { prefix: `${vault.toLowerCase()}!idem!` });
    expect(kept).toHaveLength(1);
    const again = await say();
    expect([again.status, again.body, again.headers.get('idempotency-replayed')]).toEqual([200, first.body, 'true']);
  },
);

describe('who may', () => {
  const CALLERS = {
    reader: { sub: 'r', roles: ['Reader'] },
    operator: { sub: 'o', roles: ['Operator'] },
    contributor: { sub: 'c', roles: ['Contributor'], mfa: true },
    keeper: { sub: 'k', roles: ['GuardAdmin'], mfa: true },
    agent: { sub: 'a', roles: ['Agent'], appOnly: true },
    executor: { sub: 'blobs', roles: ['Executor'], appOnly: true },
    'person with the role of an executor': { sub: 'blobs', roles: ['Executor'] },
  } as const;
  const MAY: Readonly<Record<string, readonly (keyof typeof CALLERS)[]>> = {
    claimPurgeOrders: ['executor'],
    renewPurgeOrder: ['executor'],
    completePurgeOrder: ['executor'],
    failPurgeOrder: ['executor'],
    refusePurgeOrder: ['executor'],
    recallPurgeOrder: ['operator', 'contributor'],
    resolvePurgeOrder: ['contributor'],
    getPurgeOrder: ['reader', 'operator', 'contributor', 'executor'],
    listPurgeOrders: ['reader', 'operator', 'contributor', 'executor'],
    listPurgeOrderPoints: ['reader', 'operator', 'contributor', 'executor'],
  };
  const BODIES: Readonly<Record<string, object>> = {
    renewPurgeOrder: { token: 1 },
    completePurgeOrder: { token: 1, proof: PROOF },
    failPurgeOrder: { token: 1, ...FAILURE },
    refusePurgeOrder: { token: 1, reason: 'no' },
    recallPurgeOrder: { reason: 'no' },
    resolvePurgeOrder: { outcome: 'retry', reason: 'no' },
  };

  test('is said of every route', () => {
    expect(Object.keys(MAY).toSorted()).toEqual(orderRoutes.map(({ name }) => name).toSorted());
  });

  test.each(orderRoutes.map((route) => [route.name, route] as const))('%s', async (name, { method, path }) => {
    const { door, token } = atDoor();
    const order = await anOrder(door, token);
    for (const [who, claims] of Object.entries(CALLERS)) {
      const body = name === 'claimPurgeOrders' ? { executor: order.executor } : BODIES[name];
      const query = name === 'listPurgeOrders' ? `?executor=${order.executor}` : '';
      const { status } = await door(method, path.replace('{order}', order.order) + query, {
        ...(body ? { body } : {}),
        token: await token({ ...claims, roles: [...claims.roles] }),
      });
      expect([who, status === 403], `${status}`).toEqual([who, !MAY[name]?.includes(who as never)]);
    }
  });

  test('another executor hears that there is no such order', async () => {
    const { door, token } = atDoor();
    const order = await aLease(door, token);
    const other = await token({ sub: 'other', roles: ['Executor'], appOnly: true });
    const gone = refused(404, 'PurgeOrderNotFound');
    for (const verb of ['renew', 'complete', 'fail', 'refuse'])
      expect(await saying(door, { ...order, app: other }, verb, BODIES[`${verb}PurgeOrder`] ?? {}), verb).toMatchObject(
        gone,
      );
    expect(await door('GET', order.of, { token: other })).toMatchObject(gone);
    expect(await door('GET', `${order.of}/recoveryPoints`, { token: other })).toMatchObject(gone);
    expect(await door('GET', 'purgeOrders/contoso~vm~none')).toMatchObject(gone);
    expect(await door('GET', 'purgeOrders')).toMatchObject(refused(400, 'InvalidRequest', { target: '?executor' }));
  });
});

describe('the list of orders', () => {
  test('shows an executor its own, in all vaults or in one, and tells it of no other', async () => {
    const { door, token } = atDoor();
    const order = await anOrder(door, token);
    const { app } = await aLease(door, token, order);
    const other = await token({ sub: 'other', roles: ['Executor'], appOnly: true });
    const list = (query: string, who = app) => door('GET', `purgeOrders?${query}`, { token: who });
    const own = `executor=${order.executor}`;
    for (const query of [own, `${own}&vault=${order.vault}`])
      expect(await list(query), query).toMatchObject({ status: 200, body: { value: [{ order: order.order }] } });
    expect(await list(`${own}&vault=no-such`)).toMatchObject({ status: 200, body: { value: [] } });
    const closed = (await list('executor=no-such')).body;
    expect(closed).toMatchObject({ error: { code: 'Forbidden' } });
    for (const answer of [await list(own, other), await list(`vault=${order.vault}`)]) {
      expect(answer.status).toBe(403);
      expect(answer.body).toEqual(closed);
    }
  });
});

/** How an order is brought into each of its states. */
const STATES: Readonly<Record<string, (door: Door, order: ALease, advance: (ms: number) => Promise<void>) => unknown>> =
  {
    Leased: () => undefined,
    'Open, its lease lost': (_, __, advance) => advance(HOUR),
    'Waiting, untouched': (door, order) => done(saying(door, order, 'fail', FAILURE)),
    'Waiting, touched': (door, order) => done(saying(door, order, 'fail', { ...FAILURE, destroyed: 'some' })),
    'Open, failed before': async (door, order, advance) => {
      await done(saying(door, order, 'fail', FAILURE));
      await advance(HOUR);
    },
    'Blocked, untouched': (door, order) => done(saying(door, order, 'fail', { ...FAILURE, permanent: true })),
    'Blocked, touched': (door, order) =>
      done(saying(door, order, 'fail', { ...FAILURE, destroyed: 'unknown', permanent: true })),
    Completed: (door, order) => done(saying(door, order, 'complete', { proof: PROOF })),
    Refused: (door, order) => done(saying(door, order, 'refuse', { reason: 'not mine' })),
    Abandoned: async (door, order) => {
      await done(saying(door, order, 'fail', FAILURE));
      const confirmName = order.item.split('/').at(-1);
      const body = { outcome: 'abandoned', reason: 'gone', confirmName };
      await done(door('POST', `${order.of}/resolve`, { body, token: order.person }));
    },
    Recalled: async (door, order) => {
      await done(saying(door, order, 'fail', FAILURE));
      await done(door('POST', `${order.of}/recall`, { body: { reason: 'wait' }, token: order.person }));
    },
  };

const DONE = [200, undefined] as const;
const TOUCHED = [409, 'DestructionPossible'] as const;
const ENDED = [409, 'OrderClosed'] as const;
/** What a person who recalls hears, an executor that refuses, and a person who has it tried again. */
const HEARD: Readonly<Record<string, readonly (readonly [number, string | undefined])[]>> = {
  Leased: [TOUCHED, DONE, [409, 'ObjectLocked']],
  'Open, its lease lost': [TOUCHED, TOUCHED, DONE],
  'Waiting, untouched': [DONE, DONE, DONE],
  'Waiting, touched': [TOUCHED, TOUCHED, DONE],
  'Open, failed before': [DONE, DONE, DONE],
  'Blocked, untouched': [DONE, DONE, DONE],
  'Blocked, touched': [TOUCHED, TOUCHED, DONE],
  Completed: [ENDED, ENDED, ENDED],
  // what was said already is answered as before: so is the recall of what is recalled
  Refused: [ENDED, DONE, ENDED],
  Abandoned: [ENDED, ENDED, ENDED],
  Recalled: [DONE, ENDED, ENDED],
};

test.each(Object.entries(STATES))('recall, refuse and retry of an order that is %s', async (state, arrange) => {
  const heard: unknown[] = [];
  for (const verb of ['recall', 'refuse', 'retry'] as const) {
    const { door, token, advance } = atDoor();
    const order = await aLease(door, token);
    await arrange(door, order, advance);
    const before = (await door('GET', order.of)).body;
    const person = { token: order.person };
    const answer =
      verb === 'refuse'
        ? await saying(door, order, 'refuse', { reason: 'not mine' })
        : verb === 'recall'
          ? await door('POST', `${order.of}/recall`, { body: { reason: 'wait' }, ...person })
          : await door('POST', `${order.of}/resolve`, { body: { outcome: 'retry', reason: 'mended' }, ...person });
    heard.push(codeOf(answer));
    if (answer.status !== 200) expect((await door('GET', order.of)).body).toEqual(before);
    else if (verb !== 'retry') expect(answer.body).toMatchObject({ state: 'SoftDeleted', purgeOrder: null });
  }
  expect(heard).toEqual(HEARD[state]);
});

describe('what a person says again, since the answer was lost, is answered as before', () => {
  const resolve = async (door: Door, order: ALease, body: object) =>
    door('POST', `${order.of}/resolve`, { body: { reason: 'by hand', ...body }, token: order.person });

  test('a recall, until the item has another order or another life', async () => {
    const { door, token, advance } = atDoor();
    const at = await anExecutorsVault(door, token);
    const order = await aLease(door, token, await ordered(door, at, 'again'));
    await done(saying(door, order, 'fail', FAILURE));
    const recall = () => door('POST', `${order.of}/recall`, { body: { reason: 'wait' }, token: at.person });
    const first = await recall();
    expect(first).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
    const before = await done(door('GET', `${order.item}/history`));
    expect((await recall()).body).toEqual(first.body);
    expect(await done(door('GET', `${order.item}/history`))).toEqual(before);
    await advance(15 * 24 * HOUR);
    await done(door('POST', 'sweeps', { body: {} }));
    expect(codeOf(await recall())).toEqual(ENDED);
    const { purgeOrder } = (await done(door('GET', order.item))) as unknown as {
      readonly purgeOrder: { readonly order: string };
    };
    const second = `purgeOrders/${purgeOrder.order}`;
    expect(second).not.toBe(order.of);
    const body = { reason: 'wait' };
    await done(door('POST', `${second}/recall`, { body, token: at.person }));
    expect(codeOf(await recall())).toEqual(ENDED);
    expect(codeOf(await door('POST', `${second}/recall`, { body, token: at.person }))).toEqual(DONE);
    await done(door('POST', `${order.item}/undelete`, { body: {} }));
    expect(codeOf(await recall())).toEqual([404, 'PurgeOrderNotFound']);
  });

  test.each([
    ['confirmed', { proof: PROOF }, { proof: { ...PROOF, objects: PROOF.objects + 1 } }],
    ['abandoned', {}, { outcome: 'confirmed', proof: PROOF }],
  ])('an order that is %s', async (outcome, words, others) => {
    const { door, token } = atDoor();
    const order = await aLease(door, token);
    await done(saying(door, order, 'fail', FAILURE));
    const said = { outcome, confirmName: order.item.split('/').at(-1), ...words };
    const first = await resolve(door, order, said);
    expect(first).toMatchObject({ status: 200, body: { state: 'Purged' } });
    const before = await done(door('GET', `${order.item}/history`));
    expect(await resolve(door, order, said)).toMatchObject({ status: 200, body: first.body });
    expect(await done(door('GET', `${order.item}/history`))).toEqual(before);
    for (const wrong of [others, { confirmName: 'other' }, { outcome: 'retry' }])
      expect(codeOf(await resolve(door, order, { ...said, ...wrong }))).toEqual(ENDED);
  });

  const NAME = 'again';
  test.each([
    ['complete', { proof: PROOF }, { proof: { ...PROOF, objects: 0 } }],
    ['refuse', { reason: 'not mine' }, { token: 1 }],
    ['recall', { reason: 'wait' }, undefined],
    ['resolve', { outcome: 'abandoned', reason: 'gone', confirmName: NAME }, { confirmName: 'other' }],
    ['resolve', { outcome: 'confirmed', reason: 'gone', confirmName: NAME, proof: PROOF }, { confirmName: 'other' }],
  ])('%s, with the etag that the order had before it ended, and without a key', async (verb, words, others) => {
    const { door, token } = atDoor();
    const at = await anExecutorsVault(door, token);
    const order = await aLease(door, token, await ordered(door, at, NAME));
    const byApp = verb === 'complete' || verb === 'refuse';
    if (!byApp) await done(saying(door, order, 'fail', FAILURE));
    const { etag } = (await done(door('GET', order.of))) as { readonly etag: string };
    const say = (more?: object, ifMatch = etag) =>
      door('POST', `${order.of}/${verb}`, {
        body: { ...words, ...(byApp ? { token: order.lease } : {}), ...more },
        token: byApp ? order.app : order.person,
        headers: { 'if-match': ifMatch },
      });
    const STALE = [412, 'PreconditionFailed'];
    expect(codeOf(await say({}, '"of before"'))).toEqual(STALE);
    const first = await say();
    expect(first.status).toBe(200);
    const before = await done(door('GET', `${order.item}/history`));
    expect(await say()).toMatchObject({ status: 200, body: first.body });
    expect(await done(door('GET', `${order.item}/history`))).toEqual(before);
    if (others) expect(codeOf(await say(others))).toEqual(STALE);
  });
});

test('however often an executor refuses within a year, what became of each order can be read, and goes with the item', async () => {
  const { door, token, advance } = atDoor();
  const at = await anExecutorsVault(door, token);
  const first = await ordered(door, at, 'again');
  const live = async () => {
    const { purgeOrder } = (await done(door('GET', first.item))) as unknown as { purgeOrder: { order: string } | null };
    return purgeOrder?.order ?? '';
  };
  const sweep = () => done(door('POST', 'sweeps', { body: {} }));
  /** Its people are warned, and told while a few sweeps come by. */
  const orderedAnew = async () => {
    for (const days of [13, 3]) {
      await advance(days * 24 * HOUR);
      await sweep();
    }
    for (let turn = 0; turn < 50 && (await live()) === ''; turn += 1) await sweep();
  };
  const names: string[] = [];
  for (let time = 0; time < 26; time += 1) {
    const order = await live();
    names.push(order);
    const lease = await aLease(door, token, { ...first, order, of: `purgeOrders/${order}` });
    await done(saying(door, lease, 'refuse', { reason: `for the ${time}th time` }));
    await orderedAnew();
  }
  const read = () => Promise.all(names.map((order) => door('GET', `purgeOrders/${order}`)));
  expect(new Set(names).size).toBe(26);
  for (const answer of await read()) expect(answer).toMatchObject({ status: 200, body: { state: 'Refused' } });
  const body = { reason: 'enough' };
  await done(door('POST', `purgeOrders/${await live()}/recall`, { body, token: at.person }));
  for (const answer of await read()) expect(answer).toMatchObject({ status: 200, body: { state: 'Refused' } });
  await done(door('POST', `${first.item}/undelete`, { body: {} }));
  for (const answer of await read()) expect(codeOf(answer)).toEqual([404, 'PurgeOrderNotFound']);
});

describe('a hold', () => {
  test('without an end keeps an order from being given out, and the one who removes it lets it go at once', async () => {
    const { door, token, advance } = atDoor();
    const order = await anOrder(door, token);
    const hold = `${order.item}/holds/legal`;
    await done(door('PUT', hold, { body: { reason: 'a court' } }));
    expect(await door('GET', order.of)).toMatchObject({ body: { state: 'Waiting', availableAt: null } });
    expect(await claimed(door, order)).toMatchObject({ value: [] });
    await advance(24 * HOUR);
    expect((await claimed(door, order)).value).toEqual([]);
    await done(door('DELETE', hold));
    expect(await door('GET', order.of)).toMatchObject({ body: { state: 'Open' } });
    expect((await claimed(door, order)).value).toMatchObject([{ order: order.order }]);
  });

  test('with an end moves the order there', async () => {
    const { door, token, advance } = atDoor();
    const order = await anOrder(door, token);
    const until = new Date(Date.now() + 10 * HOUR).toISOString();
    await done(door('PUT', `${order.item}/holds/legal`, { body: { reason: 'a court', until } }));
    expect(await door('GET', order.of)).toMatchObject({ body: { state: 'Waiting', availableAt: until } });
    expect((await claimed(door, order)).value).toEqual([]);
    expect((await claimed(door, order)).nextAt).toBe(until);
    await advance(10 * HOUR + 1000);
    expect((await claimed(door, order)).value).toHaveLength(1);
  });

  test('is not taken any more while something may be destroyed, and neither is an undelete', async () => {
    const { door, token } = atDoor();
    const order = await aLease(door, token);
    const hold = () => door('PUT', `${order.item}/holds/legal`, { body: { reason: 'a court' } });
    const undelete = () => door('POST', `${order.item}/undelete`, { body: {} });
    const late = (recallable: boolean) =>
      refused(409, 'PurgeInProgress', { innererror: { order: order.order, recallable } });
    for (const call of [hold, undelete]) expect(await call()).toMatchObject(late(false));
    await done(saying(door, order, 'fail', FAILURE));
    expect(await undelete()).toMatchObject(late(true));
    expect((await hold()).status).toBeLessThan(300);
    expect(await door('GET', order.of)).toMatchObject({ body: { state: 'Waiting', availableAt: null } });
  });
});

test('a pause keeps orders from being given out, and what is leased when it begins may be completed', async () => {
  const { door, token } = atDoor();
  const at = await anExecutorsVault(door, token);
  const leased = await aLease(door, token, await ordered(door, at, 'first'));
  await ordered(door, at, 'second');
  const body = { reason: 'a restore test', until: new Date(Date.now() + HOUR).toISOString() };
  await done(door('PUT', 'pause', { body }));
  expect(await claimed(door, at)).toMatchObject({ value: [], held: { reason: 'Paused' } });
  expect(codeOf(await door('POST', `${leased.of}/recall`, { body: { reason: 'wait' }, token: at.person }))).toEqual(
    TOUCHED,
  );
  expect(await saying(door, leased, 'renew')).toMatchObject({ status: 200 });
  expect(await saying(door, leased, 'complete', { proof: PROOF })).toMatchObject({ body: { state: 'Purged' } });
});

describe('a token', () => {
  test('is of the real clock, however far the service’s is moved, and each is greater than the one before', async () => {
    const { door, token, advance } = atDoor();
    const before = Date.now();
    const order = await anOrder(door, token);
    await advance(400 * 24 * HOUR);
    const { lease: first } = await aLease(door, token, order);
    await advance(HOUR);
    const { lease: second } = await aLease(door, token, order);
    expect(first).toBeGreaterThanOrEqual(before);
    expect(second).toBeLessThanOrEqual(Date.now() + 1);
    expect(second).toBeGreaterThan(first);
  });

  test('goes on over a recall, and over the end of the item', async () => {
    const { door, token } = atDoor();
    const at = await anExecutorsVault(door, token);
    const first = await aLease(door, token, await ordered(door, at, 'again'));
    await done(saying(door, first, 'fail', FAILURE));
    await done(door('POST', `${first.of}/recall`, { body: { reason: 'wait' }, token: at.person }));
    await done(door('POST', `${first.item}/undelete`, { body: {} }));
    const second = await aLease(door, token, await ordered(door, at, 'again'));
    expect(second.order).not.toBe(first.order);
    expect(second.lease).toBeGreaterThan(first.lease);
    await done(saying(door, second, 'complete', { proof: PROOF }));
    const third = await aLease(door, token, await ordered(door, at, 'again'));
    expect(third.lease).toBeGreaterThan(second.lease);
  });

  test('is in no other answer, and in no log', async () => {
    const { door, token, output } = serviceInMemory();
    const order = await aLease(door, token);
    const said = [await saying(door, order, 'renew'), await door('GET', order.of), await door('GET', order.item)];
    said.push(await door('GET', `${order.item}/history`), await door('GET', `purgeOrders?vault=${order.vault}`));
    said.push(await saying(door, order, 'fail', FAILURE), await door('GET', 'alerts?top=50'));
    for (const { status, body } of said) {
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toContain(String(order.lease));
    }
    expect(output()).not.toContain(String(order.lease));
  });
});

describe('what nobody can know stays unknown', () => {
  const HELD = { destroyed: 'nothing', code: 'Busy', message: 'again' };
  const recalled = (door: Door, { of, person }: ALease) =>
    door('POST', `${of}/recall`, { body: { reason: 'wait' }, token: person });

  test('after a lost lease, whatever its holder says later', async () => {
    const { door, token, advance } = atDoor();
    const order = await aLease(door, token);
    await advance(HOUR);
    expect(await door('GET', order.of)).toMatchObject({ body: { state: 'Open', untouched: false } });
    expect(await saying(door, order, 'renew')).toMatchObject({
      body: { state: 'Leased', untouched: false, attempts: 0 },
    });
    expect(codeOf(await saying(door, order, 'refuse', { reason: 'not mine' }))).toEqual(TOUCHED);
    await done(saying(door, order, 'fail', HELD));
    expect(await door('GET', order.of)).toMatchObject({ body: { state: 'Waiting', untouched: false, attempts: 1 } });
    expect(codeOf(await recalled(door, order))).toEqual(TOUCHED);
  });

  test('after a failure of which its holder says more: that counts as the same attempt', async () => {
    const { door, token } = atDoor();
    const order = await aLease(door, token);
    await done(saying(door, order, 'fail', HELD));
    expect(await saying(door, order, 'fail', { ...HELD, destroyed: 'some' })).toMatchObject({
      body: { state: 'Waiting', untouched: false, attempts: 1, lastFailure: { destroyed: 'some' } },
    });
    expect(codeOf(await recalled(door, order))).toEqual(TOUCHED);
    expect(await saying(door, order, 'fail', { ...HELD, permanent: true })).toMatchObject({
      body: { state: 'Blocked', untouched: false, attempts: 1 },
    });
    expect(await saying(door, order, 'fail', { ...HELD, code: 'Late' })).toMatchObject({ body: { state: 'Blocked' } });
    const { value } = (await done(door('GET', `vaults/${order.vault}/alerts?top=50`))) as unknown as {
      readonly value: readonly { readonly type: string }[];
    };
    const types = value.map(({ type }) => type);
    expect(types.filter((type) => type === 'PurgeFailed' || type === 'PurgeStuck').toSorted()).toEqual([
      'PurgeFailed',
      'PurgeStuck',
    ]);
    expect(codeOf(await saying(door, order, 'renew'))).toEqual([409, 'StaleToken']);
    expect(await saying(door, order, 'complete', { proof: PROOF })).toMatchObject({
      body: { state: 'Purged', receipt: { attempts: 1 } },
    });
  });

  test('in an order that has ended', async () => {
    const { door, token, advance } = atDoor();
    const completed = await aLease(door, token);
    await done(saying(door, completed, 'complete', { proof: PROOF }));
    expect(await door('GET', completed.of)).toMatchObject({
      body: { state: 'Completed', untouched: false, attempts: 1 },
    });
    const lost = await aLease(door, token);
    await advance(HOUR);
    const confirmName = lost.item.split('/').at(-1);
    const body = { outcome: 'abandoned', reason: 'gone', confirmName };
    expect(await door('POST', `${lost.of}/resolve`, { body, token: lost.person })).toMatchObject({
      body: { receipt: { attempts: 1 } },
    });
    expect(await door('GET', lost.of)).toMatchObject({ body: { state: 'Abandoned', untouched: false, attempts: 1 } });
  });
});

test('what is wrong with a closing by hand is said before anything is looked for', async () => {
  const { door, token } = atDoor();
  const { person } = await anExecutorsVault(door, token);
  const body = { outcome: 'confirmed', reason: 'by hand', confirmName: 'vm' };
  expect(await door('POST', 'purgeOrders/contoso~vm~none/resolve', { body, token: person })).toMatchObject(
    refused(400, 'InvalidRequest', { target: '$.proof' }),
  );
});

test('an order of many points shows the newest, and its link leads to all others once', async () => {
  const { door, token } = atDoor();
  const at = await anExecutorsVault(door, token);
  const item = await anItem(door, at.vault, 'many');
  const nameOf = (index: number) => `p${String(index).padStart(3, '0')}`;
  for (let index = 0; index < 260; index += 1) {
    const createdAt = new Date(Date.now() - (400 - index) * 60_000).toISOString();
    await done(door('PUT', `${item}/recoveryPoints/${nameOf(index)}`, { body: { createdAt, rung: 'daily' } }));
  }
  const order = await deleted(door, at, item);
  const { recoveryPoints } = (await done(door('GET', order.of))) as unknown as {
    readonly recoveryPoints: { count: number; value: readonly { name: string }[]; nextLink?: string };
  };
  const seen = recoveryPoints.value.map(({ name }) => name);
  let link = recoveryPoints.nextLink;
  while (link) {
    expect(URL.canParse(link)).toBe(true);
    const { pathname, search } = new URL(link);
    const page = (await done(door('GET', `${pathname.slice('/api/'.length)}${search}`))) as unknown as {
      readonly value: readonly { name: string }[];
      readonly nextLink?: string;
    };
    seen.push(...page.value.map(({ name }) => name));
    link = page.nextLink;
  }
  expect(recoveryPoints.count).toBe(260);
  expect(seen.toSorted()).toEqual(Array.from({ length: 260 }, (_, index) => nameOf(index)));
  expect(seen).toContain(nameOf(259));
});

test('an order whose item cannot be read keeps no other from being given out, and is given out when it can be read again', async () => {
  const { door, token, tables } = serviceInMemory();
  const at = await anExecutorsVault(door, token);
  const broken = await ordered(door, at, 'broken');
  const sound = await ordered(door, at, 'sound');
  const [vault, key] = [at.vault.toLowerCase(), `${at.vault.toLowerCase()}!item!broken`];
  const row = must(await tables.vaults.get(vault, key));
  const spoilt = { ...row.cells, doc0: '{' };
  expect(await tables.vaults.commit(vault, [{ op: 'put', key, cells: spoilt }])).toBe(true);
  expect(await claimed(door, at)).toMatchObject({ value: [] });
  expect((await claimed(door, at)).value).toMatchObject([{ order: sound.order }]);
  expect((await claimed(door, at)).value).toEqual([]);
  expect(await tables.vaults.commit(vault, [{ op: 'put', key, cells: row.cells }])).toBe(true);
  await movedBy(door)(HOUR);
  expect((await claimed(door, at, 32)).value.map(({ order }) => order)).toContain(broken.order);
});
