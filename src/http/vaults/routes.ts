import { type Recovery, undeleteMany } from '../../flows/items/undeleteMany.ts';
import { listDeletedVaults, readDeletedVault, restoreVault } from '../../flows/vaults/deleted.ts';
import { deleteVault } from '../../flows/vaults/deleteVault.ts';
import { cancelChange } from '../../flows/vaults/pendingChanges.ts';
import { deletePolicy, type PolicyResult, putPolicy } from '../../flows/vaults/policies.ts';
import { putVault, type VaultResult } from '../../flows/vaults/putVault.ts';
import { listPolicies, listVaults, readPolicy, readVault } from '../../flows/vaults/read.ts';
import { toldOf } from '../operations.ts';
import { SECOND_FACTOR, WRITES } from '../refusal.ts';
import { reply } from '../reply.ts';
import { type Call, chapter, gives, list, REMOVES, type Route, route } from '../route.ts';
import { EXAMPLE, listOf, nothing, page } from '../shape.ts';
import * as shapes from './shapes.ts';
import { deletedVaultView, policyView, vaultView } from './shapes.ts';

const SETTINGS = [
  ...WRITES,
  ...SECOND_FACTOR,
  'GuardApprovalRequired',
  'ConfirmationRequired',
  'ExecutorNotFound',
  'KindImmutable',
  'AlwaysOnIrreversible',
  'ImmutabilityLocked',
  'LimitReached',
] as const;

/** 201: it is new; 202: something of it cools off first. */
const settles = {
  mayBegin: true as const,
  answers: { 200: vaultView.shape, 201: vaultView.shape, 202: vaultView.shape },
  view: (result: VaultResult, call: Pick<Call, 'url'>) =>
    reply(result.created ? 201 : result.pending ? 202 : 200, vaultView(result), toldOf(result.operation, call)),
};

