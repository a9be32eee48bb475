/**
 * A source is protected by one item, and a server registered in one vault, whoever asks at the same moment and whatever an earlier
 * caller left behind. The order of all requests follows from the seed that a failure names.
 */
import { describe, expect, test } from 'vitest';
import type { Remains, Tombstone } from '../../../src/core/item.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { resume } from '../../../src/flows/items/resume.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { undelete } from '../../../src/flows/items/undelete.ts';
import { deregister, putServer } from '../../../src/flows/servers/servers.ts';
import { type Random, randomOf } from '../../faults/random.ts';
import { type Placed, plant, rowsOf } from '../../faults/seeds.ts';
import { aPolicy, aVault, NOON } from '../../support/builders.ts';
import { FULL } from '../../support/full.ts';
import { interleaving } from '../../support/interleaved.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, done, must, newHead, portsOver, type World, writing } from '../../support/world.ts';

const VM = { workload: 'AzureVM', policy: 'daily', sourceId: '/vms/sql-01' } as const;
const FILES = { workload: 'MARS', policy: 'daily', sourceId: 'C:/files', server: 'srv' } as const;
const AGENT = { name: 'srv', kind: 'MARS', agentVersion: '2.0.9260' } as const;
const VAULTS = ['A', 'B', 'C'] as const;
type Vault = (typeof VAULTS)[number];

/** Each vault has an item of its own; the first one has two. */
const ITEMS = [
  { vault: 'A', item: 'a' },
  { vault: 'A', item: 'a2' },
  { vault: 'B', item: 'b' },
  { vault: 'C', item: 'c' },
] as const;
type Place = (typeof ITEMS)[number];
const SOME = [ITEMS[0], ITEMS[0], ITEMS[0], ...ITEMS] as const;

const asked = (place: Place) => ({ vault: place.vault, item: place.item });
const protectIt = (ports: World, place: Place) => protect(ports, aRequest(), asked(place), VM);
const stopIt = (ports: World, place: Place) =>
  stop(ports, aRequest(), asked(place), { mode: 'delete', confirmName: place.item });
const undeleteIt = (ports: World, place: Place) => undelete(ports, aRequest(), asked(place));
const resumeIt = (ports: World, place: Place) =>
  resume(ports, aRequest(), asked(place), { verb: 'resume', policy: 'daily' });

const claimed = (vault: string, item: string) =>
  ({ line: 'source', source: { ...VM, server: null }, owner: { vault, item }, was: undefined }) as const;

/** What others left behind. */
const SOURCES: Readonly<Record<string, Act>> = {
  'nothing behind it': async () => undefined,
  'a claim of one who died': ({ commit }) => commit(claimed('A', 'a')),
  'a tombstone that has the claim': async ({ commit }) => {
    const tombstone: Tombstone = {
      ...{ state: 'Purged', vault: 'A', name: 'a', generation: 1, server: null, purgedAt: NOON, etag: 'gone' },
      softDeleteApplied: true,
    };
    await commit(writing(tombstone));
    await commit(claimed('A', 'a'));
  },
  'an item in the trash': async (ports) => {
    await done(protectIt(ports, ITEMS[0]));
    await done(stopIt(ports, ITEMS[0]));
  },
  'an item in the trash, and its source protected elsewhere and deleted there': async (ports) => {
    for (const place of [ITEMS[2], ITEMS[0]]) {
      await done(protectIt(ports, place));
      await done(stopIt(ports, place));
    }
  },
  'two superseded items, of which one has the claim': async (ports) => {
    for (const place of [ITEMS[2], ITEMS[0]]) {
      await done(protectIt(ports, place));
      await done(stopIt(ports, place));
      await done(undeleteIt(ports, place));
      const was = must(await ports.vaults.item(place.vault, place.item));
      await ports.commit(writing({ ...was.value, superseded: true } as Remains, was));
    }
  },
};

const SERVERS: Readonly<Record<string, Act>> = {
  'nothing behind it': async () => undefined,
  'a claim of one who died': ({ commit }) =>
    commit({ line: 'server', tid: 'local', server: 'srv', vault: 'A', was: undefined }),
  'a server that was let go': async (ports) => {
    await done(putServer(ports, aRequest(), { vault: 'A' }, AGENT));
    await done(deregister(ports, aRequest(), { vault: 'A' }, { name: 'srv' }));
  },
  'a server with backups in the trash': async (ports) => {
    await done(putServer(ports, aRequest(), { vault: 'A' }, AGENT));
    await done(protect(ports, aRequest(), { vault: 'A', item: 'files' }, FILES));
    await done(stop(ports, aRequest(), { vault: 'A', item: 'files' }, { mode: 'delete', confirmName: 'files' }));
    await done(deregister(ports, aRequest(), { vault: 'A' }, { name: 'srv' }));
  },
};

