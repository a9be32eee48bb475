/** Each way in which a store can break its invariants: how to bring it about, and what the checker must then say. */
import type { ResultWrite } from '../../src/change.ts';
import { type Alert, alert, type Notification } from '../../src/core/alerts.ts';
import {
  HINT_KINDS,
  type Hint,
  type HintKind,
  itemHint,
  SERVICE,
  standingPurge,
  tidyHint,
} from '../../src/core/hints.ts';
import type { ItemIn, Remains } from '../../src/core/item.ts';
import { dayAfter } from '../../src/core/kept.ts';
import { afterStep, atItsStart } from '../../src/core/operations.ts';
import { userKey } from '../../src/core/tally.ts';
import { iso } from '../../src/core/time.ts';
import { NO_COUNTS } from '../../src/core/vault.ts';
import { putKind } from '../../src/flows/kinds/kinds.ts';
import { putVault } from '../../src/flows/vaults/putVault.ts';
import { namingRow } from '../../src/store/ends.ts';
import { KEPT_HINTS } from '../../src/store/keptHints.ts';
import { hintKey, keys, shardOf, trashKey } from '../../src/store/keys.ts';
import { itemCells } from '../../src/store/ops.ts';
import { pageCells } from '../../src/store/pages.ts';
import { sourceKey } from '../../src/store/registry.ts';
import { pack, put } from '../../src/store/table.ts';
import { anAlert } from '../support/alerts.ts';
import { aPoint, later, NOON } from '../support/builders.ts';
import { laidExecutor } from '../support/executors.ts';
import { at, type Furnished, item, P } from '../support/furnished.ts';
import { aRequest, done, headOf, must, newHead } from '../support/world.ts';

export interface Violation {
  readonly what: string;
  readonly seed: (store: Furnished) => Promise<unknown>;
  readonly found: (store: Furnished) => readonly string[] | Promise<readonly string[]>;
}

function softDeleted(remains: Remains): ItemIn<'SoftDeleted'> {
  if (remains.state !== 'SoftDeleted') throw new Error(`${remains.name} is ${remains.state}`);
  return remains;
}
const by = (...parts: readonly string[]): string => at(keys.by(P, ...parts));
/** The row that says when the tombstone is over that was made at noon. */
const endOf = (key: string): string => keys.endOf(dayAfter(later(90)), key);

async function namesExecutor(ports: Furnished['ports']): Promise<void> {
  await laidExecutor(ports, 'blobs');
  const patch = { purge: { executor: 'blobs' } };
  await done(putVault(ports, aRequest(), { vault: 'Contoso' }, { patch, mustExist: true }));
}

/** Without a hint. */
export const raise = ({ commit }: Furnished['ports'], now: Alert, id = 'raised') =>
  commit({ vault: 'Contoso', id, alerts: [{ was: undefined, now }] });

