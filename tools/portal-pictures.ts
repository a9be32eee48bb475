/** The pictures of docs/portal.md: starts a local run of its own, fills it with the demo's estate, and looks at every view. */
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { createClient, operationIn } from '../client/client.ts';
import { launchService, type Service } from '../test/support/launch.ts';
import { fill } from './demo/fill.ts';
import { type Demo, mailAt, openDemo } from './demo/service.ts';
import { picturedOrders } from './pictures/tenants.ts';

const FOLDER = join(import.meta.dirname, '..', 'docs', 'portal');
const ITEM = '#/vaults/northwind-prod/items';

interface Picture {
  readonly name: string;
  readonly place: string;
  readonly shade?: 'dark';
  readonly width?: number;
  readonly height?: number;
  /** What is done before the picture is taken. */
  readonly act?: (page: Page) => Promise<unknown>;
}

const press = (id: string) => (page: Page) => page.locator(`#${id}`).click();

async function aboutToDelete(page: Page): Promise<void> {
  await press('do-stop')(page);
  await page.locator('#stop-mode').selectOption('delete');
  await page.locator('#stop-name').locator('input').fill('sql-05');
}

async function aboutToResume(page: Page): Promise<void> {
  await press('notice-resume')(page);
  await page.getByText('recovery points would be removed').waitFor();
}

async function aboutToClose(page: Page): Promise<void> {
  await press('do-close')(page);
  await page.locator('#order-outcome').selectOption('confirmed');
  await page.locator('#proof-objects').locator('input').fill('12');
  await page.locator('#order-name').locator('input').fill('umbrella');
  await page.locator('#order-reason').locator('input').fill('the account is closed');
}

/** Who keeps a guard sees the answers that they can give. */
async function asKeeper(page: Page): Promise<void> {
  await page.evaluate("sessionStorage.setItem('reprieve.caller', 'guard')");
  await page.reload();
  await page.getByText('moved to the new site').waitFor();
}

const PICTURES: readonly Picture[] = [
  { name: 'vaults', place: '#/vaults', height: 460 },
  { name: 'vault', place: '#/vaults/northwind-branches', height: 860 },
  { name: 'items', place: '#/items' },
  { name: 'trash', place: '#/items?state=SoftDeleted', shade: 'dark' },
  { name: 'item', place: `${ITEM}/sql-01`, height: 900 },
  { name: 'item-deleted', place: `${ITEM}/dc-04`, height: 900 },
  { name: 'stop', place: `${ITEM}/sql-05`, act: aboutToDelete },
  { name: 'undelete', place: `${ITEM}/web-21`, act: press('notice-undelete') },
  { name: 'resume', place: `${ITEM}/app-18`, act: aboutToResume, height: 760 },
  { name: 'forecast', place: '#/forecast', shade: 'dark' },
  { name: 'alerts', place: '#/alerts' },
  { name: 'operations', place: '#/operations', height: 1100 },
  { name: 'approvals', place: '#/approvals', act: asKeeper },
  { name: 'sign-in', place: '#/vaults', act: press('account'), height: 460 },
  { name: 'item-phone', place: `${ITEM}/web-21`, shade: 'dark', width: 390, height: 780 },
  { name: 'items-phone', place: '#/items?state=SoftDeleted', width: 390, height: 780 },
  { name: 'alerts-phone', place: '#/alerts', width: 390, height: 780 },
  { name: 'operations-phone', place: '#/operations', width: 390, height: 1400 },
];

/** Taken last: a day later more is due than the belt lets through. */
const BELT: Picture = { name: 'belt', place: '#/operations', height: 700 };

