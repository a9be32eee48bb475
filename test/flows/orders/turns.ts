/** What may happen in a town, each as chance will have it. */
import { isItem } from '../../../src/core/item.ts';
import { stateOf } from '../../../src/core/orders.ts';
import { addMillis } from '../../../src/core/time.ts';
import { putHold, removeHold } from '../../../src/flows/items/holds.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { undelete } from '../../../src/flows/items/undelete.ts';
import { type Claimed, claim } from '../../../src/flows/orders/claim.ts';
import { complete, fail, refusePurge, renew } from '../../../src/flows/orders/report.ts';
import { recall, resolve } from '../../../src/flows/orders/resolve.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import type { Random } from '../../faults/random.ts';
import { done, setPause } from '../../support/world.ts';
import { DAY, type Grip, MINUTE, type Town, VAULT_NAMES, type Worker } from './town.ts';

const PROOF = { objects: 5, bytes: 19 };
const ITEMS = ['a', 'b', 'c'] as const;
const HOLD = { name: 'court', reason: 'a case' };

type Turn = (town: Town, random: Random) => Promise<unknown> | undefined;

const vaultOf = (random: Random) => random.pick(VAULT_NAMES as unknown as readonly [string, ...string[]]);
const workerOf = ({ workers }: Town, random: Random) =>
  random.pick(workers as unknown as readonly [Worker, ...Worker[]]);

/** Whoever works for an order does something about it. */
const holding =
  (work: (town: Town, grip: Grip, worker: Worker, random: Random) => Promise<unknown> | undefined): Turn =>
  (town, random) => {
    const worker = workerOf(town, random);
    const [first, ...others] = worker.grips;
    return first && work(town, random.pick([first, ...others]), worker, random);
  };
const letGo = ({ grips }: Worker, grip: Grip) => void grips.splice(grips.indexOf(grip), 1);

/** Now and then the same call comes twice, as from somebody who has heard no answer. */
async function said(random: Random, call: () => Promise<{ readonly ok: boolean } | undefined>) {
  for (let tries = random.chance(0.2) ? 2 : 1; tries > 0; tries -= 1) {
    const answer = await call();
    if (tries === 1) return answer;
  }
  return undefined;
}

const completes = holding((town, grip, worker, random) => {
  if (!grip.begun) town.destroys(grip);
  const { order, token } = grip;
  const ask = { token, proof: PROOF };
  const call = () => town.asked((over) => complete(over, town.request(worker.executor), { order }, ask));
  if (random.chance(0.8)) letGo(worker, grip);
  return grip.begun ? said(random, call) : undefined;
});

const fails = holding((town, grip, worker, random) => {
  const { order, token, begun } = grip;
  const destroyed = begun
    ? random.pick(['some', 'unknown'] as const)
    : random.pick(['nothing', 'nothing', 'unknown'] as const);
  const how = { code: 'Busy', message: 'later', destroyed, permanent: random.chance(0.1) } as const;
  const retryAfterSeconds = random.pick([undefined, 0, 30, 7200]);
  letGo(worker, grip);
  const ask = { token, ...how, retryAfterSeconds };
  return said(random, () => town.asked((over) => fail(over, town.request(worker.executor), { order }, ask)));
});

/** Who has begun to destroy refuses nothing; but what others did before nobody but the service knows. */
const refuses = holding(async (town, grip, worker) => {
  if (grip.begun) return;
  const { order, token } = grip;
  letGo(worker, grip);
  const ask = { token, reason: 'not mine' };
  const answer = await town.asked((over) => refusePurge(over, town.request(worker.executor), { order }, ask));
  town.cameBack(order, answer, 'refused');
});

const renews = holding((town, { order, token }, worker, random) => {
  const checkpoint = random.chance(0.5) ? { at: random.int(1, 9) } : undefined;
  const ask = { token, leaseSeconds: random.pick([30, 300, 3600]), checkpoint };
  return town.asked((over) => renew(over, town.request(worker.executor), { order }, ask));
});

const deletes: Turn = async (town, random) => {
  const place = { vault: vaultOf(random), item: random.pick(ITEMS) };
  // now and then two items want one original
  const sourceId = random.chance(0.2) ? '/shared' : `/${place.vault}/${place.item}`;
  const body = { workload: 'Tenant', sourceId };
  await town.asked((over) => protect(over, town.request(), place, body));
  await town.asked((over) => stop(over, town.request(), place, { mode: 'delete', confirmName: place.item }));
};

