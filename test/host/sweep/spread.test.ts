import { QueueClient } from '@azure/storage-queue';
import { beforeAll, describe, expect, test } from 'vitest';
import { isTold } from '../../../src/core/alerts.ts';
import { tableAlerts } from '../../../src/store/alerts.ts';
import { call } from '../../support/call.ts';
import { aQuietVault, type Estate, later, ok } from '../../support/estate.ts';
import { eventually } from '../../support/eventually.ts';
import type { Service } from '../../support/launch.ts';
import { startService } from '../../support/service.ts';
import { DEAF } from '../../support/stores.ts';
import { azureTables } from '../../support/tables.ts';
import { type Sweep, type Sweeping, sweepingOf } from '../support/sweeping.ts';

let service: Service;
let s: Sweeping;

const names = (count: number) => Array.from({ length: count }, (_, index) => `vm-${index}`);

/** Protected and deleted, a few at a time. Answers when the last is due. */
async function trash(vault: Estate, items: readonly string[]): Promise<string> {
  const due = await Promise.all(items.map((item) => vault.trash(item)));
  return (
    due
      .map(({ softDelete }) => softDelete.purgeAt)
      .toSorted()
      .at(-1) ?? ''
  );
}

const goneFrom = async (vault: Estate, items: readonly string[]): Promise<number> => {
  const found = await Promise.all(items.map((item) => vault.get(item)));
  return found.filter(({ status }) => status === 410).length;
};

const allGo = (vault: Estate, items: readonly string[]): Promise<void> =>
  eventually(
    async () => (await goneFrom(vault, items)) === items.length,
    () => 'all to be gone',
  );

const sweeps = async () => ok(await call<{ value: readonly Sweep[] }>(service.api, 'GET', '/api/sweeps')).value;
const purgeEntries = async (vault: Estate) =>
  (await s.store()).filter((row) => row.includes(`"${vault.name}!audit!`) && row.includes('\\"to\\":\\"Purged\\"'))
    .length;

describe('the timer by itself', () => {
  test('purges what is due without anybody asking', async () => {
    service = await startService({ timer: true, args: ['--schedule', '* * * * * *'] });
    s = sweepingOf(service);
    const vault = await aQuietVault(service);
    const due = await trash(vault, names(3));
    await s.at(later(due, { days: -1 }));
    const before = (await sweeps()).length;
    await eventually(
      async () => (await sweeps()).length > before + 1,
      () => 'two sweeps',
    );
    expect(await goneFrom(vault, names(3))).toBe(0);

    await s.at(due);
    await allGo(vault, names(3));
    // the items are gone a moment before the sweep has said so
    const ready = () => call<{ readonly checks: readonly object[] }>(service.api, 'GET', '/api/health/ready');
    const isReady = async () =>
      JSON.stringify((await ready()).body.checks).includes('"name":"lastSweep","status":"ok"');
    await eventually(isReady, () => 'the service to be ready');
    expect(await purgeEntries(vault)).toBe(3);
    await s.check();
    await service.stop(); // it would go on sweeping
  });
});

