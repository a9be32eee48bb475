import type { Server } from '../../core/server.ts';
import { iso } from '../../core/time.ts';
import type { Asking } from '../../flows/asking.ts';
import { deregister } from '../../flows/deregister.ts';
import { changePassphrase } from '../../flows/passphrase.ts';
import { type IssuedPin, issuePin } from '../../flows/pins.ts';
import { resource } from '../reply.ts';
import { type Route, route } from '../route.ts';
import { bodies } from '../schemas.ts';
import { serverView } from '../views.ts';

/** What is critical about servers on premises, and the PIN that their agents bring for it. */
export const securityRoutes: readonly Route[] = [
  route({
    name: 'issueSecurityPin',
    method: 'POST',
    path: 'vaults/{vault}/securityPin',
    who: 'Contributor',
    secret: true,
    body: bodies.nothing,
    run: ({ ports, names: { vault = '' } }, asking: Asking<IssuedPin>) => issuePin(ports, asking, vault),
    view: ({ securityPin, expiresAt }) => ({ status: 200, body: { securityPin, expiresAt: iso(expiresAt) } }),
  }),
  route({
    name: 'changePassphrase',
    method: 'POST',
    path: 'vaults/{vault}/servers/{server}/changePassphrase',
    who: 'Contributor',
    agent: true,
    body: bodies.nothing,
    run: ({ ports, names: { vault = '', server = '' } }, asking: Asking<Server>) =>
      changePassphrase(ports, asking, vault, server),
    view: (server) => resource(200, serverView(server)),
  }),
  route({
    name: 'deleteServer',
    method: 'DELETE',
    path: 'vaults/{vault}/servers/{server}',
    who: 'Contributor',
    agent: true,
    run: ({ ports, names: { vault = '', server = '' } }, asking: Asking<Server>) =>
      deregister(ports, asking, vault, server),
    view: (server) => resource(200, serverView(server)),
  }),
];
