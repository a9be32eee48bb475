import * as z from 'zod';
import { ALERT_STATES, NOTIFICATION_STATUSES, REASONS } from '../core/alerts.ts';
import { ALERT_TYPES } from '../core/alertTypes.ts';
import { CHANNELS, ROLES } from '../core/caller.ts';
import { GUARDED_OPERATIONS, NEW_GUARD } from '../core/guards.ts';
import { BACKUP_STATUSES, JOB_ENDINGS } from '../core/item.ts';
import { PIN_KINDS } from '../core/pin.ts';
import { POINT_RUNGS } from '../core/policy.ts';
import { USUAL_REMINDER } from '../core/retention.ts';
import { uuidOf } from '../core/uuid.ts';
import { ALERT_MODES, IMMUTABILITY_STATES, PORTAL_DELETE, RETENTION_SCOPES, SWITCH_STATES } from '../core/vault.ts';
import { HYBRID_KINDS, WORKLOAD_NAMES } from '../core/workloads.ts';
import { instant, reader, readerOf } from './table.ts';

const text = z.string();
const count = z.number().int().nonnegative();
const identity = z.object({ tid: text, oid: text });

const rung = count.exactOptional();
const retention = z.object({ daily: rung, weekly: rung, monthly: rung, yearly: rung });
const cut = z.object({ at: instant, from: retention, to: retention, days: count, version: count });
/** Of a point of before nobody noted when it was heard of. */
export const point = z
  .object({
    name: text,
    createdAt: instant,
    recordedAt: instant.optional(),
    rung: z.enum(POINT_RUNGS),
    expiresAt: instant.nullable(),
    etag: text,
  })
  .transform(({ recordedAt, ...one }) => ({ ...one, recordedAt: recordedAt ?? one.createdAt }));

const evidence = z.object({ seq: count, hash: text }).exactOptional();

const common = z.object({
  vault: text,
  name: text,
  workload: z.enum(WORKLOAD_NAMES),
  tier: z.enum(['Vault', 'Operational']),
  sourceId: text,
  server: text.nullable(),
  generation: count,
  lastBackup: z.object({ status: z.enum(BACKUP_STATUSES), at: instant.nullable() }),
  activeJob: z.object({ id: text, operation: z.enum(['Backup', 'Restore']), startedAt: instant }).nullable(),
  holds: z.array(
    z.object({
      name: text,
      reason: text,
      until: instant.nullable(),
      by: text,
      at: instant,
      madeBy: identity.exactOptional(),
      etag: text,
    }),
  ),
  points: z.array(point),
  pagedPoints: count,
  hintedAt: instant.nullable(),
  superseded: z.boolean(),
  etag: text,
  evidence,
});

const deletion = z.object({
  deletedAt: instant,
  retentionDays: count,
  version: count,
  deletedBy: text,
  reason: text.nullable(),
  comment: text.nullable(),
  undeleteUntil: instant.exactOptional(),
});
const terms = z.object({ retention, cuts: z.array(cut) });
const unprotected = common.extend({ previousPolicy: text, terms });

const texts = z.array(text);
const silence = z
  .object({
    name: text,
    from: instant,
    since: instant.exactOptional(),
    until: instant,
    types: z.array(z.enum(ALERT_TYPES)).nullable(),
    items: texts.nullable(),
    reason: text,
    by: text,
    etag: text,
  })
  .transform((one) => ({ ...one, since: one.since ?? one.from }));

const setting = z.union([text, z.number(), z.null()]);
const pendingChange = z.object({
  id: text,
  control: text,
  before: setting,
  after: setting,
  values: z.record(text, setting),
  requestedBy: identity,
  requestedAt: instant,
  effectiveAt: instant,
});

const vaultDeletion = z.object({
  at: instant,
  by: identity,
  reason: text.nullable(),
  removeAt: instant,
  removing: z.literal(true).exactOptional(),
});
const vaultKind = z.enum(['RecoveryServices', 'Backup']);

const facts = z.record(text, z.union([text, z.number(), z.boolean(), z.null(), texts]));

