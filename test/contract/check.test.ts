/** The checker finds each violation that it is made for, and nothing in a store that the flows have written. */
import { beforeEach, describe, expect, test } from 'vitest';
import { holdHint } from '../../src/core/agenda.ts';
import type { Remains } from '../../src/core/item.ts';
import type { Outcome } from '../../src/core/problems.ts';
import { putHold } from '../../src/flows/holds.ts';
import { startBackup } from '../../src/flows/jobs.ts';
import { recordPoint } from '../../src/flows/points.ts';
import { putPolicy } from '../../src/flows/policies.ts';
import { protect } from '../../src/flows/protect.ts';
import { type Stop, stop } from '../../src/flows/stop.ts';
import { undelete } from '../../src/flows/undelete.ts';
import { putVault } from '../../src/flows/vaults.ts';
import { checkStore, type Placed } from '../../src/store/check.ts';
import { scanTables } from '../../src/store/checkScan.ts';
import { hintKey, keys, SHARD_NAMES, shardOf, trashKey } from '../../src/store/keys.ts';
import { sourceKey } from '../../src/store/registry.ts';
import { pack, read } from '../../src/store/rows.ts';
import { later, NOON } from '../support/builders.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { asking, type LifecyclePorts, must, portsOver } from '../support/world.ts';

let tables: Tables;
let ports: LifecyclePorts;
const P = 'contoso';
const place = (item: string) => ({ vault: 'Contoso', item });

async function done<T>(outcome: Promise<Outcome<T>>): Promise<T> {
  const result = await outcome;
  if (!result.ok) throw new Error(result.refusal.message);
  return result.value;
}

const findings = async (now = later(1)) =>
  (await checkStore(scanTables(tables), now)).findings.map(({ row, rule }) => `${rule} ${row}`);

const at = (key: string) => `vaults/${P}/${key}`;
const item = (name: string) => keys.item(P, name);
const drop = (key: string) => tables.vaults.commit(P, [{ op: 'drop', key }]);
const documentAt = async (key: string): Promise<Remains> => read.remains(must(await tables.vaults.get(P, key)));
/** Writes an item's row and nothing beside it. */
const rewrite = async (name: string, change: object) => {
  const remains = { ...(await documentAt(item(name))), ...change } as Remains;
  await tables.vaults.commit(P, [{ op: 'put', key: item(name), cells: pack(remains, { state: remains.state }) }]);
  return remains;
};
const dropHints = async (name: string, kind: string) => {
  for (const shard of SHARD_NAMES)
    for (const { key } of await tables.agenda.range(shard, { prefix: '0' }))
      if (key.includes(`!${kind}!`) && key.endsWith(`!${name}`))
        await tables.agenda.commit(shard, [{ op: 'drop', key }]);
};

async function furnish(): Promise<void> {
  await done(putVault(ports, asking(), 'Contoso', { kind: 'RecoveryServices', immutability: 'Unlocked' }, false));
  const workloads = ['AzureVM'] as const;
  for (const name of ['daily', 'weekly'])
    await done(
      putPolicy(ports, asking(), 'Contoso', name, { workloads, schedule: '0 0 2 * * *', retention: { daily: 30 } }),
    );
  const make = async (name: string, points = 2) => {
    await done(protect(ports, asking(), place(name), { workload: 'AzureVM', policy: 'daily', sourceId: `/${name}` }));
    for (let age = points; age > 0; age -= 1)
      await done(
        recordPoint(ports, asking(), place(name), {
          name: `p${age}`,
          createdAt: later(0, -age),
          rung: 'daily',
          expiresAt: null,
        }),
      );
  };
  const ending = (name: string, mode: Stop['mode']) =>
    done(stop(ports, asking(), place(name), { mode, confirmName: name }));
  await make('protected');
  await make('many', 151);
  await make('stopped');
  await ending('stopped', 'retain');
  await make('suspended');
  await ending('suspended', 'retainPerPolicy');
  await make('busy');
  await done(startBackup(ports, asking(), place('busy'), { expiresAt: null }));
  await done(putVault(ports, asking(), 'Contoso', { immutability: 'Disabled' }, true));
  await make('deleted');
  await ending('deleted', 'delete');
  await make('recovered');
  await ending('recovered', 'delete');
  await done(undelete(ports, asking(), place('recovered')));
  await done(putVault(ports, asking(), 'Contoso', { softDelete: { state: 'Disabled' } }, true));
  await make('gone');
  await ending('gone', 'delete');
}

beforeEach(async () => {
  tables = memoryTables();
  ports = portsOver(tables);
  await furnish();
});

