/** Whatever row cannot be read, or was written by newer code: the door names it, and costs nobody else anything. */
import { describe, expect, test } from 'vitest';
import { SERVICE } from '../../src/core/hints.ts';
import { keys } from '../../src/store/keys.ts';
import { VERSION } from '../../src/store/table.ts';
import { type Body, done } from '../host/support/door.ts';
import { aDeadLetter } from '../support/alerts.ts';
import type { Reply } from '../support/call.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { portsOver } from '../support/world.ts';
import { serviceInMemory } from './serviceInMemory.ts';

const BROKEN = [
  ['is no JSON', { v: 1, doc0: '{' }],
  ['was written by newer code', { v: VERSION + 1, doc0: '{}' }],
] as const;
type Cells = (typeof BROKEN)[number][1];

const POLICY = {
  workloads: ['MARS'],
  schedule: '0 0 2 * * *',
  retention: { daily: 30, weekly: 12, monthly: 12, yearly: 1 },
};
const SERVER = { kind: 'MARS', agentVersion: '2.0.9260.0' };
const OPERATORS = ['operators@example.com'];
const APP = { tid: 'local', oid: 'app' };

/** Two of everything in the vault `one`, and another vault. */
async function house() {
  const tables = memoryTables();
  const service = serviceInMemory({ tables, operators: OPERATORS });
  const admin = await service.token({ sub: 'admin', roles: ['GuardAdmin'], mfa: true });
  const put = async (path: string, body: object, token?: string) =>
    void (await done(service.door('PUT', path, { body, ...(token ? { token } : {}) })));
  for (const vault of ['one', 'two', 'old', 'older']) await put(`vaults/${vault}`, { kind: 'RecoveryServices' });
  for (const policy of ['bad', 'good']) await put(`vaults/one/policies/${policy}`, POLICY);
  for (const server of ['bad', 'good']) await put(`vaults/one/servers/${server}`, SERVER);
  for (const executor of ['bad', 'good']) await put(`executors/${executor}`, { callers: [APP] });
  for (const guard of ['bad', 'good']) await put(`guards/${guard}`, { contacts: ['a@example.com'] }, admin);
  for (const vault of ['old', 'older']) await done(service.door('DELETE', `vaults/${vault}`));
  const { ledger } = portsOver(tables);
  for (const id of ['bad', 'good']) await ledger.bury(aDeadLetter({ id, vault: null, alert: null }));
  return { ...service, admin };
}

type House = Awaited<ReturnType<typeof house>>;
type Table = keyof Pick<Tables, 'vaults' | 'registry'>;

/** Another process, which has read nothing before. */
async function spoiled(at: House, table: Table, partition: string, key: string, cells: Cells): Promise<House> {
  if (!(await at.tables[table].commit(partition, [{ op: 'replace', key, cells }]))) throw new Error(`no row ${key}`);
  return { ...at, ...serviceInMemory({ tables: at.tables, operators: OPERATORS }) };
}

const namesOf = ({ body }: Reply<Body>) => body.value.map(({ name, id }) => name ?? id);
const badOnes = ({ body }: Reply<Body>) => (body as { readonly unreadable?: unknown }).unreadable;

/** The list that shows it, and where it lies. */
const LISTS: readonly (readonly [string, Table, string, string, (house: House) => string | undefined])[] = [
  ['vaults/one/policies', 'vaults', 'one', keys.policy('one', 'bad'), () => undefined],
  ['vaults/one/servers', 'vaults', 'one', keys.server('one', 'bad'), () => undefined],
  ['executors', 'vaults', SERVICE, keys.executor('bad'), () => undefined],
  ['guards', 'vaults', SERVICE, keys.guard('bad'), ({ admin }) => admin],
  ['deadletters', 'registry', 'deadletters', 'dead!bad', () => undefined],
];

