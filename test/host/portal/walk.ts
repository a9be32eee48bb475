/** Through every page of the portal, with the estate of the demo behind it. */
import type { LocalCaller } from '../../../portal/auth/roles.ts';
import { openPage } from '../../support/browser.ts';
import { goTo } from './person.ts';

/** Items in every state: protected, with a job, restoring, stopped, deleted, held, undeleted, purged, hybrid. */
const ITEMS = [
  ...['web-02', 'web-01', 'sql-02', 'app-18', 'web-21', 'dc-04', 'sql-15'].map(
    (item) => `northwind-prod/items/${item}`,
  ),
  'northwind-apps/items/disk-15',
  'northwind-branches/items/berlin-01',
];

const PLACES = [
  ...['', 'vaults', 'items', 'items?state=SoftDeleted', 'forecast', 'operations', 'approvals'],
  ...['alerts', 'alerts?state=any', 'alerts?vault=northwind-apps', 'alerts?vault=nowhere'],
  ...['northwind-prod', 'northwind-apps', 'northwind-branches', 'nowhere'].map((vault) => `vaults/${vault}`),
  ...ITEMS.map((item) => `vaults/${item}`),
  'nonsense',
];

/** What went wrong on the way: errors in the console, failed requests, and pages that the service refused to fill. */
export async function walkAs({ id }: LocalCaller, origin: string) {
  const { page, errors, failed } = await openPage();
  const refused: string[] = [];
  await page.addInitScript(`sessionStorage.setItem('reprieve.caller', ${JSON.stringify(id)})`);
  for (const place of PLACES) {
    await goTo(page, origin, `#/${place}`);
    if ((await page.locator('#title').innerText()) === 'That did not work') refused.push(place);
  }
  await page.context().close();
  return { errors, failed, refused };
}