export const vaultRoutes: readonly Route[] = [
  ...chapter('Vaults', [
    route({
      name: 'putVault',
      at: 'PUT vaults/{vault}',
      who: 'Contributor',
      summary: 'Create a vault, or change the given settings',
      description:
        'A new vault needs its `kind` and has soft delete on for 14 days. On an existing one it does what PATCH does: what is absent stays, and null gives the default back. ' +
        'AlwaysOn needs `confirmAlwaysOn`. What weakens the vault may need a second factor and the approval of its guard. With `coolingOffHours` it is answered 202 and holds later: see `pendingChanges`.',
      codes: SETTINGS,
      body: shapes.vaultRequest,
      example: {
        kind: 'RecoveryServices',
        softDelete: { retentionDays: 14 },
        alerts: { recipients: [EXAMPLE.mailbox], owners: ['owner@contoso.com'] },
      },
      run: ({ ports, names, body }, request) => putVault(ports, request, names, { patch: body, mustExist: false }),
      ...settles,
    }),
    route({
      name: 'patchVault',
      at: 'PATCH vaults/{vault}',
      who: 'Contributor',
      summary: 'Change the given settings of a vault',
      description:
        'A JSON merge patch: what is absent stays, and null gives the default back. With `coolingOffHours` what weakens the vault is answered 202 and holds later. ' +
        'A longer period that holds for what lies in the trash begins an operation (`ExtendRetention`).',
      codes: SETTINGS,
      body: shapes.vaultRequest,
      example: { softDelete: { retentionDays: 30, retentionScope: 'ExtendExisting' } },
      run: ({ ports, names, body }, request) => putVault(ports, request, names, { patch: body, mustExist: true }),
      answers: { 200: vaultView.shape, 202: vaultView.shape },
      mayBegin: true,
      view: (result: VaultResult, call: Call) =>
        reply(result.pending ? 202 : 200, vaultView(result), toldOf(result.operation, call)),
    }),
    route({
      name: 'getVault',
      at: 'GET vaults/{vault}',
      who: 'Reader',
      summary: 'Read a vault',
      codes: [],
      run: ({ ports, names }) => readVault(ports, names.vault),
      ...gives(vaultView),
    }),
    list({
      name: 'listVaults',
      at: 'GET vaults',
      who: 'Reader',
      summary: 'List the vaults',
      codes: [],
      query: page,
      list: shapes.vaults,
      run: ({ ports }, wanted) => listVaults(ports, wanted),
      view: vaultView,
    }),
    route({
      name: 'deleteVault',
      at: 'DELETE vaults/{vault}',
      who: 'Contributor',
      summary: 'Delete an empty vault',
      description:
        'A vault that still has items, in the trash too, or registered servers is not deleted; `innererror.blockers` names them. ' +
        'A deleted vault is kept for 14 days and can be restored: see Deleted vaults.',
      outlives: true,
      codes: ['VaultNotEmpty', 'VaultHasSoftDeletedItems', 'GuardApprovalRequired', ...WRITES],
      query: shapes.deletionQuery,
      run: ({ ports, names, query }, request) => deleteVault(ports, request, names, query),
      ...REMOVES,
    }),
    route({
      name: 'cancelPendingChange',
      at: 'DELETE vaults/{vault}/pendingChanges/{id}',
      who: 'Operator',
      summary: 'Cancel a weakening that does not hold yet',
      description: 'Needs no second factor and no approval: everything stays as it is.',
      codes: ['PendingChangeNotFound', ...WRITES],
      run: ({ ports, names }, request) => cancelChange(ports, request, names, { id: names.id }),
      ...REMOVES,
    }),
    route({
      name: 'undeleteItems',
      at: 'POST vaults/{vault}/undelete',
      who: 'Operator',
      summary: 'Undelete many items of a vault at once',
      description:
        'Say which: these `items`, those that meet all of `deletedBy`, `from` and `to`, or `"all": true`. Each item has its own result. ' +
        'More than 200 of them, or some among more than 1,000 that lie in the trash, are undeleted by an operation (`UndeleteItems`): it is answered 202, and the outcomes are listed with its results. ' +
        'With `dryRun` nothing is changed and the first 200 are shown; `more` says whether there are others.',
      codes: ['PreconditionFailed'],
      canMeanAll: true,
      body: shapes.undeleteRequest,
      example: { deletedBy: EXAMPLE.oid, from: '2026-11-21T08:00:00Z', to: '2026-11-21T10:00:00Z', dryRun: true },
      run: ({ ports, names, body }, request) => undeleteMany(ports, request, names, body),
      mayBegin: true,
      answers: { 200: shapes.undeletionsView.shape, 202: shapes.undeletionsView.shape },
      view: (result: Recovery, call: Call) =>
        reply(result.operation ? 202 : 200, shapes.undeletionsView(result), toldOf(result.operation, call)),
    }),
  ]),
  ...chapter('Deleted vaults', [
    list({
      name: 'listDeletedVaults',
      at: 'GET deletedVaults',
      who: 'Reader',
      summary: 'List the vaults that are deleted and can be restored',
      codes: [],
      query: page,
      list: shapes.deletedVaults,
      run: ({ ports }, wanted) => listDeletedVaults(ports, wanted),
      view: deletedVaultView,
    }),
    route({
      name: 'getDeletedVault',
      at: 'GET deletedVaults/{vault}',
      who: 'Reader',
      summary: 'Read a deleted vault',
      codes: ['VaultNotFound'],
      run: ({ ports, names }) => readDeletedVault(ports, names.vault),
      ...gives(deletedVaultView),
    }),
    route({
      name: 'restoreVault',
      at: 'POST deletedVaults/{vault}/restore',
      who: 'Contributor',
      summary: 'Restore a deleted vault',
      description: 'It is as it was, its guard included.',
      codes: ['VaultNotFound', 'UndeleteWindowClosed', ...WRITES],
      body: nothing,
      run: ({ ports, names }, request) => restoreVault(ports, request, names),
      ...gives(vaultView),
    }),
  ]),
  ...chapter('Policies', [
    route({
      name: 'putPolicy',
      at: 'PUT vaults/{vault}/policies/{policy}',
      who: 'Contributor',
      summary: 'Create a policy, or change the given parts',
      description:
        'A new policy needs all of its parts. A changed retention applies to every recovery point at once; the points that it cuts off become soft-deleted. ' +
        'A shorter one of a policy that items use begins an operation (`RehintPolicy`), which has their points looked at in time.',
      codes: [
        ...(['WrongVaultKind', 'MinimumRetention', 'LimitReached', 'ImmutabilityBlocked', 'PolicyInUse'] as const),
        'GuardApprovalRequired',
        ...WRITES,
      ],
      body: shapes.policyRequest,
      run: ({ ports, names, body }, request) => putPolicy(ports, request, names, { name: names.policy, ...body }),
      mayBegin: true,
      answers: { 200: policyView.shape, 201: policyView.shape },
      view: (result: PolicyResult, call: Call) =>
        reply(result.created ? 201 : 200, policyView(result.policy), toldOf(result.operation, call)),
    }),
    route({
      name: 'getPolicy',
      at: 'GET vaults/{vault}/policies/{policy}',
      who: 'Reader',
      summary: 'Read a policy',
      codes: [],
      run: ({ ports, names }) => readPolicy(ports, names.vault, names.policy),
      ...gives(policyView),
    }),
    list({
      name: 'listPolicies',
      at: 'GET vaults/{vault}/policies',
      who: 'Reader',
      summary: 'List the policies of a vault',
      codes: [],
      query: page,
      list: listOf('PolicyList', 'A page of policies.', shapes.policy),
      run: ({ ports, names }, wanted) => listPolicies(ports, names.vault, wanted),
      view: policyView,
    }),
    route({
      name: 'deletePolicy',
      at: 'DELETE vaults/{vault}/policies/{policy}',
      who: 'Contributor',
      summary: 'Delete a policy that nothing uses',
      codes: ['PolicyInUse', ...WRITES],
      run: ({ ports, names }, request) => deletePolicy(ports, request, names, { name: names.policy }),
      ...REMOVES,
    }),
  ]),
];
