import { beforeEach, expect, test } from 'vitest';
import type { Change } from '../../src/change.ts';
import type { Notification } from '../../src/core/alerts.ts';
import { SERVICE } from '../../src/core/hints.ts';
import { iso } from '../../src/core/time.ts';
import type { Notice } from '../../src/ports/alerts.ts';
import type { Ports } from '../../src/ports.ts';
import { inRequest } from '../../src/telemetry/telemetry.ts';
import { watched } from '../../src/telemetry/watched.ts';
import { aMail, anAlert } from '../support/alerts.ts';
import { aVault, NOON } from '../support/builders.ts';
import { historyIn } from '../support/stores.ts';
import { memoryTables } from '../support/tables.ts';
import { anEntry, newHead, portsOver } from '../support/world.ts';

type Told = readonly [name: string, what: unknown, more?: unknown];

let told: Told[];
let written: unknown[] = [];
let notices: Notice[];
let date = NOON;
let ports: Ports;

beforeEach(async () => {
  told = [];
  notices = [];
  date = NOON;
  const tables = memoryTables();
  const plain = {
    ...portsOver(tables),
    notices: { send: async (notice: Notice) => void notices.push(notice) },
    storage: { ping: async () => ({ date }) },
    realNow: () => NOON,
    reach: { queue: async () => ({ notices: 0, shares: 0, poison: 0 }), mail: async () => undefined },
    mailer: { send: async () => ({ sent: true }) as const },
  };
  ports = watched(plain, {
    event: (name, fields, requestId) =>
      void (name === 'evidence.written' ? written.push(fields) : told.push([name, fields, requestId])),
    measure: (name, value, attributes) => void told.push([name, value, attributes]),
  });
  await ports.commit(newHead(aVault()));
  told = [];
  written = [];
});

const commit = (over: object, entry: object) =>
  ports.commit({ vault: 'Contoso', id: ports.newId(), entries: [anEntry('sql-01', entry)], ...over });

test('every entry of a history is told with its number and hash, refusals too', async () => {
  await commit({}, { operation: 'StopProtection' });
  await commit({}, { outcome: 'Refused', code: 'GuardRequired' });
  const entries = await historyIn(ports, 'Contoso', 'sql-01');
  const links = entries.map(({ link }) => ({ chain: 'vault/contoso/item/sql-01', seq: link?.seq, hash: link?.hash }));
  expect(written).toEqual(links.toReversed());
  expect(links.map(({ seq }) => seq)).toEqual([2, 1]);
});

test('a change of state is counted by its operation, and a purge with how late it came', async () => {
  await commit({}, { operation: 'StopProtection', from: 'Protected', to: 'ProtectionStopped' });
  await commit(
    {},
    { operation: 'Purge', from: 'SoftDeleted', to: 'Purged', facts: { purgeAt: iso(NOON.minus({ minutes: 2 })) } },
  );
  expect(told).toEqual([
    ['reprieve.transitions', 1, { operation: 'StopProtection' }],
    ['reprieve.transitions', 1, { operation: 'Purge' }],
    ['reprieve.purged', 1, undefined],
    ['reprieve.lateness', 120, undefined],
  ]);
});

const ORDER = { order: 'contoso~sql-01~1', executor: 'blobs' };
const steps = () =>
  told.flatMap(([name, what]) => (name === 'order.moved' ? [(what as { readonly step: string }).step] : []));

test.each([
  ['PurgeOrdered', {}, ['made']],
  ['StopDelete', {}, ['made']],
  ['PurgeClaimed', { lost: false }, ['claimed']],
  ['PurgeClaimed', { lost: true }, ['claimed', 'leaseLost']],
  ['PurgeBlocked', { lost: true }, ['blocked', 'leaseLost']],
  ['PurgeAttemptFailed', { blocked: false }, ['failed']],
  ['PurgeAttemptFailed', { blocked: true }, ['failed', 'blocked']],
  ['PurgeRefused', {}, ['refused']],
  ['PurgeRecalled', {}, ['recalled']],
  ['PurgeRetried', {}, ['retried']],
  ['PurgeUnconfirmed', {}, ['unconfirmed']],
  ['PurgeConfirmed', { confirmed: true }, ['completed']],
  ['PurgeForced', { confirmed: false }, ['forced']],
])('%s of an order with %j is told as %j', async (operation, facts, expected) => {
  await commit({}, { operation, from: 'Purging', to: 'Purging', facts: { ...ORDER, ...facts } });
  expect(steps()).toEqual(expected);
  expect(told[0]).toEqual(['order.moved', { step: expected[0], vault: 'Contoso', executor: 'blobs' }, undefined]);
  expect(told).toContainEqual(['reprieve.orders', 1, { step: expected[0] }]);
});

test('what names no order, or was refused, says nothing of orders', async () => {
  await commit({}, { operation: 'StopDelete', from: 'Protected', to: 'SoftDeleted' });
  await commit({}, { operation: 'PurgeConfirmed', outcome: 'Refused', code: 'StaleToken', facts: ORDER });
  expect(steps()).toEqual([]);
});

test('how long after its time a purge was confirmed is measured, and only where somebody confirmed it', async () => {
  const purgeAt = iso(NOON.minus({ hours: 1 }));
  const end = { operation: 'PurgeConfirmed', from: 'Purging', to: 'Purged' };
  await commit({}, { ...end, facts: { ...ORDER, purgeAt, confirmed: true } });
  expect(told).toContainEqual(['reprieve.confirmation', 3600, undefined]);
  told = [];
  await commit({}, { ...end, operation: 'PurgeForced', facts: { ...ORDER, purgeAt, confirmed: false } });
  expect(told.map(([name]) => name)).not.toContain('reprieve.confirmation');
});

