/** Section: the memory of a sweep, in a process of its own, whatever is due. */

import { addMillis } from '../../../src/core/time.ts';
import { hintWriter } from '../../../src/store/agenda.ts';
import { SEALS } from '../../support/stores.ts';
import { table } from '../figures.ts';
import type { Tables } from '../tables.ts';
import { type Measured, sweepApart } from './apart.ts';
import { inMemory } from './counts.ts';
import { build, NOW } from './estate.ts';
import type { Order } from './sweeper.ts';

const HEAP_MB = 320;
const RESIDENT_MB = 512;
const DUE = 20_000;
const MANY_HINTS = 1_000_000;

const RAISED: Order = { limits: { maxPurges: 1_000_000, budgetSeconds: 3600 } };
const HOLDING: Order = { limits: { maxPurges: 1000, maxPercent: 30, budgetSeconds: 3600 } };

interface Case {
  readonly name: string;
  readonly store: () => Promise<Tables>;
  readonly orders: readonly Order[];
}

async function oneVault(pointsEach: number): Promise<Tables> {
  const tables = inMemory();
  await build(tables, { vaults: 1, duePerVault: DUE, others: 0, pointsEach });
  return tables;
}

/** Behind twenty thousand that are due lie very many hints of other vaults. */
async function manyHints(): Promise<Tables> {
  const tables = await oneVault(3);
  const hint = hintWriter(tables.agenda, SEALS.seal);
  for (let at = DUE; at < MANY_HINTS; at += 10_000)
    await hint(
      Array.from({ length: 10_000 }, (_, index) => ({
        kind: 'purge' as const,
        vault: `other-${(at + index) % 5000}`,
        item: `vm-${at + index}`,
        due: addMillis(NOW, index - 60_000_000),
      })),
    );
  return tables;
}

const CASES: readonly Case[] = [
  { name: '20 000 in one vault, 3 points each, purged', store: () => oneVault(3), orders: [RAISED] },
  { name: '20 000 in one vault, 150 points each, purged', store: () => oneVault(150), orders: [RAISED] },
  { name: 'the belt holds 20 000, first and second sweep', store: () => oneVault(150), orders: [HOLDING, HOLDING] },
  { name: 'a dry run over 20 000', store: () => oneVault(150), orders: [{ ...RAISED, dryRun: true }] },
  { name: 'the belt holds 1 000 000 hints', store: manyHints, orders: [HOLDING] },
];

export async function sweepMemory(say: (line: string) => void): Promise<string> {
  const rows: string[][] = [];
  for (const { name, store, orders } of CASES) {
    const tables = await store();
    for (const order of orders) {
      const measured = await sweepApart(tables, HEAP_MB, order);
      say(`${name}: ${JSON.stringify(measured)}`);
      rows.push(rowOf(name, measured));
    }
  }
  return [
    '## Memory of a sweep',
    `The sweep runs in a process of its own with \`--max-old-space-size=${HEAP_MB}\`, the store in another. It may take ${RESIDENT_MB} MB of resident memory.`,
    table(['store', 'purged', 'held', 'requests', 'peak heap, MB', 'resident, MB'], rows),
  ].join('\n\n');
}

function rowOf(name: string, { purged, held, requests, heapMB, residentMB }: Measured): string[] {
  if (residentMB > RESIDENT_MB) throw new Error(`${name}: ${residentMB} MB resident`);
  return [name, String(purged), String(held ?? '–'), String(requests), String(heapMB), String(residentMB)];
}
