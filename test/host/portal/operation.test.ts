/** Long work at the portal: how far it is, what came of it, and the undelete of many that begins it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openPage, violations } from '../../support/browser.ts';
import { startService } from '../../support/service.ts';
import { done, doorOf } from '../support/door.ts';
import { furnish } from './estate.ts';
import { goTo, personAt } from './person.ts';

describe.skipIf(!hasBrowser)('an operation at the portal', async () => {
  if (!hasBrowser) return;
  const service = await startService();
  const door = doorOf(service.api);
  const { page, errors, failed } = await openPage();
  const { go, dialog, inDialog, accessible, open, texts } = personAt(page, service.api);
  /** So many that one answer does not hold them; only one of them is there. */
  const items = ['gone-01', ...Array.from({ length: 214 }, (_, at) => `nobody-${String(at).padStart(3, '0')}`)];
  let id = '';
  let location = '';

  beforeAll(async () => {
    await furnish(service);
    const begun = await door('POST', 'vaults/contoso/undelete', { body: { items } });
    expect(begun.status).toBe(202);
    id = begun.body.operation;
    location = begun.headers.get('operation-location') ?? '';
  });

  /** The portal asks after it as often as a test wants it to find it running. */
  async function runs(answers: readonly object[]): Promise<void> {
    const left = [...answers];
    await page.route(`**/api/operations/${id}`, async (route) => {
      const next = left.shift();
      if (!next) return route.continue();
      const real = await done(door('GET', `operations/${id}`));
      const json = { ...real, status: 'Running', endedAt: null, ...next };
      return route.fulfill({ json, headers: { 'retry-after': '1' } });
    });
  }

  test('shows how far it is while it runs, and its end by itself', async () => {
    await runs([
      { done: 1, failed: 0 },
      { done: 1, failed: 99 },
      { done: 1, failed: 199 },
    ]);
    await go(`#/operations/${id}`);
    expect(await page.locator('#title').innerText()).toBe('Undelete items');
    await page.getByText('100 of 215 items').waitFor();
    await accessible('a running operation');
    await page.getByText('Succeeded', { exact: true }).waitFor();
    await page.getByText('1 item; 214 items could not be dealt with').waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(0);
    await accessible('an operation that has ended');
  });

  test('has the outcome of every item, also when it is looked at again', async () => {
    await page.unrouteAll();
    await go('#/vaults');
    await go(`#/operations/${id}`);
    await page.getByText('215 items with an outcome').waitFor();
    expect(
      await texts(page.getByRole('table', { name: 'Results' }).locator('tbody tr').nth(1).locator('th, td')),
    ).toEqual(['gone-01', 'Undeleted']);
    expect(await texts(page.locator('tr.red-row').first().locator('th, td'))).toEqual([
      'nobody-000',
      'Refused, ItemNotFound',
    ]);
    await page.getByRole('link', { name: 'gone-01' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'gone-01' }).waitFor();
  });

  test.each([
    ['in dark', { shade: 'dark' }],
    ['on a phone', { width: 390 }],
  ] as const)('is open to everybody, %s', async (_, look) => {
    const other = await openPage(look);
    await goTo(other.page, service.api, `#/operations/${id}`);
    await other.page.getByText('215 items with an outcome').waitFor();
    expect(await violations(other.page, 'shade' in look ? 'colours' : 'all')).toEqual([]);
    expect(await other.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
      'width' in look ? look.width : 1280,
    );
  });

  test('is shown by the undelete of many that begins it, by keyboard alone', async () => {
    await done(door('POST', 'vaults/contoso/items/web-01/stop', { body: { mode: 'delete', confirmName: 'web-01' } }));
    await page.route('**/api/vaults/contoso/undelete', (route) => {
      if (route.request().postDataJSON().dryRun) return route.continue();
      return route.fulfill({
        status: 202,
        json: { operation: id, results: [] },
        headers: { 'operation-location': location },
      });
    });
    await go('#/vaults/contoso');
    await open('do-undelete');
    await inDialog('Show what would come back').focus();
    await page.keyboard.press('Enter');
    await dialog.getByText('web-01').waitFor();
    await inDialog('Undelete all of these').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Undelete items' }).waitFor();
    await page.getByText('215 items with an outcome').waitFor();
    expect(await dialog.count()).toBe(0);
  });

  test('that is not there is said to be not there', async () => {
    await go('#/operations/contoso~a~b');
    await page.getByRole('heading', { level: 1, name: 'Not found' }).waitFor();
    expect(errors).toEqual([]);
    expect(failed.filter((line) => !line.includes('contoso~a~b'))).toEqual([]);
  });
});
