/** Rows of vaults, and of what belongs to a vault as a whole. */
import * as z from 'zod';
import { ALERT_TYPES, SILENCEABLE } from '../../core/alertTypes.ts';
import { LIMITS } from '../../core/limits.ts';
import { NO_PURGE } from '../../core/purgeSettings.ts';
import { USUAL_REMINDER } from '../../core/retention.ts';
import { uuidOf } from '../../core/uuid.ts';
import { ALERT_MODES, IMMUTABILITY_STATES, PORTAL_DELETE, RETENTION_SCOPES, SWITCH_STATES } from '../../core/vault.ts';
import { HYBRID_KINDS, WORKLOAD_CLASSES } from '../../core/workloads.ts';
import { freeText, list, record, text } from '../limited.ts';
import { instant, readerOf } from '../table.ts';
import {
  address,
  code,
  count,
  cuts,
  day,
  evidence,
  id,
  identity,
  MOST_WORKLOADS,
  name,
  oid,
  parameters,
  retention,
  vaultKind,
} from './parts.ts';

/** One for each control that cools off. */
export const MOST_PENDING = 7;
const silence = z
  .object({
    name,
    from: instant,
    since: instant.exactOptional(),
    until: instant,
    types: list(z.enum(ALERT_TYPES), SILENCEABLE.length).nullable(),
    items: list(name, 50).nullable(),
    reason: freeText(200),
    by: oid,
    etag: id,
  })
  .transform((one) => ({ ...one, since: one.since ?? one.from }));

const setting = z.union([text(100), z.number(), z.null()]);
const pendingChange = z.object({
  id,
  control: code,
  before: setting,
  after: setting,
  values: record(setting, 300),
  requestedBy: identity,
  requestedAt: instant,
  effectiveAt: instant,
});

export const alertSettings = z.object({
  recipients: list(address, 50),
  owners: list(address, 50),
  mode: z.enum(ALERT_MODES),
  onHardDelete: z.boolean(),
  reminderDays: list(count, 5).default([USUAL_REMINDER]),
});

export const silences = list(silence, LIMITS.silences.most).default([]);
const purgeSettings = z.object({ executor: name.nullable(), parameters: parameters.nullable() });
const vaultDeletion = z.object({
  at: instant,
  by: identity,
  reason: freeText(200).nullable(),
  removeAt: instant,
  removing: z.literal(true).exactOptional(),
});

export const vaultRows = {
  vault: readerOf({
    fence: id,
    vault: z
      .object({
        name,
        id: id.exactOptional(),
        kind: vaultKind,
        softDelete: z.object({
          state: z.enum(SWITCH_STATES),
          retentionDays: count,
          retentionScope: z.enum(RETENTION_SCOPES),
        }),
        hybrid: z.object({ state: z.enum(SWITCH_STATES), portalDeleteUnderAlwaysOn: z.enum(PORTAL_DELETE) }).nullable(),
        immutability: z.enum(IMMUTABILITY_STATES),
        alerts: alertSettings,
        extensions: list(z.object({ at: instant, days: count, version: count }), LIMITS.extensions.most),
        version: count,
        guard: name.nullable(),
        silences,
        coolingOffHours: count.default(0),
        purge: purgeSettings.default(NO_PURGE),
        pendingChanges: list(pendingChange, MOST_PENDING).default([]),
        deletion: vaultDeletion.nullable().default(null),
        etag: id,
        evidence,
      })
      // A row of before has no id: it gets the one that follows from its name, which no later vault of that name can have.
      .transform(({ id, ...vault }) => ({ ...vault, id: id ?? uuidOf(['vault', vault.name]) })),
  }),
  deletedVault: readerOf({ name, id, kind: vaultKind, etag: id, deletion: vaultDeletion }),
  grave: readerOf({ id, removedAt: instant, evidence }),
  policy: readerOf({
    name,
    workloads: list(name, MOST_WORKLOADS),
    kinds: list(z.object({ name, class: z.enum(WORKLOAD_CLASSES) }), MOST_WORKLOADS).exactOptional(),
    schedule: text(100),
    retention,
    cuts,
    retired: z.boolean(),
    etag: id,
  }),
  server: readerOf({
    name,
    vault: name,
    kind: z.enum(HYBRID_KINDS),
    agentVersion: text(40),
    registration: z.enum(['Registered', 'SoftDeleted', 'Unregistered']),
    registeredBy: identity,
    registeredAt: instant,
    passphraseChangedAt: instant.exactOptional(),
    superseded: z.boolean().exactOptional(),
    endsOn: day,
    etag: id,
  }),
};
