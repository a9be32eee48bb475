import { type Recovered, undeleteMany } from '../../flows/items/undelete.ts';
import type { Request } from '../../flows/story/request.ts';
import { deleteVault } from '../../flows/vaults/deleteVault.ts';
import { deletePolicy, type PolicyResult, putPolicy } from '../../flows/vaults/policies.ts';
import { putVault, type VaultResult } from '../../flows/vaults/putVault.ts';
import { listPolicies, listVaults, readPolicy, readVault } from '../../flows/vaults/read.ts';
import { EXAMPLE } from '../example.ts';
import { SECOND_FACTOR, WRITES } from '../refusal.ts';
import { made, NO_CONTENT, reply, resource } from '../reply.ts';
import { chapter, list, type Route, route } from '../route.ts';
import { page } from '../shape.ts';
import {
  policies,
  policy,
  policyRequest,
  policyView,
  undeleteRequest,
  undeletions,
  vault,
  vaultRequest,
  vaults,
  vaultView,
} from './shapes.ts';

const SETTINGS = [
  ...WRITES,
  ...SECOND_FACTOR,
  'GuardApprovalRequired',
  'ConfirmationRequired',
  'KindImmutable',
  'AlwaysOnIrreversible',
  'ImmutabilityLocked',
  'LimitReached',
] as const;

export const vaultRoutes: readonly Route[] = [
  ...chapter('Vaults', [
    route({
      name: 'putVault',
      at: 'PUT vaults/{vault}',
      who: 'Contributor',
      summary: 'Create a vault, or change the given settings',
      description:
        'A new vault needs its `kind` and has soft delete on for 14 days. On an existing one it does what PATCH does: what is absent stays, and null gives the default back. ' +
        'AlwaysOn needs `confirmAlwaysOn`. Turning hybrid security off is a critical operation.',
      codes: SETTINGS,
      body: vaultRequest,
      example: {
        kind: 'RecoveryServices',
        softDelete: { retentionDays: 14 },
        alerts: { recipients: [EXAMPLE.mailbox], owners: ['owner@contoso.com'] },
      },
      answers: { 200: vault, 201: vault },
      run: ({ ports, names, body }, request: Request<VaultResult>) =>
        putVault(ports, request, names, { patch: body, mustExist: false }),
      view: (result) => made(result.created, vaultView(result)),
    }),
    route({
      name: 'patchVault',
      at: 'PATCH vaults/{vault}',
      who: 'Contributor',
      summary: 'Change the given settings of a vault',
      description: 'A JSON merge patch: what is absent stays, and null gives the default back.',
      codes: ['VaultNotFound', ...SETTINGS],
      body: vaultRequest,
      example: { softDelete: { retentionDays: 30, retentionScope: 'ExtendExisting' } },
      answers: { 200: vault },
      run: ({ ports, names, body }, request: Request<VaultResult>) =>
        putVault(ports, request, names, { patch: body, mustExist: true }),
      view: (result) => resource(200, vaultView(result)),
    }),
    route({
      name: 'getVault',
      at: 'GET vaults/{vault}',
      who: 'Reader',
      summary: 'Read a vault',
      codes: ['VaultNotFound'],
      answers: { 200: vault },
      run: ({ ports, names }) => readVault(ports, names.vault),
      view: (result) => resource(200, vaultView(result)),
    }),
    list({
      name: 'listVaults',
      at: 'GET vaults',
      who: 'Reader',
      summary: 'List the vaults',
      codes: [],
      query: page,
      list: vaults,
      run: ({ ports }, wanted) => listVaults(ports, wanted),
      view: vaultView,
    }),
    route({
      name: 'deleteVault',
      at: 'DELETE vaults/{vault}',
      who: 'Contributor',
      summary: 'Delete an empty vault',
      description:
        'A vault that still has items, in the trash too, or registered servers is not deleted; `innererror.blockers` names them.',
      codes: ['VaultNotFound', 'VaultNotEmpty', 'VaultHasSoftDeletedItems', ...WRITES],
      answers: { 204: null },
      run: ({ ports, names }, request: Request<null>) => deleteVault(ports, request, names),
      view: () => NO_CONTENT,
    }),
    route({
      name: 'undeleteItems',
      at: 'POST vaults/{vault}/undelete',
      who: 'Operator',
      summary: 'Undelete many items of a vault at once',
      description: 'All given conditions must hold. Each item has its own result. With `dryRun` nothing is changed.',
      codes: ['VaultNotFound', 'PreconditionFailed'],
      body: undeleteRequest,
      answers: { 200: undeletions },
      run: ({ ports, names, body }, request: Request<readonly Recovered[]>) =>
        undeleteMany(ports, request, names, body),
      view: (results) => reply(200, { results }),
    }),
  ]),
  ...chapter('Policies', [
    route({
      name: 'putPolicy',
      at: 'PUT vaults/{vault}/policies/{policy}',
      who: 'Contributor',
      summary: 'Create a policy, or change the given parts',
      description:
        'A new policy needs all of its parts. A changed retention applies to every recovery point at once; the points that it cuts off become soft-deleted.',
      codes: [
        ...(['VaultNotFound', 'WrongVaultKind', 'MinimumRetention', 'LimitReached', 'ImmutabilityBlocked'] as const),
        ...(['PolicyInUse', 'GuardApprovalRequired'] as const),
        ...WRITES,
      ],
      body: policyRequest,
      answers: { 200: policy, 201: policy },
      run: ({ ports, names, body }, request: Request<PolicyResult>) =>
        putPolicy(ports, request, names, { name: names.policy, ...body }),
      view: (result) => made(result.created, policyView(result.policy)),
    }),
    route({
      name: 'getPolicy',
      at: 'GET vaults/{vault}/policies/{policy}',
      who: 'Reader',
      summary: 'Read a policy',
      codes: ['VaultNotFound', 'PolicyNotFound'],
      answers: { 200: policy },
      run: ({ ports, names }) => readPolicy(ports, names.vault, names.policy),
      view: (found) => resource(200, policyView(found)),
    }),
    list({
      name: 'listPolicies',
      at: 'GET vaults/{vault}/policies',
      who: 'Reader',
      summary: 'List the policies of a vault',
      codes: ['VaultNotFound'],
      query: page,
      list: policies,
      run: ({ ports, names }, wanted) => listPolicies(ports, names.vault, wanted),
      view: policyView,
    }),
    route({
      name: 'deletePolicy',
      at: 'DELETE vaults/{vault}/policies/{policy}',
      who: 'Contributor',
      summary: 'Delete a policy that nothing uses',
      codes: ['VaultNotFound', 'PolicyNotFound', 'PolicyInUse', ...WRITES],
      answers: { 204: null },
      run: ({ ports, names }, request: Request<null>) => deletePolicy(ports, request, names, { name: names.policy }),
      view: () => NO_CONTENT,
    }),
  ]),
];
