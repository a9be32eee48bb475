/** Rows that name what is over on a day: written in the transaction that writes what ends, and gone in the one that removes it. */
import type { Change, RecordedAnswer } from '../change.ts';
import type { Counted } from '../core/alerts.ts';
import { type Ending, endingsOf, revivedBy } from '../core/ends.ts';
import { keys, kindIn } from './keys.ts';
import { type Cells, drop, type Op, pack } from './table.ts';

export const deletionKey = (vault: string, { together, at, alert }: Counted): string =>
  keys.deletion(vault, together, at, alert);

type Keys = { readonly [O in Ending['of']]: (vault: string, ending: Extract<Ending, { readonly of: O }>) => string };

const KEYS: Keys = {
  alert: (vault, { id }) => keys.alert(vault, id),
  counted: (vault, { one }) => deletionKey(vault, one),
  job: (vault, { item, id }) => keys.job(vault, item, id),
  operation: (vault, { name }) => keys.operation(vault, name),
  results: (vault, { name }) => keys.results(vault, name),
  tombstone: (vault, { item }) => keys.item(vault, item),
  server: (vault, { server }) => keys.server(vault, server),
  answer: (vault, { key }) => keys.answer(vault, key),
};

const keyOfEnding = <O extends Ending['of']>(vault: string, ending: Extract<Ending, { readonly of: O }>): string =>
  KEYS[ending.of as O](vault, ending);

/** What can be written anew under its own key (an answer, a tombstone, a server): it must not go then, and only a row of its own tells. */
export const endsAlone = (key: string): boolean => RENEWED.includes(kindIn(key));
const RENEWED: readonly string[] = ['idem', 'item', 'server'];

/** It ends, and a row says when. Rows of before have no such row, and do not say this. */
export const ENDS = { ends: true } as const;

/** One row a transaction and day; one of its own for each that can be written anew. Whoever writes that anew drops it. */
export function endOps(change: Change, answer: RecordedAnswer | undefined): readonly Op[] {
  const { vault, id } = change;
  const own = (ending: Ending): string => keys.endOf(ending.day, keyOfEnding(vault, ending));
  const { renewed = [], others = [] } = Object.groupBy(endingsOf(change, answer), (ending) =>
    endsAlone(keyOfEnding(vault, ending)) ? 'renewed' : 'others',
  );
  return [
    ...[...Map.groupBy(others, ({ day }) => day)].map(([day, some]) =>
      namingRow(vault, day, id, [...new Set(some.map((one) => keyOfEnding(vault, one)))]),
    ),
    ...renewed.map((one): Op => ({ op: 'insert', key: own(one), cells: companyCells(vault, one) })),
    ...revivedBy(change, answer).map((one) => drop(own(one))),
  ];
}

/** What goes with it is named, where it is known: then nothing has to be read when the time has come. */
function companyCells(vault: string, ending: Ending): Cells {
  if (ending.of !== 'tombstone' || !ending.with) return { v: 1 };
  const { alerts, job, orders } = ending.with;
  const rows = [
    ...alerts.map((id) => keys.alert(vault, id)),
    ...orders.map((id) => keys.closedOrder(vault, ending.item, id)),
    ...(job === undefined ? [] : [keys.job(vault, ending.item, job)]),
  ];
  return pack({ rows: [...new Set(rows)] });
}

export const namingRow = (vault: string, day: string, id: string, rows: readonly string[]): Op => ({
  op: 'insert',
  key: keys.end(vault, day, id),
  cells: pack({ rows }),
});
