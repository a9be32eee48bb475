/** The flows' world over any tables: ports, callers, and shorthand for what nearly every test sets up. */
import type { Caller } from '../../src/core/caller.ts';
import type { Entry } from '../../src/core/history.ts';
import type { Remains } from '../../src/core/item.ts';
import type { Policy } from '../../src/core/policy.ts';
import type { Instant } from '../../src/core/time.ts';
import type { Vault } from '../../src/core/vault.ts';
import type { Asking } from '../../src/flows/asking.ts';
import { notify } from '../../src/flows/notify/notify.ts';
import type { Change, HeadChange, Held, HeldHead, Mailer, Notices, Ports, Vaults } from '../../src/ports.ts';
import { pepperedPins } from '../../src/secrets.ts';
import { tableAgenda } from '../../src/store/agenda.ts';
import { tableAlerts } from '../../src/store/alerts.ts';
import { tableGuards } from '../../src/store/guards.ts';
import { tableMailLedger } from '../../src/store/mailLedger.ts';
import { tableRegistry } from '../../src/store/registry.ts';
import { tableVaults } from '../../src/store/vaults.ts';
import { NOON } from './builders.ts';
import type { Tables } from './tables.ts';

let ids = 0;
export const newId = (): string => {
  ids += 1;
  return `id-${String(ids).padStart(6, '0')}`;
};

/** The doors that the lifecycle goes through. */
export type LifecyclePorts = Pick<
  Ports,
  | 'vaults'
  | 'agenda'
  | 'registry'
  | 'guards'
  | 'pins'
  | 'alerts'
  | 'ledger'
  | 'notices'
  | 'clock'
  | 'newId'
  | 'nextSweep'
>;

/** Where nobody wants mails, every alert is told at once: to nobody. */
export const portsOver = (tables: Tables): LifecyclePorts => {
  const stores = {
    vaults: tableVaults(tables.vaults),
    agenda: tableAgenda(tables.agenda),
    registry: tableRegistry(tables.registry),
    guards: tableGuards(tables.vaults, tables.registry),
    pins: pepperedPins('a pepper for tests'),
    alerts: tableAlerts(tables.vaults),
    ledger: tableMailLedger(tables.registry),
  };
  const mailer: Mailer = { send: async () => ({ sent: true }) };
  const notices: Notices = {
    send: (notice) => notify({ ...stores, mailer, notices, newId }, NOBODY, notice, NOON),
  };
  return { ...stores, notices, clock: { now: () => NOON }, newId, nextSweep: (after) => after.plus({ minutes: 5 }) };
};

const NOBODY = { operators: [], perMinute: undefined, resourceGroup: null };

export const CONTRIBUTOR: Caller = {
  tid: 'local',
  oid: 'somebody',
  roles: ['Contributor'],
  appOnly: false,
  secondFactor: true,
};

export const asking = <R>(now: Instant = NOON): Asking<R> => ({ caller: CONTRIBUTOR, now, requestId: newId() });

export const anEntry = (item: string | null, over: Partial<Entry> = {}): Entry => ({
  at: NOON,
  item,
  caller: { oid: 'somebody', tid: 'local', roles: ['Contributor'], channel: 'portal' },
  operation: 'Test',
  outcome: 'Succeeded',
  code: null,
  from: null,
  to: null,
  requestId: 'r1',
  facts: {},
  ...over,
});

/** One item written, over what was read of it. */
export const writing = (now: Remains, was?: Held<Remains>, over: Partial<Change> = {}): Change => ({
  vault: now.vault,
  id: newId(),
  items: [{ was, now }],
  entries: [anEntry(now.name, { from: was?.value.state ?? null, to: now.state })],
  ...over,
});

export const newHead = (vault: Vault, was?: HeldHead, putPolicy?: Policy): HeadChange => ({
  was,
  vault,
  putPolicy,
  id: newId(),
  entry: anEntry(null),
});

/** What must be there, or the test is wrong. */
export function must<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('it is not there');
  return found;
}

export const headOf = (vaults: Vaults, vault = 'Contoso') => vaults.head(vault, 'fresh').then(must);
