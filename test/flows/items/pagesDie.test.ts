/**
 * Random sequences of what changes the points of an item, over pages of before and of now. At each step the process dies before any of
 * its requests, or the answer of any is lost; another then does the step. Whatever happens, the points are those of a model: a set.
 */
import { expect, test } from 'vitest';
import type { PointPage } from '../../../src/change.ts';
import type { Point } from '../../../src/core/policy.ts';
import type { Instant } from '../../../src/core/time.ts';
import { pagedFor } from '../../../src/flows/items/pages.ts';
import { recordPoint } from '../../../src/flows/items/points.ts';
import { resume } from '../../../src/flows/items/resume.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import type { Table } from '../../../src/store/table.ts';
import { plant, rowsOf } from '../../faults/seeds.ts';
import { aPoint } from '../../support/builders.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { tablesThrough } from '../../support/through.ts';
import { aRequest, done, portsOver, type World } from '../../support/world.ts';
import { sweeperOver } from '../sweep/sweeper.ts';
import { daysOn, findingsIn, ground, itemIn, lay, namesIn, PLACE, type Random, randomOf } from './paged.ts';

/** Only these tables can be lost: the hints of the agenda are written before and looked at again. */
interface Misfortune {
  readonly dies: number;
  readonly lost: number;
}

function mortal(tables: Tables, { dies, lost }: Misfortune): { tables: Tables; requests: () => number } {
  let requests = 0;
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    requests += 1;
    if (requests >= dies) throw Object.assign(new Error('the process is dead'), { name: 'RestError' });
    if (requests === lost) await work();
    return work();
  };
  return { tables: tablesThrough(tables, alive), requests: () => requests };
}

const NEVER = Number.POSITIVE_INFINITY;
const quiet = (tables: Tables): World => portsOver(tables, { notices: { send: async () => undefined } });

/** A step, and what it makes of the set of points. Doing it twice is doing it once. */
interface Step {
  readonly name: string;
  readonly does: (tables: Tables) => Promise<unknown>;
  readonly to: readonly Point[];
}

const isOver = (now: Instant) => (point: Point) => point.expiresAt !== null && point.expiresAt <= now;
const ageing = (random: Random, name: string): Point => aPoint(name, 0, { expiresAt: daysOn(1 + random.upTo(60)) });

async function fillUp(tables: Tables, random: Random, step: number, now: Instant): Promise<readonly Point[]> {
  const added: Point[] = [];
  for (let at = (await itemIn(quiet(tables))).points.length; at < 150; at += 1) {
    const point = ageing(random, `p-${step}-${at}`);
    await done(recordPoint(quiet(tables), aRequest(now), PLACE, point));
    added.push(point);
  }
  return added;
}

const STEPS: Readonly<Record<string, (random: Random, points: readonly Point[], now: Instant, step: number) => Step>> =
  {
    record: (random, points, now, step) => {
      const point = ageing(random, `p-${step}`);
      return {
        name: 'record',
        does: (tables) => done(recordPoint(quiet(tables), aRequest(now), PLACE, point)),
        to: [...points, point],
      };
    },
    expire: (_, points, now) => ({
      name: 'expire',
      does: async (tables) => {
        const { failed } = await sweeperOver(tables).sweep(now);
        if (failed > 0) throw new Error('the sweep failed');
      },
      to: points.filter((point) => !isOver(now)(point)),
    }),
    lose: (_, points, now) => ({
      name: 'lose',
      async does(tables) {
        await done(stop(quiet(tables), aRequest(now), PLACE, { mode: 'retain' }));
        await done(resume(quiet(tables), aRequest(now), PLACE, { verb: 'resume', policy: 'daily' }));
      },
      to: points.filter((point) => !isOver(now)(point)),
    }),
    merge: (_, points, now) => ({
      name: 'merge',
      // a search for a name has all pages of before merged
      does: async (tables) => pagedFor(quiet(tables), await itemIn(quiet(tables)), 'nobody', now, false),
      to: points,
    }),
  };

const names = (points: readonly Point[]): readonly string[] => points.map(({ name }) => name).toSorted();

async function copied(tables: Tables): Promise<Tables> {
  const copy = memoryTables();
  await plant(copy, await rowsOf(tables));
  return copy;
}

