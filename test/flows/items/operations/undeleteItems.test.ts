/**
 * More undeletes than one answer holds are done behind the call, step by step. Each item has its outcome in the end, whoever dies, comes
 * twice or at the same time.
 */
import { describe, expect, test } from 'vitest';
import { inParts } from '../../../../src/change.ts';
import type { Caller } from '../../../../src/core/caller.ts';
import { operationName } from '../../../../src/core/operations.ts';
import type { Outcome } from '../../../../src/core/problems.ts';
import type { Instant } from '../../../../src/core/time.ts';
import type { Undeleted, Which } from '../../../../src/core/undeletion.ts';
import { beginUndeletion } from '../../../../src/flows/items/operations/beginUndeletion.ts';
import { carryOn } from '../../../../src/flows/items/operations/carryOn.ts';
import { readResults } from '../../../../src/flows/items/operations/read.ts';
import { resume } from '../../../../src/flows/items/resume.ts';
import { stop } from '../../../../src/flows/items/stop.ts';
import { undelete } from '../../../../src/flows/items/undelete.ts';
import { type Recovery, undeleteMany, type Wanted } from '../../../../src/flows/items/undeleteMany.ts';
import { flowPorts } from '../../../../src/flows/story/land.ts';
import type { Request } from '../../../../src/flows/story/request.ts';
import { inTrashKey, keys } from '../../../../src/store/keys.ts';
import { plant, rowsOf } from '../../../faults/seeds.ts';
import { anItem, later } from '../../../support/builders.ts';
import { memoryTables, type Tables } from '../../../support/tables.ts';
import { anEntry, aRequest, CONTRIBUTOR, done, headOf, must, portsOver, type World } from '../../../support/world.ts';
import { hintsIn, sweeperOver } from '../../sweep/sweeper.ts';
import { deaths, dying, findingsIn, furnished, names, put, readBack, shorten, VAULT } from './walked.ts';

const ATTACKER: Caller = { ...CONTRIBUTOR, oid: 'attacker' };
const by = <R>(caller: Caller, now?: Instant): Request<R> => ({ ...aRequest<R>(now), caller });

async function deleted(items: readonly string[], caller = ATTACKER, tables = memoryTables()): Promise<Tables> {
  await furnished(items, tables);
  const world = portsOver(tables);
  for (const item of items)
    await done(stop(world, by(caller), { ...VAULT, item }, { mode: 'delete', confirmName: item }));
  return tables;
}

const wish = (world: World, wanted: Wanted, now: Instant = later(1)) =>
  done(undeleteMany(world, aRequest(now), VAULT, wanted));
const walk = (world: World, id = '', now: Instant = later(1), mayGoOn = () => true) =>
  carryOn(world, { vault: 'Contoso', name: operationName(id) }, now, mayGoOn);

const oneStep = () => {
  let left = 1;
  return () => {
    left -= 1;
    return left >= 0;
  };
};

async function resultsOf(world: World, id = ''): Promise<readonly Undeleted[]> {
  const all: Undeleted[] = [];
  let after: string | undefined;
  do {
    const page = await done(readResults(world, later(1), id, { top: 200, after }));
    all.push(...page.shown);
    after = page.last;
  } while (after !== undefined);
  return all;
}
const statesIn = async ({ vaults }: World, items: readonly string[]) =>
  Promise.all(items.map(async (item) => (await vaults.item('Contoso', item))?.value.state));

/** Nobody is told of anything. */
const MUTE = { notices: { send: async () => undefined } };

const MANY = names(215);
/** Made once; each test has a copy. */
function copiesOf(make: () => Promise<Tables>) {
  let rows: ReturnType<typeof rowsOf> | undefined;
  return async (): Promise<Tables> => {
    rows ??= make().then(rowsOf);
    const tables = memoryTables();
    await plant(tables, await rows);
    return tables;
  };
}
const many = copiesOf(() => deleted(MANY));
const crowded = copiesOf(() => madeCrowded());

const ALL_OF: Which = { deletedBy: 'attacker' };
const back = (items: readonly string[]) => items.map((item) => ({ item, outcome: 'Undeleted' }));

