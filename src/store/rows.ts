import * as z from 'zod';
import type { Answer, PointPage } from '../change.ts';
import { ALERT_STATES, type Alert, NOTIFICATION_STATUSES, REASONS, type Waiting } from '../core/alerts.ts';
import { ALERT_TYPES } from '../core/alertTypes.ts';
import { CHANNELS, type Entry, ROLES } from '../core/caller.ts';
import { JOB_ENDINGS, type Job, type Remains } from '../core/item.ts';
import { POINT_RUNGS, type Policy } from '../core/policy.ts';
import { Unreadable } from '../core/problems.ts';
import type { Server } from '../core/server.ts';
import { type Instant, parseInstant } from '../core/time.ts';
import {
  ALERT_MODES,
  IMMUTABILITY_STATES,
  PORTAL_DELETE,
  RETENTION_SCOPES,
  SWITCH_STATES,
  type Vault,
} from '../core/vault.ts';
import { HYBRID_KINDS, WORKLOAD_NAMES } from '../core/workloads.ts';
import type { Cells } from './table.ts';

/**
 * Row ⇄ domain. A row holds one JSON document, in pieces that fit Table Storage's limit for a text property, and its version.
 * What comes back is parsed, never believed: an unreadable row is an error that names it, not a half-made item.
 *
 * Rows of before are read: what was added since has a default. A version is raised only where code of before must keep its hands off
 * the row; that code then finds it unreadable, as it does here, says so, and writes nothing over it.
 */
const PIECE = 30_000;
export const VERSION = 1;

export function pack(document: object, cells: Cells = {}): Cells {
  const text = JSON.stringify(document);
  const pieces: Record<string, string> = {};
  for (let at = 0; at < text.length; at += PIECE) pieces[`doc${at / PIECE}`] = text.slice(at, at + PIECE);
  return { v: VERSION, ...cells, ...pieces };
}

/** A row that newer code has written is nobody's to guess at. What has no version was told by its key alone. */
export function ofOurTime(key: string, cells: Cells): Cells {
  const version = Number(cells['v'] ?? VERSION);
  if (version <= VERSION) return cells;
  throw new Unreadable(`unreadable row ${key}: newer code than this has written it, version ${version}`);
}

export function unpack<T>(shape: z.ZodType<T>, key: string, cells: Cells): T {
  ofOurTime(key, cells);
  let text = '';
  for (let piece = 0; cells[`doc${piece}`] !== undefined; piece += 1) text += cells[`doc${piece}`];
  try {
    return shape.parse(JSON.parse(text));
  } catch (error) {
    throw new Unreadable(`unreadable row ${key}`, { cause: error });
  }
}

export const instant = z.string().transform((text, context): Instant => {
  const at = parseInstant(text);
  if (at) return at;
  context.addIssue({ code: 'custom', message: 'not an instant' });
  return z.NEVER;
});
const text = z.string();
const count = z.number().int().nonnegative();

const rung = count.exactOptional();
const retention = z.object({ daily: rung, weekly: rung, monthly: rung, yearly: rung });
const cut = z.object({ at: instant, from: retention, to: retention, days: count, version: count });
const point = z.object({
  name: text,
  createdAt: instant,
  rung: z.enum(POINT_RUNGS),
  expiresAt: instant.nullable(),
  etag: text,
});

const common = z.object({
  vault: text,
  name: text,
  workload: z.enum(WORKLOAD_NAMES),
  tier: z.enum(['Vault', 'Operational']),
  sourceId: text,
  server: text.nullable(),
  generation: count,
  lastBackup: z.object({ status: text, at: instant.nullable() }),
  activeJob: z.object({ id: text, operation: z.enum(['Backup', 'Restore']), startedAt: instant }).nullable(),
  holds: z.array(z.object({ name: text, reason: text, until: instant.nullable(), by: text, at: instant, etag: text })),
  points: z.array(point),
  pagedPoints: count,
  hintedAt: instant.nullable(),
  superseded: z.boolean(),
  etag: text,
});

