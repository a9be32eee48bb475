/**
 * Two hundred lives of orders, as chance makes them: executors die, freeze, fail, refuse and hear no answers, processes of the service die
 * between two requests, clocks are moved, people pause, hold, recall and resolve. The seed is in the name: the same seed, the same life.
 */
import { describe, expect, test } from 'vitest';
import { read } from '../../../src/store/rows.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { randomOf } from '../../faults/random.ts';
import type { Tables } from '../../support/tables.ts';
import { aTown } from './town.ts';
import { live, toItsEnd, unended } from './turns.ts';

const SEEDS = Number(process.env['SEEDS'] ?? 200);
const TURNS = 100;

/** How often each thing was done in all lives together, as the histories tell it. */
const happened = new Map<string, number>();
async function tell(tables: Tables): Promise<void> {
  for await (const { row } of scanTables(tables)('vaults'))
    if (row.key.includes('!audit!')) {
      const { operation, outcome } = read.entry(row);
      const what = `${operation} ${outcome}`;
      happened.set(what, (happened.get(what) ?? 0) + 1);
    }
}

describe('tokens grow, nothing comes back of what was begun to be destroyed, and every order ends or waits for a person', () => {
  test.each(Array.from({ length: SEEDS }, (_, seed) => seed))('seed %i', async (seed) => {
    const random = randomOf(seed);
    const town = await aTown(random);
    await live(town, random, TURNS);
    await toItsEnd(town);
    const { findings } = await checkStore(scanTables(town.tables), town.now());
    expect({ wrong: town.wrong, unended: await unended(town), findings }).toEqual({
      ...{ wrong: [], unended: [], findings: [] },
    });
    await tell(town.tables);
  });
});

const ALL = [
  ...[
    'PurgeOrdered',
    'StopDelete',
    'PurgeClaimed',
    'PurgeConfirmed',
    'PurgeAttemptFailed',
    'PurgeRefused',
    'PurgeRecalled',
  ],
  ...['PurgeRetried', 'PurgeForced', 'PurgeUnconfirmed', 'PutHold', 'RemoveHold', 'Undelete'],
].map((operation) => `${operation} Succeeded`);
const REFUSED = ['PurgeConfirmed', 'PurgeAttemptFailed', 'PurgeRefused', 'PurgeRecalled', 'RenewPurge'].map(
  (operation) => `${operation} Refused`,
);

test.skipIf(SEEDS < 200)('in all these lives together each of it was done, and refused, many times', () => {
  const seldom = [...ALL, ...REFUSED].filter((what) => (happened.get(what) ?? 0) < 20);
  expect(seldom).toEqual([]);
});