test('what was refused, and what changed nothing, is no change of state', async () => {
  await commit({}, { outcome: 'Refused', code: 'GuardRequired', from: 'Protected', to: 'SoftDeleted' });
  await commit({}, { operation: 'WarnUpcomingPurge', from: 'SoftDeleted', to: 'SoftDeleted' });
  expect(told).toEqual([]);
});

test('a write that somebody else was before is a conflict, and nothing else', async () => {
  const done = await commit({ fence: 'gone' }, { from: 'Protected', to: 'SoftDeleted' });
  expect(done).toBeUndefined();
  expect(told).toEqual([['reprieve.etag_conflicts', 1, undefined]]);
});

const settle = async (before: Partial<Notification>, after: Partial<Notification>, facts = {}) => {
  const was = { ...anAlert('PurgeComplete', { item: 'sql-01', generation: 1 }), facts, notifications: [aMail(before)] };
  const write = (alerts: NonNullable<Change['alerts']>) =>
    ports.commit({ vault: 'Contoso', id: ports.newId(), alerts });
  await write([{ was: undefined, now: was }]);
  told = [];
  const held = await ports.alerts.get('Contoso', was.id);
  if (!held) throw new Error('it was not written');
  const now = { ...was, notifications: [aMail({ ...before, ...after })] };
  await write([{ was: held, now }]);
};

test('an alert is told when it is raised, not when it is counted once more', async () => {
  const alert = anAlert('ProtectionWeakened');
  const write = (alerts: NonNullable<Change['alerts']>) =>
    ports.commit({ vault: 'Contoso', id: ports.newId(), alerts });
  await write([{ was: undefined, now: alert }]);
  const held = await ports.alerts.get('Contoso', alert.id);
  await write([{ was: held, now: { ...alert, count: 2 } }]);
  expect(told).toEqual([['alert.raised', { type: 'ProtectionWeakened', vault: 'Contoso' }, undefined]]);
});

test('a mail is told when it is further than it was, under the request that caused it', async () => {
  await settle({ status: 'Queued' }, { status: 'Sent' }, { requestId: 'r-7' });
  expect(told).toEqual([
    ['mail.settled', { result: 'sent', code: null }, 'r-7'],
    ['reprieve.mails', 1, { result: 'sent' }],
  ]);
});

test('a mail that is given up is a dead letter with its reason', async () => {
  const failure = { code: 'Rejected', reason: 'no', firstAt: NOON, lastAt: NOON };
  await settle({ status: 'Queued' }, { status: 'DeadLettered', failure });
  expect(told.map(([name, what]) => [name, what])).toEqual([
    ['mail.settled', { result: 'deadLettered', code: 'Rejected' }],
    ['reprieve.mails', 1],
    ['reprieve.dead_letters', 1],
  ]);
});

test('a mail that waits for another try is not settled', async () => {
  await settle({ status: 'Queued', attempts: 0 }, { status: 'Queued', attempts: 1 });
  expect(told).toEqual([]);
});

test('who was told together with others had no mail of their own', async () => {
  await settle({ status: 'Queued', together: 'Contoso~~HourlyDigest~1' }, { status: 'Sent' });
  expect(told).toEqual([]);
});

test.for([
  ['sweep.finished', undefined],
  ['share.finished', '7'],
] as const)(
  '%s: a sweep tells what it wrote down, and how long the oldest has waited that it left',
  async ([event, share]) => {
    const counts = { due: 9, purged: 3, ordered: 4, warned: 2, expired: 1, retold: 0, failed: 1 };
    const oldestDue = NOON.minus({ minutes: 10 });
    const heartbeat = {
      at: NOON,
      turn: 1,
      complete: false,
      held: 'Belt',
      detail: 'many',
      oldestDue,
      oldestUntold: NOON.minus({ minutes: 15 }),
      hintedVault: '',
    };
    const record = { id: 'a', startedAt: NOON.toISO(), ...counts };
    const was = await ports.control.read();
    const beat = { heartbeat, record, share, drops: [] };
    await ports.commit({ vault: SERVICE, id: ports.newId(), control: { was, beat } });
    expect(told).toEqual([
      [
        event,
        { ...counts, applied: 0, complete: false, held: 'Belt', overdueSeconds: 600, untoldSeconds: 900 },
        undefined,
      ],
      ['reprieve.backlog', 9, undefined],
    ]);
  },
);

test.for([
  [0, 0],
  [-299, 299],
  [300, -300],
])('clocks %i seconds apart are measured, and nothing is alarming', async ([shift = 0, measured]) => {
  date = NOON.plus({ seconds: shift });
  await ports.storage.ping();
  expect(told).toEqual([['reprieve.clock_skew', measured, undefined]]);
});

test('clocks further apart than a sweep bears are told', async () => {
  date = NOON.plus({ seconds: 301 });
  await ports.storage.ping();
  expect(told[1]).toEqual(['clock.skewed', { seconds: -301 }, undefined]);
});

test('a notice bears the id of the request that it began with, and none where there was no request', async () => {
  await inRequest({ requestId: 'r-1' }, () => ports.notices.send({ vault: 'Contoso', alerts: ['a'] }));
  await ports.notices.send({ vault: 'Contoso', alerts: ['a'] });
  expect(notices.map(({ requestId }) => requestId)).toEqual(['r-1', undefined]);
});
