/**
 * A guard goes in one transaction with its history. Storage does not look at the tag of a row that a transaction removes, so this one rests
 * on the history: it goes on behind what the guard remembers, or the deletion is decided anew.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { deleteGuard, putGuard } from '../../../src/flows/guards/guards.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, CONTRIBUTOR, done, must, portsOver, type World } from '../../support/world.ts';

const G = { guard: 'g' };
const KEEPER = { ...CONTRIBUTOR, oid: 'kim', roles: ['GuardAdmin'] as const };
const asked = (ifMatch?: string) => ({
  ...{ ...aRequest<never>(), caller: KEEPER, keep: undefined },
  ...(ifMatch === undefined ? {} : { ifMatch: [ifMatch] }),
});

let tables: Tables;
let ports: World;
const seen = nothingSeen();

beforeEach(async () => {
  tables = memoryTables();
  ports = portsOver(counted(tables, seen, Number.POSITIVE_INFINITY), { notices: { send: async () => undefined } });
  // The first change of a process has what ends looked after.
  await done(putGuard(ports, asked(), { guard: 'first' }, {}));
  await done(deleteGuard(ports, asked(), { guard: 'first' }));
  await done(putGuard(ports, asked(), G, { quorum: 2 }));
  Object.assign(seen, nothingSeen());
});

const history = async () =>
  (await ports.vaults.history('~service', { item: null, guard: 'g' }, { limit: 20 })).found.map(({ entry }) =>
    [must(entry).operation, must(entry).outcome, must(entry).facts['before'] ?? ''].join(' '),
  );

/** Somebody is faster, after the guard was read and before it is removed. */
const whileDeleted = (meanwhile: () => Promise<unknown>): World => {
  let isDone = false;
  const linked: World['guards']['linked'] = async (...asked) => {
    if (!isDone) await meanwhile();
    isDone = true;
    return ports.guards.linked(...asked);
  };
  return { ...ports, guards: { ...ports.guards, linked } };
};

test('it takes four requests: the guard, what it may guard in vaults and in the service, and its end', async () => {
  await done(deleteGuard(ports, asked(), G));
  expect(seen.requests).toBe(4);
  expect(await ports.guards.get('g')).toBeUndefined();
  expect((await history())[0]).toMatch(/^DeleteGuard Succeeded/);
});

describe.each([
  ['the same process', () => ports],
  ['another', () => portsOver(tables)],
])('a change meanwhile, by %s,', (_, other) => {
  const change = () => done(putGuard(other(), asked(), G, { quorum: 1 }));

  test('is seen before the guard goes', async () => {
    await done(deleteGuard(whileDeleted(change), asked(), G));
    expect(await ports.guards.get('g')).toBeUndefined();
    expect((await history()).map((line) => line.split(' ')[0])).toEqual(['DeleteGuard', 'PutGuard', 'PutGuard']);
  });

  test('keeps the guard where the deletion was about what was before', async () => {
    const { etag } = must(await ports.guards.get('g')).value;
    const outcome = await deleteGuard(whileDeleted(change), asked(etag), G);
    expect(outcome).toMatchObject({ refusal: { code: 'PreconditionFailed' } });
    expect(must(await ports.guards.get('g')).value.quorum).toBe(1);
  });

  test('that is a deletion leaves nothing to delete', async () => {
    const outcome = await deleteGuard(
      whileDeleted(() => done(deleteGuard(other(), asked(), G))),
      asked(),
      G,
    );
    expect(outcome).toMatchObject({ refusal: { code: 'GuardNotFound' } });
    expect((await history()).filter((line) => line.startsWith('DeleteGuard Succeeded'))).toHaveLength(1);
  });
});

test('what was noted in its history since keeps nobody from deleting it', async () => {
  await ports.commit({ vault: '~service', id: 'n', entries: [must(await noted())] });
  await done(deleteGuard(portsOver(tables), asked(), G));
  expect(await ports.guards.get('g')).toBeUndefined();
  async function noted() {
    const [{ entry } = { entry: undefined }] = (
      await ports.vaults.history('~service', { item: null, guard: 'g' }, { limit: 1 })
    ).found;
    const { link: _, ...plain } = must(entry);
    return { ...plain, operation: 'Grant' };
  }
});
