import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openPage, violations } from '../../support/browser.ts';
import { startService } from '../../support/service.ts';
import { furnish } from './estate.ts';
import { goTo } from './person.ts';

const PLACES = [
  'vaults',
  'items',
  'vaults/contoso',
  'vaults/contoso/items/web-01',
  'vaults/contoso/items/gone-01',
].concat(['forecast', 'alerts', 'operations', 'executors', 'kinds', 'orders']);
const COUNT = 10_000;
/** More than the service gives at once: how often the list grows is no part of this. */
const PAGE = 1000;
const BUDGET_BYTES = 150 * 1024;

const made = (index: number) => ({
  name: `vm-${String(index).padStart(5, '0')}`,
  vault: 'contoso',
  workload: 'AzureVM',
  class: 'Cloud',
  tier: 'Vault',
  sourceId: `/vm/${index}`,
  server: null,
  state: 'Protected',
  policy: 'daily',
  previousPolicy: null,
  lastBackup: { status: 'Completed', at: '2026-11-20T02:00:00.000Z' },
  activeJob: null,
  recoveryPoints: { count: 3 },
  softDelete: null,
  holds: [],
  etag: '"1"',
});

const service = await startService();

describe.skipIf(!hasBrowser)('the pages', () => {
  beforeAll(() => furnish(service));

  test.each(['light', 'dark'] as const)('are open to everybody, in %s', async (shade) => {
    const { page, errors } = await openPage({ shade });
    const rules = shade === 'dark' ? 'colours' : 'all';
    for (const place of PLACES) {
      await goTo(page, service.api, `#/${place}`);
      expect(await violations(page, rules), place).toEqual([]);
    }
    await goTo(page, service.api, '#/vaults/contoso/items/web-01');
    await page.locator('#do-stop').click();
    await page.locator('#stop-mode').selectOption('delete');
    expect(await violations(page, rules), 'a dialog').toEqual([]);
    expect(errors).toEqual([]);
  });

  test('fit a phone: nothing has to be pushed sideways, and nothing lies past the edge or is cut', async () => {
    const { page } = await openPage({ width: 390 });
    for (const place of PLACES) {
      await goTo(page, service.api, `#/${place}`);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth'), place).toBeLessThanOrEqual(390);
      expect(await page.evaluate(PAST_THE_EDGE), place).toEqual([]);
      for (const line of ['header.bar', '.frame > nav'])
        expect((await page.locator(line).boundingBox())?.height, `${line}: one line`).toBeLessThan(56);
    }
    await page.getByRole('navigation', { name: 'Portal' }).getByRole('link', { name: 'Operations' }).click();
    await page.getByText('Look at it').first().waitFor();
  });

  test('of the inbox have a main landmark, on a phone too, and are open to everybody', async () => {
    const { page } = await openPage({ width: 390 });
    await page.goto(service.mail);
    expect(await page.getByRole('main').getByRole('listitem').count()).toBeGreaterThan(0);
    expect(await violations(page), 'the list').toEqual([]);
    await page.getByRole('listitem').first().click();
    await page.getByRole('main').getByRole('heading', { level: 2 }).waitFor();
    expect(await violations(page), 'a mail').toEqual([]);
  });

  test('can be used after less than a second of work', async () => {
    const { page } = await openPage();
    const work = await workOf(page);
    await page.goto(`${service.api}/portal`);
    await page.locator('#title').waitFor();
    const seconds = await work();
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(1);
  });

  test(`list ${COUNT} items while a few rows exist, and scroll without a stop`, async () => {
    const { page } = await openPage();
    await page.route('**/api/vaults/contoso/items*', (route) => {
      const url = new URL(route.request().url());
      const from = Number(url.searchParams.get('continuation') ?? 0);
      url.searchParams.set('continuation', `${from + PAGE}`);
      const value = Array.from({ length: PAGE }, (_, index) => made(from + index));
      return route.fulfill({ json: { value, ...(from + PAGE < COUNT ? { nextLink: url.href } : {}) } });
    });
    await page.goto(`${service.api}/portal#/items`);
    await page.getByText('10,000 items', { exact: true }).waitFor();
    expect(await page.locator('tbody tr').count()).toBeLessThan(80);
    const work = await workOf(page);
    expect(await page.evaluate<number>(SCROLL_THROUGH), 'rows drawn in one frame').toBeLessThan(80);
    expect((await work()) / FRAMES, 'seconds a frame').toBeLessThan(0.1);
    await page.getByRole('link', { name: 'vm-09999' }).waitFor();
    const top = await page.evaluate<number>("document.querySelector('.long').scrollTop = 220_000");
    await page.getByRole('link', { name: 'vm-05005' }).click();
    await page.getByRole('heading', { level: 1, name: 'Not found' }).waitFor();
    await page.goBack();
    await page.getByText('10,000 items', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'vm-05005' }).waitFor();
    expect(await page.evaluate<number>("document.querySelector('.long').scrollTop")).toBe(top);
    await page.locator('#search').locator('input').fill('09876');
    await page.getByText('1 of 10,000 items').waitFor();
    expect(await page.locator('tbody a.link').first().innerText()).toBe('vm-09876');
  });
});

