/** `npm run demo`: fills a running local service with an estate to look at. */
import { parseArgs } from 'node:util';
import type { Item } from '../client/api.ts';
import { connectionString } from '../local/azurite/connection.ts';
import { EXECUTOR } from '../local/executor/part.ts';
import { fill, moveTo } from './demo/fill.ts';
import { LAST, LISTED, VAULTS } from './demo/plan.ts';
import { DESTROYED } from './demo/promises.ts';
import { type Demo, mailAt, openDemo, Sentence } from './demo/service.ts';
import { CUSTOMERS, hasExecutor, plantIn, TENANTS } from './demo/tenants.ts';

const LOCAL = 'http://127.0.0.1:7071';
const MAIL = 'http://127.0.0.1:7072';
const STORAGE = connectionString({ blob: 10_000, queue: 10_001, table: 10_002 });
const DAY_MS = 86_400_000;
const USAGE = `npm run demo -- [--url ${LOCAL}] [--mail ${MAIL}] [--storage <connection string>]`;

function given() {
  try {
    const one = { type: 'string' } as const;
    const {
      url = LOCAL,
      mail = MAIL,
      storage = STORAGE,
    } = parseArgs({ options: { url: one, mail: one, storage: one } }).values;
    return { url, mail, storage };
  } catch (error) {
    throw new Sentence(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

const OURS: readonly string[] = [...VAULTS.map(({ name }) => name), CUSTOMERS];

async function itemsIn({ read }: Demo): Promise<readonly Item[]> {
  const { value } = await read('listVaults', { query: { top: 200 } });
  const ours = value.filter(({ name }) => OURS.includes(name));
  const lists = await Promise.all(
    ours.map(({ name }) => read('listItems', { names: { vault: name }, query: { top: 200 } })),
  );
  return lists.flatMap((list) => list.value);
}

/** After a restart the clock shows real time again, so the deletions of the demo lie in its future: moves it past them. */
async function catchUp(demo: Demo, items: readonly Item[]): Promise<void> {
  const newest = Math.max(...items.map(({ softDelete }) => Date.parse(softDelete?.deletedAt ?? '') || 0));
  const { now } = await demo.read('getLocalClock', {});
  if (newest > Date.parse(now)) await moveTo(demo, newest + 60_000);
}

function isComplete(items: readonly Item[], withTenants: boolean): boolean {
  const tenants = items.filter(({ vault }) => vault === CUSTOMERS).length;
  const isThere = items.length - tenants >= LISTED && items.some(({ vault }) => vault === LAST);
  return isThere && (!withTenants || tenants >= TENANTS.length);
}

async function where(demo: Demo, mail: string): Promise<string> {
  const { origin, read } = demo;
  const items = await itemsIn(demo);
  const { now } = await read('getLocalClock', {});
  const ahead = Math.round((Date.parse(now) - Date.now()) / DAY_MS);
  const vaults = new Set(items.map(({ vault }) => vault)).size;
  const trash = items.filter(({ state }) => state === 'SoftDeleted');
  const soon = trash.filter(({ softDelete }) => Date.parse(softDelete?.purgeAt ?? '') - Date.parse(now) <= DAY_MS);
  const url = origin === LOCAL ? '' : ` --url ${origin}`;
  return `
${vaults} vaults, ${items.length} items; ${trash.length} are soft deleted, ${soon.length} of them will be purged within a day.
The service's clock is ${ahead} days ahead until it is restarted: there is a fortnight to look back on.

  portal        ${origin}/portal
  in red        ${origin}/portal#/items?state=SoftDeleted
  mails         ${mail}
  vaults        npx reprieve vaults${url}
  trash         npx reprieve items list --vault ${VAULTS[0].name} --state SoftDeleted${url}
  forecast      npx reprieve forecast --days 30${url}
  proof         npx reprieve receipt --vault ${DESTROYED.vault} --item ${DESTROYED.item}${url} | npx reprieve verify -${url}
  why not yet?  npx reprieve items explain --vault ${VAULTS[0].name} --item dc-04${url}
`;
}

async function main(): Promise<void> {
  const { url, mail, storage } = given();
  const demo = await openDemo(url);
  const before = await itemsIn(demo);
  const withTenants = await hasExecutor(demo);
  if (isComplete(before, withTenants)) {
    await catchUp(demo, before);
    process.stdout.write('The estate is there already; nothing was changed.\n');
  } else {
    const began = performance.now();
    process.stdout.write('Fourteen days pass …\n');
    await fill(demo, mailAt(mail), withTenants ? plantIn(storage) : undefined);
    if (!withTenants) process.stdout.write(`Without the executor ${EXECUTOR.name} there are no tenants.\n`);
    process.stdout.write(`The estate was made in ${((performance.now() - began) / 1000).toFixed(1)} s.\n`);
  }
  process.stdout.write(await where(demo, mail));
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Sentence)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
