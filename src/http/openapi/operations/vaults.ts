import { itemAnswers } from '../answers/items.ts';
import { vaultAnswers } from '../answers/vaults.ts';
import { type Operations, REFUSED } from '../operation.ts';

const SETTINGS = [
  ...REFUSED.change,
  ...REFUSED.factor,
  'GuardApprovalRequired',
  'ConfirmationRequired',
  'KindImmutable',
  'AlwaysOnIrreversible',
  'ImmutabilityLocked',
  'LimitReached',
] as const;

export const vaultOperations: Operations = {
  putVault: {
    tag: 'Vaults',
    summary: 'Create a vault, or change the given settings',
    description:
      'A new vault needs its `kind` and has soft delete on for 14 days. On an existing one it does what PATCH does: what is absent stays, and null gives the default back. ' +
      'AlwaysOn needs `confirmAlwaysOn`; turning hybrid security off is critical.',
    answers: { 200: vaultAnswers.vault, 201: vaultAnswers.vault },
    codes: SETTINGS,
  },
  patchVault: {
    tag: 'Vaults',
    summary: 'Change the given settings of a vault',
    description: 'JSON merge patch: what is absent stays, and null gives the default back.',
    answers: { 200: vaultAnswers.vault },
    codes: ['VaultNotFound', ...SETTINGS],
    example: { softDelete: { retentionDays: 30, retentionScope: 'ExtendExisting' } },
  },
  getVault: {
    tag: 'Vaults',
    summary: 'Read a vault',
    answers: { 200: vaultAnswers.vault },
    codes: ['VaultNotFound'],
  },
  listVaults: { tag: 'Vaults', summary: 'List the vaults', answers: { 200: vaultAnswers.vaults }, codes: [] },
  deleteVault: {
    tag: 'Vaults',
    summary: 'Delete an empty vault',
    description:
      'Items, soft-deleted ones among them, and registered servers keep it from being deleted; `innererror.blockers` names them.',
    answers: { 204: null },
    codes: ['VaultNotFound', 'VaultNotEmpty', 'VaultHasSoftDeletedItems', ...REFUSED.change],
  },
  undeleteItems: {
    tag: 'Vaults',
    summary: 'Undelete many items of a vault at once',
    description: 'All conditions given must hold. Each item has its own result; with `dryRun` nothing is changed.',
    answers: { 200: itemAnswers.undeletions },
    codes: ['VaultNotFound', 'PreconditionFailed'],
  },
};

export const settingOperations: Operations = {
  putPolicy: {
    tag: 'Policies',
    summary: 'Create a policy, or change the given parts',
    description:
      'A new policy needs all of its parts. A changed retention reaches every recovery point at once; what it cuts off waits as soft-deleted.',
    answers: { 200: vaultAnswers.policy, 201: vaultAnswers.policy },
    codes: [
      ...(['VaultNotFound', 'WrongVaultKind', 'MinimumRetention', 'LimitReached', 'ImmutabilityBlocked'] as const),
      ...(['PolicyInUse', 'GuardApprovalRequired'] as const),
      ...REFUSED.change,
    ],
  },
  getPolicy: {
    tag: 'Policies',
    summary: 'Read a policy',
    answers: { 200: vaultAnswers.policy },
    codes: ['VaultNotFound', 'PolicyNotFound'],
  },
  listPolicies: {
    tag: 'Policies',
    summary: 'List the policies of a vault',
    answers: { 200: vaultAnswers.policies },
    codes: ['VaultNotFound'],
  },
  deletePolicy: {
    tag: 'Policies',
    summary: 'Delete a policy that nothing uses',
    answers: { 204: null },
    codes: ['VaultNotFound', 'PolicyNotFound', 'PolicyInUse', ...REFUSED.change],
  },
  putServer: {
    tag: 'Servers',
    summary: 'Register a server, or note its new agent version',
    description:
      'A new server needs `kind` and `agentVersion`. It is registered in one vault of its tenant at a time. An agent touches only the servers that it registered itself.',
    answers: { 200: vaultAnswers.server, 201: vaultAnswers.server },
    codes: ['VaultNotFound', 'WrongVaultKind', 'KindImmutable', 'ActiveElsewhere', ...REFUSED.change],
  },
  getServer: {
    tag: 'Servers',
    summary: 'Read a server',
    answers: { 200: vaultAnswers.server },
    codes: ['VaultNotFound', 'ServerNotFound'],
  },
  listServers: {
    tag: 'Servers',
    summary: 'List the servers of a vault',
    answers: { 200: vaultAnswers.servers },
    codes: ['VaultNotFound'],
  },
  deleteServer: {
    tag: 'Servers',
    summary: 'Deregister a server',
    description:
      'While backups of it lie soft-deleted, so does the server; otherwise it is unregistered. Undelete brings it back.',
    answers: { 200: vaultAnswers.server },
    codes: ['VaultNotFound', 'ServerNotFound', 'AlwaysOnForbidsPortalDelete', 'ServerNotEmpty', ...REFUSED.change],
  },
  changePassphrase: {
    tag: 'Servers',
    summary: 'Note that the agent of a server has a new passphrase',
    description:
      'Critical: needs a second factor in the token, or a security PIN. The passphrase itself is never sent.',
    answers: { 200: vaultAnswers.server },
    codes: ['VaultNotFound', 'ServerNotFound', 'AgentTooOld', ...REFUSED.factor, ...REFUSED.change],
  },
  issueSecurityPin: {
    tag: 'Servers',
    summary: 'Issue a security PIN for an agent',
    description:
      'Needs a second factor in the token. It lives five minutes, works once, and revokes the one before. No `Idempotency-Key` keeps the answer.',
    answers: { 200: vaultAnswers.securityPin },
    codes: ['VaultNotFound', 'WrongVaultKind', 'GuardApprovalRequired', 'StepUpRequired', ...REFUSED.change],
  },
};

const LINKED = ['VaultNotFound', 'GuardNotFound', 'GuardApprovalRequired', 'StepUpRequired'] as const;

export const guardOperations: Operations = {
  putGuard: {
    tag: 'Guards',
    summary: 'Create a guard, or change what it leaves out',
    description: '`disableSoftDelete` and `removeGuard` can never be left out.',
    answers: { 200: vaultAnswers.guard, 201: vaultAnswers.guard },
    codes: ['InvalidRequest', ...REFUSED.change],
  },
  getGuard: { tag: 'Guards', summary: 'Read a guard', answers: { 200: vaultAnswers.guard }, codes: ['GuardNotFound'] },
  deleteGuard: {
    tag: 'Guards',
    summary: 'Delete a guard that guards nothing',
    answers: { 204: null },
    codes: ['GuardNotFound', 'GuardInUse', ...REFUSED.change],
  },
  grantOperation: {
    tag: 'Guards',
    summary: 'Let somebody do one guarded operation in one vault',
    description:
      'For 24 hours at most, and never for oneself. `grantee` is the object id of a caller of the same tenant.',
    answers: { 201: vaultAnswers.grant },
    codes: ['GuardNotFound', 'VaultNotFound', 'PreconditionFailed'],
  },
  linkGuard: {
    tag: 'Guards',
    summary: 'Put a vault under a guard',
    description: 'Needs a second factor in the token; where another guard is linked, that one has to approve.',
    answers: { 200: vaultAnswers.vault },
    codes: [...LINKED, ...REFUSED.change],
  },
  unlinkGuard: {
    tag: 'Guards',
    summary: 'Take a vault from its guard',
    description: 'The guard itself has to approve it, and the token needs a second factor.',
    answers: { 204: null },
    codes: [...LINKED, ...REFUSED.change],
  },
};