test('GET /portal answers the page, with a policy that lets in no foreign and no inline script', async () => {
  const page = await fetch(`${service.api}/portal`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toMatch(/unsafe|\*/);
  const html = await page.text();
  const scripts = [...html.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)];
  expect(scripts).toHaveLength(1);
  expect(scripts.map(([, attributes, inline]) => [/ src="\/portal\/[^"]+"/.test(attributes ?? ''), inline])).toEqual([
    [true, ''],
  ]);
  expect(html).not.toMatch(/\sstyle=|\son\w+=|https?:\/\//);
});

test('its script, with all that is loaded to sign in, is small', async () => {
  const html = await (await fetch(`${service.api}/portal`)).text();
  const [, script = ''] = /<script[^>]* src="([^"]+)"/.exec(html) ?? [];
  const seen = new Set([script]);
  let total = 0;
  for (const path of seen) {
    const answer = await fetch(`${service.api}${path}`);
    expect(answer.status, path).toBe(200);
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    const text = await answer.text();
    total += gzipSync(text).length;
    for (const [, name] of text.matchAll(/"\.\/([\w-]+\.js)"/g)) seen.add(`/portal/${name}`);
  }
  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThan(BUDGET_BYTES);
});

test('the API stands where it stood, and the portal tells how to sign in', async () => {
  expect((await fetch(`${service.api}/api/vaults`)).status).toBe(200);
  expect((await fetch(`${service.api}/vaults`)).status).toBe(404);
  expect(await (await fetch(`${service.api}/portal/config.json`)).json()).toMatchObject({ mode: 'local' });
  expect((await fetch(`${service.api}/portal/main.ts`)).status).toBe(404);
});

/** What a person reads or presses and can see only in part, by its text. */
const PAST_THE_EDGE = `[...document.querySelectorAll('a:not(.skip), fluent-button, fluent-badge, select, h1, h2')]
  .filter((one) => one.getClientRects().length > 0)
  .filter((one) => {
    const { left, right } = one.getBoundingClientRect();
    return left < 0 || right > innerWidth || one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0;
  })
  .map((one) => one.textContent)`;

const FRAMES = 40;

/** From the top to the end; answers how many rows the busiest frame has drawn. */
const SCROLL_THROUGH = `new Promise((resolve) => {
  const list = document.querySelector('.long');
  const step = list.scrollHeight / ${FRAMES - 5};
  const drawn = new MutationObserver(() => undefined);
  drawn.observe(list, { subtree: true, childList: true });
  let most = 0;
  let frames = 0;
  const next = () => {
    const added = drawn.takeRecords().flatMap(({ addedNodes }) => [...addedNodes]);
    most = Math.max(most, added.filter(({ tagName }) => tagName === 'TR').length);
    frames += 1;
    list.scrollTop += step;
    if (frames < ${FRAMES}) requestAnimationFrame(next);
    else resolve(most);
  };
  requestAnimationFrame(next);
})`;

/** Counts the seconds that the page keeps its processor busy from now on: the same on a machine that does much else at the time. */
async function workOf(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const busy = metrics.find(({ name }) => name === 'TaskDuration')?.value;
    return busy ?? Number.NaN;
  };
}
