/**
 * A policy that keeps points for a shorter time has all that use it hinted anew, step by step, behind the call. What is true is so at once;
 * only the hints come after. Whoever dies, comes twice or at the same time: in the end each item is looked at when its point ends.
 */
import { describe, expect, test } from 'vitest';
import { operationName } from '../../../../src/core/operations.ts';
import { iso } from '../../../../src/core/time.ts';
import { carryOn } from '../../../../src/flows/items/operations/carryOn.ts';
import { readOperation } from '../../../../src/flows/items/operations/read.ts';
import { recordPoint } from '../../../../src/flows/items/points.ts';
import { stop } from '../../../../src/flows/items/stop.ts';
import { begin } from '../../../../src/flows/story/begin.ts';
import { flowPorts } from '../../../../src/flows/story/land.ts';
import { restoreVault } from '../../../../src/flows/vaults/deleted.ts';
import { deleteVault } from '../../../../src/flows/vaults/deleteVault.ts';
import { deletePolicy } from '../../../../src/flows/vaults/policies.ts';
import { putVault } from '../../../../src/flows/vaults/putVault.ts';
import { keys } from '../../../../src/store/keys.ts';
import { later } from '../../../support/builders.ts';
import { toBefore } from '../../../support/ofBefore.ts';
import { aRequest, done, headOf, must, newHead, portsOver, type World } from '../../../support/world.ts';
import { hintsIn, sweeperOver } from '../../sweep/sweeper.ts';
import { deaths, dying, expiriesIn, findingsIn, furnished, names, put, readBack, shorten, VAULT } from './walked.ts';

const all = (items: readonly string[], days: number) =>
  Object.fromEntries(items.map((item) => [item, iso(later(days))]));

const walk = (world: World, id = '') =>
  carryOn(world, { vault: 'Contoso', name: operationName(id) }, later(1), () => true);

const oneStep = () => {
  let left = 1;
  return () => {
    left -= 1;
    return left >= 0;
  };
};