/** After a misfortune the points are those of before or those of after; and those of after when another has done the step. */
async function suffer(tables: Tables, step: Step, before: readonly string[], now: Instant, how: Misfortune) {
  const copy = await copied(tables);
  const dying = mortal(copy, how);
  await step.does(dying.tables).catch(() => undefined);
  const between = await namesIn(copy);
  const after = names(step.to);
  const wrong: string[] = [];
  if (`${between}` !== `${before}` && `${between}` !== `${after}`) wrong.push('points are lost or doubled meanwhile');
  await step.does(copy);
  if (`${await namesIn(copy)}` !== `${after}`) wrong.push('points are lost or doubled in the end');
  // the check reads the whole history, so not every time
  if (Math.min(how.dies, how.lost) % 5 === 0) wrong.push(...(await findingsIn(copy, now)));
  return { wrong: wrong.map((what) => `${step.name}, ${JSON.stringify(how)}: ${what}`), requests: dying.requests() };
}

/** Pages of before of any size; with more than thirty of them any change has them merged first. */
async function start(random: Random, least = 31): Promise<{ tables: Tables; points: readonly Point[] }> {
  const tables = await ground();
  const pages = Array.from({ length: least + random.upTo(12) }, (_, page): PointPage => {
    const points = Array.from({ length: 1 + random.upTo(random.of([1, 4, 60])) }, (_, at) =>
      ageing(random, `page-${page}-${at}`),
    );
    return { id: `${String(page).padStart(2, '0')}-before`, points, ofBefore: true };
  });
  const points = Array.from({ length: 120 + random.upTo(30) }, (_, at) => ageing(random, `row-${at}`));
  await lay(tables, points, pages);
  return { tables, points: [...points, ...pages.flatMap((page) => page.points)] };
}

/** Each kind of step meets pages of before or those that the one before it left; times and points are random. */
const ORDERS: readonly (readonly string[])[] = [
  ['record', 'expire', 'lose'],
  ['merge', 'lose', 'record', 'expire'],
];

test.for([...ORDERS.entries()])('no point is lost or doubled, whoever dies: %#', async ([seed, order]) => {
  const random = randomOf(seed + 1);
  const { tables, ...first } = await start(random);
  let { points } = first;
  const wrong: string[] = [];
  for (const [at, name] of order.entries()) {
    const now = daysOn((at + 1) * 10 + random.upTo(3));
    const step = STEPS[name];
    // what is recorded next moves a hundred points to a page
    if (name === 'record' || random.upTo(1) > 0) points = [...points, ...(await fillUp(tables, random, at, now))];
    const next = step?.(random, points, now, at);
    if (!next) throw new Error('no step');
    const before = await namesIn(tables);
    expect(before).toEqual(names(points));
    const { requests } = await suffer(tables, next, before, now, { dies: NEVER, lost: NEVER });
    // each request meets one of the two, and the other with the next seed
    for (let request = 1; request <= requests; request += 1) {
      const dies = (request + seed) % 2 === 0;
      const how = dies ? { dies: request, lost: NEVER } : { dies: NEVER, lost: request };
      wrong.push(...(await suffer(tables, next, before, now, how)).wrong);
    }
    await next.does(tables);
    expect(await findingsIn(tables, now)).toEqual([]);
    points = next.to;
  }
  expect(wrong).toEqual([]);
});

const pairs = Object.keys(STEPS)
  .flatMap((mine) => Object.keys(STEPS).map((theirs) => [mine, theirs] as const))
  // it begins with a stop, after which nothing is recorded
  .filter((pair) => pair.join() !== 'lose,record');

test.for(pairs)('%s, and %s comes before any of its changes: the points are those of both', async ([mine, theirs]) => {
  for (const least of [10, 31])
    for (let number = 1, more = true; more; number += 1) {
      const random = randomOf(number);
      const { tables, points } = await start(random, least);
      const now = daysOn(20);
      const first = STEPS[theirs]?.(random, points, now, 1);
      const second = first && STEPS[mine]?.(random, first.to, now, 2);
      if (!first || !second) throw new Error('no step');
      let commits = 0;
      const commit: Table['commit'] = async (...given) => {
        commits += 1;
        if (commits === number) await first.does(tables);
        return tables.vaults.commit(...given);
      };
      await second.does({ ...tables, vaults: { ...tables.vaults, commit } });
      more = commits >= number;
      if (!more) continue;
      expect(await namesIn(tables)).toEqual(names(second.to));
      expect(await findingsIn(tables, now)).toEqual([]);
    }
});
