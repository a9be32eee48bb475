import * as z from 'zod';
import { PIN_OPERATIONS } from '../core/pin.ts';
import type { Server } from '../core/server.ts';
import { HYBRID_KINDS } from '../core/workloads.ts';
import { issuePin } from '../flows/authorize/issuePin.ts';
import { listServers, readServer } from '../flows/servers/read.ts';
import { changePassphrase, deregister, putServer, type ServerResult } from '../flows/servers/servers.ts';
import { SECOND_FACTOR, WRITES } from './refusal.ts';
import { chapter, gives, list, puts, type Route, route } from './route.ts';
import { answer, common, EXAMPLE, field, instant, listOf, name, nothing, oneOf, page, request, says } from './shape.ts';
import { viewOf } from './view.ts';

const kind = oneOf('HybridKind', 'The product whose agent backs up from on premises. It never changes.', HYBRID_KINDS);
const VERSION = says('The version of its backup agent.', '2.0.9260');

const server = answer('Server', 'An on-premises machine whose agent backs up into the vault.', {
  name: common.name(EXAMPLE.server),
  vault: common.vault,
  kind,
  agentVersion: z.string().meta(VERSION),
  registration: oneOf(
    'Registration',
    'Whether a server is registered. SoftDeleted while backups of it lie in the trash.',
    ['Registered', 'SoftDeleted', 'Unregistered'],
  ),
  registeredBy: field(z.string(), 'The object id of the caller who registered it.', EXAMPLE.oid),
  registeredAt: field(instant, 'When it was registered.', '2026-11-01T08:00:00.000Z'),
  passphraseChangedAt: field(instant.nullable(), 'When its agent last got a new passphrase; null: never.', null),
  etag: common.etag,
});

const serverView = viewOf(server, (one: Server) => ({
  ...one,
  registeredBy: one.registeredBy.oid,
  passphraseChangedAt: one.passphraseChangedAt ?? null,
}));

const serverRequest = request('ServerRequest', 'The parts of a server. A new one needs all of them.', {
  kind: kind.optional(),
  agentVersion: z
    .string()
    .max(40)
    .regex(/^\d{1,9}(?:\.\d{1,9}){1,3}$/, 'must be a version: "2.0.9260"')
    .optional()
    .meta(VERSION),
});

const pinOperation = oneOf(
  'PinOperation',
  'What a security PIN opens: stop with delete of on-premises backups, a new passphrase, or the changes of settings that need a second factor.',
  PIN_OPERATIONS,
);

const securityPinRequest = request('SecurityPinRequest', 'What the PIN is to open. {} means deleteProtection.', {
  operation: pinOperation.default('deleteProtection'),
  server: name.optional().meta(says('The only server on which it works. Without it: on all of them.', EXAMPLE.server)),
});

const securityPin = answer('SecurityPin', 'Takes the place of a second factor, once, for five minutes.', {
  securityPin: field(z.string().regex(/^\d{8}$/), 'Eight digits. They are shown only in this answer.', '40718253'),
  operation: pinOperation,
  server: field(z.string().nullable(), 'The only server on which it works; null: all of them.', EXAMPLE.server),
  expiresAt: field(instant, 'When it ends.', '2026-11-21T09:05:00.000Z'),
});

/** Servers on premises, and the PIN that their agents send for critical operations. */
export const serverRoutes: readonly Route[] = chapter('Servers', [
  route({
    name: 'putServer',
    at: 'PUT vaults/{vault}/servers/{server}',
    who: ['Contributor', 'Agent'],
    summary: 'Register a server, or note its new agent version',
    description:
      'A new server needs `kind` and `agentVersion`. It is registered in one vault of its tenant at a time. An agent may touch only the servers that it registered itself.',
    codes: ['WrongVaultKind', 'KindImmutable', 'ActiveElsewhere', ...WRITES],
    body: serverRequest,
    run: ({ ports, names, body }, request) => putServer(ports, request, names, { name: names.server, ...body }),
    ...puts(serverView, (result: ServerResult) => result.server),
  }),
  route({
    name: 'getServer',
    at: 'GET vaults/{vault}/servers/{server}',
    who: ['Reader', 'Agent'],
    summary: 'Read a server',
    codes: [],
    run: ({ ports, names }) => readServer(ports, names.vault, names.server),
    ...gives(serverView),
  }),
  list({
    name: 'listServers',
    at: 'GET vaults/{vault}/servers',
    who: 'Reader',
    summary: 'List the servers of a vault',
    codes: [],
    query: page,
    list: listOf('ServerList', 'A page of servers.', server),
    run: ({ ports, names }, wanted) => listServers(ports, names.vault, wanted),
    view: serverView,
  }),
  route({
    name: 'deleteServer',
    at: 'DELETE vaults/{vault}/servers/{server}',
    who: ['Contributor', 'Agent'],
    summary: 'Deregister a server',
    description:
      'While backups of the server lie in the trash, the server is soft-deleted too, and undelete brings it back. Without any it is unregistered.',
    codes: ['AlwaysOnForbidsPortalDelete', 'ServerNotEmpty', ...WRITES],
    run: ({ ports, names }, request) => deregister(ports, request, names, { name: names.server }),
    ...gives(serverView),
  }),
  route({
    name: 'changePassphrase',
    at: 'POST vaults/{vault}/servers/{server}/changePassphrase',
    who: ['Contributor', 'Agent'],
    summary: 'Note that the agent of a server has a new passphrase',
    description:
      'A critical operation: it needs a second factor in the token, or a security PIN. The passphrase itself is never sent.',
    codes: ['AgentTooOld', ...SECOND_FACTOR, ...WRITES],
    body: nothing,
    run: ({ ports, names }, request) => changePassphrase(ports, request, names, { name: names.server }),
    ...gives(serverView),
  }),
  route({
    name: 'issueSecurityPin',
    at: 'POST vaults/{vault}/securityPin',
    who: 'Contributor',
    secret: true,
    summary: 'Issue a security PIN for an agent',
    description:
      'Needs a person with a second factor in the token. The PIN opens one operation, and with `server` on that server only. It lives five minutes, works once, and revokes the one before for the same. No `Idempotency-Key` keeps the answer.',
    codes: ['ServerNotFound', 'WrongVaultKind', 'GuardApprovalRequired', 'StepUpRequired', ...WRITES],
    body: securityPinRequest,
    run: ({ ports, names, body }, request) => issuePin(ports, request, names, body),
    ...gives(viewOf(securityPin)),
  }),
]);
