/**
 * Random lives of three items against a plain model of the lifecycle: one verb after the other, and several callers at once, of
 * whom there must be an order in which the model gives them the same answers. After every step the store is without findings.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { instantOf } from '../../src/core/time.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { checkStore } from '../../tools/check/store.ts';
import { NOON } from '../support/builders.ts';
import { FULL } from '../support/full.ts';
import { act, configure, DAY, editPolicy, type Model, newModel, type Retention, type Verb } from '../support/model.ts';
import { MAKERS, type Tables } from '../support/tables.ts';
import { twinOf } from '../support/twin.ts';

const POLICIES = { month: { daily: 30 }, week: { daily: 7, weekly: 8 } };
const policy = fc.constantFrom(...Object.keys(POLICIES));
const item = fc.constantFrom('a', 'b', 'c');

const life = fc.oneof(
  fc.record({ verb: fc.constant('protect' as const), policy, recover: fc.boolean() }),
  fc.record({
    verb: fc.constant('stop' as const),
    mode: fc.constantFrom('retain', 'retainPerPolicy', 'delete', 'delete'),
  }),
  fc.record({ verb: fc.constant('undelete' as const) }),
  fc.record({ verb: fc.constantFrom('resume' as const, 'changePolicy' as const), policy }),
  fc.record({ verb: fc.constantFrom('hold' as const, 'release' as const), name: fc.constantFrom('endless', 'short') }),
) as fc.Arbitrary<Verb>;

const retention: fc.Arbitrary<Retention> = fc
  .record({ daily: fc.integer({ min: 1, max: 60 }), weekly: fc.integer({ min: 1, max: 20 }) }, { requiredKeys: [] })
  .filter((rungs) => Object.keys(rungs).length > 0);

type Step =
  | { readonly step: 'one'; readonly item: string; readonly ask: Verb }
  | { readonly step: 'together'; readonly item: string; readonly asks: readonly Verb[] }
  | {
      readonly step: 'point';
      readonly item: string;
      readonly age: number;
      readonly rung: 'daily' | 'weekly' | 'onDemand';
      readonly lives: number | null;
    }
  | { readonly step: 'vault'; readonly change: Parameters<typeof configure>[1]; readonly behind: number }
  | { readonly step: 'policy'; readonly name: string; readonly retention: Retention; readonly behind: number }
  | { readonly step: 'wait'; readonly millis: number };

const is = <S extends Step['step']>(step: S) => fc.constant(step);
/** Whole days are where the boundaries are; a millisecond beside them as well. */
const millis = fc
  .record({ days: fc.integer({ min: 0, max: 20 }), more: fc.constantFrom(-1, 0, 1, 3_600_000) })
  .map(({ days, more }) => Math.max(1, days * DAY + more));
const change = fc.record(
  { days: fc.integer({ min: 14, max: 60 }), extend: fc.boolean(), softDelete: fc.boolean(), immutable: fc.boolean() },
  { requiredKeys: ['extend'] },
);
/** Whoever changes the vault may have asked before others did what was committed first. */
const behind = fc.constantFrom(0, 0, 1, 60_000);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ step: is('one'), item, ask: life }) },
  {
    weight: 3,
    arbitrary: fc.record({ step: is('together'), item, asks: fc.array(life, { minLength: 2, maxLength: 3 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      step: is('point'),
      item,
      age: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 70 })),
      rung: fc.constantFrom('daily', 'weekly', 'onDemand'),
      lives: fc.option(fc.integer({ min: 1, max: 40 }), { freq: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ step: is('vault'), change, behind }) },
  { weight: 2, arbitrary: fc.record({ step: is('policy'), name: policy, retention, behind }) },
  { weight: 3, arbitrary: fc.record({ step: is('wait'), millis }) },
) as fc.Arbitrary<Step>;

type Twin = ReturnType<typeof twinOf>;
let points = 0;

async function take(model: Model, twin: Twin, one: Step): Promise<Model> {
  const after = structuredClone(model);
  const { now } = after;
  switch (one.step) {
    case 'wait':
      after.now += one.millis;
      return after;
    case 'vault':
      expect(await twin.configure(now - one.behind, one.change)).toBe(configure(after, one.change, now - one.behind));
      return after;
    case 'policy':
      expect(await twin.editPolicy(now - one.behind, one.name, one.retention)).toBe(
        editPolicy(after, one.name, one.retention, now - one.behind),
      );
      return after;
    case 'point': {
      points += 1;
      // What an engine reports late counts as if it had been there; the model writes down only what is.
      const createdAt = Math.max(now - one.age * DAY, after.items[one.item]?.shiftedAt ?? 0);
      const ask: Verb = { ...one, verb: 'point', name: `p${points}`, createdAt };
      expect(await twin.act(now, one.item, ask)).toBe(act(after, one.item, ask));
      return after;
    }
    case 'one':
      expect(await twin.act(now, one.item, one.ask), one.ask.verb).toBe(act(after, one.item, one.ask));
      return after;
    case 'together':
      return together(after, twin, one.item, one.asks);
  }
}

/** Several callers at once: what they are told, and what is true afterwards, must come of one order or another. */
async function together(model: Model, twin: Twin, name: string, asks: readonly Verb[]): Promise<Model> {
  const told = await Promise.all(asks.map((ask) => twin.act(model.now, name, ask)));
  const worlds = orders(asks.map((_, at) => at)).flatMap((order) => {
    const world = structuredClone(model);
    const answers = order.map((at) => [at, act(world, name, asks[at] as Verb)] as const);
    return answers.every(([at, answer]) => told[at] === answer) ? [world] : [];
  });
  let mismatch: unknown = new Error(`no order of ${JSON.stringify(asks)} explains ${told.join(', ')}`);
  for (const world of worlds)
    try {
      await twin.compare(world);
      return world;
    } catch (error) {
      mismatch = error;
    }
  throw mismatch;
}

const orders = (all: readonly number[]): readonly (readonly number[])[] =>
  all.length < 2
    ? [all]
    : all.flatMap((one) => orders(all.filter((other) => other !== one)).map((rest) => [one, ...rest]));

async function live(tables: Tables, kind: Model['kind'], steps: readonly Step[]): Promise<void> {
  const twin = twinOf(tables, kind);
  let model = newModel(kind, NOON.toMillis(), POLICIES);
  await twin.configure(model.now, { extend: true });
  for (const [name, given] of Object.entries(POLICIES)) await twin.editPolicy(model.now, name, given);
  for (const one of steps) {
    model = await take(model, twin, one);
    await twin.compare(model);
    const { findings } = await checkStore(scanTables(tables), instantOf(model.now));
    // The hint of a change that was lost to another stays until a sweep meets it, and days may pass here without one.
    expect(findings.filter(({ message }) => !message.startsWith('it leads to nothing that is there'))).toEqual([]);
  }
}

const RUNS: Readonly<Record<string, number>> = FULL
  ? { 'in memory': 120, 'in Azurite': 10 }
  : { 'in memory': 60, 'in Azurite': 4 };

describe.each(MAKERS)('random lives, $name', ({ name, open }) => {
  let fresh: () => Tables;
  beforeAll(async () => {
    fresh = await open();
  });

  test.each(['RecoveryServices', 'Backup'] as const)('in a %s vault go as the model says', async (kind) => {
    const lives = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) =>
      live(fresh(), kind, steps),
    );
    await fc.assert(lives, { numRuns: Math.ceil((RUNS[name] ?? 0) / 2), endOnFailure: name !== 'in memory' });
  });
});
