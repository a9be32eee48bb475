/** A guard knows by links what is under it. One that is true stays; one that is not goes with its vault, or is paid for once. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Instant } from '../../../src/core/time.ts';
import { deleteGuard, putGuard } from '../../../src/flows/guards/guards.ts';
import { linkGuard, unlinkGuard } from '../../../src/flows/guards/links.ts';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import { deleteVault } from '../../../src/flows/vaults/deleteVault.ts';
import { cancelChange } from '../../../src/flows/vaults/pendingChanges.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { later, NOON } from '../../support/builders.ts';
import { laidGrant, laidGuard } from '../../support/guards.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { tablesThrough } from '../../support/through.ts';
import { aRequest, CONTRIBUTOR, done, headOf, must, portsOver, type World } from '../../support/world.ts';

const G = { guard: 'g' };
const PLACE = { vault: 'Contoso' };
const keeper = (now: Instant = NOON) => ({
  ...{ ...aRequest<never>(now), keep: undefined },
  caller: { ...CONTRIBUTOR, oid: 'kim', roles: ['GuardAdmin'] as const },
});
const seen = nothingSeen();
let tables: Tables;
let ports: World;

const quiet = { notices: { send: async () => undefined } };
const links = async () =>
  (await tables.registry.range('guardLinks', { prefix: '', before: '~' })).map(({ key }) => key);
const make = (vault: string, over = {}) =>
  done(putVault(ports, aRequest(), { vault }, { patch: { kind: 'Backup', ...over }, mustExist: false }));
const link = (vault = 'Contoso', guard = 'g') => done(linkGuard(ports, aRequest(), { vault }, { guard }));
/** As one of a time when links were not struck. */
const stale = (vault: string) => ports.commit({ line: 'guardLink', guard: 'g', vault });
const remove = (over = ports) => deleteGuard(over, keeper(), G);
const sweepAt = (now: Instant, over = ports) =>
  sweep({ ...over, clock: { now: () => now } }, { maxPurges: 1000, budgetSeconds: 60 }, { now });
