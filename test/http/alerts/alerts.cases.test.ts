import { describe, expect, test } from 'vitest';
import { type MailingVault, mailingOf } from '../../host/support/mailing.ts';
import { call } from '../../support/call.ts';
import { HYBRID, ok } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const s = mailingOf(service);

const raised = async (vault: MailingVault) =>
  (await vault.alerts()).map(({ type }) => type).filter((type) => type !== 'Welcome');

describe('soft delete turned off', () => {
  test('case 47: raises SoftDeleteDisabledForVault, Sev0, about the vault', async () => {
    const vault = await s.vault();
    ok(await vault.settings({ softDelete: { state: 'Disabled' } }));
    expect(await vault.alerts()).toContainEqual(
      expect.objectContaining({ type: 'SoftDeleteDisabledForVault', item: null, state: 'New' }),
    );
    expect(await vault.told()).toEqual(['SoftDeleteDisabledForVault ops', 'SoftDeleteDisabledForVault owner']);
    expect((await vault.mails())[0]?.subject).toContain('[Sev0]');
  });

  test('case 46: with parity wished for, a deletion that is final raises nothing but what was raised before', async () => {
    const vault = await s.vault({ alerts: { onHardDelete: false } });
    ok(await vault.settings({ softDelete: { state: 'Disabled' } }));
    ok(await vault.protect('vm'));
    expect(ok(await vault.delete('vm'))).toMatchObject({ softDeleteApplied: false });
    expect(await raised(vault)).toEqual(['SoftDeleteDisabledForVault']);
  });

  test('without parity it raises BackupDataPermanentlyDeleted', async () => {
    const vault = await s.vault();
    ok(await vault.settings({ softDelete: { state: 'Disabled' } }));
    ok(await vault.protect('vm'));
    ok(await vault.delete('vm'));
    expect((await raised(vault)).toSorted()).toEqual(['BackupDataPermanentlyDeleted', 'SoftDeleteDisabledForVault']);
    expect(await vault.told()).toContain('BackupDataPermanentlyDeleted owner');
  });
});

test('each change that somebody must hear of raises its alert', async () => {
  const vault = await s.vault();
  ok(await vault.protect('vm'));
  ok(await vault.policy('short', { daily: 7 }));
  ok(await vault.send('POST', 'items/vm/changePolicy', { policy: 'short' }));
  ok(await vault.policy('short', { daily: 3 }, ['AzureVM']));
  ok(await vault.settings({ softDelete: { retentionDays: 20 } }));
  ok(await vault.settings({ hybrid: { state: 'Disabled' } }));
  ok(await vault.delete('vm'));
  ok(await vault.undelete('vm'));
  ok(await vault.resume('vm', 'short'));
  ok(await vault.settings({ hybrid: { state: 'Enabled' } }));
  ok(await vault.settings({ softDelete: { state: 'AlwaysOn' }, confirmAlwaysOn: true }));
  expect((await raised(vault)).toSorted()).toEqual([
    'DeleteBackupData',
    'DisableHybridSecurity',
    'ItemResumed',
    'ItemUndeleted',
    'ModifyPolicyShorterRetention',
    'ModifyProtectionShorterRetention',
    'RetentionChanged',
    'SoftDeleteAlwaysOnEnabled',
  ]);
  await vault.settled();
});

describe('jobs', () => {
  const fail = async (vault: MailingVault, status: string) => {
    const { headers } = await vault.send('POST', 'items/vm/backup', {});
    const job = headers.get('operation-location')?.split('/').at(-1);
    ok(await vault.send('POST', `items/vm/jobs/${job}/complete`, { status }));
  };

  test('a failure is raised, the next ones are counted, and one mail tells it', async () => {
    const vault = await s.vault();
    ok(await vault.protect('vm'));
    for (let n = 0; n < 3; n += 1) await fail(vault, 'Failed');
    const alerts = (await vault.alerts()).filter(({ type }) => type === 'BackupFailure');
    expect(alerts).toMatchObject([{ count: 3 }]);
    expect((await vault.told()).filter((one) => one.startsWith('BackupFailure'))).toEqual(['BackupFailure ops']);
  });

  test('what somebody cancelled is no failure', async () => {
    const vault = await s.vault();
    ok(await vault.protect('vm'));
    await fail(vault, 'Cancelled');
    expect(await raised(vault)).toEqual([]);
  });
});

describe('hybrid', () => {
  test.for(HYBRID)('case 56: a deletion is mailed to the owners where nobody else is set: %s', async (workload) => {
    const vault = await s.vault({ alerts: { recipients: [] } });
    await vault.trash('srv', { workload });
    expect(await vault.told()).toEqual(['DeleteBackupData owner']);
  });

  test('case 58: the mail says for how long the data can be had back, and to protect the server again', async () => {
    const vault = await s.vault();
    await vault.trash('srv', { workload: 'MARS' });
    const [mail] = await vault.mails();
    expect(mail?.text).toMatch(/14 days/);
    expect(mail?.text).toMatch(/reprotect/i);
  });

  test('case 79: a silence keeps the recipients, never the owners of a hybrid item', async () => {
    const vault = await s.vault();
    const now = await s.now();
    const silence = { from: now, until: new Date(Date.parse(now) + 3_600_000).toISOString(), reason: 'maintenance' };
    ok(await vault.send('PUT', 'silences/night', silence));
    await vault.trash('srv', { workload: 'MARS' });
    await vault.trash('vm');
    // The silence itself is told to everyone.
    const told = (await vault.told()).toSorted();
    expect(told).toEqual(['DeleteBackupData owner', 'VisibilityReduced ops', 'VisibilityReduced owner']);
    const statuses = (await vault.alerts()).flatMap(({ type, item, notifications }) =>
      type === 'DeleteBackupData' ? (notifications ?? []).map((one) => `${item} ${one.as} ${one.status}`) : [],
    );
    expect(statuses.toSorted()).toEqual([
      'srv owner Sent',
      'srv recipient Suppressed',
      'vm owner Suppressed',
      'vm recipient Suppressed',
    ]);
  });
});

test('whoever is set as a recipient is welcomed once', async () => {
  const vault = await s.vault();
  ok(await vault.settings({ alerts: { recipients: [vault.ops, 'second@example.com'] } }));
  ok(await vault.settings({ alerts: { mode: 'HourlyDigest' } }));
  await vault.settled();
  const inbox = ok(
    await call<{ value: readonly { subject: string }[] }>(service.mail, 'GET', '/inbox?to=second@example.com'),
  );
  const welcomes = inbox.value.filter(({ subject }) => subject.includes('You will hear from this vault'));
  expect(welcomes).toHaveLength(1);
  const mine = ok(await call<{ value: readonly { subject: string }[] }>(service.mail, 'GET', `/inbox?to=${vault.ops}`));
  expect(mine.value.filter(({ subject }) => subject.includes('You will hear from this vault'))).toHaveLength(1);
});
