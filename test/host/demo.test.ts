import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { beforeAll, describe, expect, test } from 'vitest';
import { WORKLOAD_NAMES } from '../../src/core/workloads.ts';
import { dataUnder } from '../examples/support/tenants.ts';
import { call } from '../support/call.ts';
import { clockOf, type ItemBody } from '../support/estate.ts';
import { eventually } from '../support/eventually.ts';
import { ROOT } from '../support/launch.ts';
import { startService } from '../support/service.ts';
import { theTour } from './readme.ts';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

type Listed = ItemBody & {
  readonly vault: string;
  readonly workload: string;
  readonly holds: readonly unknown[];
};

interface Told {
  readonly notifications: readonly { readonly status: string; readonly sentAt?: string | null }[] | null;
}

const DAY_MS = 86_400_000;
const service = await startService({ executor: true });

const demo = (...args: readonly string[]): Promise<Ended> => spoken([join(ROOT, 'tools', 'demo.ts'), ...args]);

function spoken(line: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, line);
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, ...said })));
}

const HERE = ['--url', service.api, '--mail', service.mail, '--storage', service.storage];
const get = async <T>(path: string): Promise<T> => (await call<T>(service.api, 'GET', `/api/${path}`)).body;
const vaults = async () => (await get<{ value: readonly { name: string; kind: string }[] }>('vaults')).value;
const items = async (): Promise<readonly Listed[]> => {
  const lists = (await vaults()).map(({ name }) => get<{ value: readonly Listed[] }>(`vaults/${name}/items?top=200`));
  return (await Promise.all(lists)).flatMap(({ value }) => value);
};

/** What an earlier one left that was stopped in the middle. */
async function brokenOff(): Promise<void> {
  const vault = '/api/vaults/northwind-prod';
  const put = (path: string, body: object) => call(service.api, 'PUT', `${vault}${path}`, { body });
  await put('', { kind: 'RecoveryServices' });
  await put('/policies/daily', { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } });
  await put('/items/web-21', { workload: 'AzureVM', policy: 'daily', sourceId: '/vm/web-21' });
  const body = { mode: 'delete', confirmName: 'web-21' };
  await call(service.api, 'POST', `${vault}/items/web-21/stop`, { body });
}