export const VIOLATIONS: readonly Violation[] = [
  {
    what: 'I1: a protected item in the trash',
    seed: ({ tables }) =>
      tables.vaults.commit(P, [{ op: 'insert', key: `${keys.trash(P)}0000000000000001!protected`, cells: { v: 1 } }]),
    found: () => [`I1 ${at(item('protected'))}`],
  },
  {
    what: 'I1: a purged item in the trash',
    seed: ({ tables }) =>
      tables.vaults.commit(P, [{ op: 'insert', key: `${keys.trash(P)}0000000000000001!gone`, cells: { v: 1 } }]),
    found: () => [`I1 ${at(item('gone'))}`],
  },
  {
    what: 'I1: a purge before its time',
    seed: async ({ tables, documentAt, drop }) => {
      const { vault, name, generation } = (await documentAt(item('deleted'))) as Remains & { state: 'SoftDeleted' };
      const grave = {
        state: 'Purged',
        vault,
        name,
        generation,
        purgedAt: later(14, -1),
        softDeleteApplied: true,
        etag: 'x',
      } as const;
      await drop(must(trashKey(await documentAt(item('deleted')))));
      await tables.vaults.commit(P, [{ op: 'put', key: item('deleted'), cells: pack(grave, { state: 'Purged' }) }]);
    },
    // and nothing tells of it, a hint to its purge is ahead, nothing will forget it, and it is counted and indexed as if it were there
    found: () => [
      ...['I3', 'I1', 'I2', 'I2'].map((rule) => `${rule} ${at(item('deleted'))}`),
      `I5 ${at(keys.tallyBase(P))}`,
      `I5 ${by('kind', 'AzureVM', '', 'deleted')}`,
    ],
  },
  {
    what: 'I2: a soft-deleted item without a hint of its warning',
    seed: ({ dropHints }) => dropHints('deleted', 'warn'),
    found: () => [`I2 ${at(item('deleted'))}`],
  },
  {
    what: 'I2: a soft-deleted item with no hint at all, or only one that comes too late',
    seed: async ({ ports, documentAt, dropHints }) => {
      await dropHints('deleted', 'warn');
      await dropHints('deleted', 'purge');
      const late = itemHint(await documentAt(item('deleted')), 'hold', later(14, 1));
      await ports.hint([late]);
    },
    found: () => [`I2 ${at(item('deleted'))}`, `I2 ${at(item('deleted'))}`],
  },
  {
    what: 'I2: a hint to purge too many, of a change that was made',
    seed: async ({ ports, documentAt }) => {
      const [hint] = standingPurge(softDeleted(await documentAt(item('deleted'))));
      await ports.hint([{ ...must(hint), due: later(20) }]);
    },
    found: () => [`I2 ${at(item('deleted'))}`],
  },
  {
    what: 'I2: the same, of one that does not say who wrote it',
    seed: async ({ ports, documentAt }) =>
      ports.hint([itemHint(await documentAt(item('deleted')), 'purge', later(20))]),
    found: () => [`I2 ${at(item('deleted'))}`],
  },
  {
    what: 'I2: a hint to purge what lies in no trash, and nobody rides on it',
    seed: async ({ ports, documentAt }) => {
      const { etag } = await documentAt(item('protected'));
      await ports.hint([{ ...itemHint(await documentAt(item('protected')), 'purge', later(20)), by: etag }]);
    },
    found: () => [`I2 ${at(item('protected'))}`],
  },
  {
    what: 'I2: a hint to purge at another instant than that at which the item may go',
    seed: async ({ ports, documentAt, rewrite, dropHints }) => {
      const [hint] = standingPurge(softDeleted(await documentAt(item('deleted'))));
      await dropHints('deleted', 'purge');
      await ports.hint([{ ...must(hint), due: later(20) }]);
      await rewrite('deleted', { purgeHintAt: later(20) });
    },
    // and the trash has another version of it
    found: () => [`I5 ${at(item('deleted'))}`, `I2 ${at(item('deleted'))}`],
  },
  {
    what: 'I2: a protected item without a hint of its next expiry',
    seed: ({ dropHints }) => dropHints('protected', 'expire'),
    found: () => [`I2 ${at(item('protected'))}`],
  },
  {
    what: 'I2: points in pages that expire before the hint',
    seed: async ({ ports, dropHints }) => {
      await dropHints('many', 'expire');
      await ports.hint([{ kind: 'expire', vault: 'Contoso', item: 'many', due: later(30, -100) }]);
    },
    found: () => [`I2 ${at(item('many'))}`],
  },
  {
    what: 'I2: a suspended item without a hint of its next expiry',
    seed: ({ dropHints }) => dropHints('suspended', 'expire'),
    found: () => [`I2 ${at(item('suspended'))}`],
  },
  {
    what: 'I2: a purge that began and that nothing leads back to',
    seed: async ({ tables, documentAt, rewrite, drop }) => {
      const before = await documentAt(item('deleted'));
      await drop(must(trashKey(before)));
      const purging = await rewrite('deleted', { state: 'Purging' });
      await tables.vaults.commit(P, [{ op: 'insert', key: must(trashKey(purging)), cells: pack(purging) }]);
    },
    found: () => [
      ...['I2', 'I3'].map((rule) => `${rule} ${at(item('deleted'))}`),
      `I5 ${by('kind', 'AzureVM', '', 'deleted')}`,
    ],
  },
  {
    what: 'I5: a tombstone of which no row says when it is forgotten',
    seed: ({ drop }) => drop(endOf(item('gone'))),
    found: () => [`I5 ${at(item('gone'))}`],
  },
  {
    what: 'I2: a tombstone of before that nothing will ever forget',
    seed: async ({ drop, rewrite }) => {
      await drop(endOf(item('gone')));
      await rewrite('gone', { endsOn: undefined });
    },
    found: () => [`I2 ${at(item('gone'))}`],
  },
  {
    what: 'I2: rows that are over one day, when nobody will come',
    seed: async ({ dropHints }) => {
      await dropHints('~', 'tidy');
      await dropHints('recovered', 'purge');
    },
    found: () => [`I2 ${at(endOf(item('gone')))}`],
  },
  {
    what: 'I5: what was over two days ago and is still there',
    seed: async ({ tables, ports, dropHints }) => {
      await tables.vaults.commit(P, [namingRow(P, '2026-02-27', 'x', [keys.alert(P, 'one')])]);
      // Somebody should have come by then.
      await dropHints('~', 'tidy');
      await ports.hint([tidyHint(P, '2026-02-27')]);
    },
    found: () => [`I5 ${at(keys.end(P, '2026-02-27', 'x'))}`],
  },
  {
    what: 'I5: an alert that no row names',
    seed: ({ tables }) => {
      const raised = anAlert('PurgeComplete', { item: 'protected' }, { notifications: [], endsOn: '2027-03-02' });
      return tables.vaults.commit(P, [put(keys.alert(P, raised.id), raised)]);
    },
    found: () => [`I5 ${at(keys.alert(P, 'Contoso~protected~PurgeComplete~0'))}`],
  },
  {
    what: 'I5: a job that is not the last of its item, and that no row names',
    seed: async ({ documentAt, rewrite }) => {
      const { lastJob } = (await documentAt(item('busy'))) as Remains & { state: 'Protected' };
      await rewrite('busy', { lastJob: { ...lastJob, id: 'another' } });
    },
    found: async ({ tables }) =>
      (await tables.vaults.range(P, { prefix: `${P}!job!` })).map(({ key }) => `I5 ${at(key)}`),
  },
  {
    what: 'I5: what the version before wrote and that never ends, in a vault that has come up: an alert',
    seed: ({ tables }) => tables.vaults.commit(P, [put(keys.alert(P, OF_BEFORE.id), OF_BEFORE)]),
    found: () => [`I5 ${at(keys.alert(P, OF_BEFORE.id))}`],
  },
  {
    what: 'I5: the same of a job that is not the last of its item, and that no row names',
    seed: ({ tables }) => tables.vaults.commit(P, [put(keys.job(P, 'protected', 'old'), OLD_JOB)]),
    found: () => [`I5 ${at(keys.job(P, 'protected', 'old'))}`],
  },
  {
    what: 'I5: the same of a recorded answer',
    seed: ({ tables }) => tables.vaults.commit(P, [put(keys.answer(P, 'old'), { ...ANSWER, key: 'old', body: '' })]),
    found: () => [`I5 ${at(keys.answer(P, 'old'))}`],
  },
  {
    what: 'I5: the same of a server that is no longer registered',
    seed: ({ tables }) => tables.vaults.commit(P, [put(keys.server(P, 'old'), OLD_SERVER)]),
    found: () => [`I5 ${at(keys.server(P, 'old'))}`],
  },
  {
    what: 'I5: the same of a deletion that was only counted',
    seed: async ({ tables, ports }) => {
      const one = { together: 'mass~x', alert: OF_BEFORE.id, at: NOON, single: true };
      await raise(ports, OF_BEFORE);
      await tables.vaults.commit(P, [put(keys.waitingOne(P, one.together, one.at, one.alert), one)]);
    },
    found: () => [`I5 ${at(keys.waitingOne(P, 'mass~x', NOON, OF_BEFORE.id))}`],
  },
  {
    what: 'I5: a row that says when something is over that is not there',
    seed: ({ tables }) =>
      tables.vaults.commit(P, [
        { op: 'insert', key: keys.endOf('2027-01-01', keys.server(P, 'none')), cells: { v: 1 } },
      ]),
    found: () => [`I5 ${at(keys.endOf('2027-01-01', keys.server(P, 'none')))}`],
  },
  {
    what: 'I2: a pending change that no sweep will ever look at',
    seed: async ({ ports, dropHints }) => {
      const patches = [{ coolingOffHours: 48 }, { hybrid: { state: 'Disabled' } }] as const;
      for (const patch of patches)
        await done(putVault(ports, aRequest(), { vault: 'Contoso' }, { patch, mustExist: true }));
      await dropHints('~', 'cooled');
    },
    found: () => [`I2 ${at(keys.vault(P))}`],
  },
  {
    what: 'I5: a vault that names an executor that is not there',
    seed: async ({ ports, tables }) => {
      await namesExecutor(ports);
      await tables.vaults.commit(SERVICE, [{ op: 'drop', key: keys.executor('blobs') }]);
    },
    found: () => [`I5 ${at(keys.vault(P))}`],
  },
  {
    what: 'I5: a vault that names an executor that does not know of it',
    seed: async ({ ports, tables }) => {
      await namesExecutor(ports);
      await tables.vaults.commit(SERVICE, [{ op: 'drop', key: keys.executorLink('blobs', P) }]);
    },
    found: () => [`I5 ${at(keys.vault(P))}`],
  },
  {
    what: 'I5: a vault under a guard that does not know of it',
    seed: async ({ ports }) => {
      const head = await headOf(ports.vaults);
      await ports.commit(newHead({ ...head.vault, guard: 'g' }, head));
    },
    found: () => [`I5 ${at(keys.vault(P))}`],
  },
  {
    what: 'I5: a kind that names an executor that is not there',
    seed: async ({ ports, tables }) => {
      await laidExecutor(ports, 'blobs');
      await done(putKind(ports, aRequest(), { kind: 'tenant' }, { executor: 'blobs' }));
      await tables.vaults.commit(SERVICE, [{ op: 'drop', key: keys.executor('blobs') }]);
    },
    found: () => [`I5 vaults/${SERVICE}/${keys.kind('tenant')}`],
  },
  {
    what: 'I2: a hint whose key says another instant than its cells',
    seed: async ({ tables }) => {
      const hint = { kind: 'purge', vault: 'x', item: 'y', due: NOON } as const;
      const cells = { v: 1, kind: 'purge', vault: 'x', item: 'y', due: later(1).toISO() };
      await tables.agenda.commit('shard00', [{ op: 'insert', key: hintKey(hint), cells }]);
    },
    found: () => [`I2 agenda/shard00/${hintKey({ kind: 'purge', vault: 'x', item: 'y', due: NOON })}`],
  },
  {
    what: 'I3: a state that its history does not tell of',
    seed: ({ rewrite }) => rewrite('stopped', { etag: 'nobody-wrote-this' }),
    found: () => [`I3 ${at(item('stopped'))}`],
  },
  {
    what: 'I3: a state other than its history says',
    seed: ({ rewrite }) => rewrite('stopped', { state: 'BackupsSuspended' }),
    found: () => [
      `I3 ${at(item('stopped'))}`,
      `I5 ${by('kind', 'AzureVM', '', 'stopped')}`,
      `I5 ${by('state', 'BackupsSuspended', 'AzureVM', '', 'stopped')}`,
      `I5 ${by('state', 'ProtectionStopped', 'AzureVM', '', 'stopped')}`,
    ],
  },
  {
    what: 'I5: a soft-deleted item that is not in the trash',
    seed: async ({ documentAt, drop }) => drop(must(trashKey(await documentAt(item('deleted'))))),
    found: () => [`I5 ${at(item('deleted'))}`],
  },
  {
    what: 'I5: another version of an item in the trash',
    seed: ({ rewrite }) => rewrite('deleted', { superseded: true }),
    found: () => [`I5 ${at(item('deleted'))}`],
  },
  {
    what: 'I5: points that the pages do not hold',
    seed: ({ rewrite }) => rewrite('many', { pagedPoints: 99 }),
    found: () => [`I5 ${at(item('many'))}`],
  },
  {
    what: 'I5: a page of an item that is not there',
    seed: ({ tables }) =>
      tables.vaults.commit(P, [
        { op: 'insert', key: keys.page(P, 'nobody', 'p'), cells: pack({ id: 'p', points: [] }) },
      ]),
    found: () => [`I5 ${at(keys.pages(P, 'nobody'))}`],
  },
  {
    what: 'I5: pages that should be one',
    seed: async ({ tables, rewrite, documentAt }) => {
      const before = await documentAt(item('many'));
      const page = { id: 'z000001', points: [aPoint('more', 0)] };
      await tables.vaults.commit(P, [{ op: 'insert', key: keys.page(P, 'many', page.id), cells: pageCells(page) }]);
      await rewrite('many', { pagedPoints: 'pagedPoints' in before ? before.pagedPoints + 1 : 0 });
    },
    found: () => [`I5 ${at(item('many'))}`],
  },
  {
    what: 'I5: a page whose index does not have a name of it',
    seed: async ({ tables }) => {
      const [page] = await tables.vaults.range(P, { prefix: keys.pages(P, 'many') });
      const { key, cells } = must(page);
      const spoilt = Object.fromEntries(
        Object.entries(cells).map(([name, cell]) => [name, name === 'names_0' ? '' : cell]),
      );
      await tables.vaults.commit(P, [{ op: 'put', key, cells: spoilt }]);
    },
    found: async ({ tables }) => {
      const [page] = await tables.vaults.range(P, { prefix: keys.pages(P, 'many') });
      return [`I5 ${at(must(page).key)}`];
    },
  },
  {
    what: 'I5: a job that its item does not know',
    seed: async ({ rewrite }) => rewrite('busy', { activeJob: null }),
    found: async ({ tables }) => [
      `I5 ${at((await tables.vaults.range(P, { prefix: keys.jobs(P, 'busy') }))[0]?.key ?? '')}`,
    ],
  },
  {
    what: 'I5: an item that tells of its last job what is not so',
    seed: async ({ documentAt, rewrite }) => {
      const { lastJob } = (await documentAt(item('busy'))) as Remains & { state: 'Protected' };
      await rewrite('busy', { lastJob: { ...lastJob, operation: 'Backup', status: 'Failed' } });
    },
    found: () => [`I5 ${at(item('busy'))}`],
  },
  {
    what: 'I5: a guard of the service that its own row does not name',
    seed: ({ tables }) =>
      tables.vaults.commit(SERVICE, [
        { op: 'insert', key: keys.control('guard'), cells: pack({ guard: 'sec', etag: 'e' }) },
      ]),
    found: () => [`I5 vaults/${SERVICE}/${keys.control('guard')}`],
  },
  {
    what: 'hints of the service that nobody can read',
    seed: ({ tables }) =>
      tables.vaults.commit(SERVICE, [{ op: 'insert', key: `${KEPT_HINTS}broken`, cells: { v: 1 } }]),
    found: () => [`unreadable vaults/${SERVICE}/${KEPT_HINTS}broken`],
  },
  {
    what: 'I5: a job that does not run',
    seed: ({ rewrite }) => rewrite('protected', { activeJob: { id: 'j', operation: 'Backup', startedAt: NOON } }),
    found: () => [`I5 ${at(item('protected'))}`],
  },
  {
    what: 'I5: a second fence',
    seed: ({ tables }) => tables.vaults.commit(P, [{ op: 'insert', key: keys.fence(P, 'old'), cells: { v: 1 } }]),
    found: () => [`I5 ${at(keys.fence(P, 'old'))}`],
  },
  {
    what: 'I5: a policy that is not there',
    seed: ({ drop }) => drop(keys.policy(P, 'daily')),
    found: () => ['busy', 'many', 'protected'].map((name) => `I5 ${at(item(name))}`),
  },
  {
    what: 'I5: a server that is not there',
    seed: ({ rewrite }) => rewrite('stopped', { server: 'srv' }),
    // nor is the source on that server claimed by anybody
    found: () => [
      ...['stopped', 'stopped'].map((name) => `I5 ${at(item(name))}`),
      `I5 ${by('kind', 'AzureVM', 'srv', 'stopped')}`,
      `I5 ${by('state', 'ProtectionStopped', 'AzureVM', 'srv', 'stopped')}`,
      `I5 ${by('kind', 'AzureVM', '', 'stopped')}`,
      `I5 ${by('state', 'ProtectionStopped', 'AzureVM', '', 'stopped')}`,
    ],
  },
  {
    what: 'I5: a source that somebody else has claimed',
    seed: async ({ tables }) => {
      const source = { workload: 'AzureVM', sourceId: '/stopped', server: null } as const;
      await tables.registry.commit('sources', [
        { op: 'put', key: sourceKey(source), cells: { v: 1, vault: 'x', item: 'y' } },
      ]);
    },
    found: () => [`I5 ${at(item('stopped'))}`],
  },
  {
    what: 'I5: a row whose cell says another state than its document',
    seed: async ({ tables, documentAt }) => {
      const remains = await documentAt(item('stopped'));
      await tables.vaults.commit(P, [
        { op: 'put', key: item('stopped'), cells: itemCells(remains, { state: 'Protected' }) },
      ]);
    },
    found: () => [`I5 ${at(item('stopped'))}`],
  },
  {
    what: 'I5: a tally that is off',
    seed: ({ tables }) => {
      const counts = { protected: 1, stopped: 0, softDeleted: 0 };
      const cells = pack({ counts, users: {} });
      return tables.vaults.commit(P, [{ op: 'insert', key: keys.tally(P, 'nobody'), cells }]);
    },
    found: () => [`I5 ${at(keys.tallyBase(P))}`],
  },
  {
    what: 'I5: a tally that is off in the users of a policy only',
    seed: ({ tables }) => {
      const cells = pack({
        counts: NO_COUNTS,
        users: { [userKey('daily', 'AzureVM')]: { ...NO_COUNTS, protected: -1 } },
      });
      return tables.vaults.commit(P, [{ op: 'insert', key: keys.tally(P, 'nobody'), cells }]);
    },
    found: () => [`I5 ${at(keys.tallyBase(P))}`],
  },
  {
    what: 'a tally that cannot be read, and goes on',
    seed: ({ tables }) => tables.vaults.commit(P, [{ op: 'insert', key: keys.tally(P, 'nobody'), cells: { v: 1 } }]),
    found: () => [`unreadable ${at(keys.tallyBase(P))}`],
  },
  {
    what: 'I5: a tally that ends with another fold than it begins with',
    seed: ({ tables }) => tables.vaults.commit(P, [{ op: 'put', key: keys.tallyEnd(P), cells: pack({ folds: 77 }) }]),
    found: () => [`I5 ${at(keys.tallyEnd(P))}`],
  },
  {
    what: 'I5: an item that is not counted in a vault that counts all',
    seed: async ({ tables, documentAt }) =>
      tables.vaults.commit(P, [
        {
          op: 'put',
          key: item('stopped'),
          cells: pack(await documentAt(item('stopped')), { state: 'ProtectionStopped' }),
        },
      ]),
    found: () => [
      `I5 ${at(item('stopped'))}`,
      `I5 ${at(keys.tallyBase(P))}`,
      `I5 ${by('kind', 'AzureVM', '', 'stopped')}`,
      `I5 ${by('state', 'ProtectionStopped', 'AzureVM', '', 'stopped')}`,
    ],
  },
  {
    what: 'I5: an item that an index does not name',
    seed: ({ drop }) => drop(keys.by(P, 'policy', 'daily', 'AzureVM', 'busy')),
    found: () => [`I5 ${by('policy', 'daily', 'AzureVM', 'busy')}`],
  },
  {
    what: 'I5: an index row of nobody',
    seed: ({ tables }) =>
      tables.vaults.commit(P, [
        { op: 'insert', key: keys.by(P, 'kind', 'AzureVM', '', 'nobody'), cells: { v: 1, name: 'nobody' } },
      ]),
    found: () => [`I5 ${by('kind', 'AzureVM', '', 'nobody')}`],
  },
  {
    what: 'I5: a row that nobody knows',
    seed: ({ tables }) => tables.vaults.commit(P, [{ op: 'insert', key: `${P}!stray!x`, cells: { v: 1 } }]),
    found: () => [`I5 ${at(`${P}!stray!x`)}`],
  },
  {
    what: 'an unreadable item, and goes on',
    seed: ({ tables }) => tables.vaults.commit(P, [{ op: 'put', key: item('stopped'), cells: { v: 1, doc0: '{"st' } }]),
    found: () => [`unreadable ${at(item('stopped'))}`],
  },
  {
    what: 'an unreadable vault, and goes on',
    seed: ({ tables }) => tables.vaults.commit(P, [{ op: 'put', key: keys.vault(P), cells: { v: 1, doc0: 'no' } }]),
    found: () => [`unreadable ${at(keys.vault(P))}`],
  },
  {
    what: 'an unreadable hint, and goes on',
    seed: ({ tables }) =>
      tables.agenda.commit('shard00', [{ op: 'insert', key: '0!x', cells: { v: 1, kind: 'never' } }]),
    found: () => ['unreadable agenda/shard00/0!x'],
  },
  {
    what: 'I2: a hint whose key does not say its instant',
    seed: async ({ tables }) => {
      const hint = { kind: 'purge', vault: 'Contoso', item: 'protected', due: NOON } as const;
      const cells = { v: 1, kind: 'purge', vault: 'Contoso', item: 'protected', due: iso(later(1)) };
      await tables.agenda.commit(shardOf(hint), [{ op: 'insert', key: hintKey(hint), cells }]);
    },
    found: () => {
      const hint = { kind: 'purge', vault: 'Contoso', item: 'protected', due: NOON } as const;
      return [`I2 agenda/${shardOf(hint)}/${hintKey(hint)}`];
    },
  },
  {
    what: 'I2: hints of each kind that lead nowhere for two days',
    seed: ({ ports }) => ports.hint(NOWHERE),
    found: () => NOWHERE.map((hint) => `I2 agenda/${shardOf(hint)}/${hintKey(hint)}`),
  },
  {
    what: 'I4: an alert that somebody must be told of, and nothing leads there',
    seed: ({ ports }) => raise(ports, UNTOLD),
    found: () => [`I4 ${at(keys.alert(P, UNTOLD.id))}`],
  },
  {
    what: 'I4: an alert that nobody has tried to tell, a day after the queue had it, and nothing leads there',
    seed: ({ ports }) => raise(ports, UNTRIED),
    found: () => [`I4 ${at(keys.alert(P, UNTOLD.id))}`],
  },
  {
    what: 'I4: the same of one of which nobody looked who is to be told',
    seed: ({ ports }) => raise(ports, { ...UNTRIED, notifications: null }),
    found: () => [`I4 ${at(keys.alert(P, UNTOLD.id))}`],
  },
  {
    what: 'I2: an operation that runs, and nothing leads to it',
    seed: async ({ ports, dropHints }) => {
      await ports.commit({ vault: 'Contoso', id: 'begun', operations: [{ was: undefined, now: WALKS }] });
      await dropHints('w1', 'operate');
    },
    found: () => [`I2 ${at(keys.operation(P, 'w1'))}`],
  },
  {
    what: 'I5: an operation that runs, and the head does not say so',
    seed: async ({ ports, tables }) => {
      await ports.hint([{ due: NOON, kind: 'operate', vault: 'Contoso', item: 'w1' }]);
      await tables.vaults.commit(P, [{ op: 'insert', key: keys.operation(P, 'w1'), cells: pack(WALKS) }]);
    },
    found: () => [`I5 ${at(keys.running(P, WALKS))}`],
  },
  {
    what: 'I5: an operation that does not run, and the head says that it does',
    seed: ({ tables }) => tables.vaults.commit(P, [{ op: 'insert', key: keys.running(P, WALKS), cells: pack(WALKS) }]),
    found: () => [`I5 ${at(keys.running(P, WALKS))}`],
  },
  {
    what: 'I5: results of an operation that is not there',
    seed: ({ ports }) => ports.commit({ vault: 'Contoso', id: 'stray', results: [resultOf('w9')] }),
    found: () => [`I5 ${at(keys.results(P, 'w9'))}`],
  },
  {
    what: 'I5: an operation that has ended and counted other results than it has',
    seed: async ({ ports }) => {
      await ports.commit({ vault: 'Contoso', id: 'begun', operations: [{ was: undefined, now: UNDELETES }] });
      const was = must(await ports.vaults.operation('Contoso', 'w2'));
      const now = afterStep(was.value, { cursor: undefined, done: 2, failed: 0 }, NOON);
      await ports.commit({ vault: 'Contoso', id: 'w2', operations: [{ was, now }], results: [resultOf('w2')] });
      await ports.hint([tidyHint('Contoso', dayAfter(later(30)))]);
    },
    found: () => [`I5 ${at(keys.operation(P, 'w2'))}`],
  },
  {
    what: 'I5: results that are over one day, and nothing says when',
    seed: async ({ ports, tables }) => {
      await ports.commit({ vault: 'Contoso', id: 'w2', results: [resultOf('w2')] });
      const ended = afterStep(UNDELETES, { cursor: undefined, done: 1, failed: 0 }, NOON);
      const key = keys.operation(P, 'w2');
      await ports.hint([tidyHint('Contoso', dayAfter(later(30)))]);
      await tables.vaults.commit(P, [put(key, ended), namingRow(P, dayAfter(later(30)), 'w2', [key])]);
    },
    found: () => [`I5 ${at(keys.operation(P, 'w2'))}`],
  },
  {
    what: 'I5: a row above 512 KiB',
    seed: ({ tables }) => {
      const key = keys.answer(P, 'large');
      const cells = pack({ ...ANSWER, body: 'x'.repeat(270_000), endsOn: dayAfter(later(90)) });
      return tables.vaults.commit(P, [
        { op: 'insert', key, cells },
        { op: 'insert', key: endOf(key), cells: { v: 1 } },
      ]);
    },
    found: () => [`I5 ${at(keys.answer(P, 'large'))}`],
  },
];

