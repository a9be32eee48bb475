/** What executors are to destroy, at the portal: how far it is, and what a person decides. */
import { beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openPage, violations } from '../../support/browser.ts';
import { orderTenants, WAITING } from '../../support/orderedTenants.ts';
import { startService } from '../../support/service.ts';
import { done, doorOf } from '../support/door.ts';
import { goTo, personAt } from './person.ts';

const ITEM = 'vaults/customers/items';

describe.skipIf(!hasBrowser)('purge orders, at the portal', async () => {
  if (!hasBrowser) return;
  const service = await startService();
  const door = doorOf(service.api);
  const { page, errors, failed } = await openPage();
  const { go, dialog, inDialog, fillIn, told, texts, accessible, press } = personAt(page, service.api);
  const rows = () => page.getByRole('table', { name: 'Purge orders' }).locator('tbody tr:not(.gap)');
  const cells = async () => (await texts(rows())).map((row) => row.split(/\s*\t\s*/));
  /** The page of an order, as a person comes to it. */
  const open = async (item: string) => {
    await go('#/orders');
    await page.getByRole('link', { name: item, exact: true }).click();
    await page.getByRole('heading', { level: 1, name: `Purge of ${item}` }).waitFor();
  };

  beforeAll(() => orderTenants(service));

  test('are listed over all executors, with what is blocked first and in red', async () => {
    await go('#/operations');
    await page.getByRole('link', { name: 'What they are asked to destroy' }).click();
    await page.getByText('6 orders, 1 blocked or late', { exact: true }).waitFor();
    expect((await cells()).map(([item, state]) => [item, state])).toEqual([
      ['umbrella', 'Blocked'],
      ['globex', 'In work'],
      ['initech', 'Waits'],
      ...WAITING.map((item) => [item, 'Can be claimed']),
    ]);
    expect(await texts(page.locator('tr.red-row th'))).toEqual(['umbrella']);
    await accessible('the list');
  });

  test('are found by vault, by executor and by state', async () => {
    await go('#/vaults/customers');
    await page.getByRole('link', { name: 'Its purge orders' }).click();
    await page.getByText('6 orders, 1 blocked or late', { exact: true }).waitFor();
    await page.locator('#filter-state').selectOption('Waiting');
    await page.getByText('1 order', { exact: true }).waitFor();
    expect(page.url()).toContain('vault=customers&state=Waiting');
    await go('#/executors');
    await page.getByRole('link', { name: 'Show the orders of blobs' }).click();
    await page.getByText('6 orders, 1 blocked or late', { exact: true }).waitFor();
  });

  test('past their time are red, and say by how much', async () => {
    await page.route('**/api/purgeOrders?*', async (route) => {
      const answer = await route.fetch();
      const list = await answer.json();
      const late = new Date(Date.now() - 49 * 3_600_000).toISOString();
      const value = list.value.map((one: { item: string }) =>
        one.item === 'acme' ? { ...one, confirmBy: late } : one,
      );
      await route.fulfill({ json: { ...list, value } });
    });
    await go('#/orders?executor=blobs&state=Open');
    await page.getByText('3 orders, 1 blocked or late', { exact: true }).waitFor();
    expect((await cells())[0]?.slice(0, 3)).toEqual(['acme', 'Can be claimed', '2 days late']);
    expect(await texts(page.locator('tr.red-row th'))).toEqual(['acme']);
    await accessible('a late order');
    await page.unrouteAll();
  });

  test('of an executor are counted where the service counts them', async () => {
    const orders = { open: 3, leased: 1, waiting: 1000, blocked: 1, unconfirmed: 0 };
    await page.route('**/api/executors/blobs', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...(await answer.json()), orders } });
    });
    await go('#/orders?executor=blobs');
    await page.getByText('1,000 or more', { exact: true }).waitFor();
    await accessible('the counts');
    await page.getByRole('link', { name: '1 blocked' }).click();
    await page.getByText('1 order, 1 blocked or late', { exact: true }).waitFor();
    await page.unrouteAll();
  });

  test('that are none make no empty table, also where their vault is not there', async () => {
    const table = page.getByRole('region', { name: 'Purge orders' });
    await go('#/orders');
    await table.waitFor();
    await go('#/orders?vault=nowhere');
    await page.getByText('There is no vault nowhere.').waitFor();
    await page.getByText('0 orders', { exact: true }).waitFor();
    expect(await table.count()).toBe(0);
    expect(failed.splice(0)).toEqual([expect.stringMatching(/^404 .*purgeOrders.*nowhere/)]);
  });

  test.each([
    ['in light', {}],
    ['in dark', { shade: 'dark' }],
    ['on a phone', { width: 390 }],
  ] as const)('are open to everybody, %s', async (_, look) => {
    const other = await openPage(look);
    const { value } = await done(door('GET', 'purgeOrders?vault=customers'));
    const places = ['orders', ...value.map(({ order }) => `orders/${order}`), `${ITEM}/umbrella`, `${ITEM}/hooli`];
    for (const place of places) {
      await goTo(other.page, service.api, `#/${place}`);
      expect(await violations(other.page, 'shade' in look ? 'colours' : 'all'), place).toEqual([]);
      expect(await other.page.evaluate<number>('document.documentElement.scrollWidth'), place).toBeLessThanOrEqual(
        'width' in look ? look.width : 1280,
      );
    }
  });

  test('show who is at it, what failed and what was left for the next', async () => {
    await open('globex');
    await page.getByText('local/blobs', { exact: true }).waitFor();
    await page.getByText('"deleted": 1200').waitFor();
    expect(await page.locator('#do-recall, #do-retry, #do-close').count()).toBe(0);
    await open('initech');
    await page.getByText('the account does not answer (AccountBusy)').waitFor();
    await open('umbrella');
    await page.getByText('blobs gave up: new data under the prefix.').waitFor();
    await page.getByText('perhaps something: nobody can say').waitFor();
    expect(await page.locator('#do-recall').count()).toBe(0);
    await page.getByText('"account": "customers"').waitFor();
  });

  test('are recalled from the page of their item, by keyboard alone', async () => {
    await go(`#/${ITEM}/acme`);
    await page.getByText('Its time to be undeleted is over.').waitFor();
    await accessible('an ordered item');
    await page.locator('#notice-recall').focus();
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'attached' });
    expect(await violations(page), 'the dialog').toEqual([]);
    await page.keyboard.press('Enter');
    await dialog.getByText('Say why it is recalled.').waitFor();
    await page.keyboard.type('they stay with us');
    await page.keyboard.press('Enter');
    await told('acme is soft deleted again, and can be undeleted for 15 days.');
    await page.locator('#notice-undelete').waitFor();
    expect(await done(door('GET', `${ITEM}/acme`))).toMatchObject({ state: 'SoftDeleted' });
  });

  test('that was claimed meanwhile is not recalled, and the page shows what is true', async () => {
    await open('stark');
    await press('do-recall');
    await fillIn('order-reason', 'too late');
    const token = await service.token({ sub: 'blobs', roles: ['Executor'], appOnly: true });
    const claim = { executor: 'blobs', max: 32, leaseSeconds: 3600 };
    await done(door('POST', 'purgeOrders/claim', { token, body: claim }));
    await inDialog('Recall').click();
    await page.locator('#told').waitFor();
    await page.getByText('In work').waitFor();
    expect(await page.locator('#do-recall').count()).toBe(0);
  });

  test('that are blocked are tried again', async () => {
    await open('umbrella');
    await press('notice-retry');
    expect(await violations(page), 'the dialog').toEqual([]);
    await fillIn('order-reason', 'the new data is moved');
    await inDialog('Try again').click();
    await told('The purge of umbrella waits for blobs.');
    await page.locator('fluent-badge', { hasText: 'Can be claimed' }).waitFor();
  });

  test('are closed by hand with the typed name, a reason, a proof and a second factor; the receipt says so', async () => {
    await open('umbrella');
    await press('do-close');
    await page.locator('#order-outcome').selectOption('confirmed');
    expect(await violations(page), 'the dialog').toEqual([]);
    await inDialog('Close the order').click();
    await dialog.getByText('Type the name exactly as it is written: umbrella.').waitFor();
    await fillIn('order-name', 'umbrella');
    await fillIn('order-reason', 'seen to be gone');
    await inDialog('Close the order').click();
    await dialog.getByText('Say how many objects were destroyed').waitFor();
    await fillIn('proof-objects', '12');
    await fillIn('proof-bytes', '4096');
    await page.locator('#proof-remaining').locator('textarea').fill('a copy at the archive');
    await inDialog('Close the order').click();
    await inDialog('Sign in with second factor').click();
    await told(/^umbrella is purged\./);
    await page.getByText('It is confirmed: the item is purged').waitFor();
    await accessible('a closed order');
    expect(await done(door('GET', 'purgeOrders?vault=customers&state=Blocked'))).toMatchObject({ value: [] });
  });

  test('that are confirmed leave a receipt on the page of the item', async () => {
    await go(`#/${ITEM}/hooli`);
    const receipt = page.locator('section', { has: page.getByRole('heading', { name: 'Receipt' }) });
    for (const text of ['blobs', 'local/blobs', '1,204 objects of 734,003,200 bytes', 'DeleteBlob with If-Match'])
      await receipt.getByText(text, { exact: true }).waitFor();
    await receipt.getByText('soft-deleted blobs of the account, until 2026-12-12').waitFor();
    await receipt.getByText('executor blobs was asked to destroy the data itself').waitFor();
    await accessible('the receipt');
  });

  test('leave no error behind, and no request fails that need not', () => {
    const expected = /^401 POST .*resolve$|^412 POST .*recall$/;
    expect([errors, failed.filter((one) => !expected.test(one))]).toEqual([[], []]);
  });
});
