/** `node scripts/portal-pictures.ts <origin of a running service>`: the pictures of docs/portal.md, from whatever it shows. */
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

const origin = process.argv[2] ?? 'http://127.0.0.1:7071';
const folder = join(import.meta.dirname, '..', 'docs', 'portal');

interface Picture {
  readonly name: string;
  readonly place: string;
  readonly shade: 'light' | 'dark';
  readonly width?: number;
}

const PICTURES: readonly Picture[] = [
  { name: 'vaults', place: '#/vaults', shade: 'light' },
  { name: 'items', place: '#/items', shade: 'light' },
  { name: 'forecast', place: '#/forecast', shade: 'dark' },
  { name: 'item-phone', place: await firstDeleted(), shade: 'dark', width: 390 },
];

async function firstDeleted(): Promise<string> {
  const read = async (path: string): Promise<{ value: { name: string }[] }> =>
    (await fetch(`${origin}/api/${path}`)).json() as Promise<{ value: { name: string }[] }>;
  for (const vault of (await read('vaults')).value) {
    const [item] = (await read(`vaults/${vault.name}/items?state=SoftDeleted&top=1`)).value;
    if (item) return `#/vaults/${vault.name}/items/${item.name}`;
  }
  return '#/vaults';
}

async function settle(page: Page, place: string): Promise<void> {
  await page.goto(`${origin}/portal${place}`);
  await page.locator('#title').waitFor();
  await page.getByText('reading more').waitFor({ state: 'detached' });
  await page.waitForTimeout(300); // colours fade in
}

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const { name, place, shade, width = 1100 } of PICTURES) {
  const context = await browser.newContext({ viewport: { width, height: 680 }, colorScheme: shade });
  const page = await context.newPage();
  await settle(page, place);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await context.close();
}
await browser.close();
