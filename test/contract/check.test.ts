/** The checker finds each violation that it is made for, and nothing in a store that the flows have written. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HINT_KINDS, type Hint, SERVICE, standingPurge, tidyHint } from '../../src/core/hints.ts';
import { afterStep, operationName } from '../../src/core/operations.ts';
import { addMillis, type Instant, instantOf } from '../../src/core/time.ts';
import { putHold } from '../../src/flows/items/holds.ts';
import { notify } from '../../src/flows/notify/message.ts';
import { straighten } from '../../src/flows/vaults/deleted.ts';
import { deleteVault } from '../../src/flows/vaults/deleteVault.ts';
import { putPolicy } from '../../src/flows/vaults/policies.ts';
import { putVault } from '../../src/flows/vaults/putVault.ts';
import type { Notices } from '../../src/ports/alerts.ts';
import { namingRow } from '../../src/store/ends.ts';
import { keys } from '../../src/store/keys.ts';
import { type Cells, pack } from '../../src/store/table.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { checkStore } from '../../tools/check/store.ts';
import type { Placed, Scan } from '../../tools/check/terms.ts';
import { plant, rowsOf } from '../faults/seeds.ts';
import { sweeperOver } from '../flows/sweep/sweeper.ts';
import { aMail } from '../support/alerts.ts';
import { later, NOON } from '../support/builders.ts';
import { at, type Furnished, furnish, item, P, place, storeOver } from '../support/furnished.ts';
import { memoryTables } from '../support/tables.ts';
import { aRequest, done, must, NOBODY } from '../support/world.ts';
import { raise, UNTRIED, VIOLATIONS } from './violations.ts';

let store: Furnished;
/** As if a vault were too large to be held. */
const SLICED = { rows: 7, bytes: 10_000_000 };

/** Furnished once by the flows; each test has a copy. */
let furnished: Awaited<ReturnType<typeof rowsOf>>;
beforeAll(async () => {
  const first = storeOver(memoryTables());
  await furnish(first);
  furnished = await rowsOf(first.tables);
});
beforeEach(async () => {
  store = storeOver(memoryTables());
  await plant(store.tables, furnished);
});

describe('a store that the flows have written', () => {
  test('is without store.findings, and counted', async () => {
    const { findings: found, counts } = await checkStore(scanTables(store.tables), later(1));
    expect(found).toEqual([]);
    expect(counts).toMatchObject({ vaults: 1, items: 7, tombstones: 1, claims: 8 });
    expect(await checkStore(scanTables(store.tables), later(1), { hold: SLICED })).toEqual({ findings: [], counts });
  });

  test('also where a slice ends in the middle of the history of an item that was purged', async () => {
    for (const now of [later(12.5), later(14.5)]) {
      const tell: Notices['send'] = async (notice) => void (await notify(store.ports, NOBODY, notice, now));
      await sweeperOver(store.tables, { notices: { send: tell } }).sweep(now);
    }
    const { found } = await store.ports.vaults.history('Contoso', { item: 'deleted' }, { limit: 2 });
    expect(found.map(({ entry }) => entry?.operation)).toEqual(['Purge', 'Told']);
    for (let rows = SLICED.rows; rows < 40; rows += 1)
      expect([rows, await store.findings(later(15), { ...SLICED, rows })]).toEqual([rows, []]);
  });

  test('also when a policy has just been shortened, until nobody walks its items any more', async () => {
    const { operation = '' } = await done(
      putPolicy(store.ports, aRequest(later(1)), { vault: 'Contoso' }, { name: 'daily', retention: { daily: 7 } }),
    );
    expect(await store.findings()).toEqual([]);
    const was = must(await store.ports.vaults.operation('Contoso', operationName(operation)));
    const now = afterStep(was.value, { cursor: undefined, done: 0, failed: 0 }, later(1));
    await store.ports.commit({ vault: 'Contoso', id: 'ended', operations: [{ was, now }] });
    expect(await store.findings()).toEqual([
      `I2 ${at(item('busy'))}`,
      `I2 ${at(item('many'))}`,
      `I2 ${at(item('protected'))}`,
    ]);
  });

  test('also when a hold keeps an item beyond its time', async () => {
    await done(putHold(store.ports, aRequest(), place('deleted'), { name: 'h', reason: 'r', until: later(40) }));
    expect(await store.findings(later(20))).toEqual([]);
  });
});

