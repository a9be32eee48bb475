/** One hint a vault leads to what is over: who writes it, who need not, and when it is gone. */
import { beforeEach, describe, expect, test } from 'vitest';
import { keyOf } from '../../../src/core/names.ts';
import { addDays, type Instant, iso } from '../../../src/core/time.ts';
import { flowPorts } from '../../../src/flows/story/land.ts';
import type { Ports } from '../../../src/ports.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { anAlert } from '../../support/alerts.ts';
import { appOver } from '../../support/app.ts';
import { NOON } from '../../support/builders.ts';
import { allDue } from '../../support/stores.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { portsOver, type World } from '../../support/world.ts';
import { VAULT } from './furnish.ts';
import { sweeperOver } from './sweeper.ts';

const mute: Ports['notices'] = { send: async () => undefined };
let tables: Tables;
let now: Instant;
let written: string[];

/** A process of its own: it remembers nothing of what others wrote. */
function process(over: Partial<Ports> = {}) {
  const plain = portsOver(tables, { clock: { now: () => now }, notices: mute, ...over });
  const hint: Ports['hint'] = async (hints, dealtWith) => {
    written.push(...hints.map(({ kind }) => kind));
    await plain.hint(hints, dealtWith);
  };
  const ports: World = { ...plain, hint, ...flowPorts({ ...plain, hint }) };
  const app = appOver(ports);
  const call = async (name: string, path: string, body: object, key?: string): Promise<readonly string[]> => {
    written = [];
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    const { status, body: said } = await app(name, path, { body, headers });
    if (status >= 300) throw new Error(`${name} ${path}: ${status} ${said}`);
    return written;
  };
  return { ports, call };
}
const protect = (item: string) => ({ workload: 'AzureVM', policy: 'daily', sourceId: item });
const removal = (item: string) => ({ mode: 'delete', confirmName: item });
/** Of the vault: what belongs to none is looked at once in a store that is new to this version. */
const tidies = async () =>
  (await allDue(portsOver(tables), addDays(NOON, 10_000)))
    .filter(({ kind, vault }) => kind === 'tidy' && keyOf(vault) === keyOf(VAULT))
    .map(({ due }) => iso(due).slice(0, 10));
const kept = async (kind: string) => (await tables.vaults.range(VAULT, { prefix: `${VAULT}!${kind}!` })).length;
const sweepOn = (day: number) => sweeperOver(tables, { notices: mute }).sweep(addDays(NOON, day));

beforeEach(async () => {
  tables = memoryTables();
  now = NOON;
  const { call } = process();
  await call('putVault', VAULT, { kind: 'RecoveryServices' });
  await call('putPolicy', `${VAULT}/daily`, {
    workloads: ['AzureVM'],
    schedule: '0 0 2 * * *',
    retention: { daily: 30 },
  });
  await call('protectItem', `${VAULT}/a`, protect('a'));
});

