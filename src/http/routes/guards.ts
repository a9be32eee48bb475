import type { Grant, Guard } from '../../core/guards.ts';
import { ok } from '../../core/problems.ts';
import { iso } from '../../core/time.ts';
import type { Asking } from '../../flows/asking.ts';
import { type Linked, linkGuard, unlinkGuard } from '../../flows/guardLink.ts';
import { allow, deleteGuard, type GuardResult, noGuard, putGuard } from '../../flows/guards.ts';
import { quoted, resource } from '../reply.ts';
import { type Route, route } from '../route.ts';
import { bodies } from '../schemas.ts';
import { vaultView } from '../views.ts';

const guardView = ({ name, excludedOperations, createdBy, createdAt, etag }: Guard) => ({
  name,
  excludedOperations,
  createdBy: createdBy.oid,
  createdAt: iso(createdAt),
  etag: quoted(etag),
});

const grantView = ({ id, guard, vault, operation, grantee, grantedBy, grantedAt, expiresAt }: Grant) => ({
  grant: id,
  guard,
  vault,
  operation,
  grantee: grantee.oid,
  grantedBy: grantedBy.oid,
  grantedAt: iso(grantedAt),
  expiresAt: iso(expiresAt),
});

/** Guards are kept by some, and vaults put under them by others. */
export const guardRoutes: readonly Route[] = [
  route({
    name: 'putGuard',
    method: 'PUT',
    path: 'guards/{guard}',
    who: 'GuardAdmin',
    body: bodies.guard,
    run: ({ ports, names: { guard = '' }, body }, asking: Asking<GuardResult>) =>
      putGuard(ports, asking, guard, body.excludedOperations === null ? [] : body.excludedOperations),
    view: ({ guard, created }) => resource(created ? 201 : 200, guardView(guard)),
  }),
  route({
    name: 'getGuard',
    method: 'GET',
    path: 'guards/{guard}',
    who: 'Reader',
    also: 'GuardAdmin',
    run: async ({ ports, names: { guard = '' } }) => {
      const held = await ports.guards.get(guard);
      return held ? ok(held.value) : noGuard(guard);
    },
    view: (guard) => resource(200, guardView(guard)),
  }),
  route({
    name: 'deleteGuard',
    method: 'DELETE',
    path: 'guards/{guard}',
    who: 'GuardAdmin',
    run: ({ ports, names: { guard = '' } }, asking: Asking<null>) => deleteGuard(ports, asking, guard),
    view: () => ({ status: 204 }),
  }),
  route({
    name: 'grantOperation',
    method: 'POST',
    path: 'guards/{guard}/grants',
    who: 'GuardAdmin',
    body: bodies.grant,
    run: ({ ports, names: { guard = '' }, body }, asking: Asking<Grant>) => allow(ports, asking, guard, body),
    view: (grant) => ({ status: 201, body: grantView(grant) }),
  }),
  route({
    name: 'linkGuard',
    method: 'PUT',
    path: 'vaults/{vault}/guard',
    who: 'Contributor',
    body: bodies.guardLink,
    run: ({ ports, names: { vault = '' }, body }, asking: Asking<Linked>) =>
      linkGuard(ports, asking, vault, body.guard),
    view: ({ vault, counts }) => resource(200, vaultView(vault, counts)),
  }),
  route({
    name: 'unlinkGuard',
    method: 'DELETE',
    path: 'vaults/{vault}/guard',
    who: 'Contributor',
    run: ({ ports, names: { vault = '' } }, asking: Asking<Linked>) => unlinkGuard(ports, asking, vault),
    view: () => ({ status: 204 }),
  }),
];
