import * as z from 'zod';
import { type Grant, GUARDED_OPERATIONS, type Guard } from '../core/guards.ts';
import {
  allow,
  deleteGuard,
  type GuardResult,
  type Linked,
  linkGuard,
  putGuard,
  readGuard,
  unlinkGuard,
} from '../flows/guards/guards.ts';
import type { Request } from '../flows/story/request.ts';
import { SECOND_FACTOR, WRITES } from './refusal.ts';
import { reply } from './reply.ts';
import { chapter, gives, puts, REMOVES, type Route, route } from './route.ts';
import { answer, common, EXAMPLE, field, instant, name, oneOf, request, says, time } from './shape.ts';
import { vaultView } from './vaults/shapes.ts';
import { viewOf } from './view.ts';

const operation = oneOf(
  'GuardedOperation',
  'What needs the approval of a second person in a vault under a guard.',
  GUARDED_OPERATIONS,
);
const EXCLUDED = says('The operations for which this guard asks for no approval.', ['getSecurityPin']);
const MAY = says('What the grantee may do.', 'deleteProtection');
const GRANTEE = 'The object id of the caller who may do it.';
const guardName = says('The name of the guard.', EXAMPLE.guard);

const guard = answer('Guard', 'Whose approval critical operations need.', {
  name: common.name(EXAMPLE.guard),
  excludedOperations: z.array(operation).meta(EXCLUDED),
  createdBy: field(z.string(), 'The object id of the caller who made it.', EXAMPLE.oid),
  createdAt: field(instant, 'When it was made.', '2026-11-01T08:00:00.000Z'),
  etag: common.etag,
});

const guardView = viewOf(guard, (one: Guard) => ({ ...one, createdBy: one.createdBy.oid }));

const grant = answer('Grant', 'One caller may do one thing in one vault, for a while.', {
  grant: field(z.string(), 'The id of the grant.', '7a6b5c4d-3e2f-4a1b-9c8d-0e1f2a3b4c5d'),
  guard: z.string().meta(guardName),
  vault: common.vault,
  operation: operation.meta(MAY),
  grantee: field(z.string(), GRANTEE, EXAMPLE.oid),
  grantedBy: field(z.string(), 'The object id of the caller who granted it.', '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d'),
  grantedAt: field(instant, 'When it was granted.', EXAMPLE.deletedAt),
  expiresAt: field(instant, 'When it ends.', '2026-11-21T17:00:00.000Z'),
});

const grantView = viewOf(grant, (one: Grant) => ({
  ...one,
  grant: one.id,
  grantee: one.grantee.oid,
  grantedBy: one.grantedBy.oid,
}));

const guardRequest = request('GuardRequest', 'What the guard leaves out.', {
  excludedOperations: z
    .array(operation)
    .max(GUARDED_OPERATIONS.length)
    .nullish()
    .transform((given) => (given === null ? [] : given))
    .meta(EXCLUDED),
});
const grantRequest = request('GrantRequest', 'Who may do what, where, and until when.', {
  operation: operation.meta(MAY),
  vault: field(name, 'The name of the vault.', EXAMPLE.vault),
  grantee: field(z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be the object id of a caller'), GRANTEE, EXAMPLE.oid),
  expiresAt: field(time, 'When it ends.', '2026-11-21T17:00:00Z'),
});
const linkRequest = request('GuardLinkRequest', 'Which guard.', { guard: name.meta(guardName) });

const LINK = ['GuardNotFound', 'GuardApprovalRequired', ...SECOND_FACTOR, ...WRITES] as const;

/** Some people keep the guards, and others put their vaults under them. */
export const guardRoutes: readonly Route[] = chapter('Guards', [
  route({
    name: 'putGuard',
    at: 'PUT guards/{guard}',
    who: 'GuardAdmin',
    summary: 'Create a guard, or change what it leaves out',
    description: '`disableSoftDelete` and `removeGuard` can never be left out.',
    codes: ['InvalidRequest', ...WRITES],
    body: guardRequest,
    run: ({ ports, names, body }, request) => putGuard(ports, request, names, body),
    ...puts(guardView, (result: GuardResult) => result.guard),
  }),
  route({
    name: 'getGuard',
    at: 'GET guards/{guard}',
    who: ['Reader', 'GuardAdmin'],
    summary: 'Read a guard',
    codes: [],
    run: ({ ports, names }) => readGuard(ports, names.guard),
    ...gives(guardView),
  }),
  route({
    name: 'deleteGuard',
    at: 'DELETE guards/{guard}',
    who: 'GuardAdmin',
    summary: 'Delete a guard that no vault is under',
    codes: ['GuardInUse', ...WRITES],
    run: ({ ports, names }, request) => deleteGuard(ports, request, names),
    ...REMOVES,
  }),
  route({
    name: 'grantOperation',
    at: 'POST guards/{guard}/grants',
    who: 'GuardAdmin',
    summary: 'Let a caller do one guarded operation in one vault',
    description:
      'For 24 hours at most, and never for oneself. `grantee` is the object id of a caller of the same tenant.',
    codes: ['VaultNotFound', 'PreconditionFailed'],
    body: grantRequest,
    answers: { 201: grant },
    run: ({ ports, names, body }, request: Request<Grant>) => allow(ports, request, names, body),
    view: (granted) => reply(201, grantView(granted)),
  }),
  route({
    name: 'linkGuard',
    at: 'PUT vaults/{vault}/guard',
    who: 'Contributor',
    summary: 'Put a vault under a guard',
    description:
      'Needs a second factor. If the vault is under another guard already, that guard has to approve, and with `coolingOffHours` of the vault the exchange is answered 202 and holds later.',
    codes: LINK,
    body: linkRequest,
    run: ({ ports, names, body }, request) => linkGuard(ports, request, names, body),
    answers: { 200: vaultView.shape, 202: vaultView.shape },
    view: (linked: Linked) => reply(linked.pending ? 202 : 200, vaultView(linked)),
  }),
  route({
    name: 'unlinkGuard',
    at: 'DELETE vaults/{vault}/guard',
    who: 'Contributor',
    summary: 'Take a vault from under its guard',
    description:
      'The guard itself has to approve this, and it needs a second factor. With `coolingOffHours` of the vault it is answered 202 and holds later.',
    codes: LINK,
    run: ({ ports, names }, request) => unlinkGuard(ports, request, names),
    answers: { 202: vaultView.shape, 204: null },
    view: (linked: Linked) =>
      linked.pending ? reply(202, vaultView(linked)) : { status: 204 as const, body: undefined },
  }),
]);