describe('the hint that has a vault tidied', () => {
  test('is written with the first change of a process that writes what ends, and not with those that end later', async () => {
    const { call } = process();
    expect(await call('stopItem', `${VAULT}/a`, removal('a'))).toEqual(['warn', 'purge', 'tell', 'tidy']);
    await call('protectItem', `${VAULT}/b`, protect('b'));
    expect(await call('stopItem', `${VAULT}/b`, removal('b'))).toEqual(['warn', 'purge', 'tell']);
    expect(await tidies()).toEqual(['2027-03-02']);
    // an answer is over sooner
    expect(await call('protectItem', `${VAULT}/c`, protect('c'), 'key')).toEqual(['tidy']);
    expect(await call('protectItem', `${VAULT}/d`, protect('d'), 'another')).toEqual([]);
    expect(await tidies()).toEqual(['2026-03-03', '2027-03-02']);
  });

  test('is believed to stand only while it is well ahead', async () => {
    const { call } = process();
    await call('protectItem', `${VAULT}/c`, protect('c'), 'key');
    now = addDays(NOON, 1.5 - 1 / 96);
    expect(await call('protectItem', `${VAULT}/d`, protect('d'), 'another')).toEqual(['tidy']);
  });

  test('is written for an answer that goes with no change, too', async () => {
    const { ports, call } = process();
    written = [];
    const reply = await appOver(ports)('getItem', `${VAULT}/none`, {});
    expect([reply.status, written]).toEqual([404, []]);
    await expect(call('undeleteItem', `${VAULT}/none`, {}, 'key')).rejects.toThrow('404');
    expect(written).toEqual(['tidy']);
    expect([await kept('idem'), await kept('end')]).toEqual([1, 1]);
  });

  test('is left by an undelete to whoever tells its alert', async () => {
    await process().call('stopItem', `${VAULT}/a`, removal('a'));
    expect(await process().call('undeleteItem', `${VAULT}/a`, {}, 'key')).toEqual([]);
    const { ports } = process();
    const [was] = (await ports.alerts.about(VAULT, 'a')).found.filter(({ value }) => value.type === 'ItemUndeleted');
    if (!was) throw new Error('nothing was raised');
    written = [];
    const told = { was, now: { ...was.value, notifications: [] } };
    await ports.land({ now, write: { vault: VAULT, id: ports.newId(), alerts: [told] } });
    expect(written).toContain('tidy');
    expect(await tidies()).toContain('2026-03-03');
  });

  test('and to the sweep, where nobody told it: by the purge hint on which it rode', async () => {
    await process().call('stopItem', `${VAULT}/a`, removal('a'));
    await process().call('undeleteItem', `${VAULT}/a`, {}, 'key');
    await sweepOn(1);
    expect([await kept('idem'), await tidies()]).toEqual([1, ['2027-03-02']]);
    await sweepOn(15);
    expect(await tidies()).toEqual(['2026-03-16', '2027-03-02']);
    await sweepOn(16);
    expect([await kept('idem'), await tidies()]).toEqual([0, ['2027-03-02']]);
  });

  test('leads on from day to day, and is gone when nothing will be over any more', async () => {
    const { call, ports } = process();
    await call('protectItem', `${VAULT}/c`, protect('c'), 'key');
    const raised = anAlert('RetentionChanged', { vault: VAULT }, { notifications: [] });
    await ports.commit({ vault: VAULT, id: 'raised', alerts: [{ was: undefined, now: raised }] });
    await sweepOn(2);
    expect([await kept('idem'), await tidies()]).toEqual([0, ['2027-03-02']]);
    const report = await sweepOn(366);
    expect([await kept('alert'), await kept('end'), await tidies()]).toEqual([0, 0, []]);
    // it is no item that was due
    expect(report).toMatchObject({ due: 0, failed: 0, skipped: 0 });
  });

  test('is tried later when the vault cannot be tidied, and keeps nothing else back', async () => {
    const { call } = process();
    await call('protectItem', `${VAULT}/c`, protect('c'), 'key');
    const { vaults } = portsOver(tables);
    const broken = { ...vaults, tidy: () => Promise.reject(new Error('no answer')) };
    expect(await sweeperOver(tables, { vaults: broken }).sweep(addDays(NOON, 2))).toMatchObject({ failed: 1 });
    expect(await kept('idem')).toBe(1);
    expect(await sweepOn(2.1)).toMatchObject({ failed: 0 });
    expect(await kept('idem')).toBe(0);
  });
});

