import * as z from 'zod';
import { CONTROL_NAMES, type Control } from '../../core/controls.ts';
import { MAX_RETENTION_DAYS, MIN_RETENTION_DAYS } from '../../core/retention.ts';
import type { DeletedVault } from '../../core/vault.ts';
import * as words from '../../core/vault.ts';
import type { VaultResult } from '../../flows/vaults/putVault.ts';
import { isSchedule } from '../../schedule.ts';
import { vaultKind as kind } from '../kinds.ts';
import {
  answer,
  code,
  common,
  count,
  EXAMPLE,
  email,
  field,
  instant,
  listOf,
  name,
  nullish,
  oneOf,
  parameters,
  request,
  said,
  says,
  shape,
  time,
} from '../shape.ts';
import { viewOf } from '../view.ts';

const switchState = oneOf('SwitchState', 'Off, on, or on for good.', words.SWITCH_STATES);
const immutability = oneOf(
  'ImmutabilityState',
  'Whether anything may be deleted early. Locked can never be undone.',
  words.IMMUTABILITY_STATES,
);
export const workload = field(
  name,
  'The kind of thing that is protected: a built-in workload, or a kind of your own.',
  'AzureVM',
);

const softDelete = {
  state: field(switchState, 'Whether deleted backups are kept. AlwaysOn can never be turned off.', 'Enabled'),
  retentionDays: field(
    z.int().min(MIN_RETENTION_DAYS).max(MAX_RETENTION_DAYS),
    'For how many days a deleted backup can be undeleted.',
    14,
  ),
  retentionScope: oneOf(
    'RetentionScope',
    'Whether a longer period also reaches what is in the trash already.',
    words.RETENTION_SCOPES,
  ),
};

const hybrid = {
  state: field(switchState, 'The one switch of that security: soft delete, second factor and alerts.', 'Enabled'),
  portalDeleteUnderAlwaysOn: oneOf(
    'PortalDelete',
    'What deleting hybrid backups from the portal does under AlwaysOn.',
    words.PORTAL_DELETE,
  ),
};
const following = field(z.boolean(), 'Follows `state`. It cannot be set by itself.', true);

const mailing = {
  mode: oneOf('AlertMode', 'One mail for each alert, or one an hour for all of them.', words.ALERT_MODES),
  onHardDelete: field(z.boolean(), 'Whether a deletion that cannot be undone is mailed.', true),
};
const REMINDERS = says('How many days before its purge people are reminded of a deleted backup.', [2]);
const reminderDay = z.int().min(1).max(30);
const isOfDifferent = (days: readonly number[]): boolean => new Set(days).size === days.length;
const mailboxes = <S extends z.ZodType>(addresses: S) => ({
  recipients: field(addresses, 'Who gets the mails about alerts.', [EXAMPLE.mailbox]),
  owners: field(addresses, 'Who also gets those about what destroys or weakens.', ['owner@contoso.com']),
});

const KEPT = 'Whether and how long deleted backups are kept.';
const HYBRID = 'The security of on-premises workloads.';
const MAILS = 'Who gets the mails about alerts, and how.';

const PURGE = 'Who is asked to destroy what is purged, and with which parameters.';
const EXECUTOR = says('The executor that is asked; null: the one that the kind of the item names, or nobody.', null);
const PARAMETERS = says('What it is told, laid over what the kind of the item says, member by member.', null);

const settings = {
  softDelete: answer('SoftDeleteSettings', KEPT, softDelete),
  hybrid: field(
    answer('HybridSettings', HYBRID, { ...hybrid, mfaRequired: following, alertsEnabled: following }).nullable(),
    `${HYBRID} Null in a Backup vault, which holds none.`,
  ),
  immutability,
  purge: answer('PurgeSettings', PURGE, {
    executor: z.string().nullable().meta(EXECUTOR),
    parameters: parameters.nullable().meta(PARAMETERS),
  }),
  alerts: answer('AlertSettings', MAILS, {
    ...mailboxes(z.array(z.string())),
    ...mailing,
    reminderDays: z.array(reminderDay).meta(REMINDERS),
  }),
};

const COOLING = says(
  'For how many hours a weakening that cools off is only announced, and can be cancelled. 0: it holds at once.',
  0,
);

/** A value of a setting, as the history has it. */
const setting = (words: string, example: string) => field(z.union([z.string(), z.number(), z.null()]), words, example);

