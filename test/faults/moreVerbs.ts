/** The rest of what changes something: restores, alerts, silences, dead letters, delivery reports. */

import { expect } from 'vitest';
import type { Alert } from '../../src/core/alerts.ts';
import { alertEndsOn } from '../../src/core/ends.ts';
import { SERVICE, tidyHint } from '../../src/core/hints.ts';
import { addDays, instantOf, iso } from '../../src/core/time.ts';
import { aDeadLetter, aMail, anAlert } from '../support/alerts.ts';
import { storesOver } from '../support/stores.ts';
import { newId } from '../support/world.ts';
import { anItem, aVault, type Ground, isItem, must, put, trash, type Verb } from './ground.ts';
import { daysAgo } from './seeds.ts';

/** The id of the alert that a deletion raises. */
async function deletionOf({ door, vault }: Ground): Promise<string> {
  const { id } = (await must(door('GET', `vaults/${vault}`))) as { readonly id: string };
  return `${vault}~vm~DeleteBackupData~1.${id}`;
}

const moves = (route: string, path: string, verb: 'acknowledge' | 'close', state: string): Verb => ({
  route,
  arrange: async (ground) => {
    await trash(ground);
    return { method: 'POST', path: `${path}/${await deletionOf(ground)}/${verb}`, body: {} };
  },
  right: {
    path: '/alerts',
    is: {
      status: 200,
      body: { value: expect.arrayContaining([expect.objectContaining({ type: 'DeleteBackupData', state })]) },
    },
  },
  once: verb === 'close' ? / CloseAlert / : / AcknowledgeAlert /,
});

const until = () => iso(addDays(daysAgo(0), 2));
const silence = (ground: Ground) =>
  put(ground, '/silences/quiet', { reason: 'audit', from: iso(daysAgo(0)), until: until() });

let mails = 0;

/** An alert in the vault with one mail, as it stands in the ledger; answers the mail's operation id. */
async function aMailed({ tables, vault }: Ground, over: Partial<Parameters<typeof aMail>[0]>): Promise<string> {
  mails += 1;
  const operationId = `${String(mails).padStart(8, '0')}-0c0a-5908-8706-050403020100`;
  const now: Alert = anAlert('RetentionChanged', { vault }, { notifications: [aMail({ operationId, ...over })] });
  const { commit, hint, ledger } = storesOver(tables);
  await hint([tidyHint(now.vault ?? SERVICE, alertEndsOn(now))]);
  await commit({ vault: now.vault ?? SERVICE, id: newId(), alerts: [{ was: undefined, now }] });
  await ledger.remember(operationId, { vault, alert: now.id }, daysAgo(0));
  return operationId;
}

async function aDeadMail(ground: Ground): Promise<string> {
  await aVault(ground);
  const at = instantOf(Date.now() - 3_600_000);
  const failure = { code: 'Rejected', reason: 'no such mailbox', firstAt: at, lastAt: at };
  const id = await aMailed(ground, { status: 'DeadLettered', sentAt: null, failure });
  const { vault } = ground;
  const alert = anAlert('RetentionChanged', { vault }).id;
  await storesOver(ground.tables).ledger.bury(aDeadLetter({ id, vault, alert, firstFailedAt: at, lastFailedAt: at }));
  return id;
}

const THERE = { path: '', is: { status: 200 } };

const report = (status: string): Verb => ({
  route: 'takeDeliveryReports',
  arrange: async (ground) => {
    await aVault(ground);
    const messageId = await aMailed(ground, { status: 'Sent' });
    const data = { messageId, recipient: 'ops@contoso.com', status, deliveryStatusDetails: { statusMessage: 'full' } };
    return {
      method: 'POST',
      path: 'alerts/deliveryReports',
      body: [{ id: messageId, eventType: 'Microsoft.Communication.EmailDeliveryReportReceived', data }],
      webhook: true,
    };
  },
  right: THERE,
});

export const MORE_VERBS: Readonly<Record<string, Verb>> = {
  restore: {
    route: 'restoreItem',
    arrange: async (ground) => {
      await anItem(ground);
      await put(ground, '/items/vm/recoveryPoints/p1', { createdAt: iso(daysAgo(1)), rung: 'daily' });
      return { method: 'POST', path: '/items/vm/restore', body: { recoveryPoint: 'p1' }, key: true };
    },
    right: isItem('Protected', { activeJob: { operation: 'Restore' } }),
    once: / StartRestore /,
  },
  'acknowledge an alert of a vault': moves('acknowledgeVaultAlert', '/alerts', 'acknowledge', 'Acknowledged'),
  'acknowledge an alert': moves('acknowledgeAlert', 'alerts', 'acknowledge', 'Acknowledged'),
  'close an alert of a vault': moves('closeVaultAlert', '/alerts', 'close', 'Closed'),
  'close an alert': moves('closeAlert', 'alerts', 'close', 'Closed'),
  'put silence': {
    route: 'putSilence',
    arrange: async (ground) => {
      await aVault(ground);
      const body = { reason: 'audit', from: iso(daysAgo(0)), until: until() };
      return { method: 'PUT', path: '/silences/quiet', body, key: true };
    },
    right: { path: '/silences/quiet', is: { status: 200 } },
    once: / PutSilence /,
  },
  'remove silence': {
    route: 'deleteSilence',
    arrange: async (ground) => {
      await aVault(ground);
      await silence(ground);
      return { method: 'DELETE', path: '/silences/quiet', key: true };
    },
    right: { path: '/silences/quiet', is: { status: 404 } },
    once: / RemoveSilence /,
  },
  'redrive a dead letter': {
    route: 'redriveDeadLetter',
    arrange: async (ground) => ({
      method: 'POST',
      path: `deadletters/${await aDeadMail(ground)}/redrive`,
      body: {},
      key: true,
    }),
    right: THERE,
    once: / RedriveMail /,
    gone: 404,
  },
  'dismiss a dead letter': {
    route: 'dismissDeadLetter',
    arrange: async (ground) => ({ method: 'DELETE', path: `deadletters/${await aDeadMail(ground)}`, key: true }),
    right: THERE,
    gone: 404,
  },
  'retry what was set aside': {
    route: 'retryQuarantined',
    arrange: async (ground) => {
      await trash(ground);
      const { vault } = ground;
      const { control, hint } = storesOver(ground.tables);
      const nextTryAt = addDays(daysAgo(0), 1);
      const aside = { vault, item: 'vm', kind: 'purge', tries: 6 } as const;
      await hint([{ ...aside, due: nextTryAt }]);
      await control.quarantine({
        ...aside,
        why: 'it failed',
        since: daysAgo(0),
        nextTryAt,
        isUnreadable: false,
        toldAt: null,
      });
      return { method: 'POST', path: 'quarantine/{vault}/vm/retry', body: {}, key: true };
    },
    // with a fault it may fail still, and say so; whatever it says, the item is not lost
    right: { path: '/items/vm/explain', is: { status: 200, body: { state: 'SoftDeleted' } } },
    gone: 404,
  },
  'report of a mail that arrived': report('Delivered'),
  'report of a mail that bounced': report('Bounced'),
};
