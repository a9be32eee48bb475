/**
 * Jobs that the version before wrote, under the names of a stretch of items. An item of before does not know which of them was its last.
 * The last one stays until there is another; the others are over one day, and no job has named them.
 */
import type { Item, LastJob, Remains } from '../core/item.ts';
import { keyOf } from '../core/names.ts';
import type { Instant } from '../core/time.ts';
import { inTrash, keys } from './keys.ts';
import { plant } from './plantedEnds.ts';
import { read } from './rows.ts';
import { everyRow, type Row, type Table } from './table.ts';

export interface JobsOfBefore {
  /** The item, with its last job where it does not know it. One whose place in the trash is not written with it stays as it is. */
  withLast(item: Item): Item;
  /**
   * All but the last of each, and those of nobody. `known`: what there is under each name; undefined: it cannot be read, and keeps its jobs.
   * false: somebody kept changing one of them.
   */
  plant(known: ReadonlyMap<string, Remains | undefined>, now: Instant): Promise<boolean>;
}

/** Behind one name, and no further than another. */
interface Names {
  readonly after: string | undefined;
  readonly until: string | undefined;
}

/** So many are planted at a time. */
const IN_HAND = 500;

export async function jobsOf(table: Table, vault: string, { after, until }: Names): Promise<JobsOfBefore> {
  const all = keys.jobs(vault, '').slice(0, -1);
  const behind = (name: string | undefined) => (name === undefined ? undefined : `${keys.jobs(vault, name)}~`);
  const rows = () => everyRow(table, vault, all, { after: behind(after), before: behind(until) });
  const newest = new Map<string, LastJob>();
  let isAny = false;
  for await (const row of rows()) {
    isAny ||= row.cells['ends'] !== true;
    const job = jobIn(row);
    const known = newest.get(nameIn(row));
    if (job && (!known || known.startedAt < job.startedAt))
      newest.set(nameIn(row), { id: job.id, startedAt: job.startedAt, endedAt: job.endedAt });
  }
  return {
    withLast(item) {
      const last = newest.get(keyOf(item.name));
      return item.lastJob || !last || (inTrash(item) && !item.uncounted) ? item : { ...item, lastJob: last };
    },
    async plant(known, now) {
      if (!isAny) return true;
      const stays = (row: Row): boolean => {
        const name = nameIn(row);
        const last = known.get(name)?.lastJob;
        return (
          known.has(name) && (!known.get(name) || (last !== undefined && row.key === keys.job(vault, name, last.id)))
        );
      };
      let some: Row[] = [];
      for await (const row of rows()) {
        if (!stays(row)) some.push(row);
        if (some.length < IN_HAND) continue;
        if (!(await plant(table, vault, some, now))) return false;
        some = [];
      }
      return plant(table, vault, some, now);
    },
  };
}

const nameIn = ({ key }: Row): string => key.split('!')[2] ?? '';

function jobIn(row: Row) {
  try {
    return read.job(row);
  } catch {
    return undefined;
  }
}
