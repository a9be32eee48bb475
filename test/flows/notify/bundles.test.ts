import { describe, expect, test } from 'vitest';
import { instantOf } from '../../../src/core/time.ts';
import { operationIdOf } from '../../../src/flows/story/addressing.ts';
import { massDeletionKey } from '../../../src/flows/story/raise.ts';
import { later, NOON } from '../../support/builders.ts';
import { newId } from '../../support/world.ts';
import { anOffice, type Office, OPS, OWNER, type Raise, VAULT } from './office.ts';

const DIGEST = { alerts: { mode: 'HourlyDigest' } } as const;
const after = (seconds: number) => instantOf(NOON.toMillis() + seconds * 1000);
const items = (count: number, over: Raise = {}): readonly Raise[] =>
  Array.from({ length: count }, (_, index) => ({ item: `vm-${index}`, ...over }));
const subjects = async (office: Office, to: string) => (await office.to(to)).map(({ subject }) => subject);
const HOUR = 3600;
const mass = massDeletionKey({ type: 'DeleteBackupData', facts: { by: 'somebody', tenant: 'local' } }) ?? '';

describe('the hourly digest', () => {
  test('gathers until the hour is over, and is one mail for each recipient', async () => {
    const office = await anOffice({ alerts: { mode: 'HourlyDigest', recipients: [OPS, 'second@example.com'] } });
    const ids: string[] = [];
    for (let minute = 0; minute < 6; minute += 1) {
      ids.push(...(await office.raise('PurgeComplete', { item: `vm-${minute}` })));
      await office.pass(590);
    }
    expect(await office.mail.inbox()).toEqual([]);
    await office.pass(65);
    expect((await office.mail.inbox()).map(({ to }) => to).toSorted()).toEqual([OPS, 'second@example.com']);
    const [mail] = await office.to(OPS);
    for (let minute = 0; minute < 6; minute += 1) expect(mail?.text).toContain(`vm-${minute}`);
    const [digest] = await office.all('Digest');
    for (const id of ids)
      expect((await office.alert(id)).notifications).toMatchObject([
        { status: 'Sent', together: digest?.id, operationId: operationIdOf(digest?.id ?? '', OPS), attempts: 1 },
        { status: 'Sent', together: digest?.id },
      ]);
    await office.pass(2 * HOUR, { sweeping: true });
    expect(await office.mail.inbox()).toHaveLength(2);
  });

  test('what is urgent does not wait', async () => {
    const office = await anOffice(DIGEST);
    const [id = ''] = await office.raise('DeleteBackupData');
    await office.work();
    expect((await office.ledger(id)).toSorted()).toEqual([`Sent ${OPS}`, `Sent ${OWNER}`]);
  });

  test('what was closed meanwhile is left out; nothing left is no mail', async () => {
    const office = await anOffice(DIGEST);
    const [closed = '', open = ''] = await office.raise('BackupFailure', { item: 'vm-closed' }, { item: 'vm-open' });
    await office.work();
    const close = async (id: string) => {
      const held = await office.ports.alerts.get(VAULT, id);
      if (held)
        await office.ports.commit({
          ...{ vault: VAULT, id: newId() },
          alerts: [{ was: held, now: { ...held.value, state: 'Closed' } }],
        });
    };
    await close(closed);
    await office.pass(HOUR);
    expect([await office.ledger(closed), await office.ledger(open)]).toEqual([[`Suppressed ${OPS}`], [`Sent ${OPS}`]]);
    const [mail] = await office.to(OPS);
    expect(mail?.text).toContain('vm-open');
    expect(mail?.text).not.toContain('vm-closed');
    const [alone = ''] = await office.raise('BackupFailure', { item: 'vm-alone' });
    await office.work();
    await close(alone);
    await office.pass(HOUR, { sweeping: true });
    expect(await office.ledger(alone)).toEqual([`Suppressed ${OPS}`]);
    expect(await office.mail.inbox()).toHaveLength(1);
  });

  test('of each hour its own', async () => {
    const office = await anOffice(DIGEST);
    await office.raise('PurgeComplete', { item: 'vm-1' });
    await office.pass(HOUR);
    await office.raise('PurgeComplete', { item: 'vm-2' });
    await office.pass(HOUR);
    expect(await office.all('Digest')).toHaveLength(2);
    expect((await office.to(OPS)).map(({ text }) => [text.includes('vm-1'), text.includes('vm-2')])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  test('raised at one and the same moment, and found late: all are told, none twice', async () => {
    const office = await anOffice(DIGEST);
    const [early = ''] = await office.raise('PurgeComplete', { item: 'vm-early' });
    await office.pass(HOUR + 60);
    const [late = ''] = await office.raise('PurgeComplete', { item: 'vm-late', at: NOON });
    await office.pass(HOUR, { sweeping: true });
    expect([await office.ledger(early), await office.ledger(late)]).toEqual([[`Sent ${OPS}`], [`Sent ${OPS}`]]);
    expect((await office.to(OPS)).filter(({ text }) => text.includes('vm-early'))).toHaveLength(1);
    expect((await office.to(OPS)).filter(({ text }) => text.includes('vm-late'))).toHaveLength(1);
  });

  test('that fails is tried again, and given up with all its members', async () => {
    const office = await anOffice(DIGEST);
    const ids = await office.raise('PurgeComplete', ...items(3));
    await office.mail.fault({ mode: 'error' });
    await office.pass(3 * HOUR, { sweeping: true });
    for (const id of ids) expect(await office.ledger(id)).toEqual([`DeadLettered ${OPS}`]);
    expect(await office.dead()).toMatchObject([{ attempts: 6, recipient: OPS }]);
  });

  test('silences do not fall on it: what it tells was not silenced', async () => {
    const late = after(HOUR - 60);
    const silence = {
      name: 'night',
      from: late,
      since: late,
      until: later(1),
      types: null,
      items: null,
    };
    const office = await anOffice({
      ...DIGEST,
      vault: { silences: [{ ...silence, reason: 'r', by: 'me', etag: 'e' }] },
    });
    const [id = ''] = await office.raise('PurgeComplete');
    await office.pass(HOUR + 60);
    expect(await office.ledger(id)).toEqual([`Sent ${OPS}`]);
  });

  test('its ledger was written and nobody told its members: they hear of it the next time', async () => {
    const office = await anOffice(DIGEST);
    const ids = await office.raise('PurgeComplete', ...items(3));
    await office.pass(HOUR + 60);
    const [digest] = await office.all('Digest');
    for (const id of ids) {
      const held = await office.ports.alerts.get(VAULT, id);
      const notifications = held?.value.notifications?.map(
        (one) => ({ ...one, status: 'Queued', attempts: 0 }) as const,
      );
      if (held && notifications)
        await office.ports.commit({
          ...{ vault: VAULT, id: newId() },
          alerts: [{ was: held, now: { ...held.value, notifications } }],
        });
    }
    await office.take({ vault: VAULT, alerts: [digest?.id] });
    for (const id of ids) expect(await office.ledger(id)).toEqual([`Sent ${OPS}`]);
    expect(await office.mail.inbox()).toHaveLength(1);
  });
});

describe('mass deletion', () => {
  /** One a second, told as they come. */
  const burst = async (office: Office, count: number, first = 0, seconds = 1): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (let made = 0; made < count; made += 1) {
      ids.push(...(await office.raise('DeleteBackupData', { item: `vm-${first + made}` })));
      await office.pass(seconds);
    }
    return ids;
  };
  const kinds = async (office: Office, to = OPS) => {
    const all = await subjects(office, to);
    const masses = all.filter((subject) => subject.includes('Many items deleted'));
    return { single: all.length - masses.length, mass: masses.length };
  };

  test('nine are nine mails', async () => {
    const office = await anOffice();
    await burst(office, 9);
    await office.pass(HOUR, { sweeping: true });
    expect(await kinds(office)).toEqual({ single: 9, mass: 0 });
  });

  test('from the tenth on there is one mail, after a lull of 30 s', async () => {
    const office = await anOffice();
    const ids = await burst(office, 25);
    expect(await kinds(office)).toEqual({ single: 9, mass: 0 });
    await office.pass(27);
    expect(await kinds(office)).toEqual({ single: 9, mass: 0 });
    await office.pass(3);
    expect(await kinds(office)).toEqual({ single: 9, mass: 1 });
    expect(await kinds(office, OWNER)).toEqual({ single: 9, mass: 1 });
    const text = (await office.to(OPS)).at(-1)?.text ?? '';
    for (const [index] of ids.entries())
      expect(new RegExp(`\\bvm-${index}\\b`).test(text), `vm-${index}`).toBe(index >= 9);
    const [told] = await office.all('MassDeletion');
    for (const id of ids.slice(9))
      expect((await office.alert(id)).notifications).toMatchObject([
        { status: 'Sent', together: told?.id, operationId: operationIdOf(told?.id ?? '', OWNER) },
        { status: 'Sent', together: told?.id, operationId: operationIdOf(told?.id ?? '', OPS) },
      ]);
    expect(told?.facts).toMatchObject({ count: 16, by: 'somebody' });
    await office.pass(HOUR, { sweeping: true });
    expect(await kinds(office)).toEqual({ single: 9, mass: 1 });
  });

  test('without a lull after five minutes, and further ones likewise until it is quiet', async () => {
    const office = await anOffice();
    const ids = await burst(office, 80, 0, 10);
    await office.pass(60);
    expect(await kinds(office)).toEqual({ single: 9, mass: 3 });
    for (const id of ids) expect(await office.ledger(id)).toEqual([`Sent ${OWNER}`, `Sent ${OPS}`]);
    const texts = (await office.to(OPS)).map(({ text }) => text);
    for (const [index] of ids.entries())
      expect(
        texts.filter((text) => new RegExp(`\\bvm-${index}\\b`).test(text)),
        `vm-${index}`,
      ).toHaveLength(1);
  });

  test('of two callers each for itself, and slowly is not in mass', async () => {
    const office = await anOffice();
    for (let made = 0; made < 9; made += 1)
      await office.raise('DeleteBackupData', { item: `a-${made}`, by: 'a' }, { item: `b-${made}`, by: 'b' });
    await office.pass(HOUR);
    for (let made = 0; made < 12; made += 1) {
      await office.raise('DeleteBackupData', { item: `c-${made}` });
      await office.pass(40);
    }
    await office.pass(HOUR, { sweeping: true });
    expect(await kinds(office)).toEqual({ single: 30, mass: 0 });
  });

  test('all at once, each message three times: one mail', async () => {
    const office = await anOffice({ times: 3 });
    const ids = await office.raise('DeleteBackupData', ...items(200));
    await office.pass(HOUR, { sweeping: true });
    expect(await kinds(office)).toEqual({ single: 9, mass: 1 });
    for (const id of ids) expect(await office.ledger(id)).toEqual([`Sent ${OWNER}`, `Sent ${OPS}`]);
  });

  test('more than fit into one mail are several, and each item is in one of them', async () => {
    const office = await anOffice();
    const ids = await office.raise('DeleteBackupData', ...items(800));
    await office.pass(HOUR, { sweeping: true });
    expect(await kinds(office)).toEqual({ single: 9, mass: 2 });
    const masses = await office.all('MassDeletion');
    // their names and what is said of them are 50,000 characters at most
    for (const { members, facts } of masses)
      expect(JSON.stringify([members, facts['items']]).length).toBeLessThan(54_000);
    expect(new Set(masses.flatMap(({ members }) => members)).size).toBe(791);
    for (const id of ids) expect(await office.ledger(id)).toEqual([`Sent ${OWNER}`, `Sent ${OPS}`]);
  });

  test('however long nobody could be told, and whichever of them is told first: the tenth is the tenth', async () => {
    const office = await anOffice();
    const ids = await office.raise('DeleteBackupData', ...items(12));
    for (let day = 1; day <= 4; day += 1) {
      await office.moveTo(after(day * 24 * HOUR));
      await office.sweep();
    }
    const [late = ''] = await office.raise('DeleteBackupData', { item: 'days-later' });
    for (const id of [late, ...ids.toReversed()]) await office.take({ vault: VAULT, alerts: [id] });
    await office.pass(60);
    expect(await kinds(office)).toEqual({ single: 10, mass: 1 });
    expect((await office.all('MassDeletion')).map(({ members }) => members?.length)).toEqual([3]);
  });

  test('two who bundle the same at the same time make one mail of it', async () => {
    const office = await anOffice();
    await office.raise('DeleteBackupData', ...items(30));
    await office.work();
    await office.pass(29);
    const [waiting] = await office.ports.alerts.waiting(VAULT, mass);
    const notice = { vault: VAULT, together: waiting?.together };
    await office.pass(1);
    await Promise.all([office.take(notice), office.take(notice), office.take(notice)]);
    await office.pass(60);
    expect(await kinds(office)).toEqual({ single: 9, mass: 1 });
  });
});
