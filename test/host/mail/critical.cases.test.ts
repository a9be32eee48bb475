import { beforeAll, describe, expect, test } from 'vitest';
import { ok, refusal } from '../../support/estate.ts';
import type { Service } from '../../support/launch.ts';
import { startService } from '../../support/service.ts';
import { type Mailing, mailingOf } from './mailing.ts';

let service: Service;
let s: Mailing;

beforeAll(async () => {
  service = await startService();
  s = mailingOf(service);
});

const ADA = { roles: ['Contributor'], mfa: true };

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
      await fetch(`${service.api}/api/vaults/${vault.name}/items/files/stop`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          'x-reprieve-security-pin': pin,
        },
        body: JSON.stringify(stop),
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
