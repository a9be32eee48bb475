import { SERVICE } from '../core/hints.ts';
import { keyOf } from '../core/names.ts';
import type { Alerts, Between } from '../ports.ts';
import type { Chains } from './chains.ts';
import { keys } from './keys.ts';
import { read } from './rows.ts';
import { held, stretchIn, type Table } from './table.ts';

const partitionOf = (vault: string | null): string => keyOf(vault ?? SERVICE);

/** Alerts lie beside the items they are about, so that one transaction writes both. */
export const tableAlerts = (table: Table, { saw }: Pick<Chains, 'saw'>): Alerts => ({
  get(vault, id) {
    const partition = partitionOf(vault);
    return table.get(partition, keys.alert(partition, id)).then(held(read.alert));
  },

  async about(vault, item) {
    const partition = partitionOf(vault);
    const prefix = vault === null ? keys.serviceAlerts : keys.alertsOf(vault, item);
    const rows = await table.range(partition, { prefix });
    const found = rows.map((row) => ({ value: read.alert(row), tag: row.tag }));
    // What was noted about an item since its last change stands in no row of its own.
    for (const { evidence } of found.map(({ value }) => value)) if (evidence) saw(evidence.chain, evidence);
    return found;
  },

  list(vault, stretch) {
    const partition = partitionOf(vault);
    return stretchIn(table, partition, keys.alerts(partition), stretch, read.alert);
  },

  async waiting(vault, together, between) {
    const prefix = keys.waiting(vault, together);
    const rows = await table.range(keyOf(vault), { prefix, ...stretchOf(keys.waitingOne, vault, together, between) });
    return rows.map(read.waiting).flatMap(({ single, ...one }) => (single ? [] : [one]));
  },

  async counted(vault, caller, between) {
    const prefix = keys.deletions(vault, caller);
    const rows = await table.range(keyOf(vault), { prefix, ...stretchOf(keys.deletion, vault, caller, between) });
    return rows.map(read.counted);
  },
});

const stretchOf = (key: typeof keys.waitingOne, vault: string, together: string, between: Between | undefined) =>
  between && {
    after: key(vault, together, between.from, ''),
    before: key(vault, together, between.until.at, between.until.alert),
    limit: between.limit,
  };
