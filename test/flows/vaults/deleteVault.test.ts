/** The life of a vault after its deletion, over tables in memory: kept, restored, removed, and its name used again. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Notification } from '../../../src/core/alerts.ts';
import { isItem } from '../../../src/core/item.ts';
import type { Instant } from '../../../src/core/time.ts';
import { deleteGuard } from '../../../src/flows/guards/guards.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { putPause } from '../../../src/flows/service/pause.ts';
import { listDeletedVaults, readDeletedVault, restoreVault } from '../../../src/flows/vaults/deleted.ts';
import { deleteVault } from '../../../src/flows/vaults/deleteVault.ts';
import { putPolicy } from '../../../src/flows/vaults/policies.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { listVaults, readVault } from '../../../src/flows/vaults/read.ts';
import { SHARD_NAMES } from '../../../src/store/keys.ts';
import { checkStore } from '../../../tools/check/store.ts';
import type { Scan } from '../../../tools/check/terms.ts';
import { aMail, anAlert } from '../../support/alerts.ts';
import { later, NOON } from '../../support/builders.ts';
import { aGuard } from '../../support/guards.ts';
import { historyIn } from '../../support/stores.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, headOf, must, newHead, newId, overtaken, portsOver, type World } from '../../support/world.ts';
import { hintsIn, sweeperOver } from '../sweep/sweeper.ts';

const VAULT = 'Contoso';
const PLACE = { vault: VAULT };
const ITEM = { ...PLACE, item: 'sql-01' };
const END = later(14);
const PEOPLE = { recipients: ['ops@contoso.com'], owners: ['owner@contoso.com'] };

let tables: Tables;
let ports: World;

const make = (to = ports, at: Instant = NOON) =>
  putVault(to, aRequest(at), PLACE, { patch: { kind: 'RecoveryServices', alerts: PEOPLE }, mustExist: false });
const daily = (to = ports) =>
  putPolicy(to, aRequest(), PLACE, {
    name: 'daily',
    workloads: ['AzureVM'],
    schedule: '0 0 2 * * *',
    retention: { daily: 30 },
  });
const fill = (to = ports, at: Instant = NOON) =>
  protect(to, aRequest(at), ITEM, { workload: 'AzureVM', policy: 'daily', sourceId: '/vm' });
const remove = (at: Instant = NOON, to = ports) => deleteVault(to, aRequest(at), PLACE, { reason: 'moved' });
const restore = (at: Instant, to = ports) => restoreVault(to, aRequest(at), PLACE);
const sweep = async (at: Instant) => {
  const sweeper = sweeperOver(tables, { notices: ports.notices });
  return sweeper.sweep(at);
};
const codeOf = async (outcome: Promise<{ readonly ok: boolean; readonly refusal?: { readonly code: string } }>) =>
  (await outcome).refusal?.code ?? 'ok';
const operations = async () => (await historyIn(ports, VAULT, null)).map(({ operation }) => operation);
/** Also where the directory does not name the vault any more. */
const scan: Scan = async function* (name) {
  const lists = { vaults: ['contoso'], agenda: SHARD_NAMES, registry: ['vaults', 'deletedVaults', 'sources'] };
  for (const partition of lists[name])
    for (const row of await tables[name].range(partition, { prefix: '', before: '~' })) yield { partition, row };
};
const findings = async (at: Instant) => (await checkStore(scan, at)).findings;
const raised = async (vault: string | null = VAULT) =>
  (await ports.alerts.about(vault, null)).found.map(({ value }) => value);
const setMail = async (id: string, mail: Notification) => {
  const was = must(await ports.alerts.get(VAULT, id));
  await ports.commit({ vault: VAULT, id: newId(), alerts: [{ was, now: { ...was.value, notifications: [mail] } }] });
};
const keysOf = async (table: keyof Tables, of: RegExp) => {
  const found: string[] = [];
  for await (const { partition, row } of scan(table))
    if (of.test(`${partition}/${row.key}`)) found.push(`${partition}/${row.key}`);
  return found;
};

beforeEach(async () => {
  tables = memoryTables();
  ports = portsOver(tables);
  expect(await codeOf(make())).toBe('ok');
  expect(await codeOf(daily())).toBe('ok');
});

