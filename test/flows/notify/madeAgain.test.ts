/** A vault is removed and made again under its old name, and the same happens to the same item: that is other news, and everybody hears of it. */
import { expect, test } from 'vitest';
import { type Alert, vaultIdIn } from '../../../src/core/alerts.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { deleteVault } from '../../../src/flows/vaults/deleteVault.ts';
import { putPolicy } from '../../../src/flows/vaults/policies.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { readVault } from '../../../src/flows/vaults/read.ts';
import { aVault } from '../../support/builders.ts';
import { aRequest, must } from '../../support/world.ts';
import { anOffice, type Office, OPS, OWNER } from './office.ts';

const PLACE = { vault: 'Fabrikam' };
const ITEM = { ...PLACE, item: 'sql-01' };
const DAILY = { name: 'daily', workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } } as const;
const PEOPLE = { recipients: [OPS], owners: [OWNER] };

const done = async (outcome: Promise<{ readonly ok: boolean }>) => expect(await outcome).toMatchObject({ ok: true });

/** The vault is made, and its one item is deleted. Answers the vault's id, and what was raised. */
async function made({ ports, now, work }: Office) {
  const ask = <R>() => aRequest<R>(now());
  await done(putVault(ports, ask(), PLACE, { patch: { kind: 'RecoveryServices', alerts: PEOPLE }, mustExist: false }));
  await done(putPolicy(ports, ask(), PLACE, DAILY));
  await done(protect(ports, ask(), ITEM, { workload: 'AzureVM', policy: 'daily', sourceId: '/vm' }));
  await done(stop(ports, ask(), ITEM, { mode: 'delete', confirmName: 'sql-01' }));
  await work();
  const { id } = must(await ports.vaults.head(PLACE.vault, 'fresh')).vault;
  return { id, raised: (await ports.alerts.list(PLACE.vault, { limit: 100 })).found };
}

/** The item is purged, and its vault removed. */
async function removed(office: Office): Promise<void> {
  const { ports, moveTo, now, sweep, work } = office;
  const wait = async (days: number) => {
    await moveTo(now().plus({ days, minutes: 1 }));
    await sweep();
    await work();
  };
  await wait(14);
  await done(deleteVault(ports, aRequest(now()), PLACE));
  await work();
  await wait(14);
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