describe('a store that the flows have written', () => {
  test('is without findings, and counted', async () => {
    const { findings: found, counts } = await checkStore(scanTables(tables), later(1));
    expect(found).toEqual([]);
    expect(counts).toMatchObject({ vaults: 1, items: 7, tombstones: 1, claims: 8 });
  });

  test('also when a policy has just been shortened, until its own hint is gone', async () => {
    await done(putPolicy(ports, asking(later(1)), 'Contoso', 'daily', { retention: { daily: 7 } }));
    expect(await findings()).toEqual([]);
    await dropHints('daily', 'policy');
    expect(await findings()).toEqual([
      `I2 ${at(item('busy'))}`,
      `I2 ${at(item('many'))}`,
      `I2 ${at(item('protected'))}`,
    ]);
  });

  test('also when a hold keeps an item beyond its time', async () => {
    await done(putHold(ports, asking(), place('deleted'), 'h', { reason: 'r', until: later(40) }));
    expect(await findings(later(20))).toEqual([]);
  });
});

interface Violation {
  readonly what: string;
  readonly seed: () => Promise<unknown>;
  readonly found: () => readonly string[] | Promise<readonly string[]>;
}

const VIOLATIONS: readonly Violation[] = [
  {
    what: 'I1: a protected item in the trash',
    seed: () =>
      tables.vaults.commit(P, [{ op: 'insert', key: `${keys.trash(P)}0000000000000001!protected`, cells: { v: 1 } }]),
    found: () => [`I1 ${at(item('protected'))}`],
  },
  {
    what: 'I1: a purged item in the trash',
    seed: () =>
      tables.vaults.commit(P, [{ op: 'insert', key: `${keys.trash(P)}0000000000000001!gone`, cells: { v: 1 } }]),
    found: () => [`I1 ${at(item('gone'))}`],
  },
  {
    what: 'I1: a purge before its time',
    seed: async () => {
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
    // and nothing tells of it, and nothing will forget it
    found: () => ['I3', 'I1', 'I2'].map((rule) => `${rule} ${at(item('deleted'))}`),
  },
  {
    what: 'I2: a soft-deleted item without a hint of its warning',
    seed: () => dropHints('deleted', 'warn'),
    found: () => [`I2 ${at(item('deleted'))}`],
  },
  {
    what: 'I2: a soft-deleted item with no hint at all, or only one that comes too late',
    seed: async () => {
      await dropHints('deleted', 'warn');
      await dropHints('deleted', 'purge');
      const late = holdHint((await documentAt(item('deleted'))) as never, later(14, 1));
      await ports.agenda.write([late]);
    },
    found: () => [`I2 ${at(item('deleted'))}`, `I2 ${at(item('deleted'))}`],
  },
  {
    what: 'I2: a protected item without a hint of its next expiry',
    seed: () => dropHints('protected', 'expire'),
    found: () => [`I2 ${at(item('protected'))}`],
  },
  {
    what: 'I2: points in pages that expire before the hint',
    seed: async () => {
      await dropHints('many', 'expire');
      await ports.agenda.write([{ kind: 'expire', vault: 'Contoso', item: 'many', due: later(30, -100) }]);
    },
    found: () => [`I2 ${at(item('many'))}`],
  },
  {
    what: 'I2: a suspended item without a hint of its next expiry',
    seed: () => dropHints('suspended', 'expire'),
    found: () => [`I2 ${at(item('suspended'))}`],
  },
  {
    what: 'I2: a purge that began and that nothing leads back to',
    seed: async () => {
      const before = await documentAt(item('deleted'));
      await drop(must(trashKey(before)));
      const purging = await rewrite('deleted', { state: 'Purging' });
      await tables.vaults.commit(P, [{ op: 'insert', key: must(trashKey(purging)), cells: pack(purging) }]);
    },
    found: () => ['I2', 'I3'].map((rule) => `${rule} ${at(item('deleted'))}`),
  },
  {
    what: 'I2: a tombstone that nothing will ever forget',
    seed: () => dropHints('gone', 'forget'),
    found: () => [`I2 ${at(item('gone'))}`],
  },
  {
    what: 'I2: a hint in a shard where nobody looks for it',
    seed: async () => {
      const hint = { kind: 'purge', vault: 'x', item: 'y', due: NOON } as const;
      const cells = { v: 1, kind: 'purge', vault: 'x', item: 'y', due: NOON.toISO() };
      const wrong = must(SHARD_NAMES.find((shard) => shard !== shardOf(hint)));
      await tables.agenda.commit(wrong, [{ op: 'insert', key: hintKey(hint), cells }]);
    },
    found: () => {
      const hint = { kind: 'purge', vault: 'x', item: 'y', due: NOON } as const;
      const wrong = must(SHARD_NAMES.find((shard) => shard !== shardOf(hint)));
      return [`I2 agenda/${wrong}/${hintKey(hint)}`];
    },
  },
  {
    what: 'I3: a state that its history does not tell of',
    seed: () => rewrite('stopped', { etag: 'nobody-wrote-this' }),
    found: () => [`I3 ${at(item('stopped'))}`],
  },
  {
    what: 'I3: a state other than its history says',
    seed: () => rewrite('stopped', { state: 'BackupsSuspended' }),
    found: () => [`I3 ${at(item('stopped'))}`],
  },
  {
    what: 'I5: a soft-deleted item that is not in the trash',
    seed: async () => drop(must(trashKey(await documentAt(item('deleted'))))),
    found: () => [`I5 ${at(item('deleted'))}`],
  },
  {
    what: 'I5: another version of an item in the trash',
    seed: () => rewrite('deleted', { superseded: true }),
    found: () => [`I5 ${at(item('deleted'))}`],
  },
  {
    what: 'I5: points that the pages do not hold',
    seed: () => rewrite('many', { pagedPoints: 99 }),
    found: () => [`I5 ${at(item('many'))}`],
  },
  {
    what: 'I5: a page of an item that is not there',
    seed: () =>
      tables.vaults.commit(P, [
        { op: 'insert', key: keys.page(P, 'nobody', 'p'), cells: pack({ id: 'p', points: [] }) },
      ]),
    found: () => [`I5 ${at(keys.pages(P, 'nobody'))}`],
  },
  {
    what: 'I5: a job that its item does not know',
    seed: async () => rewrite('busy', { activeJob: null }),
    found: async () => [`I5 ${at((await tables.vaults.range(P, { prefix: keys.jobs(P, 'busy') }))[0]?.key ?? '')}`],
  },
  {
    what: 'I5: a job that does not run',
    seed: () => rewrite('protected', { activeJob: { id: 'j', operation: 'Backup', startedAt: NOON } }),
    found: () => [`I5 ${at(item('protected'))}`],
  },
  {
    what: 'I5: a second fence',
    seed: () => tables.vaults.commit(P, [{ op: 'insert', key: keys.fence(P, 'old'), cells: { v: 1 } }]),
    found: () => [`I5 ${at(keys.fence(P, 'old'))}`],
  },
  {
    what: 'I5: a policy that is not there',
    seed: () => drop(keys.policy(P, 'daily')),
    found: () => ['busy', 'many', 'protected'].map((name) => `I5 ${at(item(name))}`),
  },
  {
    what: 'I5: a server that is not there',
    seed: () => rewrite('stopped', { server: 'srv' }),
    // nor is the source on that server claimed by anybody
    found: () => [`I5 ${at(item('stopped'))}`, `I5 ${at(item('stopped'))}`],
  },
  {
    what: 'I5: a source that somebody else has claimed',
    seed: async () => {
      const source = { workload: 'AzureVM', sourceId: '/stopped', server: null } as const;
      await tables.registry.commit('sources', [
        { op: 'put', key: sourceKey(source), cells: { v: 1, vault: 'x', item: 'y' } },
      ]);
    },
    found: () => [`I5 ${at(item('stopped'))}`],
  },
  {
    what: 'I5: a row whose cell says another state than its document',
    seed: async () => {
      const remains = await documentAt(item('stopped'));
      await tables.vaults.commit(P, [
        { op: 'put', key: item('stopped'), cells: pack(remains, { state: 'Protected' }) },
      ]);
    },
    found: () => [`I5 ${at(item('stopped'))}`],
  },
  {
    what: 'I5: a row that nobody knows',
    seed: () => tables.vaults.commit(P, [{ op: 'insert', key: `${P}!stray!x`, cells: { v: 1 } }]),
    found: () => [`I5 ${at(`${P}!stray!x`)}`],
  },
  {
    what: 'an unreadable item, and goes on',
    seed: () => tables.vaults.commit(P, [{ op: 'put', key: item('stopped'), cells: { v: 1, doc0: '{"st' } }]),
    found: () => [`unreadable ${at(item('stopped'))}`],
  },
  {
    what: 'an unreadable vault, and goes on',
    seed: () => tables.vaults.commit(P, [{ op: 'put', key: keys.vault(P), cells: { v: 1, doc0: 'no' } }]),
    found: () => [`unreadable ${at(keys.vault(P))}`],
  },
  {
    what: 'an unreadable hint, and goes on',
    seed: () => tables.agenda.commit('shard00', [{ op: 'insert', key: '0!x', cells: { v: 1, kind: 'never' } }]),
    found: () => ['unreadable agenda/shard00/0!x'],
  },
];

describe('the checker finds', () => {
  test.each(VIOLATIONS)('$what', async ({ seed, found }) => {
    await seed();
    expect(await findings()).toEqual(await found());
  });

  test('I5: a vault that the directory does not list, when all rows are read', async () => {
    const listing = must(await ports.registry.listing('contoso'));
    const scan = scanTables(tables);
    const rows: Placed[] = [];
    for await (const row of scan('vaults')) rows.push(row);
    await ports.registry.delist(listing);
    const whole: typeof scan = (name) => (name === 'vaults' ? iterate(rows) : scan(name));
    const { findings: found } = await checkStore(whole, later(1));
    expect(found).toMatchObject([{ rule: 'I5', row: at(keys.vault(P)) }]);
  });
});

async function* iterate<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}
