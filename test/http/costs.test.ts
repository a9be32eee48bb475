/** What a call asks of storage hangs on what it shows or changes, never on what else is there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { nothingSeen } from '../bench/sweep/tables.ts';
import { aVault as aNewVault, done, fresh } from '../host/support/door.ts';
import { portsOver } from '../support/world.ts';
import { type Built, built, CALLS, cellsOf, compared } from './costed.ts';

let stores: readonly [Built, Built];
beforeAll(async () => {
  stores = [await built(2_500), await built(10_000)];
});

const LINES: string[] = [];

describe('a call costs the same beside 2,500 items as beside 10,000', () => {
  test.each(CALLS)('%s', async (call) => {
    const cost = await compared(call, stores);
    expect(cost.many).toEqual(cost.few);
    expect(cost.few.requests).toBeLessThanOrEqual(cost.ceiling);
    LINES.push(`| ${cellsOf(cost).join(' | ')} |`);
  });

  test('a guard is asked about each vault that it guards, of twenty at most, and about a link that is not true once', async () => {
    const counts = await Promise.all(
      stores.map(async ({ door, token, tables, seen }) => {
        const [keeper, ada] = await Promise.all([
          token({ sub: 'keeper', roles: ['GuardAdmin'], mfa: true }),
          token({ sub: 'ada', roles: ['Contributor'], mfa: true }),
        ]);
        const make = async (linked: number, stale: number) => {
          const guard = fresh('guard');
          await done(door('PUT', `guards/${guard}`, { body: {}, token: keeper }));
          for (let index = 0; index < linked; index += 1)
            await done(door('PUT', `vaults/${await aNewVault(door)}/guard`, { body: { guard }, token: ada }));
          // Of vaults that are gone, as they were left before they were struck.
          const left = Array.from({ length: stale }, (_, index) => `${fresh('gone')}-${index}`);
          for (const vault of left) await portsOver(tables).commit({ line: 'guardLink', guard, vault });
          return guard;
        };
        const remove = async (guard: string) => {
          Object.assign(seen, nothingSeen());
          const { status } = await door('DELETE', `guards/${guard}`, { token: keeper });
          return [status, seen.requests];
        };
        const [used, many, unused] = [await make(3, 4), await make(25, 0), await make(0, 4)];
        return [await remove(used), await remove(used), await remove(many), await remove(unused)];
      }),
    );
    // The guard, its links, the service, and that it was refused; or its end.
    const [few, large] = counts;
    expect(few).toEqual([
      [409, 4 + 3 + 2 * 4],
      [409, 4 + 3],
      [409, 4 + 20],
      [204, 4 + 2 * 4],
    ]);
    expect(large).toEqual(few);
  });

  test('and docs/performance.md shows these figures beside those of 100,000', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/performance.md'), 'utf8');
    expect(page).toContain(`\n${LINES.join('\n')}\n`);
  });
});