describe('more than two hundred', () => {
  test('are undeleted by an operation, and every item has its outcome', async () => {
    const tables = await many();
    const seen = dying(tables, Number.POSITIVE_INFINITY);
    const { operation, results } = await wish(portsOver(seen.tables), ALL_OF);
    // a look, the hint, the newest entry of the vault, and the change
    expect(seen.requests()).toBeLessThanOrEqual(6);
    expect(results).toEqual([]);
    const world = portsOver(tables);
    const begun = { kind: 'UndeleteItems', subject: null, startedBy: 'somebody', total: 215 };
    expect(await readBack(world, operation)).toMatchObject({ ...begun, status: 'Running', done: 0, endedAt: null });
    expect(await findingsIn(tables, later(1))).toEqual([]);
    await sweeperOver(tables).sweep(later(1));
    const ended = { status: 'Succeeded', done: 215, failed: 0, error: null, endedAt: later(1) };
    expect(await readBack(world, operation)).toMatchObject({ ...begun, ...ended });
    const outcomes = await resultsOf(world, operation);
    expect(outcomes.toSorted((a, b) => (a.item < b.item ? -1 : 1))).toEqual(back(MANY));
    expect(new Set(await statesIn(world, MANY))).toEqual(new Set(['ProtectionStopped']));
    expect((await hintsIn(tables)).filter((hint) => hint.startsWith('operate'))).toEqual([]);
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });

  test('ask two requests each, and four a step', async () => {
    const tables = await many();
    const { operation } = await wish(portsOver(tables), ALL_OF);
    const seen = dying(tables, Number.POSITIVE_INFINITY);
    expect(await walk(portsOver(seen.tables, MUTE), operation)).toBe('ended');
    // the head; each item, and every fiftieth time the tallies are folded; twice the operation, the trash, the results and the cursor,
    // at the end with the hint for its end; the last look
    expect(seen.requests()).toBe(1 + 2 * 215 + 4 * 2 + 2 * 4 + 1 + 1);
  });

  test('that are all refused have their outcomes all the same', async () => {
    const tables = await many();
    const world = portsOver(tables);
    const { operation } = await wish(world, ALL_OF, later(14));
    expect(await walk(world, operation, later(14))).toBe('ended');
    expect(await readBack(world, operation)).toMatchObject({ status: 'Succeeded', done: 0, failed: 215, total: 215 });
    const refused = MANY.map((item) => ({ item, outcome: 'Refused', code: 'UndeleteWindowClosed' }));
    expect(await resultsOf(world, operation)).toEqual(refused);
    expect(await findingsIn(tables, later(14))).toEqual([]);
  });
});

describe('what was asked for by name', () => {
  const wanted = { items: [...names(201), 'VM-000', 'nobody'] };

  test('has an outcome also where it does not lie in the trash, each name once', async () => {
    const tables = await deleted(names(2));
    const world = portsOver(tables);
    await done(undelete(world, aRequest(), { ...VAULT, item: 'vm-001' }));
    await put(world, 'vm-002');
    const { operation } = await wish(world, wanted);
    expect(await readBack(world, operation)).toMatchObject({ total: 202 });
    expect(await walk(world, operation)).toBe('ended');
    expect(await readBack(world, operation)).toMatchObject({ status: 'Succeeded', done: 2, failed: 200 });
    const [last, ...others] = await resultsOf(world, operation);
    expect(last).toEqual({ item: 'nobody', outcome: 'Refused', code: 'ItemNotFound' });
    expect(others.slice(0, 4)).toEqual([
      ...back(['vm-000', 'vm-001']),
      { item: 'vm-002', outcome: 'Refused', code: 'ItemNotSoftDeleted' },
      { item: 'vm-003', outcome: 'Refused', code: 'ItemNotFound' },
    ]);
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });

  test('and was deleted after the answer stays where it is', async () => {
    const tables = await furnished(names(1));
    const world = portsOver(tables);
    const { operation } = await wish(world, wanted);
    const late = { ...VAULT, item: 'vm-000' };
    await done(stop(world, aRequest(later(1, 1)), late, { mode: 'delete', confirmName: 'vm-000' }));
    expect(await walk(world, operation, later(1, 2))).toBe('ended');
    expect(await statesIn(world, ['vm-000'])).toEqual(['SoftDeleted']);
    const results = await resultsOf(world, operation);
    expect(results).toContainEqual({ item: 'vm-000', outcome: 'Refused', code: 'ItemNotSoftDeleted' });
  });

  test('is undeleted at once where all of it is found, however much else is there', async () => {
    const world = portsOver(await crowded());
    expect(await wish(world, { items: ['vm-0003', 'VM-0004'] })).toEqual({ results: back(['vm-0003', 'vm-0004']) });
    expect(await wish(world, { items: ['vm-0003'], deletedBy: 'nobody' })).toMatchObject({ results: [] });
  });
});

