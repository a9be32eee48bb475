/**
 * Writes down what a running service of this version leaves in its tables: `node test/versions/record.ts > test/versions/v2.jsonl`.
 * Run it once, when the version of rows is raised, with the last code that writes the old one; what it wrote is never changed again.
 */
import { until } from '../../local/until.ts';
import { scanAccount } from '../../tools/check/scan.ts';
import { call } from '../support/call.ts';
import { aVault, clockOf, type Estate, later, ok } from '../support/estate.ts';
import { launchService, type Service } from '../support/launch.ts';
import { ADA, KEEPER, secured } from '../support/secured.ts';

const PEOPLE = { recipients: ['ops@example.com'], owners: ['owner@example.com'] };
const service = await launchService({ env: { SWEEP_MAX_PURGES: '2', MAIL_PER_MINUTE: '1000' } });
const clock = clockOf(service);
const nowOf = async () => ok(await call<{ now: string }>(service.api, 'GET', '/api/local/clock')).now;
const sweepAt = async (instant: string) => {
  await clock.moveTo(instant);
  ok(await call(service.api, 'POST', '/api/sweeps', { body: {} }));
};

try {
  const vault = await aVault(service, { settings: { alerts: PEOPLE } });
  const due = await lives(vault);
  await sweepAt(later(due, { seconds: 1 }));
  await trashAndSettings(vault);
  await together();
  await guardAndPins();
  await mailsThatFail();
  await brakes();
  await quiet();
  await print(service);
} finally {
  await service.stop();
}

/** One item of each state. Answers when the first is to be purged. */
async function lives(vault: Estate): Promise<string> {
  const gone = await vault.trash('purged');
  ok(await vault.protect('protected'));
  for (const age of [3, 2, 1]) await vault.point('protected', `p${age}`, { age });
  ok(await vault.protect('many'));
  for (let point = 0; point < 151; point += 1) await vault.point('many', `p${point}`, { rung: 'yearly', age: 0 });
  ok(await vault.settings({ immutability: 'Unlocked' }));
  for (const [item, mode] of [
    ['stopped', 'retain'],
    ['suspended', 'retainPerPolicy'],
  ] as const) {
    ok(await vault.protect(item));
    await vault.point(item, 'p1', { age: 1 });
    ok(await vault.stop(item, mode));
  }
  ok(await vault.settings({ immutability: 'Disabled' }));
  ok(await vault.protect('busy'));
  ok(await vault.send('POST', 'items/busy/backup', {}));
  return gone.softDelete.purgeAt;
}

async function trashAndSettings(vault: Estate): Promise<void> {
  await vault.trash('deleted');
  await vault.trash('recovered');
  ok(await vault.undelete('recovered'));
  await vault.trash('held');
  ok(await vault.send('PUT', 'items/held/holds/case-7', { reason: 'a lawsuit' }));
  ok(await vault.settings({ softDelete: { retentionDays: 60, retentionScope: 'ExtendExisting' } }));
  ok(await vault.policy('daily', { daily: 20 }));
  const from = await nowOf();
  const silence = { from, until: later(from, { days: 1 }), reason: 'maintenance' };
  ok(await vault.send('PUT', 'silences/weekend', silence));
  const body = { sourceId: 'again', workload: 'AzureVM', policy: 'daily' };
  const headers = { 'idempotency-key': 'once' };
  ok(await call(service.api, 'PUT', `/api/vaults/${vault.name}/items/again`, { body, headers }));
}

/** Deletions that wait for the digest of their hour. */
async function together(): Promise<void> {
  const vault = await aVault(service, { settings: { alerts: { ...PEOPLE, mode: 'HourlyDigest' } } });
  ok(await vault.protect('vm'));
  ok(await vault.delete('vm'));
  ok(await vault.undelete('vm'));
}

async function guardAndPins(): Promise<void> {
  const s = await secured(service);
  ok(await s.ask(KEEPER, 'PUT', 'guards/keeper', { excludedOperations: [] }));
  await s.pin();
  await s.delete('files', '00000000');
  ok(await s.within(ADA, 'PUT', '/guard', { guard: 'keeper' }));
  const expiresAt = later(await nowOf(), { hours: 1 });
  const grant = { operation: 'deleteProtection', vault: s.vault.name, grantee: ADA.sub, expiresAt };
  ok(await s.ask(KEEPER, 'POST', 'guards/keeper/grants', grant));
}

async function mailsThatFail(): Promise<void> {
  const vault = await aVault(service, { settings: { alerts: PEOPLE } });
  ok(await call(service.mail, 'PUT', '/faults', { body: { mode: 'reject' } }));
  await vault.trash('vm');
  const dead = async () =>
    ok(await call<{ value: readonly unknown[] }>(service.api, 'GET', '/api/deadletters')).value.length;
  await until(async () => (await dead()) >= 2, 30_000);
  ok(await call(service.mail, 'PUT', '/faults', { body: { mode: 'none' } }));
}

/** More due at once than the belt lets go, and then a pause. */
async function brakes(): Promise<void> {
  const vault = await aVault(service, { settings: { alerts: PEOPLE } });
  const trashed = await Promise.all(['a', 'b', 'c'].map((item) => vault.trash(item)));
  await sweepAt(later(trashed[2]?.softDelete.purgeAt ?? '', { seconds: 1 }));
  const pause = { reason: 'we look first', until: later(await nowOf(), { days: 2 }) };
  ok(await call(service.api, 'PUT', '/api/pause', { body: pause }));
}

/** Until nothing more is written. */
async function quiet(): Promise<void> {
  let before = '';
  await until(async () => {
    const now = (await rowsOf(service)).join('\n');
    const same = now === before;
    before = now;
    return same;
  }, 60_000);
}

async function rowsOf({ storage }: Service): Promise<readonly string[]> {
  const scan = scanAccount(storage);
  const lines: string[] = [];
  for (const table of ['vaults', 'agenda', 'registry'] as const)
    for await (const { partition, row } of scan(table))
      lines.push(JSON.stringify({ table, partition, key: row.key, cells: row.cells }));
  return lines;
}

async function print(of: Service): Promise<void> {
  process.stdout.write(`${JSON.stringify({ now: await nowOf() })}\n${(await rowsOf(of)).join('\n')}\n`);
}
