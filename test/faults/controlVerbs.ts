/** The same for what weakens a control: at once, after the cooling off of the vault, and what takes it back. */
import { expect } from 'vitest';
import { addDays, iso } from '../../src/core/time.ts';
import { ADA, KEEPER } from '../support/secured.ts';
import { anItem, aVault, etagOf, type Ground, must, OFF, put, type Verb } from './ground.ts';
import { daysAgo } from './seeds.ts';

const COOLING = { coolingOffHours: 24 };
const change = (control: string, before: unknown, after: unknown) => ({ control, before, after });

/** What stands in the vault: what was asked for, and the vault as it is. */
const pending = (pendingChanges: readonly object[], more: object = {}) => ({
  path: '',
  is: { status: 200, body: { pendingChanges, ...more } },
});

async function guarded(ground: Ground): Promise<void> {
  await aVault(ground, COOLING);
  const { as, vault } = ground;
  await must(as(KEEPER)('PUT', `guards/${vault}`, { body: {} }));
  await must(as(ADA)('PUT', `vaults/${vault}/guard`, { body: { guard: vault } }));
  const expiresAt = new Date(Date.now() + 12 * 3_600_000).toISOString();
  const wish = { operation: 'removeGuard', vault, grantee: ADA.sub, expiresAt };
  await must(as(KEEPER)('POST', `guards/${vault}/grants`, { body: wish }));
}

async function held(ground: Ground): Promise<void> {
  await anItem(ground);
  await put(ground, '/items/vm/holds/audit', { reason: 'audit' });
}

const [APP, OTHER_APP] = [
  { tid: 'local', oid: 'blobs' },
  { tid: 'local', oid: 'other' },
];
const EXECUTOR = 'executors/{vault}';
const executor = ({ door, vault }: Ground) => must(door('PUT', `executors/${vault}`, { body: { callers: [APP] } }));

const KIND = 'kinds/{vault}';
const kind = ({ door, vault }: Ground) => must(door('PUT', `kinds/${vault}`, { body: {} }));

/** One that the vault names. */
async function executed(ground: Ground): Promise<void> {
  await executor(ground);
  await aVault(ground, { purge: { executor: ground.vault } });
}

