/** docs/scale.md: what it counts is counted here, and what it computes happens here. SCALE_SEED repeats a run. */
import { expect, test } from 'vitest';
import { COUNTED, type Cost, WORKS as NAMES, type Work } from '../../../tools/scale/counted.ts';
import { LIMITS } from '../../../tools/scale/limits.ts';
import {
  CEILINGS,
  IN_FLIGHT,
  instancesFor,
  LATENCIES,
  type Limits,
  MANY,
  ofAccounts,
  ofInstance,
  ofVault,
} from '../../../tools/scale/model.ts';
import { DAILY, FILL, planOf } from '../../../tools/scale/plan.ts';
import { type Setting, simulate } from './simulation.ts';
import { costOf, type Done, WORKS } from './works.ts';

const SEED = Number(process.env['SCALE_SEED'] ?? Date.now() % 1_000_000);
const TOLERANCE = 0.1;

const runs = new Map<Work, Promise<Done>>();
function doneOf(work: Work): Promise<Done> {
  const run = runs.get(work) ?? WORKS[work]();
  runs.set(work, run);
  return run;
}

const lineOf = (work: Work, cost: Cost): string => `${work}: ${JSON.stringify(cost)},`;

test.for(NAMES)('%s asks of storage what docs/scale.md says', async (work) => {
  const counted = lineOf(work, costOf(await doneOf(work)));
  const todo = `It was counted as follows. Put this line into tools/scale/counted.ts and run "npm run scale":\n${counted}\n`;
  expect(counted, todo).toBe(lineOf(work, COUNTED[work]));
});

interface Figure {
  readonly name: string;
  readonly says: number;
  readonly setting: Omit<Setting, 'done' | 'seed' | 'inFlight'>;
}

/** More instances than it takes, so that storage is what limits. */
const plenty = (cost: Cost, units: number) => ({
  latencyMs: LATENCIES[0],
  instances: 2 * instancesFor(units, cost, LATENCIES[0]),
});

/** Each figure of a row of the ceilings: of one vault, of one and of many accounts, and as many instances as are said to be needed, and half as many. */
function figuresOf(cost: Cost, limits: Limits = LIMITS): readonly Figure[] {
  const vault = ofVault(cost, limits).units;
  const inOne = ofAccounts(cost, 1, limits).units;
  const accounts = [1, MANY].map((count): Figure => {
    const { units } = ofAccounts(cost, count, limits);
    const setting = { vaults: 'many', accounts: count, ...plenty(cost, units) } as const;
    return { name: `${count} accounts`, says: units, setting };
  });
  const instances = LATENCIES.flatMap((latencyMs) => {
    const needed = instancesFor(inOne, cost, latencyMs);
    return [needed, Math.ceil(needed / 2)].map((count): Figure => {
      const says = Math.min(inOne, count * ofInstance(cost, latencyMs));
      const setting = { vaults: 'many', accounts: 1, instances: count, latencyMs } as const;
      return { name: `${count} instances at ${latencyMs} ms`, says, setting };
    });
  });
  const ofOne: Figure = {
    name: 'one vault',
    says: vault,
    setting: { vaults: 'one', accounts: 1, ...plenty(cost, vault) },
  };
  return [ofOne, ...accounts, ...instances];
}

/** What happens otherwise in the simulation than a figure says. */
function contradicted(done: Done, figures: readonly Figure[]): readonly string[] {
  return figures.flatMap(({ name, says, setting }) => {
    const happens = simulate({ ...setting, done, inFlight: IN_FLIGHT, seed: SEED });
    const isClose = Math.abs(happens / says - 1) <= TOLERANCE;
    return isClose ? [] : [`${name}: ${says.toFixed(0)} a second, and ${happens.toFixed(0)} happen`];
  });
}

process.stdout.write(`scale: SCALE_SEED=${SEED}\n`);

test.for(CEILINGS)('$work: every figure happens in the simulation, within a tenth', async ({ work, cost }) => {
  expect(contradicted(await doneOf(work), figuresOf(cost)), `SCALE_SEED=${SEED}`).toEqual([]);
});

/** A day of an item: as many points recorded as expire. */
async function aDay(): Promise<Done> {
  const [expiry, point] = [await doneOf('expiryTogether'), await doneOf('point')];
  const times = expiry.units / point.units;
  const points = Array.from({ length: times }, () => point.requests).flat();
  return { units: expiry.units, requests: [...expiry.requests, ...points], executions: 0 };
}

test('the data accounts of the plan carry its night, and one account less would not', async () => {
  const done = await aDay();
  const { accounts, night } = planOf();
  const says = ofAccounts(DAILY, accounts).units;
  const carries = (count: number): Figure => ({
    name: 'the plan',
    says,
    setting: { vaults: 'many', accounts: count, ...plenty(DAILY, says) },
  });
  expect(contradicted(done, [carries(accounts)]), `SCALE_SEED=${SEED}`).toEqual([]);
  expect(says * FILL).toBeGreaterThanOrEqual(night);
  expect(ofAccounts(DAILY, accounts - 1).units * FILL).toBeLessThan(night);
});

interface Wrong {
  readonly what: string;
  readonly work: Work;
  readonly limits?: Limits;
  readonly cost?: Partial<Cost>;
}
const WRONG: readonly Wrong[] = [
  { what: 'a partition that takes half as much again', work: 'stop', limits: { ...LIMITS, partition: { is: 3000 } } },
  { what: 'an account that takes half as much again', work: 'point', limits: { ...LIMITS, account: { is: 30_000 } } },
  { what: 'a queue without a limit', work: 'stop', limits: { ...LIMITS, queue: { is: Number.POSITIVE_INFINITY } } },
  { what: 'rows that are read and do not count', work: 'point', cost: { rows: { vault: [0, 3] } } },
  { what: 'a place that all vaults share, forgotten', work: 'protect', cost: { rows: { vault: [4, 4] } } },
  { what: 'requests that take no time', work: 'stop', cost: { requests: 1 } },
];

test.for(WRONG)('the simulation contradicts $what', async ({ work, limits, cost }) => {
  const figures = figuresOf({ ...COUNTED[work], ...cost }, limits);
  expect(contradicted(await doneOf(work), figures)).not.toEqual([]);
});