describe('few', () => {
  test('are undeleted at once, by a process that knows nothing yet as well: two requests each, and three', async () => {
    const tables = await deleted(names(20));
    const seen = dying(tables, Number.POSITIVE_INFINITY);
    expect(await wish(portsOver(seen.tables, MUTE), ALL_OF)).toEqual({ results: back(names(20)) });
    expect(seen.requests()).toBeLessThanOrEqual(3 + 2 * 20);
  });

  test('among more than a thousand are left to an operation', async () => {
    const tables = await crowded();
    const seen = dying(tables, Number.POSITIVE_INFINITY);
    const { operation } = await wish(portsOver(seen.tables), { deletedBy: 'attacker' });
    expect(seen.requests()).toBeLessThanOrEqual(6);
    const world = portsOver(tables);
    expect(await readBack(world, operation)).toMatchObject({ total: null });
    expect(await walk(world, operation)).toBe('ended');
    expect(await resultsOf(world, operation)).toEqual(back(names(1005, 4).slice(-2)));
  });

  test('of which a dry run tells have others behind them, perhaps', async () => {
    const world = portsOver(await crowded());
    expect(await wish(world, { deletedBy: 'nobody', dryRun: true })).toEqual({ results: [], more: true });
    const all = await wish(world, { dryRun: true });
    expect([all.results.length, all.more, all.operation]).toEqual([200, true, undefined]);
  });

  test('all of very many have been counted by their vault', async () => {
    const world = portsOver(await crowded());
    const { operation } = await wish(world, {});
    expect(await readBack(world, operation)).toMatchObject({ total: 1005 });
  });
});

describe('the same wish', () => {
  test('while it is carried out is the same operation, and takes what was deleted since', async () => {
    const tables = await many();
    const world = portsOver(tables);
    const { operation } = await wish(world, ALL_OF);
    await walk(world, operation, later(1), oneStep());
    expect(await readBack(world, operation)).toMatchObject({ done: 200, status: 'Running' });
    await put(world, 'new');
    const late = { ...VAULT, item: 'new' };
    await done(stop(world, by(ATTACKER, later(1, 1)), late, { mode: 'delete', confirmName: 'new' }));
    // by now few are left: it is the same operation all the same
    expect(await wish(world, ALL_OF, later(1, 2))).toEqual({ operation, results: [] });
    expect(await readBack(world, operation)).toMatchObject({ cursor: null, startedAt: later(1) });
    expect(await walk(world, operation, later(1, 3))).toBe('ended');
    expect(await readBack(world, operation)).toMatchObject({ status: 'Succeeded', done: 216, failed: 0 });
    expect((await resultsOf(world, operation)).toSorted(inOrder)).toEqual(back([...MANY, 'new'].toSorted()));
    expect(await findingsIn(tables, later(1, 3))).toEqual([]);
    // and when that has ended, the next one is none
    expect(await wish(world, ALL_OF, later(1, 4))).toEqual({ results: [] });
  });

  test('tries once more what was refused, and says it once', async () => {
    const tables = await many();
    const world = portsOver(tables);
    const { operation } = await wish(world, ALL_OF, later(14));
    await walk(world, operation, later(14), oneStep());
    expect(await readBack(world, operation, later(14))).toMatchObject({ status: 'Running', done: 0, failed: 200 });
    // nothing has changed for the first half of them
    expect(await wish(world, ALL_OF, later(14, 1))).toMatchObject({ operation });
    await walk(world, operation, later(14, 1), oneStep());
    expect(await readBack(world, operation, later(14))).toMatchObject({ status: 'Running', done: 0, failed: 200 });
    // and by the clock of another there is time left
    expect(await wish(world, ALL_OF, later(13))).toMatchObject({ operation });
    expect(await walk(world, operation, later(13))).toBe('ended');
    expect(await readBack(world, operation, later(14))).toMatchObject({ done: 215, failed: 0 });
    expect(await resultsOf(world, operation)).toEqual(back(MANY));
    const { found } = await world.vaults.results('contoso', operationName(operation ?? ''), { limit: 500 });
    expect(found).toHaveLength(215);
  });

  test('in other words is the same, and another one another', async () => {
    const world = portsOver(await many());
    const { operation } = await wish(world, { items: MANY });
    expect(await wish(world, { items: MANY.map((one) => one.toUpperCase()).toReversed() })).toMatchObject({
      operation,
    });
    const others = [ALL_OF, {}, { from: later(0) }, { to: later(1) }, { items: MANY, deletedBy: 'attacker' }];
    const ids = new Set([operation]);
    for (const other of others) ids.add((await wish(world, other)).operation);
    expect(ids.size).toBe(6);
  });

  test('of two at the same time begins one', async () => {
    const tables = await many();
    const [one, other] = [portsOver(tables), portsOver(tables)];
    const [first, second] = await Promise.all([wish(one, ALL_OF), wish(other, ALL_OF)]);
    expect(first.operation).toBe(second.operation);
    expect(await walk(one, first.operation)).toBe('ended');
    expect(await readBack(one, first.operation)).toMatchObject({ done: 215 });
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });
});

