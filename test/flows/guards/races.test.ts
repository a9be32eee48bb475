/** Who is faster: a guard is deleted while vaults come under it and let go of it. Whatever is under a guard is linked to it. */
import { expect, test } from 'vitest';
import { deleteGuard } from '../../../src/flows/guards/guards.ts';
import { linkGuard, unlinkGuard } from '../../../src/flows/guards/links.ts';
import { restoreVault } from '../../../src/flows/vaults/deleted.ts';
import { deleteVault } from '../../../src/flows/vaults/deleteVault.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { randomOf } from '../../faults/random.ts';
import { later } from '../../support/builders.ts';
import { laidGrant, laidGuard } from '../../support/guards.ts';
import { interleaving } from '../../support/interleaved.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, CONTRIBUTOR, done, portsOver } from '../../support/world.ts';

const SEED = Number(process.env['RACES_SEED'] ?? 1);
const SEEDS = 60;
const PLACE = { vault: 'There' };
const LINKS = 'guardLinks';
const over = (tables: Tables) => portsOver(tables, { notices: { send: async () => undefined } });
const keeper = { ...aRequest<never>(), keep: undefined, caller: { ...CONTRIBUTOR, roles: ['GuardAdmin'] as const } };

type Act = (tables: Tables) => Promise<unknown>;
const link =
  (guard: string): Act =>
  (tables) =>
    linkGuard(over(tables), aRequest(), PLACE, { guard });
const unlink: Act = (tables) => unlinkGuard(over(tables), aRequest(), PLACE);
const remove =
  (guard: string): Act =>
  (tables) =>
    deleteGuard(over(tables), keeper, { guard });
/** Whatever the first has come to. */
const then =
  (...acts: readonly Act[]): Act =>
  async (tables) => {
    for (const act of acts) await act(tables);
  };
/** A link that was left: its vault was under the guard, or was about to be. */
const left: Act = (tables) => over(tables).commit({ line: 'guardLink', guard: 'g', vault: 'There' });

interface Race {
  readonly before?: Act;
  readonly acts: Readonly<Record<string, Act>>;
  /** Nobody lets go for good. */
  readonly neverFree?: true;
}

const RACES: Readonly<Record<string, Race>> = {
  'a vault that comes under it': { acts: { l: link('g'), d: remove('g') } },
  'a vault that is linked already': { before: left, acts: { l: link('g'), d: remove('g') } },
  'a vault that is linked, and two who delete': {
    before: left,
    acts: { l: link('g'), d: remove('g'), e: then(remove('g'), remove('g')) },
  },
  'a vault that lets go, and comes back': {
    before: link('g'),
    acts: { u: unlink, l: then(link('g'), link('g')), d: then(remove('g'), remove('g')) },
  },
  'a vault that lets go twice': {
    before: link('g'),
    acts: { u: then(unlink, link('g')), v: then(unlink, link('g')), d: remove('g') },
  },
  'a vault that takes another guard, and the first again': {
    before: link('g'),
    acts: { l: then(link('h'), link('g')), d: then(remove('g'), remove('g')), e: remove('h') },
    neverFree: true,
  },
  'a vault that is deleted, and restored': {
    before: then(link('g'), (tables) => deleteVault(over(tables), aRequest(), PLACE)),
    acts: {
      r: (tables) => restoreVault(over(tables), aRequest(), PLACE),
      d: then(...Array.from({ length: 4 }, () => remove('g'))),
    },
    neverFree: true,
  },
};

/** There is a vault, with more grants than it can use. */
async function ground(before: Act | undefined): Promise<Tables> {
  const tables = memoryTables();
  const world = over(tables);
  await done(putVault(world, aRequest(), PLACE, { patch: { kind: 'Backup' }, mustExist: false }));
  for (const guard of ['g', 'h']) {
    await laidGuard(world, { name: guard });
    for (const operation of ['removeGuard', 'deleteVault'] as const)
      await laidGrant(world, { guard, vault: 'There', operation, uses: 10 });
  }
  await before?.(tables);
  return tables;
}

/** What one asks of the links, in the log that they share. */
const logged = ({ registry, ...tables }: Tables, log: string[]): Tables => ({
  ...tables,
  registry: {
    ...registry,
    async range(partition, range) {
      const rows = await registry.range(partition, range);
      if (partition === LINKS) log.push(`read ${range.prefix.split('!')[0]}`);
      return rows;
    },
    async commit(partition, ops) {
      const isDone = await registry.commit(partition, ops);
      if (partition === LINKS) log.push(`linked ${ops[0]?.key.split('!')[0]}`);
      return isDone;
    },
  },
});

test.each(Object.entries(RACES))('%s', async (_, { before, acts, neverFree = false }) => {
  const ends = new Set<string>();
  for (let seed = SEED; seed < SEED + SEEDS; seed += 1) {
    const random = randomOf(seed);
    const tables = await ground(before);
    const log: string[] = [];
    const { add, run } = interleaving(tables, random);
    for (const [name, act] of Object.entries(acts)) add(name, (own) => act(logged(own, log)), random.chance(0.2));
    const order = await run();
    const said = `seed ${seed}: ${order} ${log}`;
    // What is under a guard is linked to it: so whoever deletes it sees that.
    expect((await checkStore(scanTables(tables), later(1))).findings, said).toEqual([]);
    const world = over(tables);
    const guard = (await world.vaults.standing('There'))?.vault.guard ?? null;
    const isThere = guard !== null && (await world.guards.get(guard)) !== undefined;
    // Only a vault that was linked after the links were read can be overtaken. Nobody gets past a guard that is gone.
    if (guard !== null && !isThere)
      expect(log.lastIndexOf(`linked ${guard}`), said).toBeGreaterThan(log.indexOf(`read ${guard}`));
    ends.add(guard === null ? 'free' : isThere ? 'guarded' : 'overtaken');
    await checkDeletion(tables, guard, said);
  }
  expect(ends).toContain('guarded');
  expect(ends.has('free')).toBe(!neverFree);
});

/** Afterwards a guard under which nothing is can be deleted, and leaves no link; one that guards cannot. */
async function checkDeletion(tables: Tables, guard: string | null, said: string): Promise<void> {
  const world = over(tables);
  for (const name of ['g', 'h']) {
    if (!(await world.guards.get(name))) await laidGuard(world, { name });
    const { ok } = await deleteGuard(world, keeper, { guard: name });
    const links = (await tables.registry.range(LINKS, { prefix: `${name}!` })).length;
    expect([name, ok, links], said).toEqual([name, name !== guard, name === guard ? 1 : 0]);
  }
}
