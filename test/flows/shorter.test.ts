/**
 * A policy that names one rung more can keep points for a shorter time: those of a rung that a policy does not name live thirty days. One
 * function decides that for immutability, guards, alerts and hints, in all verbs that put points under another retention.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { termsOf } from '../../src/core/lifecycle.ts';
import { fateOf, type Retention } from '../../src/core/policy.ts';
import { allPoints, recordPoint } from '../../src/flows/items/points.ts';
import { protect } from '../../src/flows/items/protect.ts';
import { readItem } from '../../src/flows/items/read.ts';
import { resume } from '../../src/flows/items/resume.ts';
import { stop } from '../../src/flows/items/stop.ts';
import { putPolicy } from '../../src/flows/vaults/policies.ts';
import { putVault } from '../../src/flows/vaults/putVault.ts';
import { later } from '../support/builders.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { aRequest, done, portsOver, type World } from '../support/world.ts';
import { alertsIn, hintsIn } from './sweep/sweeper.ts';

const VAULT = { vault: 'Contoso' };
const ITEM = { ...VAULT, item: 'sql-01' };
const WEEKS: Retention = { weekly: 12 };
const ONE_RUNG_MORE: Retention = { weekly: 12, daily: 1 };
const LOGS = 20;

let tables: Tables;
let ports: World;

const policy = (name: string, retention: Retention) =>
  putPolicy(ports, aRequest(), VAULT, { name, workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention });
const protectUnder = (name: string) =>
  protect(ports, aRequest(), ITEM, { workload: 'AzureVM', policy: name, sourceId: '/sql-01' });
async function living(): Promise<number> {
  const { item, head } = await done(readItem(ports, later(0), ITEM));
  const fates = (await allPoints(ports, item)).map((point) => fateOf(point, termsOf(item, head), later(0)));
  return fates.filter(({ kind }) => kind === 'Active').length;
}
const stopped = () => done(stop(ports, aRequest(), ITEM, { mode: 'retain' }));

const VERBS = {
  'PUT of its policy': () => policy('weeks', ONE_RUNG_MORE),
  changePolicy: () => resume(ports, aRequest(), ITEM, { verb: 'changePolicy', policy: 'more', preview: false }),
  resume: async () => {
    await stopped();
    return resume(ports, aRequest(), ITEM, { verb: 'resume', policy: 'more' });
  },
  'protect again': async () => {
    await stopped();
    return protectUnder('more');
  },
} as const;
const names = Object.keys(VERBS) as (keyof typeof VERBS)[];

beforeEach(async () => {
  tables = memoryTables();
  ports = portsOver(tables);
  const patch = { kind: 'RecoveryServices' } as const;
  await done(putVault(ports, aRequest(), VAULT, { patch, mustExist: false }));
  await done(policy('weeks', WEEKS));
  await done(policy('more', ONE_RUNG_MORE));
  await done(protectUnder('weeks'));
  for (let log = 0; log < LOGS; log += 1)
    await done(
      recordPoint(ports, aRequest(), ITEM, { name: `log-${log}`, createdAt: later(-2), rung: 'log', expiresAt: null }),
    );
});

describe('where a vault is locked', () => {
  const lock = () => done(putVault(ports, aRequest(), VAULT, { patch: { immutability: 'Locked' }, mustExist: true }));

  test.each(names)('%s is refused, and all log points stay', async (verb) => {
    await lock();
    expect(await VERBS[verb]()).toMatchObject({ refusal: { code: 'ImmutabilityBlocked' } });
    expect(await living()).toBe(LOGS);
  });
});

describe('elsewhere', () => {
  test.each(names)('%s is told as a weakening', async (verb) => {
    expect(await VERBS[verb]()).toMatchObject({ ok: true });
    const type = verb === 'PUT of its policy' ? 'ModifyPolicyShorterRetention' : 'ModifyProtectionShorterRetention';
    const raised = await alertsIn(tables, VAULT.vault);
    expect(raised.filter((one) => one.toLowerCase().startsWith(type.toLowerCase()))).toHaveLength(1);
  });

  test('the items of such a policy are looked at anew', async () => {
    await done(VERBS['PUT of its policy']());
    expect((await hintsIn(tables)).filter((hint) => hint.startsWith('operate '))).toHaveLength(1);
  });
});
