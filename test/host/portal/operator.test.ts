import { beforeAll, describe, expect, test } from 'vitest';
import { CALLERS } from '../../../portal/auth/roles.ts';
import { hasBrowser, openPage } from '../../support/browser.ts';
import { clockOf } from '../../support/estate.ts';
import { startService } from '../../support/service.ts';
import { EVIDENCE_KEY } from '../../support/stores.ts';
import { done, doorOf } from '../support/door.ts';
import { demoEstate } from './demoEstate.ts';
import { personAt } from './person.ts';
import { walkerAt } from './walk.ts';

const PROD = '#/vaults/northwind-prod';

/** A day with an estate as large as a real one: what the other journeys do not touch. */
describe.skipIf(!hasBrowser)('an operator with the estate of the demo', async () => {
  if (!hasBrowser) return;
  const estate = await demoEstate();
  const service = await startService({ env: { SWEEP_MAX_PURGES: '3', EVIDENCE_KEY } }, estate.plantAt);
  const { page, errors } = await openPage();
  const door = doorOf(service.api);
  const { go, dialog, inDialog, press, open, fillIn, told, texts, accessible } = personAt(page, service.api);
  const cellsOf = (row: string) => texts(page.locator('tbody tr', { hasText: row }).locator('th, td'));

  let walk: Awaited<ReturnType<typeof walkerAt>>;

  beforeAll(async () => {
    await clockOf(service).moveTo(estate.now);
    walk = await walkerAt(service.api);
  });

  test.each(CALLERS)('walks through every page as $text, and nothing fails', async (caller) => {
    expect(await walk(caller)).toEqual({ errors: [], failed: [], refused: [] });
  });

  test('sees of each vault its kind, its soft delete, how long, its hybrid switch and its counts', async () => {
    await go('#/vaults');
    expect(await cellsOf('northwind-prod')).toEqual(
      ['northwind-prod', 'Recovery Services vault', 'On', '14 days', 'On'].concat(['101', '3', '6']),
    );
    expect((await cellsOf('northwind-apps')).slice(1, 5)).toEqual(['Backup vault', 'On', '14 days', 'not here']);
    expect((await cellsOf('northwind-branches'))[3]).toBe('30 days');
    await page.getByRole('link', { name: '6 soft deleted in northwind-prod' }).click();
    await page.getByText('6 of 200 items').waitFor();
  });

  test('sees first what goes first, and last what is held', async () => {
    await go('#/items?state=SoftDeleted');
    await page.getByText(/^\d+ of 200 items$/).waitFor();
    const left = await texts(page.locator('tr.red-row .left'));
    const hours = left.map((text) =>
      text === 'held' ? 1e9 : Number.parseInt(text, 10) * (/hour/.test(text) ? 1 : 24),
    );
    expect(hours).toEqual(hours.toSorted((a, b) => a - b));
    expect([left[0], left.at(-1)]).toEqual([expect.stringContaining('hours left'), 'held']);
  });

  test('finds items by status, workload, vault and words', async () => {
    await go('#/items');
    await page.getByText('200 items', { exact: true }).waitFor();
    await page.locator('#filter-state').selectOption('ProtectionStopped');
    await page.getByText('5 of 200 items').waitFor();
    expect(await page.locator('tr.red-row').count()).toBe(0);
    await page.locator('#filter-state').selectOption('');
    await page.locator('#filter-workload').selectOption('MARS');
    await page.getByText('24 of 200 items').waitFor();
    await fillIn('search', 'oslo 07');
    await page.getByText('1 of 200 items').waitFor();
    expect(await page.locator('tr.red-row').innerText()).toContain('18 days left');
  });

  test('changes how long deleted data is kept, and reads it in the vault', async () => {
    await go('#/vaults/northwind-apps');
    await open('do-settings');
    await accessible('settings');
    await fillIn('days', '13');
    await inDialog('Save').click();
    await dialog.getByText(/14/).last().waitFor();
    await fillIn('days', '21');
    await inDialog('Save').click();
    await told('The settings of northwind-apps are saved.');
    await page.getByText('21 days').waitFor();
  });

  test('makes soft delete always on, and sees the lock in the list', async () => {
    await go('#/vaults/northwind-apps');
    await open('do-always-on');
    await accessible('always on');
    await page.getByText('I understand').click();
    await inDialog('Make always on').click();
    await inDialog('Sign in with second factor').click();
    await told('Soft delete of northwind-apps is always on now.');
    await go('#/vaults');
    await page.getByRole('img', { name: 'locked for ever' }).waitFor();
    await accessible('the lock');
  });

  test('brings back many at once, after a look at which', async () => {
    await go('#/vaults/northwind-apps');
    await open('do-undelete');
    const offered = await texts(page.locator('#deleted-by option'));
    expect(offered.map((text) => text.split(',')[0])).toEqual([
      'Anybody: 8 items',
      'sam: 6 items',
      'lin: 1 item',
      'dana: 1 item',
    ]);
    await inDialog('Show what would come back').click();
    await dialog.getByText('media-10').waitFor();
    expect(await dialog.locator('tbody tr').count()).toBe(8);
    await page.locator('#deleted-by').selectOption('sam');
    await inDialog('Undelete all of these').click();
    await page.getByText('Look first at what would come back.').waitFor();
    await inDialog('Show what would come back').click();
    await dialog.getByText('media-10').waitFor();
    await accessible('undelete many');
    await inDialog('Undelete all of these').click();
    await told('6 items are back.');
    await go('#/items?state=SoftDeleted&vault=northwind-apps');
    await page.getByText('2 of 200 items').waitFor();
  });

  test('stops with retain, and with a job at work cancels it', async () => {
    await go(`${PROD}/items/web-06`);
    await open('do-stop');
    await inDialog('Stop backup').click();
    await told('Backup of web-06 is stopped; its data is kept.');
    await page.getByText('No new backups are taken.').waitFor();
    await go(`${PROD}/items/web-01`);
    await page.getByText('Backup in progress', { exact: true }).waitFor();
    await open('do-stop');
    await page.getByText('Cancel the job that is running').click();
    await inDialog('Stop backup').click();
    await told('Backup of web-01 is stopped; its data is kept.');
  });

  test('restores from a recovery point, sees the job, and that it has ended', async () => {
    await go(`${PROD}/items/web-07`);
    await page.getByRole('button', { name: 'Restore night-14' }).click();
    await accessible('restore');
    await inDialog('Restore').click();
    await told('The restore of web-07 from night-14 was started.');
    await page.getByText('Restore in progress', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'It is done' }).click();
    await page.getByText('Restore in progress', { exact: true }).waitFor({ state: 'detached' });
    expect(await page.locator('.timeline').innerText()).toContain('Start restore by local-user');
  });

  test('resumes with another policy, and reads what that would cost before', async () => {
    await go(`${PROD}/items/app-18`);
    await open('notice-resume');
    await page.getByText('3 recovery points would be removed').waitFor();
    await accessible('resume');
    await page.locator('#policy').selectOption('short');
    await page.getByText('3 recovery points would be removed').waitFor();
    await inDialog('Resume backup').click();
    await told('app-18 is protected again, by policy short. Removed: 3 recovery points older than the policy allows.');
  });

  test('reads why it is (not) purged, who holds it, and what became of it', async () => {
    await go(`${PROD}/items/dc-04`);
    await page.getByText('dc-04 is soft deleted: held. A hold without an end keeps it').waitFor();
    expect(await page.locator('main').innerText()).not.toContain('deleted permanently on');
    const reasons = await page.locator('.reasons').innerText();
    expect(reasons).toContain('It can be undeleted until');
    expect(reasons).toContain('Case 2026-118');
    expect(await page.locator('.timeline').innerText()).toContain('Stop delete by lin');
    await go(`${PROD}/items/web-22`);
    await page.getByText(/^Not purged before \d/).waitFor();
  });

  test('sees in the forecast how many go on which day of sixty', async () => {
    await go('#/forecast');
    const picture = page.getByRole('img', { name: /^Purges per day for 60 days\. Most: / });
    await picture.waitFor();
    expect(await picture.locator('rect').count()).toBe(60);
    const which = page.getByRole('cell', { name: 'web-21, web-22, web-23, sql-24', exact: true });
    await which.waitFor();
    // and lists all of one day
    await page.getByRole('row').filter({ has: which }).getByRole('rowheader').getByRole('link').click();
    const list = page.getByRole('region', { name: /^Purges on / }).last();
    await list.getByRole('rowheader', { name: 'sql-24' }).waitFor();
    expect(await list.getByRole('rowheader').count()).toBe(4);
  });

  test('acknowledges an alert and closes it, the gravest first', async () => {
    await go('#/alerts');
    const first = page.locator('tbody tr').first();
    expect(await first.innerText()).toContain('Sev0');
    const acknowledge = page.getByRole('button', { name: 'Acknowledge Delete backup data of volume-08' });
    await acknowledge.click();
    await told('Delete backup data is acknowledged.');
    await acknowledge.waitFor({ state: 'detached' });
    await page.locator('#alert-state').selectOption('Acknowledged');
    await page.getByRole('button', { name: 'Close Delete backup data of volume-08' }).click();
    await told('Delete backup data is closed.');
  });

  test('sends a mail again that was turned away', async () => {
    await go('#/operations');
    await page.getByText('1 given up').waitFor();
    const letters = page.getByRole('region', { name: 'Dead letters' });
    await letters
      .getByRole('cell', { name: /^[A-Z][a-z ]+ of [a-z]+-\d+$/ })
      .getByRole('link')
      .waitFor();
    expect(await page.getByRole('region', { name: /^Sweeps/ }).innerText()).not.toMatch(/skipped|due/);
    await page.getByRole('button', { name: /^Re-drive the mail to / }).click();
    await told(/^The mail to .* is on its way again\.$/);
    await page.getByText('None: every mail was sent.').waitFor();
  });

  test('finds a sweep held by the belt, looks, and releases it with its token', async () => {
    await page.reload(); // a second factor of before is forgotten
    await open('clock');
    await accessible('the clock');
    await page.getByRole('button', { name: '+1 day' }).click();
    await inDialog('Move').click();
    await page.getByText(/\(\+14\.\d d\)/).waitFor();
    await press('do-sweep');
    await page.getByText('The last sweep was held: Belt.').waitFor();
    await page.getByRole('row', { name: /^Oldest overdue .* waits since/ }).waitFor();
    await accessible('a held sweep');
    await page.getByRole('button', { name: 'Dry run: what is due?' }).click();
    await dialog.getByText('sql-24').waitFor();
    await accessible('a dry run');
    await inDialog('Close').click();
    await open('do-release');
    expect(await page.locator('#belt-token').locator('input').inputValue()).not.toBe('');
    await inDialog('Purge them').click();
    await page.getByRole('button', { name: 'Sign in with second factor' }).click();
    await told(/4 purged/);
    await go(`${PROD}/items/web-21`);
    await page.getByText('Permanently deleted.').waitFor();
  });

  test('is asked for the second factor where hybrid backups are deleted', async () => {
    await go('#/vaults/northwind-branches/items/berlin-01');
    await go('#/vaults/northwind-branches/items/berlin-01'); // loaded anew: the second factor of before is forgotten
    await open('do-stop');
    await page.locator('#stop-mode').selectOption('delete');
    await fillIn('stop-name', 'berlin-01');
    await inDialog('Stop backup').click();
    await page.getByRole('button', { name: 'Sign in with second factor' }).click();
    await told('berlin-01 is soft deleted and can be undeleted for 30 days.');
  });

  test('changes who is told', async () => {
    await go('#/vaults/northwind-branches');
    await open('do-mails');
    await accessible('mails');
    await fillIn('recipients', 'night@northwind.example; ops@northwind.example');
    await inDialog('Save').click();
    await told('The mails of northwind-branches are set.');
    await page.getByText('night@northwind.example, ops@northwind.example, owner@northwind.example').waitFor();
  });

  test('brings a deleted vault back', async () => {
    await done(door('PUT', 'vaults/fabrikam', { body: { kind: 'Backup' } }));
    await done(door('DELETE', 'vaults/fabrikam?reason=moved'));
    await go('#/vaults');
    await press('do-restore-fabrikam');
    await told('fabrikam is restored. It is as it was.');
    await page.getByRole('link', { name: 'fabrikam' }).waitFor();
    expect(await page.locator('#do-restore-fabrikam').count()).toBe(0);
  });

  test('does it all without an error of the page itself', () => expect(errors).toEqual([]));
});