const deletion = z.object({
  deletedAt: instant,
  retentionDays: count,
  version: count,
  deletedBy: text,
  reason: text.nullable(),
  comment: text.nullable(),
});
const terms = z.object({ retention, cuts: z.array(cut) });
const unprotected = common.extend({ previousPolicy: text, terms });

const remains: z.ZodType<Remains> = z.discriminatedUnion('state', [
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
    purgedAt: instant,
    softDeleteApplied: z.boolean(),
    etag: text,
  }),
]);

const texts = z.array(text);
const silence = z.object({
  name: text,
  from: instant,
  until: instant,
  types: texts.nullable(),
  items: texts.nullable(),
  reason: text,
  by: text,
  etag: text,
});

const vault: z.ZodType<{ vault: Vault; fence: string }> = z.object({
  fence: text,
  vault: z.object({
    name: text,
    kind: z.enum(['RecoveryServices', 'Backup']),
    softDelete: z.object({
      state: z.enum(SWITCH_STATES),
      retentionDays: count,
      retentionScope: z.enum(RETENTION_SCOPES),
    }),
    hybrid: z.object({ state: z.enum(SWITCH_STATES), portalDeleteUnderAlwaysOn: z.enum(PORTAL_DELETE) }).nullable(),
    immutability: z.enum(IMMUTABILITY_STATES),
    alerts: z.object({
      recipients: z.array(text),
      owners: z.array(text),
      mode: z.enum(ALERT_MODES),
      onHardDelete: z.boolean(),
    }),
    extensions: z.array(z.object({ at: instant, days: count, version: count })),
    version: count,
    guard: text.nullable(),
    silences: z.array(silence).default([]),
    etag: text,
  }),
});

const policy: z.ZodType<Policy> = z.object({
  name: text,
  workloads: z.array(z.enum(WORKLOAD_NAMES)),
  schedule: text,
  retention,
  cuts: z.array(cut),
  retired: z.boolean(),
  etag: text,
});

const server: z.ZodType<Server> = z.object({
  name: text,
  vault: text,
  kind: z.enum(HYBRID_KINDS),
  agentVersion: text,
  registration: z.enum(['Registered', 'SoftDeleted', 'Unregistered']),
  registeredBy: z.object({ tid: text, oid: text }),
  registeredAt: instant,
  passphraseChangedAt: instant.exactOptional(),
  etag: text,
});

const job: z.ZodType<Job> = z.object({
  id: text,
  vault: text,
  item: text,
  operation: z.enum(['Backup', 'Restore']),
  status: z.enum(['InProgress', ...JOB_ENDINGS]),
  startedAt: instant,
  endedAt: instant.nullable(),
  expiresAt: instant.nullable(),
});

const facts = z.record(text, z.union([text, z.number(), z.boolean(), z.null(), texts]));

const entry: z.ZodType<Entry> = z.object({
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
});

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
});

const alert: z.ZodType<Alert> = z.object({
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
});

const waiting: z.ZodType<Waiting> = z.object({ together: text, alert: text, at: instant, single: z.boolean() });

const page: z.ZodType<PointPage> = z.object({ id: text, points: z.array(point) });

const answer: z.ZodType<Answer> = z.object({
  key: text,
  bodyHash: text,
  status: count,
  headers: z.record(text, text),
  body: text,
  at: instant,
});

const reader =
  <T>(shape: z.ZodType<T>) =>
  ({ key, cells }: { readonly key: string; readonly cells: Cells }): T =>
    unpack(shape, key, cells);

export const read = {
  remains: reader(remains),
  vault: reader(vault),
  policy: reader(policy),
  server: reader(server),
  job: reader(job),
  entry: reader(entry),
  page: reader(page),
  answer: reader(answer),
  alert: reader(alert),
  waiting: reader(waiting),
};
