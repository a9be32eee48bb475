/** Section: what a sweep asks of storage, counted over a sorted store in memory that answers as Table Storage does. */
import { memoryTable } from '../../support/memoryTable.ts';
import { table } from '../figures.ts';
import type { Tables } from '../tables.ts';
import { build, type Estate, NOW } from './estate.ts';
import { runSweep } from './run.ts';
import { counted, nothingSeen, type Seen } from './tables.ts';

export const inMemory = (): Tables => ({ vaults: memoryTable(), agenda: memoryTable(), registry: memoryTable() });

interface Case {
  readonly name: string;
  readonly estate: Estate;
  readonly ceiling: string;
}

const SIZES = [10_000, 100_000, 1_000_000];

const CASES: readonly Case[] = [
  { name: 'nothing due', estate: { vaults: 1000, duePerVault: 0, others: 10_000 }, ceiling: '20 requests' },
  ...SIZES.map((others) => ({
    name: `1 000 due, one a vault, of ${others.toLocaleString('en')}`,
    estate: { vaults: 1000, duePerVault: 1, others },
    ceiling: '1.2 a purge, 0.05 sends',
  })),
  ...SIZES.map((others) => ({
    name: `1 000 due, fifty a vault, of ${others.toLocaleString('en')}`,
    estate: { vaults: 20, duePerVault: 50, others },
    ceiling: '0.15 a purge, 0.05 sends',
  })),
  ...SIZES.map((others) => ({
    name: `1 000 that an executor is asked for, one a vault, of ${others.toLocaleString('en')}`,
    estate: { vaults: 1000, duePerVault: 1, others, executor: 'blobs' },
    ceiling: '2.2 an order, no sends',
  })),
  ...SIZES.map((others) => ({
    name: `1 000 that an executor is asked for, fifty a vault, of ${others.toLocaleString('en')}`,
    estate: { vaults: 20, duePerVault: 50, others, executor: 'blobs' },
    ceiling: '0.30 an order, no sends',
  })),
];

interface Counted extends Seen {
  /** Or ordered. */
  readonly purged: number;
  readonly sends: number;
}

async function countOne({ estate }: Pick<Case, 'estate'>): Promise<Counted> {
  const tables = inMemory();
  await build(tables, estate);
  const seen = nothingSeen();
  let sends = 0;
  const outside = {
    send: async () => {
      sends += 1;
    },
    ping: async () => {
      seen.requests += 1;
    },
  };
  const { purged, ordered } = await runSweep(counted(tables, seen), outside, () => NOW);
  return { ...seen, purged: purged + ordered, sends };
}

/** Where something is due the kinds are read, once. */
const KINDS = 1;

/** How much more few that are due ask for than an empty sweep does, each, with the messages that tell them. */
async function fewDue(): Promise<string> {
  const countOf = (vaults: number, duePerVault: number) => countOne({ estate: { vaults, duePerVault, others: 0 } });
  const empty = await countOf(1, 0);
  const each = async (vaults: number) => {
    const { requests, sends } = await countOf(vaults, 1);
    return ((requests - KINDS - empty.requests + sends) / vaults).toFixed(2);
  };
  return `One due item asks for ${await each(1)} more than a sweep with nothing due, with the message that tells it and beside one look at all kinds; sixteen, one a vault, for ${await each(16)} each. The ceilings are 3 and 2.`;
}

export async function sweepCounts(say: (line: string) => void): Promise<string> {
  const rows: string[][] = [];
  for (const one of CASES) {
    say(one.name);
    const { requests, rowsRead, rowsWritten, purged, sends } = await countOne(one);
    const each = (count: number) => (purged === 0 ? '–' : (count / purged).toFixed(3));
    rows.push([
      one.name,
      String(requests),
      each(requests),
      String(rowsRead),
      String(rowsWritten),
      each(sends),
      one.ceiling,
    ]);
  }
  return [
    '## Storage requests of a sweep',
    'These figures are counts, so they do not depend on the machine. Each item has three recovery points. A page of 1 000 rows is one request, and every hundredth range read begins with an empty page, as may happen in Azure. A sweep never touches agenda rows for later or items that are not due, so the counts for a due set are the same however large the store is.',
    table(
      ['store', 'table requests', 'a purge or an order', 'rows read', 'rows written', 'queue sends a purge', 'ceiling'],
      rows,
    ),
    await fewDue(),
  ].join('\n\n');
}
