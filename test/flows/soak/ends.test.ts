/**
 * The soak sees what never ends: some months of a small town in which everything is kept for days, once as they are, and once for each kind
 * of row with what ends it taken out. Then its judgement has to name that kind.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Line, Write } from '../../../src/change.ts';
import { kindIn } from '../../../src/store/keys.ts';
import { LINKS } from '../../../src/store/links.ts';
import { read } from '../../../src/store/rows.ts';
import { type Op, pack, type Table } from '../../../src/store/table.ts';
import { type Census, census, moved } from './judgement.ts';
import { type Kept, keeping } from './kept.ts';
import { live, type Pace, settleAll } from './life.ts';
import { type Spoilt, town } from './town.ts';

/** Alerts longest: one whose item lies in the trash when its time is over is looked at again only a month later. */
const SHORT: Kept = {
  ...{ answer: 1, aside: 2, job: 3, operation: 3 },
  ...{ tombstone: 5, server: 5, mail: 5, letter: 5, alert: 20 },
};
const FOR_EVER = 36_500;

const PACE: Pace = { turnDays: 6, month: 5, names: 8, backupDays: 1, living: 1, quiet: 1 };
/** Two months lie in between: so it is about the same day of a month, and what goes with whole months is as far. */
const [BEFORE, AFTER] = [8, 18];

/** The kinds of which there are more, or fewer, in the end. */
const moving = (spoilt: Spoilt = {}, kept: Kept = {}): Promise<readonly string[]> =>
  keeping({ ...SHORT, ...kept }, async () => {
    const at = town(spoilt);
    await settleAll(at, PACE);
    let before: Census = new Map();
    for (let number = 0; number <= AFTER; number += 1) {
      await live(at, PACE, number);
      if (number === BEFORE) before = await census(at);
    }
    return [...moved(before, await census(at)).keys()];
  });

/** Nothing says when rows of this kind are over. */
function unnamed(kind: string): Spoilt {
  const spoil = (op: Op): Op => {
    if (op.op !== 'insert' || kindIn(op.key) !== 'end' || op.cells['doc0'] === undefined) return op;
    const rows = read.end(op).rows.filter((key) => kindIn(key) !== kind);
    return { ...op, cells: pack({ rows }) };
  };
  const over = (table: Table): Table => ({
    ...table,
    commit: (partition, ops) => table.commit(partition, ops.map(spoil)),
  });
  return { tables: (tables) => ({ ...tables, vaults: over(tables.vaults) }) };
}

/** undefined: it is not written at all. */
const writing = (spoil: (write: Write) => Write | undefined): Spoilt => ({
  ports: ({ commit }) => ({
    commit: async (write) => {
      const spoilt = spoil(write);
      return spoilt ? commit(spoilt) : {};
    },
  }),
});
const without = (line: Line['line']): Spoilt =>
  writing((write) => ('line' in write && write.line === line ? undefined : write));
const ALL_WAIT_ON = writing((write) => ('line' in write ? write : { ...write, stopWaiting: [] }));

/** Nothing is removed from this partition of the registry. */
function unstruck(links: string): Spoilt {
  const over = (table: Table): Table => ({
    ...table,
    remove: async (partition, ...given) => partition === links || table.remove(partition, ...given),
  });
  return { tables: (tables) => ({ ...tables, registry: over(tables.registry) }) };
}

interface Ending {
  readonly of: string;
  readonly kind: string;
  /** What is taken out. */
  readonly kept?: Kept;
  readonly spoilt?: Spoilt;
}

const ENDINGS: readonly Ending[] = [
  { of: 'kept answers', kind: 'vaults idem', kept: { answer: FOR_EVER } },
  { of: 'jobs', kind: 'vaults job', kept: { job: FOR_EVER } },
  { of: 'alerts', kind: 'vaults alert', kept: { alert: FOR_EVER } },
  { of: 'marks of deletions that were counted', kind: 'vaults counted', spoilt: unnamed('counted') },
  { of: 'places of those who wait for others', kind: 'vaults wait', spoilt: ALL_WAIT_ON },
  { of: 'tombstones', kind: 'vaults item', kept: { tombstone: FOR_EVER } },
  { of: 'what is known of mails', kind: 'registry months of mails', kept: { mail: FOR_EVER } },
  { of: 'dead letters', kind: 'registry deadletters', kept: { letter: FOR_EVER } },
  { of: 'operations', kind: 'vaults op', kept: { operation: FOR_EVER } },
  { of: 'what was set aside', kind: 'registry quarantine', kept: { aside: FOR_EVER } },
  { of: 'servers', kind: 'vaults server', kept: { server: FOR_EVER } },
  { of: 'lines of vaults that are gone', kind: 'registry vaults', spoilt: without('unlistVault') },
  {
    of: 'lines of deleted vaults that are gone',
    kind: 'registry deletedVaults',
    spoilt: without('unlistDeletedVault'),
  },
  { of: 'links to guards', kind: 'registry guardLinks', spoilt: unstruck(LINKS.guard) },
  { of: 'links to kinds', kind: 'registry kindUses', spoilt: unstruck(LINKS.kind) },
];

describe('where everything ends', () => {
  let all: readonly string[];
  beforeAll(async () => {
    all = await moving();
  });

  test('the rows of each kind are as many as two months before', () => {
    expect(all).toEqual([]);
  });
});

test.each(ENDINGS)('without what ends $of the judgement names $kind', async ({ kind, spoilt, kept }) => {
  expect(await moving(spoilt, kept)).toContain(kind);
});
