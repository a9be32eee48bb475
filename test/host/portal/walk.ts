/** Through every page of the portal, with the estate of the demo behind it. */
import type { Page } from 'playwright-core';
import type { LocalCaller } from '../../../portal/auth/roles.ts';
import { openPage } from '../../support/browser.ts';

/** Items in every state: protected, with a job, restoring, stopped, deleted, held, undeleted, purged, hybrid. */
const ITEMS = [
  ...['web-02', 'web-01', 'sql-02', 'app-18', 'web-21', 'dc-04', 'sql-15'].map(
    (item) => `northwind-prod/items/${item}`,
  ),
  'northwind-apps/items/disk-15',
  'northwind-branches/items/berlin-01',
];

const PLACES = [
  ...['', 'vaults', 'items', 'items?state=SoftDeleted', 'forecast', 'operations'],
  ...['alerts', 'alerts?state=any', 'alerts?vault=northwind-apps', 'alerts?vault=nowhere'],
  ...['northwind-prod', 'northwind-apps', 'northwind-branches', 'nowhere'].map((vault) => `vaults/${vault}`),
  ...ITEMS.map((item) => `vaults/${item}`),
  'nonsense',
];

/** The page that is shown first sets the busy sign before this listener is called. */
const GO = `(hash) => new Promise((resolve) => {
  addEventListener('hashchange', () => resolve(), { once: true });
  location.hash = hash;
})`;

async function go(page: Page, place: string): Promise<void> {
  await page.evaluate(`(${GO})(${JSON.stringify(`#/${place}`)})`);
  await page.locator('.page:not([aria-busy])').waitFor();
  await page.getByText('reading more').waitFor({ state: 'detached' });
}

/** What went wrong on the way: errors in the console, failed requests, and pages that the service refused to fill. */
export async function walkAs({ id }: LocalCaller, origin: string) {
  const { page, errors, failed } = await openPage();
  const refused: string[] = [];
  await page.addInitScript(`sessionStorage.setItem('reprieve.caller', ${JSON.stringify(id)})`);
  await page.goto(`${origin}/portal#/start`);
  await page.locator('#title').waitFor();
  for (const place of PLACES) {
    await go(page, place);
    if ((await page.locator('#title').innerText()) === 'That did not work') refused.push(place);
  }
  await page.close();
  return { errors, failed, refused };
}
