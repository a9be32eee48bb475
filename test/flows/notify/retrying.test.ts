import { describe, expect, test } from 'vitest';
import { itemOfAlert } from '../../../src/core/alerts.ts';
import { type Instant, iso } from '../../../src/core/time.ts';
import { patientMailer } from '../../../src/mail/patient.ts';
import type { Mailer } from '../../../src/ports/alerts.ts';
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

describe('in a local run without a mail service', () => {
  test('mails wait however long it lasts, no try counts, and they go out soon after it has come', async () => {
    const said: string[] = [];
    const office = await anOffice({
      over: (ports) => ({ ...ports, mailer: patientMailer(ports.mailer, (line) => said.push(line)) }),
    });
    office.mail.down(true);
    const [id = ''] = await office.raise('DeleteBackupData');
    await office.pass(3 * 86_400, { sweeping: true });
    expect((await office.ledger(id)).toSorted()).toEqual([`Queued ${OPS}`, `Queued ${OWNER}`]);
    expect((await office.alert(id)).notifications).toMatchObject([{ attempts: 0 }, { attempts: 0 }]);
    expect(await office.dead()).toEqual([]);
    expect(office.queue.size()).toBeLessThan(5);
    expect(said).toEqual([expect.stringMatching(/^Mails wait, because no mail service answers.*npm run parts/)]);
    office.mail.down(false);
    await office.pass(301);
    expect((await office.ledger(id)).toSorted()).toEqual([`Sent ${OPS}`, `Sent ${OWNER}`]);
    expect((await office.alert(id)).notifications).toMatchObject([{ attempts: 1 }, { attempts: 1 }]);
    expect(said.slice(1)).toEqual([expect.stringMatching(/^The mail service answers again/)]);
  });

  test('a mail that a service refuses is given up there as anywhere', async () => {
    const office = await anOffice({
      over: (ports) => ({ ...ports, mailer: patientMailer(ports.mailer, () => undefined) }),
    });
    await office.mail.fault({ mode: 'error' });
    const [id = ''] = await office.raise('PurgeComplete');
    await office.pass(1000);
    expect(await office.ledger(id)).toEqual([`DeadLettered ${OPS}`]);
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

test('and so it is where somebody else is still to be told of the same alert', async () => {
  const office = await anOffice({ settings: { perRecipient: 1 } });
  await office.raise('PurgeComplete', { item: 'before' });
  await office.work();
  const [id = ''] = await office.raise('DeleteBackupData');
  await office.work();
  expect((await office.ledger(id)).toSorted()).toEqual([`Queued ${OPS}`, `Sent ${OWNER}`]);
  const told = (await office.alert(id)).notifications?.find(({ recipient }) => recipient === OWNER);
  const failed = { reason: 'no', code: 'Rejected', attempts: 1, firstFailedAt: NOON, lastFailedAt: NOON };
  await office.ports.ledger.bury({ id: told?.operationId ?? '', vault: VAULT, alert: id, recipient: OWNER, ...failed });

  await office.take({ vault: VAULT, alerts: [id] });
  expect(await office.dead()).toEqual([]);
});

test('whose mail is silenced has no dead letter to be looked for while others are still to be told', async () => {
  const looked: string[] = [];
  const over = (ports: Office['ports']): Office['ports'] => ({
    ...ports,
    ledger: {
      ...ports.ledger,
      exhume: async (id) => {
        looked.push(id);
        await ports.ledger.exhume(id);
      },
    },
  });
  const silence = {
    name: 's',
    from: NOON,
    since: NOON,
    until: NOON.plus({ days: 1 }),
    types: null,
    items: null,
    reason: 'calm',
  };
  const office = await anOffice({ over, vault: { silences: [{ ...silence, by: 'ada', etag: 's' }] } });
  const [id = ''] = await office.raise('DeleteBackupData', { facts: { hybrid: true } });
  expect((await office.ledger(id)).toSorted()).toEqual([`Queued ${OWNER}`, `Suppressed ${OPS}`]);
  await office.work();
  expect((await office.ledger(id)).toSorted()).toEqual([`Sent ${OWNER}`, `Suppressed ${OPS}`]);
  expect(looked).toEqual([]);
  // told: now both may have been given up by somebody who died
  await office.take({ vault: VAULT, alerts: [id] });
  expect(looked).toHaveLength(2);
});

describe('a notice that fails because storage is in trouble', () => {
  const troubled = (fault: { until: Instant }) => ({
    over: (ports: Office['ports']) => ({
      ...ports,
      ledger: {
        ...ports.ledger,
        admit: async (...given: Parameters<typeof ports.ledger.admit>) => {
          if (ports.clock.now() < fault.until) throw new Error('no storage for this');
          return ports.ledger.admit(...given);
        },
      },
    }),
  });
  /** Whoever reads an alert about one of these items, by itself or with others, hears nothing. */
  const unread = (ports: Office['ports'], isOut: (item: string) => boolean): Office['ports'] => {
    const { get, about, aboutAll } = ports.alerts;
    const unless = async <T>(items: readonly (string | null)[], read: () => Promise<T>): Promise<T> => {
      if (items.some((item) => isOut(item ?? ''))) throw new Error('no storage for this');
      return read();
    };
    return {
      ...ports,
      alerts: {
        ...ports.alerts,
        get: (vault, id) => unless([itemOfAlert(id)], () => get(vault, id)),
        about: (vault, item) => unless([item], () => about(vault, item)),
        aboutAll: (vault, items) => unless(items, () => aboutAll(vault, items)),
      },
    };
  };
  const seconds = (many: number) => NOON.plus({ seconds: many });
  const aside = (office: Office) => office.ports.control.quarantined();

  test('comes back after 1, 2, 4, 8, 16 and 30 minutes, and no try of the mail is used up', async () => {
    const fault = { until: seconds(3000) };
    const office = await anOffice(troubled(fault));
    const [id = ''] = await office.raise('DeleteBackupData');
    const times: number[] = [];
    while (office.queue.size() > 0) {
      await office.work();
      times.push((office.now().toMillis() - NOON.toMillis()) / 1000);
      const next = office.queue.next();
      if (next) await office.pass((next.toMillis() - office.now().toMillis()) / 1000);
    }
    expect(times).toEqual([0, 60, 180, 420, 900, 1860]);
    expect((await office.ledger(id)).toSorted()).toEqual([`Sent ${OPS}`, `Sent ${OWNER}`]);
    const sent = { attempts: 1, sentAt: seconds(3660) };
    expect((await office.alert(id)).notifications).toMatchObject([sent, sent]);
    expect(await office.mail.inbox()).toHaveLength(2);
    expect(await office.dead()).toEqual([]);
    expect(await aside(office)).toEqual([]);
  });

  test.each([[40], [3 * 3600], [26 * 3600]])(
    'for %d seconds: all are told in the end, and nothing is given up',
    async (trouble) => {
      const office = await anOffice(troubled({ until: seconds(trouble) }));
      const ids = await office.raise('DeleteBackupData', { item: 'a' }, { item: 'b' }, { item: 'c' });
      await office.pass(trouble + 3600, { sweeping: true });
      for (const id of ids)
        expect((await office.alert(id)).notifications).toMatchObject([
          { status: 'Sent', attempts: 1 },
          { status: 'Sent', attempts: 1 },
        ]);
      expect(await office.mail.inbox()).toHaveLength(6);
      expect(await office.dead()).toEqual([]);
      await office.pass(3 * 3600, { sweeping: true });
      expect(office.queue.size()).toBe(0);
      expect(await aside(office)).toEqual([]);
    },
  );

  test('after that it stands in the quarantine, where people see it, and the sweep has it told', async () => {
    const office = await anOffice(troubled({ until: seconds(7200) }));
    const [id = ''] = await office.raise('DeleteBackupData', { item: 'sql-01' });
    await office.pass(3660);
    expect(await aside(office)).toMatchObject([{ vault: VAULT, item: 'sql-01', why: 'no storage for this', tries: 6 }]);
    expect(office.queue.size()).toBe(0);
    expect(await office.dead()).toEqual([]);
    await office.pass(2 * 3600, { sweeping: true });
    expect((await office.ledger(id)).toSorted()).toEqual([`Sent ${OPS}`, `Sent ${OWNER}`]);
    expect(await aside(office)).toEqual([]);
  });

  test('for an hour, right after the mail of a bundle: the sweep has its members settled', async () => {
    let isOut = false;
    const office = await anOffice({
      ...{ alerts: { owners: [] }, settings: { perRecipient: 1 } },
      over: (ports) => ({
        ...unread(ports, (item) => isOut && item.startsWith('vm-') && ports.clock.now() < seconds(3600)),
        mailer: {
          send: async (mail) => {
            isOut ||= mail.subject.includes('More alerts');
            return ports.mailer.send(mail);
          },
        },
      }),
    });
    const ids = await office.raise('PurgeComplete', ...['vm-0', 'vm-1', 'vm-2'].map((item) => ({ item })));
    await office.pass(3600, { sweeping: true });
    expect(await office.to(OPS)).toHaveLength(2);
    await office.pass(2 * 3600, { sweeping: true });
    expect(await Promise.all(ids.map((id) => office.ledger(id)))).toEqual(ids.map(() => [`Sent ${OPS}`]));
    expect(await office.to(OPS)).toHaveLength(2);
    expect(office.queue.size()).toBe(0);
    expect(await aside(office)).toEqual([]);
  });

  test('tries again only what failed', async () => {
    const office = await anOffice({
      over: (ports) => unread(ports, (item) => item === 'bad' && ports.clock.now() < seconds(20)),
    });
    const ids = await office.raise('PurgeComplete', { item: 'good' }, { item: 'bad' });
    await office.take({ vault: VAULT, alerts: ids });
    expect(await office.ledger(ids[0] ?? '')).toEqual([`Sent ${OPS}`]);
    await office.pass(60);
    expect(await office.ledger(ids[1] ?? '')).toEqual([`Sent ${OPS}`]);
    expect(await office.mail.inbox()).toHaveLength(2);
  });

  test('and cannot be put back into the queue: only then the platform tries it again', async () => {
    const office = await anOffice({
      over: (ports) => ({
        ...unread(ports, () => true),
        land: async () => Promise.reject(new Error('no queue')),
      }),
    });
    const notice = { vault: VAULT, alerts: [`${VAULT}~vm~PurgeComplete~1`] };
    await expect(office.take(notice)).rejects.toThrow('no queue');
    await expect(office.take(notice, true)).rejects.toThrow('no queue');
  });
});

describe('a notice that the process did not survive, five times', () => {
  test('is left to the sweep and stands in the quarantine; no mail is given up', async () => {
    const office = await anOffice();
    const [vm = ''] = await office.raise('PurgeComplete', { item: 'vm' });
    const [own = ''] = await office.raise('MassPurgeHeld', { item: null, vault: null, occurrence: 'token' });
    for (const [vault, id] of [
      [VAULT, vm],
      [null, own],
    ])
      await office.take({ vault, alerts: [id] }, true);
    expect((await office.ports.control.quarantined()).map(({ vault, item }) => `${vault}/${item}`).toSorted()).toEqual([
      'Contoso/vm',
      '~service/~',
    ]);
    expect(await office.dead()).toEqual([]);
    expect(await office.mail.inbox()).toEqual([]);
    await office.pass(2 * 3600, { sweeping: true });
    expect(await office.ledger(vm)).toEqual([`Sent ${OPS}`]);
    expect(await office.ledger(own, null)).toEqual(['Sent operator@example.com']);
    expect(await office.ports.control.quarantined()).toEqual([]);
  });

  test('about what waits for a digest gives nothing up: the sweep has it told', async () => {
    const office = await anOffice({ alerts: { mode: 'HourlyDigest' } });
    const [id = ''] = await office.raise('PurgeComplete');
    await office.take({ vault: VAULT, alerts: [id] }, true);
    await office.pass(1);
    await office.take({ vault: VAULT, together: `digest~${NOON.plus({ hours: 1 }).toMillis()}` }, true);
    expect(await office.dead()).toEqual([]);
    await office.pass(3 * 3600, { sweeping: true });
    expect(await office.ledger(id)).toEqual([`Sent ${OPS}`]);
    expect(await office.ports.control.quarantined()).toEqual([]);
  });

  test('about an alert that does not exist is nothing', async () => {
    const office = await anOffice();
    await office.take({ vault: VAULT, alerts: ['Contoso~none~PurgeComplete~1'] });
    expect(office.queue.size()).toBe(0);
    expect(await office.dead()).toEqual([]);
  });
});

describe('a message that cannot be understood', () => {
  const BAD: readonly (readonly [unknown])[] = [
    ['text'],
    [null],
    [{ vault: 7 }],
    [{ vault: VAULT }],
    [{ alerts: ['x'] }],
    [{ vault: VAULT, alerts: ['no id'] }],
    [{ vault: VAULT, alerts: ['Contoso~a/b~PurgeComplete~1'] }],
    [{ vault: 'a/b', alerts: [] }],
    [{ vault: VAULT, together: 'else~1' }],
    [{ vault: null, unread: { queue: 'x' } }],
    [[]],
  ];

  test.each(BAD)('is a dead letter at once, with its text and why: %j', async (message) => {
    for (const poison of [false, true]) {
      const office = await anOffice();
      await office.take(message, poison);
      expect(await office.dead()).toMatchObject([{ vault: null, alert: null, recipient: null, code: 'NotUnderstood' }]);
      const [{ reason = '' } = {}] = await office.dead();
      expect(reason).toContain('could not be understood');
      expect(reason).toContain(`notifications: ${typeof message === 'string' ? message : JSON.stringify(message)}`);
      expect(office.queue.size()).toBe(0);
    }
  });

  test('is kept in the queue while it cannot be set aside, however long that lasts; from another queue as well', async () => {
    const fault = { fail: true };
    const office = await anOffice({
      over: (ports) => ({
        ...ports,
        ledger: {
          ...ports.ledger,
          bury: async (letter) => {
            if (fault.fail) throw new Error('no storage for this');
            await ports.ledger.bury(letter);
          },
        },
      }),
    });
    await office.take('some text');
    await office.take({ vault: null, unread: { queue: 'sweep-shards', text: 'other text', why: 'Nobody knows.' } });
    await office.pass(5 * 3600);
    expect(office.queue.size()).toBe(2);
    fault.fail = false;
    await office.pass(1800);
    expect(office.queue.size()).toBe(0);
    expect((await office.dead()).map(({ reason }) => reason).toSorted()).toEqual([
      'Nobody knows. It came by the queue sweep-shards: other text',
      'This message could not be understood. It came by the queue notifications: some text',
    ]);
  });

  test('is shown by its beginning, on one line', async () => {
    const office = await anOffice();
    await office.take(`one\ntwo\u0007${'x'.repeat(70_000)}`);
    const [{ reason = '' } = {}] = await office.dead();
    expect(reason).toContain('notifications: one two xxx');
    expect(reason.length).toBeLessThan(1200);
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
