/** Who asks first need not commit first: what came before what is told by the versions of the vault's head, never by clocks. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { ItemState, Remains } from '../../src/core/item.ts';
import { purgeAt, termsOf } from '../../src/core/lifecycle.ts';
import { fateOf } from '../../src/core/policy.ts';
import type { Instant } from '../../src/core/time.ts';
import { recordPoint } from '../../src/flows/items/points.ts';
import { protect } from '../../src/flows/items/protect.ts';
import { resume } from '../../src/flows/items/resume.ts';
import { stop } from '../../src/flows/items/stop.ts';
import { putPolicy } from '../../src/flows/vaults/policies.ts';
import { putVault } from '../../src/flows/vaults/putVault.ts';
import { later, NOON } from '../support/builders.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { aRequest, done, headOf, must, overtaken, portsOver, type World } from '../support/world.ts';

const PLACE = { vault: 'Contoso', item: 'sql-01' };
const EARLIER = later(0, -500);
let ports: World;

const days = (retentionDays: number, now: Instant, through = ports) =>
  done(
    putVault(
      through,
      aRequest(now),
      { vault: 'Contoso' },
      { patch: { softDelete: { retentionDays } }, mustExist: true },
    ),
  );
const shorten = (now: Instant, through = ports) =>
  done(putPolicy(through, aRequest(now), { vault: 'Contoso' }, { name: 'month', retention: { daily: 7 } }));
const remove = (now: Instant) => done(stop(ports, aRequest(now), PLACE, { mode: 'delete', confirmName: 'sql-01' }));
const moveTo = (policy: string, now: Instant) =>
  done(resume(ports, aRequest(now), PLACE, { verb: 'changePolicy', policy }));

async function stored<S extends ItemState>(state: S): Promise<Extract<Remains, { state: S }>> {
  const { value } = must(await ports.vaults.item('Contoso', 'sql-01'));
  if (value.state !== state) throw new Error(`it is ${value.state}`);
  return value as Extract<Remains, { state: S }>;
}
const end = async () => purgeAt(await stored('SoftDeleted'), (await headOf(ports.vaults)).vault);
const fate = async (now: Instant) => {
  const item = await stored('Protected');
  return fateOf(must(item.points[0]), termsOf(item, await headOf(ports.vaults)), now);
};

beforeEach(async () => {
  const tables: Tables = memoryTables();
  ports = portsOver(tables);
  const start = later(-20);
  await done(
    putVault(ports, aRequest(start), { vault: 'Contoso' }, { patch: { kind: 'RecoveryServices' }, mustExist: false }),
  );
  for (const [name, daily] of [
    ['month', 30],
    ['other', 30],
  ] as const)
    await done(
      putPolicy(
        ports,
        aRequest(start),
        { vault: 'Contoso' },
        { name, workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily } },
      ),
    );
  await done(protect(ports, aRequest(start), PLACE, { workload: 'AzureVM', policy: 'other', sourceId: '/sql-01' }));
  const tenDaysOld = { name: 'p', createdAt: later(-10), rung: 'daily', expiresAt: null } as const;
  await done(recordPoint(ports, aRequest(later(-10)), PLACE, tenDaysOld));
});

describe('a longer period', () => {
  test('that was asked for before a deletion and came after it reaches what was deleted', async () => {
    await days(
      30,
      EARLIER,
      overtaken(ports, () => remove(NOON)),
    );
    expect(await end()).toEqual(later(30));
  });

  test('that was known to a deletion by a slower clock, and taken back since, does not reach it', async () => {
    await days(30, NOON);
    await days(14, NOON);
    await remove(EARLIER);
    expect(await end()).toEqual(later(14, -500));
  });
});

describe('a shorter policy', () => {
  test('that was asked for before an item came to it and came after it lets its points wait', async () => {
    await shorten(
      EARLIER,
      overtaken(ports, () => moveTo('month', NOON)),
    );
    expect(await stored('Protected')).toMatchObject({ policy: 'month', cuts: [] });
    expect(await fate(NOON)).toEqual({ kind: 'SoftDeleted', expiresAt: later(-3), purgeAt: later(14, -500) });
  });

  test('that was known to an item that came to it by a slower clock leaves it its own cut alone', async () => {
    await shorten(NOON);
    await moveTo('month', EARLIER);
    const item = await stored('Protected');
    expect(termsOf(item, await headOf(ports.vaults)).cuts).toEqual(item.cuts);
    expect(await fate(NOON)).toMatchObject({ kind: 'SoftDeleted', purgeAt: later(14, -500) });
  });
});