describe('more than one instance should do', () => {
  const items = names(24);
  let vault: Estate;
  let shards: QueueClient;

  beforeAll(async () => {
    // as many mails to one address at once would be bundled, and that takes minutes
    const env = { SWEEP_SPREAD_ABOVE: '10', SWEEP_MAX_PURGES: '100', MAIL_PER_RECIPIENT_PER_HOUR: '1000' };
    service = await startService({ timer: true, args: ['--schedule', '*/2 * * * * *'], env });
    s = sweepingOf(service);
    shards = new QueueClient(service.storage, 'sweep-shards');
    await shards.createIfNotExists();
  });

  const send = (message: unknown) =>
    shards.sendMessage(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)).toString('base64'));

  /** What the test sent was taken and done with; the timer's own messages may come on top. */
  const taken = async (messages: readonly unknown[]): Promise<void> => {
    const before = executed();
    for (const message of messages) await send(message);
    await eventually(
      () => executed() >= before + messages.length,
      () => `${messages.length} messages to be taken`,
    );
  };
  const executed = () => service.output().split("Executed 'Functions.sweepShard' (Succeeded").length;
  /** Those in which something of the vault is due, now or later. */
  const shardsOf = async ({ name }: Estate): Promise<readonly string[]> => {
    const rows = (await s.store()).filter((row) => row.startsWith(`["agenda"`) && row.includes(`!${name}!`));
    return [...new Set(rows.map((row) => String(JSON.parse(row)[1])))];
  };
  const all = Array.from({ length: 16 }, (_, index) => `shard${String(index).padStart(2, '0')}`);

  test('what is due becomes units, and together they purge everything exactly once', async () => {
    vault = await aQuietVault(service);
    const due = await trash(vault, items);

    await s.at(due);

    await allGo(vault, items);
    await expect.poll(() => service.output()).toContain("Executing 'Functions.sweepShard'");
    expect(await purgeEntries(vault)).toBe(items.length);
    expect((await s.alerts(vault)).filter((alert) => alert.startsWith('purgecomplete'))).toHaveLength(items.length);
    expect((await sweeps()).reduce((sum, { purged }) => sum + purged, 0)).toBeLessThanOrEqual(items.length);
    const alerts = tableAlerts(azureTables(service.storage).vaults, DEAF);
    const untold = async () => (await alerts.list(vault.name, { limit: 1000 })).found.filter((one) => !isTold(one));
    await eventually(
      async () => (await untold()).length === 0,
      async () => JSON.stringify(await untold()),
    );
  });

  test('a stale, a senseless and an over-hasty message do nothing', async () => {
    const other = await aQuietVault(service);
    await trash(other, names(5));
    const now = await s.now();
    const senseless = ['{}', 'null', '42', '"shard01"', '{"shard":"shard99","now":"x"}', '[]', 'no json'];
    const hasty = [later(now, { days: 15 }), later(now, { seconds: 1200 }), later(now, { days: -1 })];
    const messages = [
      ...all.flatMap((shard) => hasty.map((at) => ({ shard, now: at }))),
      ...senseless,
      { shard: 'shard16', now },
      { shard: '../control', now },
    ];

    await taken(messages);
    expect(await goneFrom(other, names(5))).toBe(0);
    await s.check();
  });

  test('case 74: the same message three times is one purge; one of an earlier deletion harms nothing', async () => {
    const one = await aQuietVault(service);
    const { purgeAt } = (await one.trash('vm')).softDelete;
    await s.at(later(purgeAt, { days: -1 }));
    ok(await one.undelete('vm'));
    ok(await one.delete('vm'));
    await one.trash('other');
    await s.at(later(purgeAt, { seconds: 1 }));
    const now = await s.now();
    const thrice = async (at: string) =>
      (await shardsOf(one)).flatMap((shard) => Array.from({ length: 3 }, () => ({ shard, now: at })));
    await taken(await thrice(now));
    expect((await one.get('vm')).body).toMatchObject({ state: 'SoftDeleted', generation: 2 });

    const again = (await one.get('vm')).body.softDelete?.purgeAt ?? '';
    await s.at(later(again, { seconds: 1 }));
    const then = await s.now();
    await taken(await thrice(then));
    await allGo(one, ['vm', 'other']);
    expect(await purgeEntries(one)).toBe(2);
    expect((await s.alerts(one)).filter((alert) => alert.startsWith('purgecomplete'))).toEqual([
      'purgecomplete other 1',
      'purgecomplete vm 2',
    ]);
    await s.check();
  });

  test('case 74, with an executor: the same message three times is one order', async () => {
    const callers = [{ tid: 'local', oid: 'spread-app' }];
    ok(await call(service.api, 'PUT', '/api/executors/spread', { body: { callers } }));
    const one = await aQuietVault(service, { settings: { purge: { executor: 'spread' } } });
    const { purgeAt } = (await one.trash('vm')).softDelete;
    await s.at(later(purgeAt, { seconds: 1 }));
    const now = await s.now();
    await taken((await shardsOf(one)).flatMap((shard) => Array.from({ length: 3 }, () => ({ shard, now }))));
    const orders = async () =>
      (await s.store()).filter((row) => row.includes(`"${one.name}!audit!`) && row.includes('PurgeOrdered')).length;
    await eventually(
      async () => (await orders()) > 0,
      () => 'an order',
    );
    expect(await orders()).toBe(1);
    expect((await one.get('vm')).body).toMatchObject({ state: 'Purging', purgeOrder: { state: 'Open' } });
    await s.check();
  });
});
