/**
 * What a caller asks for, through the running host, with every storage call of it spoiled. Whatever happens, the caller hears
 * of success or of an error that is safe to repeat; the repetition succeeds, and the change was made once.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IdentityProvider, startIdp } from '../../local/idp/start.ts';
import { type LoneHost, startLoneHost } from '../support/crashHost.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { mint } from '../support/launch.ts';
import { startAccounts, tablesOf } from './accounts.ts';
import { type Ask, hostDoor, type Reply, SETTINGS, sweepToQuiet } from './doors.ts';
import { type Act, type Ground, pathOf, type Verb } from './ground.ts';
import { mustBeSound, storyOf } from './judge.ts';
import { type Lane, LOST, matrix, mustBeSafe, REFUSED, report } from './matrix.ts';
import { TRIALS } from './trials.ts';

interface HostLane extends Lane, Omit<Ground, 'vault' | 'tables'> {
  readonly account: string;
  readonly host: LoneHost;
}

interface Call {
  readonly ground: Ground;
  readonly send: () => Promise<Reply>;
}

const LANES = 3;
let lanes: readonly HostLane[] = [];
let idp: IdentityProvider | undefined;

beforeAll(async () => {
  idp = await startIdp(0);
  const { origin } = idp;
  const identity = { IDENTITY_ISSUER: origin, IDENTITY_JWKS: `${origin}/jwks` };
  const nextAccount = await startAccounts(LANES);
  lanes = await Promise.all(
    Array.from({ length: LANES }, async (): Promise<HostLane> => {
      const account = nextAccount();
      const proxy = await startFaultProxy(account);
      const storage = proxy.through(account);
      const host = await startLoneHost({
        ...{ ...SETTINGS, ...identity, DATA_STORAGE: storage, AzureWebJobsStorage: account },
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
        const vault = `${name.replace(/\W+/g, '-')}-${number}`;
        const ground: Ground = { ...lane, tables: tablesOf(lane.account), vault };
        const act = await verb.arrange(ground);
        const door = act.who ? lane.as(act.who) : lane.door;
        return { ground, send: () => door(act.method, pathOf(vault, act.path), ask(act, number)) };
      },
      act: ({ send }) => send(),
      judge: async (context, reply) => {
        mustBeSafe(reply);
        if (reply.status < 300) await mustBeRight(verb, context, reply);
        const again = await context.send();
        if (again.status >= 300 && again.status !== verb.gone)
          throw new Error(`repeated, it was answered ${again.status} ${JSON.stringify(again.body)}`);
        await mustBeRight(verb, context, again);
      },
    },
    [LOST, REFUSED],
  );
  expect(figures.failures).toEqual([]);
  for (const { account, door } of lanes) await mustBeSound(account, await sweepToQuiet(door));
  expect(await wrongStories(verb, `${name.replace(/\W+/g, '-')}-`)).toEqual([]);
  report(name, figures);
});

const ask = ({ body, key, ifMatch, pin, webhook }: Act, number: number): Ask => ({
  ...(body ? { body } : {}),
  headers: {
    ...(key ? { 'idempotency-key': `key-${number}` } : {}),
    ...(ifMatch ? { 'if-match': ifMatch } : {}),
    ...(pin ? { 'x-reprieve-security-pin': pin } : {}),
    ...(webhook ? { 'x-reprieve-webhook-key': 'local' } : {}),
  },
});

async function mustBeRight({ right, works }: Verb, { ground }: Call, reply: Reply): Promise<void> {
  const { status, body } = await ground.door('GET', pathOf(ground.vault, right.path));
  expect({ status, body }, `GET ${right.path}`).toMatchObject(right.is);
  if (reply.status < 300) await works?.(ground, reply);
}

/** In the vaults of this verb: refusals that nobody deserved, and changes that are not told exactly once. */
async function wrongStories({ once, before = 0 }: Verb, prefix: string): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { account } of lanes) {
    const { happened, early } = await storyOf(account);
    wrong.push(...early, ...[...happened.keys()].filter((line) => line.startsWith(prefix) && line.includes(' !')));
    const vaults = new Set(
      [...happened.keys()].filter((line) => line.startsWith(prefix)).map((line) => line.split('/')[0]),
    );
    for (const vault of once ? vaults : []) {
      const times = [...happened].reduce(
        (sum, [line, count]) => sum + (once?.test(line) && line.startsWith(`${vault}/`) ? count : 0),
        0,
      );
      if (times !== 1 + before) wrong.push(`${vault}: told ${times - before} times`);
    }
  }
  return wrong;
}
