import type { Agenda, AgendaSpan, DueHint } from '../../ports/agenda.ts';

/** As many as a request of storage answers. */
const LONG_READ = 1000;
/** So many shards are read on at a time: those that are read least far. */
const AT_ONCE = 4;

/** Hints to purge in the order in which they fall due. `last`: up to there they are all of them, and there are more. */
export interface Ahead {
  readonly hints: readonly DueHint[];
  readonly last: string | undefined;
}

interface Reading {
  readonly shard: string;
  readonly found: readonly DueHint[];
  /** As far as it is read; undefined: to its end. */
  readonly last: string | undefined;
}

/** One read of each shard, and as many more as there may be. Where they do not suffice, all shards end where the shortest does. */
export async function purgesAhead(
  agenda: Pick<Agenda, 'shards' | 'ahead'>,
  span: Omit<AgendaSpan, 'limit'>,
  { reads = agenda.shards.length, limit = LONG_READ }: { readonly reads?: number; readonly limit?: number } = {},
): Promise<Ahead> {
  const readOn = async ({ shard, found, last: after }: Reading): Promise<Reading> => {
    const next = await agenda.ahead(shard, { ...span, after, limit });
    return { shard, found: [...found, ...next.found.filter(({ kind }) => kind === 'purge')], last: next.last };
  };
  const first = agenda.shards.map((shard) => readOn({ shard, found: [], last: span.after }));
  const readings = new Map((await Promise.all(first)).map((one) => [one.shard, one]));
  let left = reads - agenda.shards.length;
  for (let open = unfinished(readings); open.length > 0 && left > 0; open = unfinished(readings)) {
    const next = open.slice(0, Math.min(left, AT_ONCE));
    left -= next.length;
    for (const one of await Promise.all(next.map(readOn))) readings.set(one.shard, one);
  }
  const last = unfinished(readings)[0]?.last;
  const hints = [...readings.values()]
    .flatMap(({ found }) => found)
    .filter((hint) => last === undefined || placeOf(hint) <= last)
    .toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  return { hints, last };
}

const placeOf = ({ found }: DueHint): string => found?.key ?? '';

/** The one that is read least far first. */
const unfinished = (readings: ReadonlyMap<string, Reading>): readonly Reading[] =>
  [...readings.values()]
    .filter(({ last }) => last !== undefined)
    .toSorted(({ last: one = '' }, { last: other = '' }) => (one < other ? -1 : 1));
