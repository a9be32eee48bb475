/**
 * The process dies between any two of its requests: nothing after that is done, no answer is given, no notice is sent. Whatever it had
 * raised by then, the next sweeps tell; and the store is sound. Everything that changes something is tried, at every request. And so is
 * the other misfortune, that a request is done and its answer lost.
 */
import { describe, expect, test } from 'vitest';
import { scanTables } from '../../tools/check/scan.ts';
import { type MortalService, mailHeader, mortalService, newStore } from '../support/mortal.ts';
import { ADA, AGENT, type Person } from '../support/secured.ts';
import type { Reply } from './doors.ts';
import { type Act, aVault, DELETE, type Ground, must, pathOf, protection, put, type Verb } from './ground.ts';
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
      await put(ground, '/items/vm', protection(ground));
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
      await put(ground, '/items/vm', protection(ground));
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
  await within(`/servers/${vault}`, { kind: 'MARS', agentVersion: '99.0.0.0' });
  await put(ground, '/policies/hybrid', { workloads: ['MARS'], schedule: '0 0 2 * * *', retention: { daily: 30 } });
  await within('/items/vm', { workload: 'MARS', policy: 'hybrid', sourceId: 'C:/files', server: vault });
}

const groundOf = (service: MortalService, vault: string): Ground => ({
  door: service.door(undefined),
  as: (who: Person) => service.door(who),
  tables: service.tables,
  vault,
});

const send = ({ door, as, vault }: Ground, { method, path, body, key, ifMatch, pin, who, webhook }: Act) =>
  (who ? as(who) : door)(method, pathOf(vault, path), {
    ...(body ? { body } : {}),
    headers: {
      ...(key ? { 'idempotency-key': `once-${vault}` } : {}),
      ...(ifMatch ? { 'if-match': ifMatch } : {}),
      ...(pin ? { 'x-reprieve-security-pin': pin } : {}),
      ...(webhook ? mailHeader : {}),
    },
  });

const ALL = { ...TRIALS, ...REFUSED };

type Callable = Pick<Verb, 'route' | 'arrange'>;

interface Trial {
  /** Makes it happen at the request with this number. */
  readonly goesWrong: (service: MortalService, request: number) => void;
  /** What is wrong in the vault of the call. */
  readonly judge: (ground: Ground, act: Act, reply: Reply | undefined) => Promise<readonly string[]>;
  /** What is wrong in the store, when all calls in it are over. */
  readonly atEnd: (service: MortalService) => Promise<readonly string[]>;
}

/**
 * The call, with something that goes wrong at its first request, its second, and so on until it has no such request, each by a process of its
 * own in a vault of its own, which is named after the request, as is its guard. These do not meet, so they share a store, which is judged
 * once; a call that is about the whole service has a store to itself.
 */
async function everyRequest(verb: Callable, { goesWrong, judge, atEnd }: Trial): Promise<readonly string[]> {
  const wrong: string[] = [];
  let store = newStore();
  for (let request = 0; ; request += 1) {
    const service = mortalService(store);
    const ground = groundOf(service, `request-${request}`);
    const act = await verb.arrange(ground);
    const path = pathOf(ground.vault, act.path);
    expect(service.routeOf(act.method, path)).toBe(verb.route);
    goesWrong(service, request);
    const reply = await send(ground, act).catch(() => undefined);
    const made = await service.counted();
    wrong.push(...(await judge(ground, act, reply)).map((what) => `request ${request}: ${what}`));
    const isLast = made <= request;
    if (isLast) expect(made).toBeGreaterThan(0);
    const isAlone = !path.includes(ground.vault);
    if (isLast || isAlone) {
      await service.die();
      wrong.push(...(await atEnd(service)));
      store = newStore();
    }
    if (isLast) return wrong;
  }
}

describe('a process that dies before request', () => {
  test.each(Object.entries(ALL))('%s leaves no alert untold', async (_, verb) => {
    const untold = await everyRequest(verb, {
      goesWrong: ({ dieAt }, request) => dieAt(request),
      judge: async () => [],
      atEnd: ({ sweptAfterwards }) => sweptAfterwards(),
    });
    expect(untold).toEqual([]);
  });
});

describe('an answer of storage that is lost in', () => {
  test.each(Object.entries(TRIALS))('%s changes nothing: it is done once', async (_, verb) => {
    const wrong = await everyRequest(verb, {
      goesWrong: ({ repeatAt }, request) => repeatAt(request),
      judge: (ground, act, reply) => judged(ground, verb, act, reply).catch(({ message }: Error) => [message]),
      atEnd: async ({ tables }) => {
        const story = await storyIn(scanTables(tables));
        return [...story.early, ...wrongIn(story, 'request-\\d+', verb)];
      },
    });
    expect(wrong).toEqual([]);
  });
});

/** What is wrong after a call that was answered so. */
async function judged(ground: Ground, verb: Verb, act: Act, reply: Reply | undefined): Promise<readonly string[]> {
  if (!reply) return ['it was not answered'];
  mustBeSafe(reply);
  await mustBeRight(ground, verb, reply);
  const again = await send(ground, act);
  if (again.status >= 300 && again.status !== verb.gone) return [`repeated, it was answered ${again.status}`];
  await mustBeRight(ground, verb, again);
  return [];
}

test('who has a second factor is told apart from who has none', async () => {
  const service = mortalService();
  const ground = groundOf(service, 'contoso');
  await hybridItem(ground);
  const refused = await send(ground, { method: 'POST', path: '/items/vm/stop', body: DELETE });
  const done = await send(ground, { method: 'POST', path: '/items/vm/stop', body: DELETE, who: ADA });
  expect([refused.status, done.status]).toEqual([401, 200]);
});
