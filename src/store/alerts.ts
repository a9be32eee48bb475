import { SERVICE } from '../core/hints.ts';
import { keyOf } from '../core/names.ts';
import type { About, Alerts, Between } from '../ports/alerts.ts';
import type { Chains } from './chains.ts';
import { keys } from './keys.ts';
import { read } from './rows.ts';
import { eachOf, held, heldRow, pastPrefix, type Row, readableOf, stretchIn, type Table } from './table.ts';

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
    return parsed(saw, partition, await table.range(partition, { prefix }));
  },

  async newest(vault, item, type) {
    const partition = partitionOf(vault);
    const prefix = keys.alertsOfType(vault, item, type);
    return parsed(saw, partition, await table.range(partition, { prefix, limit: MOST_NEWEST }));
  },

  async aboutAll(vault, items) {
    const rows = await rowsAbout(table, vault, items);
    const ofItem = (item: string) => rows.filter(({ key }) => key.startsWith(keys.alertsOf(vault, item)));
    return new Map(items.map((item) => [keyOf(item), parsed(saw, keyOf(vault), ofItem(item))]));
  },

  list(vault, stretch) {
    const partition = partitionOf(vault);
    return stretchIn(table, partition, keys.alerts(partition), stretch, read.alert);
  },

  async waiting(vault, together, between) {
    const prefix = keys.waiting(vault, together);
    const rows = await table.range(keyOf(vault), { prefix, ...stretchOf(keys.waitingOne, vault, together, between) });
    return readableOf(rows, read.waiting).flatMap(({ single, ...one }) => (single ? [] : [one]));
  },

  async counted(vault, caller, between) {
    const prefix = keys.deletions(vault, caller);
    const rows = await table.range(keyOf(vault), { prefix, ...stretchOf(keys.deletion, vault, caller, between) });
    return readableOf(rows, read.counted);
  },
});

/** Of one type, told apart by who did it. */
const MOST_NEWEST = 50;

/** What was noted about an item since its last change stands in no row of its own. */
function parsed(saw: Chains['saw'], partition: string, rows: readonly Row[]): About {
  const about = eachOf(rows, keys.alerts(partition), heldRow(read.alert));
  for (const { evidence } of about.found.map(({ value }) => value)) if (evidence) saw(evidence.chain, evidence);
  return about;
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