describe('a shorter retention of a policy that items use', () => {
  test('begins an operation that says whose and how many, and a sweep carries it out', async () => {
    const tables = await furnished(names(3));
    const world = portsOver(tables);
    expect(await expiriesIn(world)).toEqual(all(names(3), 30));
    const { operation } = await shorten(world);
    const begun = { kind: 'RehintPolicy', vault: 'Contoso', subject: 'daily', startedBy: 'somebody' };
    expect(await readBack(world, operation)).toMatchObject({
      ...begun,
      status: 'Running',
      done: 0,
      total: 3,
      endedAt: null,
    });
    expect(await findingsIn(tables, later(1))).toEqual([]);
    await sweeperOver(tables).sweep(later(1));
    const ended = { status: 'Succeeded', done: 3, failed: 0, total: 3, endedAt: later(1), error: null };
    expect(await readBack(world, operation)).toMatchObject({ ...begun, ...ended });
    expect(await expiriesIn(world)).toEqual(all(names(3), 7));
    expect((await hintsIn(tables)).filter((hint) => hint.startsWith('operate'))).toEqual([]);
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });

  test('begins none where nobody uses it, and a longer one begins none', async () => {
    const world = portsOver(await furnished(['vm']));
    expect(await shorten(world, { daily: 60 })).toMatchObject({ operation: undefined });
    const nobodys = portsOver(await furnished([]));
    expect(await shorten(nobodys)).toMatchObject({ operation: undefined });
  });

  test('asked for twice is the same operation, and it goes on where it was', async () => {
    const tables = await furnished(names(1));
    const world = portsOver(tables);
    const { operation } = await shorten(world);
    const name = operationName(operation ?? '');
    expect(await carryOn(world, { vault: 'Contoso', name }, later(1), oneStep())).toBe('left');
    const before = await readBack(world, operation);
    expect(before).toMatchObject({ cursor: 'suspended!', done: 1 });
    expect(await shorten(world)).toMatchObject({ operation });
    expect(await readBack(world, operation)).toEqual(before);
  });

  test.each([
    ['shorter still', { daily: 3 }, 3],
    ['longer again', { daily: 14 }, 7],
  ] as const)('%s while it walks starts the same walk anew', async (_, retention, days) => {
    const tables = await furnished(names(2));
    const world = portsOver(tables);
    const { operation } = await shorten(world);
    const name = operationName(operation ?? '');
    await carryOn(world, { vault: 'Contoso', name }, later(1), oneStep());
    expect(await shorten(world, retention, later(1, 1000))).toMatchObject({ operation });
    const anew = { id: operation, cursor: null, done: 0, startedAt: later(1), total: 2 };
    expect(await readBack(world, operation)).toMatchObject(anew);
    expect(await walk(world, operation)).toBe('ended');
    expect(await expiriesIn(world)).toEqual(all(names(2), days));
    expect(await findingsIn(tables, later(1))).toEqual([]);
    // and when that has ended, the next one is another
    const next = await shorten(world, { daily: 2 }, later(1, 2000));
    expect(next.operation).not.toBe(operation);
  });

  test('walks in steps of two hundred, whatever else the vault holds', async () => {
    const items = names(201);
    const tables = await furnished(items);
    const world = portsOver(tables);
    for (const other of ['x', 'y', 'z']) await put(world, other, 'other');
    const { operation } = await shorten(world);
    const seen: (number | null)[] = [];
    const step = async (): Promise<void> => {
      const name = operationName(operation ?? '');
      await carryOn(world, { vault: 'Contoso', name }, later(1), oneStep());
      seen.push((await readBack(world, operation)).done);
    };
    for (let steps = 0; steps < 3; steps += 1) await step();
    expect(seen).toEqual([200, 201, 201]);
    expect(await readBack(world, operation)).toMatchObject({ status: 'Succeeded', total: 201 });
    expect(await expiriesIn(world)).toEqual(all(items, 7));
  });

  test('asks storage two requests a step, beside what it reads and writes', async () => {
    const tables = await furnished(names(3));
    const { operation } = await shorten(portsOver(tables));
    const counted = dying(tables, Number.POSITIVE_INFINITY);
    expect(await walk(portsOver(counted.tables), operation)).toBe('ended');
    // the first step: the operation and the cursor, the head once, a range, three items, their hints; the second: a range, and
    // the hint to remove the operation one day; and a last look
    expect(counted.requests()).toBe(2 + 1 + 1 + 3 + 1 + (2 + 1 + 1) + 1);
  });

  test('in a vault of before, which has no indexes, walks by name and counts nobody', async () => {
    const tables = await furnished(names(2));
    await put(portsOver(tables), 'x', 'other');
    await toBefore(tables.vaults, 'contoso');
    const world = portsOver(tables);
    const { operation } = await shorten(world);
    expect(await walk(world, operation)).toBe('ended');
    expect(await readBack(world, operation)).toMatchObject({ status: 'Succeeded', done: 2, total: null });
    expect(await expiriesIn(world)).toEqual(all(names(2), 7));
  });
});

/** The newest point of a suspended item stays for good: this one ends. */
const older = (world: World, item: string) =>
  done(
    recordPoint(
      world,
      aRequest(),
      { ...VAULT, item },
      { name: 'older', createdAt: later(-5), rung: 'daily', expiresAt: null },
    ),
  );

describe('an item', () => {
  test('that cannot be read is counted as failed and stands in quarantine, and keeps none of the others', async () => {
    const tables = await furnished(names(3));
    const world = portsOver(tables);
    const { operation } = await shorten(world);
    const [broken = ''] = names(1);
    await tables.vaults.commit('contoso', [
      { op: 'put', key: keys.item('contoso', broken), cells: { v: 2, doc0: '{' } },
    ]);
    expect(await walk(world, operation)).toBe('ended');
    expect(await readBack(world, operation)).toMatchObject({ status: 'Succeeded', done: 2, failed: 1 });
    expect(await world.control.quarantined()).toMatchObject([{ vault: 'Contoso', item: broken, kind: 'expire' }]);
    expect(await expiriesIn(world)).toMatchObject(all(names(3).slice(1), 7));
  });

  test('that was suspended since is walked as well: it ages on under the terms that it took along', async () => {
    const tables = await furnished(names(2));
    const world = portsOver(tables);
    const place = { ...VAULT, item: 'vm-000' };
    await older(world, place.item);
    const { operation } = await shorten(world);
    await done(putVault(world, aRequest(later(1)), VAULT, { patch: { immutability: 'Unlocked' }, mustExist: true }));
    await done(stop(world, aRequest(later(1)), place, { mode: 'retainPerPolicy' }));
    expect(await walk(world, operation)).toBe('ended');
    expect(await readBack(world, operation)).toMatchObject({ done: 1, total: 2 });
    expect(await expiriesIn(world)).toMatchObject({ 'vm-000': iso(later(2)) });
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });
});

