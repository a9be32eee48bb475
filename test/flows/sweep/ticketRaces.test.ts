/** Two hundred times each: somebody takes the item out of the trash, or lengthens its period, while a sweep purges it by its ticket. */
import { expect, test } from 'vitest';
import { addMillis } from '../../../src/core/time.ts';
import { undelete } from '../../../src/flows/items/undelete.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { shardOf } from '../../../src/store/keys.ts';
import type { Table } from '../../../src/store/table.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { randomOf } from '../../faults/random.ts';
import { plant, rowsOf } from '../../faults/seeds.ts';
import { interleaving } from '../../support/interleaved.ts';
import { historyIn } from '../../support/stores.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, portsOver, type World } from '../../support/world.ts';
import { VAULT } from '../notify/office.ts';
import { DAY, DUE, ITEM, PLACE } from './deleted.ts';
import { sweeperOver } from './sweeper.ts';
import { told } from './ticketed.ts';

const RACES = 200;
const BEFORE = addMillis(DUE, -1);
const quiet = { send: async () => {} };

/** What was written, in its order: the item is gone, and the head is another. */
function noting(tables: Tables): { readonly tables: Tables; readonly written: string[] } {
  const written: string[] = [];
  const commit: Table['commit'] = async (partition, ops) => {
    const done = await tables.vaults.commit(partition, ops);
    const keys = ops.map((op) => ('cells' in op ? `${op.key} ${op.cells['state'] ?? ''}` : ''));
    if (done && keys.some((key) => key.startsWith('contoso!item!') && key.endsWith(' Purged'))) written.push('purge');
    if (done && keys.some((key) => key.startsWith('contoso!head!settings'))) written.push('head');
    return done;
  };
  return { tables: { ...tables, vaults: { ...tables.vaults, commit } }, written };
}

async function race(seed: number, rows: Awaited<ReturnType<typeof rowsOf>>, other: (ports: World) => Promise<unknown>) {
  const { tables, written } = noting(memoryTables());
  await plant(tables, rows);
  written.splice(0);
  const both = interleaving(tables, randomOf(seed));
  both.add('s', (view) =>
    sweeperOver(view, { notices: quiet, purgeTerms: DAY }).sweep(DUE, { shards: [shardOf({ vault: VAULT })] }),
  );
  both.add('o', (view) => other(portsOver(view, { notices: quiet, purgeTerms: DAY, clock: { now: () => BEFORE } })));
  const order = await both.run();
  const ports = portsOver(tables, { purgeTerms: DAY });
  const history = (await historyIn(ports, VAULT, ITEM)).map(({ operation, outcome }) =>
    outcome === 'Refused' ? `${operation} !` : operation,
  );
  const { findings } = await checkStore(scanTables(tables), DUE);
  return { order, written, history, findings, state: (await ports.vaults.item(VAULT, ITEM))?.value.state };
}

test('of an undelete and a purge by ticket one wins', async () => {
  const rows = await rowsOf((await told()).plain);
  const won = { undelete: 0, purge: 0 };
  for (let seed = 1; seed <= RACES; seed += 1) {
    const { order, history, state, findings } = await race(seed, rows, (ports) =>
      undelete(ports, aRequest(BEFORE), PLACE),
    );
    const isUndeleted = history.includes('Undelete');
    won[isUndeleted ? 'undelete' : 'purge'] += 1;
    const purges = history.filter((operation) => operation === 'Purge').length;
    expect([seed, order, state, purges]).toEqual([
      seed,
      order,
      ...(isUndeleted ? ['ProtectionStopped', 0] : ['Purged', 1]),
    ]);
    expect([seed, findings]).toEqual([seed, []]);
  }
  expect(won.undelete).toBeGreaterThan(RACES / 10);
  expect(won.purge).toBeGreaterThan(RACES / 10);
});

test('of a longer period and a purge by ticket one comes first, and no purge comes after it', async () => {
  const rows = await rowsOf((await told()).plain);
  const patch = { softDelete: { retentionDays: 60, retentionScope: 'ExtendExisting' } } as const;
  const lengthen = (ports: World) =>
    putVault(ports, aRequest(BEFORE), { vault: VAULT }, { patch, mustExist: true }).then((outcome) => {
      if (!outcome.ok) throw new Error(outcome.refusal.message);
    });
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= RACES; seed += 1) {
    const { order, written, state, history, findings } = await race(seed, rows, lengthen);
    const how = written.join(' ');
    seen.set(how, (seen.get(how) ?? 0) + 1);
    expect([seed, order, how]).toEqual([seed, order, state === 'Purged' ? 'purge head' : 'head']);
    expect(history.filter((operation) => operation === 'Purge')).toHaveLength(state === 'Purged' ? 1 : 0);
    expect([seed, findings]).toEqual([seed, []]);
  }
  for (const how of ['purge head', 'head']) expect(seen.get(how)).toBeGreaterThan(RACES / 10);
});
