/** A sweep that brings the token of the belt, with every storage call of it spoiled: what it releases goes once, and is told once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IdentityProvider, startIdp } from '../../local/idp/start.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { FULL } from '../support/full.ts';
import { mint } from '../support/launch.ts';
import { ADA } from '../support/secured.ts';
import { startAccounts, tablesOf } from './accounts.ts';
import { appDoor, type Door, type Reply, type Swept, sweepToQuiet } from './doors.ts';
import { differences, mustBeHonest, mustBeSound, type Story, storyOf } from './judge.ts';
import { type Lane, matrix, mustBeSafe, report } from './matrix.ts';
import { aSeed, daysAgo, plant } from './seeds.ts';

interface Run {
  readonly account: string;
  readonly door: Door;
  readonly send: () => Promise<Reply>;
}

const LANES = 4;
const DUE = 3;
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
  SWEEP_MAX_PURGES: String(DUE - 1),
  IDENTITY_ISSUER: idp?.origin ?? '',
  IDENTITY_JWKS: `${idp?.origin}/jwks`,
});

/** Each sweep that was asked for is told, and so is a token that came too late; and the ids of alerts hold times. */
function comparable(story: Story): Story {
  const happened = [...story.happened].filter(([line]) => !/^~service\/~ ReleaseBelt !BeltToken/.test(line));
  const alerts = [...story.alerts].map((id) => id.replace(/(brakereleased|masspurgeheld)~.*/, '$1'));
  expect(alerts.length, 'told once').toBe(new Set(alerts).size);
  return { ...story, happened: new Map(happened), alerts: new Set(alerts) };
}

test('sweep with the token of the belt', async () => {
  const seed = aSeed();
  for (let vm = 0; vm < DUE; vm += 1) await seed.trash('held', `vm${vm}`, daysAgo(14.1), 1);
  const rows = await seed.rows();
  let told: Story | undefined;
  const figures = await matrix<Lane, Run>(lanes, {
    arrange: async ({ proxy }) => {
      const account = nextAccount();
      await plant(tablesOf(account), rows);
      const door = appDoor(proxy.through(account), settings());
      const { body } = await door('POST', 'sweeps', { body: {} });
      const { held, purged } = body as Swept & { readonly held?: { readonly token?: string } };
      if (purged !== 0 || held?.token === undefined) throw new Error(`the belt does not hold: ${JSON.stringify(body)}`);
      const { token } = held;
      const send = () => door('POST', 'sweeps', { body: { acknowledgeBelt: token }, headers: { authorization } });
      return { account, door, send };
    },
    act: ({ send }) => send(),
    judge: async ({ account, door, send }, reply) => {
      mustBeSafe(reply);
      if (reply.status < 300 && JSON.stringify(reply.body).includes('Belt')) throw new Error('it holds still');
      const again = await send();
      if (again.status >= 300 && !JSON.stringify(again.body).includes('is purged'))
        throw new Error(`repeated, it was answered ${again.status} ${JSON.stringify(again.body)}`);
      const ahead = await sweepToQuiet(door);
      await mustBeSound(account, ahead);
      const story = comparable(await storyOf(account));
      await mustBeHonest(account, story);
      told ??= story;
      expect(differences(told, story)).toEqual([]);
    },
  });
  expect(figures.failures).toEqual([]);
  expect([...(told?.states.values() ?? [])]).toEqual(Array.from({ length: DUE }, () => 'Purged'));
  expect(told?.happened.get('~service/~ ReleaseBelt null>null')).toBe(1);
  report('sweep with the token of the belt', figures);
});
