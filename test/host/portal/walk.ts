/** Through every page of the portal, with the estate of the demo behind it. */
import { CALLERS, type LocalCaller } from '../../../portal/auth/roles.ts';
import { openPage } from '../../support/browser.ts';
import { goTo, settled } from './person.ts';

/** Items in every state: protected, with a job, restoring, stopped, deleted, held, undeleted, purged, hybrid. */
const ITEMS = [
  ...['web-02', 'web-01', 'sql-02', 'app-18', 'web-21', 'dc-04', 'sql-15'].map(
    (item) => `northwind-prod/items/${item}`,
  ),
  'northwind-apps/items/disk-15',
  'northwind-branches/items/berlin-01',
];

const PAGES = [
  ...['vaults', 'items', 'forecast', 'operations', 'approvals', 'alerts', 'executors', 'kinds', 'orders'],
  ...['northwind-prod', 'northwind-apps', 'northwind-branches'].map((vault) => `vaults/${vault}`),
  ...ITEMS.map((item) => `vaults/${item}`),
];

/** The same pages by other addresses, and what is no page: who looks makes no difference there. */
const OTHER_ADDRESSES = [
  ...['', 'items?state=SoftDeleted', 'alerts?state=any', 'alerts?vault=northwind-apps', 'alerts?vault=nowhere'],
  ...['vaults/nowhere', 'nonsense'],
];

/** One browser for all callers: what it has compiled for the first is there for the others. */
export async function walkerAt(origin: string) {
  const { page, errors, failed } = await openPage();
  // all of it is there before anybody goes on: else requests would be broken off
  await page.goto(`${origin}/portal`);
  await settled(page);

  /** What went wrong on the way: errors in the console, failed requests, and pages that the service refused to fill. */
  return async (caller: LocalCaller) => {
    const places = caller === CALLERS[0] ? [...PAGES, ...OTHER_ADDRESSES] : PAGES;
    const before = { errors: errors.length, failed: failed.length };
    const refused: string[] = [];
    await page.evaluate(`sessionStorage.setItem('reprieve.caller', ${JSON.stringify(caller.id)})`);
    await page.reload();
    await settled(page);
    for (const place of places) {
      await goTo(page, origin, `#/${place}`);
      if ((await page.locator('#title').innerText()) === 'That did not work') refused.push(place);
    }
    return { errors: errors.slice(before.errors), failed: failed.slice(before.failed), refused };
  };
}
