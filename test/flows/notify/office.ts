/** A vault, its people, and everything between an alert and an inbox, over tables in memory; time passes as a test says. */

import { type Alert, alert } from '../../../src/core/alerts.ts';
import type { AlertType } from '../../../src/core/alertTypes.ts';
import type { Facts } from '../../../src/core/caller.ts';
import { SERVICE } from '../../../src/core/hints.ts';
import { type Instant, instantOf } from '../../../src/core/time.ts';
import type { PurgeTerms } from '../../../src/core/told.ts';
import type { AlertSettings, Vault } from '../../../src/core/vault.ts';
import { buryNotice, takeNotice } from '../../../src/flows/notify/queue.ts';
import type { NotifySettings } from '../../../src/flows/notify/turn.ts';
import type { DeadLetter } from '../../../src/ports/alerts.ts';
import { noticesOver } from '../../../src/store/azure.ts';
import { fakeMail, type MailWorld } from '../../mail/service.ts';
import { aVault, NOON } from '../../support/builders.ts';
import { memoryQueue } from '../../support/memoryQueue.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { must, NO_NOTICE, newHead, newId, portsOver, type World } from '../../support/world.ts';
import { sweeperOver } from '../sweep/sweeper.ts';

export const OPS = 'ops@example.com';
export const OPERATOR = 'operator@example.com';
export const OWNER = 'owner@example.com';
export const VAULT = 'Contoso';

export interface Wish {
  readonly alerts?: Partial<AlertSettings>;
  readonly vault?: Partial<Vault>;
  readonly settings?: Partial<NotifySettings>;
  readonly tables?: Tables;
  readonly mail?: MailWorld;
  /** What people are promised before a purge. */
  readonly purgeTerms?: PurgeTerms;
  /** Every message is delivered so often. */
  readonly times?: number;
  readonly over?: (ports: World) => World;
}

export type Office = Awaited<ReturnType<typeof anOffice>>;

export interface Raise {
  readonly item?: string | null;
  readonly generation?: number;
  readonly facts?: Facts;
  readonly by?: string;
  readonly at?: Instant;
  readonly occurrence?: string | number;
  readonly vault?: string | null;
}

const SWEEP_MS = 300_000;

export async function anOffice(wish: Wish = {}) {
  const tables = wish.tables ?? memoryTables();
  const mail = wish.mail ?? fakeMail();
  const queue = memoryQueue({ times: wish.times });
  const settings: NotifySettings = {
    perMinute: undefined,
    perRecipient: 1000,
    resourceGroup: null,
    portal: null,
    ...wish.settings,
  };
  let now = NOON;
  let perMinute: number | null = null;
  const notices = noticesOver(() => queue.wire(() => now));
  const operators = [OPERATOR];
  const { purgeTerms = NO_NOTICE } = wish;
  const plain = portsOver(tables, { notices, mailer: mail.mailer, clock: { now: () => now }, operators, purgeTerms });
  const ports = wish.over?.(plain) ?? plain;
  const alerts = {
    recipients: [OPS],
    owners: [OWNER],
    mode: 'PerAlert',
    onHardDelete: true,
    reminderDays: [2],
    ...wish.alerts,
  } as const;
  await plain.commit(newHead(aVault({ alerts, ...wish.vault })));

  const moveTo = async (at: Instant) => {
    now = at;
    await mail.limit(perMinute, at.toMillis());
  };
  await moveTo(now);

  const office = {
    ports,
    moveTo,
    mail,
    queue,
    tables,
    settings,
    now: () => now,
    limit: async (mails: number | null) => {
      perMinute = mails;
      await moveTo(now);
    },
    take: async (message: unknown, poison = false): Promise<void> => {
      await (poison ? buryNotice : takeNotice)(ports, settings, message);
    },

    /** As verbs do it. The queue brings nothing in between. */
    raise: async (type: AlertType, ...all: readonly Raise[]): Promise<readonly string[]> => {
      const ids: string[] = [];
      for (const one of (all.length === 0 ? [{}] : all).map((wanted) => alertOf(type, now, wanted))) {
        const write = { vault: one.vault ?? SERVICE, id: newId(), alerts: [{ was: undefined, now: one }] };
        const { done, written } = await plain.land({ now, write });
        if (!done) throw new Error(`${one.id} is there already`);
        ids.push(...(written?.change?.alerts ?? []).map((raised) => raised.now.id));
      }
      return ids;
    },

    /** Until the queue has nothing more for this moment. */
    work: async (): Promise<void> => {
      while (await queue.work(now, office.take));
    },

    /** So much time goes by, with what the queue brings in it; the sweep comes every five minutes if it is to. */
    pass: async (seconds: number, { sweeping = false } = {}): Promise<void> => {
      const end = now.toMillis() + seconds * 1000;
      await office.work();
      while (now.toMillis() < end) {
        const sweepAt = sweeping ? (Math.floor(now.toMillis() / SWEEP_MS) + 1) * SWEEP_MS : end;
        const nextAt = queue.next()?.toMillis() ?? end;
        await moveTo(instantOf(Math.min(end, sweepAt, Math.max(nextAt, now.toMillis() + 1))));
        if (sweeping && now.toMillis() === sweepAt) await office.sweep();
        await office.work();
      }
    },
    sweep: () => sweeperOver(tables, { notices, realNow: () => NOON, operators, purgeTerms }).sweep(now),

    alert: async (id: string, vault: string | null = VAULT): Promise<Alert> =>
      must(await plain.alerts.get(vault, id)).value,
    /** `Sent ops@example.com`, for each who is told of it. */
    ledger: async (id: string, vault: string | null = VAULT): Promise<readonly string[]> =>
      ((await office.alert(id, vault)).notifications ?? []).map(({ status, recipient }) => `${status} ${recipient}`),
    all: async (type?: AlertType): Promise<readonly Alert[]> => {
      const { found } = await plain.alerts.list(VAULT, { limit: 10_000 });
      return found.filter((one) => type === undefined || one.type === type);
    },
    /** `ops@example.com: subject`, oldest first. */
    mails: async (): Promise<readonly string[]> => (await mail.inbox()).map(({ to, subject }) => `${to}: ${subject}`),
    to: async (address: string) => (await mail.inbox()).filter((one) => one.to === address),
    dead: async (): Promise<readonly DeadLetter[]> => (await plain.ledger.dead({ limit: 10_000 })).found,
  };
  return office;
}

const COLLAPSED = { by: 'somebody', tenant: 'local', channel: 'portal', roles: ['Contributor'] };

function alertOf(type: AlertType, now: Instant, one: Raise): Alert {
  const { item = 'sql-01', generation = 1, facts = {}, by = 'somebody', at = now, vault = VAULT, occurrence } = one;
  const all = { workload: 'AzureVM', hybrid: false, ...COLLAPSED, by, ...facts };
  return alert(type, { vault, item, generation }, at, all, occurrence ?? generation);
}
