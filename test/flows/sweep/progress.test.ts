import { expect, test } from 'vitest';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import { inMemory } from '../../bench/sweep/counts.ts';
import { build, type Estate, NOW } from '../../bench/sweep/estate.ts';
import { portsOver } from '../../bench/sweep/run.ts';
import type { Tables } from '../../bench/tables.ts';
import { tablesThrough } from '../../support/through.ts';
import { hintsIn } from './sweeper.ts';

/** As a process that is killed after so many writes sees its storage: from then on nothing happens any more. */
function mortal(tables: Tables, writes: number) {
  let done = 0;
  const live = (writing: boolean) => {
    if (done >= writes) throw new Error('killed');
    if (writing) done += 1;
  };
  const seen = tablesThrough(tables, async (request, asked) => {
    live(asked.writes);
    return request();
  });
  const send = async () => live(true);
  return { ports: portsOver(seen, { send, ping: async () => {} }), done: () => done };
}

const LIMITS = { maxPurges: 1_000_000, budgetSeconds: 3600 };
const MOST_ROUNDS = 100;

/** How many sweeps it takes, each killed after so many writes, until one comes to its end. */
async function rounds(tables: Tables, writes: number): Promise<number> {
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const { ports } = mortal(tables, writes);
    const now = NOW.plus({ minutes: round });
    const report = await sweep({ ...ports, clock: { now: () => now } }, LIMITS, { now }).catch(() => undefined);
    if (report) return round;
  }
  throw new Error(`not at its end after ${MOST_ROUNDS} sweeps of ${writes} writes`);
}

async function estateOf(...estates: readonly Estate[]): Promise<Tables> {
  const tables = inMemory();
  for (const estate of estates) await build(tables, estate);
  return tables;
}

const ALONE: Estate = { vaults: 400, duePerVault: 1, others: 0 };
const FEW: Estate = { vaults: 130, duePerVault: 3, others: 0 };
const MANY: Estate = { vaults: 8, duePerVault: 50, others: 0 };

test.each([
  ['one due a vault', ALONE],
  ['three due a vault', FEW],
  ['fifty due a vault', MANY],
])('a sweep that is killed over and over keeps most of what it did: %s', async (_, estate) => {
  const undisturbed = mortal(await estateOf(estate), Number.POSITIVE_INFINITY);
  await sweep(undisturbed.ports, LIMITS, { now: NOW });

  for (const writes of [100, 200, 300]) {
    const tables = await estateOf(estate);
    const needed = await rounds(tables, writes);
    expect(needed).toBeLessThanOrEqual(1 + (6 * undisturbed.done()) / writes);
    expect((await hintsIn(tables)).filter((hint) => hint.startsWith('purge'))).toEqual([]);
  }
});
