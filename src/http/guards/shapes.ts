import * as z from 'zod';
import { type Grant, GUARDED_OPERATIONS, type Guard } from '../../core/guards.ts';
import { iso } from '../../core/time.ts';
import { EXAMPLE } from '../example.ts';
import { quoted } from '../reply.ts';
import { answer, common, field, instant, name, oneOf, request, says, type Told, time } from '../shape.ts';

const operation = oneOf(
  'GuardedOperation',
  'What needs the approval of a second person in a vault under a guard.',
  GUARDED_OPERATIONS,
);
const EXCLUDED = says('The operations for which this guard asks for no approval.', ['getSecurityPin']);
const MAY = says('What the grantee may do.', 'deleteProtection');
const GRANTEE = 'The object id of the caller who may do it.';
const guardName = says('The name of the guard.', EXAMPLE.guard);

export const guard = answer('Guard', 'Whose approval critical operations need.', {
  name: common.name(EXAMPLE.guard),
  excludedOperations: z.array(operation).meta(EXCLUDED),
  createdBy: field(z.string(), 'The object id of the caller who made it.', EXAMPLE.oid),
  createdAt: field(instant, 'When it was made.', '2026-11-01T08:00:00.000Z'),
  etag: common.etag,
});

export const guardView = (one: Guard): Told<typeof guard> => ({
  name: one.name,
  excludedOperations: one.excludedOperations,
  createdBy: one.createdBy.oid,
  createdAt: iso(one.createdAt),
  etag: quoted(one.etag),
});

export const grant = answer('Grant', 'One caller may do one thing in one vault, for a while.', {
  grant: field(z.string(), 'The id of the grant.', '7a6b5c4d-3e2f-4a1b-9c8d-0e1f2a3b4c5d'),
  guard: z.string().meta(guardName),
  vault: common.vault,
  operation: operation.meta(MAY),
  grantee: field(z.string(), GRANTEE, EXAMPLE.oid),
  grantedBy: field(z.string(), 'The object id of the caller who granted it.', '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d'),
  grantedAt: field(instant, 'When it was granted.', EXAMPLE.deletedAt),
  expiresAt: field(instant, 'When it ends.', '2026-11-21T17:00:00.000Z'),
});

export const grantView = (one: Grant): Told<typeof grant> => ({
  grant: one.id,
  guard: one.guard,
  vault: one.vault,
  operation: one.operation,
  grantee: one.grantee.oid,
  grantedBy: one.grantedBy.oid,
  grantedAt: iso(one.grantedAt),
  expiresAt: iso(one.expiresAt),
});

export const guardRequest = request('GuardRequest', 'What the guard leaves out.', {
  excludedOperations: z
    .array(operation)
    .max(GUARDED_OPERATIONS.length)
    .nullish()
    .transform((given) => (given === null ? [] : given))
    .meta(EXCLUDED),
});
export const grantRequest = request('GrantRequest', 'Who may do what, where, and until when.', {
  operation: operation.meta(MAY),
  vault: field(name, 'The name of the vault.', EXAMPLE.vault),
  grantee: field(z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be the object id of a caller'), GRANTEE, EXAMPLE.oid),
  expiresAt: field(time, 'When it ends.', '2026-11-21T17:00:00Z'),
});
export const linkRequest = request('GuardLinkRequest', 'Which guard.', { guard: name.meta(guardName) });
