import { describe, expect, test } from 'vitest';
import { aServer, aVault, done, fresh, refused } from '../../host/support/door.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const { door } = service;
const strong = await service.token({ sub: 'owner', roles: ['Contributor'], mfa: true });

const patch = (vault: string, body: object, token = strong) => door('PATCH', `vaults/${vault}`, { body, token });
const softDelete = (vault: string, settings: object) => patch(vault, { softDelete: settings });

test('a new vault has the defaults', async () => {
  const vault = fresh('Vault');
  expect(await door('PUT', `vaults/${vault}`, { body: { kind: 'RecoveryServices' } })).toMatchObject({
    status: 201,
    body: {
      name: vault,
      kind: 'RecoveryServices',
      softDelete: { state: 'Enabled', retentionDays: 14, retentionScope: 'ExtendExisting' },
      hybrid: { state: 'Enabled', portalDeleteUnderAlwaysOn: 'block', mfaRequired: true, alertsEnabled: true },
      immutability: 'Disabled',
      alerts: { recipients: [], owners: [], mode: 'PerAlert', onHardDelete: true },
      guard: null,
      counts: { protected: 0, stopped: 0, softDeleted: 0 },
    },
  });
});

test('a new Backup vault has no hybrid settings', async () => {
  const { body } = await door('PUT', `vaults/${fresh('v')}`, { body: { kind: 'Backup' } });
  expect(body).toMatchObject({ kind: 'Backup', hybrid: null, softDelete: { state: 'Enabled', retentionDays: 14 } });
});

test('a vault can be made as it is wanted', async () => {
  const wish = {
    kind: 'RecoveryServices',
    softDelete: { retentionDays: 60, retentionScope: 'FutureDeletions' },
    hybrid: { portalDeleteUnderAlwaysOn: 'softDelete' },
    immutability: 'Unlocked',
    alerts: {
      recipients: ['ops@contoso.com'],
      owners: ['owner@contoso.com'],
      mode: 'HourlyDigest',
      onHardDelete: false,
    },
  };
  expect(await door('PUT', `vaults/${fresh('v')}`, { body: wish })).toMatchObject({ status: 201, body: wish });
});

test('the kind is required, and never changes', async () => {
  const vault = fresh('v');
  expect(await door('PUT', `vaults/${vault}`, { body: {} })).toMatchObject(
    refused(400, 'InvalidRequest', { details: [{ target: '$.kind' }] }),
  );
  await done(door('PUT', `vaults/${vault}`, { body: { kind: 'Backup' } }));
  for (const method of ['PUT', 'PATCH']) {
    const path = `vaults/${vault}`;
    expect(await door(method, path, { body: { kind: 'RecoveryServices' } })).toMatchObject(
      refused(409, 'KindImmutable'),
    );
    expect((await door(method, path, { body: { kind: 'Backup' } })).status).toBe(200);
  }
});

describe.for(['PUT', 'PATCH'])('%s on an existing vault', (method) => {
  test('changes the fields given, and no others', async () => {
    const vault = await aVault(door, { settings: { softDelete: { retentionDays: 40 }, immutability: 'Unlocked' } });
    const { body: before } = await door('GET', `vaults/${vault}`);
    const { status, body } = await door(method, `vaults/${vault}`, {
      body: { softDelete: { state: 'Disabled' } },
      token: strong,
    });
    const softDeleteAfter = { ...before.softDelete, state: 'Disabled' };
    const { etag, evidence } = body as { readonly etag?: string; readonly evidence?: object };
    expect([status, body]).toEqual([200, { ...before, softDelete: softDeleteAfter, evidence, etag }]);
  });

  test('gives the default back for null, at any depth', async () => {
    const wish = {
      softDelete: { retentionDays: 40, retentionScope: 'FutureDeletions' },
      alerts: { mode: 'HourlyDigest' },
    };
    const vault = await aVault(door, { settings: wish });
    const reset = (body: object) => door(method, `vaults/${vault}`, { body });
    expect((await reset({ softDelete: { retentionDays: null } })).body.softDelete).toEqual({
      state: 'Enabled',
      retentionDays: 14,
      retentionScope: 'FutureDeletions',
    });
    expect((await reset({ softDelete: null, alerts: null, immutability: null, hybrid: null })).body).toMatchObject({
      softDelete: { state: 'Enabled', retentionDays: 14, retentionScope: 'ExtendExisting' },
      alerts: { mode: 'PerAlert' },
    });
  });

  test('refuses null where there is no default', async () => {
    const vault = await aVault(door);
    expect(await door(method, `vaults/${vault}`, { body: { kind: null } })).toMatchObject(
      refused(400, 'InvalidRequest', { details: [{ target: '$.kind' }] }),
    );
  });
});

