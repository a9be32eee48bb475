import { ok } from '../core/problems.ts';
import { approveGrant, denyGrant, requestGrant, revokeGrant } from '../flows/guards/grants.ts';
import { deleteGuard, type GuardResult, listGuards, putGuard, readGuard } from '../flows/guards/guards.ts';
import { type Linked, linkGuard, linkService, readServiceGuard, unlinkGuard } from '../flows/guards/links.ts';
import { approveChange, cancelGuardChange } from '../flows/guards/pendingChanges.ts';
import { listGrants, readGrant } from '../flows/guards/readGrants.ts';
import * as shapes from './guardShapes.ts';
import { grantView, guardView, serviceGuardView } from './guardShapes.ts';
import { SECOND_FACTOR, WRITES } from './refusal.ts';
import { reply } from './reply.ts';
import { chapter, gives, list, REMOVES, type Route, route } from './route.ts';
import { listOf, nothing, page } from './shape.ts';
import { vaultView } from './vaults/shapes.ts';

const LINK = ['GuardNotFound', 'GuardApprovalRequired', ...SECOND_FACTOR, ...WRITES] as const;
const KEEPS = ['StepUpRequired', 'Busy'] as const;
const KEEPS_WRITING = ['StepUpRequired', ...WRITES] as const;
const KEEPERS = ['Reader', 'GuardAdmin'] as const;