describe('a deleted vault', () => {
  test('says who deleted it, when and why, and that is told and written down', async () => {
    expect(await remove()).toEqual({ ok: true, value: null });
    const { id } = must(await ports.vaults.deleted(VAULT)).vault;
    const shown = { name: VAULT, id, kind: 'RecoveryServices' };
    const deletion = { at: NOON, by: { tid: 'local', oid: 'somebody' }, reason: 'moved', removeAt: END };
    expect(await readDeletedVault(ports, VAULT)).toMatchObject({ ok: true, value: { ...shown, deletion } });
    expect(await listDeletedVaults(ports, { after: undefined, top: 10 })).toMatchObject({
      value: { shown: [{ ...shown, deletion }], last: undefined },
    });
    expect(await listVaults(ports, { after: undefined, top: 10 })).toMatchObject({ value: { shown: [] } });
    expect((await operations())[0]).toBe('DeleteVault');
    const facts = { control: 'vault', before: 'open', after: 'deleted', reason: 'moved', by: 'somebody' };
    expect((await raised()).filter(({ type }) => type === 'VaultDeleted')).toMatchObject([{ facts }]);
    expect(await findings(NOON)).toEqual([]);
  });

  test('is listed and read in one request', async () => {
    await remove();
    let requests = 0;
    const count = <T>(answer: T): T => {
      requests += 1;
      return answer;
    };
    const counted = (table: Tables[keyof Tables]): Tables[keyof Tables] => ({
      ...table,
      get: async (...asked) => count(await table.get(...asked)),
      range: async (...asked) => count(await table.range(...asked)),
    });
    const counting = portsOver({
      vaults: counted(tables.vaults),
      agenda: counted(tables.agenda),
      registry: counted(tables.registry),
    });
    await listDeletedVaults(counting, { after: undefined, top: 200 });
    expect(requests).toBe(1);
    await readDeletedVault(counting, VAULT);
    expect(requests).toBe(2);
  });

  test('takes nothing: no item, no setting, and its name is taken', async () => {
    await remove();
    expect(await codeOf(fill())).toBe('VaultNotFound');
    expect(await codeOf(readVault(ports, VAULT))).toBe('VaultNotFound');
    expect(await codeOf(make())).toBe('VaultDeleted');
  });

  test('has no line among the others from the next sweep on, and until then a hint leads to that line', async () => {
    await remove();
    expect(await keysOf('registry', /^(deletedVaults|vaults)\//)).toEqual(['vaults/contoso', 'deletedVaults/contoso']);
    expect(await findings(NOON)).toEqual([]);
    await sweep(later(0, 120_000));
    expect(await keysOf('registry', /^(deletedVaults|vaults)\//)).toEqual(['deletedVaults/contoso']);
    await ports.commit({ line: 'vault', vault: VAULT, id: 'late' });
    expect((await findings(later(0, 120_000))).map(({ message }) => message)).toEqual([
      'the directory lists a deleted vault among those that are open, and no hint leads there',
    ]);
  });

  test('is deleted once: to repeat it changes nothing', async () => {
    await remove();
    const before = must(await ports.vaults.deleted(VAULT));
    expect(await remove(later(3))).toEqual({ ok: true, value: null });
    expect(await ports.vaults.deleted(VAULT)).toEqual(before);
    expect((await raised()).filter(({ type }) => type === 'VaultDeleted')).toHaveLength(1);
  });

  test('drops what has not cooled off', async () => {
    const { head } = { head: await headOf(ports.vaults) };
    const change = { id: 'c', control: 'softDelete', before: 'Enabled', after: 'Disabled', values: {} };
    const asked = { requestedBy: { tid: 't', oid: 'o' }, requestedAt: NOON, effectiveAt: later(1) };
    await ports.commit(newHead({ ...head.vault, pendingChanges: [{ ...change, ...asked }] }, head));
    await remove();
    expect(must(await ports.vaults.deleted(VAULT)).vault.pendingChanges).toEqual([]);
  });

  test('still counts for its guard', async () => {
    const guard = aGuard({ name: 'g' });
    await ports.commit({ vault: '~service', id: newId(), guard: { was: undefined, now: guard } });
    await ports.commit({ line: 'guardLink', guard: 'g', vault: VAULT });
    await remove();
    const deleted = must(await ports.vaults.deleted(VAULT));
    await ports.commit(newHead({ ...deleted.vault, guard: 'g' }, deleted));
    expect(await codeOf(deleteGuard(ports, aRequest(), { guard: 'g' }))).toBe('GuardInUse');
  });

  test('is listed as deleted by the next sweep, where the process died before it was', async () => {
    const dies = { ...ports, land: async (landing: Parameters<World['land']>[0]) => dead(landing) };
    const dead: World['land'] = (landing) =>
      landing.write && 'line' in landing.write ? Promise.reject(new Error('killed')) : ports.land(landing);
    await expect(remove(NOON, dies)).rejects.toThrow('killed');
    expect(await keysOf('registry', /^deletedVaults/)).toEqual([]);
    expect(await codeOf(make())).toBe('VaultDeleted');
    await sweep(later(0, 61_000));
    expect(await keysOf('registry', /^(deletedVaults|vaults)\//)).toEqual(['deletedVaults/contoso']);
    expect(await hintsIn(tables)).toContain('remove ~ 2026-03-15T12:00:00.000Z');
  });

  test('is not found where there was none', async () => {
    const nowhere = portsOver(memoryTables());
    expect(await codeOf(deleteVault(nowhere, aRequest(), PLACE))).toBe('VaultNotFound');
    expect(await codeOf(restore(NOON, nowhere))).toBe('VaultNotFound');
    expect(await codeOf(restore(NOON))).toBe('VaultNotFound');
  });
});

describe('against a protect', () => {
  test('what was made since the blockers were looked for stops the deletion', async () => {
    const late = overtaken(ports, async () => expect(await codeOf(fill())).toBe('ok'));
    expect(await codeOf(remove(NOON, late))).toBe('VaultNotEmpty');
    expect(await ports.vaults.deleted(VAULT)).toBeUndefined();
    // and so does the second thing that is made, when the gate is there already
    expect(await codeOf(readVault(ports, VAULT))).toBe('ok');
  });

  test('a protect that comes too late makes nothing', async () => {
    const late = overtaken(ports, () => remove());
    expect(await codeOf(fill(late))).toBe('VaultNotFound');
    expect((await ports.vaults.items(VAULT, { limit: 10 })).found).toEqual([]);
  });
});

describe('restoring', () => {
  test('gives the vault back as it was, and tells', async () => {
    const before = await headOf(ports.vaults);
    await remove();
    const outcome = await restore(later(13.9));
    const { etag: _, evidence: __, ...was } = before.vault;
    expect(outcome).toMatchObject({ ok: true, value: { vault: was, created: false } });
    const after = await headOf(ports.vaults);
    expect([after.vault, after.policies]).toMatchObject([was, before.policies]);
    expect((await operations())[0]).toBe('RestoreVault');
    expect((await raised()).filter(({ type }) => type === 'VaultRestored')).toHaveLength(1);
    expect(await keysOf('registry', /^(deletedVaults|vaults)\//)).toEqual(['vaults/contoso']);
    expect(await codeOf(fill())).toBe('ok');
    await sweep(later(15));
    expect(await codeOf(readVault(ports, VAULT))).toBe('ok');
    expect(await findings(later(15))).toEqual([]);
  });

  test('is too late from the end of its time on', async () => {
    await remove();
    expect(await codeOf(restore(END))).toBe('UndeleteWindowClosed');
    expect(await codeOf(restore(later(14, -1)))).toBe('ok');
  });

  test('starts the time anew for the next deletion, and raises another alert', async () => {
    await remove();
    await restore(later(10));
    await remove(later(11));
    await sweep(later(20));
    expect(must(await ports.vaults.deleted(VAULT)).vault.deletion?.removeAt).toEqual(later(25));
    expect((await raised()).filter(({ type }) => type === 'VaultDeleted')).toHaveLength(2);
  });
});

describe('the removal', () => {
  const gone = async () => (await ports.vaults.deleted(VAULT)) === undefined;

  test('comes with the first sweep at the end of its time, and leaves the history and a grave', async () => {
    await remove();
    const { id } = must(await ports.vaults.deleted(VAULT)).vault;
    await sweep(later(14, -1));
    expect(await gone()).toBe(false);
    await sweep(END);
    expect(await gone()).toBe(true);
    expect(await keysOf('vaults', /^contoso\/contoso!(?!audit!)/)).toEqual(['contoso/contoso!head!grave']);
    expect(await operations()).toEqual(['RemoveVault', 'DeleteVault', 'PutPolicy', 'CreateVault']);
    expect(await keysOf('registry', /^(deletedVaults|vaults)\//)).toEqual([]);
    expect(await codeOf(readVault(ports, VAULT))).toBe('VaultNotFound');
    expect(await codeOf(remove(later(15)))).toBe('VaultNotFound');
    const [told] = (await ports.alerts.list(null, { limit: 10 })).found;
    expect(told).toMatchObject({ id: `~~VaultRemoved~${id}`, facts: { removedVault: VAULT } });
    const people = told?.notifications?.map(({ recipient }) => recipient).toSorted();
    expect(people).toEqual(['operator@example.com', 'ops@contoso.com', 'owner@contoso.com']);
    expect(await findings(END)).toEqual([]);
    // what is left is that somebody is told
    for (const hint of await hintsIn(tables)) expect(hint).toMatch(/^tell /);
  });

  test('waits while the service is paused, and while somebody waits for a mail', async () => {
    await remove();
    expect(await codeOf(putPause(ports, aRequest(later(12)), {}, { reason: 'audit', until: later(16) }))).toBe('ok');
    await sweep(END);
    expect(await gone()).toBe(false);
    const [about] = (await ports.alerts.about(VAULT, null)).found;
    const held = must(about);
    const waiting = { recipient: 'ops@contoso.com', as: 'recipient', status: 'Queued', attempts: 0 } as const;
    const mail = { ...waiting, operationId: 'o', sentAt: null, nextTryAt: later(100), failure: null, together: null };
    await ports.commit({
      ...{ vault: VAULT, id: newId() },
      alerts: [{ was: held, now: { ...held.value, notifications: [mail] } }],
    });
    await sweep(later(17));
    expect(await gone()).toBe(false);
    // a mail that was given up has told nobody; until a person drops it, or for thirty days
    const givenUp = { ...mail, status: 'DeadLettered', nextTryAt: null } as const;
    await setMail(held.value.id, givenUp);
    await sweep(later(18));
    expect(await gone()).toBe(false);
    await setMail(held.value.id, { ...givenUp, droppedAt: later(18) });
    await sweep(later(18, 3_600_000));
    expect(await gone()).toBe(true);
  });

  test('erases no alert of which somebody was not told yet, however many there are', async () => {
    const about = (at: number) => ({ vault: VAULT, item: `vm-${at}`, generation: 1 });
    const destroyed = Array.from({ length: 250 }, (_, at) => anAlert('BackupDataPermanentlyDeleted', about(at)));
    for (const one of destroyed)
      await ports.commit({
        ...{ vault: VAULT, id: newId() },
        alerts: [{ was: undefined, now: { ...one, notifications: [] } }],
      });
    await remove();
    const last = must(destroyed.at(-1)).id;
    await setMail(last, { ...aMail(), status: 'Queued', nextTryAt: later(100) });
    await sweep(later(14));
    expect(await gone()).toBe(false);
    await setMail(last, { ...aMail(), status: 'Sent' });
    await sweep(later(14, 3_600_000));
    expect(await gone()).toBe(true);
  });

  test('waits for people who cannot be told, and not for ever', async () => {
    await remove();
    const [about] = await raised();
    await setMail(must(about).id, { ...aMail(), status: 'Failed' });
    await sweep(later(44, -1));
    expect(await gone()).toBe(false);
    await sweep(later(44, 3_600_000));
    expect(await gone()).toBe(true);
  });

  test('cannot be undone once it has begun, whatever a clock says', async () => {
    await remove();
    const deleted = must(await ports.vaults.deleted(VAULT));
    let batches = 1;
    expect(await ports.vaults.emptyVault(deleted, () => batches-- > 0)).toEqual({ how: 'left', rows: 0 });
    expect(await codeOf(restore(later(1)))).toBe('UndeleteWindowClosed');
    expect(await codeOf(make())).toBe('VaultDeleted');
    await sweep(END);
    expect(await gone()).toBe(true);
  });

  test('touches nothing of a vault that was restored before it began', async () => {
    await remove();
    const deleted = must(await ports.vaults.deleted(VAULT));
    await restore(later(1));
    expect(await ports.vaults.emptyVault(deleted, () => true)).toEqual({ how: 'lost', rows: 0 });
    expect(await headOf(ports.vaults)).toMatchObject({ policies: [{ name: 'daily' }] });
  });

  test('by two sweeps at once happens once', async () => {
    await remove();
    await Promise.all([sweep(END), sweep(END), sweep(END)]);
    await sweep(later(15));
    expect((await operations()).filter((one) => one === 'RemoveVault')).toHaveLength(1);
    expect((await ports.alerts.list(null, { limit: 10 })).found).toHaveLength(1);
    expect(await findings(later(15))).toEqual([]);
  });

  test('that comes late takes nothing from a vault that was made since', async () => {
    await remove();
    await ports.vaults.emptyVault(must(await ports.vaults.deleted(VAULT)), () => true);
    const was = must(await ports.vaults.deleted(VAULT));
    await sweep(END);
    expect(await codeOf(make(ports, later(15)))).toBe('ok');
    const grave = { was, now: { id: was.vault.id, removedAt: END } };
    const [entry] = await historyIn(ports, VAULT, null);
    expect(await ports.commit({ vault: VAULT, id: newId(), grave, entries: [must(entry)] })).toBeUndefined();
    expect(await codeOf(readVault(ports, VAULT))).toBe('ok');
  });

  test('makes the name free: another vault, whose histories and generations go on', async () => {
    await fill();
    const item = must(await ports.vaults.item(VAULT, 'sql-01'));
    if (!isItem(item.value)) throw new Error('it is not there');
    await ports.commit({
      ...{ vault: VAULT, id: newId(), items: [] },
      entries: [],
    });
    const tombstone = { state: 'Purged', vault: VAULT, name: 'sql-01', generation: 1, purgedAt: NOON } as const;
    const [told] = await historyIn(ports, VAULT, 'sql-01');
    await ports.commit({
      ...{ vault: VAULT, id: newId(), entries: [must(told)] },
      items: [{ was: item, now: { ...tombstone, softDeleteApplied: false, server: null, etag: 'p' } }],
    });
    const first = (await headOf(ports.vaults)).vault;
    await remove();
    await sweep(END);
    expect(await codeOf(make(ports, later(15)))).toBe('ok');
    await daily();
    const second = (await headOf(ports.vaults)).vault;
    expect(second.id).not.toBe(first.id);
    expect(second.evidence?.seq).toBe(6);
    expect(await codeOf(fill(ports, later(15)))).toBe('ok');
    expect(must(await ports.vaults.item(VAULT, 'sql-01')).value).toMatchObject({ generation: 2 });
    expect(await operations()).toEqual([
      'PutPolicy',
      'CreateVault',
      'RemoveVault',
      'DeleteVault',
      'PutPolicy',
      'CreateVault',
    ]);
    expect(await findings(later(15))).toEqual([]);
  });
});

test('what the version before left half-way is cleared by the repetition, or when the name is used again', async () => {
  const begun = async () => {
    const { fence } = await headOf(ports.vaults);
    const row = must(await tables.vaults.get('contoso', `contoso!head!fence!${fence}`));
    await tables.vaults.remove('contoso', row.key, row.tag);
  };
  await begun();
  expect(await codeOf(remove())).toBe('VaultNotFound');
  // its history outlives it
  for (const key of await keysOf('vaults', /./)) expect(key).toMatch(/^contoso\/contoso!audit!/);
  await make();
  await begun();
  expect(await codeOf(make())).toBe('ok');
  expect(await headOf(ports.vaults)).toMatchObject({ policies: [] });
});
