import { describe, expect, test } from 'vitest';
import { idInVault, kindToldBy } from '../../../src/core/alerts.ts';
import { ALERT_TYPES, kindOf, SILENCEABLE } from '../../../src/core/alertTypes.ts';
import { addressKey } from '../../../src/core/mailIds.ts';
import type { Silence } from '../../../src/core/vault.ts';
import { operationIdOf } from '../../../src/flows/story/addressing.ts';
import { fakeMail } from '../../mail/service.ts';
import { anAlert } from '../../support/alerts.ts';
import { anItem, aVault, later, NOON } from '../../support/builders.ts';
import { headOf, must, newHead, newId, writing } from '../../support/world.ts';
import { anOffice, type Office, OPERATOR, OPS, OWNER, VAULT } from './office.ts';

const silence = (over: Partial<Silence> = {}): Silence => ({
  ...{
    name: 'night',
    from: later(-1),
    since: later(-1),
    until: later(1),
    types: null,
    items: null,
    reason: 'work',
    by: 'me',
    etag: 'e',
  },
  ...over,
});
const inVault = (office: Office, over: object) => office.ports.commit(writing(anItem('SoftDeleted', over)));

describe('who is told', () => {
  test('recipients of everything, owners of what destroys, each once', async () => {
    const office = await anOffice();
    const [deleted = ''] = await office.raise('DeleteBackupData');
    const [purged = ''] = await office.raise('PurgeComplete');
    await office.work();
    expect((await office.ledger(deleted)).toSorted()).toEqual([`Sent ${OPS}`, `Sent ${OWNER}`]);
    expect(await office.ledger(purged)).toEqual([`Sent ${OPS}`]);
    expect((await office.mail.inbox()).map(({ to }) => to).toSorted()).toEqual([OPS, OPS, OWNER]);
  });

  test('an owner who is a recipient as well is told once, however the address is written', async () => {
    const office = await anOffice({ alerts: { recipients: [OPS, 'OWNER@example.com'] } });
    await office.raise('DeleteBackupData');
    await office.work();
    expect((await office.mail.inbox()).map(({ to }) => to).toSorted()).toEqual([OPS, OWNER]);
  });

  test('of what concerns the service the operators', async () => {
    const office = await anOffice();
    await office.raise('MassPurgeHeld', { vault: null, item: null, occurrence: 'token' });
    await office.work();
    expect((await office.mail.inbox()).map(({ to }) => to)).toEqual(['operator@example.com']);
  });

  test('a welcome goes to those who are new', async () => {
    const office = await anOffice();
    await office.raise('Welcome', { item: null, facts: { recipients: ['new@example.com'] } });
    await office.work();
    expect((await office.mail.inbox()).map(({ to }) => to)).toEqual(['new@example.com']);
  });

  test('and once, however often and however an address is named', async () => {
    const office = await anOffice();
    await office.raise('Welcome', { item: null, facts: { recipients: ['New@example.com', 'new@example.com'] } });
    await office.work();
    expect((await office.mail.inbox()).map(({ to }) => to)).toEqual(['New@example.com']);
  });

  test('of a vault that names nobody the operators', async () => {
    const office = await anOffice({ alerts: { recipients: [], owners: [] } });
    const [id = ''] = await office.raise('DeleteBackupData');
    await office.work();
    expect((await office.alert(id)).notifications).toMatchObject([
      { recipient: OPERATOR, as: 'operator', status: 'Sent' },
    ]);
  });

  test.each([
    ['of everything', silence(), false, [`Suppressed ${OPS}`, `Suppressed ${OWNER}`]],
    ['of everything, but it is hybrid', silence(), true, [`Suppressed ${OPS}`, `Sent ${OWNER}`]],
    ['of another type', silence({ types: ['PurgeComplete'] }), false, [`Sent ${OPS}`, `Sent ${OWNER}`]],
    ['of this item', silence({ items: ['SQL-01'] }), false, [`Suppressed ${OPS}`, `Suppressed ${OWNER}`]],
    ['of another item', silence({ items: ['other'] }), false, [`Sent ${OPS}`, `Sent ${OWNER}`]],
    ['that is over', silence({ until: NOON }), false, [`Sent ${OPS}`, `Sent ${OWNER}`]],
  ] as const)('a silence %s', async (_, one, hybrid, expected) => {
    const office = await anOffice({ vault: { silences: [one] } });
    const [id = ''] = await office.raise('DeleteBackupData', { facts: { hybrid } });
    await office.work();
    expect((await office.ledger(id)).toSorted()).toEqual([...expected].toSorted());
    const sent = expected.filter((line) => line.startsWith('Sent')).length;
    expect(await office.mail.inbox()).toHaveLength(sent);
  });

  test.each(
    ALERT_TYPES.filter(
      (type) => kindOf(type).category === 'Security' && !SILENCEABLE.includes(type) && !kindToldBy(type),
    ),
  )('%s no silence keeps from anybody', async (type) => {
    const office = await anOffice({ vault: { silences: [silence()] } });
    const [id = ''] = await office.raise(type, { item: null });
    await office.work();
    const ledger = (await office.alert(id)).notifications ?? [];
    expect(ledger.map(({ status }) => status)).not.toContain('Suppressed');
    expect(ledger.map(({ recipient }) => recipient)).toContain(OPS);
  });
});

