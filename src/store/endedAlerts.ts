/** What is to become of alerts whose time is over. Each is looked at, and its item: once, however many are about it. */
import { inParts } from '../change.ts';
import { isTold } from '../core/alerts.ts';
import { dayOf } from '../core/kept.ts';
import type { Instant } from '../core/time.ts';
import { keys } from './keys.ts';
import { read } from './rows.ts';
import { type Row, type Table, VERSION, versionOf } from './table.ts';

/** `gone`: it is not there any more, or is over on another day, which another row names. */
export type Fate = 'over' | 'stays' | 'gone';

/** By key. What there was no time for is not among them. */
export type Fates = ReadonlyMap<string, Fate>;

/** So many are read side by side; then it is asked whether there is time for more. */
const AT_ONCE = 16;

/** What it answers remembers the items, so it serves one turn. */
export function alertFates(
  table: Table,
  vault: string,
  now: Instant,
  mayGoOn: () => boolean,
): (alerts: readonly string[]) => Promise<Fates> {
  const seen = new Map<string, Promise<boolean>>();

  function isKept(item: string): Promise<boolean> {
    const key = keys.item(vault, item);
    const known = seen.get(key) ?? table.get(vault, key).then((row) => row !== undefined && mayLieInTrash(row));
    seen.set(key, known);
    return known;
  }

  /** An alert stays while a mail about it waits, and while its item lies in the trash. */
  async function fateOf(key: string): Promise<Fate> {
    const row = await table.get(vault, key);
    if (!row) return 'gone';
    const alert = alertIn(row);
    if (!alert) return 'stays';
    // It was raised once more under the same key, and another row names it.
    if (alert.endsOn !== undefined && alert.endsOn > dayOf(now)) return 'gone';
    if (!isTold(alert)) return 'stays';
    return alert.item !== null && (await isKept(alert.item)) ? 'stays' : 'over';
  }

  return async (alerts) => {
    const fates = new Map<string, Fate>();
    for (const some of inParts([...new Set(alerts)], AT_ONCE)) {
      if (!mayGoOn()) break;
      await Promise.all(some.map(async (key) => fates.set(key, await fateOf(key))));
    }
    return fates;
  };
}

/** Of what newer code wrote nobody knows where it lies. */
const mayLieInTrash = ({ cells }: Row): boolean =>
  cells['state'] === 'SoftDeleted' || cells['state'] === 'Purging' || versionOf(cells) > VERSION;

function alertIn(row: Row) {
  try {
    return read.alert(row);
  } catch {
    return undefined;
  }
}
