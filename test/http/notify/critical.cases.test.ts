import { describe, expect, test } from 'vitest';
import { type MailingVault, mailingOf } from '../../host/support/mailing.ts';
import { call } from '../../support/call.ts';
import { ok, refusal } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const s = mailingOf(service);

const ADA = { sub: 'ada', roles: ['Contributor'], mfa: true };

describe('what takes two people', () => {
  const KEEPER = { sub: 'keeper', roles: ['GuardAdmin'], mfa: true };
  let guards = 0;

  /** A vault under a guard, and how somebody who keeps it lets ada do one thing. */
  const guarded = async (alerts: object = {}) => {
    const vault = await s.vault({ alerts });
    guards += 1;
    const guard = `two-people-${guards}`;
    const keep = async (method: string, path: string, body: object) =>
      ok(await call(service.api, method, `/api/guards/${path}`, { body, token: await service.token(KEEPER) }));
    await keep('PUT', guard, {});
    ok(await vault.send('PUT', 'guard', { guard }, ADA));
    const grant = (operation: string, grantee = 'ada') => {
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      return keep('POST', `${guard}/grants`, { operation, vault: vault.name.toUpperCase(), grantee, expiresAt });
    };
    return { vault, guard, grant };
  };
  const letterOf = async ({ mails }: MailingVault, subject: string) =>
    (await mails()).find((mail) => mail.subject.includes(subject))?.text.replace(/\s+/g, ' ') ?? '';

  test('an approval is mailed to owners and recipients, at once, with who may do what and until when', async () => {
    const { vault, guard, grant } = await guarded({ mode: 'HourlyDigest' });
    await grant('deleteProtection', 'bob');
    expect(await vault.told()).toEqual(['GuardGranted ops', 'GuardGranted owner']);
    const letter = await letterOf(vault, 'approved');
    for (const word of ['keeper', 'bob', guard, 'deleteProtection', 'UTC']) expect(letter).toContain(word);
  });

  test('its use is mailed too, with what was done under it and who had approved', async () => {
    const { vault, grant } = await guarded();
    ok(await vault.protect('vm', { workload: 'AzureVM' }));
    await grant('stopProtection');
    ok(await vault.send('POST', 'items/vm/stop', { mode: 'retain' }, ADA));
    expect(await vault.told()).toEqual([
      ...['GuardGranted ops', 'GuardGranted owner'],
      ...['GuardUsed ops', 'GuardUsed owner'],
    ]);
    const letter = await letterOf(vault, 'used');
    for (const word of ['ada', 'vm', 'StopRetain', 'yes, by keeper']) expect(letter).toContain(word);
  });

  test.for([
    ['deleteProtection', 'POST', 'items/vm/stop', { mode: 'delete', confirmName: 'vm' }],
    ['getSecurityPin', 'POST', 'securityPin', {}],
    ['disableSoftDelete', 'PATCH', '', { softDelete: { state: 'Disabled' } }],
    ['reduceRetention', 'PUT', 'policies/daily', { retention: { daily: 10 } }],
    ['reduceRetention', 'POST', 'items/vm/changePolicy', { policy: 'short' }],
    ['removeGuard', 'DELETE', 'guard', undefined],
  ] as const)('every operation says so: %s by %s %s', async ([operation, method, path, body]) => {
    const { vault, grant } = await guarded();
    ok(await vault.protect('vm', { workload: 'AzureVM' }));
    ok(await vault.policy('short', { daily: 8 }));
    await grant(operation);
    const url = `/api/vaults/${vault.name}${path === '' ? '' : `/${path}`}`;
    const token = await service.token(ADA);
    ok(await call(service.api, method, url, { token, ...(body ? { body } : {}) }));
    expect((await vault.told()).filter((line) => line.startsWith('GuardUsed'))).toEqual([
      ...['GuardUsed ops', 'GuardUsed owner'],
    ]);
  });

  test('for good also where nobody else is told of that', async () => {
    const { vault, grant } = await guarded({ onHardDelete: false });
    ok(await vault.protect('vm', { workload: 'AzureVM' }));
    await grant('disableSoftDelete');
    await grant('deleteProtection');

    ok(await vault.settings({ softDelete: { state: 'Disabled' } }, ADA));
    ok(await vault.send('POST', 'items/vm/stop', { mode: 'delete', confirmName: 'vm' }, ADA));
    expect((await vault.told()).filter((line) => line === 'GuardUsed owner')).toHaveLength(2);
  });

  test('without a guard, or where it excludes the operation, there is nothing to tell', async () => {
    const vault = await s.vault();
    ok(await vault.protect('vm', { workload: 'AzureVM' }));
    ok(await vault.send('POST', 'items/vm/stop', { mode: 'retain' }, ADA));
    expect(await vault.told()).toEqual([]);
  });

  test('neither is in a list of alerts', async () => {
    const { vault, grant } = await guarded();
    ok(await vault.protect('vm', { workload: 'AzureVM' }));
    await grant('stopProtection');
    ok(await vault.send('POST', 'items/vm/stop', { mode: 'retain' }, ADA));
    await vault.settled();
    const { value } = ok(await call<{ value: object[] }>(service.api, 'GET', `/api/vaults/${vault.name}/alerts`));
    expect(value).toEqual([]);
  });
});

describe('what is critical and comes from on premises', () => {
  test('case 53: a changed passphrase is mailed at once, to owners too, also where the rest waits for a digest', async () => {
    const vault = await s.vault({ alerts: { mode: 'HourlyDigest' } });
    const server = await vault.server('MARS');
    const path = `servers/${server}/changePassphrase`;
    expect(await vault.send('POST', path, {}, { roles: ['Contributor'] })).toMatchObject(
      refusal(401, 'StepUpRequired'),
    );

    ok(await vault.send('POST', path, {}, ADA));

    expect(await vault.told()).toEqual([
      'CriticalOperationRefused ops',
      'PassphraseChanged ops',
      'PassphraseChanged owner',
    ]);
    const changed = (await vault.mails()).find(({ subject }) => subject.includes('Passphrase'));
    expect(changed?.subject).toContain('[Sev0]');
  });

  test('a security PIN is in no mail, nor in any alert', async () => {
    const vault = await s.vault();
    ok(await vault.protect('files', { workload: 'MARS' }));
    const pins: string[] = [];
    const app = { roles: ['Contributor'], appOnly: true };
    const stop = { mode: 'delete', confirmName: 'files' };
    for (let miss = 0; miss < 5; miss += 1) {
      const { securityPin } = ok(await vault.send<{ securityPin: string }>('POST', 'securityPin', {}, ADA));
      pins.push(securityPin);
    }
    const token = await service.token({ sub: 'script', ...app });
    for (const pin of pins)
      await call(service.api, 'POST', `/api/vaults/${vault.name}/items/files/stop`, {
        token,
        headers: { 'x-reprieve-security-pin': pin },
        body: stop,
      });
    expect((await vault.get('files')).body.state).toBe('SoftDeleted');

    const mails = JSON.stringify(await vault.mails());
    const alerts = JSON.stringify(await vault.alerts());
    expect(mails).toContain('Backup data deleted');
    for (const pin of pins) {
      expect(mails).not.toContain(pin);
      expect(alerts).not.toContain(pin);
    }
  });
});