describe('once', () => {
  test('a message that comes three times', async () => {
    const office = await anOffice({ times: 3 });
    await office.raise('DeleteBackupData');
    await office.pass(3600, { sweeping: true });
    expect(await office.mail.inbox()).toHaveLength(2);
  });

  test('one after the other: the ledger knows, and nobody is asked', async () => {
    const office = await anOffice();
    const [id = ''] = await office.raise('DeleteBackupData');
    await office.work();
    for (let time = 0; time < 3; time += 1) await office.take({ vault: VAULT, alerts: [id] });
    expect(office.mail.requests()).toBe(2);
  });

  test('somebody else writes the row while the mails go out: they do not go out again', async () => {
    const office: Office = await anOffice({
      over: (ports) => ({
        ...ports,
        mailer: {
          send: async (mail) => {
            const sent = await ports.mailer.send(mail);
            const held = must(
              await ports.alerts.get(VAULT, idInVault(`${VAULT}~sql-01~DeleteBackupData~1`, aVault().id)),
            );
            await ports.commit({
              vault: VAULT,
              id: newId(),
              alerts: [{ was: held, now: { ...held.value, state: 'Acknowledged' } }],
            });
            return sent;
          },
        },
      }),
    });
    const [id = ''] = await office.raise('DeleteBackupData');
    await office.work();
    expect(office.mail.requests()).toBe(2);
    expect(await office.alert(id)).toMatchObject({
      state: 'Acknowledged',
      notifications: [
        { status: 'Sent', attempts: 1 },
        { status: 'Sent', attempts: 1 },
      ],
    });
  });

  test('an alert that cannot be told keeps no other of its notice from being told', async () => {
    const office = await anOffice();
    const [good = ''] = await office.raise('PurgeComplete');
    const bad = `${VAULT}~bad~PurgeComplete~1`;
    await office.tables.vaults.commit('contoso', [
      { op: 'put', key: `contoso!alert!${bad.toLowerCase()}`, cells: { v: 1, doc0: 'no json' } },
    ]);
    await office.take({ vault: VAULT, alerts: [bad, good] });
    expect(await office.ledger(good)).toEqual([`Sent ${OPS}`]);
    await office.pass(3660);
    const [aside] = await office.ports.control.quarantined();
    expect(aside).toMatchObject({ vault: VAULT, item: 'bad', why: expect.stringContaining('unreadable') });
  });
});