async function seeded(of: Act): Promise<readonly Placed[]> {
  const tables = memoryTables();
  const ports = portsOver(tables);
  for (const name of VAULTS) {
    await ports.commit({ line: 'vault', vault: name, id: 'made' });
    await ports.commit(newHead(aVault({ name }), undefined, aPolicy('daily')));
  }
  await of(ports);
  return rowsOf(tables);
}

type Act = (ports: World) => Promise<unknown>;
/** What callers do, by the place that they do it in. */
type Acts<P> = readonly [(place: P) => Act, ...((place: P) => Act)[]];

/** One instance of the service for each caller. Some have looked at the vaults before, so that they decide with what they remember. */
async function together(rows: readonly Placed[], random: Random, acts: readonly Act[]) {
  const tables = memoryTables();
  await plant(tables, rows);
  const run = interleaving(tables, random);
  for (const [index, act] of acts.entries())
    run.add(
      String(index),
      async (own) => {
        const ports = portsOver(own);
        if (random.chance(0.5)) for (const vault of VAULTS) await ports.vaults.head(vault, 'remembered');
        await act(ports);
      },
      random.chance(0.2),
    );
  const order = await run.run();
  return { tables, order };
}

const backAgain = (place: Place) => async (ports: World) => {
  await undeleteIt(ports, place);
  await resumeIt(ports, place);
};

const SOURCE_ACTS: Acts<Place> = [(place) => (ports) => protectIt(ports, place), backAgain];

async function protectedAs(tables: Tables): Promise<Claimed> {
  const { vaults, registry } = portsOver(tables);
  const found = await Promise.all(ITEMS.map(({ vault, item }) => vaults.item(vault, item)));
  const active = found.flatMap((held) =>
    held?.value.state === 'Protected' ? [`${held.value.vault}/${held.value.name}`] : [],
  );
  const owner = (await registry.owner({ ...VM, server: null }))?.value;
  return { active: active.map((one) => one.toLowerCase()), owner: owner && `${owner.vault}/${owner.item}` };
}

const SERVER_ACTS: Acts<Vault> = [
  (vault) => (ports) => putServer(ports, aRequest(), { vault }, AGENT),
  (vault) => async (ports) => {
    await putServer(ports, aRequest(), { vault }, AGENT);
    await deregister(ports, aRequest(), { vault }, { name: 'srv' });
  },
  () => (ports) => undelete(ports, aRequest(), { vault: 'A', item: 'files' }),
];

async function registeredIn(tables: Tables): Promise<Claimed> {
  const { vaults, registry } = portsOver(tables);
  const found = await Promise.all(VAULTS.map((vault) => vaults.server(vault, 'srv')));
  const active = found.flatMap((held) => (held?.value.registration === 'Registered' ? [held.value.vault] : []));
  return { active: active.map((one) => one.toLowerCase()), owner: (await registry.serverOwner('local', 'srv'))?.value };
}

/** Of each beginning: 10,000 in all, or 2,000 in the bounded form. */
const RUNS = FULL ? 1000 : 200;

interface Claimed {
  /** Those that have what was claimed. */
  readonly active: readonly string[];
  /** Whom the claim names. */
  readonly owner: string | undefined;
}

async function oneOwner(
  left: Act | undefined,
  actOf: (random: Random) => Act,
  look: (tables: Tables) => Promise<Claimed>,
): Promise<void> {
  const rows = await seeded(must(left));
  let owned = 0;
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const random = randomOf(seed);
    const acts = Array.from({ length: random.int(2, 3) }, () => actOf(random));
    const { tables, order } = await together(rows, random, acts);
    const { active, owner } = await look(tables);
    expect(active.length, `seed ${seed}, requests of ${order}: ${active}`).toBeLessThan(2);
    if (active.length > 0) expect(active, `seed ${seed}, requests of ${order}`).toEqual([owner]);
    owned += active.length;
  }
  // Some die, and some let go again.
  expect(owned).toBeGreaterThan(RUNS / 4);
}

describe.each(Object.keys(SOURCES))('a source with %s', (left) => {
  test(`is protected by one item, in ${RUNS} orders of requests`, () =>
    oneOwner(SOURCES[left], (random) => random.pick(SOURCE_ACTS)(random.pick(SOME)), protectedAs));
});

describe.each(Object.keys(SERVERS))('a server with %s', (left) => {
  test(`is registered in one vault, in ${RUNS} orders of requests`, () =>
    oneOwner(SERVERS[left], (random) => random.pick(SERVER_ACTS)(random.pick(VAULTS)), registeredIn));
});
