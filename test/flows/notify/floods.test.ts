/** A flood delays nothing that comes first, buries nobody, and tells every alert once. */
import { describe, expect, test } from 'vitest';
import { type Alert, isTold, slotEnd } from '../../../src/core/alerts.ts';
import { instantOf } from '../../../src/core/time.ts';
import { aVault, NOON } from '../../support/builders.ts';
import { newHead } from '../../support/world.ts';
import { anOffice, type Office, OPS, OWNER, type Raise, VAULT } from './office.ts';

const HOUR = 3600;
const items = (count: number, over: Raise = {}): readonly Raise[] =>
  Array.from({ length: count }, (_, index) => ({ item: `vm-${index}`, ...over }));

/** When each mail to an address arrived, by its subject. */
const FIVE_MINUTES = 300_000;

/** What was accepted so far, in the order of its arrival, with the time. */
async function arrivals(office: Office, seconds: number, step = 10) {
  const seen: { readonly at: number; readonly to: string; readonly subject: string; readonly text: string }[] = [];
  const look = async () => {
    for (const mail of (await office.mail.inbox()).slice(seen.length))
      seen.push({ ...mail, at: office.now().toMillis() });
  };
  await office.work();
  await look();
  for (let passed = 0; passed < seconds; passed += step) {
    await office.pass(step, { sweeping: true });
    await look();
  }
  return seen;
}

describe('five mails a minute, and two hundred welcomes before it', () => {
  const flooded = async () => {
    const office = await anOffice({ settings: { perMinute: 5 } });
    await office.limit(5);
    const welcomes = Array.from({ length: 200 }, (_, index) => ({
      item: null,
      occurrence: `w${index}`,
      facts: { recipients: [`new-${index}@example.com`] },
    }));
    await office.raise('Welcome', ...welcomes);
    await office.pass(90);
    return office;
  };

  test('a Sev0 is accepted within the minute', async () => {
    const office = await flooded();
    await office.raise('PurgeComplete', { item: 'sql-01' });
    await office.pass(59);
    expect(await office.to(OPS)).toHaveLength(1);
  });

  test('while more of the first wait than there are slots, nothing else goes out; then all of it does', async () => {
    const office = await flooded();
    await office.raise('PurgeComplete', ...items(20));
    const before = (await office.mail.inbox()).length;
    const mails = await arrivals(office, 2 * HOUR, 60);
    const after = mails.slice(before).map(({ to }) => to);
    expect(after.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => OPS));
    expect(new Set(mails.map(({ to }) => to)).size).toBe(201);
    expect(mails).toHaveLength(220);
  });

  test('ranks 2 and 3 leave two fifths of every minute', async () => {
    const office = await flooded();
    const before = (await office.mail.inbox()).length;
    const mails = (await arrivals(office, HOUR, 5)).slice(before);
    for (const { at } of mails) {
      const within = mails.filter((other) => other.at >= at && other.at - at < 60_000);
      expect(within.length).toBeLessThanOrEqual(3);
    }
    expect(mails.length).toBeGreaterThan(150);
  });
});