describe('what cannot be read', () => {
  const BROKEN = `${VAULT}!end!2026-03-02!broken`;
  const breakOne = () => tables.vaults.commit(VAULT, [{ op: 'insert', key: BROKEN, cells: { v: 1, doc0: '{' } }]);
  /** With how often the vault was tidied. */
  const sweeping = async (day: number) => {
    const { vaults } = portsOver(tables);
    let turns = 0;
    const counting: Ports['vaults'] = {
      ...vaults,
      tidy: (vault, ...given) => {
        if (keyOf(vault) === keyOf(VAULT)) turns += 1;
        return vaults.tidy(vault, ...given);
      },
    };
    const { failed } = await sweeperOver(tables, { notices: mute, vaults: counting }).sweep(addDays(NOON, day));
    return { failed, turns };
  };
  const aside = async () => (await portsOver(tables).control.quarantined()).map(({ kind, why }) => `${kind}: ${why}`);
  const found = async (day: number) =>
    (await checkStore(scanTables(tables, [keyOf(VAULT)]), addDays(NOON, day))).findings.map(
      ({ rule, row }) => `${rule} ${row.split('/').at(-1)}`,
    );

  test('keeps nothing else back, is looked at once a day, and stands in quarantine until somebody has seen to it', async () => {
    await breakOne();
    await process().call('protectItem', `${VAULT}/c`, protect('c'), 'key');
    expect(await sweeping(2)).toEqual({ failed: 1, turns: 1 });
    expect([await kept('idem'), await kept('end')]).toEqual([0, 1]);
    expect(await tidies()).toEqual(['2026-03-04']);
    expect(await aside()).toEqual([`tidy: unreadable row ${BROKEN}`]);
    expect(await found(2)).toEqual([`unreadable ${BROKEN}`]);
    for (const day of [2.001, 2.01, 2.4]) expect(await sweeping(day)).toEqual({ failed: 0, turns: 0 });
    // what ends on other days leads to it as well, and no second hint grows out of that
    await process().call('protectItem', `${VAULT}/d`, protect('d'), 'another');
    for (const day of [3, 4, 5]) expect(await sweeping(day)).toEqual({ failed: 1, turns: 1 });
    expect([await kept('idem'), await tidies()]).toEqual([0, ['2026-03-07']]);
    expect((await portsOver(tables).control.quarantined()).map(({ since }) => since)).toEqual([addDays(NOON, 2)]);
    // over for days, and there
    expect(await found(5)).toEqual([`unreadable ${BROKEN}`, `I5 ${BROKEN}`]);
    await tables.vaults.commit(VAULT, [{ op: 'drop', key: BROKEN }]);
    expect(await sweeping(6)).toEqual({ failed: 0, turns: 1 });
    expect([await tidies(), await aside()]).toEqual([[], []]);
  });

  test('leads on to what is over later, once it is gone', async () => {
    await breakOne();
    const { call, ports } = process();
    await call('protectItem', `${VAULT}/c`, protect('c'), 'key');
    const raised = anAlert('RetentionChanged', { vault: VAULT }, { notifications: [] });
    await ports.commit({ vault: VAULT, id: 'raised', alerts: [{ was: undefined, now: raised }] });
    await sweeping(2);
    expect(await tidies()).toEqual(['2026-03-04']);
    await tables.vaults.commit(VAULT, [{ op: 'drop', key: BROKEN }]);
    await sweeping(3);
    expect(await tidies()).toEqual(['2027-03-02']);
  });
});

test('a tombstone is forgotten after ninety days, and what was purged has no hint of its own', async () => {
  await process().call('stopItem', `${VAULT}/a`, removal('a'));
  const { found: settled } = await portsOver(tables).alerts.about(VAULT, 'a');
  for (const was of settled)
    await portsOver(tables).commit({
      vault: VAULT,
      id: 'told',
      alerts: [{ was, now: { ...was.value, notifications: [] } }],
    });
  const told: Partial<Ports> = { notices: portsOver(tables).notices };
  await sweeperOver(tables, told).sweep(addDays(NOON, 14));
  await sweeperOver(tables, told).sweep(addDays(NOON, 14.1));
  const state = async () => (await portsOver(tables).vaults.item(VAULT, 'a'))?.value.state;
  expect(await state()).toBe('Purged');
  await sweepOn(104);
  expect(await state()).toBe('Purged');
  await sweepOn(105);
  expect(await state()).toBeUndefined();
  expect(await tidies()).toEqual(['2027-03-02']);
});
