/** Nothing is purged untold: through the verbs, the queue, the mails and the sweep, while time passes as a test says. */
import { describe, expect, test } from 'vitest';
import { addDays, addMillis, DAY_MS, HOUR_MS, iso } from '../../../src/core/time.ts';
import { dismiss } from '../../../src/flows/alerts/dismissal.ts';
import { type Delivery, redrive, takeReports } from '../../../src/flows/alerts/mails.ts';
import type { Mailer } from '../../../src/ports/alerts.ts';
import type { Ports } from '../../../src/ports.ts';
import { fakeMail } from '../../mail/service.ts';
import { appOver } from '../../support/app.ts';
import { later, NOON } from '../../support/builders.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, done, headOf, must, NO_NOTICE, newHead } from '../../support/world.ts';
import { OPERATOR, OPS, OWNER, VAULT } from '../notify/office.ts';
import { DAY, type Deleted, DUE, deleted } from './deleted.ts';
import { sweeperOver } from './sweeper.ts';

const REFUSED = { sent: false, permanent: true, retryAfterSeconds: undefined, code: 'Rejected', reason: 'no' } as const;

const upTo = async (one: Deleted) => {
  await one.work();
  await one.at(later(12));
};

describe('in time', () => {
  test('the last reminder leaves a mark, and the purge asks nobody', async () => {
    const one = await deleted();
    await upTo(one);
    expect([await one.marks(), (await one.history())[0]]).toEqual([1, 'Told']);
    expect((await one.entry('Told')).facts).toEqual({
      purgeAt: iso(DUE),
      generation: 1,
      told: [
        `DeleteBackupData Sent ${iso(NOON)} ${OWNER}`,
        `DeleteBackupData Sent ${iso(NOON)} ${OPS}`,
        `UpcomingPurge Sent ${iso(later(12))} ${OPS}`,
      ],
    });
    expect(await one.at(DUE)).toMatchObject({ due: 1, purged: 1, waiting: 0 });
    expect([await one.marks(), (await one.history()).slice(0, 2)]).toEqual([0, ['Purge', 'Told']]);
    expect((await one.entry('Purge')).facts).not.toHaveProperty('told');
  });

  test('an undelete leaves the mark to the sweep, which drops it', async () => {
    const one = await deleted();
    await upTo(one);
    await one.ask('undeleteItem');
    expect(await one.marks()).toBe(1);
    await one.at(DUE);
    expect([await one.marks(), await one.state()]).toEqual([0, 'ProtectionStopped']);
  });

  test('who was put off by a longer period is reminded of the new date, and the mark of the old one counts no more', async () => {
    const one = await deleted();
    await upTo(one);
    const head = await headOf(one.ports.vaults);
    const extensions = [{ at: later(13), days: 30, version: head.vault.version + 1 }];
    await one.ports.commit(newHead({ ...head.vault, version: head.vault.version + 1, extensions }, head));
    await one.at(addMillis(DUE, 1));
    expect([await one.state(), await one.marks()]).toEqual(['SoftDeleted', 0]);
    await one.at(later(28));
    const dates = (await one.all('UpcomingPurge')).map(({ facts }) => facts['purgeAt']);
    expect(dates.toSorted()).toEqual([iso(DUE), iso(later(30))]);
    expect(await one.at(later(30))).toMatchObject({ purged: 1 });
  });

  test('each of the reminders is sent once, and the last one counts', async () => {
    const one = await deleted({ alerts: { reminderDays: [2, 7] } });
    await one.work();
    for (let hours = 0; hours < 14 * 24; hours += 6) await one.at(addMillis(NOON, hours * HOUR_MS));
    const told = (await one.to(OPS)).map(({ subject }) => subject).filter((subject) => subject.includes('purged soon'));
    expect(told.map((subject) => subject.replace(/^.* - /, ''))).toEqual(['7 days left', '2 days left']);
    expect((await one.history()).filter((what) => what === 'Told')).toHaveLength(1);
    expect(await one.at(DUE)).toMatchObject({ purged: 1 });
  });

  const daysLeft = async (one: Deleted) =>
    (await one.to(OPS)).flatMap(({ subject }) => /purged soon.* - (\d+ days?) left/.exec(subject)?.[1] ?? []);
  const wants = async (one: Deleted, reminderDays: readonly number[]) => {
    const { status } = await appOver(one.ports)('patchVault', VAULT, { body: { alerts: { reminderDays } } });
    expect(status).toBe(200);
    await one.at(addMillis(one.now(), HOUR_MS));
  };

  test.each([
    ['a day is added', [2], [9, 2], ['9 days', '2 days']],
    ['a day is added that is over', [2], [13, 2], ['2 days']],
    ['another is wanted', [2], [5], ['5 days']],
    ['none is left within its period', [9], [30], ['2 days']],
  ] as const)(
    'what lies in the trash is reminded of by the days that are wanted now: %s',
    async (_, before, after, told) => {
      const one = await deleted({ alerts: { reminderDays: before } });
      await one.work();
      await one.moveTo(later(2));
      await wants(one, after);
      for (let day = 3; day < 14; day += 1) await one.at(later(day));
      expect(await daysLeft(one)).toEqual(told);
      expect(await one.at(DUE)).toMatchObject({ purged: 1 });
      expect(await one.marks()).toBe(0);
    },
  );

  test('a day that is added behind the last reminder is waited for, though a mark says that people know', async () => {
    const one = await deleted({ alerts: { reminderDays: [7] } });
    await one.work();
    await one.at(later(7));
    expect([await daysLeft(one), await one.marks()]).toEqual([['7 days'], 1]);
    await wants(one, [7, 2]);
    one.mail.down(true);
    await one.at(later(12));
    expect(await one.at(DUE)).toMatchObject({ purged: 0, waiting: 1 });
    expect(await one.blockers()).toEqual(['NotTold']);
    one.mail.down(false);
    await one.at(later(15));
    expect(await one.marked()).toMatchObject([{ days: 2, toldAt: later(15) }]);
    expect(await one.at(addDays(one.now(), 1))).toMatchObject({ purged: 1 });
    expect(await one.marks()).toBe(0);
  });

  test('a reminder that is told in a bundle leaves a mark as well', async () => {
    const one = await deleted({ alerts: { mode: 'HourlyDigest' } });
    await upTo(one);
    expect(await one.marks()).toBe(0);
    await one.pass(2 * 3600, { sweeping: true });
    expect([await one.marks(), (await one.history())[0]]).toEqual([1, 'Told']);
    expect(await one.at(DUE)).toMatchObject({ purged: 1 });
  });
});

