/**
 * A vault is removed and made again under its old name, or an item when its tombstone has gone, and the same happens again: that is other
 * news, and everybody hears of it.
 */
import { describe, expect, test } from 'vitest';
import { type Alert, vaultIdIn } from '../../../src/core/alerts.ts';
import type { AlertType } from '../../../src/core/alertTypes.ts';
import type { Caller } from '../../../src/core/caller.ts';
import { completeJob, startJob } from '../../../src/flows/items/jobs.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { deleteVault } from '../../../src/flows/vaults/deleteVault.ts';
import { putPolicy } from '../../../src/flows/vaults/policies.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { readVault } from '../../../src/flows/vaults/read.ts';
import { aVault } from '../../support/builders.ts';
import { aRequest, CONTRIBUTOR, must } from '../../support/world.ts';
import { anOffice, type Office, OPS, OWNER } from './office.ts';

const PLACE = { vault: 'Fabrikam' };
const ITEM = { ...PLACE, item: 'sql-01' };
const DAILY = { name: 'daily', workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } } as const;
const PEOPLE = { recipients: [OPS], owners: [OWNER] };

const MALLORY: Caller = { ...CONTRIBUTOR, oid: 'mallory', secondFactor: false };

const done = async (outcome: Promise<{ readonly ok: boolean }>) => expect(await outcome).toMatchObject({ ok: true });

async function makes({ ports, now }: Office): Promise<void> {
  const ask = <R>() => aRequest<R>(now());
  await done(putVault(ports, ask(), PLACE, { patch: { kind: 'RecoveryServices', alerts: PEOPLE }, mustExist: false }));
  await done(putPolicy(ports, ask(), PLACE, DAILY));
}

async function protects({ ports, now }: Office): Promise<void> {
  await done(protect(ports, aRequest(now()), ITEM, { workload: 'AzureVM', policy: 'daily', sourceId: '/vm' }));
}

async function deletes({ ports, now }: Office): Promise<void> {
  await done(stop(ports, aRequest(now()), ITEM, { mode: 'delete', confirmName: 'sql-01' }));
}

/** Time goes by, and then the sweep comes. */
async function wait({ moveTo, now, sweep, work }: Office, days: number): Promise<void> {
  await moveTo(now().plus({ days, minutes: 1 }));
  expect(await sweep()).toMatchObject({ failed: 0 });
  await work();
}

/** The vault is made, and its one item is deleted. Answers the vault's id, and what was raised. */
async function made(office: Office) {
  const { ports, work } = office;
  await makes(office);
  await protects(office);
  await deletes(office);
  await work();
  const { id } = must(await ports.vaults.head(PLACE.vault, 'fresh')).vault;
  return { id, raised: (await ports.alerts.list(PLACE.vault, { limit: 100 })).found };
}

/** The item is purged, and its vault removed. */
async function removed(office: Office): Promise<void> {
  const { ports, now, work } = office;
  await wait(office, 14);
  await done(deleteVault(ports, aRequest(now()), PLACE));
  await work();
  await wait(office, 14);
  expect(await readVault(ports, PLACE.vault)).toMatchObject({ refusal: { code: 'VaultNotFound' } });
}

test('a vault that is made again raises alerts of its own, and each of them is mailed', async () => {
  const office = await anOffice();
  const first = await made(office);
  await removed(office);
  const mailed = (await office.mails()).length;
  const second = await made(office);

  expect(second.id).not.toBe(first.id);
  const typesOf = (raised: readonly Alert[]) => raised.map(({ type }) => type).toSorted();
  expect(typesOf(second.raised)).toEqual(['DeleteBackupData', 'Welcome']);
  expect(typesOf(first.raised)).toEqual(['DeleteBackupData', 'Welcome']);
  const ids = [first, second].map(({ raised }) => raised.map((one) => one.id));
  expect(ids[1]).not.toEqual(expect.arrayContaining([expect.toBeOneOf(ids[0] ?? [])]));
  expect(ids.map((all) => all.map(vaultIdIn))).toEqual([first, second].map(({ id, raised }) => raised.map(() => id)));

  const told = second.raised.flatMap(({ notifications }) => notifications ?? []);
  expect(told.map(({ status, recipient }) => `${status} ${recipient}`).toSorted()).toEqual([
    ...['Sent ops@example.com', 'Sent ops@example.com'],
    ...['Sent owner@example.com', 'Sent owner@example.com'],
  ]);
  expect(await office.mails()).toHaveLength(mailed + told.length);
});

