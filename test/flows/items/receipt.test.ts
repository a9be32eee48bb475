/** The receipt of a purge: made from the history alone, and checked with the file that a stranger reads. */
import { describe, expect, test } from 'vitest';
import { faultsInReceipt, type Receipt as Shown } from '../../../cli/verify.ts';
import { canonical } from '../../../src/core/evidence.ts';
import { addDays, iso } from '../../../src/core/time.ts';
import { appOver } from '../../support/app.ts';
import { later, NOON } from '../../support/builders.ts';
import { must, portsOver } from '../../support/world.ts';
import { OPS, OWNER, VAULT } from '../notify/office.ts';
import { type Deleted, DUE, deleted, ITEM } from '../sweep/deleted.ts';

const askFor = async ({ ports }: Pick<Deleted, 'ports'>, query = '') =>
  appOver(ports)('itemReceipt', `${VAULT}/${ITEM}`, { query });

async function receiptOf(one: Pick<Deleted, 'ports'>, query = ''): Promise<Shown> {
  const { status, body } = await askFor(one, query);
  if (status !== 200) throw new Error(`${status} ${body}`);
  return JSON.parse(body) as Shown;
}

async function purged() {
  const one = await deleted();
  await one.work();
  await one.at(later(12));
  await one.at(DUE);
  return one;
}

describe('a receipt', () => {
  test('says what was deleted, by whom, who was told, and what was not deleted', async () => {
    const one = await purged();
    const { receipt } = await receiptOf(one);
    const { entries, head, ...says } = receipt;
    expect(says).toEqual({
      ...{ version: 1, vault: VAULT, item: ITEM, generation: 1, kind: 'Swept' },
      ...{ vaultId: expect.any(String), workload: 'AzureVM', represents: 'Copies', sourceId: '/vm', server: null },
      deleted: {
        at: iso(NOON),
        by: { oid: 'somebody', tid: 'local', channel: 'portal' },
        ...{ reason: null, comment: null, retentionDays: 14 },
      },
      ...{ approvals: [], secondFactor: null, purgeDue: iso(DUE), purgedAt: iso(DUE) },
      recoveryPoints: { count: 0, oldest: null, newest: null },
      told: [
        { type: 'DeleteBackupData', recipient: OWNER, status: 'Sent', at: iso(NOON) },
        { type: 'DeleteBackupData', recipient: OPS, status: 'Sent', at: iso(NOON) },
        { type: 'UpcomingPurge', recipient: OPS, status: 'Sent', at: iso(later(12)) },
      ],
      ...{ orderedAt: null, executor: null, confirmed: null, confirmedBy: null, attempts: 0 },
      ...{ proof: null, proofDigest: null },
      statement: 'Reprieve removed its record of sql-01 in vault Contoso; it asked nobody to delete the data itself.',
    });
    expect(entries.map(({ operation }) => operation)).toEqual(['StopDelete', 'WarnUpcomingPurge', 'Told', 'Purge']);
    expect(head).toMatchObject({ chain: 'vault/contoso/item/sql-01', seq: entries.at(-1)?.seq });
  });

  test('holds for a stranger, and any change of it does not', async () => {
    const made = await receiptOf(await purged());
    expect(faultsInReceipt(made)).toEqual([]);
    const forged = { ...made, receipt: { ...made.receipt, told: [] } };
    expect(faultsInReceipt(forged)).toEqual(['hash: the receipt was changed after it was made']);
    const [first, ...others] = made.receipt.entries;
    const cut = { ...made, receipt: { ...made.receipt, entries: [must(first), ...others.slice(1)] } };
    expect(faultsInReceipt(cut)).toContain(`${others[1]?.seq}: the entry before it is ${first?.seq}`);
  });

  test('names the same entry as the final mail', async () => {
    const one = await purged();
    const { chain, seq, hash } = (await receiptOf(one)).receipt.head;
    const [mail] = (await one.to(OPS)).slice(-1);
    expect(mail?.subject).toContain('PURGED');
    expect(mail?.text).toContain(`Evidence: ${chain} ${seq} ${hash}`);
  });

  test('has the same bytes whenever it is asked for, in the form of RFC 8785, also when the item is forgotten', async () => {
    const one = await purged();
    const { body } = await askFor(one);
    expect(body).toBe(canonical(JSON.parse(body)));
    await one.at(addDays(DUE, 91));
    expect(await one.ports.vaults.item(VAULT, ITEM)).toBeUndefined();
    await one.ask('protectItem', { workload: 'AzureVM', policy: 'daily', sourceId: '/vm' });
    expect((await askFor(one)).body).toBe(body);
  });

  test('costs three requests at most', async () => {
    const one = await purged();
    let requests = 0;
    const { vaults } = one.tables;
    const counted = {
      ...vaults,
      get: (...given: Parameters<typeof vaults.get>) => {
        requests += 1;
        return vaults.get(...given);
      },
      range: (...given: Parameters<typeof vaults.range>) => {
        requests += 1;
        return vaults.range(...given);
      },
    };
    await receiptOf({ ports: portsOver({ ...one.tables, vaults: counted }) as Deleted['ports'] });
    expect(requests).toBeLessThanOrEqual(3);
  });
});