/** An item that was undeleted at noon, whose hint to its purge nobody has struck. */
describe('what an undelete left ahead', () => {
  const FIVE_MINUTES = 300_000;
  const nextSweep = (after: Instant) => instantOf((Math.floor(+after / FIVE_MINUTES) + 1) * FIVE_MINUTES);
  const found = async (millis: number, known: object = { nextSweep }) =>
    (await checkStore(scanTables(store.tables), addMillis(NOON, millis), known)).findings.map(({ row }) => row);
  /** Who has told its alert died before the hint was struck; or nobody has told it yet. */
  const leave = async (isTold: boolean) => {
    const { found: about } = await store.ports.alerts.about('Contoso', 'recovered');
    const was = must(about.find(({ value }) => value.type === 'ItemUndeleted'));
    const [ridden] = was.value.rides ?? [];
    await store.ports.hint([{ kind: 'purge', vault: 'Contoso', item: 'recovered', due: later(14), by: ridden?.by }]);
    const waits = aMail({ status: 'Queued', sentAt: null, nextTryAt: later(2) });
    const alerts = [{ was, now: { ...was.value, notifications: isTold ? [] : [waits] } }];
    expect(await store.ports.commit({ vault: 'Contoso', id: 'told', alerts })).toBeDefined();
  };

  test('is no finding for two turns of the sweep, and one from then on', async () => {
    await leave(true);
    expect(await found(2 * FIVE_MINUTES - 1)).toEqual([]);
    expect(await found(2 * FIVE_MINUTES)).toContain(at(item('recovered')));
  });

  test('is none for an hour where nobody knows when the sweep comes', async () => {
    await leave(true);
    expect(await found(3_599_999, {})).toEqual([]);
    expect(await found(3_600_000, {})).toContain(at(item('recovered')));
  });

  test('is none as long as its alert rides on it, which nobody was told of', async () => {
    await leave(false);
    expect(await found(24 * 3_600_000)).toEqual([]);
  });
});

test.each([
  ['who is told', UNTRIED.notifications],
  ['nobody, for nobody has looked', null],
])('an alert that the queue has is believed to be told for a day: %s', async (_, notifications) => {
  await raise(store.ports, { ...UNTRIED, notifications });
  const found = async (millis: number) => (await store.findings(addMillis(later(1), millis))).filter(isTelling);
  expect(await found(-1)).toEqual([]);
  expect(await found(0)).toEqual([`I4 ${at(keys.alert(P, UNTRIED.id))}`]);
});
const isTelling = (finding: string): boolean => finding.startsWith('I4');

describe('a hint that fell due long ago', () => {
  const due = later(-2, -1);
  const found = async (hints: readonly Hint[]) => {
    await store.ports.hint(hints);
    return (await checkStore(scanTables(store.tables, ['gone']), later(1))).findings.filter(({ row }) =>
      row.startsWith('agenda/'),
    );
  };
  const lay = (vault: string, key: string, cells: Cells) =>
    store.tables.vaults.commit(vault, [{ op: 'insert', key, cells }]);

  test.each([
    [later(1, -1), 0],
    [later(-2), HINT_KINDS.length],
  ])('into a vault that was removed on %s: %i are found', async (removedAt, count) => {
    await lay('gone', keys.grave('gone'), pack({ id: 'i', removedAt }));
    expect(await found(HINT_KINDS.map((kind) => ({ kind, vault: 'gone', item: '~', due })))).toHaveLength(count);
  });

  test('leads to a vault, its alerts, its grants, its bundles, and to what is over where no vault is', async () => {
    await raise(store.ports, UNTRIED);
    await raise(store.ports, { ...UNTRIED, id: 'Contoso~~BackupFailure~1', item: null }, 'another');
    await lay(SERVICE, keys.spent(SERVICE, 'g'), { v: 1 });
    await lay(SERVICE, keys.guard('sec'), { v: 1 });
    await lay(SERVICE, keys.waitingOne(SERVICE, 'address~x~0', NOON, 'a'), { v: 1 });
    await lay('gone', keys.endOf('2026-03-05', keys.answer('gone', 'hash')), { v: 1 });
    const ofVault = (['warn', 'cooled', 'remove', 'reindex', 'tidy', 'tell'] as const).map((kind) => ({
      ...{ kind, vault: 'Contoso', item: '~', due },
    }));
    const others = [
      { kind: 'tell', vault: 'Contoso', item: 'protected', due },
      { kind: 'tidy', vault: 'gone', item: '~', due },
      { kind: 'tidy', vault: SERVICE, item: '~', due },
      { kind: 'spent', vault: SERVICE, item: '~', due },
      { kind: 'cooled', vault: SERVICE, item: 'sec', due },
      { kind: 'together', vault: SERVICE, item: 'address~x~0', due },
    ] as const;
    expect(await found([...ofVault, ...others])).toEqual([]);
  });
});

