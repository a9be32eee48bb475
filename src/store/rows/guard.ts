/** Rows of guards, and of what their keepers allow. */
import * as z from 'zod';
import { GUARDED_OPERATIONS, NEW_GUARD } from '../../core/guards.ts';
import { list, text } from '../limited.ts';
import { instant, readerOf } from '../table.ts';
import { address, code, count, evidence, id, identity, name, reason } from './parts.ts';
import { MOST_PENDING } from './vault.ts';

const operation = z.enum(GUARDED_OPERATIONS);
export const by = { by: identity, at: instant };
const approvedBy = z.object(by);
const approvals = list(approvedBy, 5);
const operations = list(operation, GUARDED_OPERATIONS.length);
const contacts = list(address, 20);
const pendingLoosening = z.object({
  ...{ id, control: z.literal('guard'), before: text(6000), after: text(6000) },
  loosening: z.object({
    exclude: operations.exactOptional(),
    quorum: count.exactOptional(),
    coolingOffHours: count.exactOptional(),
    dropContacts: contacts.exactOptional(),
    uncoverBackupSoftDelete: z.literal(true).exactOptional(),
  }),
  ...{ requestedBy: identity, requestedAt: instant, effectiveAt: instant, approvals },
});

export const guardRows = {
  guard: readerOf({
    name,
    excludedOperations: operations,
    quorum: count.default(NEW_GUARD.quorum),
    coolingOffHours: count.default(NEW_GUARD.coolingOffHours),
    contacts: contacts.default([]),
    coverBackupSoftDelete: z.boolean().default(NEW_GUARD.coverBackupSoftDelete),
    createdBy: identity,
    createdAt: instant,
    pendingChanges: list(pendingLoosening, MOST_PENDING).default([]),
    etag: id,
    evidence,
  }),
  serviceGuard: readerOf({ guard: name.nullable(), etag: id }),
  grantTerms: readerOf({ quorum: count.nullable() }),
  grant: readerOf({
    ...{ id, guard: name, vault: name.nullable(), operation, grantee: identity, requestedBy: identity },
    ...{ reason: reason.nullable(), items: list(name, 100).nullable(), uses: count, approvals },
    denied: z.object({ ...by, reason: reason.nullable() }).nullable(),
    ...{ used: count, revoked: approvedBy.nullable(), createdAt: instant, expiresAt: instant },
  }),
  spent: readerOf({
    ...{ grant: id, guard: name, noted: count },
    uses: list(z.object({ ...by, operation: code, item: name.nullable(), requestId: text(200) }), 100),
    revoked: z.object({ ...by, requestId: text(200) }).nullable(),
  }),
  oldGrant: readerOf({
    id,
    guard: name,
    vault: name,
    operation,
    grantee: identity,
    grantedBy: identity,
    grantedAt: instant,
    expiresAt: instant,
  }),
};
