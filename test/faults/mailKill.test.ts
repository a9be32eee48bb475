/**
 * The running host, killed with -9 while it tells of deletions. What it had taken from the queue stays hidden there for ten minutes:
 * the sweep tells it sooner, and nobody hears twice. FAULTS=full: 12 kills, else 3. MAIL_SEED repeats the moments.
 */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMail } from '../../local/mail/start.ts';
import { isTold } from '../../src/core/alerts.ts';
import { tableAlerts } from '../../src/store/alerts.ts';
import { aLocalStore } from '../support/azurite.ts';
import { call } from '../support/call.ts';
import { type LoneHost, startLoneHost } from '../support/crashHost.ts';
import { eventually } from '../support/eventually.ts';
import { FULL } from '../support/full.ts';
import { DEAF } from '../support/stores.ts';
import { tablesOf } from './accounts.ts';
import { type Door, hostDoor, moveClock, SETTINGS, sweepToQuiet } from './doors.ts';
import { mustBeSound } from './judge.ts';
import { randomOf } from './random.ts';

const KILLS = FULL ? 12 : 3;
const EACH = 3;
const SEED = Number(process.env['MAIL_SEED'] ?? Date.now() % 1_000_000);
const MOST_MS = 400;
/** Others for each vault: an address is welcomed once a day, and gets its alerts in bundles when they are many. */
const peopleOf = (kill: number) => ({
  recipients: [`a${kill}@example.com`, `b${kill}@example.com`],
  owners: [`o${kill}@example.com`],
});

let account: string;
let mail: Awaited<ReturnType<typeof startMail>>;
let host: LoneHost | undefined;

beforeAll(async () => {
  [account, mail] = [await aLocalStore(), await startMail(0)];
});
afterAll(async () => {
  await host?.kill();
  await mail.stop();
});

const start = async (): Promise<Door> => {
  const storage = { DATA_STORAGE: account, AzureWebJobsStorage: account };
  host = await startLoneHost({ ...SETTINGS, ...storage, MAIL_CONNECTION_STRING: mail.connectionString });
  return hostDoor(host.origin);
};

const must = async (reply: ReturnType<Door>) => {
  const { status, body } = await reply;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
};

test(`${KILLS} times killed while it tells`, async () => {
  const random = randomOf(SEED);
  process.stdout.write(`mail: MAIL_SEED=${SEED}\n`);
  let door = await start();
  const alerts = tableAlerts(tablesOf(account).vaults, DEAF);
  const all = async () =>
    (await Promise.all(Array.from({ length: KILLS }, (_, kill) => alerts.list(`v${kill}`, { limit: 1000 })))).flatMap(
      (one) => one.found,
    );
  for (let kill = 0; kill < KILLS; kill += 1) {
    const vault = `vaults/v${kill}`;
    await must(door('PUT', vault, { body: { kind: 'RecoveryServices', alerts: peopleOf(kill) } }));
    const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
    await must(door('PUT', `${vault}/policies/daily`, { body: policy }));
    for (let vm = 0; vm < EACH; vm += 1) {
      const item = `${vault}/items/vm${vm}`;
      await must(door('PUT', item, { body: { workload: 'AzureVM', policy: 'daily', sourceId: `${kill}/${vm}` } }));
      await must(door('POST', `${item}/stop`, { body: { mode: 'delete', confirmName: `vm${vm}` } }));
    }
    await new Promise((resolve) => setTimeout(resolve, random.int(0, MOST_MS)));
    await host?.kill();
    door = await start();
  }
  await moveClock(door, 900);
  const quiet = await sweepToQuiet(door, 900);
  await eventually(
    async () => (await all()).every(isTold),
    async () => (await all()).filter((one) => !isTold(one)).map(({ id }) => id),
  );
  const { body } = await call<{ value: readonly { operationId: string }[] }>(mail.origin, 'GET', '/inbox');
  const arrived = body.value.map(({ operationId }) => operationId).toSorted();
  const told = (await all()).flatMap(({ notifications }) => notifications ?? []);
  expect(told.filter(({ status }) => status !== 'Sent')).toEqual([]);
  expect(arrived).toEqual(told.map(({ operationId }) => operationId).toSorted());
  expect(arrived.length).toBe(KILLS * (EACH + 1) * 3);
  await mustBeSound(account, quiet);
  process.stdout.write(`mail: ${arrived.length} mails, each once, over ${KILLS} deaths\n`);
});