describe('which purge', () => {
  test('the latest one, or that of a generation', async () => {
    const one = await purged();
    const first = await receiptOf(one);
    await one.ask('protectItem', { workload: 'AzureVM', policy: 'daily', sourceId: '/vm' });
    await one.ask('stopItem', { mode: 'delete', confirmName: ITEM });
    await one.work();
    await one.at(later(26));
    expect((await receiptOf(one)).hash).toBe(first.hash);
    await one.at(later(28));
    const second = await receiptOf(one);
    const { generation } = (await one.entry('Purge')).facts;
    expect(second.receipt['generation']).toBe(generation);
    expect(second.receipt.entries.map(({ operation }) => operation)).not.toContain('Protect');
    expect((await receiptOf(one, 'generation=1')).hash).toBe(first.hash);
    expect(await askFor(one, 'generation=7')).toMatchObject({ status: 404 });
  });

  test('none yet: there is no receipt; without a history there is no item', async () => {
    const one = await deleted();
    expect(await askFor(one)).toMatchObject({ status: 404, body: expect.stringContaining('ReceiptNotFound') });
    const other = await appOver(one.ports)('itemReceipt', `${VAULT}/nobody`);
    expect(other).toMatchObject({ status: 404, body: expect.stringContaining('ItemNotFound') });
    const nowhere = await appOver(one.ports)('itemReceipt', 'nowhere/nobody');
    expect(nowhere).toMatchObject({ status: 404, body: expect.stringContaining('VaultNotFound') });
  });

  test('a deletion for good is its own purge', async () => {
    const one = await deleted();
    await one.ask('undeleteItem');
    await one.ask('resumeItem', { policy: 'daily' });
    const off = await appOver(one.ports)('patchVault', VAULT, { body: { softDelete: { state: 'Disabled' } } });
    expect(off.status).toBe(200);
    await one.ask('stopItem', { mode: 'delete', confirmName: ITEM, reason: 'Other', comment: 'of no use' });
    const made = await receiptOf(one);
    expect(faultsInReceipt(made)).toEqual([]);
    expect(made.receipt).toMatchObject({
      ...{ kind: 'Immediate', told: [], purgeDue: iso(NOON), purgedAt: iso(NOON) },
      deleted: { reason: 'Other', comment: 'of no use', retentionDays: 0 },
    });
    expect(made.receipt.entries).toHaveLength(1);
  });

  test('a long history is whole, and those in the middle say only what binds them', async () => {
    const one = await deleted();
    await one.work();
    for (let refused = 0; refused < 510; refused += 1) await one.ask('resumeItem', { policy: 'daily' });
    await one.at(later(12));
    await one.at(DUE);
    const made = await receiptOf(one);
    expect(faultsInReceipt(made)).toEqual([]);
    const bare = made.receipt.entries.filter((entry) => !('operation' in entry));
    expect([made.receipt.entries.length - bare.length, bare.length > 0]).toEqual([500, true]);
  });
});
