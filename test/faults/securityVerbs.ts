/** The same for what is critical: PINs and what they allow, servers, guards and grants. */
import { expect } from 'vitest';
import { ADA, AGENT, KEEPER, type Person } from '../support/secured.ts';
import { aVault, DELETE, etagOf, type Ground, isItem, must, put, type Verb } from './ground.ts';

const APP: Person = { sub: 'script', roles: ['Contributor'], appOnly: true };
const SERVER = '/servers/{vault}';
const GUARD = 'guards/{vault}';
/** One name for vault, server and guard: a server is registered in one vault at a time, and each trial has its own. */
const serverOf = ({ vault }: Ground) => `vaults/${vault}/servers/${vault}`;
const guardOf = ({ vault }: Ground) => `guards/${vault}`;

async function aServer(ground: Ground): Promise<void> {
  await aVault(ground);
  await must(ground.as(AGENT)('PUT', serverOf(ground), { body: { kind: 'MARS', agentVersion: '99.0.0.0' } }));
}

async function hybridItem(ground: Ground): Promise<void> {
  await aServer(ground);
  const { vault } = ground;
  await put(ground, '/policies/hybrid', { workloads: ['MARS'], schedule: '0 0 2 * * *', retention: { daily: 30 } });
  const body = { workload: 'MARS', policy: 'hybrid', sourceId: 'C:/files', server: vault };
  await must(ground.as(AGENT)('PUT', `vaults/${vault}/items/vm`, { body }));
}

async function aPin({ as, vault }: Ground, operation = 'deleteProtection'): Promise<string> {
  const issued = await must(as(ADA)('POST', `vaults/${vault}/securityPin`, { body: { operation } }));
  return String((issued as { readonly securityPin?: unknown }).securityPin);
}

const passphrase = (ground: Ground, pin: string) =>
  ground.as(AGENT)('POST', `${serverOf(ground)}/changePassphrase`, {
    body: {},
    headers: { 'x-reprieve-security-pin': pin },
  });

const aGuard = (ground: Ground, body: object = {}) => must(ground.as(KEEPER)('PUT', guardOf(ground), { body }));

async function guarded(ground: Ground): Promise<void> {
  await aVault(ground);
  await aGuard(ground);
  await must(ground.as(ADA)('PUT', `vaults/${ground.vault}/guard`, { body: { guard: ground.vault } }));
}

const wish = ({ vault }: Ground, operation: string) => ({
  ...{ operation, vault, grantee: ADA.sub },
  expiresAt: new Date(Date.now() + 12 * 3_600_000).toISOString(),
});

const grant = (ground: Ground, operation: string) =>
  must(ground.as(KEEPER)('POST', `${guardOf(ground)}/grants`, { body: wish(ground, operation) }));

const guardIs = (excludedOperations: readonly string[]) => ({
  path: GUARD,
  is: { status: 200, body: { excludedOperations } },
});
const THERE = { path: '', is: { status: 200 } };

