import { describe, expect, test } from 'vitest';
import type { Caller } from '../../src/core/caller.ts';
import { refuse } from '../../src/core/problems.ts';
import { instantOf } from '../../src/core/time.ts';
import { flowPorts } from '../../src/flows/story/land.ts';
import { putVault, type VaultResult } from '../../src/flows/vaults/putVault.ts';
import { idempotency, isPrintable, type Keep, type Keyed } from '../../src/http/idempotency.ts';
import { type Reply, reply } from '../../src/http/reply.ts';
import type { Op } from '../../src/store/table.ts';
import { memoryTable } from '../support/memoryTable.ts';
import { memoryTables } from '../support/tables.ts';
import { portsOver } from '../support/world.ts';

const NOON = instantOf(Date.UTC(2026, 10, 1, 12));
const ada: Caller = { tid: 't', oid: 'ada', roles: ['Contributor'], appOnly: false, secondFactor: false };

const keyed = (over: Partial<Keyed> = {}): Keyed => ({
  vault: 'v',
  key: 'key',
  caller: ada,
  method: 'POST',
  path: '/api/vaults/v/items/i/backup',
  body: new TextEncoder().encode('{"a":1}'),
  now: NOON,
  ...over,
});

/** The store, and the transactions that went into it. */
function aStore() {
  const table = memoryTable();
  const commits: (readonly Op[])[] = [];
  const vaults = {
    ...table,
    commit: async (partition: string, ops: readonly Op[]) => {
      commits.push(ops);
      return table.commit(partition, ops);
    },
  };
  return { ...portsOver({ ...memoryTables(), vaults }), commits };
}

let runs = 0;
const answering = (reply: Reply) => async () => {
  runs += 1;
  return reply;
};
const numbered = async (): Promise<Reply> => {
  runs += 1;
  return { status: 200, body: { run: runs } };
};