/** Some people keep the guards, and others put their vaults under them. */
export const guardRoutes: readonly Route[] = chapter('Guards', [
  route({
    name: 'putGuard',
    at: 'PUT guards/{guard}',
    who: 'GuardAdmin',
    summary: 'Create a guard, or change the given parts',
    description:
      'Needs a second factor. `disableSoftDelete`, `removeGuard` and `deleteVault` can never be left out. What loosens a guard that guards something is answered 202: it holds after its `coolingOffHours`, or when others approve.',
    codes: ['InvalidRequest', ...KEEPS_WRITING],
    body: shapes.guardRequest,
    run: ({ ports, names, body }, request) => putGuard(ports, request, names, body),
    answers: { 200: guardView.shape, 201: guardView.shape, 202: guardView.shape },
    view: ({ guard, created, pending }: GuardResult) => reply(created ? 201 : pending ? 202 : 200, guardView(guard)),
  }),
  route({
    name: 'getGuard',
    at: 'GET guards/{guard}',
    who: KEEPERS,
    summary: 'Read a guard',
    codes: [],
    run: ({ ports, names }) => readGuard(ports, names.guard),
    ...gives(guardView),
  }),
  list({
    name: 'listGuards',
    at: 'GET guards',
    who: KEEPERS,
    summary: 'List the guards',
    codes: [],
    query: page,
    list: listOf('GuardList', 'A page of guards.', shapes.guard),
    run: ({ ports }, wanted) => listGuards(ports, wanted),
    view: guardView,
  }),
  route({
    name: 'deleteGuard',
    at: 'DELETE guards/{guard}',
    who: 'GuardAdmin',
    summary: 'Delete a guard that guards nothing',
    description: 'Needs a second factor.',
    codes: ['GuardInUse', ...KEEPS_WRITING],
    run: ({ ports, names }, request) => deleteGuard(ports, request, names),
    ...REMOVES,
  }),
  route({
    name: 'approveGuardChange',
    at: 'POST guards/{guard}/pendingChanges/{id}/approve',
    who: 'GuardAdmin',
    summary: 'Approve of a loosening that does not hold yet',
    description:
      'Needs a second factor, and somebody else than the one who asked for it. With as many approvals as the guard asks, less one and at least one, it holds at once.',
    codes: ['PendingChangeNotFound', 'NotIndependent', ...KEEPS_WRITING],
    body: nothing,
    run: ({ ports, names }, request) => approveChange(ports, request, names, { id: names.id }),
    ...gives(guardView),
  }),
  route({
    name: 'cancelGuardChange',
    at: 'DELETE guards/{guard}/pendingChanges/{id}',
    who: 'GuardAdmin',
    summary: 'Cancel a loosening that does not hold yet',
    description: 'Needs no second factor: everything stays as it is.',
    codes: ['PendingChangeNotFound', ...WRITES],
    run: ({ ports, names }, request) => cancelGuardChange(ports, request, names, { id: names.id }),
    ...REMOVES,
  }),
  route({
    name: 'grantOperation',
    at: 'POST guards/{guard}/grants',
    who: ['Operator', 'GuardAdmin'],
    summary: 'Ask for the approval of a guarded operation, or give it to somebody else',
    description:
      'For 24 hours at most. Without `grantee` it is a request for oneself. From somebody who keeps the guard, with a second factor, it is the first approval of a grant for `grantee`, the object id of a caller of the same tenant.',
    codes: ['VaultNotFound', 'PreconditionFailed', ...KEEPS],
    body: shapes.grantRequest,
    run: ({ ports, names, body }, request) => requestGrant(ports, request, names, body),
    answers: { 201: shapes.grant },
    view: (shown: Parameters<typeof grantView>[0]) => reply(201, grantView(shown)),
  }),
  list({
    name: 'listGrants',
    at: 'GET guards/{guard}/grants',
    who: KEEPERS,
    summary: 'List what was asked for and granted',
    codes: [],
    query: page.extend(shapes.grantFilter),
    list: listOf('GrantList', 'A page of grants.', shapes.grant),
    run: ({ ports, names, query, now }, wanted) => listGrants(ports, names.guard, query, wanted, now),
    view: (one) => grantView(one),
  }),
  route({
    name: 'getGrant',
    at: 'GET guards/{guard}/grants/{grant}',
    who: KEEPERS,
    summary: 'Read a grant',
    codes: [],
    run: ({ ports, names, now }) => readGrant(ports, names, now),
    ...gives(grantView),
  }),
  route({
    name: 'approveGrant',
    at: 'POST guards/{guard}/grants/{grant}/approve',
    who: 'GuardAdmin',
    summary: 'Approve of what was asked for',
    description: 'Needs a second factor, and somebody else than the one it is for. The same caller counts once.',
    codes: ['NotIndependent', 'InvalidTransition', ...KEEPS],
    body: nothing,
    run: ({ ports, names }, request) => approveGrant(ports, request, names),
    ...gives(grantView),
  }),
  route({
    name: 'denyGrant',
    at: 'POST guards/{guard}/grants/{grant}/deny',
    who: 'GuardAdmin',
    summary: 'Deny what was asked for',
    description: 'Needs a second factor. What is live already is revoked.',
    codes: ['InvalidTransition', ...KEEPS],
    body: shapes.denial,
    run: ({ ports, names, body }, request) => denyGrant(ports, request, names, body),
    ...gives(grantView),
  }),
  route({
    name: 'revokeGrant',
    at: 'DELETE guards/{guard}/grants/{grant}',
    who: ['Operator', 'GuardAdmin'],
    summary: 'Revoke a grant, or give it back',
    description: 'Needs no second factor. Whoever keeps the guard revokes; the one it is for gives it back.',
    codes: ['InvalidTransition', 'Busy'],
    run: ({ ports, names }, request) => revokeGrant(ports, request, names),
    ...REMOVES,
  }),
  route({
    name: 'linkGuard',
    at: 'PUT vaults/{vault}/guard',
    who: 'Contributor',
    summary: 'Put a vault under a guard',
    description:
      'Needs a second factor. If the vault is under another guard already, that guard has to approve, and with `coolingOffHours` of the vault the exchange is answered 202 and holds later.',
    codes: LINK,
    body: shapes.linkRequest,
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
  route({
    name: 'linkServiceGuard',
    at: 'PUT service/guard',
    who: 'Contributor',
    summary: 'Put the service itself under a guard',
    description: 'Needs a second factor. A guard that is replaced has to approve.',
    codes: ['GuardNotFound', 'GuardApprovalRequired', ...KEEPS_WRITING],
    body: shapes.linkRequest,
    run: ({ ports, body }, request) => linkService(ports, request, {}, body),
    ...gives(serviceGuardView),
  }),
  route({
    name: 'getServiceGuard',
    at: 'GET service/guard',
    who: KEEPERS,
    summary: 'Read which guard the service is under',
    codes: [],
    run: async ({ ports }) => ok(await readServiceGuard(ports)),
    ...gives(serviceGuardView),
  }),
  route({
    name: 'unlinkServiceGuard',
    at: 'DELETE service/guard',
    who: 'Contributor',
    summary: 'Take the service from under its guard',
    description: 'The guard itself has to approve this, and it needs a second factor.',
    codes: ['GuardNotFound', 'GuardApprovalRequired', ...KEEPS_WRITING],
    run: ({ ports }, request) => linkService(ports, request, {}, { guard: null }),
    ...REMOVES,
  }),
]);