export const CONTROL_VERBS: Readonly<Record<string, Verb>> = {
  'weaken three controls at once': {
    route: 'patchVault',
    arrange: async (ground) => {
      await aVault(ground, { softDelete: { retentionDays: 60 }, immutability: 'Unlocked' });
      const body = { softDelete: { state: 'Disabled', retentionDays: 14 }, immutability: 'Disabled' };
      return { method: 'PATCH', path: '', body, who: ADA, key: true };
    },
    right: pending([], { softDelete: { state: 'Disabled', retentionDays: 14 }, immutability: 'Disabled' }),
    once: / ChangeVault /,
  },
  'ask for a weakening that cools off': {
    route: 'putVault',
    arrange: async (ground) => {
      await aVault(ground, COOLING);
      return { method: 'PUT', path: '', body: OFF, who: ADA, key: true };
    },
    right: pending([change('softDelete', 'Enabled', 'Disabled')], { softDelete: { state: 'Enabled' } }),
    once: / ChangeVault /,
  },
  'cancel a pending change': {
    route: 'cancelPendingChange',
    arrange: async (ground) => {
      await aVault(ground, COOLING);
      const { as, vault } = ground;
      const asked = await must(as(ADA)('PATCH', `vaults/${vault}`, { body: OFF }));
      const [first] = (asked as { readonly pendingChanges: readonly { readonly id: string }[] }).pendingChanges;
      return { method: 'DELETE', path: `/pendingChanges/${first?.id}` };
    },
    right: pending([], { softDelete: { state: 'Enabled' } }),
    once: / CancelPendingChange /,
    gone: 404,
  },
  'unlink guard, where that cools off': {
    route: 'unlinkGuard',
    arrange: async (ground) => {
      await guarded(ground);
      return { method: 'DELETE', path: '/guard', who: ADA, key: true, ifMatch: await etagOf(ground, '') };
    },
    right: pending([change('guardLink', expect.any(String), null)], { guard: expect.any(String) }),
    once: / RemoveGuard /,
  },
  'end the hold of somebody else': {
    route: 'deleteHold',
    arrange: async (ground) => {
      await held(ground);
      return { method: 'DELETE', path: '/items/vm/holds/audit', who: ADA, key: true };
    },
    right: { path: '/items/vm/holds/audit', is: { status: 404 } },
    once: / RemoveHold /,
  },
  'let the hold of somebody else end earlier': {
    route: 'putHold',
    arrange: async (ground) => {
      await held(ground);
      const body = { reason: 'audit', until: iso(addDays(daysAgo(0), 2)) };
      return { method: 'PUT', path: '/items/vm/holds/audit', body, who: ADA, key: true };
    },
    right: { path: '/items/vm/holds/audit', is: { status: 200, body: { until: expect.any(String) } } },
    once: / PutHold /,
    before: 1,
  },
  'make a kind': {
    route: 'putKind',
    arrange: async () => ({ method: 'PUT', path: KIND, body: { title: 'Tenant' }, key: true }),
    right: { path: KIND, is: { status: 200, body: { title: 'Tenant', active: true } } },
  },
  'change a kind': {
    route: 'putKind',
    arrange: async (ground) => {
      await kind(ground);
      return { method: 'PUT', path: KIND, body: { title: 'Customer' }, key: true };
    },
    right: { path: KIND, is: { status: 200, body: { title: 'Customer' } } },
  },
  'protect the first item of a kind': {
    route: 'protectItem',
    arrange: async (ground) => {
      await kind(ground);
      await must(ground.door('PUT', `vaults/${ground.vault}`, { body: { kind: 'Generic' } }));
      const body = { workload: ground.vault, sourceId: ground.vault };
      return { method: 'PUT', path: '/items/acme', body, key: true };
    },
    right: { path: '/items/acme', is: { status: 200, body: { state: 'Protected', policy: null } } },
    once: / Protect /,
  },
  'delete a kind': {
    route: 'deleteKind',
    arrange: async (ground) => {
      await kind(ground);
      return { method: 'DELETE', path: KIND, key: true };
    },
    right: { path: KIND, is: { status: 404 } },
    gone: 404,
  },
  'put executor': {
    route: 'putExecutor',
    arrange: async () => ({ method: 'PUT', path: EXECUTOR, body: { callers: [APP] }, key: true }),
    right: { path: EXECUTOR, is: { status: 200, body: { callers: [APP] } } },
  },
  'add a caller to an executor in use': {
    route: 'putExecutor',
    arrange: async (ground) => {
      await executed(ground);
      return { method: 'PUT', path: EXECUTOR, body: { callers: [APP, OTHER_APP] }, who: ADA, key: true };
    },
    right: { path: EXECUTOR, is: { status: 200, body: { callers: [APP, OTHER_APP] } } },
  },
  'name an executor': {
    route: 'patchVault',
    arrange: async (ground) => {
      await executor(ground);
      await aVault(ground);
      const purge = { executor: ground.vault, parameters: { account: 'customers' } };
      return { method: 'PATCH', path: '', body: { purge }, key: true };
    },
    right: { path: '', is: { status: 200, body: { purge: { parameters: { account: 'customers' } } } } },
    once: / ChangeVault /,
  },
  'make a vault that names an executor': {
    route: 'putVault',
    arrange: async (ground) => {
      await executor(ground);
      const purge = { executor: ground.vault };
      return { method: 'PUT', path: '', body: { kind: 'Backup', purge }, key: true };
    },
    right: { path: '', is: { status: 200, body: { purge: { executor: expect.any(String) } } } },
    once: / CreateVault /,
  },
  'delete an executor that a vault named once': {
    route: 'deleteExecutor',
    arrange: async (ground) => {
      await executed(ground);
      await must(ground.as(ADA)('PATCH', `vaults/${ground.vault}`, { body: { purge: null } }));
      return { method: 'DELETE', path: EXECUTOR, key: true };
    },
    right: { path: EXECUTOR, is: { status: 404 } },
    gone: 404,
  },
};
