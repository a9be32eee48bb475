import type { Grant } from '../../core/guards.ts';
import {
  allow,
  deleteGuard,
  type GuardResult,
  type Linked,
  linkGuard,
  putGuard,
  readGuard,
  unlinkGuard,
} from '../../flows/guards/guards.ts';
import type { Request } from '../../flows/story/request.ts';
import { WRITES } from '../refusal.ts';
import { made, NO_CONTENT, reply, resource } from '../reply.ts';
import { chapter, type Route, route } from '../route.ts';
import { vault, vaultView } from '../vaults/shapes.ts';
import { grant, grantRequest, grantView, guard, guardRequest, guardView, linkRequest } from './shapes.ts';

const LINK = ['VaultNotFound', 'GuardNotFound', 'GuardApprovalRequired', 'StepUpRequired', ...WRITES] as const;

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
    answers: { 200: guard, 201: guard },
    run: ({ ports, names, body }, request: Request<GuardResult>) => putGuard(ports, request, names, body),
    view: (result) => made(result.created, guardView(result.guard)),
  }),
  route({
    name: 'getGuard',
    at: 'GET guards/{guard}',
    who: 'Reader',
    also: 'GuardAdmin',
    summary: 'Read a guard',
    codes: ['GuardNotFound'],
    answers: { 200: guard },
    run: ({ ports, names }) => readGuard(ports, names.guard),
    view: (found) => resource(200, guardView(found)),
  }),
  route({
    name: 'deleteGuard',
    at: 'DELETE guards/{guard}',
    who: 'GuardAdmin',
    summary: 'Delete a guard that no vault is under',
    codes: ['GuardNotFound', 'GuardInUse', ...WRITES],
    answers: { 204: null },
    run: ({ ports, names }, request: Request<null>) => deleteGuard(ports, request, names),
    view: () => NO_CONTENT,
  }),
  route({
    name: 'grantOperation',
    at: 'POST guards/{guard}/grants',
    who: 'GuardAdmin',
    summary: 'Let a caller do one guarded operation in one vault',
    description:
      'For 24 hours at most, and never for oneself. `grantee` is the object id of a caller of the same tenant.',
    codes: ['GuardNotFound', 'VaultNotFound', 'PreconditionFailed'],
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
      'Needs a second factor in the token. If the vault is under another guard already, that guard has to approve.',
    codes: LINK,
    body: linkRequest,
    answers: { 200: vault },
    run: ({ ports, names, body }, request: Request<Linked>) => linkGuard(ports, request, names, body),
    view: (linked) => resource(200, vaultView(linked)),
  }),
  route({
    name: 'unlinkGuard',
    at: 'DELETE vaults/{vault}/guard',
    who: 'Contributor',
    summary: 'Take a vault from under its guard',
    description: 'The guard itself has to approve this, and the token needs a second factor.',
    codes: LINK,
    answers: { 204: null },
    run: ({ ports, names }, request: Request<Linked>) => unlinkGuard(ports, request, names),
    view: () => NO_CONTENT,
  }),
]);
