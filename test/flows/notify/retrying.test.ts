import { describe, expect, test } from 'vitest';
import { iso } from '../../../src/core/time.ts';
import type { Mailer } from '../../../src/ports.ts';
import { NOON } from '../../support/builders.ts';
import { anOffice, type Office, OPS, OWNER, VAULT } from './office.ts';

/** Seconds after noon at which mails were tried. */
async function tried(office: Office, tries: number): Promise<readonly number[]> {
  const times: number[] = [];
  let before = 0;
  while (times.length < tries) {
    await office.work();
    const now = office.mail.requests();
    if (now > before) times.push((office.now().toMillis() - NOON.toMillis()) / 1000);
    before = now;
    const next = office.queue.next();
    if (!next) break;
    await office.pass(Math.max(1, (next.toMillis() - office.now().toMillis()) / 1000));
  }
  return times;
}

describe('a mail that does not go out', () => {
  test('is tried again after 30 s, then twice as long, and after six tries it is a dead letter', async () => {
    const office = await anOffice();
    await office.mail.fault({ mode: 'error' });
    const [id = ''] = await office.raise('PurgeComplete');
    const times = await tried(office, 6);
    expect(times).toEqual([0, 30, 90, 210, 450, 930]);
    await office.pass(86_400, { sweeping: true });
    expect(office.mail.requests()).toBe(6);
    expect(await office.ledger(id)).toEqual([`DeadLettered ${OPS}`]);
    const [notification] = (await office.alert(id)).notifications ?? [];
    expect(await office.dead()).toMatchObject([
      {
        id: notification?.operationId,
        vault: VAULT,
        alert: id,
        recipient: OPS,
        code: 'InternalServerError',
        reason: expect.stringContaining('InternalServerError'),
        attempts: 6,
      },
    ]);
    const [letter] = await office.dead();
    expect([letter?.firstFailedAt, letter?.lastFailedAt].map((at) => at && iso(at))).toEqual([
      iso(NOON),
      iso(NOON.plus({ seconds: 930 })),
    ]);
  });

  test('goes out with the try that is let through', async () => {
    const office = await anOffice();
    await office.mail.fault({ mode: 'error', count: 4 });
    const [id = ''] = await office.raise('PurgeComplete');
    expect(await tried(office, 9)).toEqual([0, 30, 90, 210, 450]);
    expect(await office.ledger(id)).toEqual([`Sent ${OPS}`]);
    expect(await office.dead()).toEqual([]);
    expect((await office.alert(id)).notifications).toMatchObject([{ attempts: 5, failure: null, nextTryAt: null }]);
  });

  test('waits as long as the service asks for', async () => {
    const office = await anOffice();
    await office.mail.fault({ mode: 'throttle', retryAfterSeconds: 77, count: 2 });
    await office.raise('PurgeComplete');
    expect(await tried(office, 5)).toEqual([0, 77, 154]);
  });

  test('that is refused for good is a dead letter at once', async () => {
    const office = await anOffice();
    await office.mail.fault({ mode: 'reject' });
    const [id = ''] = await office.raise('DeleteBackupData');
    await office.work();
    expect(office.mail.requests()).toBe(2);
    expect((await office.ledger(id)).toSorted()).toEqual([`DeadLettered ${OPS}`, `DeadLettered ${OWNER}`]);
    expect(await office.dead()).toMatchObject([
      { attempts: 1, code: 'Rejected' },
      { attempts: 1, code: 'Rejected' },
    ]);
  });

  test('for one recipient keeps no other waiting', async () => {
    const office = await anOffice();
    await office.mail.fault({ mode: 'error', count: 1 });
    const [id = ''] = await office.raise('DeleteBackupData');
    await office.work();
    expect(await office.ledger(id)).toEqual([`Queued ${OWNER}`, `Sent ${OPS}`]);
    await office.pass(30);
    expect(await office.ledger(id)).toEqual([`Sent ${OWNER}`, `Sent ${OPS}`]);
    expect(office.mail.requests()).toBe(3);
  });

  test('was taken though nobody heard of it: the next try is not a second mail', async () => {
    const office = await anOffice();
    await office.mail.fault({ mode: 'drop', count: 1 });
    const [id = ''] = await office.raise('PurgeComplete');
    await office.pass(60);
    expect(await office.ledger(id)).toEqual([`Sent ${OPS}`]);
    expect(await office.mail.inbox()).toHaveLength(1);
  });

  test('is told by the sweep when the queue has lost it', async () => {
    const office = await anOffice();
    await office.mail.fault({ mode: 'error', count: 1 });
    const [id = ''] = await office.raise('PurgeComplete');
    const emptied = async () => {
      while (office.queue.size() > 0) await office.queue.work(office.now().plus({ days: 1 }), async () => {});
    };
    await emptied();
    await office.pass(600, { sweeping: true });
    expect(await office.ledger(id)).toEqual([`Sent ${OPS}`]);
  });
});