async function take(context: BrowserContext, origin: string, { name, place, act }: Picture): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${origin}/portal${place}`);
  await page.locator('#title').waitFor();
  await page.waitForLoadState('networkidle');
  await act?.(page);
  await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished))');
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
}

async function takeAll(origin: string, pictures: readonly Picture[]): Promise<void> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    for (const picture of pictures) {
      const { width = 1200, height = 680, shade = 'light' } = picture;
      const viewport = { width, height };
      const context = await browser.newContext({ viewport, colorScheme: shade, reducedMotion: 'reduce' });
      await take(context, origin, picture);
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

const inDays = async ({ read }: Demo, days: number): Promise<string> => {
  const { now } = await read('getLocalClock', {});
  return new Date(Date.parse(now) + days * 86_400_000).toISOString();
};

/** A guard, something that is asked of it, something approved, and a loosening that waits. */
async function askKeepers({ api, token }: Service, until: string): Promise<void> {
  const send = async (sub: string, role: string, method: string, path: string, body: object) => {
    const authorization = `Bearer ${await token({ sub, roles: [role], mfa: true })}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await fetch(`${api}/api/${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  const contacts = ['security@northwind.example'];
  await send('kim', 'GuardAdmin', 'PUT', 'guards/security-team', { quorum: 2, contacts });
  const vault = 'northwind-apps';
  await send('dana', 'Contributor', 'PUT', `vaults/${vault}/guard`, { guard: 'security-team' });
  const grants = 'guards/security-team/grants';
  const asked = { operation: 'deleteProtection', vault, items: ['disk-15'], expiresAt: until };
  await send('dana', 'Contributor', 'POST', grants, { ...asked, reason: 'moved to the new site' });
  const pin = { operation: 'reduceAlerts', vault, grantee: 'dana', expiresAt: until, reason: 'new mailing list' };
  await send('kim', 'GuardAdmin', 'POST', grants, pin);
  await send('kim', 'GuardAdmin', 'PUT', 'guards/security-team', { quorum: 1, contacts });
}

/** A longer period moves what lies in the trash. Answers the page of the operation that does it. */
async function lengthen({ api, token }: Service): Promise<string> {
  const client = createClient({ url: api, token: () => token({ sub: 'dana', roles: ['Contributor'] }) });
  const body = { softDelete: { retentionDays: 45 } };
  const answer = await client.ask('patchVault', { names: { vault: 'northwind-prod' }, body });
  const id = answer.ok ? operationIn(answer.headers) : undefined;
  if (!id) throw new Error('a longer period began no operation');
  return `#/operations/${id}`;
}

/** Orders have a service of their own: their time passes, and that of the demo must not. */
async function picturesOfOrders(service: Service): Promise<number> {
  const orderOf = await picturedOrders(service);
  const items = '#/vaults/customers/items';
  const pictures: readonly Picture[] = [
    { name: 'orders', place: '#/orders', height: 560 },
    { name: 'order', place: orderOf('umbrella'), height: 1000 },
    { name: 'order-close', place: orderOf('umbrella'), act: aboutToClose, height: 900 },
    { name: 'item-purging', place: `${items}/acme`, height: 760 },
    { name: 'receipt', place: `${items}/hooli`, shade: 'dark', height: 760 },
    { name: 'orders-phone', place: '#/orders', width: 390, height: 780 },
    { name: 'order-phone', place: orderOf('globex'), shade: 'dark', width: 390, height: 1100 },
  ];
  await takeAll(service.api, pictures);
  return pictures.length;
}

async function picturesOf(service: Service): Promise<number> {
  const { api, mail } = service;
  const demo = await openDemo(api);
  await fill(demo, mailAt(mail));
  await askKeepers(service, await inDays(demo, 0.5));
  await demo.send('dana', 'putPause', { body: { reason: 'restore test in Berlin', until: await inDays(demo, 1) } });
  await takeAll(api, PICTURES);
  await takeAll(api, [{ name: 'operation', place: await lengthen(service), height: 460 }]);
  await demo.send('dana', 'deletePause', {});
  await demo.send('dana', 'putLocalClock', { body: { offset: 'P15D' } });
  await demo.send('dana', 'runSweep', { body: {} });
  await takeAll(api, [BELT]);
  return PICTURES.length + 2;
}

async function at(
  env: Readonly<Record<string, string>>,
  taken: (service: Service) => Promise<number>,
): Promise<number> {
  const service = await launchService({ env });
  try {
    return await taken(service);
  } finally {
    await service.stop();
  }
}

const count = (await at({}, picturesOfOrders)) + (await at({ SWEEP_MAX_PURGES: '3' }, picturesOf));
process.stdout.write(`${count} pictures in ${FOLDER}\n`);