describe('whoever walks', () => {
  test('and dies at any request is followed by another, and nothing is lost', async () => {
    const items = names(3);
    const seed = async () => {
      const tables = await furnished(items);
      return { tables, operation: (await shorten(portsOver(tables))).operation };
    };
    const wrong = await deaths(seed, async (tables, operation) => {
      const world = portsOver(tables);
      const { status, done: walked } = await readBack(world, operation);
      const expiries = JSON.stringify(await expiriesIn(world));
      return [
        ...(status === 'Succeeded' && walked === 3 ? [] : [`${status} ${walked}`]),
        ...(expiries === JSON.stringify(all(items, 7)) ? [] : [expiries]),
      ];
    });
    expect(wrong).toEqual([]);
  });

  test('meets another who walks at the same time: one of them loses the cursor and stops, and all is done once', async () => {
    const tables = await furnished(names(3));
    const { operation } = await shorten(portsOver(tables));
    const slow = portsOver(tables);
    let ends: string | undefined;
    // The other one gets all of it done between the first one's look and its cursor.
    const commit: World['commit'] = async (write) => {
      ends ??= await walk(portsOver(tables), operation);
      return slow.commit(write);
    };
    const first = await walk({ ...slow, ...flowPorts({ ...slow, commit }) }, operation);
    expect([first, ends]).toEqual(['ended', 'ended']);
    expect(await readBack(slow, operation)).toMatchObject({ status: 'Succeeded', done: 3 });
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });

  test('loses to one who saved a step meanwhile', async () => {
    const tables = await furnished(names(3));
    const { operation } = await shorten(portsOver(tables));
    const slow = portsOver(tables);
    let others = 0;
    const commit: World['commit'] = async (write) => {
      if (others === 0) {
        others += 1;
        const name = operationName(operation ?? '');
        await carryOn(portsOver(tables), { vault: 'Contoso', name }, later(1), oneStep());
      }
      return slow.commit(write);
    };
    expect(await walk({ ...slow, ...flowPorts({ ...slow, commit }) }, operation)).toBe('lost');
    expect(await readBack(slow, operation)).toMatchObject({ status: 'Running', done: 3, cursor: 'suspended!' });
  });

  test('with an old head in mind walks by the policy of now', async () => {
    const tables = await furnished(names(2));
    const old = portsOver(tables);
    await headOf(old.vaults);
    const { operation } = await shorten(portsOver(tables));
    expect(await walk(old, operation)).toBe('ended');
    expect(await expiriesIn(old)).toEqual(all(names(2), 7));
    expect(await readBack(old, operation)).toMatchObject({ done: 2 });
  });

  test('has a minute, and goes on behind all others that wait', async () => {
    const tables = await furnished(names(2));
    const { operation } = await shorten(portsOver(tables), { daily: 7 }, later(1));
    let seconds = 0;
    const realNow = () => {
      seconds += 25;
      return later(0, seconds * 1000);
    };
    const storage = { ping: async () => ({ date: later(0, (seconds + 30) * 1000) }) };
    await sweeperOver(tables, { realNow, storage }, { budgetSeconds: 100_000 }).sweep(later(1, 5000));
    expect(await readBack(portsOver(tables), operation)).toMatchObject({ status: 'Running' });
    const hints = (await hintsIn(tables)).filter((hint) => hint.startsWith('operate'));
    expect(hints).toEqual([`operate ${operationName(operation ?? '')} ${iso(later(1, 5000))}`]);
    await sweeperOver(tables).sweep(later(1, 10_000));
    expect(await readBack(portsOver(tables), operation)).toMatchObject({ status: 'Succeeded', done: 2 });
  });
});