describe.each(BROKEN)('what %s', (_, cells) => {
  test.for(LISTS)('is named among %s, on the page where it would stand', async ([path, table, partition, key, as]) => {
    const at = await spoiled(await house(), table, partition, key, cells);
    const token = as(at);
    const ask = (query: string) => at.door('GET', `${path}?${query}`, token ? { token } : {});
    const all = await ask('top=2');
    expect(all.status).toBe(200);
    expect(namesOf(all)).toEqual(['good']);
    expect(badOnes(all)).toEqual([{ name: 'bad' }]);
    expect(all.body.nextLink).toBeUndefined();
    // It takes a place: so a page of nothing but such rows ends, too.
    const first = await ask('top=1');
    expect([namesOf(first), badOnes(first)]).toEqual([[], [{ name: 'bad' }]]);
    const { search } = new URL(first.body.nextLink ?? '');
    const second = await ask(search.slice(1));
    expect([namesOf(second), badOnes(second), second.body.nextLink]).toEqual([['good'], undefined, undefined]);
  });

  test('among the deleted vaults is named there', async () => {
    const at = await spoiled(await house(), 'registry', 'deletedVaults', 'old', cells);
    const list = await at.door('GET', 'deletedVaults');
    expect([list.status, namesOf(list), badOnes(list)]).toEqual([200, ['older'], [{ name: 'old' }]]);
  });

  test('among dead letters is counted by readiness all the same', async () => {
    const at = await spoiled(await house(), 'registry', 'deadletters', 'dead!bad', cells);
    const { body } = await at.door('GET', 'health/ready');
    const { checks } = body as unknown as { checks: readonly { name: string; status: string; detail: string }[] };
    expect(checks.find(({ name }) => name === 'storage')).toMatchObject({ status: 'ok' });
    expect(checks.find(({ name }) => name === 'deadLetters')?.detail).toMatch(/^2 /);
  });

  test('of a policy is shown by its vault as if nothing was, and every verb about it is refused', async () => {
    const first = await house();
    await done(
      first.door('PUT', 'vaults/one/items/vm', {
        body: { workload: 'MARS', policy: 'bad', sourceId: 'vm', server: 'good' },
      }),
    );
    const key = keys.policy('one', 'bad');
    const at = await spoiled(first, 'vaults', 'one', key, cells);
    expect(await at.door('GET', 'vaults/one')).toMatchObject({ status: 200, body: { counts: { protected: 1 } } });
    expect(await at.door('PATCH', 'vaults/one', { body: { coolingOffHours: 1 } })).toMatchObject({ status: 200 });
    expect(await at.door('GET', 'vaults/one/policies/good')).toMatchObject({ status: 200 });
    expect(await at.door('GET', 'vaults/one/items/vm')).toMatchObject({ status: 200 });
    const before = await at.tables.vaults.get('one', key);
    const refusals = [
      await at.door('GET', 'vaults/one/policies/bad'),
      await at.door('PUT', 'vaults/one/policies/bad', { body: POLICY }),
      await at.door('DELETE', 'vaults/one/policies/bad'),
      await at.door('PUT', 'vaults/one/items/vm2', {
        body: { workload: 'MARS', policy: 'bad', sourceId: 'vm2', server: 'good' },
      }),
    ];
    for (const reply of refusals)
      expect(reply).toMatchObject({ status: 500, body: { error: { code: 'InternalError' } } });
    expect(await at.tables.vaults.get('one', key)).toEqual(before);
    // Others go on.
    expect(
      await at.door('PUT', 'vaults/one/policies/good', { body: { retention: { ...POLICY.retention, daily: 31 } } }),
    ).toMatchObject({
      status: 200,
    });
  });

  test('of a server keeps the vault, and is named', async () => {
    const at = await spoiled(await house(), 'vaults', 'one', keys.server('one', 'bad'), cells);
    const refused = await at.door('DELETE', 'vaults/one');
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'VaultNotEmpty' } } });
    expect(refused.body.error.innererror?.['blockers']).toEqual([
      { kind: 'server', name: 'bad', unreadable: true },
      { kind: 'server', name: 'good' },
    ]);
  });
});
