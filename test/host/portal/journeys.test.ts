import { beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openPage } from '../../support/browser.ts';
import { startService } from '../../support/service.ts';
import { sweepingOf } from '../support/sweeping.ts';
import { furnish } from './estate.ts';
import { personAt } from './person.ts';

const ITEM = '#/vaults/contoso/items/web-01';

describe.skipIf(!hasBrowser)('a person at the portal', async () => {
  if (!hasBrowser) return;
  const service = await startService();
  const { page, errors, failed } = await openPage();
  const { go, open, press, inDialog, fillIn, told, texts } = personAt(page, service.api);

  beforeAll(() => furnish(service));

  test('deletes an item: only with its name, and then sees it in red', async () => {
    await go(ITEM);
    await open('do-stop');
    await page.locator('#stop-mode').selectOption('delete');
    await fillIn('stop-name', 'WEB-01');
    await inDialog('Stop backup').click();
    await page.getByText('Type the name exactly as it is written: web-01.').waitFor();
    await fillIn('stop-name', 'web-01');
    await inDialog('Stop backup').click();
    await told('web-01 is soft deleted and can be undeleted for 14 days.');
    await page.getByText('A soft-deleted item shows no recovery points.').waitFor();
    await go('#/items?state=SoftDeleted');
    await page.getByText('2 of 3 items').waitFor();
    expect(await texts(page.locator('tr.red-row'))).toEqual([
      expect.stringContaining('14 days left'),
      expect.stringContaining('14 days left'),
    ]);
  });

  test('undeletes it; backups stay stopped until resumed, and what would go is shown before', async () => {
    await page.request.put(`${service.api}/api/local/clock`, { data: { offset: 'P3D' } });
    await go(ITEM);
    await open('notice-undelete');
    await inDialog('Undelete').click();
    await told(/is back, with 2 recovery points/);
    await open('notice-resume');
    await page.getByText('1 recovery point would be removed').waitFor();
    await inDialog('Resume backup').click();
    await told(/is protected again, by policy daily\. Removed: 1 recovery point older than the policy allows\./);
    expect(await page.locator('.timeline').innerText()).toContain('Undelete by local-user');
  });

  test('is told when somebody else was faster, and sees what is true now', async () => {
    await go(ITEM);
    await open('do-stop');
    await page.request.put(`${service.api}/api/vaults/contoso/items/web-01/holds/other`, {
      data: { reason: 'faster' },
    });
    await inDialog('Stop backup').click();
    await told(/Somebody changed it after you opened it/);
    await page.getByRole('button', { name: 'Lift other' }).click();
    await told(/is lifted/);
  });

  test('is refused in the words of the API, and the page then shows why', async () => {
    await go('#/vaults/contoso/items/sql-01');
    await page.getByRole('button', { name: 'Restore fresh' }).click();
    await page.request.post(`${service.api}/api/vaults/contoso/items/sql-01/backup`, { data: {} });
    await inDialog('Restore').click();
    await page.locator('fluent-dialog').getByText('ObjectLocked').waitFor();
    await page.getByText('Backup in progress', { exact: true }).waitFor();
    await inDialog('Cancel').click();
    await page.getByRole('button', { name: 'It failed' }).click();
    await told('The Backup of sql-01 is failed.');
  });

  test('is not offered a backup any more once it has failed, because somebody else deleted the item', async () => {
    await go('#/vaults/contoso/items/sql-01');
    const reason = { mode: 'delete', confirmName: 'sql-01', reason: 'Cost' };
    await page.request.post(`${service.api}/api/vaults/contoso/items/sql-01/stop`, { data: reason });
    await press('do-backup');
    await page.getByText('sql-01 is soft deleted: 14 days left.').waitFor();
    expect(await page.locator('#do-backup').count()).toBe(0);
  });

  test.each([
    ['#/nonsense', 'The portal has no page at this address.'],
    ['#/vaults/contoso/elsewhere', 'The portal has no page at this address.'],
    ['#/vaults/contosso', 'There is no vault contosso.'],
    ['#/alerts?vault=contosso', 'There is no vault contosso.'],
  ])('reads at %s that there is nothing, and no request has failed', async (hash, words) => {
    await page.goto(`${service.api}/portal`);
    await page.locator('#title').waitFor();
    failed.length = 0;
    await page.evaluate((to) => Object.assign(globalThis, { location: to }), hash);
    await page.getByRole('heading', { level: 1, name: 'Not found' }).waitFor();
    await page.getByText(words).waitFor();
    expect(failed).toEqual([]);
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
    await page.getByRole('cell', { name: 'no end: until somebody lifts it' }).waitFor();
    await page.waitForFunction("document.activeElement.id === 'do-hold'");
    await page.getByRole('button', { name: 'Lift legal' }).click();
    await told(/is lifted/);
  });

  test('issues a PIN, after a second factor', async () => {
    await go('#/vaults/contoso');
    await open('do-pin');
    await page.locator('#pin-server').selectOption('filesrv-01');
    await inDialog('Issue PIN').click();
    await inDialog('Sign in with second factor').click();
    await page.getByText('it works once, on filesrv-01').waitFor();
    expect(await page.locator('.pin').innerText()).toMatch(/^\d{8}$/);
    await inDialog('Close').click();
  });

  test('makes soft delete always on, with a tick, and reads what that means', async () => {
    await open('do-always-on');
    await inDialog('Make always on').click();
    await page.getByText('Tick the box to confirm.').waitFor();
    await page.getByText('I understand').click();
    await inDialog('Make always on').click();
    await page.getByText(/filesrv-01 is registered/).waitFor();
    await inDialog('Close').click();
    await page.locator('#do-always-on').waitFor({ state: 'detached' });
  });

  test('moves the clock, looks what a sweep would do, pauses, goes on, and sweeps', async () => {
    await sweepingOf(service).told({ name: 'contoso' });
    await open('clock');
    await page.getByRole('button', { name: '+15 days' }).click();
    await inDialog('Move').click();
    await page.getByText('(+18 d)').waitFor();
    await go('#/operations');
    await open('do-dry-run');
    await page
      .getByText(/purge 2/)
      .first()
      .waitFor();
    await inDialog('Close').click();
    await open('do-pause');
    await fillIn('pause-reason', 'somebody looks');
    await inDialog('Pause').click();
    await told(/Purging is paused until/);
    await press('do-end-pause');
    await told('Purging goes on.');
    await press('do-sweep');
    await told(/2 purged/);
    await go('#/vaults/contoso/items/gone-01');
    await page.getByText('Permanently deleted.').waitFor();
  });

  const become = async (caller: string, name: string): Promise<void> => {
    await open('account');
    await page.locator('fluent-dialog select').selectOption(caller);
    await inDialog('Sign in').click();
    await page.locator('#account', { hasText: name }).waitFor();
    await page.locator('.page:not([aria-busy])').waitFor();
  };
  const offered = async (hash: string): Promise<string[]> => {
    await go(hash);
    return texts(page.locator('main').getByRole('button'));
  };

  test('is offered what their roles allow, and nothing else', async () => {
    expect(await offered('#/alerts')).toContain('Acknowledge');
    await become('reader', 'rita');
    expect(await offered('#/alerts')).toEqual([]);
    expect(await offered(ITEM)).toEqual(['Refresh']);
    expect(await offered('#/vaults/contoso')).toEqual(['Refresh']);
    expect(await offered('#/operations')).toEqual([]);
    await become('operator', 'otto');
    expect(await offered('#/alerts')).toContain('Acknowledge');
    expect(await offered(ITEM)).toEqual(expect.arrayContaining(['Back up now', 'Stop backup', 'Restore']));
    expect(await offered(ITEM)).not.toContain('Add hold');
    await open('do-stop');
    expect(await texts(page.locator('#stop-mode option'))).toEqual(['Retain backup data', 'Retain as per policy']);
  });

  test('is told what to do instead where no page is for them', async () => {
    await go('#/items');
    await become('guardOnly', 'gwen');
    await page.getByRole('heading', { name: 'Nothing to show' }).waitFor();
    expect(await page.getByRole('link', { name: 'Vaults' }).count()).toBe(0);
  });

  test('sees no error of the page itself', () => expect(errors).toEqual([]));
});