describe('the checker finds', () => {
  test.each(VIOLATIONS)('$what', async ({ what, seed, found }) => {
    await seed(store);
    expect((await store.findings()).toSorted()).toEqual((await found(store)).toSorted());
    // and the same where a vault is read in slices, in which what is derived from all items is only summed up
    // and operations are not compared with the head and their results
    if (/tally|index|counted|no row (says|names)|nobody will come|row that says|the head|results/.test(what)) return;
    // In slices a single row of an index is not named: the whole index is.
    const summed = (all: readonly string[]) =>
      [...Map.groupBy(all, (one) => one.replace(/!by!.*$/, '!by!'))].flatMap(([finding, same]) =>
        finding.endsWith('!by!') ? [finding] : same,
      );
    expect((await store.findings(later(1), SLICED)).toSorted()).toEqual(summed(await found(store)).toSorted());
  });

  test.each([
    ['I5: a tally that is off', `I5 ${at(keys.tallyBase(P))}`],
    ['a tally that cannot be read, and goes on', `unreadable ${at(keys.tallyBase(P))}`],
    ['I5: an index row of nobody', `I5 ${at(keys.by(P, ''))}`],
    ['I5: an item that an index does not name', `I5 ${at(keys.by(P, ''))}`],
  ])('in slices, too: %s', async (what, finding) => {
    await must(VIOLATIONS.find((one) => one.what === what)).seed(store);
    expect(await store.findings(later(1), SLICED)).toContain(finding);
  });

  describe('of a deleted vault', () => {
    const vault = { vault: 'empty' };
    const row = `vaults/empty/${keys.vault('empty')}`;
    const scan = () => scanTables(store.tables);
    const found = async (now = later(1)) =>
      (await checkStore(scan(), now)).findings.map((one) => `${one.rule} ${one.row}`);

    beforeEach(async () => {
      await done(putVault(store.ports, aRequest(), vault, { patch: { kind: 'Backup' }, mustExist: false }));
      await done(deleteVault(store.ports, aRequest(), vault));
      expect(await found()).toEqual([]);
      await straighten(store.ports, 'empty', NOON);
      expect(await found()).toEqual([]);
    });

    test('I5: that it is listed among those that are open, and no hint leads there', async () => {
      await store.ports.commit({ line: 'vault', vault: 'empty', id: 'made' });
      expect(await found()).toEqual([]);
      await store.ports.agenda.strike([{ kind: 'remove', vault: 'empty', item: '~', due: NOON }]);
      expect(await found()).toEqual([`I5 ${row}`]);
    });

    test('I5: that it is not listed as deleted', async () => {
      const listing = must(await store.ports.registry.deletedListing('empty'));
      const rows: Placed[] = [];
      for await (const one of scan()('vaults')) rows.push(one);
      await store.ports.commit({ line: 'unlistDeletedVault', listing });
      const whole: Scan = (name) => (name === 'vaults' ? iterate(rows) : scan()(name));
      expect((await checkStore(whole, later(1))).findings).toMatchObject([{ rule: 'I5', row }]);
    });

    test('I5: an item that lives in it', async () => {
      const key = keys.item('empty', 'vm');
      await store.tables.vaults.commit('empty', [{ op: 'insert', key, cells: { v: 1, state: 'Protected' } }]);
      expect(await found()).toEqual([`I5 vaults/empty/${key}`]);
    });

    test('I5: a row that nobody knows, and one of the service', async () => {
      const strays = ['empty!control!pause', 'empty!stray!x'];
      for (const key of strays) await store.tables.vaults.commit('empty', [{ op: 'insert', key, cells: { v: 1 } }]);
      expect(await found()).toEqual(strays.map((key) => `I5 vaults/empty/${key}`));
    });

    test('I5: what was over two days ago and is still there', async () => {
      const key = keys.end('empty', '2026-02-27', 'x');
      await store.tables.vaults.commit('empty', [namingRow('empty', '2026-02-27', 'x', [keys.alert('empty', 'one')])]);
      expect(await found()).toContain(`I5 vaults/empty/${key}`);
    });

    test('I5: a fence, by which something could be made in it', async () => {
      const key = keys.fence('empty', 'old');
      await store.tables.vaults.commit('empty', [{ op: 'insert', key, cells: { v: 1 } }]);
      expect(await found()).toEqual([`I5 vaults/empty/${key}`]);
    });

    test('I2: that nobody looks at it when its time has come', async () => {
      const hint = { kind: 'remove', vault: 'empty', item: '~' } as const;
      await store.ports.agenda.strike([{ ...hint, due: later(14) }]);
      expect(await found()).toEqual([]);
      await store.ports.agenda.strike([{ ...hint, due: NOON }]);
      expect(await found()).toEqual([`I2 ${row}`]);
    });

    test('I5: a vault that is open and listed as deleted', async () => {
      const line = must((await store.ports.registry.deleted({ limit: 1 })).found[0]);
      await store.ports.commit({ line: 'deletedVault', vault: { ...line, name: 'Contoso' } });
      expect(await found()).toEqual([`I5 ${at(keys.vault(P))}`]);
    });
  });

  describe('where no vault is', () => {
    const W = 'left';
    /** One of each kind that somebody could look for in vain. */
    const rows: Readonly<Record<string, string>> = {
      ...{ settings: keys.vault(W), fence: keys.fence(W, 'f'), gate: keys.gate(W), removing: keys.removing(W, 'i') },
      ...{ 'a kind': keys.noted(W, 'k'), policy: keys.policy(W, 'p'), tally: keys.tally(W, 'c') },
      ...{ 'the sum of a tally': keys.tallyBase(W), 'the end of a tally': keys.tallyEnd(W) },
      ...{ running: keys.running(W, { kind: 'Reindex', subject: null }), operation: keys.operation(W, 'o') },
      ...{ result: keys.result(W, 'o', 'p'), trash: keys.inTrash(W, NOON, 'vm'), ordered: keys.ordered(W, NOON, 'vm') },
      ...{ mark: keys.mark(W, { purgeAt: NOON, item: 'vm' }), order: keys.closedOrder(W, 'vm', 'o') },
      ...{ index: keys.by(W, 'kind', 'AzureVM', '', 'vm'), item: keys.item(W, 'vm'), page: keys.page(W, 'vm', 'p') },
      ...{ job: keys.job(W, 'vm', 'j'), server: keys.server(W, 's'), pin: `${W}!pin!current`, grant: `${W}!grant!g` },
      ...{ spent: keys.spent(W, 'g'), alert: keys.alert(W, `${W}~~VaultDeleted~1`), link: keys.naming(W, 'blobs') },
      ...{ waiting: keys.waitingOne(W, 'mass~x', NOON, 'a'), counted: keys.deletion(W, 'mass~x', NOON, 'a') },
      ...{
        'what ends': keys.end(W, '2027-01-01', 'c'),
        'an end of its own': keys.endOf('2027-01-01', keys.server(W, 's')),
      },
      ...{
        'one of the service': `${W}!control!pause`,
        unknown: `${W}!stray!x`,
        'unknown in a head': `${W}!head!stray`,
      },
      ...{ 'one of another vault': 'other!item!vm' },
    };
    const lay = (key: string, cells: Cells = { v: 1 }, vault = W) =>
      store.tables.vaults.commit(vault, [{ op: 'insert', key, cells }]);
    const found = async (vault = W, now = later(1), known = {}) =>
      (await checkStore(scanTables(store.tables, [W, 'other']), now, known)).findings.flatMap(({ rule, row }) =>
        row.startsWith(`vaults/${vault}/`) ? [`${rule} ${row}`] : [],
      );

    test.each(Object.entries(rows))('I5: a row that needs one: %s', async (_, key) => {
      await lay(key);
      const one = `I5 vaults/${W}/${key}`;
      expect((await found()).filter((finding) => finding.startsWith('I5'))).toEqual([one]);
      expect(await found(W, later(1), { hold: { rows: 1, bytes: 1 } })).toContain(one);
    });

    test('its history may lie, and its grave, and answers that are kept for a while', async () => {
      const answer = keys.answer(W, 'hash');
      await store.ports.hint([tidyHint(W, '2026-03-05')]);
      await lay(keys.grave(W), pack({ id: 'i', removedAt: NOON }));
      await lay(
        answer,
        pack({ key: 'hash', bodyHash: 'x', status: 404, headers: {}, body: '', at: NOON, endsOn: '2026-03-05' }),
      );
      await lay(keys.endOf('2026-03-05', answer));
      expect(await found()).toEqual([]);
      // and what was over two days ago lies too long there as well
      await store.ports.agenda.strike([tidyHint(W, '2026-03-05')]);
      expect(await found(W, later(10))).toContain(`I5 vaults/${W}/${keys.endOf('2026-03-05', answer)}`);
    });

    test('who was about to make it may have noted an executor, where it is listed; nothing else lies there', async () => {
      await store.ports.commit({ line: 'vault', vault: W, id: 'i' });
      await lay(keys.naming(W, 'blobs'));
      expect(await found()).toEqual([]);
      await lay(keys.item(W, 'vm'));
      expect(await found()).toEqual([`I5 vaults/${W}/${keys.item(W, 'vm')}`]);
    });

    test('I5: rows that nobody knows among those of the service, and those of a vault', async () => {
      const strays = [keys.item(SERVICE, 'vm'), `${SERVICE}!stray!x`];
      for (const key of strays) await lay(key, { v: 1 }, SERVICE);
      expect(await found(SERVICE)).toEqual(strays.map((key) => `I5 vaults/${SERVICE}/${key}`));
    });
  });

  test('I2: what failed when its time had come is tried again within a day; later is too late', async () => {
    const deleted = await store.documentAt(item('deleted'));
    const [own] = deleted.state === 'SoftDeleted' ? standingPurge(deleted) : [];
    const hint = { ...must(own), due: later(15), tries: 3 };
    for (const kind of ['warn', 'purge']) await store.dropHints('deleted', kind);
    await store.ports.hint([hint]);
    const found = async (now: Instant) =>
      (await checkStore(scanTables(store.tables), now)).findings.filter(({ row }) => row === at(item('deleted')));
    expect(await found(later(14))).toEqual([]);
    expect(await found(later(14, -1))).toMatchObject([{ rule: 'I2' }]);
    await store.ports.agenda.strike([hint]);
    await store.ports.hint([{ ...hint, tries: 0 }]);
    expect((await found(later(14))).map(({ message }) => message)).toEqual([
      'the hint to its purge at 2026-03-15T12:00:00.000Z is not there',
      'a hint to purge too many, at 2026-03-16T12:00:00.000Z',
    ]);
  });

  test('I5: a vault that the directory does not list, when all rows are read', async () => {
    const listing = must(await store.ports.registry.listing('contoso'));
    const scan = scanTables(store.tables);
    const rows: Placed[] = [];
    for await (const row of scan('vaults')) rows.push(row);
    await store.ports.commit({ line: 'unlistVault', listing });
    const whole: typeof scan = (name) => (name === 'vaults' ? iterate(rows) : scan(name));
    const { findings: found } = await checkStore(whole, later(1));
    expect(found).toMatchObject([{ rule: 'I5', row: at(keys.vault(P)) }]);
  });
});

async function* iterate<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}
