import type { Held } from '../change.ts';
import type { Alert } from '../core/alerts.ts';
import { SERVICE } from '../core/hints.ts';
import { keyOf } from '../core/names.ts';
import type { Alerts, Between } from '../ports/alerts.ts';
import type { Chains } from './chains.ts';
import { keys } from './keys.ts';
import { read } from './rows.ts';
import { held, pastPrefix, type Row, stretchIn, type Table } from './table.ts';

const partitionOf = (vault: string | null): string => keyOf(vault ?? SERVICE);

/** Alerts lie beside the items they are about, so that one transaction writes both. */
export const tableAlerts = (table: Table, { saw }: Pick<Chains, 'saw'>): Alerts => ({
  get(vault, id) {
    const partition = partitionOf(vault);
    return table.get(partition, keys.alert(partition, id)).then(held(read.alert));
  },

  about: async (vault, item) =>
    parsed(
      saw,
      await table.range(partitionOf(vault), {
        prefix: vault === null ? keys.serviceAlerts : keys.alertsOf(vault, item),
      }),
    ),

  async aboutAll(vault, items) {
    const rows = await rowsAbout(table, vault, items);
    const byItem = Map.groupBy(parsed(saw, rows), ({ value }) => keyOf(value.item ?? ''));
    return new Map(items.map((item) => [keyOf(item), byItem.get(keyOf(item)) ?? []]));
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

/** What was noted about an item since its last change stands in no row of its own. */
function parsed(saw: Chains['saw'], rows: readonly Row[]): readonly Held<Alert>[] {
  const found = rows.map((row) => ({ value: read.alert(row), tag: row.tag }));
  for (const { evidence } of found.map(({ value }) => value)) if (evidence) saw(evidence.chain, evidence);
  return found;
}

/** An item has a few alerts, and there may be others between those that are asked for. */
const ROWS_EACH = 6;
const MOST_IN_HAND = 200;

/** Goes from item to item, and reads on as long as the next one is near. */
async function rowsAbout(table: Table, vault: string, items: readonly string[]): Promise<readonly Row[]> {
  const prefixes = items.map((item) => keys.alertsOf(vault, item)).toSorted();
  const before = pastPrefix(prefixes.at(-1) ?? ' ');
  const limit = Math.min(ROWS_EACH * items.length, MOST_IN_HAND);
  const rows: Row[] = [];
  let end = '';
  for (const prefix of prefixes)
    while (end < pastPrefix(prefix)) {
      const after = end > prefix ? end : undefined;
      const page = await table.range(keyOf(vault), { prefix, after, before, limit });
      rows.push(...page.filter(({ key }) => prefixes.some((one) => key.startsWith(one))));
      end = page.length < limit ? before : (page.at(-1)?.key ?? before);
    }
  return rows;
}

const stretchOf = (key: typeof keys.waitingOne, vault: string, together: string, between: Between | undefined) =>
  between && {
    after: key(vault, together, between.from, ''),
    before: key(vault, together, between.until.at, between.until.alert),
    limit: between.limit,
  };