describe('twenty single mails an hour', () => {
  /** Two vaults with one address between them; what is raised is spread over both and over time. */
  async function deluge(limit = 20) {
    const office = await anOffice({ alerts: { owners: [] }, settings: { perRecipient: limit } });
    const alerts = { ...aVault().alerts, recipients: [OPS] };
    await office.ports.commit(newHead(aVault({ name: 'Fabrikam', alerts })));
    return office;
  }
  const subjectsOf = (mails: readonly { readonly subject: string }[]) => mails.map(({ subject }) => subject);
  const isBundle = ({ subject }: { readonly subject: string }) => subject.includes('More alerts than single mails');

  test('then bundles, five minutes apart, that name every alert once, the gravest first', async () => {
    const office = await deluge();
    const seen: { at: number; subject: string; text: string }[] = [];
    for (let minute = 0; minute < 60; minute += 1) {
      await office.raise('PurgeComplete', { item: `vm-${minute}`, vault: minute % 2 ? 'Fabrikam' : VAULT });
      await office.raise('BackupFailure', { item: `job-${minute}` });
      await office.pass(60, { sweeping: minute % 7 === 0 });
      for (const mail of (await office.to(OPS)).slice(seen.length)) seen.push({ ...mail, at: office.now().toMillis() });
    }
    await office.pass(600, { sweeping: true });
    for (const mail of (await office.to(OPS)).slice(seen.length)) seen.push({ ...mail, at: office.now().toMillis() });

    const [singles, bundles] = [seen.filter((one) => !isBundle(one)), seen.filter(isBundle)];
    expect(singles).toHaveLength(20);
    bundles.slice(1).forEach((one, index) => {
      expect(one.at - (bundles[index]?.at ?? 0)).toBeGreaterThanOrEqual(FIVE_MINUTES - 60_000);
    });
    expect(bundles.length).toBeLessThanOrEqual(12);
    for (let minute = 0; minute < 60; minute += 1)
      for (const name of [`vm-${minute}`, `job-${minute}`]) {
        const told = seen.filter(({ text }) =>
          new RegExp(`\\b${name}(?![\\d-])`).test(text.split('To undelete')[0] ?? ''),
        );
        expect(told, name).toHaveLength(1);
      }
    const [first] = bundles;
    expect(first?.subject).toMatch(/^\[Sev0\] More alerts than single mails - \d+ alerts$/);
    expect(first?.text.indexOf('Sev0)')).toBeGreaterThan(0);
    expect(first?.text.lastIndexOf('(Sev0')).toBeLessThan(first?.text.indexOf('(Sev1') ?? 0);
    for (const alert of await office.all())
      expect(alert.notifications, alert.id).toMatchObject([{ recipient: OPS, status: 'Sent', attempts: 1 }]);
  });

  test('whoever has more than one address is crowded at each by itself', async () => {
    const office = await anOffice({ settings: { perRecipient: 2 } });
    await office.raise('PurgeComplete', ...items(4));
    await office.raise('SoftDeleteDisabledForVault', { item: null });
    await office.work();
    expect(await office.to(OPS)).toHaveLength(2);
    expect(await office.to(OWNER)).toHaveLength(1);
    await office.pass(600);
    expect(subjectsOf(await office.to(OPS)).filter((one) => one.includes('More alerts'))).toHaveLength(1);
    expect(await office.to(OWNER)).toHaveLength(1);
  });

  test('after an hour there are single mails again', async () => {
    const office = await deluge(2);
    await office.raise('PurgeComplete', ...items(3));
    await office.pass(HOUR + 600);
    await office.raise('PurgeComplete', { item: 'vm-late' });
    await office.work();
    const last = (await office.to(OPS)).at(-1);
    expect(last?.subject).toContain('vm-late');
  });

  test('a mail that may have gone out, because who sent it died, is not told with others as well', async () => {
    const office = await anOffice({ alerts: { owners: [] }, settings: { perRecipient: 1 } });
    const [id = ''] = await office.raise('PurgeComplete', { item: 'sql-01' });
    const [one] = (await office.alert(id)).notifications ?? [];
    const operationId = one?.operationId ?? '';
    await office.ports.ledger.remember(operationId, { vault: VAULT, alert: id }, NOON);
    await office.mail.mailer.send({ operationId, to: OPS, subject: 'sql-01', text: '', html: '' });
    const [other = ''] = await office.raise('PurgeComplete', { item: 'sql-02' });
    await office.take({ vault: VAULT, alerts: [other] });

    await office.take({ vault: VAULT, alerts: [id] });
    expect(await office.ledger(id)).toEqual([`Sent ${OPS}`]);
    await office.pass(HOUR, { sweeping: true });
    expect(subjectsOf(await office.to(OPS)).filter((subject) => isBundle({ subject }))).toEqual([]);
    expect(await office.to(OPS)).toHaveLength(2);
  });

  test('a mail that only waits for its turn does not seem to have gone out', async () => {
    const office = await anOffice({ alerts: { owners: [] }, settings: { perMinute: 1 } });
    const ids = await office.raise('PurgeComplete', ...items(2));
    await office.take({ vault: VAULT, alerts: ids });
    const isRemembered = await Promise.all(
      ids.map(async (id) => {
        const [one] = (await office.alert(id)).notifications ?? [];
        return [one?.status, (await office.ports.ledger.recall(one?.operationId ?? '', NOON)) !== undefined];
      }),
    );
    expect(isRemembered.toSorted()).toEqual([
      ['Queued', false],
      ['Sent', true],
    ]);
  });

  test('a bundle that is rejected is one dead letter, and its members say so', async () => {
    const office = await deluge(1);
    const ids = await office.raise('PurgeComplete', ...items(3));
    await office.work();
    await office.mail.fault({ mode: 'reject' });
    await office.pass(HOUR, { sweeping: true });
    const ledgers = await Promise.all(ids.map((id) => office.ledger(id)));
    expect(ledgers.flat().toSorted()).toEqual([`DeadLettered ${OPS}`, `DeadLettered ${OPS}`, `Sent ${OPS}`]);
    expect(await office.dead()).toHaveLength(1);
    expect((await office.dead())[0]?.alert).toMatch(/^~~Bundle~/);
  });

  test('a mass deletion that finds the address crowded is told in its bundle, with all of its items', async () => {
    const office = await deluge(9);
    const ids = await office.raise('DeleteBackupData', ...items(14));
    await office.pass(900, { sweeping: true });
    const mails = await office.to(OPS);
    expect(mails.filter((one) => !isBundle(one))).toHaveLength(9);
    const [bundle] = mails.filter(isBundle);
    expect(mails.filter(isBundle)).toHaveLength(1);
    // All at the same instant: the names decide which of them are the last.
    for (let index = 5; index < 10; index += 1) expect(bundle?.text).toContain(`vm-${index} in ${VAULT}`);
    for (const id of ids) expect(await office.ledger(id)).toEqual([`Sent ${OPS}`]);
  });

  test('its place was cleared before its row said that it waits: the sweep gives it another', async () => {
    const office = await deluge(1);
    const ids = await office.raise('PurgeComplete', ...items(2));
    await office.work();
    const [id = ''] = ids.slice(-1);
    const held = await office.ports.alerts.get(VAULT, id);
    const together = held?.value.notifications?.[0]?.together ?? '';
    const stopWaiting = await office.ports.alerts.waiting('~service', together);
    expect(stopWaiting).toHaveLength(1);
    await office.ports.commit({ vault: '~service', id: 'cleared', stopWaiting });
    await office.pass(3 * HOUR, { sweeping: true });
    expect(await office.ledger(id)).toEqual([`Sent ${OPS}`]);
    expect(await office.to(OPS)).toHaveLength(2);
  });

  test('every message three times, and the bundle is one mail', async () => {
    const office = await anOffice({ alerts: { owners: [] }, settings: { perRecipient: 3 }, times: 3 });
    await office.raise('PurgeComplete', ...items(30));
    await office.pass(HOUR, { sweeping: true });
    expect(await office.to(OPS)).toHaveLength(4);
    const all: readonly Alert[] = await office.all();
    expect(all.every(isTold)).toBe(true);
  });
});

