/** Section: the memory of a sweep, in a process of its own, whatever is due. */

import { NO_BELT } from '../../../src/core/brakes.ts';
import { SERVICE } from '../../../src/core/hints.ts';
import { addMillis } from '../../../src/core/time.ts';
import { hintWriter } from '../../../src/store/agenda.ts';
import { keys } from '../../../src/store/keys.ts';
import { put } from '../../../src/store/table.ts';
import { SEALS } from '../../support/stores.ts';
import { table } from '../figures.ts';
import type { Tables } from '../tables.ts';
import { type Measured, sweepApart } from './apart.ts';
import { inMemory } from './counts.ts';
import { build, type Estate, NOW } from './estate.ts';
import type { Order } from './sweeper.ts';

const HEAP_MB = 320;
const RESIDENT_MB = 512;
const DUE = 20_000;
const MANY_HINTS = 1_000_000;
const POINTS = 150;

/** A sweep, and the most requests that it may make. */
interface Run extends Order {
  readonly most?: number;
}

const RAISED: Order = { limits: { maxPurges: 1_000_000, budgetSeconds: 3600 } };
const BELTED: Order = { limits: { maxPurges: 1000, maxPercent: 30, budgetSeconds: 3600 } };

const purging = (each: number, order = RAISED): Run => ({ ...order, most: each * DUE });
const held = (due: number, more: number): Run => ({ ...BELTED, most: Math.ceil(due / 250) + more });

interface Case {
  readonly name: string;
  readonly store: () => Promise<Tables>;
  readonly runs: readonly Run[];
  /** Nothing but the end of the process is expected. */
  readonly dies?: true;
}

async function oneVault(more: Partial<Estate> = {}): Promise<Tables> {
  const tables = inMemory();
  await build(tables, { vaults: 1, duePerVault: DUE, others: 0, pointsEach: POINTS, ...more });
  return tables;
}

/** Somebody has let go what is due. */
async function released(): Promise<Tables> {
  const tables = await oneVault();
  await tables.vaults.commit(SERVICE, [put(keys.control('belt'), { ...NO_BELT, releasedUntil: NOW })]);
  return tables;
}

/** Behind twenty thousand that are due lie very many hints of other vaults. */
async function manyHints(): Promise<Tables> {
  const tables = await oneVault({ pointsEach: 3 });
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
  { name: '20 000, 3 points each, tickets good', store: () => oneVault({ pointsEach: 3 }), runs: [purging(0.15)] },
  { name: '20 000, 150 points each, tickets good', store: () => oneVault(), runs: [purging(0.15)] },
  {
    name: '20 000, 150 points each, tickets stale',
    store: () => oneVault({ tickets: 'stale' }),
    runs: [purging(0.2)],
  },
  { name: '20 000 that the belt was made to let go', store: released, runs: [purging(0.15, BELTED)] },
  {
    name: '20 000 that the belt holds, first and second sweep',
    store: () => oneVault(),
    runs: [held(DUE, 40), held(DUE, 25)],
  },
  { name: '20 000, a dry run', store: () => oneVault(), runs: [{ ...RAISED, dryRun: true }] },
  // The last page of each of the sixteen shards is no whole one.
  { name: '1 000 000 hints that the belt holds', store: manyHints, runs: [held(MANY_HINTS, 40)] },
  {
    name: '20 000, tickets stale, read without limits',
    store: () => oneVault({ tickets: 'stale' }),
    runs: [{ ...RAISED, withoutLimits: true }],
    dies: true,
  },
];

export async function sweepMemory(say: (line: string) => void): Promise<string> {
  const rows: string[][] = [];
  for (const { name, store, runs, dies } of CASES) {
    const tables = await store();
    for (const run of runs) {
      const measured = await sweepApart(tables, HEAP_MB, run).catch(unlessExpected(dies));
      say(`${name}: ${JSON.stringify(measured)}`);
      rows.push(measured === DEAD ? [name, '–', '–', '–', '–', DEAD, '–'] : rowOf(name, measured, run));
    }
    if (dies && rows.at(-1)?.[5] !== DEAD) throw new Error(`${name}: it was expected to run out of memory`);
  }
  return [
    '## Memory of a sweep',
    `All lie in one vault; of the last but one case the others in 5,000. The sweep runs in a process of its own with \`--max-old-space-size=${HEAP_MB}\`, the store in another. It may take ${RESIDENT_MB} MB of resident memory. The run fails where that is exceeded.`,
    table(['due', 'purged', 'held', 'requests', 'ceiling', 'peak heap, MB', 'resident, MB'], rows),
  ].join('\n\n');
}

const DEAD = 'it ran out of memory';
const unlessExpected =
  (dies: true | undefined) =>
  (error: unknown): typeof DEAD => {
    if (dies && error instanceof Error && error.message.endsWith(DEAD)) return DEAD;
    throw error;
  };

function rowOf(name: string, measured: Measured, { most = Number.POSITIVE_INFINITY }: Run): string[] {
  const { purged, held: kept, requests, heapMB, residentMB } = measured;
  if (residentMB > RESIDENT_MB) throw new Error(`${name}: ${residentMB} MB resident`);
  const ceiling = Number.isFinite(most) ? String(most) : '–';
  const asked = requests > most ? `${requests} above` : requests;
  return [name, ...[purged, kept ?? '–', asked, ceiling, heapMB, residentMB].map(String)];
}