describe('late', () => {
  test('an outage ends in a reminder and the full notice, not in a purge', async () => {
    const one = await deleted();
    await one.work();
    const back = later(20);
    expect(await one.at(back)).toMatchObject({ due: 1, purged: 0, waiting: 1, warned: 1, oldestOverdue: null });
    const [reminder] = await one.all('UpcomingPurge');
    expect(reminder?.facts).toMatchObject({ purgeAt: iso(DUE), days: 0, notBefore: iso(addDays(back, 1)) });
    const [mail] = (await one.to(OPS)).slice(-1);
    expect(mail?.subject).toContain('1 day left');
    expect(mail?.text).toContain('This reminder is late');
    // until then it can be undeleted, although its period is over
    expect(await one.why()).toMatchObject({ notBefore: addDays(back, 1), can: expect.arrayContaining(['undelete']) });
    expect(await one.blockers()).toEqual(['NoticeRunning']);
    expect(await one.at(addMillis(back, DAY_MS - 1))).toMatchObject({ purged: 0, waiting: 1, warned: 0 });
    expect(await one.at(addDays(back, 1))).toMatchObject({ purged: 1 });
  });

  test('an undelete within the notice saves the item', async () => {
    const one = await deleted();
    await one.work();
    await one.at(later(20));
    await one.moveTo(addMillis(later(21), -1));
    expect(await one.ask('undeleteItem')).toBe(200);
    await one.at(later(30));
    expect(await one.state()).toBe('ProtectionStopped');
  });

  test('after the notice an undelete is refused', async () => {
    const one = await deleted();
    await one.work();
    await one.at(later(20));
    await one.moveTo(later(21));
    expect(await one.ask('undeleteItem')).toBe(409);
  });

  test('a reminder shortly before the purge puts it off by the notice', async () => {
    const one = await deleted();
    await one.work();
    const at = addMillis(DUE, -HOUR_MS);
    await one.at(at);
    expect(await one.at(DUE)).toMatchObject({ purged: 0, waiting: 1 });
    expect(await one.at(addDays(at, 1))).toMatchObject({ purged: 1 });
  });

  test('without a notice nobody has to be reminded, only told of the deletion', async () => {
    const one = await deleted({ terms: NO_NOTICE });
    expect(await one.at(DUE)).toMatchObject({ purged: 0, waiting: 1, warned: 0 });
    expect(await one.at(DUE)).toMatchObject({ purged: 1 });
    expect((await one.entry('Purge')).facts).toMatchObject({
      told: [`DeleteBackupData Sent ${iso(DUE)} ${OWNER}`, `DeleteBackupData Sent ${iso(DUE)} ${OPS}`],
    });
  });
});

