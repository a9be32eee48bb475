import { beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openPage } from '../../support/browser.ts';
import { call } from '../../support/call.ts';
import { ok } from '../../support/estate.ts';
import { ADA, KEEPER, type Person, SECOND_KEEPER } from '../../support/secured.ts';
import { startService } from '../../support/service.ts';
import { personAt } from './person.ts';

describe.skipIf(!hasBrowser)('who keeps a guard, at the portal', async () => {
  if (!hasBrowser) return;
  const service = await startService();
  const { page, errors, failed } = await openPage();
  await page.addInitScript("sessionStorage.setItem('reprieve.caller', 'guard')");
  const { go, dialog, inDialog, fillIn, answered, texts } = personAt(page, service.api);
  const send = async (who: Person, method: string, path: string, body?: object) =>
    ok(await call<{ grant: string }>(service.api, method, `/api/${path}`, { body, token: await service.token(who) }));
  const expiresAt = () => new Date(Date.now() + 3_600_000).toISOString();
  const request = (items?: readonly string[]) =>
    send({ ...ADA, mfa: false }, 'POST', 'guards/security/grants', {
      ...{ operation: 'deleteProtection', vault: 'contoso', expiresAt: expiresAt(), reason: 'moved to another site' },
      ...(items ? { items } : {}),
    });
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const rows = (title: string) => texts(page.getByRole('table', { name: title, exact: true }).locator('tbody tr'));

  beforeAll(async () => {
    await send(KEEPER, 'PUT', 'guards/security', { contacts: ['sec@contoso.com'] });
    await send(ADA, 'PUT', 'vaults/contoso', { kind: 'RecoveryServices' });
    await send(ADA, 'PUT', 'vaults/contoso/guard', { guard: 'security' });
  });

  test('sees what is asked for, approves it with a second factor, and takes the approval back', async () => {
    await request(['sql-01']);
    await go('#/approvals');
    const [row = ''] = await rows('Requests');
    for (const words of ['Delete protection of sql-01 in contoso', 'ada', 'moved to another site', '0 of 1'])
      expect(row).toContain(words);
    await press('Approve Delete protection of sql-01 in contoso');
    await answered('Delete protection of sql-01 in contoso is approved for ada.');
    expect(await rows('Approved')).toHaveLength(1);
    await press('Revoke Delete protection of sql-01 in contoso');
    await answered('It is revoked.');
    await page.getByText('Nothing is approved.').waitFor();
  });

  test('denies, and says why', async () => {
    const { grant } = await request();
    await go('#/approvals');
    await press('Deny Delete protection in contoso');
    await fillIn('deny-reason', 'call me first');
    await inDialog('Deny').click();
    await answered('It is denied.');
    expect(await send(KEEPER, 'GET', `guards/security/grants/${grant}`)).toMatchObject({ state: 'Denied' });
  });

  test('stops a guard from being loosened', async () => {
    await send(SECOND_KEEPER, 'PUT', 'guards/security', { excludedOperations: ['removeHold'] });
    await go('#/approvals');
    expect(await rows('Guards that are to be loosened')).toEqual([expect.stringContaining('second-keeper')]);
    await press('Cancel the change of security');
    await answered('The change of security is cancelled. Nothing has changed.');
    await page.getByText('None.', { exact: true }).waitFor();
  });

  test('begins there, where they may read nothing else', async () => {
    const other = await openPage();
    await other.page.addInitScript("sessionStorage.setItem('reprieve.caller', 'guardOnly')");
    const gwen = personAt(other.page, service.api);
    await gwen.go('#/');
    expect(await other.page.locator('#title').innerText()).toBe('Approvals');
    expect(await gwen.texts(other.page.locator('nav[aria-label="Portal"] a:visible'))).toEqual(['Approvals']);
    await gwen.go('#/vaults');
    expect(await other.page.locator('#title').innerText()).toBe('Nothing to show');
    expect([other.errors, other.failed]).toEqual([[], []]);
    await other.page.context().close();
  });

  test('and nothing fails on the way', async () => {
    await go('#/approvals');
    expect(await dialog.count()).toBe(0);
    expect([errors, failed.filter((one) => !one.includes('401'))]).toEqual([[], []]);
  });
});
