/** A vault as the version before tallies wrote it, and how it comes up. */

import { operationName } from '../../src/core/operations.ts';
import { addDays } from '../../src/core/time.ts';
import { carryOn } from '../../src/flows/items/operations/carryOn.ts';
import { askToReindex } from '../../src/flows/items/operations/reindex.ts';
import { keys } from '../../src/store/keys.ts';
import { type Cells, type Op, pack, put, type Table } from '../../src/store/table.ts';
import { aMail, anAlert } from './alerts.ts';
import { later, NOON } from './builders.ts';
import type { Tables } from './tables.ts';
import { done, portsOver } from './world.ts';

const HAS_VERSION = /!(item|head!trash|head!settings)(!|$)/;
const IS_DERIVED = /!(by|head!tally|end|counted)!/;
const ENDS = /!(alert|job|idem|server|item)!/;

/** Nothing in it says that it ends. */
function endless({ ends: _, ...cells }: Cells): Cells {
  if (typeof cells['doc0'] !== 'string') return cells;
  const { endsOn: _day, lastJob: _job, ...document } = JSON.parse(cells['doc0']);
  return { ...cells, doc0: JSON.stringify(document) };
}

/** Takes away what that version did not write, in rows of one vault. */
export async function toBefore(table: Table, vault: string): Promise<void> {
  for (const { key, cells } of await table.range(vault, { prefix: `${vault}!` })) {
    const before: readonly Op[] = IS_DERIVED.test(key)
      ? [{ op: 'drop', key }]
      : HAS_VERSION.test(key) && cells['v'] === 2
        ? [{ op: 'put', key, cells: { ...endless(cells), v: 1 } }]
        : ENDS.test(key)
          ? [{ op: 'put', key, cells: endless(cells) }]
          : [];
    await table.commit(vault, before);
  }
}

/** A job of before, begun and ended on one day. */
export const oldJob = (item: string, id: string, day: number): object => ({
  ...{ id, vault: 'Contoso', item, operation: 'Backup', status: 'Completed' },
  ...{ startedAt: later(day), endedAt: later(day), expiresAt: null },
});

/** What that version left in a vault and that ends, one of each kind: told alerts, jobs of an item, an answer, a server, a tombstone, a count. */
export function endingOfBefore(vault: string, item: string): readonly Op[] {
  const alerts = ['PurgeComplete', 'BackupFailure'] as const;
  const raised = alerts.map((type) => anAlert(type, { item }, { notifications: [aMail()] }));
  const [first] = raised;
  const server = {
    ...{ name: 'old', vault: 'Contoso', kind: 'MARS', agentVersion: '2.0.9262.0', registration: 'Unregistered' },
    ...{ registeredBy: { tid: 't', oid: 'o' }, registeredAt: NOON, etag: 'x' },
  };
  const grave = {
    ...{ state: 'Purged', vault: 'Contoso', name: 'gone', generation: 1, server: null, etag: 'gone' },
    ...{ purgedAt: addDays(NOON, -1), softDeleteApplied: true },
  };
  const single = { together: 'mass~x', alert: first?.id ?? '', at: NOON, single: true };
  return [
    ...raised.map((one) => put(keys.alert(vault, one.id), one)),
    ...['one', 'two', 'three'].map((id, day) => put(keys.job(vault, item, id), oldJob(item, id, day - 60))),
    put(keys.answer(vault, 'old'), { key: 'old', bodyHash: 'b', status: 200, headers: {}, body: '', at: NOON }),
    put(keys.server(vault, 'old'), server),
    put(keys.waitingOne(vault, single.together, single.at, single.alert), single),
    { op: 'put', key: keys.item(vault, 'gone'), cells: pack(grave, { state: 'Purged' }) },
    put(keys.job(vault, 'gone', 'last'), oldJob('gone', 'last', -30)),
  ];
}

/** Another process brings it up, as long as it may. */
export async function bringUp(tables: Tables, vault: string, mayGoOn = () => true) {
  const world = portsOver(tables);
  const id = await done(askToReindex(world, vault, later(1)));
  return carryOn(world, { vault, name: operationName(id) }, later(1), mayGoOn);
}
