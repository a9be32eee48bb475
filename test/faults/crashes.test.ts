/**
 * The process dies between any two of its requests: nothing after that is done, no answer is given, no notice is sent. Whatever it had
 * raised by then, the next sweeps tell; and the store is sound. Everything that changes something is tried, at every request. And so is
 * the other misfortune, that a request is done and its answer lost.
 */
import { describe, expect, test } from 'vitest';
import { scanTables } from '../../tools/check/scan.ts';
import { type MortalService, mailHeader, mortalService } from '../support/mortal.ts';
import { ADA, AGENT, type Person } from '../support/secured.ts';
import type { Reply } from './doors.ts';
import { type Act, aVault, DELETE, type Ground, must, pathOf, put, type Verb } from './ground.ts';
import { storyIn } from './judge.ts';
import { mustBeSafe } from './matrix.ts';
import { mustBeRight, wrongIn } from './right.ts';
import { TRIALS } from './trials.ts';

/** Refusals raise alerts as well. */
const REFUSED: Readonly<Record<string, Pick<Verb, 'route' | 'arrange'>>> = {
  'stop delete of a hybrid item, without a second factor': {
    route: 'stopItem',
    arrange: async (ground) => {
      await hybridItem(ground);
      return { method: 'POST', path: '/items/vm/stop', body: DELETE };
    },
  },
  'a fifth wrong PIN': {
    route: 'stopItem',
    arrange: async (ground) => {
      await hybridItem(ground);
      const act = { method: 'POST', path: '/items/vm/stop', body: DELETE, who: AGENT, pin: '000000' };
      for (let miss = 1; miss < 5; miss += 1) await send(ground, act);
      return act;
    },
  },
  'backup failed': {
    route: 'completeJob',
    arrange: async (ground) => {
      await aVault(ground);
      await put(ground, '/items/vm', { workload: 'AzureVM', policy: 'daily', sourceId: 'x' });
      const job = (await must(ground.door('POST', pathOf(ground.vault, '/items/vm/backup'), { body: {} }))) as {
        readonly id: string;
      };
      return { method: 'POST', path: `/items/vm/jobs/${job.id}/complete`, body: { status: 'Failed' } };
    },
  },
  'change policy to a shorter one': {
    route: 'changePolicy',
    arrange: async (ground) => {
      await aVault(ground);
      await put(ground, '/items/vm', { workload: 'AzureVM', policy: 'daily', sourceId: 'x' });
      await put(ground, '/policies/short', {
        workloads: ['AzureVM'],
        schedule: '0 0 2 * * *',
        retention: { daily: 7 },
      });
      return { method: 'POST', path: '/items/vm/changePolicy', body: { policy: 'short' } };
    },
  },
};

async function hybridItem(ground: Ground): Promise<void> {
  await aVault(ground);
  const { vault } = ground;
  const within = (path: string, body: object) => must(ground.as(AGENT)('PUT', `vaults/${vault}${path}`, { body }));
  await within('/servers/srv', { kind: 'MARS', agentVersion: '99.0.0.0' });
  await put(ground, '/policies/hybrid', { workloads: ['MARS'], schedule: '0 0 2 * * *', retention: { daily: 30 } });
  await within('/items/vm', { workload: 'MARS', policy: 'hybrid', sourceId: 'C:/files', server: 'srv' });
}

const VAULT = 'contoso';
const groundOf = (service: MortalService): Ground => ({
  door: service.door(undefined),
  as: (who: Person) => service.door(who),
  tables: service.tables,
  vault: VAULT,
});

const send = ({ door, as, vault }: Ground, { method, path, body, key, ifMatch, pin, who, webhook }: Act) =>
  (who ? as(who) : door)(method, pathOf(vault, path), {
    ...(body ? { body } : {}),
    headers: {
      ...(key ? { 'idempotency-key': 'once' } : {}),
      ...(ifMatch ? { 'if-match': ifMatch } : {}),
      ...(pin ? { 'x-reprieve-security-pin': pin } : {}),
      ...(webhook ? mailHeader : {}),
    },
  });

const ALL = { ...TRIALS, ...REFUSED };

describe('a process that dies in', () => {
  test.each(Object.entries(ALL))('%s leaves no alert untold', async (_, verb) => {
    const whole = mortalService();
    const act = await verb.arrange(groundOf(whole));
    expect(whole.routeOf(act.method, pathOf(VAULT, act.path))).toBe(verb.route);
    whole.count();
    await send(groundOf(whole), act);
    const requests = await whole.counted();
    expect(requests).toBeGreaterThan(0);
    const untold: string[] = [];
    for (let request = 0; request <= requests; request += 1) {
      const service = mortalService();
      const again = await verb.arrange(groundOf(service));
      service.dieAt(request);
      await send(groundOf(service), again).catch(() => undefined);
      await service.die();
      const silent = await service.sweptAfterwards();
      untold.push(...silent.map((what) => `dead before request ${request} of ${requests}: ${what}`));
    }
    expect(untold).toEqual([]);
  });
});

describe('an answer of storage that is lost in', () => {
  test.each(Object.entries(TRIALS))('%s changes nothing: it is done once', async (_, verb) => {
    const wrong: string[] = [];
    let requests = 1;
    for (let request = 0; request <= requests; request += 1) {
      const service = mortalService();
      const ground = groundOf(service);
      const act = await verb.arrange(ground);
      service.repeatAt(request);
      const reply = await send(ground, act);
      if (request === 0) requests = await service.counted();
      const found = await judged(ground, verb, act, reply).catch(({ message }: Error) => [message]);
      wrong.push(...found.map((what) => `the answer to request ${request} of ${requests} was lost: ${what}`));
    }
    expect(wrong).toEqual([]);
  });
});

/** What is wrong after a call that was answered so. */
async function judged(ground: Ground, verb: Verb, act: Act, reply: Reply): Promise<readonly string[]> {
  mustBeSafe(reply);
  await mustBeRight(ground, verb, reply);
  const again = await send(ground, act);
  if (again.status >= 300 && again.status !== verb.gone) return [`repeated, it was answered ${again.status}`];
  await mustBeRight(ground, verb, again);
  const { happened, early } = await storyIn(scanTables(ground.tables));
  return [...early, ...wrongIn({ happened }, VAULT, verb)];
}

test('who has a second factor is told apart from who has none', async () => {
  const service = mortalService();
  const ground = groundOf(service);
  await hybridItem(ground);
  const refused = await send(ground, { method: 'POST', path: '/items/vm/stop', body: DELETE });
  const done = await send(ground, { method: 'POST', path: '/items/vm/stop', body: DELETE, who: ADA });
  expect([refused.status, done.status]).toEqual([401, 200]);
});
