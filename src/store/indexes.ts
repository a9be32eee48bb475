/**
 * Rows that name the items of a vault in another order than that of their names. They follow from the item, and are written with it.
 * An item is under its kind until it is purged; under its state only where few are; under its policy as long as it uses it.
 */
import { isItem, type Remains } from '../core/item.ts';
import { keyOf } from '../core/names.ts';
import { policyOf } from '../core/tally.ts';
import type { Index, IndexedState } from '../ports/vaults.ts';
import { keys } from './keys.ts';
import { type Cells, drop, type Op } from './table.ts';

const FEW: ReadonlySet<string> = new Set<IndexedState>(['ProtectionStopped', 'BackupsSuspended']);

/** Every row that names the item, by its key. */
export function indexRows(vault: string, remains: Remains): ReadonlyMap<string, Cells> {
  if (!isItem(remains)) return new Map();
  const { name, state, workload, server } = remains;
  const order = [workload, server ?? '', name] as const;
  const policy = policyOf(remains);
  const cells: Cells = { v: 1, name };
  const rows: (readonly [string, Cells])[] = [[keys.by(vault, 'kind', ...order), { ...cells, state }]];
  if (FEW.has(state)) rows.push([keys.by(vault, 'state', state, ...order), cells]);
  if (policy !== null) rows.push([keys.by(vault, 'policy', policy, workload, name), cells]);
  return new Map(rows);
}

/** An item that was not counted was not indexed either. */
export function indexOps(vault: string, was: Remains | undefined, now: Remains): readonly Op[] {
  const before = was && !was.uncounted ? indexRows(vault, was) : new Map<string, Cells>();
  const after = indexRows(vault, now);
  const isSame = (key: string, cells: Cells) => {
    const there = before.get(key);
    return there?.['name'] === cells['name'] && there?.['state'] === cells['state'];
  };
  return [
    ...[...before.keys()].filter((key) => !after.has(key)).map(drop),
    ...[...after].filter(([key, cells]) => !isSame(key, cells)).map(([key, cells]): Op => ({ op: 'put', key, cells })),
  ];
}

/** Where an index begins, and which part of it is asked for. A place in it is what follows `start`, so it holds for a part as for all. */
export function stretchOf(vault: string, index: Exclude<Index, { by: 'name' | 'trash' | 'ordered' }>) {
  const [start, part] =
    index.by === 'policy'
      ? [keys.by(vault, 'policy', index.policy, ''), [index.workload]]
      : [
          index.by === 'kind' ? keys.by(vault, 'kind', '') : keys.by(vault, 'state', index.state, ''),
          [index.workload, index.workload && index.server],
        ];
  const parts = part.filter((one) => one !== undefined).map((one) => `${keyOf(one)}!`);
  return { start, prefix: `${start}${parts.join('')}` };
}
