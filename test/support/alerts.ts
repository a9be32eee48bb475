/** Alerts and mails for tests that care about one thing of them, and a service over memory that keeps what it would send. */

import { type Alert, alert, idInVault, type Notification, type Subject } from '../../src/core/alerts.ts';
import type { AlertType } from '../../src/core/alertTypes.ts';
import { SERVICE } from '../../src/core/hints.ts';
import type { DeadLetter, Notice } from '../../src/ports/alerts.ts';
import { type Ask, appOver } from './app.ts';
import { aPolicy, aVault, NOON } from './builders.ts';
import { allDue, historyIn, storesOver } from './stores.ts';
import { memoryTables, type Tables } from './tables.ts';
import { newHead, newId, type World as Ports, portsOver } from './world.ts';

export const OPERATION = '0f0e0d0c-0b0a-5908-8706-050403020100';

export const aMail = (over: Partial<Notification> = {}): Notification => ({
  recipient: 'ops@contoso.com',
  as: 'recipient',
  status: 'Sent',
  attempts: 1,
  operationId: OPERATION,
  sentAt: NOON,
  nextTryAt: null,
  failure: null,
  together: null,
  ...over,
});

export const anAlert = (type: AlertType, subject: Partial<Subject> = {}, over: Partial<Alert> = {}): Alert => ({
  ...alert(type, { vault: 'Contoso', ...subject }, NOON, {}),
  ...over,
});

export const aDeadLetter = (over: Partial<DeadLetter> = {}): DeadLetter => ({
  id: OPERATION,
  vault: 'Contoso',
  alert: 'Contoso~sql-01~PurgeComplete~1',
  recipient: 'ops@contoso.com',
  reason: 'no such mailbox',
  code: 'Rejected',
  attempts: 6,
  firstFailedAt: NOON.minus({ hours: 2 }),
  lastFailedAt: NOON.minus({ hours: 1 }),
  ...over,
});

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: which fields are there is what the tests find out
  readonly body: any;
  readonly headers: Readonly<Record<string, string>>;
}

export interface World {
  readonly ports: Ports;
  readonly notices: Notice[];
  ask(route: string, path?: string, ask?: Ask): Promise<Answer>;
  vault(name: string): Promise<void>;
  raise(...alerts: readonly Alert[]): Promise<void>;
  /** Everything in the agenda: `kind vault item`. */
  hints(): Promise<readonly string[]>;
  history(item: string | null, vault?: string): Promise<readonly string[]>;
}

/** With the vault Contoso in it. */
/** Whatever keeps its answer by itself, and not in the transaction of its change, comes too late. */
export const withItsChange =
  (commit: Ports['commit']): Ports['commit'] =>
  async (write) => {
    if (!('line' in write) && write.answer && !write.entries) throw new Error('too late');
    return commit(write);
  };

export async function aWorld(over: Partial<Ports> = {}): Promise<World> {
  const notices: Notice[] = [];
  const send = async (notice: Notice) => void notices.push(notice);
  const ports = portsOver(memoryTables(), { notices: { send }, ...over });
  const app = appOver(ports);
  const world: World = {
    ports,
    notices,
    ask: async (route, path = '', ask) => {
      const { status, headers, body } = await app(route, path, ask);
      return { status, headers, body: body === '' ? undefined : JSON.parse(body) };
    },
    vault: async (name) => {
      await ports.commit({ line: 'vault', vault: name, id: 'made' });
      await ports.commit(newHead(aVault({ name }), undefined, aPolicy('daily')));
    },
    raise: async (...alerts) => {
      for (const one of alerts) if (!(await ports.commit(raising(one)))) throw new Error(`${one.id} is there already`);
    },
    hints: async () => {
      const due = await allDue(ports, NOON.plus({ years: 100 }));
      // Those of the service's own changes lie beside what every sweep reads, until the next one has put them into the agenda.
      const kept = (await ports.control.read()).hints.flatMap(({ hints }) => hints);
      return [...due, ...kept]
        .filter(({ kind }) => kind !== 'tidy')
        .map(({ kind, vault, item }) => `${kind} ${vault} ${item}`);
    },
    history: async (item, vault = 'Contoso') => (await historyIn(ports, vault, item)).map(({ operation }) => operation),
  };
  await world.vault('Contoso');
  return world;
}

/** The id that an alert gets where it is raised in the vault of `aVault`. */
export const inVault = (id: string): string => idInVault(id, aVault().id);

const raising = (now: Alert) => ({
  vault: now.vault ?? SERVICE,
  id: newId(),
  alerts: [{ was: undefined, now }],
});

let planted = 0;

/** A mail that was given up, as a service keeps it: there is an alert, and a letter. Answers the letter's id. */
export async function plantDeadLetter(tables: Tables, vault: string): Promise<string> {
  planted += 1;
  const id = `${String(planted).padStart(8, '0')}-0b0a-5908-8706-050403020100`;
  const { commit, ledger } = storesOver(tables);
  const failure = { code: 'Rejected', reason: 'no such mailbox', firstAt: NOON, lastAt: NOON };
  const mail = aMail({ operationId: id, status: 'DeadLettered', sentAt: null, failure });
  const about = anAlert('PurgeComplete', { vault, item: `gone-${planted}`, generation: 1 }, { notifications: [mail] });
  await commit(raising(about));
  await ledger.bury(aDeadLetter({ id, vault, alert: about.id }));
  return id;
}
