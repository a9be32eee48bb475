/** Alerts that the version before raised have ids without the id of their vault. They keep them, and everything goes on under them. */
import { expect, test } from 'vitest';
import { type Alert, isTold, vaultIdIn } from '../../src/core/alerts.ts';
import { purgeAt } from '../../src/core/lifecycle.ts';
import { addDays, DAY_MS, iso } from '../../src/core/time.ts';
import { acknowledgeAlert } from '../../src/flows/alerts/alerts.ts';
import { redrive } from '../../src/flows/alerts/mails.ts';
import { undelete } from '../../src/flows/items/undelete.ts';
import { landAlerts } from '../../src/flows/story/land.ts';
import { raisedOrCounted } from '../../src/flows/story/raise.ts';
import { anOffice, type Office } from '../flows/notify/office.ts';
import { aMail, anAlert } from '../support/alerts.ts';
import { historyIn } from '../support/stores.ts';
import { aRequest, must, newId } from '../support/world.ts';
import { recorded, tablesOf } from './rows.ts';

const V1 = recorded(1);
const purgeTerms = { noticeMs: DAY_MS, untoldMaxMs: 30 * DAY_MS };

/** The store of before, in the hands of this version. */
async function opened(): Promise<Office> {
  // who was reminded by the version before is led to by no hint to remind, and nothing is paused any more
  const rows = V1.rows.filter(({ key }) => !/!(warn!vault-1!deleted$)|^a!pause/.test(key));
  const office = await anOffice({ tables: await tablesOf(rows), purgeTerms });
  await office.moveTo(V1.now);
  return office;
}
const ask = <R>({ now }: Office) => aRequest<R>(now());
const allIn = async ({ ports }: Office, vault: string): Promise<readonly Alert[]> =>
  (await ports.alerts.list(vault, { limit: 100 })).found;
const idsIn = async (office: Office, vault: string) => (await allIn(office, vault)).map(({ id }) => id);

test('what nobody was told of is told under the id that it has', async () => {
  const office = await opened();
  const vaults = ['vault-1', 'vault-2', 'vault-5'];
  const before = await Promise.all(vaults.map((vault) => idsIn(office, vault)));
  await office.pass(3 * 3600, { sweeping: true });
  for (const [index, vault] of vaults.entries()) {
    const after = await allIn(office, vault);
    expect(after.map(({ id }) => id)).toEqual(expect.arrayContaining([...(before[index] ?? [])]));
    expect(after.filter((one) => !isTold(one)).map(({ id }) => id)).toEqual([]);
  }
  // the digest of members that name no vault's id names none, so whoever makes it makes this one
  const [digest] = (await allIn(office, 'vault-2')).filter(({ type }) => type === 'Digest');
  expect(digest?.members).toEqual(['vault-2~vm~ItemUndeleted~1']);
  expect(vaultIdIn(must(digest).id)).toBeUndefined();
});

test('what happens once more is counted there, and what is new has the id of its vault', async () => {
  const office = await opened();
  const { ports, now } = office;
  const about = { vault: 'vault-3', item: 'files' };
  const again = async (by: string) => {
    const facts = { by, tenant: 'local', operation: 'StopDelete', code: 'SecurityPinInvalid' };
    const raised = await ports.alerts.about(about.vault, about.item);
    const { done } = await landAlerts(ports, now(), [
      raisedOrCounted(raised, 'CriticalOperationRefused', about, now(), facts),
    ]);
    expect(done).toBe(true);
  };
  for (const by of ['agent', 'other', 'third']) await again(by);
  const { id } = must(await ports.vaults.head('vault-3', 'fresh')).vault;
  const refused = (await allIn(office, 'vault-3')).filter(({ type }) => type === 'CriticalOperationRefused');
  expect(refused.map((one) => [one.id, one.facts['by'], one.count])).toEqual([
    // the newest of its day comes first, and those of before come last
    [expect.stringMatching(new RegExp(`^vault-3~files~CriticalOperationRefused~0\\d{10}\\.${id}$`)), 'third', 1],
    [expect.stringMatching(new RegExp(`^vault-3~files~CriticalOperationRefused~0\\d{10}\\.${id}$`)), 'other', 1],
    ['vault-3~files~CriticalOperationRefused~1', 'agent', 2],
  ]);
});

test('a person acknowledges it, has its dead letter sent again, and an undelete closes it', async () => {
  const office = await opened();
  const id = 'vault-1~deleted~DeleteBackupData~1';
  const place = { vault: 'vault-1', item: 'deleted' };
  expect(await acknowledgeAlert(office.ports, ask(office), { vault: 'vault-1', id })).toMatchObject({ ok: true });
  const letter = must((await office.dead()).find(({ alert }) => alert === id));
  expect(await redrive(office.ports, ask(office), { id: letter.id })).toMatchObject({ ok: true });
  await office.work();
  const { state, notifications } = await office.alert(id, 'vault-1');
  expect(state).toBe('Acknowledged');
  expect(notifications?.find(({ recipient }) => recipient === letter.recipient)).toMatchObject({ status: 'Sent' });

  expect(await undelete(office.ports, ask(office), place)).toMatchObject({ ok: true });
  await office.work();
  expect(await office.alert(id, 'vault-1')).toMatchObject({ id, state: 'Closed' });
});

test('a purge rests on it: who was reminded is not reminded again, and the history says when that was', async () => {
  const office = await opened();
  const { ports } = office;
  const { vault } = must(await ports.vaults.head('vault-1', 'fresh'));
  const item = must(await ports.vaults.item('vault-1', 'deleted')).value;
  if (item.state !== 'SoftDeleted') throw new Error('it is not deleted');
  const end = purgeAt(item, vault);
  const letters = (await office.dead()).filter(({ alert }) => alert === 'vault-1~deleted~DeleteBackupData~1');
  for (const { id } of letters) expect(await redrive(ports, ask(office), { id })).toMatchObject({ ok: true });
  await office.work();
  const subject = { vault: 'vault-1', item: 'deleted', generation: item.generation };
  const sent = aMail({ sentAt: addDays(end, -2) });
  const old = anAlert('UpcomingPurge', subject, { facts: { purgeAt: iso(end), days: 2 }, notifications: [sent] });
  await ports.commit({ vault: 'vault-1', id: newId(), alerts: [{ was: undefined, now: old }] });

  await office.moveTo(addDays(end, 1));
  expect(await office.sweep()).toMatchObject({ failed: 0 });
  expect(must(await ports.vaults.item('vault-1', 'deleted')).value.state).toBe('Purged');
  const reminders = (await allIn(office, 'vault-1')).filter(({ type }) => type === 'UpcomingPurge');
  expect(reminders.filter((one) => one.item === 'deleted').map(({ id }) => id)).toEqual([old.id]);
  const [purged] = await historyIn(ports, 'vault-1', 'deleted');
  expect(purged?.facts['told']).toContain(`UpcomingPurge Sent ${iso(addDays(end, -2))} ops@contoso.com`);
});
