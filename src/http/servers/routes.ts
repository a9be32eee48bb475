import type { Server } from '../../core/server.ts';
import { iso } from '../../core/time.ts';
import { type IssuedPin, issuePin } from '../../flows/authorize/issuePin.ts';
import { listServers, readServer } from '../../flows/servers/read.ts';
import { changePassphrase, deregister, putServer, type ServerResult } from '../../flows/servers/servers.ts';
import type { Request } from '../../flows/story/request.ts';
import { SECOND_FACTOR, WRITES } from '../refusal.ts';
import { made, reply, resource } from '../reply.ts';
import { chapter, list, type Route, route } from '../route.ts';
import { nothing, page } from '../shape.ts';
import { securityPin, server, serverRequest, servers, serverView } from './shapes.ts';

const shown = (found: Server) => resource(200, serverView(found));

/** Servers on premises, and the PIN that their agents send for critical operations. */
export const serverRoutes: readonly Route[] = chapter('Servers', [
  route({
    name: 'putServer',
    at: 'PUT vaults/{vault}/servers/{server}',
    who: 'Contributor',
    agent: true,
    summary: 'Register a server, or note its new agent version',
    description:
      'A new server needs `kind` and `agentVersion`. It is registered in one vault of its tenant at a time. An agent may touch only the servers that it registered itself.',
    codes: ['VaultNotFound', 'WrongVaultKind', 'KindImmutable', 'ActiveElsewhere', ...WRITES],
    body: serverRequest,
    answers: { 200: server, 201: server },
    run: ({ ports, names, body }, request: Request<ServerResult>) =>
      putServer(ports, request, names, { name: names.server, ...body }),
    view: (result) => made(result.created, serverView(result.server)),
  }),
  route({
    name: 'getServer',
    at: 'GET vaults/{vault}/servers/{server}',
    who: 'Reader',
    agent: true,
    summary: 'Read a server',
    codes: ['VaultNotFound', 'ServerNotFound'],
    answers: { 200: server },
    run: ({ ports, names }) => readServer(ports, names.vault, names.server),
    view: shown,
  }),
  list({
    name: 'listServers',
    at: 'GET vaults/{vault}/servers',
    who: 'Reader',
    summary: 'List the servers of a vault',
    codes: ['VaultNotFound'],
    query: page,
    list: servers,
    run: ({ ports, names }, wanted) => listServers(ports, names.vault, wanted),
    view: serverView,
  }),
  route({
    name: 'deleteServer',
    at: 'DELETE vaults/{vault}/servers/{server}',
    who: 'Contributor',
    agent: true,
    summary: 'Deregister a server',
    description:
      'While backups of the server lie in the trash, the server is soft-deleted too, and undelete brings it back. Without any it is unregistered.',
    codes: ['VaultNotFound', 'ServerNotFound', 'AlwaysOnForbidsPortalDelete', 'ServerNotEmpty', ...WRITES],
    answers: { 200: server },
    run: ({ ports, names }, request) => deregister(ports, request, names, { name: names.server }),
    view: shown,
  }),
  route({
    name: 'changePassphrase',
    at: 'POST vaults/{vault}/servers/{server}/changePassphrase',
    who: 'Contributor',
    agent: true,
    summary: 'Note that the agent of a server has a new passphrase',
    description:
      'A critical operation: it needs a second factor in the token, or a security PIN. The passphrase itself is never sent.',
    codes: ['VaultNotFound', 'ServerNotFound', 'AgentTooOld', ...SECOND_FACTOR, ...WRITES],
    body: nothing,
    answers: { 200: server },
    run: ({ ports, names }, request) => changePassphrase(ports, request, names, { name: names.server }),
    view: shown,
  }),
  route({
    name: 'issueSecurityPin',
    at: 'POST vaults/{vault}/securityPin',
    who: 'Contributor',
    secret: true,
    summary: 'Issue a security PIN for an agent',
    description:
      'Needs a second factor in the token. The PIN lives five minutes, works once, and revokes the one before. No `Idempotency-Key` keeps the answer.',
    codes: ['VaultNotFound', 'WrongVaultKind', 'GuardApprovalRequired', 'StepUpRequired', ...WRITES],
    body: nothing,
    answers: { 200: securityPin },
    run: ({ ports, names }, request: Request<IssuedPin>) => issuePin(ports, request, names),
    view: (issued) => reply(200, { securityPin: issued.securityPin, expiresAt: iso(issued.expiresAt) }),
  }),
]);