const pendingChange = answer('PendingChange', 'A weakening that was asked for and does not hold yet.', {
  id: field(z.string(), 'Its id.', '9b1d7f60-2c3e-4f5a-8b7c-6d5e4f3a2b1c-softDelete'),
  control: oneOf('Control', 'What protects data or makes its loss seen.', CONTROL_NAMES),
  before: setting('What it was when it was asked for.', 'Enabled'),
  after: setting('What it would be.', 'Disabled'),
  requestedBy: field(z.string(), 'The object id of the caller who asked for it.', EXAMPLE.oid),
  requestedAt: field(instant, 'When it was asked for.', '2026-11-21T09:00:00.000Z'),
  effectiveAt: field(instant, 'The first sweep at this time or later lets it hold.', '2026-11-23T09:00:00.000Z'),
});

const vaultId = field(
  z.string(),
  'Another one for each creation under the same name; the same after a restore.',
  '2b8e4c1d-7f3a-4d6b-9e15-0a1b2c3d4e5f',
);

export const vault = answer('Vault', 'Holds items, and decides whether a deleted item can come back.', {
  name: common.name(EXAMPLE.vault),
  id: vaultId,
  kind,
  ...settings,
  coolingOffHours: z.int().meta(COOLING),
  pendingChanges: field(z.array(pendingChange), 'The weakenings that cool off.', []),
  guard: field(z.string().nullable(), 'The guard whose approval critical operations need; null: none.', null),
  counts: answer('VaultCounts', 'How many items there are, by state.', {
    protected: field(count, 'Protected items.', 1),
    stopped: field(count, 'Items whose protection was stopped or suspended.', 0),
    softDeleted: field(count, 'Items in the trash.', 2),
  }),
  warnings: field(z.array(z.string()).min(1).optional(), 'What to know about this change.'),
  evidence: common.evidence,
  etag: common.etag,
});
export const vaults = listOf('VaultList', 'A page of vaults.', vault, {
  nextLink: 'https://reprieve.contoso.com/api/vaults?top=1&continuation=Y29udG9zbw',
});

export const vaultView = viewOf(vault, ({ vault: one, counts, warnings = [] }: Shown) => ({
  ...one,
  hybrid: one.hybrid && {
    ...one.hybrid,
    mfaRequired: words.hybridSecurityOn(one),
    alertsEnabled: words.hybridSecurityOn(one),
  },
  pendingChanges: one.pendingChanges.map((change) => ({
    ...change,
    control: change.control as Control,
    requestedBy: change.requestedBy.oid,
  })),
  counts,
  evidence: one.evidence ?? null,
  warnings: warnings.length > 0 ? warnings : null,
}));
type Shown = Pick<VaultResult, 'vault' | 'counts'> & Partial<VaultResult>;

export const deletedVault = answer('DeletedVault', 'A vault that was deleted and can be restored.', {
  name: common.name(EXAMPLE.vault),
  kind,
  id: vaultId,
  deletedAt: field(instant, 'When it was deleted.', EXAMPLE.deletedAt),
  deletedBy: field(z.string(), 'The object id of the caller who deleted it.', EXAMPLE.oid),
  reason: field(z.string().nullable(), 'Why.', 'decommissioned'),
  removeAt: field(instant, 'Until then it can be restored; the first sweep after it removes it.', EXAMPLE.purgeAt),
  etag: common.etag,
});
export const deletedVaults = listOf('DeletedVaultList', 'A page of deleted vaults.', deletedVault);

export const deletedVaultView = viewOf(deletedVault, ({ deletion, ...one }: DeletedVault) => ({
  ...one,
  deletedAt: deletion.at,
  deletedBy: deletion.by.oid,
  reason: deletion.reason,
  removeAt: deletion.removeAt,
}));

export const deletionQuery = z.object({
  reason: field(said(200).optional(), 'Why the vault is deleted.', 'decommissioned'),
});

export const vaultRequest = request('VaultRequest', 'Any part of the settings. Null gives the default back.', {
  kind: kind.optional(),
  ...nullish({
    softDelete: request('VaultRequestSoftDelete', KEPT, nullish(softDelete)),
    hybrid: request('VaultRequestHybrid', HYBRID, {
      ...nullish(hybrid),
      mfaRequired: following.optional(),
      alertsEnabled: following.optional(),
    }),
    immutability,
    purge: request('VaultRequestPurge', PURGE, {
      executor: name.nullish().meta(EXECUTOR),
      parameters: parameters.nullish().meta(PARAMETERS),
    }),
    coolingOffHours: z.int().min(0).max(words.MAX_COOLING_OFF_HOURS).meta(COOLING),
    alerts: request(
      'VaultRequestAlerts',
      MAILS,
      nullish({
        ...mailboxes(z.array(email).max(50)),
        ...mailing,
        reminderDays: z
          .array(reminderDay)
          .min(1)
          .max(5)
          .refine(isOfDifferent, 'Each day can be named once.')
          .meta({ ...REMINDERS, uniqueItems: true }),
      }),
    ),
  }),
  confirmAlwaysOn: field(z.boolean().optional(), 'Must be true to turn AlwaysOn on, since it can never be turned off.'),
});