/** In the five minutes until a bundle goes out at the latest, each of them sends a message; and one more looks for those in between. */
const MOST_ON_THEIR_WAY = (5 * 60) / 29 + 2;

test('who deletes one item after the other, for an hour, has no more messages on their way in the end than after five minutes', async () => {
  const office = await anOffice({ alerts: { owners: [] } });
  let most = 0;
  for (let number = 0; number < 120; number += 1) {
    await office.raise('DeleteBackupData', { item: `vm-${number}` });
    await office.pass(29);
    most = Math.max(most, office.queue.size());
  }
  await office.pass(600);
  expect(most).toBeLessThanOrEqual(MOST_ON_THEIR_WAY);
  expect(office.queue.size()).toBe(0);
  for (const one of await office.all()) expect(isTold(one), one.id).toBe(true);
});

test('the next bundle is never more than five minutes away', () => {
  for (const millis of [0, 1, 299_999, 300_000, 12_345_678]) {
    const at = instantOf(NOON.toMillis() + millis);
    const wait = slotEnd(at).toMillis() - at.toMillis();
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(FIVE_MINUTES);
  }
});

describe('a welcome', () => {
  const facts = { recipients: ['new@example.com'] };
  test('comes to an address once a day, whatever vaults name it', async () => {
    const office = await anOffice();
    const ids = await office.raise(
      'Welcome',
      ...['a', 'b', 'c'].map((occurrence) => ({ item: null, occurrence, facts })),
    );
    await office.work();
    expect(await office.to('new@example.com')).toHaveLength(1);
    const ledgers = (await Promise.all(ids.map((id) => office.ledger(id)))).flat();
    expect(ledgers.filter((line) => line.startsWith('Suppressed'))).toHaveLength(2);
    await office.pass(24 * HOUR + 1);
    await office.raise('Welcome', { item: null, occurrence: 'd', facts });
    await office.work();
    expect(await office.to('new@example.com')).toHaveLength(2);
  });

  test('that failed is tried again: nobody else welcomed the address', async () => {
    const office = await anOffice();
    await office.mail.fault({ mode: 'error', count: 2 });
    await office.raise('Welcome', { item: null, occurrence: 'a', facts });
    await office.pass(HOUR);
    expect(await office.to('new@example.com')).toHaveLength(1);
  });
});

test('a flood that lasts longer than any silence still drops nothing', async () => {
  const office = await anOffice({ alerts: { owners: [] }, settings: { perRecipient: 5, perMinute: 5 } });
  await office.limit(5);
  await office.raise('PurgeComplete', ...items(120));
  await office.pass(HOUR, { sweeping: true });
  for (const alert of await office.all()) expect(alert.notifications, alert.id).toMatchObject([{ status: 'Sent' }]);
});
