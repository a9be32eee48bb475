/**
 * A sweep that brings the token of the belt, with storage calls of it spoiled: what it releases goes once, and is told once. The bounded form
 * spoils some of them: beltDeaths.test.ts dies at each, and loses the answer to each, over tables in memory.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IdentityProvider, startIdp } from '../../local/idp/start.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { FULL } from '../support/full.ts';
import { mint } from '../support/launch.ts';
import { ADA } from '../support/secured.ts';
import { startAccounts, tablesOf } from './accounts.ts';
import {
  comparable,
  MAX_PURGES,
  mustBeReleased,
  mustHaveGoneOnce,
  mustHaveReleased,
  seedOfBelt,
  tokenOf,
} from './beltFlow.ts';
import { appDoor, type Door, type Reply, sweepToQuiet } from './doors.ts';
import { differences, mustBeHonest, mustBeSound, type Story, storyOf } from './judge.ts';
import { type Lane, matrix, mustBeSafe, report } from './matrix.ts';
import { plant } from './seeds.ts';

interface Run {
  readonly account: string;
  readonly door: Door;
  readonly send: () => Promise<Reply>;
}

const LANES = 4;
let nextAccount: () => string;
let lanes: readonly Lane[] = [];
let idp: IdentityProvider | undefined;
let authorization = '';

beforeAll(async () => {
  nextAccount = await startAccounts(FULL ? 1000 : 300);
  idp = await startIdp(0);
  authorization = `Bearer ${await mint(idp.origin, ADA)}`;
  lanes = await Promise.all(
    Array.from({ length: LANES }, async () => ({ proxy: await startFaultProxy(nextAccount()) })),
  );
});
afterAll(() => Promise.all([...lanes.map(({ proxy }) => proxy.stop()), idp?.stop()]));

const settings = () => ({
  SWEEP_MAX_PURGES: String(MAX_PURGES),
  IDENTITY_ISSUER: idp?.origin ?? '',
  IDENTITY_JWKS: `${idp?.origin}/jwks`,
});

test('sweep with the token of the belt', async () => {
  const rows = await seedOfBelt();
  let told: Story | undefined;
  const figures = await matrix<Lane, Run>(
    lanes,
    {
      arrange: async ({ proxy }) => {
        const account = nextAccount();
        await plant(tablesOf(account), rows);
        const door = appDoor(proxy.through(account), settings());
        const token = await tokenOf(door);
        const send = () => door('POST', 'sweeps', { body: { acknowledgeBelt: token }, headers: { authorization } });
        return { account, door, send };
      },
      act: ({ send }) => send(),
      judge: async ({ account, door, send }, reply) => {
        mustBeSafe(reply);
        mustHaveReleased(reply);
        mustBeReleased(await send());
        const ahead = await sweepToQuiet(door);
        await mustBeSound(account, ahead);
        const story = comparable(await storyOf(account));
        await mustBeHonest(account, story);
        told ??= story;
        expect(differences(told, story)).toEqual([]);
      },
    },
    { step: 5, whole: true },
  );
  expect(figures.failures).toEqual([]);
  mustHaveGoneOnce(told);
  report('sweep with the token of the belt', figures);
});
