/** Who is faster: a kind is removed while somebody makes the first item of it, and two protect one original. One of the two loses. */
import { describe, expect, test } from 'vitest';
import { addDays } from '../../../src/core/time.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { deleteKind } from '../../../src/flows/kinds/deleteKind.ts';
import { putKind } from '../../../src/flows/kinds/kinds.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { randomOf } from '../../faults/random.ts';
import { NOON } from '../../support/builders.ts';
import { interleaving } from '../../support/interleaved.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, done, portsOver, type World } from '../../support/world.ts';

const VAULTS = ['Contoso', 'Fabrikam'];
const KIND = { kind: 'Tenant' };
const ROUNDS = Array.from({ length: 150 }, (_, seed) => seed);

async function anEstate(): Promise<Tables> {
  const tables = memoryTables();
  const world = portsOver(tables);
  for (const vault of VAULTS)
    await done(putVault(world, aRequest(), { vault }, { patch: { kind: 'Generic' }, mustExist: false }));
  await done(putKind(world, aRequest(), KIND, {}));
  return tables;
}

const wish = (world: World, vault = 'Contoso', item = 'acme', sourceId = 'acme') =>
  protect(world, aRequest(), { vault, item }, { workload: 'tenant', sourceId });
const remove = (world: World) => deleteKind(world, aRequest(), KIND);
const codeOf = (
  outcome: { readonly ok: true } | { readonly ok: false; readonly refusal: { readonly code: string } },
) => (outcome.ok ? 'done' : outcome.refusal.code);
const findings = async (tables: Tables) => (await checkStore(scanTables(tables), addDays(NOON, 1))).findings;

describe('a kind is removed while its first item is made', () => {
  test.each(ROUNDS)('in whatever order, seed %i', async (seed) => {
    const tables = await anEstate();
    const random = randomOf(seed);
    const ended: Record<string, string> = {};
    const race = interleaving(tables, random);
    // Each of them is another process, which knows the kind already.
    const warm = async (view: Tables) => {
      const world = portsOver(view);
      await world.kinds.known();
      return world;
    };
    race.add('P', async (view) => {
      ended['protect'] = codeOf(await wish(await warm(view)));
    });
    race.add('D', async (view) => {
      ended['delete'] = codeOf(await remove(await warm(view)));
    });
    const order = await race.run();
    const world = portsOver(tables);
    const kind = (await world.kinds.fresh()).of('tenant');
    const item = await world.vaults.item('Contoso', 'acme');
    const isMade = ended['protect'] === 'done';
    expect(isMade, `${order} ${JSON.stringify(ended)}`).toBe(item !== undefined);
    expect(ended['delete'] === 'done', order).toBe(kind === undefined);
    // Never an item of a kind that is not there; never both refused for nothing.
    expect(isMade && kind === undefined, order).toBe(false);
    if (isMade) expect([ended['delete'], kind?.active]).toEqual(['KindInUse', true]);
    else expect(['InvalidRequest', 'KindRetired', 'Busy']).toContain(ended['protect']);
    expect(await findings(tables)).toEqual([]);
  });

  test('where the one who made it died after it was listed, the kind goes all the same', async () => {
    const tables = await anEstate();
    const world = portsOver(tables);
    for (const vault of VAULTS) await world.commit({ line: 'kindUse', kind: 'Tenant', vault });
    const before = await world.vaults.head('Contoso', 'fresh');
    expect(codeOf(await remove(world))).toBe('done');
    expect((await world.vaults.head('Contoso', 'fresh'))?.fence).not.toBe(before?.fence);
    expect(codeOf(await wish(world))).toBe('InvalidRequest');
  });
});

describe('two protect one original', () => {
  test.each(ROUNDS)('in two vaults, seed %i', async (seed) => {
    const tables = await anEstate();
    const ended: string[] = [];
    const race = interleaving(tables, randomOf(seed));
    for (const vault of VAULTS)
      race.add(vault.slice(0, 1), async (view) => {
        ended.push(codeOf(await wish(portsOver(view), vault)));
      });
    const order = await race.run();
    const world = portsOver(tables);
    const items = await Promise.all(VAULTS.map((vault) => world.vaults.item(vault, 'acme')));
    expect(
      items.filter((item) => item !== undefined),
      order,
    ).toHaveLength(1);
    expect(
      ended.filter((code) => code === 'done'),
      `${order} ${ended}`,
    ).toHaveLength(1);
    expect(ended.filter((code) => code !== 'done').every((code) => ['ActiveElsewhere', 'Busy'].includes(code))).toBe(
      true,
    );
    expect(await findings(tables)).toEqual([]);
  });
});
