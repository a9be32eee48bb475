/**
 * The host killed with -9 in the middle of sweeps, again and again, at a random call that writes and on either side of it; what
 * is only read between two writes leaves nothing behind. The storage lives on. FAULTS=full: 2 000 due items and 20 kills; else 200 and 5. KILL_SEED repeats a run.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { factIn } from '../../src/core/alerts.ts';
import { aLocalStore } from '../support/azurite.ts';
import { type LoneHost, startLoneHost } from '../support/crashHost.ts';
import { type FaultProxy, startFaultProxy, type Trouble } from '../support/faultProxy.ts';
import { FULL } from '../support/full.ts';
import { tablesOf } from './accounts.ts';
import { type Door, hostDoor, moveClock, settingsFor, sweepToQuiet } from './doors.ts';
import { messagesIn, mustBeHonest, mustBeSound, storyOf } from './judge.ts';
import { aSeed, daysAgo, plant } from './seeds.ts';

const { items: ITEMS, rounds: ROUNDS } = FULL ? { items: 2000, rounds: 20 } : { items: 200, rounds: 5 };
/** Mostly early, so that something is left for the rounds that follow, and sometimes late. */
const killAt = (random: number): number => 1 + Math.floor(MOST_WRITES * random ** 3);
const MOST_WRITES = FULL ? 1000 : 300;
const SEED = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);
/** Vaults of every size, from one item to many; one in a hundred items is large. */
const SIZES = [1, 1, 1, 2, 3, 5, 8, 29];
/** So many undeletes a round, of items that fall due a day later. */
const SAVED = 5;
const DAY_S = 86_400;

let account: string;
let proxy: FaultProxy;
let host: LoneHost | undefined;

beforeAll(async () => {
  account = await aLocalStore();
  proxy = await startFaultProxy(account);
});
afterAll(async () => {
  await host?.kill();
  await proxy.stop();
});

/** mulberry32: the same seed, the same kills. */
function randomsOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function fill(): Promise<{ readonly due: readonly string[]; readonly later: readonly string[] }> {
  const seed = aSeed();
  const due: string[] = [];
  const later: string[] = [];
  for (let number = 0; due.length < ITEMS; number += 1) {
    const vault = `v${number}`;
    for (let vm = 0; vm < (SIZES[number % SIZES.length] ?? 1) && due.length < ITEMS; vm += 1) {
      const large = due.length % 100 === 99;
      await seed.item(vault, `vm${vm}`, daysAgo(20), 1);
      if (large) await seed.pages(vault, `vm${vm}`, 95, daysAgo(20));
      await seed.stop(vault, `vm${vm}`, 'delete', daysAgo(14.1));
      due.push(`${vault}/vm${vm}`);
    }
    if (later.length >= SAVED * ROUNDS) continue;
    await seed.trash(vault, 'later', daysAgo(13.5), 1);
    later.push(`${vault}/later`);
  }
  await plant(tablesOf(account), await seed.rows());
  return { due, later };
}

const start = async (over: Readonly<Record<string, string>> = {}): Promise<Door> => {
  const storage = proxy.through(account);
  host = await startLoneHost({ ...settingsFor(storage), AzureWebJobsStorage: account, ...over });
  return hostDoor(host.origin);
};

/** Else most of the writes at which it is killed would be those of who tells. mailKill.test.ts kills that one. */
const SILENT = { 'AzureWebJobs.notify.Disabled': 'true', 'AzureWebJobs.notifyUrgent.Disabled': 'true' };

/** Sweeps until the call comes at which the host dies; answers which call that was, if the sweep was not over before. */
async function sweepAndDie(door: Door, call: number, doneFirst: boolean): Promise<string | undefined> {
  const victim = host;
  let death: Promise<void> | undefined;
  const kill: Trouble = async ({ forward, cut }) => {
    if (doneFirst) await forward();
    death ??= victim?.kill();
    await death;
    cut();
  };
  const watch = proxy.watch({ call, trouble: kill, stubborn: true, writesOnly: true });
  await door('POST', 'sweeps', { body: {} }).catch(() => undefined);
  await death;
  proxy.watch();
  if (!death) await victim?.kill();
  return watch.spoiled();
}

test(`${ROUNDS} times killed over ${ITEMS} due items`, async () => {
  const random = randomsOf(SEED);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say(`kill: KILL_SEED=${SEED}`);
  const { due, later } = await fill();
  const accepted: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const door = await start(SILENT);
    await moveClock(door, round * 300);
    // some are saved before the sweep begins, some while it runs
    const saved = later.slice(round * SAVED, (round + 1) * SAVED);
    const save = async (place: string) => {
      const path = `vaults/${place.replace('/', '/items/')}/undelete`;
      const { status } = await door('POST', path, { body: {} }).catch(() => ({ status: 0 }));
      if (status === 200) accepted.push(place);
    };
    await save(saved[0] ?? '');
    const call = killAt(random());
    const dying = sweepAndDie(door, call, random() < 0.5);
    await Promise.all(saved.slice(1).map(save));
    const at = await dying;
    const { states } = await storyOf(account);
    const purged = due.filter((item) => states.get(item) === 'Purged').length;
    say(`kill: round ${round + 1}, at write ${call} (${at ?? 'the sweep was over'}), ${purged} of ${ITEMS} purged`);
  }

  const door = await start();
  const quiet = await sweepToQuiet(door, ROUNDS * 300);
  await mustBeSound(account, quiet);
  // past the time of those that were saved, or were not
  const end = await sweepToQuiet(door, DAY_S);
  await mustBeSound(account, end);
  const story = await storyOf(account);
  const stateOf = (item: string) => story.states.get(item);
  const times = (item: string, line: RegExp) =>
    [...story.happened].reduce(
      (sum, [what, count]) => sum + (what.startsWith(`${item} `) && line.test(what) ? count : 0),
      0,
    );

  expect(due.filter((item) => stateOf(item) !== 'Purged')).toEqual([]);
  expect(due.filter((item) => times(item, /Purge \w+>Purged$/) !== 1)).toEqual([]);
  const raised = new Set([...story.alerts].map(factIn));
  expect(due.filter((item) => !raised.has(`${item.replace('/', '~')}~purgecomplete~1`))).toEqual([]);
  expect(accepted.filter((item) => stateOf(item) !== 'ProtectionStopped')).toEqual([]);
  expect(later.filter((item) => times(item, /Undelete|Purge \w+>Purged$/) !== 1)).toEqual([]);
  expect([...story.happened].filter(([line, count]) => count > 1 && /Purge |Warn/.test(line))).toEqual([]);
  // what the dead had taken from the queue lies there still, and comes back when their time for it is over
  const taken = await messagesIn(account);
  expect(taken > 0 ? [] : [...story.untold]).toEqual([]);
  await mustBeHonest(account, { ...story, untold: new Set() });
  say(`kill: ${due.length} purged once each, ${accepted.length} undeletes accepted, all of them kept`);
});