describe('npm run demo', () => {
  let first: Ended;

  beforeAll(async () => {
    await brokenOff();
    first = await demo(...HERE);
    process.stdout.write(`demo: ${/made in .* s/.exec(first.out)?.[0] ?? 'not made'}\n`);
  });

  test('makes vaults of every kind, 200 items of every workload, and a dozen tenants', async () => {
    expect(first).toMatchObject({ code: 0, err: '' });
    const kinds = ['Backup', 'Generic', 'RecoveryServices', 'RecoveryServices'];
    expect((await vaults()).map(({ kind }) => kind).sort()).toEqual(kinds);
    const all = await items();
    expect(all).toHaveLength(212);
    expect(new Set(all.map(({ workload }) => workload))).toEqual(new Set([...WORKLOAD_NAMES, 'tenant']));
  });

  test('leaves no mail that waits, and its last mails are an hour old: the next one to these people comes by itself', async () => {
    const { now } = await get<{ now: string }>('local/clock');
    const lists = (await vaults()).map(({ name }) => get<{ value: readonly Told[] }>(`vaults/${name}/alerts?top=200`));
    const mails = (await Promise.all(lists))
      .flatMap(({ value }) => value)
      .flatMap(({ notifications }) => notifications ?? []);
    expect(mails.filter(({ status }) => status === 'Queued')).toEqual([]);
    const sent = mails.flatMap(({ sentAt }) => (sentAt ? [Date.parse(sentAt)] : []));
    expect(sent.length).toBeGreaterThan(20);
    expect(Date.parse(now) - Math.max(...sent)).toBeGreaterThan(3_600_000);
  });

  test('some are due tomorrow, some are held, stopped, at work, or failed', async () => {
    const all = await items();
    const { now } = await get<{ now: string }>('local/clock');
    const left = all.flatMap(({ softDelete }) =>
      softDelete ? [Date.parse(softDelete.purgeAt) - Date.parse(now)] : [],
    );
    expect(left.every((ms) => ms > 0)).toBe(true);
    expect(left.filter((ms) => ms <= DAY_MS).length).toBeGreaterThanOrEqual(3);
    expect(left.filter((ms) => ms > 2 * DAY_MS).length).toBeGreaterThanOrEqual(3);
    expect(all.filter(({ holds }) => holds.length > 0)).toHaveLength(2);
    expect(all.filter(({ state }) => state === 'ProtectionStopped').length).toBeGreaterThanOrEqual(3);
    expect(all.filter(({ activeJob }) => activeJob !== null)).toHaveLength(2);
    expect(all.filter(({ lastBackup }) => lastBackup.status === 'Failed')).toHaveLength(1);
    expect(all.filter(({ lastBackup }) => lastBackup.status === 'Completed').length).toBeGreaterThan(150);
  });

  test('a fortnight lies behind: points of every night, a history, a server each for the hybrid ones', async () => {
    type Points = { value: readonly { createdAt: string }[] };
    const { value: points } = await get<Points>('vaults/northwind-prod/items/web-02/recoveryPoints');
    expect(new Set(points.map(({ createdAt }) => createdAt.slice(0, 10))).size).toBeGreaterThanOrEqual(14);
    type History = { value: readonly { operation: string }[] };
    const { value: history } = await get<History>('vaults/northwind-prod/items/sql-15/history');
    const operations = history.map(({ operation }) => operation);
    for (const operation of ['StopDelete', 'Undelete', 'Resume']) expect(operations).toContain(operation);
    const { value: servers } = await get<{ value: readonly unknown[] }>('vaults/northwind-branches/servers');
    expect(servers).toHaveLength(5);
  });

  test('every tenant has data that is marked as its own, and two are due tomorrow', async () => {
    const tenants = (await items()).filter(({ vault }) => vault === 'customers');
    const { now } = await get<{ now: string }>('local/clock');
    const left = tenants
      .flatMap(({ softDelete }) => softDelete?.purgeAt ?? [])
      .map((at) => Date.parse(at) - Date.parse(now));
    expect(left).toHaveLength(2);
    for (const ms of left) expect(ms > 0 && ms <= DAY_MS).toBe(true);
    const container = BlobServiceClient.fromConnectionString(service.storage).getContainerClient('reprieve-demo');
    for (const { name, vault } of tenants) {
      const data = await dataUnder(container, `tenants/${name}/`);
      expect(JSON.parse(data['.reprieve'] ?? '')).toEqual({ vault, item: name });
      expect(Object.keys(data)).toHaveLength(6);
    }
    expect(await get('kinds/tenant')).toMatchObject({
      executor: 'blobs',
      represents: 'Original',
      vaultKinds: ['Generic'],
    });
  });

  test('alerts tell of it, with mails; a burst is one mail, and one mail came back', async () => {
    const { value: alerts } = await get<{ value: readonly { type: string }[] }>('alerts?top=200');
    const types = new Set(alerts.map(({ type }) => type));
    for (const type of ['DeleteBackupData', 'UpcomingPurge', 'ItemUndeleted', 'BackupFailure', 'MassDeletion'])
      expect(types).toContain(type);
    const letters = async () => (await get<{ value: readonly unknown[] }>('deadletters')).value;
    await eventually(async () => (await letters()).length === 1, letters);
    const inbox = await call<{ value: readonly { subject: string }[] }>(service.mail, 'GET', '/inbox');
    const subjects = inbox.body.value.map(({ subject }) => subject);
    expect(subjects.length).toBeGreaterThan(20);
    expect(subjects.some((subject) => subject.startsWith('[Sev0] Many items deleted by one caller'))).toBe(true);
  });

  test('a weakening was called off, an approval of two used, a vault came back, and a receipt holds', async () => {
    type History = { value: readonly { operation: string }[] };
    const story = async (path: string) =>
      (await get<History>(`${path}/history?top=200`)).value.map(({ operation }) => operation);
    expect(await story('vaults/northwind-branches')).toContain('CancelPendingChange');
    expect(await story('vaults/northwind-apps')).toEqual(expect.arrayContaining(['DeleteVault', 'RestoreVault']));
    expect(await story('guards/two-keepers')).toEqual(
      expect.arrayContaining(['RequestGrant', 'ApproveGrant', 'UseGrant']),
    );
    type Grants = { value: readonly { state: string; approvals: readonly unknown[] }[] };
    const { value: grants } = await get<Grants>('guards/two-keepers/grants');
    expect(grants).toMatchObject([{ state: 'Used', approvals: [{}, {}] }]);
    const proof = await get<object>('vaults/northwind-apps/items/scratch-disk/receipt');
    const file = join(mkdtempSync(join(tmpdir(), 'reprieve-demo-')), 'receipt.json');
    writeFileSync(file, JSON.stringify(proof));
    expect(await spoken([join(ROOT, 'cli', 'main.ts'), 'verify', file, '--url', service.api])).toMatchObject({
      code: 0,
    });
    expect(first.out).toContain('npx reprieve receipt --vault northwind-apps --item scratch-disk');
  });

  test('says where to look, at addresses that answer', async () => {
    const pages = [...first.out.matchAll(/^ {2}[a-z ]+ {2}(http:\S+)$/gm)].map(([, address = '']) => address);
    expect(pages).toHaveLength(3);
    const headers = { connection: 'close' };
    for (const page of pages) expect((await fetch(page, { headers })).status, page).toBe(200);
    expect(first.out).toContain(`${service.api}/portal#/items?state=SoftDeleted`);
    expect(first.out).toContain('npx reprieve items list --vault northwind-prod --state SoftDeleted');
    expect(first.out).toContain(service.mail);
  });

  test('a second time it is there already, and after a restart of the clock it is not in the future', async () => {
    await clockOf(service).reset();
    const before = await items();
    const second = await demo(...HERE);
    expect(second).toMatchObject({ code: 0, err: '' });
    expect(second.out).toContain('The estate is there already; nothing was changed.');
    const { now } = await get<{ now: string }>('local/clock');
    const after = await items();
    for (const { softDelete } of after) expect((softDelete?.deletedAt ?? '') < now).toBe(true);
    expect(after.map(({ name, state }) => [name, state])).toEqual(before.map(({ name, state }) => [name, state]));
  });

  test.each([
    ['nobody', 'http://127.0.0.1:2', /^Nothing answers at http:\/\/127\.0\.0\.1:2: start it with "npm start".*\n$/],
    ['something else', service.mail, /^http:\S+ is not a local run of Reprieve: .*\n$/],
    ['nonsense', 'nowhere', /^"nowhere" is not where a service is: .*\n$/],
  ])('where %s answers it says so in a sentence', async (_, url, sentence) => {
    const { code, out, err } = await demo('--url', url);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(sentence);
  });
});

describe('the tour of the README', () => theTour(service));