/** All that are built in, and a hundred of your own. */
const MOST_WORKLOADS = 111;
const WORKLOADS = says('What may be protected under the policy.', ['AzureVM']);
const SCHEDULE = says('When backups run, as a schedule of six fields, seconds first.', '0 0 2 * * *');

/** What each rung counts, the most that a caller may ask for, and an example. */
const rungs = <S extends z.ZodType>(rung: (most: number) => S) => ({
  daily: field(rung(9999), 'For how many days a daily point is kept.', 30),
  weekly: field(rung(5163), 'For how many weeks a weekly point is kept.', 12),
  monthly: field(rung(1188), 'For how many months a monthly point is kept.', 12),
  yearly: field(rung(99), 'For how many years a yearly point is kept.', 1),
});

export const policy = answer('Policy', 'When backups run and how long their points are kept.', {
  name: common.name(EXAMPLE.policy),
  workloads: z.array(workload).meta(WORKLOADS),
  schedule: z.string().meta(SCHEDULE),
  retention: answer(
    'Retention',
    'How long points are kept, by rung.',
    rungs(() => count.exactOptional()),
  ),
  etag: common.etag,
});

export const policyView = viewOf(policy);

export const policyRequest = request('PolicyRequest', 'The parts of a policy. A new one needs all of them.', {
  workloads: z.array(workload).min(1).max(MOST_WORKLOADS).meta(WORKLOADS).optional(),
  schedule: z
    .string()
    .refine(
      (given) => given.length <= 100 && isSchedule(given),
      'must be a schedule of six fields, seconds first: "0 0 2 * * *"',
    )
    .meta(SCHEDULE)
    .optional(),
  retention: shape(
    'PolicyRequestRetention',
    'How long points are kept. At least one rung has to be given.',
    z
      .strictObject(rungs((most) => z.int().min(0).max(most).exactOptional()))
      .refine((given) => Object.values(given).some((kept) => kept !== undefined), 'needs at least one rung')
      .meta({ minProperties: 1 }),
  ).optional(),
});

const undeletion = answer('UndeleteResult', 'What became of one item, and why.', {
  item: common.item,
  outcome: oneOf('UndeleteOutcome', 'What became of one item.', ['Undeleted', 'WouldUndelete', 'Refused']),
  code: field(code.optional(), 'The code of the refusal.'),
});
const undeletions = answer('UndeleteResults', 'What became of each item.', {
  operation: field(
    z.string().optional(),
    'The id of the operation that undeletes them, where they are too many for one answer.',
  ),
  results: field(z.array(undeletion), 'One for each item, in the order in which they were asked for.', [
    { item: EXAMPLE.item, outcome: 'Undeleted' },
    { item: 'web-02', outcome: 'Refused', code: 'UndeleteWindowClosed' },
  ]),
  more: field(z.boolean().optional(), 'Of a dry run: whether there are, or may be, more than it shows.'),
});

export const undeletionsView = viewOf(undeletions);

const SAYS_NEITHER = 'must say which items: "items", "deletedBy", "from", "to", or "all": true';
const SAYS_BOTH = 'cannot say "all" and which items';
const WHICH = ['items', 'deletedBy', 'from', 'to'] as const;

const wantedItems = z
  .strictObject({
    items: field(z.array(name).max(1000).optional(), 'Only these.'),
    deletedBy: field(z.string().min(1).max(200).optional(), 'Only what this caller deleted.', EXAMPLE.oid),
    from: field(time.optional(), 'Only what was deleted at this time or later.', '2026-11-21T08:00:00Z'),
    to: field(time.optional(), 'Only what was deleted at this time or earlier.', '2026-11-21T10:00:00Z'),
    all: field(
      z.literal(true).optional(),
      'All that lie in the trash. It stands alone, and is needed where nothing else says which.',
    ),
    dryRun: field(z.boolean().optional(), 'Only say what would happen, and change nothing.', true),
  })
  .superRefine((wanted, context) => {
    const saysWhich = WHICH.some((one) => wanted[one] !== undefined);
    if (saysWhich === (wanted.all === true))
      context.addIssue({ code: 'custom', message: saysWhich ? SAYS_BOTH : SAYS_NEITHER });
  });

export const undeleteRequest = shape(
  'BulkUndeleteRequest',
  'Which soft-deleted items: these, those that meet all given conditions, or all.',
  wantedItems,
);
