/** What a row of the history holds more than before there were chains. It is kept for ever, so its bytes are counted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweep } from '../../../src/flows/sweep/sweep.ts';
import { read } from '../../../src/store/rows.ts';
import { appOver } from '../../support/app.ts';
import { later, NOON } from '../../support/builders.ts';
import { memoryTables } from '../../support/tables.ts';
import { portsOver } from '../../support/world.ts';

const VAULT = 'contoso';
const ITEM = `${VAULT}/vm`;

/** The bytes of the same rows, as the version before chains wrote them for the same calls. */
const BEFORE: Readonly<Record<string, number>> = {
  CreateVault: 337,
  PutPolicy: 375,
  ChangeVault: 1076,
  Protect: 390,
  StopRetain: 335,
  Resume: 408,
  StopDelete: 471,
  Undelete: 351,
  WarnUpcomingPurge: 350,
  Purge: 350,
};

const MOST_MORE = 400;
/** The receipt is made from these. */
const MOST_MORE_OF: Readonly<Record<string, number>> = { StopDelete: 1200, Purge: 1200 };

async function life() {
  const tables = memoryTables();
  let now = NOON;
  const ports = portsOver(tables, { clock: { now: () => now } });
  const app = appOver(ports);
  const call = async (route: string, path: string, body: object) =>
    expect((await app(route, path, { body })).status).toBeLessThan(300);
  const deletion = { mode: 'delete', confirmName: 'vm', reason: 'gone', comment: 'the machine is gone' };
  const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
  await call('putVault', VAULT, { kind: 'RecoveryServices' });
  await call('putPolicy', `${VAULT}/daily`, policy);
  await call('protectItem', ITEM, { workload: 'AzureVM', policy: 'daily', sourceId: '/machines/vm' });
  await call('stopItem', ITEM, { mode: 'retain' });
  await call('resumeItem', ITEM, { policy: 'daily' });
  await call('stopItem', ITEM, deletion);
  await call('undeleteItem', ITEM, {});
  await call('stopItem', ITEM, deletion);
  await call('patchVault', VAULT, { softDelete: { retentionDays: 20 } });
  for (const days of [18.5, 19, 20.5, 21]) {
    now = later(days);
    await sweep(ports, { maxPurges: 1000, budgetSeconds: 60 }, { now });
  }
  return tables.vaults.range(VAULT, { prefix: `${VAULT}!audit!` });
}

test('an entry is at most 400 bytes longer than before, one that a receipt is made from 1,200', async () => {
  const bytes = new Map<string, number>();
  for (const row of await life()) {
    const { operation } = read.entry(row);
    const length = Buffer.byteLength(JSON.stringify(row.cells));
    bytes.set(operation, Math.max(length, bytes.get(operation) ?? 0));
  }
  const lines = Object.entries(BEFORE).map(([operation, before]) => {
    const now = bytes.get(operation);
    if (now === undefined) throw new Error(`${operation} left no entry`);
    const most = MOST_MORE_OF[operation] ?? MOST_MORE;
    expect(now - before, operation).toBeLessThanOrEqual(most);
    return `| ${operation} | ${before} | ${now} | ${now - before} | ${most} |`;
  });
  const page = readFileSync(join(import.meta.dirname, '../../../docs/performance.md'), 'utf8');
  expect(page).toContain(`\n${lines.join('\n')}\n`);
});