/** Three of the attacker and one of somebody else, left to an operation though they are few. */
async function begun(tables?: Tables) {
  const found = await deleted(FEW, ATTACKER, tables);
  const world = portsOver(found);
  await put(world, 'other');
  await done(stop(world, aRequest(), { ...VAULT, item: 'other' }, { mode: 'delete', confirmName: 'other' }));
  const head = await headOf(world.vaults);
  const outcome = await beginUndeletion(world, aRequest(later(1)), head, { which: ALL_OF, total: 3 });
  if (outcome === 'again') throw new Error('nobody else is there');
  const { operation } = await done(Promise.resolve(outcome));
  return { tables: found, operation };
}
const FEW = names(3);

describe('whoever walks', () => {
  test('and dies at any request is followed by another', async () => {
    const wrong = await deaths(begun, async (tables, operation) => {
      const world = portsOver(tables);
      const { status, done: undone, failed } = await readBack(world, operation);
      const results = (await resultsOf(world, operation)).toSorted(inOrder);
      const states = await statesIn(world, [...FEW, 'other']);
      const entries = await Promise.all(FEW.map((item) => undeletesOf(world, item)));
      return [
        ...(status === 'Succeeded' && undone === 3 && failed === 0 ? [] : [`${status} ${undone} ${failed}`]),
        ...(JSON.stringify(results) === JSON.stringify(back(FEW)) ? [] : [JSON.stringify(results)]),
        ...(states.join() === [...FEW.map(() => 'ProtectionStopped'), 'SoftDeleted'].join() ? [] : [states.join()]),
        ...(entries.join() === '1,1,1' ? [] : [`undeleted ${entries.join()} times`]),
      ];
    });
    expect(wrong).toEqual([]);
  });

  test('acts for whoever asked: the history and the alert of each item say so', async () => {
    const { tables, operation } = await begun();
    const world = portsOver(tables);
    await walk(world, operation);
    const { found } = await world.vaults.history('contoso', { item: 'vm-000' }, { limit: 1 });
    expect(found[0]?.entry).toMatchObject({
      operation: 'Undelete',
      caller: { oid: 'somebody', roles: ['Contributor'] },
    });
    const [alert] = (await world.alerts.about('Contoso', 'vm-000')).found.filter(
      ({ value }) => value.type === 'ItemUndeleted',
    );
    expect(alert?.value.facts).toMatchObject({ by: 'somebody', secondFactor: true });
    const ofVault = await world.vaults.history('contoso', { item: null }, { limit: 1 });
    expect(ofVault.found[0]?.entry).toMatchObject({
      operation: 'UndeleteItems',
      facts: { operation, deletedBy: 'attacker' },
    });
  });

  test('at the same time as another undeletes each once', async () => {
    const { tables, operation } = await begun();
    const [one, other] = [portsOver(tables), portsOver(tables)];
    const ends = await Promise.all([walk(one, operation), walk(other, operation)]);
    for (const end of ends) expect(['ended', 'lost']).toContain(end);
    expect(await walk(one, operation)).toBe('ended');
    expect(await readBack(one, operation)).toMatchObject({ status: 'Succeeded', done: 3, failed: 0 });
    expect(await resultsOf(one, operation)).toEqual(back(FEW));
    for (const item of FEW) expect(await undeletesOf(one, item)).toBe(1);
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });

  test('keeps what the one before has said, whatever became of the item since', async () => {
    const { tables, operation } = await begun();
    const world = portsOver(tables);
    // it dies when the first item is back, and somebody resumes that
    let isDead = false;
    const commit: World['commit'] = async (write) => {
      if (isDead) throw new Error('the process is dead');
      isDead = true;
      return world.commit(write);
    };
    await expect(walk({ ...world, ...flowPorts({ ...world, commit }) }, operation)).rejects.toThrow('dead');
    const [back1 = { item: '' }] = await resultsOf(world, operation);
    await done(resume(world, aRequest(later(1)), { ...VAULT, item: back1.item }, { verb: 'resume', policy: 'daily' }));
    expect(await walk(world, operation)).toBe('ended');
    expect(await readBack(world, operation)).toMatchObject({ done: 3, failed: 0 });
    expect(await resultsOf(world, operation)).toEqual(back(FEW));
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });

  test('leaves alone what somebody undeleted and deleted anew in between', async () => {
    const { tables, operation } = await begun();
    const world = portsOver(tables);
    let isOver = false;
    const vaults: World['vaults'] = {
      ...world.vaults,
      async results(...given) {
        if (!isOver) {
          isOver = true;
          const at = { ...VAULT, item: 'vm-001' };
          await done(undelete(world, aRequest(later(1, 1)), at));
          await done(stop(world, by(ATTACKER, later(1, 2)), at, { mode: 'delete', confirmName: 'vm-001' }));
        }
        return world.vaults.results(...given);
      },
    };
    expect(await walk({ ...world, vaults }, operation, later(1, 3))).toBe('ended');
    expect(await statesIn(world, FEW)).toEqual(['ProtectionStopped', 'SoftDeleted', 'ProtectionStopped']);
    expect(await resultsOf(world, operation)).toEqual(back(['vm-000', 'vm-002']));
    expect(await findingsIn(tables, later(1, 3))).toEqual([]);
  });

  test('names what cannot be read, and undeletes the others', async () => {
    const { tables, operation } = await begun();
    const world = portsOver(tables);
    const [first] = await tables.vaults.range('contoso', { prefix: keys.trash('contoso') });
    await tables.vaults.commit('contoso', [{ op: 'put', key: first?.key ?? '', cells: { v: 2, doc0: '{' } }]);
    expect(await walk(world, operation)).toBe('ended');
    expect(await readBack(world, operation)).toMatchObject({ status: 'Succeeded', failed: 1 });
    const refused = { item: inTrashKey(first?.key ?? '').item, outcome: 'Refused', code: 'InternalError' };
    expect(await resultsOf(world, operation)).toContainEqual(refused);
    expect(await world.control.quarantined()).toEqual([]);
  });
});

