/** An alert that cannot be read hides, refuses and delays no other, and nobody takes it for one that was told. */
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../src/core/alerts.ts';
import { addDays } from '../../../src/core/time.ts';
import { keys } from '../../../src/store/keys.ts';
import { VERSION } from '../../../src/store/table.ts';
import { aMail, anAlert } from '../../support/alerts.ts';
import { appOver } from '../../support/app.ts';
import { later } from '../../support/builders.ts';
import { allDue } from '../../support/stores.ts';
import type { Tables } from '../../support/tables.ts';
import { CONTRIBUTOR, NO_NOTICE, newId, portsOver } from '../../support/world.ts';
import { DAY, DUE, deleted } from '../sweep/deleted.ts';
import { furnished, VAULT } from '../sweep/furnish.ts';
import { sweeperOver } from '../sweep/sweeper.ts';

const BROKEN = [
  ['is no JSON', { v: 1, doc0: '{' }],
  ['was written by newer code', { v: VERSION + 1, doc0: '{}' }],
] as const;
type Cells = (typeof BROKEN)[number][1];

/** The rows of alerts whose key has this in it. */
async function spoilAlerts({ vaults }: Tables, part: string, cells: Cells = BROKEN[0][1]) {
  const rows = await vaults.range(VAULT, { prefix: keys.alerts(VAULT) });
  const hit = rows.filter(({ key }) => key.includes(part));
  if (hit.length === 0) throw new Error(`no alert ${part} among ${rows.map(({ key }) => key)}`);
  for (const { key } of hit) await vaults.commit(VAULT, [{ op: 'put', key, cells }]);
  return hit.map(({ key }) => key.slice(keys.alerts(VAULT).length));
}

const raise = async (tables: Tables, ...alerts: readonly Alert[]) => {
  for (const now of alerts)
    await portsOver(tables).commit({ vault: VAULT, id: newId(), alerts: [{ was: undefined, now }] });
};
const told = (one: Alert): Alert => ({ ...one, notifications: [aMail()] });

async function asked(tables: Tables, ...given: Parameters<ReturnType<typeof appOver>>) {
  const { status, body } = await appOver(portsOver(tables))(...given);
  return { status, body: body === '' ? null : JSON.parse(body) };
}
const idsOf = ({ body }: { body: { value: readonly { id: string }[] } }) => body.value.map(({ id }) => id);

describe.each(BROKEN)('an alert that %s', (_, cells) => {
  test('is named in the lists of alerts, and hides no other', async () => {
    const { tables, done: make } = await furnished();
    await make('putVault', 'other', { kind: 'Backup' });
    const failures = ['a', 'b', 'c'].map((item) =>
      told(anAlert('BackupFailure', { vault: VAULT, item }, { state: 'Closed' })),
    );
    await raise(tables, ...failures, told(anAlert('ItemResumed', { vault: VAULT, item: 'a' })));
    const [bad = ''] = await spoilAlerts(tables, '~b~BackupFailure'.toLowerCase(), cells);
    for (const [route, path] of [
      ['listAlerts', ''],
      ['listVaultAlerts', VAULT],
    ] as const) {
      const all = await asked(tables, route, path);
      expect(all.status).toBe(200);
      expect(idsOf(all).map((id) => id.split('~')[1])).toEqual(['a', 'a', 'c']);
      expect(all.body.unreadable).toEqual([{ name: bad }]);
      // Which type it is of its id says; in what state it is nobody knows.
      expect((await asked(tables, route, path, { query: 'type=ItemResumed' })).body.unreadable).toBeUndefined();
      expect((await asked(tables, route, path, { query: 'type=BackupFailure&state=New' })).body).toMatchObject({
        value: [],
        unreadable: [{ name: bad }],
      });
      const pages: unknown[] = [];
      for (let query = 'top=1', at = 0; at < 10; at += 1) {
        const page = await asked(tables, route, path, { query });
        pages.push(...idsOf(page), ...(page.body.unreadable ?? []).map(({ name }: { name: string }) => name));
        if (!page.body.nextLink) break;
        query = new URL(page.body.nextLink).search.slice(1);
      }
      expect(pages.toSorted()).toEqual([...idsOf(all), bad].toSorted());
    }
  });

  test('is none on which a refusal is counted: the caller hears it, and another alert is raised', async () => {
    const { tables } = await furnished();
    const app = appOver(portsOver(tables), undefined, { ...CONTRIBUTOR, secondFactor: false });
    const refuse = () => app('patchVault', VAULT, { body: { softDelete: { state: 'Disabled' } } });
    const first = await refuse();
    await spoilAlerts(tables, 'criticaloperationrefused', cells);
    const second = await refuse();
    expect([first.status, second.status]).toEqual([401, 401]);
    const { found, unreadable } = await portsOver(tables).alerts.about(VAULT, null);
    expect(unreadable).toHaveLength(1);
    expect(found.filter(({ value }) => value.type === 'CriticalOperationRefused')).toMatchObject([
      { value: { count: 1 } },
    ]);
    await refuse();
    const again = (await portsOver(tables).alerts.about(VAULT, null)).found;
    expect(again.filter(({ value }) => value.type === 'CriticalOperationRefused')).toMatchObject([
      { value: { count: 2 } },
    ]);
  });

  test('keeps no job of its item from ending, and nobody from asking why', async () => {
    const estate = await furnished();
    const { tables } = estate;
    await estate.protect('vm');
    const failed = async () => {
      const { body } = await asked(tables, 'startBackup', `${VAULT}/vm`, { body: {} });
      return asked(tables, 'completeJob', `${VAULT}/vm/${body.id}`, { body: { status: 'Failed' } });
    };
    expect(await failed()).toMatchObject({ status: 200 });
    await spoilAlerts(tables, 'backupfailure', cells);
    expect(await failed()).toMatchObject({ status: 200, body: { status: 'Failed' } });
    expect(await failed()).toMatchObject({ status: 200 });
    const { found, unreadable } = await portsOver(tables).alerts.about(VAULT, 'vm');
    expect(unreadable).toHaveLength(1);
    expect(found.filter(({ value }) => value.type === 'BackupFailure')).toMatchObject([{ value: { count: 2 } }]);
    expect(await asked(tables, 'explainItem', `${VAULT}/vm`)).toMatchObject({ status: 200 });
  });
});