describe('the same key', () => {
  test('and body run once, and answer alike for ever after', async () => {
    const once = idempotency(aStore());
    const first = await once(keyed(), numbered);
    const second = await once(keyed(), numbered);
    if (!first.ok || !second.ok) throw new Error('refused');
    expect(first.value.headers).toBeUndefined();
    expect(second.value).toEqual({ ...first.value, headers: { 'idempotency-replayed': 'true' } });
  });

  test('is known to every instance', async () => {
    const store = aStore();
    const first = await idempotency(store)(keyed(), numbered);
    const second = await idempotency(store)(keyed(), numbered);
    if (!first.ok || !second.ok) throw new Error('refused');
    expect(second.value.body).toEqual(first.value.body);
  });

  test('and another body is refused, without running', async () => {
    const once = idempotency(aStore());
    await once(keyed(), numbered);
    const before = runs;
    expect(await once(keyed({ body: new Uint8Array() }), numbered)).toMatchObject({
      ok: false,
      refusal: { code: 'IdempotencyKeyReused' },
    });
    expect(runs).toBe(before);
  });

  test.for([
    { caller: { ...ada, oid: 'bob' } },
    { caller: { ...ada, tid: 'u' } },
    { caller: { ...ada, tid: 'tada', oid: '' } },
    { method: 'PUT' },
    { path: '/api/vaults/v/items/j/backup' },
    { vault: 'w' },
  ])('is another key with %j', async (over) => {
    const once = idempotency(aStore());
    await once(keyed(), numbered);
    const before = runs;
    expect((await once(keyed(over), numbered)).ok).toBe(true);
    expect(runs).toBe(before + 1);
  });

  test('while it runs is told so; afterwards it is free', async () => {
    const once = idempotency(aStore());
    const running = Promise.withResolvers<Reply>();
    const first = once(keyed(), () => running.promise);
    expect(await once(keyed(), numbered)).toMatchObject({
      ok: false,
      refusal: { code: 'RequestInProgress', retryAfterSeconds: 1 },
    });
    running.resolve({ status: 204 });
    expect(await first).toEqual({ ok: true, value: { status: 204 } });
    expect(await once(keyed(), numbered)).toMatchObject({ ok: true, value: { status: 204 } });
  });

  test('is free again after a fault', async () => {
    const once = idempotency(aStore());
    await expect(once(keyed(), () => Promise.reject(new Error('storage is away')))).rejects.toThrow('storage is away');
    expect((await once(keyed(), numbered)).ok).toBe(true);
  });

  test('run by two instances at once answers with the first that wrote', async () => {
    const store = aStore();
    const [one, two] = [idempotency(store), idempotency(store)];
    const [a, b] = await Promise.all([one(keyed(), numbered), two(keyed(), numbered)]);
    if (!a.ok || !b.ok) throw new Error('refused');
    expect(a.value.body).toEqual(b.value.body);
  });

  test('of two at once with different bodies is refused for one of them', async () => {
    const store = aStore();
    const other = keyed({ body: new Uint8Array([1]) });
    const outcomes = await Promise.all([idempotency(store)(keyed(), numbered), idempotency(store)(other, numbered)]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  });
});

describe('an answer', () => {
  const at = (hours: number) => keyed({ now: NOON.plus({ hours }) });

  test('is kept for 24 hours, and then replaced', async () => {
    const once = idempotency(aStore());
    const bodies: unknown[] = [];
    for (const hours of [0, 23.999, 24, 47, 48]) {
      const outcome = await once(at(hours), numbered);
      bodies.push(outcome.ok && outcome.value.body);
    }
    const [first, second, third, fourth, fifth] = bodies;
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
    expect(fourth).toEqual(third);
    expect(fifth).not.toEqual(third);
  });

  test.for([400, 404, 409, 412])('of %i is kept', async (status) => {
    const once = idempotency(aStore());
    await once(keyed(), answering({ status, body: { error: {} }, headers: { 'x-ms-error-code': 'X' } }));
    expect(await once(keyed(), numbered)).toEqual({
      ok: true,
      value: { status, body: { error: {} }, headers: { 'x-ms-error-code': 'X', 'idempotency-replayed': 'true' } },
    });
  });

  test.for([401, 500, 503])('of %i is not: the next try may do better', async (status) => {
    const once = idempotency(aStore());
    await once(keyed(), answering({ status, body: {} }));
    expect(await once(keyed(), numbered)).toMatchObject({ ok: true, value: { status: 200 } });
  });

  test('without a body has none the second time either', async () => {
    const once = idempotency(aStore());
    await once(keyed(), answering({ status: 204 }));
    expect(await once(keyed(), numbered)).toMatchObject({ ok: true, value: { status: 204, body: undefined } });
  });
});

describe('the record', () => {
  const asked = { caller: ada, now: NOON, requestId: 'r' };
  const putting = (store: ReturnType<typeof aStore>, id: string) => async (keep: Keep) => {
    const view = ({ vault }: VaultResult) => reply(201, { name: vault.name, etag: vault.etag });
    const ports = flowPorts({ ...store, newId: () => id });
    const keepResult = (result: VaultResult) => keep(view(result));
    const outcome = await putVault(
      ports,
      { ...asked, keep: keepResult },
      { vault: 'v' },
      { patch: { kind: 'Backup' }, mustExist: false },
    );
    return outcome.ok ? view(outcome.value) : { status: PROBLEM };
  };
  const PROBLEM = 409;
  const keysOf = (ops: readonly Op[]) => ops.map(({ key }) => key.split('!').slice(0, 2).join('!'));

  test('goes in the same transaction as the change, and nothing is written after it', async () => {
    const store = aStore();
    const outcome = await idempotency(store)(keyed(), putting(store, 'one'));
    expect(outcome).toEqual({
      ok: true,
      value: { status: 201, body: { name: 'v', etag: 'one' }, headers: { etag: 'one' } },
    });
    // Of the head there are the settings, the fence, and the tally with what ends it.
    const head = ['v!head', 'v!head', 'v!head', 'v!head'];
    expect(store.commits.map(keysOf)).toEqual([[...head, 'v!audit', 'v!idem', 'v!end']]);
  });

  test('is written alone when nothing changed', async () => {
    const store = aStore();
    const refusal = refuse('VaultNotFound', 'There is no vault v.');
    await idempotency(store)(keyed(), answering({ status: 404, body: refusal }));
    expect(store.commits.map(keysOf)).toEqual([['v!idem', 'v!end']]);
  });
});

test.for([
  ['a', true],
  ['x'.repeat(128), true],
  [' ~', true],
  ['', false],
  ['x'.repeat(129), false],
  ['a\n', false],
  ['a\tb', false],
  ['\u007f', false],
  ['é', false],
] as const)('%j printable: %s', ([text, printable]) => {
  expect(isPrintable(text)).toBe(printable);
});