describe('what has been overtaken', () => {
  test('the warning of an item that was undeleted is not sent', async () => {
    const office = await anOffice();
    await office.ports.commit(writing(anItem('ProtectionStopped', { generation: 1 })));
    const [id = ''] = await office.raise('UpcomingPurge');
    await office.work();
    expect(await office.ledger(id)).toEqual([`Suppressed ${OPS}`]);
    expect(await office.mail.inbox()).toEqual([]);
  });

  test('nor that of an earlier deletion; that of this one is', async () => {
    const office = await anOffice();
    await inVault(office, { generation: 2 });
    const [old = ''] = await office.raise('UpcomingPurge');
    const [young = ''] = await office.raise('UpcomingPurge', { generation: 2 });
    await office.work();
    expect([await office.ledger(old), await office.ledger(young)]).toEqual([[`Suppressed ${OPS}`], [`Sent ${OPS}`]]);
  });

  test.each(['PerAlert', 'HourlyDigest'] as const)('an undelete closes what was raised, %s', async (mode) => {
    const office = await anOffice({ alerts: { mode } });
    await inVault(office, { generation: 1 });
    const [deleted = ''] = await office.raise('DeleteBackupData');
    const [upcoming = ''] = await office.raise('UpcomingPurge');
    const [other = ''] = await office.raise('DeleteBackupData', { generation: 2 });
    await office.raise('ItemUndeleted');
    await office.work();
    expect([await office.alert(deleted), await office.alert(upcoming), await office.alert(other)]).toMatchObject([
      { state: 'Closed' },
      { state: 'Closed' },
      { state: 'New' },
    ]);
  });

  test('the final mail says whether it was warned', async () => {
    const warned = await anOffice();
    await inVault(warned, { generation: 1 });
    await warned.raise('UpcomingPurge');
    await warned.work();
    await warned.raise('PurgeComplete');
    await warned.work();
    const unwarned = await anOffice();
    await unwarned.raise('PurgeComplete');
    await unwarned.work();
    const [told, silent] = [(await warned.to(OPS)).at(-1)?.text, (await unwarned.to(OPS)).at(-1)?.text];
    expect(told).not.toEqual(silent);
    expect(silent?.length).toBeGreaterThan(told?.length ?? 0);
  });
});

// made by Python's uuid5 over the same name space; it must never change, or what was sent is sent again
test('an operation id is a UUID of version 5, the same for the same, whatever the case', () => {
  const id = operationIdOf('Contoso~sql-01~DeleteBackupData~1', OPS);
  expect(id).toBe('e8f89f38-ab6a-5d77-8f15-c9528d34810e');
  expect(id).toBe(operationIdOf('contoso~SQL-01~deletebackupdata~1', OPS.toUpperCase()));
  expect(id).not.toBe(operationIdOf('Contoso~sql-01~DeleteBackupData~2', OPS));
  expect(id).not.toBe(operationIdOf('Contoso~sql-01~DeleteBackupData~1', OWNER));
});

test('that of a mail begins as the key of its address does, and else is the same', async () => {
  const office = await anOffice();
  const [id = ''] = await office.raise('DeleteBackupData');
  const { vault } = await headOf(office.ports.vaults);
  for (const { recipient, operationId } of (await office.alert(id)).notifications ?? []) {
    const itself = operationIdOf(id, recipient, vault);
    expect(operationId).toBe(addressKey(recipient.toUpperCase()).slice(0, 1) + itself.slice(1));
  }
});

test('settings that change before anybody looks count; later they do not', async () => {
  const office = await anOffice();
  const head = must(await office.ports.vaults.head(VAULT, 'fresh'));
  const [before = ''] = await office.raise('PurgeComplete');
  await office.work();
  const alerts = { ...aVault().alerts, recipients: ['new@example.com'] };
  await office.ports.commit(newHead({ ...head.vault, alerts }, head));
  const [after = ''] = await office.raise('PurgeComplete', { generation: 2 });
  await office.work();
  expect([await office.ledger(before), await office.ledger(after)]).toEqual([
    [`Sent ${OPS}`],
    ['Sent new@example.com'],
  ]);
});

test('alerts of a store from before are named alike where a vault is made again, and their mails are sent all the same', async () => {
  const mail = fakeMail();
  const old = anAlert('DeleteBackupData', { vault: VAULT, item: 'sql-01', generation: 1 });
  for (const id of ['the first', 'the second']) {
    const office = await anOffice({ mail, vault: { id } });
    await office.ports.commit({ vault: VAULT, id: newId(), alerts: [{ was: undefined, now: old }] });
    await office.take({ vault: VAULT, alerts: [old.id] });
    await office.work();
    // Whoever began with it may have died behind its mail, which had this id.
    const [one] = (await office.alert(old.id)).notifications ?? [];
    expect(one?.operationId).toBe(operationIdOf(old.id, must(one).recipient, { id }));
  }
  expect((await mail.inbox()).map(({ to }) => to).toSorted()).toEqual([OPS, OPS, OWNER, OWNER]);
});