describe('untold', () => {
  /** The mail service refuses every mail about this. */
  const refused = async (one: Deleted, work: () => Promise<unknown>) => {
    await one.mail.fault({ mode: 'reject' });
    await work();
    await one.mail.fault({ mode: 'none' });
  };

  test('a deletion of which nobody could be told waits, until its mails are sent again', async () => {
    const one = await deleted();
    await refused(one, () => one.work());
    await one.at(later(12));
    expect(await one.blockers()).toEqual(['SoftDeletePeriod', 'NotTold']);
    expect(await one.at(later(16))).toMatchObject({ purged: 0, waiting: 1 });
    expect(await one.blockers()).toEqual(['NotTold']);
    for (const { id } of await one.dead()) await done(redrive(one.ports, aRequest(one.now()), { id }, undefined));
    await one.work();
    expect(await one.at(later(16))).toMatchObject({ purged: 1 });
  });

  test('where a vault names nobody the operators have to know: without their mail nothing goes', async () => {
    const one = await deleted({ alerts: { recipients: [], owners: [] } });
    const [deletion] = await one.all('DeleteBackupData');
    expect(deletion?.notifications).toMatchObject([{ recipient: OPERATOR, as: 'operator', status: 'Queued' }]);
    await refused(one, () => one.work());
    await one.at(later(12));
    expect(await one.at(later(16))).toMatchObject({ purged: 0, waiting: 1 });
    for (const { id } of await one.dead()) await done(redrive(one.ports, aRequest(one.now()), { id }, undefined));
    await one.work();
    expect(await one.at(later(16))).toMatchObject({ purged: 1 });
  });

  test('a mail that a person drops counts as accepted at that moment', async () => {
    const one = await deleted();
    await one.work();
    await refused(one, () => one.at(later(12)));
    expect(await one.at(DUE)).toMatchObject({ purged: 0, waiting: 1 });
    const dropped = later(15);
    await one.moveTo(dropped);
    for (const { id } of await one.dead()) await done(dismiss(one.ports, aRequest(dropped), { id }, undefined));
    expect((await one.all('UpcomingPurge'))[0]?.notifications).toMatchObject([{ status: 'DeadLettered' }]);
    expect(await one.at(addMillis(dropped, DAY_MS - 1))).toMatchObject({ purged: 0, waiting: 1 });
    expect(await one.at(addDays(dropped, 1))).toMatchObject({ purged: 1 });
  });

  test.each([
    ['with a mark', true],
    ['without one', false],
  ])('one of several that a person drops counts as accepted then, too: %s', async (_, marked) => {
    const mailer = fakeMail();
    const one = await deleted({ alerts: { recipients: [OPS, 'b@example.com'] }, mail: mailer });
    await one.work();
    await mailer.fault({ mode: 'reject', count: 1 });
    await one.at(later(12));
    const ledger = (await one.all('UpcomingPurge'))[0]?.notifications ?? [];
    expect([ledger.map(({ status }) => status).toSorted(), await one.marks()]).toEqual([['DeadLettered', 'Sent'], 1]);
    if (!marked) for (const mark of await one.marked()) await one.ports.vaults.dropMark(mark);
    const dropped = later(13, HOUR_MS);
    await one.moveTo(dropped);
    for (const { id } of await one.dead()) await done(dismiss(one.ports, aRequest(dropped), { id }, undefined));
    expect(await one.at(addMillis(dropped, DAY_MS - 1))).toMatchObject({ purged: 0, waiting: 1 });
    expect(await one.at(addDays(dropped, 1))).toMatchObject({ purged: 1 });
    expect((await one.entry('Purge')).facts).toMatchObject({
      told: expect.arrayContaining([expect.stringMatching(`^UpcomingPurge DeadLettered ${iso(dropped)}`)]),
    });
  });

  test('a bounce of the last mail that was accepted takes the mark back, and makes a dead letter of it', async () => {
    const one = await deleted();
    await upTo(one);
    const mail = must((await one.all('UpcomingPurge'))[0]?.notifications?.[0]);
    const bounce = { messageId: mail.operationId, recipient: OPS, status: 'Bounced', reason: 'no such box' } as const;
    expect(await takeReports(one.ports, [bounce], one.now())).toMatchObject({ value: { failed: 1 } });
    expect([await one.marks(), (await one.history())[0]]).toEqual([0, 'Bounced']);
    expect((await one.dead()).map(({ id }) => id)).toEqual([mail.operationId]);
    expect(await one.at(DUE)).toMatchObject({ purged: 0, waiting: 1 });
    await done(redrive(one.ports, aRequest(one.now()), { id: mail.operationId }, undefined));
    await one.work();
    expect(await one.marks()).toBe(1);
    expect(await one.at(addDays(DUE, 1))).toMatchObject({ purged: 1 });
  });

  test.each([
    ['with a mark', DAY],
    ['without one', NO_NOTICE],
  ] as const)('a bounce and the purge at the same moment: one of the two is decided anew, %s', async (_, terms) => {
    const one = await deleted({ terms });
    await one.work();
    if (terms === DAY) await one.at(later(12));
    const [told] = await one.all(terms === DAY ? 'UpcomingPurge' : 'DeleteBackupData');
    const reports = (told?.notifications ?? []).map(({ operationId, recipient }) => ({
      ...{ messageId: operationId, recipient, status: 'Bounced', reason: 'no such box' },
    })) as readonly Delivery[];
    let isBounced = false;
    const commit: Ports['commit'] = async (write) => {
      if (!isBounced) {
        isBounced = true;
        await takeReports(one.ports, reports, DUE);
      }
      return one.ports.commit(write);
    };
    const sweeper = sweeperOver(one.tables, { purgeTerms: terms, realNow: () => NOON, commit });
    expect(await sweeper.sweep(DUE)).toMatchObject({ purged: 0 });
    expect(await one.state()).toBe('SoftDeleted');
  });

  test.each(['PerAlert', 'HourlyDigest'] as const)(
    'a mail about the deletion that bounces while the mark is made: there is no mark, %s',
    async (mode) => {
      const tables = memoryTables();
      let bounce: (() => Promise<unknown>) | undefined;
      const commit: Tables['vaults']['commit'] = async (partition, ops) => {
        const isMade = ops.some(({ key, op }) => key.endsWith('!told') && op === 'put');
        const first = isMade ? bounce : undefined;
        if (first) bounce = undefined;
        await first?.();
        return tables.vaults.commit(partition, ops);
      };
      const one = await deleted({ alerts: { mode }, tables: { ...tables, vaults: { ...tables.vaults, commit } } });
      await one.work();
      const [told] = await one.all('DeleteBackupData');
      const reports = (told?.notifications ?? []).map(({ operationId, recipient }) => ({
        ...{ messageId: operationId, recipient, status: 'Bounced', reason: 'no such box' },
      })) as readonly Delivery[];
      bounce = () => takeReports(one.ports, reports, one.now());
      await one.at(later(12));
      await one.pass(2 * 3600, { sweeping: true });
      expect(bounce).toBeUndefined();
      expect(await one.marks()).toBe(0);
      expect(await one.at(DUE)).toMatchObject({ purged: 0, waiting: 1 });
    },
  );

  test('a bounce of the bundle that told it takes the mark back as well', async () => {
    const one = await deleted({ alerts: { mode: 'HourlyDigest' } });
    await upTo(one);
    await one.pass(2 * 3600, { sweeping: true });
    const mail = must((await one.all('Digest')).at(-1)?.notifications?.[0]);
    const bounce = { messageId: mail.operationId, recipient: OPS, status: 'Bounced', reason: 'no such box' } as const;
    await takeReports(one.ports, [bounce], one.now());
    expect([await one.marks(), (await one.history())[0]]).toEqual([0, 'Bounced']);
    expect((await one.dead()).map(({ id }) => id)).toEqual([mail.operationId]);
    expect(await one.at(DUE)).toMatchObject({ purged: 0, waiting: 1 });
    await done(dismiss(one.ports, aRequest(DUE), { id: mail.operationId }, undefined));
    expect(await one.at(addDays(DUE, 1))).toMatchObject({ purged: 1 });
  });

  test.each([
    ['the deletion', 'PerAlert'],
    ['the purge, in a bundle', 'HourlyDigest'],
  ] as const)('a mail about %s that is sent again after the mark holds the purge until it arrives', async (_, mode) => {
    const mail = fakeMail();
    let isRefused = mode === 'PerAlert';
    const send: Mailer['send'] = async (one) => (isRefused && one.to === OPS ? REFUSED : mail.mailer.send(one));
    const alerts = { mode, recipients: [OPS, 'more@example.com'] };
    const one = await deleted({ alerts, mail: { ...mail, mailer: { send } } });
    await one.work();
    isRefused = mode === 'HourlyDigest';
    await one.at(later(12));
    await one.pass(2 * 3600, { sweeping: true });
    isRefused = false;
    expect(await one.marks()).toBe(1);
    const [letter, ...others] = await one.dead();
    expect(others).toEqual([]);
    one.mail.down(true);
    await one.moveTo(DUE);
    await done(redrive(one.ports, aRequest(DUE), { id: must(letter).id }, undefined));
    expect(await one.marks()).toBe(0);
    expect(await one.sweep()).toMatchObject({ purged: 0, waiting: 1 });
    one.mail.down(false);
    // a reminder that arrives only now gives people their time anew
    await one.pass((mode === 'PerAlert' ? 1 : 25) * 3600, { sweeping: true });
    expect(await one.state()).toBe('Purged');
  });

  test('one of several that bounces changes nothing', async () => {
    const one = await deleted({ alerts: { recipients: [OPS, 'more@example.com'] } });
    await upTo(one);
    const mail = must((await one.all('UpcomingPurge'))[0]?.notifications?.[0]);
    const bounce = { messageId: mail.operationId, recipient: mail.recipient, status: 'Bounced', reason: '' } as const;
    await takeReports(one.ports, [bounce], one.now());
    expect([await one.marks(), await one.dead()]).toEqual([1, []]);
    expect(await one.at(DUE)).toMatchObject({ purged: 1 });
  });

  test('thirty days after its period it goes all the same, and that is an alert', async () => {
    const one = await deleted();
    await one.work();
    await refused(one, () => one.at(later(12)));
    expect(await one.at(addMillis(later(44), -1))).toMatchObject({ purged: 0, waiting: 1 });
    expect(await one.at(later(44))).toMatchObject({ purged: 1 });
    expect(await one.all('PurgedUntold')).toHaveLength(1);
    expect((await one.to(OWNER)).at(-1)?.subject).toContain('[Sev0] Backup data purged, and nobody was told before');
  });

  test('however long nobody looked, a reminder and its notice come first', async () => {
    const one = await deleted();
    await one.work();
    await refused(one, () => one.at(later(60)));
    expect(await one.state()).toBe('SoftDeleted');
    expect(await one.at(addMillis(later(61), -1))).toMatchObject({ purged: 0 });
    expect(await one.at(later(61))).toMatchObject({ purged: 1 });
  });

  test('the heartbeat tells since when', async () => {
    const one = await deleted();
    await refused(one, () => one.work());
    await one.at(later(12));
    await one.at(later(15));
    const { heartbeat } = await one.ports.control.read();
    expect(heartbeat).toMatchObject({ oldestUntold: DUE, oldestDue: null });
  });
});
