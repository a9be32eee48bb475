import * as z from 'zod';
import { GRANT_STATES } from '../core/grants.ts';
import { type ApprovedBy, GUARDED_OPERATIONS, type Guard } from '../core/guards.ts';
import type { Shown } from '../flows/guards/grants.ts';
import {
  answer,
  common,
  count,
  EXAMPLE,
  email,
  field,
  instant,
  name,
  oneOf,
  orDefault,
  request,
  says,
  time,
  words,
} from './shape.ts';
import { viewOf } from './view.ts';

const OTHER = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const GRANT = '5b1f0c2a9d3e4f67-7a6b5c4d-3e2f-4a1b-9c8d-0e1f2a3b4c5d';

const operation = oneOf('GuardedOperation', 'What needs the approval of others under a guard.', GUARDED_OPERATIONS);
const MAY = says('What the grantee may do.', 'deleteProtection');
const guardName = says('The name of the guard.', EXAMPLE.guard);

const EXCLUDED = says('The operations for which this guard asks for no approval.', ['getSecurityPin']);
const QUORUM = says('How many of those who keep the guard have to approve of an operation.', 1);
const HOURS = says('For how many hours a loosening is only announced, and can be cancelled.', 24);
const CONTACTS = says('Who is written to about the guard. Without any, the operators are.', ['sec@contoso.com']);
const COVER = says('Whether it covers `disableSoftDelete` and `reduceRetention` in Backup vaults, too.', false);

const approval = answer('Approval', 'Somebody approved.', {
  by: field(z.string(), 'The object id of the caller.', OTHER),
  at: field(instant, 'When.', EXAMPLE.deletedAt),
});
const approvals = (words: string) => field(z.array(approval), words, []);

const pendingChange = answer('PendingLoosening', 'A loosening that was asked for and does not hold yet.', {
  id: field(z.string(), 'Its id.', '9b1d7f60-2c3e-4f5a-8b7c-6d5e4f3a2b1c-guard'),
  control: field(z.literal('guard'), 'Which control it weakens.', 'guard'),
  before: field(z.string(), 'What it was when it was asked for.', 'quorum 2'),
  after: field(z.string(), 'What it would be.', 'quorum 1'),
  requestedBy: field(z.string(), 'The object id of the caller who asked for it.', EXAMPLE.oid),
  requestedAt: field(instant, 'When it was asked for.', '2026-11-21T09:00:00.000Z'),
  effectiveAt: field(instant, 'The first sweep at this time or later lets it hold.', '2026-11-22T09:00:00.000Z'),
  approvals: approvals('Who has approved that it holds sooner.'),
});

export const guard = answer('Guard', 'Whose approval critical operations need.', {
  name: common.name(EXAMPLE.guard),
  excludedOperations: z.array(operation).meta(EXCLUDED),
  quorum: z.int().meta(QUORUM),
  coolingOffHours: z.int().meta(HOURS),
  contacts: z.array(z.string()).meta(CONTACTS),
  coverBackupSoftDelete: z.boolean().meta(COVER),
  pendingChanges: field(z.array(pendingChange), 'The loosenings that cool off.', []),
  createdBy: field(z.string(), 'The object id of the caller who made it.', EXAMPLE.oid),
  createdAt: field(instant, 'When it was made.', '2026-11-01T08:00:00.000Z'),
  etag: common.etag,
});

const byOid = ({ by, at }: ApprovedBy) => ({ by: by.oid, at });

export const guardView = viewOf(guard, (one: Guard) => ({
  ...one,
  createdBy: one.createdBy.oid,
  pendingChanges: one.pendingChanges.map((change) => ({
    ...change,
    requestedBy: change.requestedBy.oid,
    approvals: change.approvals.map(byOid),
  })),
}));

const MOST_CONTACTS = 20;
export const guardRequest = request('GuardRequest', 'Any part of a guard. Null gives the default back.', {
  excludedOperations: orDefault(z.array(operation).max(GUARDED_OPERATIONS.length), []).meta(EXCLUDED),
  quorum: orDefault(z.int().min(1).max(5), 1).meta(QUORUM),
  coolingOffHours: orDefault(z.int().min(1).max(168), 24).meta(HOURS),
  contacts: orDefault(z.array(email).max(MOST_CONTACTS), []).meta(CONTACTS),
  coverBackupSoftDelete: orDefault(z.boolean(), false).meta(COVER),
});

const state = oneOf('GrantState', 'What has become of a grant.', GRANT_STATES, 'Live');
const ITEMS = says('Only these items, each once; null: whatever it is.', ['sql-01']);
const REASON = says('Why it is needed.', 'The server is retired.');
const EXPIRES = says('When it ends.', '2026-11-21T17:00:00.000Z');

export const grant = answer('Grant', 'One caller may do one thing in one place, for a while.', {
  grant: field(z.string(), 'The id of the grant.', GRANT),
  guard: z.string().meta(guardName),
  vault: field(z.string().nullable(), 'The vault; null: the service itself.', EXAMPLE.vault),
  operation: operation.meta(MAY),
  items: z.array(z.string()).nullable().meta(ITEMS),
  uses: field(count, 'How often it may be used.', 1),
  used: field(count, 'How often it was.', 0),
  grantee: field(z.string(), 'The object id of the caller who may do it.', EXAMPLE.oid),
  requestedBy: field(z.string(), 'The object id of the caller who asked for it.', OTHER),
  reason: z.string().nullable().meta(REASON),
  approvals: approvals('Who has approved.'),
  quorum: field(count, 'How many have to, as the guard asks now.', 1),
  state,
  createdAt: field(instant, 'When it was asked for.', EXAMPLE.deletedAt),
  expiresAt: instant.meta(EXPIRES),
});

export const grantView = viewOf(grant, ({ grant: one, ...shown }: Shown) => ({
  ...one,
  ...shown,
  grant: one.id,
  grantee: one.grantee.oid,
  requestedBy: one.requestedBy.oid,
  approvals: one.approvals.map(byOid),
}));

const MOST_ITEMS = 100;
const MOST_USES = 100;

export const grantRequest = request('GrantRequest', 'Who may do what, where, and until when.', {
  operation: operation.meta(MAY),
  vault: field(name.nullable(), 'The name of the vault; null: the service itself.', EXAMPLE.vault),
  grantee: field(
    z
      .string()
      .regex(/^[\x21-\x7e]{1,200}$/, 'must be the object id of a caller')
      .optional(),
    'The object id of the caller who may do it. Absent: whoever asks.',
    EXAMPLE.oid,
  ),
  expiresAt: field(time, 'When it ends.', '2026-11-21T17:00:00Z'),
  items: z.array(name).max(MOST_ITEMS).optional().meta(ITEMS),
  uses: field(
    z.int().min(1).max(MOST_USES).optional(),
    'How often it may be used. Absent: as many as there are items, else once.',
    1,
  ),
  reason: words.optional().meta(REASON),
});

export const grantFilter = {
  state: field(state.optional(), 'Only those.'),
  vault: field(name.optional(), 'Only those of this vault.', EXAMPLE.vault),
};

export const denial = request('Denial', 'Why.', { reason: words.optional().meta(REASON) });

export const linkRequest = request('GuardLinkRequest', 'Which guard.', { guard: name.meta(guardName) });

export const serviceGuardView = viewOf(
  answer('ServiceGuard', 'Which guard the service itself is under.', {
    guard: field(z.string().nullable(), 'The name of the guard; null: none.', EXAMPLE.guard),
    etag: common.etag,
  }),
);
