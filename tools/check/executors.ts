/** What `check:store` asks of executors: whatever names one names one that is there, and is on its list; and where none of their orders lives no line is left. */
import { SERVICE } from '../../src/core/hints.ts';
import { keyOf } from '../../src/core/names.ts';
import { isOrdered } from '../../src/core/orders.ts';
import { keys } from '../../src/store/keys.ts';
import { read } from '../../src/store/rows.ts';
import type { Row } from '../../src/store/table.ts';
import type { Agenda } from './agenda.ts';
import { attempt, type Finding } from './terms.ts';

interface Naming {
  readonly row: string;
  readonly executor: string;
  /** Of a vault: the row that says that it may name it. */
  readonly link?: string;
}

export function executorCheck() {
  const naming: Naming[] = [];
  const there = new Set<string>();
  /** Those of which an order lives. */
  const asked = new Set<string>();

  function look(partition: string, row: Row): void {
    const { key } = row;
    const at = `vaults/${partition}/${key}`;
    if (key.startsWith(keys.executors) || key.startsWith(keys.allExecutorLinks)) there.add(key);
    if (partition === SERVICE && key.startsWith(keys.kinds) && key !== keys.kindGate) {
      const { executor } = read.kind(row);
      if (executor !== null) naming.push({ row: at, executor });
    }
    if (key.startsWith(keys.items(partition)) && row.cells['state'] === 'Purging') {
      const item = read.remains(row);
      if (isOrdered(item)) asked.add(keyOf(item.order.executor));
    }
    if (key !== keys.vault(partition) || partition === SERVICE) return;
    const { executor } = read.vault(row).vault.purge;
    if (executor !== null) naming.push({ row: at, executor, link: keys.executorLink(executor, partition) });
  }

  return {
    /** What cannot be read is told of by others. */
    look: (partition: string, row: Row): void =>
      attempt(
        () => look(partition, row),
        () => undefined,
      ),
    findings: (stale: Agenda['stale']): readonly Finding[] => [
      ...[...stale].flatMap(([executor, { row, count }]): readonly Finding[] =>
        asked.has(executor)
          ? []
          : [
              {
                row,
                rule: 'I7',
                message: `no order of ${executor} lives, and lines older than a day are left: ${count}`,
              },
            ],
      ),
      ...naming.flatMap(({ row, executor, link }): readonly Finding[] => {
        if (!there.has(keys.executor(keyOf(executor))))
          return [{ row, rule: 'I5', message: `names the executor ${executor}, which is not there` }];
        return link === undefined || there.has(link)
          ? []
          : [{ row, rule: 'I5', message: `names the executor ${executor}, which does not know of it` }];
      }),
    ],
  };
}
