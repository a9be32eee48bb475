/** Alerts of one vault that are told side by side read and write together; and still each is told as if it were alone. */
import { describe, expect, test } from 'vitest';
import { addDays, addMillis } from '../../../src/core/time.ts';
import { takeReports } from '../../../src/flows/alerts/mails.ts';
import { readMembers } from '../../../src/flows/notify/read.ts';
import type { Mail } from '../../../src/ports/alerts.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { appOver } from '../../support/app.ts';
import { aPolicy, NOON } from '../../support/builders.ts';
import { memoryTables } from '../../support/tables.ts';
import { headOf, must, newHead, type World } from '../../support/world.ts';
import { anOffice, OPS, VAULT } from './office.ts';

/** One deletion more by one caller, and they are told in one mail. */
const ITEMS = Array.from({ length: 8 }, (_, index) => `vm-${index}`);
const [FIRST = '', SECOND = ''] = ITEMS;
const MINUTES = 5 * 60_000;

/** Eight items were deleted, and in two days they are purged: eight reminders lie in the queue. */
async function aTown() {
  const seen = nothingSeen();
  let before: (mail: Mail) => Promise<unknown> = async () => undefined;
  const office = await anOffice({
    alerts: { owners: [] },
    tables: counted(memoryTables(), seen, Number.POSITIVE_INFINITY),
    over: (ports: World): World => ({
      ...ports,
      mailer: {
        send: async (mail) => {
          const meanwhile = before;
          before = async () => undefined;
          await meanwhile(mail);
          return ports.mailer.send(mail);
        },
      },
    }),
  });
  const { ports } = office;
  const head = await headOf(ports.vaults);
  await ports.commit({ line: 'vault', vault: VAULT, id: 'made' });
  await ports.commit(newHead(head.vault, head, aPolicy('daily')));
  const ask = async (route: string, path: string, body: object = {}) => {
    const reply = await appOver(ports)(route, path, { body });
    if (reply.status >= 300) throw new Error(`${route} ${path}: ${reply.status} ${reply.body}`);
  };
  for (const item of ITEMS) {
    await ask('protectItem', `${VAULT}/${item}`, { workload: 'AzureVM', policy: 'daily', sourceId: item });
    await ask('stopItem', `${VAULT}/${item}`, { mode: 'delete', confirmName: item });
  }
  await office.work();
  await office.moveTo(addMillis(addDays(NOON, 12), MINUTES));
  await office.sweep();
  return {
    ...{ office, ask },
    /** Happens while the first of the mails is on its way. */
    meanwhile: (work: (mail: Mail) => Promise<unknown>) => {
      before = work;
    },
    requests: async (work: () => Promise<unknown>) => {
      const first = seen.requests;
      await work();
      return seen.requests - first;
    },
    reminders: async () => (await office.all('UpcomingPurge')).map(({ notifications }) => notifications?.[0]?.status),
    marked: async () => {
      const { marks } = await ports.vaults.dueTrash(VAULT, addDays(NOON, 30));
      return marks.map(({ item }) => item).toSorted();
    },
    purged: async () => {
      await office.moveTo(addMillis(addDays(NOON, 14), MINUTES));
      await office.sweep();
      await office.work();
      return (await office.all('PurgeComplete')).map(({ item }) => item).toSorted();
    },
  };
}
type Town = Awaited<ReturnType<typeof aTown>>;

const SENT = ITEMS.map(() => 'Sent');
const others = (...some: readonly string[]) => ITEMS.filter((item) => !some.includes(item));
const toldOnce = async ({ office }: Town) => {
  const mails = await office.to(OPS);
  return new Set(mails.map(({ subject }) => subject)).size === mails.length ? mails.length : 'twice';
};

