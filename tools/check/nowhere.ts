/** Hints that lead nowhere: what each of them leads to, and whether such a row was met. */
import { itemOfAlert } from '../../src/core/alerts.ts';
import { type Hint, type HintKind, ITSELF, SERVICE } from '../../src/core/hints.ts';
import { addDays, type Instant } from '../../src/core/time.ts';
import { keys } from '../../src/store/keys.ts';
import { read } from '../../src/store/rows.ts';
import type { Row } from '../../src/store/table.ts';
import { attempt, type Finding, placeOf } from './terms.ts';

/** Whoever dies leaves a hint to a thing that never came to be: the next sweeps strike it. After so long none has. */
const STRUCK_DAYS = 2;

/** What a row is to those who look for it. `end`: something is over in its vault one day. */
type Sought = 'vault' | 'item' | 'policy' | 'op' | 'alert' | 'wait' | 'end' | 'spent' | 'guard';

const SOUGHT: { readonly [K in HintKind]: Sought } = {
  ...{ warn: 'item', purge: 'item', expire: 'item', hold: 'item', forget: 'item', order: 'item' },
  ...{ policy: 'policy', operate: 'op', tell: 'alert', together: 'wait', tidy: 'end', spent: 'spent' },
  ...{ cooled: 'vault', remove: 'vault', reindex: 'vault' },
};

/** People may want to be reminded on other days: then it is about the vault itself. In the service guards cool off. */
function soughtBy({ kind, vault, item }: Hint): Sought {
  const sought = SOUGHT[kind];
  if (sought === 'vault' && vault === SERVICE) return 'guard';
  return sought === 'item' && item === ITSELF ? 'vault' : sought;
}

/** As what a row is met, and under which name hints lead to it. */
function metIn({ key }: Row): readonly (readonly [Sought, string])[] {
  const [, kind = '', what = '', name = ''] = key.split('!');
  return (kind === 'head' ? HEAD[what]?.(name) : ROWS[kind]?.(what)) ?? [];
}
type Met = { readonly [kind: string]: ((name: string) => readonly (readonly [Sought, string])[]) | undefined };
const HEAD: Met = {
  // That something would be over in it is seen only by whoever comes.
  settings: () => [
    ['vault', ITSELF],
    ['end', ITSELF],
  ],
  policy: (name) => [['policy', name]],
};
const ROWS: Met = {
  ...{ item: (name) => [['item', name]], op: (name) => [['op', name]], guard: (name) => [['guard', name]] },
  ...{ alert: (id) => [['alert', itemOfAlert(id) ?? ITSELF]], wait: (bundle) => [['wait', bundle]] },
  ...{ end: () => [['end', ITSELF]], spent: () => [['spent', ITSELF]] },
};

export function seeker(now: Instant) {
  const settled = addDays(now, -STRUCK_DAYS);
  const unmet = new Map<string, readonly string[]>();
  /** The sweeps may not have struck yet what led into these. */
  const removedLately = new Set<string>();
  const keyIn = (sought: Sought, vault: string, name: string) => `${sought} ${placeOf(vault, name)}`;
  return {
    /** `row`: where the hint lies. */
    seek(hint: Hint, row: string): void {
      const sought = soughtBy(hint);
      if (hint.due >= settled || (sought === 'end' && hint.vault === SERVICE)) return;
      const place = keyIn(sought, hint.vault, hint.item);
      unmet.set(place, [...(unmet.get(place) ?? []), row]);
    },
    look(partition: string, row: Row): void {
      if (unmet.size === 0) return;
      for (const [sought, name] of metIn(row)) unmet.delete(keyIn(sought, partition, name));
      if (row.key === keys.grave(partition))
        attempt(
          () => read.grave(row).removedAt > settled && removedLately.add(partition),
          () => undefined,
        );
    },
    findings: (): readonly Finding[] =>
      [...unmet].flatMap(([place, rows]) => {
        const [, vault = ''] = /^\w+ ([^/]*)\//.exec(place) ?? [];
        return removedLately.has(vault) ? [] : rows.map((row) => ({ row, rule: 'I2', message: LOST }));
      }),
  };
}

const LOST = `it leads to nothing that is there, and fell due more than ${STRUCK_DAYS} days ago`;
