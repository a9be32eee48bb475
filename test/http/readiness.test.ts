import { expect, test } from 'vitest';
import type { Caller } from '../../src/core/caller.ts';
import { addMillis, type Instant } from '../../src/core/time.ts';
import type { Call, Route } from '../../src/http/route.ts';
import { healthRoutes } from '../../src/http/service/routes.ts';
import { NOON } from '../support/builders.ts';
import { CONTRIBUTOR } from '../support/world.ts';

const NOBODY: Caller = { tid: '', oid: '', roles: [], appOnly: false, secondFactor: false };

/** Storage that does not answer is the shortest readiness there is. */
function ready() {
  let looks = 0;
  const away = async () => Promise.reject(new Error('away'));
  const ports = {
    clock: { now: () => NOON },
    reach: { queue: away, mail: away },
    storage: { ping: away },
    control: {
      quarantined: away,
      read: async () => {
        looks += 1;
        return away();
      },
    },
    ledger: { dead: away },
    realNow: () => NOON,
  };
  const route = healthRoutes({ bornAt: NOON, unknownSettings: [] }).find(({ name }) => name === 'ready') as Route;
  return {
    looks: () => looks,
    async ask(now: Instant, caller = NOBODY) {
      const call = { ports, caller, now } as unknown as Call;
      const outcome = await route.answer(call, {} as never, undefined);
      return outcome.ok ? outcome.value : outcome;
    },
  };
}

test('readiness is worked out every five seconds at most, however many ask at once', async () => {
  const { ask, looks } = ready();
  const at = (ms: number) => addMillis(NOON, ms);
  await Promise.all(Array.from({ length: 50 }, () => ask(at(0))));
  await ask(at(4999));
  expect(looks()).toBe(1);
  await ask(at(5000));
  expect(looks()).toBe(2);
  // a clock that was moved, either way, is looked at anew
  await ask(at(86_400_000));
  await ask(at(0));
  expect(looks()).toBe(4);
});

test('strangers are told the names and how they stand, callers with a role why', async () => {
  const { ask } = ready();
  const check = { name: 'storage', status: 'fail' };
  expect(await ask(NOON)).toMatchObject({ status: 503, body: { checks: [check] } });
  expect((await ask(NOON)) as object).not.toMatchObject({ body: { checks: [{ detail: expect.anything() }] } });
  expect(await ask(NOON, CONTRIBUTOR)).toMatchObject({ body: { checks: [{ ...check, detail: expect.any(String) }] } });
});
