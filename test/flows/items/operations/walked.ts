/** A vault with a policy that many items use, and the means to look at what walks them. */
import type { Operation } from '../../../../src/core/operations.ts';
import type { Retention } from '../../../../src/core/policy.ts';
import type { Instant } from '../../../../src/core/time.ts';
import { iso } from '../../../../src/core/time.ts';
import { readOperation } from '../../../../src/flows/items/operations/read.ts';
import { recordPoint } from '../../../../src/flows/items/points.ts';
import { protect } from '../../../../src/flows/items/protect.ts';
import { putPolicy } from '../../../../src/flows/vaults/policies.ts';
import { putVault } from '../../../../src/flows/vaults/putVault.ts';
import { scanTables } from '../../../../tools/check/scan.ts';
import { checkStore } from '../../../../tools/check/store.ts';
import { later } from '../../../support/builders.ts';
import { allDue } from '../../../support/stores.ts';
import { memoryTables, type Tables } from '../../../support/tables.ts';
import { tablesThrough } from '../../../support/through.ts';
import { aRequest, done, portsOver, type World } from '../../../support/world.ts';
import { sweeperOver } from '../../sweep/sweeper.ts';

export const VAULT = { vault: 'Contoso' };
export const MONTH: Retention = { daily: 30 };
export const WEEK: Retention = { daily: 7 };

export const shorten = (world: World, retention: Retention = WEEK, now: Instant = later(1)) =>
  done(putPolicy(world, aRequest(now), VAULT, { name: 'daily', retention }));

export const put = (world: World, name: string, policy = 'daily') =>
  done(protect(world, aRequest(), { ...VAULT, item: name }, { workload: 'AzureVM', policy, sourceId: `/${name}` }));

/** Each has a point that was made at noon. */
export async function furnished(items: readonly string[], tables: Tables = memoryTables()): Promise<Tables> {
  const world = portsOver(tables);
  await done(putVault(world, aRequest(), VAULT, { patch: { kind: 'RecoveryServices' }, mustExist: false }));
  for (const name of ['daily', 'other'])
    await done(
      putPolicy(world, aRequest(), VAULT, { name, workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: MONTH }),
    );
  for (const item of items) {
    await put(world, item);
    const point = { name: 'p', createdAt: later(0), rung: 'daily', expiresAt: null } as const;
    await done(recordPoint(world, aRequest(), { ...VAULT, item }, point));
  }
  return tables;
}

export const names = (count: number, digits = 3): readonly string[] =>
  Array.from({ length: count }, (_, index) => `vm-${String(index).padStart(digits, '0')}`);

export const readBack = (world: World, id: string | undefined, now: Instant = later(1)): Promise<Operation> =>
  done(readOperation(world, now, id ?? ''));

/** When each item is looked at first. */
export async function expiriesIn(world: World): Promise<Readonly<Record<string, string>>> {
  const hints = (await allDue(world, later(3650))).filter(({ kind }) => kind === 'expire');
  return Object.fromEntries(hints.toSorted((a, b) => +b.due - +a.due).map(({ item, due }) => [item, iso(due)]));
}

export const findingsIn = async (tables: Tables, now: Instant): Promise<readonly string[]> =>
  (await checkStore(scanTables(tables), now)).findings.map(({ rule, row, message }) => `${rule} ${row}: ${message}`);

/** The tables as a process sees them that dies before the request with this number: neither that nor any other is done after it. */
export function dying(tables: Tables, at: number) {
  let requests = 0;
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    requests += 1;
    if (requests > at) throw Object.assign(new Error('the process is dead'), { name: 'RestError' });
    return work();
  };
  return { tables: tablesThrough(tables, alive), requests: () => requests };
}

/** A sweep dies before each of its requests in turn, and two others come after it. `wrongIn`: what is not as it should be then. */
export async function deaths(
  seed: () => Promise<{ readonly tables: Tables; readonly operation?: string | undefined }>,
  wrongIn: (tables: Tables, operation: string | undefined) => Promise<readonly string[]>,
  days = 1,
): Promise<readonly string[]> {
  const counted = dying((await seed()).tables, Number.POSITIVE_INFINITY);
  await sweeperOver(counted.tables).sweep(later(days));
  const wrong: string[] = [];
  for (let request = 0; request < counted.requests(); request += 1) {
    const { tables, operation } = await seed();
    await sweeperOver(dying(tables, request).tables)
      .sweep(later(days))
      .catch(() => undefined);
    const found = [...(await findingsIn(tables, later(days)))];
    await sweeperOver(tables).sweep(later(days, 120_000));
    await sweeperOver(tables).sweep(later(days, 900_000));
    found.push(...(await findingsIn(tables, later(days, 900_000))), ...(await wrongIn(tables, operation)));
    wrong.push(...found.map((what) => `dead before request ${request}: ${what}`));
  }
  return wrong;
}
