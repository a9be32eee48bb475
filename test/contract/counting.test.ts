/** What a verb costs, counted where requests leave the real SDK for a real storage service, repeated ones included. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { appOver } from '../support/app.ts';
import { startAzurite } from '../support/azurite.ts';
import { azureTables, type Policy } from '../support/tables.ts';
import { portsOver } from '../support/world.ts';

interface Sent {
  readonly method: string;
  readonly table: string;
}

describe('storage requests before the answer', () => {
  let connectionString: string;
  let sent: Sent[] = [];
  let call: ReturnType<typeof appOver>;
  let restart: () => Promise<void>;
  let opened = 0;

  beforeAll(async () => {
    ({ connectionString } = await startAzurite());
  });

  const counting: Policy = {
    name: 'counting',
    sendRequest(request, next) {
      const table = request.url.includes('$batch')
        ? '$batch'
        : new URL(request.url).pathname.replace(/^\/\w+\/|\(.*/g, '');
      sent.push({ method: request.method, table: table.replace(/\d+$/, '') });
      return next(request);
    },
  };

  /** What the call asked of the storage. */
  async function costOf(...asked: Parameters<ReturnType<typeof appOver>>) {
    sent = [];
    const reply = await call(...asked);
    return { status: reply.status, reply, sent, requests: sent.length };
  }

  beforeEach(async () => {
    opened += 1;
    const suffix = String(opened);
    /** Another instance of the service: it remembers nothing, but knows that its tables are there. */
    restart = async () => {
      const tables = azureTables(connectionString, suffix, counting);
      // whoever is told is told by others: the queue is no table, and nobody waits for it
      call = appOver(portsOver(tables, { notices: { send: async () => {} } }));
      await Promise.all(
        [tables.vaults, tables.agenda, tables.registry].map((table) => table.get('nothing', 'nothing')),
      );
    };
    await restart();
    const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
    const protect = { workload: 'AzureVM', policy: 'daily', sourceId: '/vms/sql-01' };
    const made = [
      await call('putVault', 'contoso', { body: { kind: 'RecoveryServices' } }),
      await call('putPolicy', 'contoso/daily', { body: policy }),
      await call('protectItem', 'contoso/sql-01', { body: protect }),
      await call('putRecoveryPoint', 'contoso/sql-01/p1', {
        body: { createdAt: '2026-03-01T00:00:00.000Z', rung: 'daily' },
      }),
    ];
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  });

  const DELETE = { body: { mode: 'delete', confirmName: 'sql-01' } };
  const UNDELETE = { body: {} };
  const RESUME = { body: { policy: 'daily' } };
  const keyed = (ask: { body: object }, key: string) => ({ ...ask, headers: { 'idempotency-key': key } });

  test('undelete: read the item, one transaction', async () => {
    await call('stopItem', 'contoso/sql-01', DELETE);
    expect(await costOf('undeleteItem', 'contoso/sql-01', UNDELETE)).toMatchObject({
      status: 200,
      sent: [
        { method: 'GET', table: 'vaults' },
        { method: 'POST', table: '$batch' },
      ],
    });
  });

  test('undelete: one more on an instance that has just started, for the head says who is told', async () => {
    await call('stopItem', 'contoso/sql-01', DELETE);
    await restart();
    expect(await costOf('undeleteItem', 'contoso/sql-01', UNDELETE)).toMatchObject({ status: 200, requests: 3 });
  });

  test('resume after an undelete: two with the head in mind, three without, for its alert rides on the purge hint', async () => {
    await call('stopItem', 'contoso/sql-01', DELETE);
    await call('undeleteItem', 'contoso/sql-01', UNDELETE);
    expect(await costOf('resumeItem', 'contoso/sql-01', RESUME)).toMatchObject({ status: 200, requests: 2 });
    await call('stopItem', 'contoso/sql-01', DELETE);
    await call('undeleteItem', 'contoso/sql-01', UNDELETE);
    await restart();
    expect(await costOf('resumeItem', 'contoso/sql-01', RESUME)).toMatchObject({ status: 200, requests: 3 });
  });

  test('resume of what was never deleted: one more, the hint for its own alert, and beside it the one that has the vault tidied', async () => {
    await call('stopItem', 'contoso/sql-01', { body: { mode: 'retain' } });
    expect(await costOf('resumeItem', 'contoso/sql-01', RESUME)).toMatchObject({
      status: 200,
      sent: [
        { method: 'GET', table: 'vaults' },
        { method: 'POST', table: '$batch' },
        { method: 'POST', table: '$batch' },
      ],
    });
  });

  test('stop with delete: the item, both hints at once, one transaction; the kinds once a minute; the head when it is not in mind', async () => {
    const first = await costOf('stopItem', 'contoso/sql-01', DELETE);
    expect(first).toMatchObject({ status: 200, requests: 4 });
    await call('undeleteItem', 'contoso/sql-01', UNDELETE);
    expect(await costOf('stopItem', 'contoso/sql-01', DELETE)).toMatchObject({ status: 200, requests: 3 });
    await call('undeleteItem', 'contoso/sql-01', UNDELETE);
    await restart();
    expect(await costOf('stopItem', 'contoso/sql-01', DELETE)).toMatchObject({ status: 200, requests: 5 });
  });

  test.each([
    ['stopItem', DELETE],
    ['stopItem', { body: { mode: 'retain' } }],
    ['resumeItem', RESUME],
  ] as const)('a replay of %s: the recorded answer and nothing else', async (name, ask) => {
    if (name === 'resumeItem') await call('stopItem', 'contoso/sql-01', { body: { mode: 'retain' } });
    const first = await costOf(name, 'contoso/sql-01', keyed(ask, 'key-1'));
    expect(first.status).toBe(200);
    const again = await costOf(name, 'contoso/sql-01', keyed(ask, 'key-1'));
    expect(again).toMatchObject({ status: 200, sent: [{ method: 'GET', table: 'vaults' }] });
    expect(again.reply.body).toBe(first.reply.body);
    expect(again.reply.headers).toMatchObject({ 'idempotency-replayed': 'true', etag: first.reply.headers['etag'] });
  });

  test('the key itself costs one request', async () => {
    await call('stopItem', 'contoso/sql-01', DELETE);
    expect(await costOf('undeleteItem', 'contoso/sql-01', keyed(UNDELETE, 'key-1'))).toMatchObject({
      status: 200,
      requests: 3,
    });
  });

  test('a page of a history: one range; the first one also looks at what its subject knows', async () => {
    const first = await costOf('itemHistory', 'contoso/sql-01', { query: 'top=1' });
    const { nextLink } = JSON.parse(first.reply.body);
    expect(first).toMatchObject({ status: 200, requests: 2 });
    const query = new URL(nextLink).search.slice(1);
    expect(await costOf('itemHistory', 'contoso/sql-01', { query })).toMatchObject({ status: 200, requests: 1 });
    expect(await costOf('vaultHistory', 'contoso')).toMatchObject({ status: 200, requests: 2 });
    expect(await costOf('serviceHistory', '')).toMatchObject({ status: 200, requests: 1 });
    expect(await costOf('itemHistory', 'contoso/nobody')).toMatchObject({ status: 404, requests: 3 });
  });

  test('what changes nothing writes nothing', async () => {
    const idle = await costOf('resumeItem', 'contoso/sql-01', RESUME);
    expect(idle).toMatchObject({ status: 200, sent: [{ method: 'GET' }] });
  });
});