const notification = z.object({
  recipient: text,
  as: z.enum(REASONS),
  status: z.enum(NOTIFICATION_STATUSES),
  attempts: count,
  operationId: text,
  sentAt: instant.nullable(),
  nextTryAt: instant.nullable(),
  failure: z
    .object({ code: text, reason: text, firstAt: instant, lastAt: instant, final: z.boolean().exactOptional() })
    .nullable(),
  together: text.nullable(),
  droppedAt: instant.exactOptional(),
});

const operation = z.enum(GUARDED_OPERATIONS);
const by = { by: identity, at: instant };
const approvedBy = z.object(by);
const pendingLoosening = z.object({
  ...{ id: text, control: z.literal('guard'), before: text, after: text },
  loosening: z.object({
    exclude: z.array(operation).exactOptional(),
    quorum: count.exactOptional(),
    coolingOffHours: count.exactOptional(),
    dropContacts: texts.exactOptional(),
    uncoverBackupSoftDelete: z.literal(true).exactOptional(),
  }),
  ...{ requestedBy: identity, requestedAt: instant, effectiveAt: instant, approvals: z.array(approvedBy) },
});

/** A row of each kind, as what it holds. That this is what core means by it shows where a port answers it. */
export const read = {
  vault: readerOf({
    fence: text,
    vault: z
      .object({
        name: text,
        id: text.exactOptional(),
        kind: vaultKind,
        softDelete: z.object({
          state: z.enum(SWITCH_STATES),
          retentionDays: count,
          retentionScope: z.enum(RETENTION_SCOPES),
        }),
        hybrid: z.object({ state: z.enum(SWITCH_STATES), portalDeleteUnderAlwaysOn: z.enum(PORTAL_DELETE) }).nullable(),
        immutability: z.enum(IMMUTABILITY_STATES),
        alerts: z.object({
          recipients: texts,
          owners: texts,
          mode: z.enum(ALERT_MODES),
          onHardDelete: z.boolean(),
          reminderDays: z.array(count).default([USUAL_REMINDER]),
        }),
        extensions: z.array(z.object({ at: instant, days: count, version: count })),
        version: count,
        guard: text.nullable(),
        silences: z.array(silence).default([]),
        coolingOffHours: count.default(0),
        pendingChanges: z.array(pendingChange).default([]),
        deletion: vaultDeletion.nullable().default(null),
        etag: text,
        evidence,
      })
      // A row of before has no id: it gets the one that follows from its name, which no later vault of that name can have.
      .transform(({ id, ...vault }) => ({ ...vault, id: id ?? uuidOf(['vault', vault.name]) })),
  }),
  deletedVault: readerOf({ name: text, id: text, kind: vaultKind, etag: text, deletion: vaultDeletion }),
  grave: readerOf({ id: text, removedAt: instant, evidence }),
  policy: readerOf({
    name: text,
    workloads: z.array(z.enum(WORKLOAD_NAMES)),
    schedule: text,
    retention,
    cuts: z.array(cut),
    retired: z.boolean(),
    etag: text,
  }),
  server: readerOf({
    name: text,
    vault: text,
    kind: z.enum(HYBRID_KINDS),
    agentVersion: text,
    registration: z.enum(['Registered', 'SoftDeleted', 'Unregistered']),
    registeredBy: identity,
    registeredAt: instant,
    passphraseChangedAt: instant.exactOptional(),
    superseded: z.boolean().exactOptional(),
    etag: text,
  }),
  remains: reader(
    z.discriminatedUnion('state', [
      common.extend({
        state: z.literal('Protected'),
        policy: text,
        previousPolicy: text.nullable(),
        policyVersion: count,
        cuts: z.array(cut),
      }),
      unprotected.extend({
        state: z.literal('ProtectionStopped'),
        undeleted: z.boolean(),
        purgeHintAt: instant.exactOptional(),
      }),
      unprotected.extend({ state: z.literal('BackupsSuspended') }),
      unprotected.extend({ state: z.literal('SoftDeleted'), deletion }),
      unprotected.extend({ state: z.literal('Purging'), deletion: deletion.nullable() }),
      z.object({
        state: z.literal('Purged'),
        vault: text,
        name: text,
        generation: count,
        server: text.nullable().default(null),
        purgedAt: instant,
        softDeleteApplied: z.boolean(),
        etag: text,
        evidence,
      }),
    ]),
  ),
  mark: readerOf({
    vault: text,
    item: text,
    generation: count,
    purgeAt: instant,
    toldAt: instant,
    days: count.exactOptional(),
    head: z.object({ seq: count, hash: text }).exactOptional(),
  }),
  job: readerOf({
    id: text,
    vault: text,
    item: text,
    operation: z.enum(['Backup', 'Restore']),
    status: z.enum(['InProgress', ...JOB_ENDINGS]),
    startedAt: instant,
    endedAt: instant.nullable(),
    expiresAt: instant.nullable(),
  }),
  entry: readerOf({
    at: instant,
    item: text.nullable(),
    caller: z.object({ oid: text, tid: text, roles: z.array(z.enum(ROLES)), channel: z.enum(CHANNELS) }),
    operation: text,
    outcome: z.enum(['Succeeded', 'Refused']),
    code: text.nullable(),
    from: text.nullable(),
    to: text.nullable(),
    requestId: text,
    facts,
    guard: text.exactOptional(),
    link: z.object({ seq: count, prev: text, hash: text, seal: text }).exactOptional(),
  }),
  alert: readerOf({
    id: text,
    type: z.enum(ALERT_TYPES),
    vault: text.nullable(),
    item: text.nullable(),
    generation: count.nullable(),
    firedAt: instant,
    count,
    state: z.enum(ALERT_STATES),
    facts,
    members: texts,
    notifications: z.array(notification).nullable(),
    evidence: z.object({ chain: text, seq: count, hash: text }).exactOptional(),
  }),
  waiting: readerOf({ together: text, alert: text, at: instant, single: z.boolean() }),
  answer: readerOf({
    key: text,
    bodyHash: text,
    status: count,
    headers: z.record(text, text),
    body: text,
    at: instant,
  }),
  pin: readerOf({
    // a row of before names neither
    operation: z.enum(PIN_KINDS).default('critical'),
    server: text.nullable().default(null),
    pin: z
      .object({
        id: text,
        salt: text,
        mac: text,
        issuedBy: identity,
        issuedAt: instant,
        expiresAt: instant,
      })
      .nullable(),
    lastIssuedAt: instant.nullable().default(null),
    misses: z.number(),
    lastMissAt: instant.nullable(),
    blockedUntil: instant.nullable(),
  }),
  settings: reader(z.record(text, text)),
  guard: readerOf({
    name: text,
    excludedOperations: z.array(operation),
    quorum: count.default(NEW_GUARD.quorum),
    coolingOffHours: count.default(NEW_GUARD.coolingOffHours),
    contacts: texts.default([]),
    coverBackupSoftDelete: z.boolean().default(NEW_GUARD.coverBackupSoftDelete),
    createdBy: identity,
    createdAt: instant,
    pendingChanges: z.array(pendingLoosening).default([]),
    etag: text,
    evidence,
  }),
  serviceGuard: readerOf({ guard: text.nullable(), etag: text }),
  grantTerms: readerOf({ quorum: count.nullable() }),
  grant: readerOf({
    ...{ id: text, guard: text, vault: text.nullable(), operation, grantee: identity, requestedBy: identity },
    ...{ reason: text.nullable(), items: texts.nullable(), uses: count, approvals: z.array(approvedBy) },
    denied: z.object({ ...by, reason: text.nullable() }).nullable(),
    ...{ used: count, revoked: approvedBy.nullable(), createdAt: instant, expiresAt: instant },
  }),
  spent: readerOf({
    ...{ grant: text, guard: text, noted: count },
    uses: z.array(z.object({ ...by, operation: text, item: text.nullable(), requestId: text })),
    revoked: z.object({ ...by, requestId: text }).nullable(),
  }),
  oldGrant: readerOf({
    id: text,
    guard: text,
    vault: text,
    operation,
    grantee: identity,
    grantedBy: identity,
    grantedAt: instant,
    expiresAt: instant,
  }),
};
