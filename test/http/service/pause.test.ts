import { expect, test } from 'vitest';
import { sweepingOf } from '../../host/support/sweeping.ts';
import { call } from '../../support/call.ts';
import { aVault, later, ok, refusal } from '../../support/estate.ts';
import { ADA } from '../../support/secured.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const s = sweepingOf(service);

const pause = async (span: Parameters<typeof later>[1]) =>
  call<{ until: string; etag: string }>(service.api, 'PUT', '/api/pause', {
    body: { reason: 'looking into it', until: later(await s.now(), span) },
  });

test('while it is paused nothing is purged; undelete, warnings and expiry go on; it ends by itself', async () => {
  const vault = await aVault(service);
  const { purgeAt } = (await vault.trash('vm')).softDelete;
  await vault.trash('wanted');
  await s.told(vault);
  await s.at(later(purgeAt, { hours: -1 }));
  const { until } = ok(await pause({ days: 2 }));
  ok(await vault.undelete('wanted'));

  const held = await s.sweepAt(later(purgeAt, { hours: 1 }));
  expect(held).toMatchObject({ purged: 0, skipped: 1, failed: 0, held: { reason: 'Paused' } });
  expect(held.oldestOverdue).toMatchObject({ item: 'vm', purgeAt });
  expect((await vault.get('vm')).body.state).toBe('SoftDeleted');
  expect(await vault.undelete('vm')).toMatchObject(refusal(409, 'UndeleteWindowClosed'));
  const explained = await s.explain(vault, 'vm');
  expect(explained.blockers).toEqual([
    { code: 'Paused', message: 'Purging is paused by local-user: looking into it', until },
  ]);
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

test('only who made it ends it early without a second factor; it is told, and stands in the history', async () => {
  const [ada, other, others] = await Promise.all([
    service.token(ADA),
    service.token({ sub: 'other', roles: ['Contributor'] }),
    service.token({ sub: 'other', roles: ['Contributor'], mfa: true }),
  ]);
  const app = await service.token({ sub: 'app', roles: ['Contributor'], appOnly: true });
  const now = await s.now();
  const put = (token: string, hours: number) =>
    call<{ by: string; until: string }>(service.api, 'PUT', '/api/pause', {
      body: { reason: 'audit', until: later(now, { hours }) },
      token,
    });
  const end = (token: string) => call(service.api, 'DELETE', '/api/pause', { token });
  expect(ok(await put(ada, 24))).toMatchObject({ by: 'ada' });
  expect(ok(await put(other, 48))).toMatchObject({ by: 'ada', until: later(now, { hours: 48 }) });
  expect(await put(other, 24)).toMatchObject(refusal(401, 'StepUpRequired'));
  expect(await end(other)).toMatchObject(refusal(401, 'StepUpRequired'));
  expect(await end(app)).toMatchObject(refusal(403, 'Forbidden'));
  expect(ok(await put(others, 36))).toMatchObject({ by: 'ada' });
  expect(await end(await service.token({ ...ADA, mfa: false }))).toMatchObject({ status: 204 });

  const { value } = ok(
    await call<{ value: readonly { operation: string; caller: { oid: string }; code?: string; facts: object }[] }>(
      service.api,
      'GET',
      '/api/history?top=10',
    ),
  );
  expect(value.slice(0, 7).map(({ operation, caller, code }) => `${operation} ${caller.oid} ${code ?? 'ok'}`)).toEqual([
    'EndPause ada ok',
    'PutPause other ok',
    'EndPause app Forbidden',
    'EndPause other StepUpRequired',
    'PutPause other StepUpRequired',
    'PutPause other ok',
    'PutPause ada ok',
  ]);
  const alerts = ok(
    await call<{ value: readonly { vault: string | null; facts: object }[] }>(
      service.api,
      'GET',
      '/api/alerts?type=BrakeReleased',
    ),
  ).value;
  expect(alerts).toContainEqual(
    expect.objectContaining({
      vault: null,
      severity: 'Sev1',
      facts: expect.objectContaining({
        control: 'pause',
        before: later(now, { hours: 48 }),
        after: later(now, { hours: 36 }),
        by: 'other',
      }),
    }),
  );
  expect(alerts).toContainEqual(
    expect.objectContaining({
      facts: expect.objectContaining({ before: later(now, { hours: 36 }), after: null, by: 'ada' }),
    }),
  );
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