const findings = async (now = NOON) => (await checkStore(scanTables(tables), now)).findings;
const grant = (operation: 'removeGuard' | 'deleteVault') => laidGrant(ports, { operation });
const named = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(2, '0')}`);

async function requestsOf(work: () => Promise<unknown>): Promise<number> {
  Object.assign(seen, nothingSeen());
  await work();
  return seen.requests;
}

beforeEach(async () => {
  tables = memoryTables();
  ports = portsOver(counted(tables, seen, Number.POSITIVE_INFINITY), quiet);
  await laidGuard(ports);
  await laidGuard(ports, { name: 'h' });
});

describe('the link of a vault', () => {
  test('is there before it is under the guard, and gone when it is not any more', async () => {
    await make('Contoso');
    await link();
    expect(await links()).toEqual(['g!contoso']);
    await grant('removeGuard');
    await done(unlinkGuard(ports, aRequest(), PLACE));
    expect(await links()).toEqual([]);
    expect(await requestsOf(() => done(remove()))).toBe(5);
  });

  test('stays until the change holds by which it lets go', async () => {
    await make('Contoso', { coolingOffHours: 24 });
    await link();
    await grant('removeGuard');
    await done(unlinkGuard(ports, aRequest(), PLACE));
    expect(await links()).toEqual(['g!contoso']);
    expect(await remove()).toMatchObject({ refusal: { code: 'GuardInUse' } });
    await sweepAt(later(1));
    expect(await links()).toEqual([]);
    expect(await findings(later(1))).toEqual([]);
  });

  test('stays where another guard takes the place of the first, for one that is asked for too, until somebody looks', async () => {
    await make('Contoso', { coolingOffHours: 24 });
    await link();
    await grant('removeGuard');
    await link('Contoso', 'h');
    expect(await links()).toEqual(['g!contoso', 'h!contoso']);
    for (const guard of ['g', 'h'])
      expect(await deleteGuard(ports, keeper(), { guard })).toMatchObject({ refusal: { code: 'GuardInUse' } });
    const { id } = must((await headOf(ports.vaults)).vault.pendingChanges[0]);
    await done(cancelChange(ports, aRequest(), PLACE, { id }));
    await done(deleteGuard(ports, keeper(), { guard: 'h' }));
    expect(await links()).toEqual(['g!contoso']);
    expect(await findings()).toEqual([]);
  });

  test('stays while it is deleted, and goes with it when it is removed', async () => {
    await make('Contoso');
    await link();
    await grant('deleteVault');
    await done(deleteVault(ports, aRequest(), PLACE));
    await sweepAt(later(13));
    expect(await links()).toEqual(['g!contoso']);
    expect(await remove()).toMatchObject({ refusal: { code: 'GuardInUse' } });
    await sweepAt(later(15));
    expect(await links()).toEqual([]);
    expect(await findings(later(15))).toEqual([]);
  });
});

describe('a removal that is slow', () => {
  /** The sweep that removes the vault, with somebody who is faster just before it asks that of the links. */
  async function removedBeside(asks: 'get' | 'remove', meanwhile: () => Promise<unknown>): Promise<void> {
    await make('Contoso');
    await link();
    await grant('deleteVault');
    await done(deleteVault(ports, aRequest(), PLACE));
    let isFirst = true;
    const first = async (partition: string) => {
      if (partition !== 'guardLinks' || !isFirst) return;
      isFirst = false;
      await meanwhile();
    };
    const registry: Tables['registry'] = {
      ...tables.registry,
      get: async (...asked) => {
        if (asks === 'get') await first(asked[0]);
        return tables.registry.get(...asked);
      },
      remove: async (...asked) => {
        if (asks === 'remove') await first(asked[0]);
        return tables.registry.remove(...asked);
      },
    };
    await sweepAt(later(15), portsOver({ ...tables, registry }, quiet));
    expect(isFirst).toBe(false);
    expect(await links()).toEqual(['g!contoso']);
    expect(await findings(later(15))).toEqual([]);
  }
  const another = async () => {
    await make('Contoso');
    await link();
  };

  test('strikes no link of a vault that was made since', () => removedBeside('remove', another));

  test('nor where another sweep has removed the vault', () =>
    removedBeside('get', async () => {
      await sweepAt(later(15));
      await another();
    }));
});

describe('links of before', () => {
  test('keep no guard, are struck on the way, and each is paid for once', async () => {
    await make('Open');
    for (const vault of [...named(49, 'gone'), 'Open']) await stale(vault);
    const { fence } = await headOf(ports.vaults, 'Open');
    expect(await links()).toHaveLength(50);
    // The guard, what it may guard in the service, and its end; twenty links or fewer with a range, and each looked at and struck. One that
    // could be on its way to be true has to be written anew.
    expect(await requestsOf(() => done(remove()))).toBe(3 + 3 + 50 * 2 + 2);
    expect(await links()).toEqual([]);
    expect(await ports.guards.get('g')).toBeUndefined();
    expect((await headOf(ports.vaults, 'Open')).fence).not.toBe(fence);
    await laidGuard(ports);
    expect(await requestsOf(() => done(remove()))).toBeLessThanOrEqual(5);
    expect(await findings()).toEqual([]);
  });

  test('are struck beside those that are true', async () => {
    for (const vault of named(3, 'b')) {
      await make(vault);
      await link(vault);
    }
    for (const vault of [...named(22, 'a'), ...named(2, 'c')]) await stale(vault);
    expect(await remove()).toMatchObject({ refusal: { code: 'GuardInUse', facts: { vaults: named(3, 'b') } } });
    expect(await links()).toEqual(named(3, 'b').map((vault) => `g!${vault}`));
  });
});

describe('a guard of many vaults', () => {
  beforeEach(async () => {
    for (const vault of named(25, 'v')) {
      await make(vault, { alerts: { owners: [`${vault}@contoso.com`] } });
      await link(vault);
    }
  });

  test('names twenty, looks at no more, and says that there may be others', async () => {
    const [first] = named(1, 'a');
    await stale(must(first));
    const refused = await remove();
    const facts = { vaults: named(20, 'v'), more: true };
    expect(refused).toMatchObject({ refusal: { code: 'GuardInUse', facts } });
    expect(refused).toMatchObject({ refusal: { message: expect.stringMatching(/v-19, and maybe others\./) } });
    // The guard, its links, the service, and the refusal in its history.
    const again = await requestsOf(async () => expect(await remove()).toMatchObject({ refusal: { facts } }));
    expect(again).toBe(4 + 20);
  });

  test('has all their owners told when it is loosened, not more at once than storage likes', async () => {
    await done(putGuard(ports, keeper(), G, { quorum: 2 }));
    let [inside, most] = [0, 0];
    const many = tablesThrough(tables, async (request) => {
      inside += 1;
      most = Math.max(most, inside);
      return request().finally(() => {
        inside -= 1;
      });
    });
    await done(putGuard(portsOver(many, quiet), keeper(), G, { quorum: 1 }));
    const [raised] = (await ports.alerts.about(null, null)).found.filter(
      ({ value }) => value.type === 'WeakeningRequested',
    );
    expect(must(raised).value.notifications).toHaveLength(25);
    // Beside them the service is asked.
    expect(most).toBeLessThanOrEqual(21);
  });
});
