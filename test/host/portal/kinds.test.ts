import { describe, expect, test } from 'vitest';
import { hasBrowser, openPage, violations } from '../../support/browser.ts';
import { call } from '../../support/call.ts';
import { ok } from '../../support/estate.ts';
import { startService } from '../../support/service.ts';
import { personAt } from './person.ts';

describe.skipIf(!hasBrowser)('kinds, at the portal', async () => {
  if (!hasBrowser) return;
  const service = await startService();
  const { page, errors, failed } = await openPage();
  const { go, dialog, inDialog, press, told, texts } = personAt(page, service.api);
  const send = async (method: string, path: string, body?: object) =>
    ok(await call<Record<string, unknown>>(service.api, method, `/api/${path}`, body ? { body } : {}));
  const own = () => texts(page.getByRole('table', { name: 'Your own kinds', exact: true }).locator('tbody tr'));

  test('one is made by keyboard alone, and shown', async () => {
    await go('#/kinds');
    await page.getByText('There are none of your own.').waitFor();
    expect(await violations(page), 'the page').toEqual([]);
    await page.locator('#do-create').focus();
    await page.keyboard.press('Enter');
    expect(await violations(page), 'the dialog').toEqual([]);
    await page.keyboard.type('tenant');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Tenant');
    await page.keyboard.press('Enter');
    await told('Kind tenant is there. Tenants can be protected now.');
    expect(await own()).toEqual([expect.stringMatching(/Tenant.*tenant.*Active.*14 days/s)]);
    expect(await send('GET', 'kinds/tenant')).toMatchObject({ represents: 'Original', recoveryPoints: false });
  });

  test('its items are chosen by its title, and their page says nothing of points', async () => {
    await send('PUT', 'vaults/customers', { kind: 'Generic' });
    await send('PUT', 'vaults/customers/items/acme', { workload: 'tenant', sourceId: 'acme' });
    await go('#/items');
    await page.locator('#filter-workload').selectOption({ label: 'Tenant' });
    await page.getByRole('link', { name: 'acme' }).click();
    // The list has a column of that name, too: only the page of an item can stop it.
    await page.locator('#do-stop').waitFor();
    expect(await page.getByText('Recovery points').count()).toBe(0);
    expect(await violations(page), 'the item').toEqual([]);
    await press('do-stop');
    expect(await page.locator('#stop-mode option').allTextContents()).toEqual([
      'Retain backup data',
      'Delete backup data',
    ]);
    await inDialog('Cancel').click();
  });

  test('one that has items is retired, and not deleted', async () => {
    await go('#/kinds');
    await page.getByRole('button', { name: 'Delete tenant', exact: true }).click();
    await inDialog('Delete').click();
    await dialog.getByText('customers').waitFor();
    await inDialog('Cancel').click();
    await page.getByRole('button', { name: 'Change tenant', exact: true }).click();
    expect(await violations(page), 'the dialog').toEqual([]);
    await page.locator('#active').selectOption('no');
    await inDialog('Save').click();
    await told('Kind tenant is changed.');
    expect(await own()).toEqual([expect.stringContaining('Retired')]);
    expect([errors, failed.filter((one) => !/409/.test(one))]).toEqual([[], []]);
  });
});
