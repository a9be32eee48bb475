import { describe, expect, test, vi } from 'vitest';
import { ok, refuse } from '../../src/core/problems.ts';
import { addressOf, doorkeeper, failedLogins } from '../../src/http/admit.ts';
import type { Identify } from '../../src/http/identity.ts';
import type { Route } from '../../src/http/route.ts';
import { routesOf } from '../../src/http/routes.ts';

const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000);

describe('a token from an address over its limit', () => {
  const over = () => {
    const logins = failedLogins();
    for (let times = 0; times <= 100; times += 1) {
      expect(logins.wait('10.0.0.1', at(0))).toBeUndefined();
      logins.failed('10.0.0.1', at(0));
    }
    return logins;
  };

  test('is looked at once a second, and not at all in between', () => {
    const { wait } = over();
    const looked = Array.from({ length: 100 }, (_, index) => wait('10.0.0.1', at(index / 20)));
    expect(looked.filter((seconds) => seconds === undefined)).toHaveLength(5);
    expect(looked[1]).toBe(1);
  });

  test('is looked at freely from elsewhere, and again when the minute is over', () => {
    const { wait } = over();
    for (let times = 0; times < 3; times += 1) {
      expect(wait('10.0.0.2', at(1))).toBeUndefined();
      expect(wait('10.0.0.1', at(60))).toBeUndefined();
    }
  });

  /** What an identity provider would say: `good…` is good. Counts the looks at signatures. */
  const looking = () => {
    let looks = 0;
    const known = new Set<string>();
    const identify: Identify = async (authorization, _, look) => {
      const token = authorization ?? '';
      if (!known.has(token)) {
        const unseen = look?.();
        if (unseen) return unseen;
        looks += 1;
        if (!token.startsWith('good')) return refuse('Unauthenticated', 'no');
        known.add(token);
      }
      return ok({ tid: 't', oid: 'o', roles: ['Reader'], appOnly: false, secondFactor: false });
    };
    return { identify, looks: () => looks };
  };

  test('costs nothing: five thousand wrong ones are a hundred looks, and one more a second; what was good a moment ago passes', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: at(0) });
    const { identify, looks } = looking();
    const admit = doorkeeper(identify, { event: () => undefined, measure: () => undefined } as never);
    const [route] = routesOf(undefined, {} as never, undefined, []).filter(({ name }) => name === 'listVaults');
    const ask = async (authorization: string) => {
      const headers = new Headers({ authorization, 'x-forwarded-for': '10.0.0.1' });
      const outcome = await admit(route as Route, { headers } as never, new URL('http://127.0.0.1/api/vaults'));
      return outcome.ok ? 'in' : outcome.refusal.code;
    };
    expect(await ask('good one')).toBe('in');
    for (let times = 0; times < 5000; times += 1) await ask(`wrong ${times}`);
    expect(looks()).toBe(103);
    expect(await ask('wrong')).toBe('TooManyAttempts');
    expect(await ask('good one')).toBe('in');
    expect(await ask('good other')).toBe('TooManyAttempts');
    vi.setSystemTime(at(1));
    expect(await ask('good other')).toBe('in');
    expect(await ask('good third')).toBe('TooManyAttempts');
    expect(looks()).toBe(104);
    vi.useRealTimers();
  });
});

describe('failed logins', () => {
  test('from one address are too many after a hundred in a minute, and the rest of that minute is said', () => {
    const { failed } = failedLogins();
    for (let times = 0; times < 100; times += 1) expect(failed('10.0.0.1', at(0))).toBeUndefined();
    expect(failed('10.0.0.1', at(20))).toBe(40);
    expect(failed('10.0.0.1', at(59.5))).toBe(1);
    expect(failed('10.0.0.2', at(20))).toBeUndefined();
    expect(failed('10.0.0.1', at(60))).toBeUndefined();
  });

  test('of callers that nobody names may be more', () => {
    const { failed } = failedLogins();
    for (let times = 0; times < 5000; times += 1) expect(failed(null, at(0))).toBeUndefined();
    expect(failed(null, at(1))).toBe(59);
  });

  test('do not fill the memory', () => {
    const { failed } = failedLogins();
    for (let address = 0; address < 30_000; address += 1) failed(`10.0.${address >> 8}.${address & 255}`, at(0));
    for (let times = 0; times < 100; times += 1) failed('10.9.9.9', at(0));
    expect(failed('10.9.9.9', at(0))).toBe(60);
  });
});

test.for([
  [null, null],
  ['', null],
  ['10.0.0.1', '10.0.0.1'],
  ['10.0.0.1:4711', '10.0.0.1'],
  ['6.6.6.6, 10.0.0.1:4711', '10.0.0.1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['10.0.0.1, evil<script>', null],
  ['x'.repeat(10_000), null],
] as const)('the address in %s is %s', ([header, address]) => {
  expect(addressOf(header)).toBe(address);
});
