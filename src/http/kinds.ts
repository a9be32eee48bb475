import * as z from 'zod';
import { KIND_DAYS, type Kind, REPRESENTS } from '../core/kinds.ts';
import { VAULT_KINDS, WORKLOAD_CLASSES } from '../core/workloads.ts';
import { deleteKind } from '../flows/kinds/deleteKind.ts';
import { type KindResult, listKinds, putKind, readKind } from '../flows/kinds/kinds.ts';
import { WRITES } from './refusal.ts';
import { chapter, gives, list, puts, REMOVES, type Route, route } from './route.ts';
import {
  answer,
  common,
  EXAMPLE,
  field,
  listOf,
  name,
  nullish,
  oneOf,
  page,
  parameters,
  request,
  says,
} from './shape.ts';
import { viewOf } from './view.ts';

export const workloadClass = oneOf(
  'WorkloadClass',
  'Protected from the cloud, or by an agent on premises.',
  WORKLOAD_CLASSES,
);
export const vaultKind = oneOf('VaultKind', 'Which kinds of things a vault takes. It never changes.', VAULT_KINDS);

const WORD = /^(?=.*\S)[^\p{Cc}\p{Cs}]*$/u;
const word = z
  .string()
  .max(60)
  .refine((text) => WORD.test(text), 'must be words on one line')
  .meta({ minLength: 1 });

const EXECUTOR = says('Who is asked to destroy what is due; null: the executor of the vault, or nobody.', null);

/** What a caller may say of a kind. */
const members = {
  class: field(
    workloadClass,
    'What follows for it: which switch of soft delete, second factor and mails. It never changes.',
    'Cloud',
  ),
  vaultKinds: field(
    z.array(vaultKind).min(1).max(VAULT_KINDS.length),
    'The kinds of vault that take it; hybrid ones RecoveryServices only. They never change.',
    ['Generic'],
  ),
  represents: oneOf(
    'Represents',
    'Whether an item stands for the thing itself, or for copies of it. An original has one item over all vaults, until that is purged. It never changes.',
    REPRESENTS,
  ),
  recoveryPoints: field(
    z.boolean(),
    'Whether its items have recovery points, and so a policy. It never changes.',
    false,
  ),
  minimumRetentionDays: field(
    z.int().min(KIND_DAYS.least).max(KIND_DAYS.most),
    'For how many days a deleted item can be undeleted at least. A longer period of its vault counts instead.',
    14,
  ),
  executor: name.meta(EXECUTOR),
  parameters: parameters.meta(says('What the executor is told; the vault’s parameters are laid over these.', null)),
  title: field(word, 'What mails and pages call one of them. Absent: the name.', 'Tenant'),
  plural: field(word, 'What they call more of them. Absent: the title with an "s".', 'Tenants'),
  active: field(z.boolean(), 'False: retired. No new items of it, the others live on.', true),
};

const kind = answer('ItemKind', 'What can be protected: a built-in workload, or a kind of your own.', {
  name: common.name(EXAMPLE.kind),
  builtIn: field(z.boolean(), 'Whether it is one of the workloads that are always there.', false),
  ...members,
  executor: z.string().nullable().meta(EXECUTOR),
  parameters: parameters.nullable().meta(says('What the executor is told.', null)),
  title: field(z.string(), 'What mails and pages call one of them.', 'Tenant'),
  plural: field(z.string(), 'What they call more of them.', 'Tenants'),
  etag: common.etag,
});
const kindView = viewOf(kind, ({ tiers: _, vaultKinds, ...one }: Kind) => ({ ...one, vaultKinds: [...vaultKinds] }));

const kindRequest = request('KindRequest', 'Any part of a kind. Null gives the default back.', nullish(members));

export const kindRoutes: readonly Route[] = chapter('Kinds', [
  route({
    name: 'putKind',
    at: 'PUT kinds/{kind}',
    who: 'Contributor',
    summary: 'Create a kind of your own, or change the given parts of a kind',
    description:
      'Of a built-in kind `executor`, `parameters` and `minimumRetentionDays` can be set. Another executor, other parameters and fewer days raise `ExecutorChanged`; what of it weakens takes a person with a second factor, and the approval of the guard of the service. A change reaches every process within a minute.',
    codes: [
      ...(['InvalidRequest', 'KindImmutable', 'KindReserved', 'LimitReached', 'ExecutorNotFound'] as const),
      ...(['StepUpRequired', 'GuardApprovalRequired'] as const),
      ...WRITES,
    ],
    body: kindRequest,
    run: ({ ports, names, body }, request) => putKind(ports, request, names, body),
    ...puts(kindView, (found: KindResult) => found.kind),
  }),
  route({
    name: 'getKind',
    at: 'GET kinds/{kind}',
    who: 'Reader',
    summary: 'Read a kind',
    codes: [],
    run: ({ ports, names }) => readKind(ports, names.kind),
    ...gives(kindView),
  }),
  list({
    name: 'listKinds',
    at: 'GET kinds',
    who: 'Reader',
    summary: 'List the kinds, built in and your own',
    codes: [],
    query: page,
    list: listOf('KindList', 'A page of kinds.', kind),
    run: ({ ports }, wanted) => listKinds(ports, wanted),
    view: kindView,
  }),
  route({
    name: 'deleteKind',
    at: 'DELETE kinds/{kind}',
    who: 'Contributor',
    summary: 'Delete a kind that was never used',
    description: 'As soon as any vault has or had an item of it, it stays; retire it with `"active":false` instead.',
    codes: ['KindReserved', 'KindInUse', ...WRITES],
    run: ({ ports, names }, request) => deleteKind(ports, request, names),
    ...REMOVES,
  }),
]);