test('PATCH makes no vault', async () => {
  const path = `vaults/${fresh('v')}`;
  expect(await door('PATCH', path, { body: { kind: 'Backup' } })).toMatchObject(refused(404, 'VaultNotFound'));
});

describe('the retention period', () => {
  test.for([14, 15, 179, 180])('may be %s days', async (retentionDays) => {
    const vault = await aVault(door);
    expect((await softDelete(vault, { retentionDays })).body.softDelete).toMatchObject({ retentionDays });
  });

  test.for([13, 181, 0, -14, 14.5, 1e9, '14', true, [14], {}])('may not be %j', async (retentionDays) => {
    const vault = await aVault(door);
    expect(await softDelete(vault, { retentionDays })).toMatchObject(
      refused(400, 'InvalidRequest', { details: [{ target: '$.softDelete.retentionDays' }] }),
    );
    expect((await door('GET', `vaults/${vault}`)).body.softDelete).toMatchObject({ retentionDays: 14 });
  });
});

describe('AlwaysOn', () => {
  const always = { softDelete: { state: 'AlwaysOn' } };
  const confirmed = { ...always, confirmAlwaysOn: true };

  test('needs its confirmation in the same body', async () => {
    const vault = await aVault(door);
    for (const body of [always, { ...always, confirmAlwaysOn: false }])
      expect(await patch(vault, body)).toMatchObject(refused(400, 'ConfirmationRequired'));
    expect((await patch(vault, { confirmAlwaysOn: true })).body.softDelete).toMatchObject({ state: 'Enabled' });
    expect((await patch(vault, confirmed)).body).toMatchObject({ ...always, hybrid: { state: 'AlwaysOn' } });
  });

  test('can be chosen for a new vault, and the confirmation is no setting', async () => {
    const path = `vaults/${fresh('v')}`;
    expect(await door('PUT', path, { body: { kind: 'Backup', ...always } })).toMatchObject(
      refused(400, 'ConfirmationRequired'),
    );
    const { status, body } = await door('PUT', path, { body: { kind: 'Backup', ...confirmed } });
    expect(status).toBe(201);
    expect(body).not.toHaveProperty('confirmAlwaysOn');
  });

  test('names the hybrid servers that are registered', async () => {
    const vault = await aVault(door);
    const server = await aServer(door, vault);
    expect((await patch(vault, confirmed)).body.warnings).toEqual([expect.stringContaining(server)]);
    expect((await door('GET', `vaults/${vault}`)).body).not.toHaveProperty('warnings');
  });

  test.for([
    { softDelete: { state: 'Enabled' } },
    { softDelete: { state: 'Disabled' } },
    { softDelete: { state: null } },
    { softDelete: null },
    { hybrid: { state: 'Enabled' } },
    { hybrid: { state: 'Disabled' } },
    { hybrid: { state: null } },
    { hybrid: null },
    { softDelete: { state: 'Disabled' }, hybrid: { state: 'Disabled' }, confirmAlwaysOn: true },
  ])('cannot be taken back by %j, whoever asks', async (body) => {
    const vault = await aVault(door);
    await done(patch(vault, confirmed));
    for (const token of [strong, await service.token({ sub: 'x', roles: ['Contributor', 'GuardAdmin'], mfa: true })])
      expect(await patch(vault, body, token)).toMatchObject(refused(409, 'AlwaysOnIrreversible'));
    expect((await door('GET', `vaults/${vault}`)).body).toMatchObject({ ...always, hybrid: { state: 'AlwaysOn' } });
  });

  test('does not freeze the period, nor the other settings', async () => {
    const vault = await aVault(door);
    await done(patch(vault, confirmed));
    const change = { softDelete: { retentionDays: 90 }, hybrid: { portalDeleteUnderAlwaysOn: 'softDelete' } };
    expect(await patch(vault, change)).toMatchObject({ status: 200, body: change });
  });

  test('is one switch: hybrid alone cannot have it', async () => {
    const vault = await aVault(door);
    expect(await patch(vault, { hybrid: { state: 'AlwaysOn' } })).toMatchObject(refused(400, 'InvalidRequest'));
    expect(await patch(vault, { ...confirmed, hybrid: { state: 'Disabled' } })).toMatchObject(
      refused(400, 'InvalidRequest'),
    );
  });
});