export const SECURITY_VERBS: Readonly<Record<string, Verb>> = {
  'register server': {
    route: 'putServer',
    arrange: async (ground) => {
      await aVault(ground);
      return { method: 'PUT', path: SERVER, body: { kind: 'DPM', agentVersion: '99.0.0.0' } };
    },
    right: { path: SERVER, is: { status: 200, body: { registration: 'Registered' } } },
    once: / PutServer /,
  },
  'deregister server': {
    route: 'deleteServer',
    arrange: async (ground) => {
      await aServer(ground);
      return { method: 'DELETE', path: SERVER, who: AGENT };
    },
    right: { path: SERVER, is: { status: 200, body: { registration: 'Unregistered' } } },
    once: / DeregisterServer /,
  },
  'deregister server, if it has this etag, with a key': {
    route: 'deleteServer',
    arrange: async (ground) => {
      await hybridItem(ground);
      await must(ground.as(ADA)('POST', `vaults/${ground.vault}/items/vm/stop`, { body: DELETE }));
      return { method: 'DELETE', path: SERVER, who: AGENT, key: true, ifMatch: await etagOf(ground, SERVER) };
    },
    right: { path: SERVER, is: { status: 200, body: { registration: 'SoftDeleted' } } },
    once: / DeregisterServer /,
  },
  'issue PIN': {
    route: 'issueSecurityPin',
    arrange: async (ground) => {
      await aServer(ground);
      const body = { operation: 'changePassphrase', server: ground.vault };
      return { method: 'POST', path: '/securityPin', body, who: ADA };
    },
    right: THERE,
    works: async (ground, { body }) => {
      await must(passphrase(ground, String((body as { readonly securityPin?: unknown }).securityPin)));
    },
  },
  'stop delete, with a PIN': {
    route: 'stopItem',
    arrange: async (ground) => {
      await hybridItem(ground);
      return { method: 'POST', path: '/items/vm/stop', body: DELETE, who: AGENT, pin: await aPin(ground) };
    },
    right: isItem('SoftDeleted', { generation: 1 }),
    once: / StopDelete /,
  },
  'change passphrase, with a PIN': {
    route: 'changePassphrase',
    arrange: async (ground) => {
      await aServer(ground);
      const pin = await aPin(ground, 'changePassphrase');
      return { method: 'POST', path: `${SERVER}/changePassphrase`, body: {}, who: AGENT, pin, key: true };
    },
    right: { path: SERVER, is: { status: 200, body: { registration: 'Registered' } } },
    once: / ChangePassphrase /,
  },
  'hybrid switch off, by an app with a PIN': {
    route: 'patchVault',
    arrange: async (ground) => {
      await aVault(ground);
      const pin = await aPin(ground, 'changeSettings');
      const body = { hybrid: { state: 'Disabled' } };
      return { method: 'PATCH', path: '', body, who: APP, pin };
    },
    right: { path: '', is: { status: 200, body: { hybrid: { state: 'Disabled' } } } },
    once: / ChangeVault /,
  },
  'put guard': {
    route: 'putGuard',
    arrange: async () => ({
      method: 'PUT',
      path: GUARD,
      body: { excludedOperations: ['getSecurityPin'] },
      who: KEEPER,
    }),
    right: guardIs(['getSecurityPin']),
  },
  'put guard, if it has this etag, with a key': {
    route: 'putGuard',
    arrange: async (ground) => {
      await aGuard(ground);
      const ifMatch = await etagOf(ground, GUARD);
      const body = { excludedOperations: ['stopProtection'] };
      return { method: 'PUT', path: GUARD, body, who: KEEPER, key: true, ifMatch };
    },
    right: guardIs(['stopProtection']),
  },
  'delete guard': {
    route: 'deleteGuard',
    arrange: async (ground) => {
      await aGuard(ground);
      return { method: 'DELETE', path: GUARD, who: KEEPER };
    },
    right: { path: GUARD, is: { status: 404 } },
    gone: 404,
  },
  'delete guard, if it has this etag, with a key': {
    route: 'deleteGuard',
    arrange: async (ground) => {
      await aGuard(ground);
      return { method: 'DELETE', path: GUARD, who: KEEPER, key: true, ifMatch: await etagOf(ground, GUARD) };
    },
    right: { path: GUARD, is: { status: 404 } },
    gone: 404,
  },
  'link guard': {
    route: 'linkGuard',
    arrange: async (ground) => {
      await aVault(ground);
      await aGuard(ground);
      return { method: 'PUT', path: '/guard', body: { guard: ground.vault }, who: ADA };
    },
    right: { path: '', is: { status: 200, body: { guard: expect.any(String) } } },
    once: / LinkGuard /,
  },
  'unlink guard, with a grant': {
    route: 'unlinkGuard',
    arrange: async (ground) => {
      await guarded(ground);
      await grant(ground, 'removeGuard');
      return { method: 'DELETE', path: '/guard', who: ADA, key: true, ifMatch: await etagOf(ground, '') };
    },
    right: { path: '', is: { status: 200, body: { guard: null } } },
    once: / RemoveGuard /,
  },
  grant: {
    route: 'grantOperation',
    arrange: async (ground) => {
      await guarded(ground);
      return { method: 'POST', path: `${GUARD}/grants`, body: wish(ground, 'getSecurityPin'), who: KEEPER };
    },
    right: THERE,
    works: async (ground) => void (await aPin(ground)),
    once: / GrantOperation /,
  },
};
