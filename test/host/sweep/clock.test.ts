import { afterAll, beforeAll, expect, test } from 'vitest';
import { answeringMail } from '../../support/answeringMail.ts';
import { aLocalStore } from '../../support/azurite.ts';
import { type DateProxy, startDateProxy } from '../../support/dateProxy.ts';
import { aQuietVault, later, ok } from '../../support/estate.ts';
import { type OwnHost, startHostOver } from '../../support/ownHost.ts';
import { type Sweeping, sweepingOf } from '../support/sweeping.ts';

let proxy: DateProxy;
let service: OwnHost;
let s: Sweeping;

const FORTNIGHT = 15 * 86_400;

beforeAll(async () => {
  proxy = await startDateProxy(await aLocalStore());
  service = await startHostOver(proxy.connectionString, answeringMail(proxy.connectionString));
  s = sweepingOf(service);
});
afterAll(() => proxy.stop());

test('a machine fifteen days ahead of the storage service purges nothing, and says so; both ahead, it purges', async () => {
  const vault = await aQuietVault(service);
  const { deletedAt } = (await vault.trash('vm')).softDelete;
  await vault.trash('other');
  await s.at(later(deletedAt, { days: 15 }));

  proxy.shift(-FORTNIGHT);
  const held = await s.sweep();
  expect(held).toMatchObject({ purged: 0, warned: 0, due: 2, complete: false, held: { reason: 'ClockSkew' } });
  expect(await s.sweep({ dryRun: true })).toMatchObject({ items: [], held: { reason: 'ClockSkew' } });
  expect((await vault.get('vm')).body.state).toBe('SoftDeleted');
  expect((await s.explain(vault, 'vm')).blockers).toMatchObject([{ code: 'ClockSkew' }]);
  expect(await s.ready()).toMatchObject({
    status: 503,
    checks: { clock: { status: 'fail' }, lastSweep: { status: 'ok' }, oldestOverdue: { status: 'fail' } },
  });

  proxy.shift(0);
  const swept = await s.sweep();
  expect(swept).toMatchObject({ purged: 2, complete: true });
  expect(swept).not.toHaveProperty('held');
  expect(await s.ready()).toMatchObject({ status: 200, checks: { clock: { status: 'ok' } } });
});

test.for([
  [290, false],
  [-290, false],
  [310, true],
  [-310, true],
  [FORTNIGHT, true],
] as const)('%i seconds apart: held is %s', async ([seconds, isHeld]) => {
  proxy.shift(seconds);
  const { held } = await s.sweep();
  expect(held?.reason).toBe(isHeld ? 'ClockSkew' : undefined);
  proxy.shift(0);
});

test('while the clocks disagree, everything that people ask for still works', async () => {
  proxy.shift(-FORTNIGHT);
  const vault = await aQuietVault(service);
  await vault.trash('vm');
  ok(await vault.undelete('vm'));
  ok(await vault.resume('vm', 'daily'));
  proxy.shift(0);
});

test('what the sweep left behind is in order', () => s.check());
