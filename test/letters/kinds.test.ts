/** What letters call things of your own kinds; that the words for built-in workloads stay, the other tests of letters hold. */
import { describe, expect, test } from 'vitest';
import { done } from '../host/support/door.ts';
import { serviceInMemory } from '../http/serviceInMemory.ts';
import { call } from '../support/call.ts';

interface Mailed {
  readonly subject: string;
  readonly text: string;
}

async function aService() {
  const service = serviceInMemory();
  const send = (method: string, path: string, body?: object) => service.door(method, path, body ? { body } : {});
  /** What is still to be told, a sweep tells. */
  const mails = async (): Promise<readonly Mailed[]> => {
    await done(send('POST', 'sweeps', {}));
    const { body } = await call<{ value: readonly Mailed[] }>(service.mail, 'GET', '/inbox?to=ops@contoso.com');
    return body.value;
  };
  await done(send('PUT', 'kinds/tenant', { title: 'Tenant' }));
  const alerts = { recipients: ['ops@contoso.com'] };
  await done(send('PUT', 'vaults/customers', { kind: 'Generic', alerts }));
  return { send, mails };
}

describe('a kind of your own in mails', () => {
  test('is named by its title, and is no backup of anything', async () => {
    const { send, mails } = await aService();
    await done(send('PUT', 'vaults/customers/items/acme', { workload: 'tenant', sourceId: 'acme' }));
    await done(send('POST', 'vaults/customers/items/acme/stop', { mode: 'delete', confirmName: 'acme' }));
    const subject = '[Sev0] Tenant acme deleted in customers - 14 days left';
    const mail = (await mails()).find((one) => one.subject === subject);
    expect(mail).toBeDefined();
    expect(mail?.text).toContain('Tenant acme in customers was deleted by local-user. It is kept for 14 days');
    expect(mail?.text).toMatch(/^ {2}Kind: +Tenant$/m);
    expect(mail?.text).not.toMatch(/Workload:|Recovery points|backup data/i);
    await done(send('POST', 'vaults/customers/items/acme/undelete', {}));
    expect(await mails()).toContainEqual(
      expect.objectContaining({
        subject: '[Sev3] Tenant acme undeleted in customers',
        text: expect.stringContaining('Tenant acme in customers was undeleted by local-user.'),
      }),
    );
  });

  test('is counted by its plural, where all are of it', async () => {
    const { send, mails } = await aService();
    for (let at = 0; at < 12; at += 1) {
      const path = `vaults/customers/items/t${at}`;
      await done(send('PUT', path, { workload: 'tenant', sourceId: `t${at}` }));
      await done(send('POST', `${path}/stop`, { mode: 'delete', confirmName: `t${at}` }));
    }
    await done(send('PUT', 'local/clock', { offset: 'PT10M' }));
    await done(send('POST', 'sweeps', {}));
    const subjects = (await mails()).map(({ subject }) => subject);
    expect(subjects).toContainEqual(expect.stringMatching(/^\[Sev0\] \d+ Tenants deleted by one caller in customers$/));
  });

  test('keeps its words when it is called otherwise later: they are as they are now', async () => {
    const { send, mails } = await aService();
    await done(send('PUT', 'vaults/customers/items/acme', { workload: 'tenant', sourceId: 'acme' }));
    await done(send('PUT', 'kinds/tenant', { title: 'Customer' }));
    await done(send('POST', 'vaults/customers/items/acme/stop', { mode: 'delete', confirmName: 'acme' }));
    const subjects = (await mails()).map(({ subject }) => subject);
    expect(subjects).toContain('[Sev0] Customer acme deleted in customers - 14 days left');
    await done(send('POST', 'vaults/customers/items/acme/undelete', {}));
    const explained = (await done(send('GET', 'vaults/customers/items/acme/explain'))) as unknown as {
      blockers: readonly { readonly message: string }[];
    };
    expect(explained.blockers[0]?.message).toBe(
      'Customer acme is ProtectionStopped. Only soft-deleted items are purged.',
    );
  });
});