describe('the hybrid switch', () => {
  test('takes the second factor and the alerts along', async () => {
    const vault = await aVault(door);
    expect((await patch(vault, { hybrid: { state: 'Disabled' } })).body.hybrid).toMatchObject({
      state: 'Disabled',
      mfaRequired: false,
      alertsEnabled: false,
    });
    expect((await patch(vault, { hybrid: { state: 'Enabled' } })).body.hybrid).toMatchObject({
      state: 'Enabled',
      mfaRequired: true,
      alertsEnabled: true,
    });
  });

  test.for([
    { mfaRequired: false },
    { alertsEnabled: false },
    { state: 'Enabled', alertsEnabled: false },
    { state: 'Disabled', mfaRequired: true },
    { state: 'Disabled', alertsEnabled: true },
  ])('leaves no room for %j', async (hybrid) => {
    const vault = await aVault(door);
    expect(await patch(vault, { hybrid })).toMatchObject(refused(400, 'InvalidRequest'));
    expect((await door('GET', `vaults/${vault}`)).body.hybrid).toMatchObject({ state: 'Enabled', mfaRequired: true });
  });

  test('may be told what follows anyway', async () => {
    const vault = await aVault(door);
    const read = (await door('GET', `vaults/${vault}`)).body.hybrid;
    expect(await patch(vault, { hybrid: read })).toMatchObject({ status: 200, body: { hybrid: read } });
  });

  test('is not there on a Backup vault', async () => {
    const vault = await aVault(door, { kind: 'Backup' });
    expect(await patch(vault, { hybrid: { state: 'Enabled' } })).toMatchObject(
      refused(400, 'InvalidRequest', { target: '$.hybrid' }),
    );
    expect(await patch(vault, { hybrid: null })).toMatchObject({ status: 200, body: { hybrid: null } });
  });
});

test('locked immutability never goes back', async () => {
  const vault = await aVault(door);
  for (const immutability of ['Unlocked', 'Disabled', 'Unlocked', 'Locked'])
    expect(await patch(vault, { immutability })).toMatchObject({ status: 200, body: { immutability } });
  for (const immutability of ['Unlocked', 'Disabled', null])
    expect(await patch(vault, { immutability })).toMatchObject(refused(409, 'ImmutabilityLocked'));
  expect((await door('GET', `vaults/${vault}`)).body).toMatchObject({ immutability: 'Locked' });
});

test.for(['name', 'counts', 'guard', 'etag', 'warnings'])('%s is not for the caller to set', async (field) => {
  const vault = await aVault(door);
  expect(await patch(vault, { [field]: 'mine' })).toMatchObject(
    refused(400, 'InvalidRequest', { details: [{ target: `$.${field}` }] }),
  );
});
