/** A sweep that brings the token of the belt, with every storage call of it spoiled: whoever repeats it is not refused. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFaultProxy } from '../support/faultProxy.ts';
import { startAccounts, tablesOf } from './accounts.ts';
import { appDoor, type Door, type Reply, type Swept, sweepToQuiet } from './doors.ts';
import { differences, mustBeHonest, mustBeSound, type Story, storyOf } from './judge.ts';
import { FULL, type Lane, matrix, mustBeSafe, report } from './matrix.ts';
import { aSeed, daysAgo, plant } from './seeds.ts';

interface Run {
  readonly account: string;
  readonly door: Door;
  readonly send: () => Promise<Reply>;
}

const LANES = 4;
const DUE = 3;
const BELT = { SWEEP_MAX_PURGES: String(DUE - 1) };
let nextAccount: () => string;
let lanes: readonly Lane[] = [];

beforeAll(async () => {
  nextAccount = await startAccounts(FULL ? 1000 : 300);
  lanes = await Promise.all(
    Array.from({ length: LANES }, async () => ({ proxy: await startFaultProxy(nextAccount()) })),
  );
});
afterAll(() => Promise.all(lanes.map(({ proxy }) => proxy.stop())));

test('sweep with the token of the belt', async () => {
  const seed = aSeed();
  await seed.vault('held');
  for (let vm = 0; vm < DUE; vm += 1) await seed.trash('held', `vm${vm}`, daysAgo(14.1), 1);
  const rows = await seed.rows();
  let told: Story | undefined;
  const figures = await matrix<Lane, Run>(lanes, {
    arrange: async ({ proxy }) => {
      const account = nextAccount();
      await plant(tablesOf(account), rows);
      const door = appDoor(proxy.through(account), BELT);
      const { body } = await door('POST', 'sweeps', { body: {} });
      const { held, purged } = body as Swept & { readonly held?: { readonly token?: string } };
      if (purged !== 0 || held?.token === undefined) throw new Error(`the belt does not hold: ${JSON.stringify(body)}`);
      const { token } = held;
      return { account, door, send: () => door('POST', 'sweeps', { body: { acknowledgeBelt: token } }) };
    },
    act: ({ send }) => send(),
    judge: async ({ account, door, send }, reply) => {
      mustBeSafe(reply);
      if (reply.status < 300) expect(reply.body).not.toHaveProperty('held');
      const again = await send();
      expect(again.status, JSON.stringify(again.body)).toBe(200);
      const ahead = await sweepToQuiet(door);
      await mustBeSound(account, ahead);
      const story = await storyOf(account);
      await mustBeHonest(account, story);
      told ??= story;
      expect(differences(told, story)).toEqual([]);
    },
  });
  expect(figures.failures).toEqual([]);
  expect([...(told?.states.values() ?? [])]).toEqual(Array.from({ length: DUE }, () => 'Purged'));
  report('sweep with the token of the belt', figures);
});
