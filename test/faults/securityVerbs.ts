/** The same for what is critical: PINs and what they allow, servers, guards and grants. */
import { expect } from 'vitest';
import { ADA, AGENT, KEEPER, type Person, SECOND_KEEPER } from '../support/secured.ts';
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

/** What ada asks for herself: the path of it. */
async function asked(ground: Ground): Promise<string> {
  await guarded(ground);
  const { grantee: _, ...body } = wish(ground, 'deleteProtection');
  const answer = await must(ground.as(ADA)('POST', `${guardOf(ground)}/grants`, { body }));
  return `${GUARD}/grants/${(answer as { readonly grant: string }).grant}`;
}

const STRICT = { quorum: 2, contacts: ['sec@contoso.com'] };

/** A guard over a vault, whose quorum somebody wants to lower: the path of that. */
async function loosening(ground: Ground): Promise<string> {
  await guarded(ground);
  await aGuard(ground, STRICT);
  const answer = await aGuard(ground, { quorum: 1 });
  const { pendingChanges } = answer as { readonly pendingChanges: readonly { readonly id: string }[] };
  return `${GUARD}/pendingChanges/${pendingChanges[0]?.id}`;
}

const isGuard = (body: object) => ({ path: GUARD, is: { status: 200, body } });
const grantsAre = (...value: readonly object[]) => ({ path: `${GUARD}/grants`, is: { status: 200, body: { value } } });

const ofService = (ground: Ground) => ({ ...wish(ground, 'removeGuard'), vault: null });

/** A guard, and the service unguarded: the trial before may have left it under its own. */
async function unguardedService(ground: Ground): Promise<void> {
  await aGuard(ground);
  const { guard } = (await must(ground.door('GET', 'service/guard'))) as { readonly guard: string | null };
  if (guard === null) return;
  await must(ground.as(KEEPER)('POST', `guards/${guard}/grants`, { body: ofService(ground) }));
  await must(ground.as(ADA)('DELETE', 'service/guard'));
}

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
  'loosen a guard that guards something': {
    route: 'putGuard',
    arrange: async (ground) => {
      await guarded(ground);
      await aGuard(ground, STRICT);
      const body = { quorum: 1, contacts: ['a@contoso.com', ...STRICT.contacts] };
      return { method: 'PUT', path: GUARD, body, who: KEEPER, key: true };
    },
    right: isGuard({
      ...{ quorum: 2, contacts: ['a@contoso.com', 'sec@contoso.com'] },
      pendingChanges: [expect.objectContaining({ before: 'quorum 2', after: 'quorum 1' })],
    }),
  },
  'approve of a loosening': {
    route: 'approveGuardChange',
    arrange: async (ground) => ({
      method: 'POST',
      path: `${await loosening(ground)}/approve`,
      body: {},
      who: SECOND_KEEPER,
      key: true,
    }),
    right: isGuard({ quorum: 1, pendingChanges: [] }),
  },
  'cancel a loosening': {
    route: 'cancelGuardChange',
    arrange: async (ground) => ({ method: 'DELETE', path: await loosening(ground), who: SECOND_KEEPER }),
    right: isGuard({ quorum: 2, pendingChanges: [] }),
    gone: 404,
  },
  grant: {
    route: 'grantOperation',
    arrange: async (ground) => {
      await guarded(ground);
      return { method: 'POST', path: `${GUARD}/grants`, body: wish(ground, 'getSecurityPin'), who: KEEPER, key: true };
    },
    right: grantsAre(expect.objectContaining({ state: 'Live', approvals: [expect.anything()] })),
  },
  'ask for a grant': {
    route: 'grantOperation',
    arrange: async (ground) => {
      await guarded(ground);
      const { grantee: _, ...body } = wish(ground, 'getSecurityPin');
      return { method: 'POST', path: `${GUARD}/grants`, body, who: ADA, key: true };
    },
    right: grantsAre(expect.objectContaining({ state: 'Requested', grantee: ADA.sub })),
  },
  'approve of a grant': {
    route: 'approveGrant',
    arrange: async (ground) => ({ method: 'POST', path: `${await asked(ground)}/approve`, body: {}, who: KEEPER }),
    right: grantsAre(
      expect.objectContaining({ state: 'Live', approvals: [expect.objectContaining({ by: 'keeper' })] }),
    ),
  },
  'deny a grant': {
    route: 'denyGrant',
    arrange: async (ground) => ({
      method: 'POST',
      path: `${await asked(ground)}/deny`,
      body: { reason: 'no' },
      who: KEEPER,
      key: true,
    }),
    right: grantsAre(expect.objectContaining({ state: 'Denied' })),
  },
  'revoke a grant': {
    route: 'revokeGrant',
    arrange: async (ground) => ({ method: 'DELETE', path: await asked(ground), who: KEEPER, key: true }),
    right: grantsAre(expect.objectContaining({ state: 'Revoked' })),
  },
  'stop retain, with a grant': {
    route: 'stopItem',
    arrange: async (ground) => {
      await guarded(ground);
      await put(ground, '/items/vm', { workload: 'AzureVM', policy: 'daily', sourceId: `${ground.vault}/vm` });
      await grant(ground, 'stopProtection');
      return { method: 'POST', path: '/items/vm/stop', body: { mode: 'retain' }, who: ADA, key: true };
    },
    right: isItem('ProtectionStopped'),
    once: / StopRetain /,
  },
  'put the service under a guard': {
    route: 'linkServiceGuard',
    arrange: async (ground) => {
      await unguardedService(ground);
      return { method: 'PUT', path: 'service/guard', body: { guard: ground.vault }, who: ADA, key: true };
    },
    right: { path: 'service/guard', is: { status: 200, body: { guard: expect.any(String) } } },
  },
  'take the service from under its guard': {
    route: 'unlinkServiceGuard',
    arrange: async (ground) => {
      await unguardedService(ground);
      await must(ground.as(ADA)('PUT', 'service/guard', { body: { guard: ground.vault } }));
      await must(ground.as(KEEPER)('POST', `${guardOf(ground)}/grants`, { body: ofService(ground) }));
      return { method: 'DELETE', path: 'service/guard', who: ADA, key: true };
    },
    right: { path: 'service/guard', is: { status: 200, body: { guard: null } } },
  },
};