const WALKS = atItsStart(
  { id: 'Contoso~made~w1', kind: 'RehintPolicy', subject: 'weekly', startedBy: null, startedAt: NOON },
  'Contoso',
  { total: null },
);
const UNDELETES = atItsStart(
  { id: 'Contoso~made~w2', kind: 'UndeleteItems', subject: null, mark: 'm', startedBy: null, startedAt: NOON },
  'Contoso',
  { total: null },
);
const resultOf = (operation: string): ResultWrite => ({
  result: { operation, place: 'vm', item: 'vm', outcome: 'Undeleted' },
});
const LONG_AGO = later(-2, -1);
const lost = (kind: HintKind, item: string, vault = 'Contoso'): Hint => ({ kind, vault, item, due: LONG_AGO });
/** To an item, a policy, an operation, alerts, a bundle, a grant, a guard; and into a vault that is not there. */
const NOWHERE: readonly Hint[] = [
  ...(['warn', 'purge', 'expire', 'hold', 'forget', 'order', 'policy', 'operate', 'tell'] as const).map((kind) =>
    lost(kind, 'nobody'),
  ),
  ...[lost('together', 'mass~nobody'), lost('spent', '~'), lost('together', 'address~x~0', SERVICE)],
  ...[lost('operate', 'nobody', SERVICE), lost('cooled', 'nobody', SERVICE), lost('spent', '~', SERVICE)],
  ...HINT_KINDS.map((kind) => lost(kind, '~', 'nowhere')),
];
const OF_BEFORE = anAlert('PurgeComplete', { item: 'protected' }, { notifications: [] });
const OLD_JOB = {
  ...{ id: 'old', vault: 'Contoso', item: 'protected', operation: 'Backup', status: 'Completed' },
  ...{ startedAt: NOON, endedAt: NOON, expiresAt: null },
};
const OLD_SERVER = {
  ...{ name: 'old', vault: 'Contoso', kind: 'MARS', agentVersion: '2.0.9262.0', registration: 'Unregistered' },
  ...{ registeredBy: { tid: 't', oid: 'o' }, registeredAt: NOON, etag: 'x' },
};
const ANSWER = { key: 'large', bodyHash: 'x', status: 200, headers: {}, at: NOON };
const queued = (attempts: number): Notification => ({
  ...{ recipient: 'ops@example.com', as: 'recipient', status: 'Queued', attempts, operationId: 'mail' },
  ...{ sentAt: null, nextTryAt: attempts === 0 ? NOON : later(1), failure: null, together: null },
});
const UNTOLD: Alert = {
  ...alert('BackupFailure', { vault: 'Contoso', item: 'protected', generation: 1 }, NOON, {}),
  notifications: [queued(1)],
};
/** A sweep has raised it, and the queue has it. */
export const UNTRIED: Alert = { ...UNTOLD, notifications: [queued(0)] };
