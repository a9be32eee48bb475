/**
 * What a caller asks for, through the running host, with every storage call of it spoiled. Whatever happens, the caller hears
 * of success or of an error that is safe to repeat; the repetition succeeds, and the change was made once. The bounded form spoils
 * every third call that writes: crashes.test.ts loses the answer to each of them, over tables in memory, and calls each verb without a fault.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IdentityProvider, startIdp } from '../../local/idp/start.ts';
import { aLocalStore } from '../support/azurite.ts';
import { type LoneHost, startLoneHost } from '../support/crashHost.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { FULL } from '../support/full.ts';
import { mint } from '../support/launch.ts';
import { tablesOf } from './accounts.ts';
import { type Ask, hostDoor, type Reply, settingsFor, sweepToQuiet } from './doors.ts';
import { type Act, type Ground, pathOf } from './ground.ts';
import { mustBeSound, storyOf } from './judge.ts';
import { type Lane, matrix, mustBeSafe, report } from './matrix.ts';
import { mustBeRight, wrongIn } from './right.ts';
import { TRIALS } from './trials.ts';

interface HostLane extends Lane, Omit<Ground, 'vault' | 'tables'> {
  readonly account: string;
  readonly host: LoneHost;
}

interface Call {
  readonly ground: Ground;
  readonly send: () => Promise<Reply>;
}

const LANES = FULL ? 3 : 1;
let lanes: readonly HostLane[] = [];
let idp: IdentityProvider | undefined;

beforeAll(async () => {
  idp = await startIdp(0);
  const { origin } = idp;
  const identity = { IDENTITY_ISSUER: origin, IDENTITY_JWKS: `${origin}/jwks` };
  lanes = await Promise.all(
    Array.from({ length: LANES }, async (): Promise<HostLane> => {
      const account = await aLocalStore();
      const proxy = await startFaultProxy(account);
      const storage = proxy.through(account);
      const host = await startLoneHost({
        ...{ ...settingsFor(storage), ...identity, AzureWebJobsStorage: account },
        // who tells of one trial would make storage calls in the next one, which would be counted and spoiled there
        'AzureWebJobs.notify.Disabled': 'true',
        'AzureWebJobs.notifyUrgent.Disabled': 'true',
      });
      const door = hostDoor(host.origin);
      // the tables are made when they are first used: that is spoiled in sweeps.test.ts, where every trial begins without
      await door('PUT', 'vaults/first', { body: { kind: 'RecoveryServices' } });
      await sweepToQuiet(door);
      return { proxy, account, host, door, as: (who) => hostDoor(host.origin, () => mint(origin, who)) };
    }),
  );
});
afterAll(() => Promise.all([...lanes.flatMap(({ host, proxy }) => [host.kill(), proxy.stop()]), idp?.stop()]));

test.each(Object.entries(TRIALS))('%s', async (name, verb) => {
  const figures = await matrix<HostLane, Call>(
    lanes,
    {
      arrange: async (lane, number) => {
        const vault = `${nameOf(name)}-${number}`;
        const ground: Ground = { ...lane, tables: tablesOf(lane.account), vault };
        const act = await verb.arrange(ground);
        const door = act.who ? lane.as(act.who) : lane.door;
        return { ground, send: () => door(act.method, pathOf(vault, act.path), ask(act, number)) };
      },
      act: ({ send }) => send(),
      judge: async ({ ground, send }, reply) => {
        mustBeSafe(reply);
        if (reply.status < 300) await mustBeRight(ground, verb, reply);
        const again = await send();
        if (again.status >= 300 && again.status !== verb.gone)
          throw new Error(`repeated, it was answered ${again.status} ${JSON.stringify(again.body)}`);
        await mustBeRight(ground, verb, again);
      },
    },
    { step: 3, whole: false },
  );
  expect(figures.failures).toEqual([]);
  report(name, figures);
});

// Once for all of them: to read whole stores again after each would take as long as the trials do.
test('what they leave behind is sound, and tells of each change once', async () => {
  const wrong = await Promise.all(
    lanes.map(async ({ account, door }) => {
      await mustBeSound(account, await sweepToQuiet(door));
      const story = await storyOf(account);
      return [
        ...story.early,
        ...Object.entries(TRIALS).flatMap(([name, verb]) => wrongIn(story, `${nameOf(name)}-\\d+`, verb)),
      ];
    }),
  );
  expect(wrong.flat()).toEqual([]);
});

/** A vault is named after the verb that is tried in it. */
const nameOf = (verb: string): string => verb.replace(/\W+/g, '-');

const ask = ({ body, key, ifMatch, pin, webhook }: Act, number: number): Ask => ({
  ...(body ? { body } : {}),
  headers: {
    ...(key ? { 'idempotency-key': `key-${number}` } : {}),
    ...(ifMatch ? { 'if-match': ifMatch } : {}),
    ...(pin ? { 'x-reprieve-security-pin': pin } : {}),
    ...(webhook ? { 'x-reprieve-webhook-key': 'local' } : {}),
  },
});
