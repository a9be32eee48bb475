import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openPage } from '../../support/browser.ts';
import { startService } from '../../support/service.ts';
import { furnish } from './estate.ts';

const ITEM = '#/vaults/contoso/items/web-01';

describe.skipIf(!hasBrowser)('a person at the portal', async () => {
  if (!hasBrowser) return;
  const service = await startService();
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    await furnish(service);
    ({ page, errors } = await openPage());
  });

  const go = async (hash: string): Promise<void> => {
    await page.goto(`${service.api}/portal${hash}`);
    await page.reload();
    await page.locator('#title').waitFor();
  };
  const inDialog = (name: string) => page.locator('fluent-dialog').getByRole('button', { name, exact: true });
  const fill = (id: string, text: string) => page.locator(`#${id}`).locator('input').fill(text);
  const told = (text: string | RegExp) => page.locator('#told').getByText(text).waitFor();

  test('deletes an item: only with its name, and then sees it in red', async () => {
    await go(ITEM);
    await page.locator('#do-stop').click();
    await page.locator('#stop-mode').selectOption('delete');
    await fill('stop-name', 'WEB-01');
    await inDialog('Stop backup').click();
    await page.getByText('Type the name exactly as it is written: web-01.').waitFor();
    await fill('stop-name', 'web-01');
    await inDialog('Stop backup').click();
    await told('web-01 is soft deleted and can be undeleted for 14 days.');
    await page.getByText('A soft-deleted item shows no recovery points.').waitFor();
    await go('#/items?state=SoftDeleted');
    await page.getByText('2 of 3 items').waitFor();
    expect(await page.locator('tr.red-row').allInnerTexts()).toEqual([
      expect.stringContaining('14 days left'),
      expect.stringContaining('14 days left'),
    ]);
  });

  test('undeletes it; backups stay stopped until resumed, and what would go is shown before', async () => {
    await page.request.put(`${service.api}/api/local/clock`, { data: { offset: 'P3D' } });
    await go(ITEM);
    await page.locator('#notice-undelete').click();
    await inDialog('Undelete').click();
    await told(/is back, with 2 recovery points/);
    await page.locator('#notice-resume').click();
    await page.getByText('1 recovery point would be removed').waitFor();
    await inDialog('Resume backup').click();
    await told(/is protected again, by policy daily\. Removed, past the end: 1 recovery point\./);
    expect(await page.locator('.timeline').innerText()).toContain('Undelete by local-user');
  });

  test('is told when somebody else was faster, and sees what is true now', async () => {
    await go(ITEM);
    await page.locator('#do-stop').click();
    await page.request.put(`${service.api}/api/vaults/contoso/items/web-01/holds/other`, {
      data: { reason: 'faster' },
    });
    await inDialog('Stop backup').click();
    await told(/Somebody changed it after you opened it/);
    await page.getByRole('button', { name: 'Lift other' }).click();
    await told(/is lifted/);
  });

  test('holds it by keyboard alone, and is back where they were', async () => {
    await go(ITEM);
    await page.locator('#do-hold').focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction("document.activeElement.id === 'hold-name'");
    await page.keyboard.type('legal');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Case 7');
    await page.keyboard.press('Enter');
    await told('web-01 is held.');
    await page.getByRole('button', { name: 'Lift legal' }).waitFor();
    await page.waitForFunction("document.activeElement.id === 'do-hold'");
    await page.getByRole('button', { name: 'Lift legal' }).click();
    await told(/is lifted/);
  });

  test('issues a PIN, after a second factor', async () => {
    await go('#/vaults/contoso');
    await page.locator('#do-pin').click();
    await inDialog('Sign in with second factor').click();
    expect(await page.locator('.pin').innerText()).toMatch(/^\d{8}$/);
    await inDialog('Close').click();
  });

  test('makes soft delete always on, with a tick, and reads what that means', async () => {
    await page.locator('#do-always-on').click();
    await inDialog('Make always on').click();
    await page.getByText('Tick the box to confirm.').waitFor();
    await page.getByText('I understand').click();
    await inDialog('Make always on').click();
    await page.getByText(/filesrv-01 is registered/).waitFor();
    await inDialog('Close').click();
    expect(await page.locator('#do-always-on').count()).toBe(0);
  });

  test('moves the clock, looks what a sweep would do, pauses, goes on, and sweeps', async () => {
    await page.locator('#clock').click();
    await page.getByRole('button', { name: '+15 days' }).click();
    await inDialog('Move').click();
    await page.getByText('(+18 d)').waitFor();
    await go('#/operations');
    await page.locator('#do-dry-run').click();
    await page
      .getByText(/purge 1/)
      .first()
      .waitFor();
    await inDialog('Close').click();
    await page.locator('#do-pause').click();
    await fill('pause-reason', 'somebody looks');
    await inDialog('Pause').click();
    await told(/Purging is paused until/);
    await page.locator('#do-end-pause').click();
    await told('Purging goes on.');
    await page.locator('#do-sweep').click();
    await told(/1 purged/);
    await go('#/vaults/contoso/items/gone-01');
    await page.getByText('Permanently deleted.').waitFor();
  });

  test('is refused in the words of the API, being somebody with less to say', async () => {
    await go('#/alerts');
    await page.locator('#account').click();
    await page.locator('fluent-dialog select').selectOption('reader');
    await inDialog('Sign in').click();
    await page.locator('#account', { hasText: 'rita' }).waitFor();
    await page
      .getByRole('button', { name: /^Acknowledge/ })
      .first()
      .click();
    await told(/This needs the role Operator/);
  });

  test('sees no error of the page itself', () => expect(errors).toEqual([]));
});