describe('a purge', () => {
  const ROWS = [
    ['the deletion', 'deletebackupdata', DAY],
    ['the deletion, where nobody is reminded', 'deletebackupdata', { ...NO_NOTICE, untoldMaxMs: DAY.untoldMaxMs }],
    ['the reminder', 'upcomingpurge', DAY],
  ] as const;

  test.for(ROWS)(
    'waits where the alert about %s cannot be read, as for people who cannot be told',
    async ([, type, terms]) => {
      const one = await deleted({ terms });
      await one.work();
      if (type === 'deletebackupdata') await spoilAlerts(one.tables, type);
      await one.at(later(12));
      if (type === 'upcomingpurge') {
        await spoilAlerts(one.tables, type);
        // The mark was made when it could be read.
        const [mark] = await one.marked();
        if (mark) await one.ports.vaults.dropMark(mark);
      }
      expect(await one.marks()).toBe(0);
      expect(await one.at(DUE)).toMatchObject({ purged: 0 });
      expect(await one.state()).toBe('SoftDeleted');
      expect(await one.blockers()).toContain('NotTold');
      expect(await one.at(addDays(DUE, 29))).toMatchObject({ purged: 0 });
      expect(await one.at(addDays(DUE, 30))).toMatchObject({ purged: 1 });
      expect(await one.all('PurgedUntold')).toHaveLength(1);
    },
  );

  test('does not wait where an alert cannot be read that tells of something else', async () => {
    const one = await deleted();
    const now = told(anAlert('BackupFailure', { vault: VAULT, item: 'sql-01' }));
    await raise(one.tables, now, told(anAlert('DeleteBackupData', { vault: VAULT, item: 'sql-01', generation: 9 })));
    await spoilAlerts(one.tables, 'backupfailure');
    await spoilAlerts(one.tables, 'deletebackupdata~9');
    await one.work();
    await one.at(later(12));
    expect(await one.marks()).toBe(1);
    expect(await one.at(DUE)).toMatchObject({ purged: 1 });
  });
});

test('what was raised beside it is told once more all the same, and the hint that leads to it stays', async () => {
  const estate = await furnished();
  await estate.protect('vm');
  const { tables } = estate;
  await raise(tables, anAlert('BackupFailure', { vault: VAULT, item: 'vm' }));
  const untold = anAlert('RestoreFailure', { vault: VAULT, item: 'vm' });
  await raise(tables, untold);
  await spoilAlerts(tables, 'backupfailure');
  await portsOver(tables).hint([{ kind: 'tell', vault: VAULT, item: 'vm', due: later(0) }]);
  const sweeper = sweeperOver(tables);
  await sweeper.sweep(later(0, 120_000));
  expect(sweeper.notices.flatMap(({ alerts = [] }) => alerts).filter((id) => id.startsWith(untold.id))).toHaveLength(1);
  // Then everybody has heard of it.
  const was = (await portsOver(tables).alerts.about(VAULT, 'vm')).found[0];
  if (was) await portsOver(tables).commit({ vault: VAULT, id: newId(), alerts: [{ was, now: told(was.value) }] });
  await sweeper.sweep(later(1));
  await sweeper.sweep(later(3));
  const stands = await allDue(portsOver(tables), later(9));
  expect(stands.map(({ kind, item, isUnreadable }) => [kind, item, isUnreadable])).toContainEqual(['tell', 'vm', true]);
});

test('a deleted vault waits for it as long as for people who cannot be told, and goes then', async () => {
  const { tables, done: make } = await furnished();
  await make('putVault', 'other', { kind: 'Backup' });
  await raise(tables, told(anAlert('ItemResumed', { vault: VAULT, item: 'vm' })));
  await make('deletePolicy', `${VAULT}/daily`);
  expect(await asked(tables, 'deleteVault', VAULT)).toMatchObject({ status: 204 });
  // Everybody is told.
  const { found } = await portsOver(tables).alerts.list(VAULT, { limit: 100 });
  for (const { id } of found) {
    const was = await portsOver(tables).alerts.get(VAULT, id);
    if (was) await portsOver(tables).commit({ vault: VAULT, id: newId(), alerts: [{ was, now: told(was.value) }] });
  }
  await spoilAlerts(tables, 'itemresumed');
  const isThere = async () => (await portsOver(tables).vaults.deleted(VAULT)) !== undefined;
  const sweeper = sweeperOver(tables, { purgeTerms: DAY });
  for (const day of [14, 20, 43]) await sweeper.sweep(later(day, 120_000));
  expect(await isThere()).toBe(true);
  await sweeper.sweep(later(44, 120_000));
  expect(await isThere()).toBe(false);
});