/** The one open alert of the type, when everybody is told. */
async function raisedNow({ ports, work }: Office, type: AlertType): Promise<Alert> {
  await work();
  const { found } = await ports.alerts.list(PLACE.vault, { limit: 100 });
  const open = found.filter((one) => one.type === type && one.state !== 'Closed');
  expect(open).toHaveLength(1);
  return must(open[0]);
}

const toldOf = ({ notifications }: Alert) =>
  (notifications ?? []).map(({ status, recipient }) => `${status} ${recipient}`);

describe('what is counted while its alert is open is mailed again when that alert has gone', () => {
  test('with the tombstone of its item, and the item is made again', async () => {
    const office = await anOffice();
    const { ports, now } = office;
    const mailed = async () => (await office.mails()).filter((mail) => /ackup failed/i.test(mail)).length;
    const fails = async () => {
      const job = await startJob(ports, aRequest(now()), ITEM, { operation: 'Backup', expiresAt: null });
      if (!job.ok) throw new Error(job.refusal.code);
      await done(completeJob(ports, aRequest(now()), ITEM, { job: job.value.id, status: 'Failed' }));
      return raisedNow(office, 'BackupFailure');
    };
    await makes(office);
    await protects(office);
    const first = await fails();
    expect(await mailed()).toBe(1);
    await deletes(office);
    await office.work();
    for (const days of [14, 1, 92]) await wait(office, days);
    expect(await ports.vaults.item(PLACE.vault, ITEM.item)).toBeUndefined();
    expect(await ports.alerts.get(PLACE.vault, first.id)).toBeUndefined();

    await protects(office);
    const second = await fails();
    expect(second.id).not.toBe(first.id);
    expect(toldOf(second)).toEqual(['Sent ops@example.com']);
    expect(await mailed()).toBe(2);
    expect((await fails()).count).toBe(2);
  });

  test('after its 365 days', async () => {
    const office = await anOffice();
    const { ports, now } = office;
    const refused = async () => {
      const patch = { softDelete: { state: 'Disabled' } } as const;
      const tried = putVault(ports, { ...aRequest(now()), caller: MALLORY }, PLACE, { patch, mustExist: true });
      expect(await tried).toMatchObject({ ok: false });
      return raisedNow(office, 'CriticalOperationRefused');
    };
    await makes(office);
    const first = await refused();
    const mailed = (await office.mails()).length;
    await wait(office, 367);
    expect(await ports.alerts.get(PLACE.vault, first.id)).toBeUndefined();

    const second = await refused();
    expect(second.id).not.toBe(first.id);
    expect(toldOf(second)).toEqual(toldOf(first));
    expect(await office.mails()).toHaveLength(mailed + toldOf(second).length);
  });
});

test.each([
  ['PerAlert', 'MassDeletion', 'DeleteBackupData'],
  ['HourlyDigest', 'Digest', 'PurgeComplete'],
] as const)('an alert that tells others has the id of their vault: %s, %s', async (mode, told, type) => {
  const office = await anOffice({ alerts: { mode } });
  await office.raise(type, ...Array.from({ length: 11 }, (_, at) => ({ item: `vm-${at}` })));
  await office.pass(3660);
  const [bundle] = await office.all(told);
  expect(vaultIdIn(must(bundle).id)).toBe(aVault().id);
});
