import { beforeAll, expect, test } from 'vitest';
import { call } from '../../support/call.ts';
import { aVault, later, ok, refusal } from '../../support/estate.ts';
import type { Service } from '../../support/launch.ts';
import { startService } from '../../support/service.ts';
import { type Sweeping, sweepingOf } from '../support/sweeping.ts';

let service: Service;
let s: Sweeping;

beforeAll(async () => {
  service = await startService();
  s = sweepingOf(service);
});

const pause = async (span: Parameters<typeof later>[1]) =>
  call<{ until: string; etag: string }>(service.api, 'PUT', '/api/pause', {
    body: { reason: 'looking into it', until: later(await s.now(), span) },
  });

test('while it is paused nothing is purged; undelete, warnings and expiry go on; it ends by itself', async () => {
  const vault = await aVault(service);
  const { purgeAt } = (await vault.trash('vm')).softDelete;
  await vault.trash('wanted');
  await s.at(later(purgeAt, { hours: -1 }));
  const { until } = ok(await pause({ days: 2 }));
  ok(await vault.undelete('wanted'));

  const held = await s.sweepAt(later(purgeAt, { hours: 1 }));
  expect(held).toMatchObject({ purged: 0, skipped: 1, failed: 0, held: { reason: 'Paused' } });
  expect(held.oldestOverdue).toMatchObject({ item: 'vm', purgeAt });
  expect((await vault.get('vm')).body.state).toBe('SoftDeleted');
  expect(await vault.undelete('vm')).toMatchObject(refusal(409, 'UndeleteWindowClosed'));
  const explained = await s.explain(vault, 'vm');
  expect(explained.blockers).toEqual([{ code: 'Paused', message: 'Purging is paused: looking into it', until }]);
  expect(explained.expectedBy && explained.expectedBy > until).toBe(true);
  const { status, checks } = await s.ready();
  expect(checks).toMatchObject({ paused: { status: 'warn' }, oldestOverdue: { status: 'fail' } });
  expect(status).toBe(503);

  expect(await s.sweepAt(until)).toMatchObject({ purged: 1 });
  expect(await call(service.api, 'GET', '/api/pause')).toMatchObject(refusal(404, 'PauseNotFound'));
  expect((await s.ready()).checks).toMatchObject({ paused: { status: 'ok' }, oldestOverdue: { status: 'ok' } });
});

test('a pause ends within seven days and in the future, has a reason, and can be lifted', async () => {
  expect(await pause({ days: 7, hours: 1 })).toMatchObject(refusal(400, 'InvalidRequest'));
  expect(await pause({ seconds: -1 })).toMatchObject(refusal(400, 'InvalidRequest'));
  for (const body of [{ reason: 'x' }, { until: later(await s.now(), { days: 1 }) }, {}])
    expect(await call(service.api, 'PUT', '/api/pause', { body })).toMatchObject(refusal(400, 'InvalidRequest'));
  const put = ok(await pause({ days: 7, hours: -1 }));
  expect(ok(await call(service.api, 'GET', '/api/pause'))).toEqual(put);

  const vault = await aVault(service);
  const { purgeAt } = (await vault.trash('vm')).softDelete;
  await s.at(later(purgeAt, { days: -1 }));
  ok(await pause({ days: 3 }));
  expect((await s.sweepAt(purgeAt)).held).toMatchObject({ reason: 'Paused' });
  expect(await call(service.api, 'DELETE', '/api/pause')).toMatchObject({ status: 204 });
  const swept = await s.sweep();
  expect(swept).toMatchObject({ purged: 1 });
  expect(swept).not.toHaveProperty('held');
});

test('a dry run in a pause says what is held', async () => {
  const vault = await aVault(service);
  const { purgeAt } = (await vault.trash('vm')).softDelete;
  await s.at(later(purgeAt, { days: -1 }));
  ok(await pause({ days: 3 }));
  await s.at(purgeAt);
  const dry = await s.sweep({ dryRun: true });
  expect(dry.held).toMatchObject({ reason: 'Paused' });
  expect(dry.items).toContainEqual(expect.objectContaining({ item: 'vm', action: 'held' }));
  ok(await call(service.api, 'DELETE', '/api/pause'));
  await s.sweep();
});

test('what the sweep left behind is in order', () => s.check());
