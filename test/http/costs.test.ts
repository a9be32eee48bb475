/** What a call asks of storage hangs on what it shows or changes, never on what else is there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ItemState, Remains } from '../../src/core/item.ts';
import { counted, nothingSeen } from '../bench/sweep/tables.ts';
import { aVault as aNewVault, type Door, done, fresh } from '../host/support/door.ts';
import { WRITES } from '../host/support/writes.ts';
import { anItem, aPolicy, aVault, NOON } from '../support/builders.ts';
import { headRows, itemRows, write } from '../support/rows.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { portsOver } from '../support/world.ts';
import { COSTS, type Cost, DELIVERY_KEY, LARGE } from './costs.ts';
import { serviceInMemory } from './serviceInMemory.ts';

const SIZES = [2_500, 10_000] as const;
const STATES: readonly ItemState[] = ['Protected', 'SoftDeleted', 'ProtectionStopped', 'Purging', 'BackupsSuspended'];

function itemOf(index: number): Remains {
  const name = `i${String(index).padStart(6, '0')}`;
  const about = { vault: LARGE, name, sourceId: name, etag: name };
  return index % 10 === 9
    ? { state: 'Purged', ...about, generation: 1, server: null, purgedAt: NOON, softDeleteApplied: true }
    : anItem(STATES[index % STATES.length] ?? 'Protected', about);
}

async function built(size: number) {
  const tables = memoryTables();
  const items = Array.from({ length: size }, (_, index) => itemOf(index));
  const policies = ['daily', 'other'].map((name) => aPolicy(name));
  await write(tables.vaults, LARGE, [
    ...headRows(aVault({ name: LARGE }), policies, items),
    ...items.flatMap(itemRows),
  ]);
  await portsOver(tables).commit({ line: 'vault', vault: LARGE, id: 'v' });
  const seen = nothingSeen();
  const over = (all: Tables) => counted(all, seen, Number.POSITIVE_INFINITY);
  // What telling costs is counted elsewhere.
  const notices = { send: async () => undefined };
  const service = serviceInMemory({ tables, over, deliveryKey: DELIVERY_KEY, notices });
  // The first change that a process makes in a vault costs more: it reads how far the history goes, and has what ends looked after.
  for (const coolingOffHours of [1, 2])
    await done(service.door('PATCH', `vaults/${LARGE}`, { body: { coolingOffHours } }));
  return { seen, ...service };
}

type Built = Awaited<ReturnType<typeof built>>;
let stores: readonly Built[];
beforeAll(async () => {
  stores = await Promise.all(SIZES.map(built));
});

/** What is made in a vault of its own is made in the large one instead. */
const inLarge =
  (door: Door): Door =>
  (method, path, request = {}) => {
    const { body } = request;
    const moved = body && typeof body === 'object' ? { body: JSON.parse(large(JSON.stringify(body))) } : {};
    return door(method, large(path), { ...request, ...moved });
  };
const large = (text: string): string => text.replace(/vault-\d+/g, LARGE);

async function costOf(name: string, { read, alone }: Cost, { door: plain, tables, token, seen }: Built) {
  const door = alone ? plain : inLarge(plain);
  const prepare = WRITES[name];
  const asked = read ? await read(door, token, tables) : prepare && (await prepare(door, tables, token));
  if (!asked) throw new Error(`${name}: nobody says how it is called`);
  const { method = 'GET', path, ...request } = asked;
  Object.assign(seen, nothingSeen());
  const { status, body } = await door(method, path, request);
  const { requests, rowsRead, rowsWritten } = seen;
  return { said: [status, JSON.stringify(body)], shown: body?.value?.length ?? 0, requests, rowsRead, rowsWritten };
}

const LINES: string[] = [];

describe('a call costs the same beside 2,500 items as beside 10,000', () => {
  test.each(Object.entries(COSTS))('%s', async (name, cost) => {
    const [few, many] = await Promise.all(stores.map((store) => costOf(name, cost, store)));
    if (!few || !many) throw new Error('there are two stores');
    for (const { said } of [few, many]) expect(Number(said[0]), String(said[1])).toBeLessThan(300);
    const numbers = ({ requests: asked, rowsRead: read, rowsWritten: written }: typeof few) => ({
      asked,
      read,
      written,
    });
    expect(numbers(many)).toEqual(numbers(few));
    const ceiling = cost.most + (cost.shown ?? 0) * few.shown;
    expect(few.requests).toBeLessThanOrEqual(ceiling);
    LINES.push(`| ${name} | ${few.requests} | ${ceiling} |`);
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

  test('and docs/performance.md shows these figures', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/performance.md'), 'utf8');
    expect(page).toContain(`\n${LINES.join('\n')}\n`);
  });
});