const recalls: Turn = async (town, random) => {
  const [first, ...others] = await town.orders();
  if (!first) return;
  const { order } = random.pick([first, ...others]);
  const answer = await town.asked((over) => recall(over, town.request(), { order: order.id }, { reason: 'no' }));
  town.cameBack(order.id, answer, 'recalled');
};

const resolves: Turn = async (town, random) => {
  const all = (await town.orders()).filter(({ order }) => order.isBlocked || order.waitsUntil !== null);
  const [first, ...others] = all;
  if (!first) return;
  const { order, name: confirmName } = random.pick([first, ...others]);
  const outcome = random.pick(['retry', 'retry', 'abandoned', 'confirmed'] as const);
  const ask = { outcome, reason: 'r', confirmName, proof: PROOF };
  return town.asked((over) => resolve(over, town.request(), { order: order.id }, ask));
};

const holds: Turn = (town, random) => {
  const place = { vault: vaultOf(random), item: random.pick(ITEMS) };
  if (random.chance(0.5)) return town.asked((over) => removeHold(over, town.request(), place, { name: HOLD.name }));
  const until = random.pick([null, addMillis(town.now(), MINUTE), addMillis(town.now(), DAY)]);
  return town.asked((over) => putHold(over, town.request(), place, { ...HOLD, until }));
};

const pauses: Turn = (town, random) =>
  setPause(town.world, random.chance(0.5) ? null : addMillis(town.now(), random.int(1, 60) * MINUTE));

const undeletes: Turn = (town, random) =>
  town.asked((over) => undelete(over, town.request(), { vault: vaultOf(random), item: random.pick(ITEMS) }));

const claims: Turn = (town, random) =>
  town.claims(workerOf(town, random), random.int(1, 3), random.pick([30, 300, 3600]));

/** With how much weight each is taken. */
const TURNS: readonly (readonly [weight: number, turn: Turn])[] = [
  [14, deletes],
  [12, claims],
  [6, holding(async (town, grip) => town.destroys(grip))],
  [6, completes],
  [5, fails],
  [2, refuses],
  [4, renews],
  [3, recalls],
  [2, resolves],
  [3, holds],
  [2, pauses],
  [2, undeletes],
  // it is killed, and knows nothing any more
  [1, async (town, random) => workerOf(town, random).grips.splice(0)],
  [8, async (town, random) => town.pass(random.int(1, 600_000))],
  [3, async (town, random) => town.pass(random.int(1, 4) * DAY)],
  [2, async (town, random) => town.moveClock(random.int(1, 20 * DAY))],
  [5, (town) => town.sweeps()],
];
const ALL: readonly Turn[] = TURNS.flatMap(([weight, turn]) => Array.from({ length: weight }, () => turn));

export async function live(town: Town, random: Random, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1)
    await random.pick(ALL as unknown as readonly [Turn, ...Turn[]])(town, random);
}

/** Nothing holds anybody back any more, and nobody dies: whoever claims an order completes it. */
export async function toItsEnd(town: Town): Promise<void> {
  const { world } = town;
  await setPause(world, null);
  for (const item of await town.items())
    if (isItem(item) && item.holds.length > 0)
      await removeHold(world, town.request(), { vault: item.vault, item: item.name }, { name: HOLD.name });
  for (let round = 0; round < 12; round += 1) {
    town.pass(round % 3 === 0 ? 15 * DAY : DAY);
    await quietly(town);
    if ((await town.orders()).every(({ order }) => order.isBlocked)) return;
  }
}

async function quietly(town: Town): Promise<void> {
  const { world } = town;
  await sweep(world, { maxPurges: 1_000_000, budgetSeconds: 600 }, { now: town.now() });
  for (const executor of ['blobs', 'other'])
    for (;;) {
      const request = town.request<Claimed>(executor);
      const { value } = await done(claim(world, request, { executor, max: 32, leaseSeconds: 300 }));
      if (value.length === 0) break;
      for (const { order } of value)
        await done(
          complete(world, town.request(executor), { order: order.id }, { token: order.token ?? 0, proof: PROOF }),
        );
    }
}

export const unended = async (town: Town): Promise<readonly string[]> =>
  (await town.orders()).flatMap((one) => {
    const state = stateOf(one, town.now());
    return state === 'Blocked' ? [] : [`${one.order.id} is ${state}`];
  });