describe('eight reminders in one notice', () => {
  test('are told by five requests: their alerts, their trash, the places of their mails, the ledger with the marks, the tickets', async () => {
    const town = await aTown();
    expect(await town.requests(() => town.office.work())).toBe(5);
    expect(await town.reminders()).toEqual(SENT);
    expect(await town.marked()).toEqual(ITEMS);
    expect(await toldOnce(town)).toBe(2 * ITEMS.length);
    expect(await town.purged()).toEqual(ITEMS);
  });

  test('one is acknowledged meanwhile: all are told once, and it stays acknowledged', async () => {
    const town = await aTown();
    const [one] = await town.office.all('UpcomingPurge');
    town.meanwhile(() => town.ask('acknowledgeAlert', must(one).id));
    await town.office.work();
    expect((await town.office.alert(must(one).id)).state).toBe('Acknowledged');
    expect(await town.reminders()).toEqual(SENT);
    expect(await toldOnce(town)).toBe(2 * ITEMS.length);
    expect(await town.marked()).toEqual(ITEMS);
  });

  test('one was undeleted before: nobody waits for it, and it has no mail', async () => {
    const town = await aTown();
    await town.ask('undeleteItem', `${VAULT}/${SECOND}`);
    await town.office.work();
    expect((await town.reminders()).toSorted()).toEqual([...SENT.slice(1), 'Suppressed']);
    expect(await town.marked()).toEqual(others(SECOND));
    expect(await toldOnce(town)).toBe(2 * ITEMS.length);
  });

  test('the row of one cannot be read: all others are told', async () => {
    const town = await aTown();
    const [one] = await town.office.all('UpcomingPurge');
    const [partition, key] = [VAULT.toLowerCase(), `${VAULT}!alert!${must(one).id}`.toLowerCase()];
    const row = must(await town.office.tables.vaults.get(partition, key));
    await town.office.tables.vaults.commit(partition, [{ op: 'put', key, cells: { ...row.cells, v: 99 } }]);
    await town.office.work();
    expect(await toldOnce(town)).toBe(2 * ITEMS.length - 1);
    expect(await town.marked()).toEqual(others(must(one).item ?? ''));
    await town.office.tables.vaults.commit(partition, [{ op: 'put', key, cells: row.cells }]);
    await town.office.pass(60);
    expect(await town.reminders()).toEqual(SENT);
    expect(await town.marked()).toEqual(ITEMS);
  });

  test('one is undeleted meanwhile: it has no mark, and all others have', async () => {
    const town = await aTown();
    town.meanwhile(() => town.ask('undeleteItem', `${VAULT}/${SECOND}`));
    await town.office.work();
    expect(await town.marked()).toEqual(others(SECOND));
    expect(await town.purged()).toEqual(others(SECOND));
    expect(await toldOnce(town)).toBe(3 * ITEMS.length);
  });

  test('the mail about the deletion of one bounces meanwhile: its purge waits, and all others go', async () => {
    const town = await aTown();
    const [deletion] = (await town.office.all('DeleteBackupData')).filter(({ item }) => item === FIRST);
    const bounced = {
      messageId: must(deletion?.notifications?.[0]).operationId,
      recipient: OPS,
      status: 'Bounced',
      reason: undefined,
    } as const;
    town.meanwhile(() => takeReports(town.office.ports, [bounced], town.office.now()));
    await town.office.work();
    expect(await town.reminders()).toEqual(SENT);
    expect(await town.marked()).toEqual(others(FIRST));
    expect(await town.purged()).toEqual(others(FIRST));
  });

  test('the mail of one fails: the others are told and marked, and it is when it comes again', async () => {
    const town = await aTown();
    await town.office.mail.fault({ mode: 'throttle', count: 1, retryAfterSeconds: 60 });
    await town.office.work();
    expect((await town.reminders()).toSorted()).toEqual(['Queued', ...SENT.slice(1)]);
    expect(await town.marked()).toHaveLength(ITEMS.length - 1);
    await town.office.pass(60);
    expect(await town.reminders()).toEqual(SENT);
    expect(await town.marked()).toEqual(ITEMS);
    expect(await toldOnce(town)).toBe(2 * ITEMS.length);
  });
});

test('what keeps alerts from being read together keeps none from being read', async () => {
  const { ports, raise } = await anOffice();
  const ids = await raise('PurgeComplete', ...ITEMS.map((item) => ({ item })));
  const alerts = { ...ports.alerts, aboutAll: async () => Promise.reject(new Error('unreadable row')) };
  expect((await readMembers({ alerts }, ids)).map(({ id }) => id)).toEqual(ids);
});
