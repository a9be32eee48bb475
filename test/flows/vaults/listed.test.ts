/** A vault that is there is in the directory, in whatever order others make, delete, restore and remove it at the same time. */
import { expect, test } from 'vitest';
import type { Instant } from '../../../src/core/time.ts';
import { sweep as sweepOver } from '../../../src/flows/sweep/sweep.ts';
import { restoreVault } from '../../../src/flows/vaults/deleted.ts';
import { deleteVault } from '../../../src/flows/vaults/deleteVault.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { randomOf } from '../../faults/random.ts';
import { type Placed, plant, rowsOf } from '../../faults/seeds.ts';
import { later } from '../../support/builders.ts';
import { FULL } from '../../support/full.ts';
import { interleaving } from '../../support/interleaved.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, done, portsOver, type World } from '../../support/world.ts';

const VAULT = { vault: 'Contoso' };
/** A vault that was deleted at first can be removed by now. */
const LATE = later(60);

const make = (ports: World, now: Instant) =>
  putVault(ports, aRequest(now), VAULT, { patch: { kind: 'RecoveryServices' }, mustExist: false });
const remove = (ports: World, now: Instant) => deleteVault(ports, aRequest(now), VAULT);
const restore = (ports: World, now: Instant) => restoreVault(ports, aRequest(now), VAULT);

const sweepAt = (ports: World, now: Instant) =>
  sweepOver({ ...ports, clock: { now: () => now } }, { maxPurges: 1_000_000, budgetSeconds: 240 }, { now });
/** By the clock of a sweep so late that what was deleted at first is removed. */
const sweep = (ports: World) => sweepAt(ports, LATE);

type Act = (ports: World, now: Instant) => Promise<unknown>;
const life: Act = async (ports) => {
  await make(ports, later(0));
  await remove(ports, later(0));
  await sweep(ports);
};
const ACTS: readonly [Act, ...Act[]] = [
  make,
  make,
  remove,
  restore,
  sweep,
  async (ports, now) => {
    await make(ports, now);
    await remove(ports, now);
  },
  life,
  life,
];

const BEGINNINGS: Readonly<Record<string, (ports: World) => Promise<unknown>>> = {
  'none is there': async () => undefined,
  'one is there': (ports) => done(make(ports, later(0))),
  'one is deleted': async (ports) => {
    await done(make(ports, later(0)));
    await done(remove(ports, later(0)));
  },
};

/** Of each beginning: more than 5,000 in all, or 1,000 in the bounded form. */
const RUNS = FULL ? 1700 : 340;

async function seeded(of: (ports: World) => Promise<unknown>): Promise<readonly Placed[]> {
  const tables = memoryTables();
  await of(portsOver(tables));
  return rowsOf(tables);
}

test.each(Object.keys(BEGINNINGS))(`is listed in ${RUNS} orders of requests, where at first %s`, async (beginning) => {
  const rows = await seeded(BEGINNINGS[beginning] ?? (async () => undefined));
  let open = 0;
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const random = randomOf(seed);
    const tables = memoryTables();
    await plant(tables, rows);
    const run = interleaving(tables, random);
    const mayDie = random.chance(0.5);
    const callers = random.int(2, 4);
    for (let caller = 0; caller < callers; caller += 1) {
      const act = random.pick(ACTS);
      const now = random.pick([later(0), LATE]);
      run.add(String(caller), (own) => act(portsOver(own), now), mayDie && random.chance(0.4));
    }
    const order = await run.run();
    if (mayDie) await sweep(portsOver(tables));
    const { vaults, registry } = portsOver(tables);
    const head = await vaults.head(VAULT.vault, 'fresh');
    if (!head) continue;
    open += 1;
    const listing = await registry.listing(VAULT.vault);
    // One who died may have left the line of a vault that never was.
    const line = mayDie && listing ? head.vault.id : listing?.value.id;
    expect(line, `seed ${seed}, requests of ${order}`).toBe(head.vault.id);
  }
  expect(open).toBeGreaterThan(RUNS / 10);
});

/** The others do all of this after it was listed and before it is made. */
const OTHERS = {
  'make, delete and remove one of its name': async (ports: World) => {
    await done(make(ports, later(0)));
    await done(remove(ports, later(0)));
    await sweep(ports);
  },
  'make one of its name and delete it': async (ports: World) => {
    await done(make(ports, later(0)));
    await done(remove(ports, later(0)));
  },
} as const;

test.each(Object.keys(OTHERS))('a vault whose maker was late is listed, although others %s meanwhile', async (what) => {
  const tables = memoryTables();
  const late = portsOver(tables, {
    commit: async (write) => {
      if (!('line' in write) && write.head) await OTHERS[what as keyof typeof OTHERS](portsOver(tables));
      return portsOver(tables).commit(write);
    },
  });
  const made = await make(late, later(0));
  const { vaults, registry } = portsOver(tables);
  const open = await vaults.head(VAULT.vault, 'fresh');
  expect(open !== undefined).toBe(made.ok);
  await sweepAt(portsOver(tables), later(0));
  expect((await registry.listing(VAULT.vault)) !== undefined).toBe(made.ok);
});

/** In one process, and in two that know nothing of each other. */
test.each(['the same process', 'another'])(
  'a maker that dies as soon as its vault is there leaves it listed, although %s made, deleted and removed one of its name meanwhile',
  async (where) => {
    const tables = memoryTables();
    let lives = true;
    let mine: World | undefined;
    const late = portsOver(tables, {
      commit: async (write) => {
        if (!lives) throw new Error('the process is dead');
        const { commit } = mine ?? portsOver(tables);
        if (!('line' in write) && write.head && lives) {
          const others = where === 'another' ? portsOver(tables) : own;
          mine ??= own;
          await once(() => OTHERS['make, delete and remove one of its name'](others));
          const written = await commit(write);
          lives = written === undefined;
          return written;
        }
        return commit(write);
      },
    });
    const own = portsOver(tables);
    let isOver = false;
    const once = async (work: () => Promise<void>) => {
      if (!isOver) await work();
      isOver = true;
    };
    mine = own;
    await make(late, later(0)).catch(() => undefined);
    const open = await portsOver(tables).vaults.head(VAULT.vault, 'fresh');
    expect(open).toBeDefined();
    expect(await portsOver(tables).registry.listing(VAULT.vault)).toBeDefined();
  },
);

test('a line is struck only for the vault that it is about; one of before says no id', async () => {
  const tables = memoryTables();
  const ports = portsOver(tables);
  await done(make(ports, later(0)));
  await done(remove(ports, later(0)));
  const line = async (id: string) => {
    await ports.commit({ line: 'vault', ...VAULT, id });
    await done(remove(ports, later(0)));
    await sweepAt(ports, later(0));
    return ports.registry.listing(VAULT.vault);
  };
  expect((await line('another'))?.value.id).toBe('another');
  expect(await line((await ports.vaults.deleted(VAULT.vault))?.vault.id ?? '')).toBeUndefined();
  await tables.registry.commit('vaults', [{ op: 'put', key: 'contoso', cells: { v: 1 } }]);
  await sweepAt(ports, later(0));
  expect(await ports.registry.listing(VAULT.vault)).toBeUndefined();
});