describe('an operation', () => {
  test('ends with its vault: there is nothing left that it could go on with', async () => {
    const tables = await furnished(names(1));
    const world = portsOver(tables);
    await done(putVault(world, aRequest(), VAULT, { patch: { softDelete: { state: 'Disabled' } }, mustExist: true }));
    const { operation = '' } = await shorten(world);
    await done(
      stop(world, aRequest(later(1)), { ...VAULT, item: 'vm-000' }, { mode: 'delete', confirmName: 'vm-000' }),
    );
    await done(deleteVault(world, aRequest(later(1)), VAULT));
    const error = { code: 'VaultDeleted', message: 'Vault Contoso was deleted.' };
    expect(await readBack(world, operation)).toMatchObject({ status: 'Failed', endedAt: later(1), error });
    await sweeperOver(tables).sweep(later(1, 120_000));
    expect((await hintsIn(tables)).filter((hint) => hint.startsWith('operate'))).toEqual([]);
    await done(restoreVault(world, aRequest(later(2)), VAULT));
    expect(must((await headOf(world.vaults)).running)).toEqual([]);
    expect(await findingsIn(tables, later(2))).toEqual([]);
  });

  test('of a vault that the version before deleted is ended by the sweep', async () => {
    const tables = await furnished([]);
    const world = portsOver(tables);
    const head = await headOf(world.vaults);
    const begun = begin(head, { kind: 'RehintPolicy', subject: 'daily', total: null }, { id: 'w', now: later(1) });
    await world.land({ now: later(1), write: { vault: 'Contoso', id: 'w', operations: [begun] } });
    const deletion = { at: later(1), by: { tid: 't', oid: 'o' }, reason: null, removeAt: later(15) };
    const was = await headOf(world.vaults);
    await world.commit({ ...newHead({ ...head.vault, deletion }, was), id: 'gone' });
    await sweeperOver(tables).sweep(later(1, 120_000));
    expect(await readBack(world, begun.now.id)).toMatchObject({ status: 'Failed', error: { code: 'VaultDeleted' } });
  });

  test('is asked for by the id that it was given, until thirty days after its end', async () => {
    const world = portsOver(await furnished(names(1)));
    const { operation = '' } = await shorten(world);
    await walk(world, operation);
    const codeAt = async (id: string, days: number) => {
      const found = await readOperation(world, later(days), id);
      return found.ok ? found.value.id : found.refusal.code;
    };
    expect(await codeAt(operation.toUpperCase(), 1)).toBe(operation);
    expect(await codeAt(operation, 30.9)).toBe(operation);
    expect(await codeAt(operation, 31)).toBe('OperationNotFound');
    const [vault, , name] = operation.split('~');
    expect(await codeAt(`${vault}~another~${name}`, 1)).toBe('OperationNotFound');
    expect(await codeAt('nobody~a~b', 1)).toBe('OperationNotFound');
    expect(await codeAt('daily', 1)).toBe('OperationNotFound');
  });

  test('is removed when its time is over', async () => {
    const tables = await furnished(names(1));
    const { operation = '' } = await shorten(portsOver(tables));
    await sweeperOver(tables).sweep(later(1));
    const row = () => tables.vaults.get('contoso', keys.operation('contoso', operationName(operation)));
    await sweeperOver(tables).sweep(later(31));
    expect(await row()).toBeDefined();
    expect(await findingsIn(tables, later(31))).toEqual([]);
    await sweeperOver(tables).sweep(later(32));
    expect(await row()).toBeUndefined();
  });

  test('that runs keeps no policy: whoever is left of its users is none', async () => {
    const tables = await furnished(names(1));
    const world = portsOver(tables);
    const { operation } = await shorten(world);
    await done(
      stop(world, aRequest(later(1)), { ...VAULT, item: 'vm-000' }, { mode: 'delete', confirmName: 'vm-000' }),
    );
    await done(deletePolicy(world, aRequest(later(1)), VAULT, { name: 'daily' }));
    expect(await walk(world, operation)).toBe('ended');
    expect(must((await headOf(world.vaults)).running)).toEqual([]);
    expect(await findingsIn(tables, later(1))).toEqual([]);
  });
});
