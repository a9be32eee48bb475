import { keyOf } from '../core/names.ts';
import type { Alerts } from '../ports.ts';
import { keys, SERVICE_PARTITION } from './keys.ts';
import { read } from './rows.ts';
import { held, type Table } from './table.ts';

const partitionOf = (vault: string | null): string => (vault === null ? SERVICE_PARTITION : keyOf(vault));

/** Alerts lie beside the items they are about, so that one transaction writes both. */
export const tableAlerts = (table: Table): Alerts => ({
  get(vault, id) {
    const partition = partitionOf(vault);
    return table.get(partition, keys.alert(partition, id)).then(held(read.alert));
  },

  async about(vault, item) {
    const partition = partitionOf(vault);
    const prefix = vault === null ? keys.serviceAlerts : keys.alertsOf(vault, item);
    const rows = await table.range(partition, { prefix });
    return rows.map((row) => ({ value: read.alert(row), tag: row.tag }));
  },

  async list(vault, { after, limit }) {
    const partition = partitionOf(vault);
    const prefix = keys.alerts(partition);
    const from = after === undefined ? undefined : prefix + keyOf(after);
    const rows = await table.range(partition, { prefix, limit, after: from });
    return {
      alerts: rows.map(read.alert),
      last: rows.length < limit ? undefined : rows.at(-1)?.key.slice(prefix.length),
    };
  },

  async waiting(vault, together, between) {
    const prefix = keys.waiting(vault, together);
    const stretch = between && {
      after: keys.waitingOne(vault, together, between.from, ''),
      before: keys.waitingOne(vault, together, between.until.at, between.until.alert),
      limit: between.limit,
    };
    const rows = await table.range(keyOf(vault), { prefix, ...stretch });
    return rows.map(read.waiting);
  },
});