describe('two at the same time', () => {
  /** A mailer of which two sends meet: both have begun before one of them ends; the answers as given, in that order. */
  const meeting = (mailer: Mailer, answers: readonly ('refused' | 'sent')[]): Mailer => {
    let begun = 0;
    let release = () => {};
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    return {
      send: async (mail) => {
        const mine = answers[begun];
        begun += 1;
        if (begun === answers.length) release();
        await both;
        // the later answers come later
        for (let turn = 0; turn < 50 * answers.indexOf(mine ?? 'sent'); turn += 1) await Promise.resolve();
        if (mine === 'sent') return mailer.send(mail);
        return { sent: false, permanent: true, retryAfterSeconds: undefined, code: 'Rejected', reason: 'no' };
      },
    };
  };

  test.each([[['sent', 'refused']], [['refused', 'sent']]] as const)(
    'one mail, and no dead letter where it went out: %j',
    async (answers) => {
      const office = await anOffice({ over: (ports) => ({ ...ports, mailer: meeting(ports.mailer, answers) }) });
      const [id = ''] = await office.raise('PurgeComplete');
      const notice = { vault: VAULT, alerts: [id] };
      await Promise.all([office.take(notice), office.take(notice)]);
      await office.pass(60);
      expect(await office.mail.inbox()).toHaveLength(1);
      expect(await office.ledger(id)).toEqual([`Sent ${OPS}`]);
      expect(await office.dead()).toEqual([]);
    },
  );
});

test('whoever dies between the dead letter and the ledger leaves a dead letter until the mail is looked at again', async () => {
  const office = await anOffice();
  const [id = ''] = await office.raise('PurgeComplete');
  await office.work();
  const [told] = (await office.ports.alerts.get(VAULT, id))?.value.notifications ?? [];
  const { operationId = '', recipient = '' } = told ?? {};
  const failed = { reason: 'no', code: 'Rejected', attempts: 1, firstFailedAt: NOON, lastFailedAt: NOON };
  await office.ports.ledger.bury({ id: operationId, vault: VAULT, alert: id, recipient, ...failed });

  await office.take({ vault: VAULT, alerts: [id] });
  expect(await office.dead()).toEqual([]);
  expect(await office.mail.inbox()).toHaveLength(1);
});

describe('a notice that fails again and again', () => {
  const broken = (office: { fail: boolean }) => ({
    over: (ports: Office['ports']) => ({
      ...ports,
      ledger: {
        ...ports.ledger,
        remember: async (...given: Parameters<typeof ports.ledger.remember>) => {
          if (office.fail) throw new Error('no storage for this');
          await ports.ledger.remember(...given);
        },
      },
    }),
  });

  test('is a dead letter for each who should have been told', async () => {
    const fault = { fail: true };
    const office = await anOffice(broken(fault));
    const [id = ''] = await office.raise('DeleteBackupData');
    await office.pass(120);
    expect((await office.ledger(id)).toSorted()).toEqual([`DeadLettered ${OPS}`, `DeadLettered ${OWNER}`]);
    expect((await office.dead()).map(({ code, alert }) => [code, alert])).toEqual([
      ['Poison', id],
      ['Poison', id],
    ]);
    expect(office.queue.size()).toBe(0);
  });

  test('gives up nothing that was told, and nothing whose time has not come', async () => {
    const office = await anOffice();
    const [told = ''] = await office.raise('PurgeComplete');
    await office.work();
    await office.mail.fault({ mode: 'error', count: 1 });
    const [waits = ''] = await office.raise('PurgeComplete', { generation: 2 });
    await office.work();
    await office.take({ vault: VAULT, alerts: [told, waits] }, true);
    expect([await office.ledger(told), await office.ledger(waits)]).toEqual([[`Sent ${OPS}`], [`Queued ${OPS}`]]);
    expect(await office.dead()).toEqual([]);
  });

  test('about what waits for a digest gives nothing up: the sweep has it told', async () => {
    const office = await anOffice({ alerts: { mode: 'HourlyDigest' } });
    const [id = ''] = await office.raise('PurgeComplete');
    await office.take({ vault: VAULT, alerts: [id] }, true);
    expect(await office.dead()).toEqual([]);
    await office.pass(2 * 3600, { sweeping: true });
    expect(await office.ledger(id)).toEqual([`Sent ${OPS}`]);
  });

  test.each([['text'], [null], [{ vault: 7 }], [{ vault: VAULT }], [{ alerts: ['x'] }], [[]]])(
    'that cannot be understood is a dead letter: %j',
    async (message) => {
      const office = await anOffice();
      office.queue.send(message, office.now());
      await office.pass(120);
      expect(await office.dead()).toMatchObject([{ alert: null, recipient: null, code: 'NotUnderstood' }]);
      expect(office.queue.size()).toBe(0);
    },
  );

  test('about an alert that does not exist is nothing', async () => {
    const office = await anOffice();
    await office.take({ vault: VAULT, alerts: ['Contoso~none~PurgeComplete~1'] });
    await office.take({ vault: VAULT, alerts: ['Contoso~none~PurgeComplete~1'] }, true);
    expect(await office.dead()).toEqual([]);
  });
});

describe('a burst of 500 alerts through a service that takes five a minute', () => {
  test('loses none, repeats none, burns no tries', async () => {
    const office = await anOffice({ settings: { perMinute: 5 } });
    await office.limit(5);
    const items = Array.from({ length: 500 }, (_, index) => ({ item: `vm-${index}` }));
    const ids = await office.raise('PurgeComplete', ...items);
    await office.pass(4 * 3600, { sweeping: true });
    const mails = await office.mail.inbox();
    expect(mails).toHaveLength(500);
    expect(new Set(mails.map(({ operationId }) => operationId)).size).toBe(500);
    expect(office.mail.requests()).toBe(500);
    for (const id of ids)
      expect((await office.alert(id)).notifications).toMatchObject([{ status: 'Sent', attempts: 1 }]);
    expect(await office.dead()).toEqual([]);
    expect(office.queue.size()).toBe(0);
    // nobody asks in vain again and again
    expect(office.queue.taken()).toBeLessThan(500 * 6);
  });
});