test('an operation goes thirty days after its end, and its results with it', async () => {
  const { tables, operation } = await begun();
  await sweeperOver(tables).sweep(later(1));
  const left = async () =>
    (await tables.vaults.range('contoso', { prefix: 'contoso!' })).filter(({ key }) => /!(op|result)!/.test(key))
      .length;
  await sweeperOver(tables).sweep(later(31));
  expect(await left()).toBe(4);
  expect(await codeOf(readResults(portsOver(tables), later(31, 1), operation, { top: 1, after: undefined }))).toBe(
    'OperationNotFound',
  );
  await sweeperOver(tables).sweep(later(32));
  expect(await left()).toBe(0);
});

test('other operations keep no results', async () => {
  const world = portsOver(await furnished(names(1)));
  const { operation } = await shorten(world);
  expect(await codeOf(readResults(world, later(1), operation ?? '', { top: 1, after: undefined }))).toBe(
    'ResultsNotFound',
  );
});

test('the answer that is kept under a key is written with the operation', async () => {
  const tables = await many();
  const world = portsOver(tables);
  const answer = { key: 'k', bodyHash: 'h', status: 202, headers: {}, body: '', at: later(1) };
  let isBegun = false;
  const commit: World['commit'] = async (write) => {
    if (isBegun) throw new Error('the process is dead');
    isBegun = true;
    return world.commit(write);
  };
  const request = { ...aRequest<Recovery>(later(1)), keep: () => ({ answer }) };
  await done(undeleteMany({ ...world, ...flowPorts({ ...world, commit }) }, request, VAULT, ALL_OF));
  expect((await world.vaults.answer('contoso', 'k'))?.value).toEqual(answer);
});

const inOrder = (a: Undeleted, b: Undeleted): number => (a.item < b.item ? -1 : 1);
const codeOf = async (outcome: Promise<Outcome<unknown>>) => {
  const found = await outcome;
  return found.ok ? undefined : found.refusal.code;
};
const undeletesOf = async ({ vaults }: World, item: string) =>
  (await vaults.history('contoso', { item }, { limit: 20 })).found.filter(
    ({ entry }) => entry?.operation === 'Undelete',
  ).length;

/** More than a thousand lie in the trash, the last two of them by the attacker. */
async function madeCrowded(): Promise<Tables> {
  const tables = await furnished([]);
  const world = portsOver(tables);
  const all = names(1005, 4).map((name, at) =>
    anItem('SoftDeleted', {
      ...{ name, sourceId: `/${name}`, etag: name },
      deletion: { ...must(anItem('SoftDeleted').deletion), deletedBy: at < 1003 ? 'somebody' : 'attacker' },
    }),
  );
  for (const part of inParts(all, 12)) {
    const items = part.map((now) => ({ was: undefined, now }));
    const entries = part.map(({ name }) => anEntry(name, { to: 'SoftDeleted' }));
    await world.commit({ vault: 'Contoso', id: part[0]?.name ?? '', items, entries });
  }
  return tables;
}
