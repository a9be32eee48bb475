import * as z from 'zod';
import { isSchedule } from '../config.ts';
import { ALERT_STATES, ALERT_TYPES, isListed } from '../core/alerts.ts';
import { GUARDED_OPERATIONS } from '../core/guards.ts';
import { ITEM_STATES } from '../core/item.ts';
import { JOB_ENDINGS } from '../core/job.ts';
import { isName, NAME } from '../core/names.ts';
import { POINT_RUNGS } from '../core/policy.ts';
import { MAX_RETENTION_DAYS, MIN_RETENTION_DAYS } from '../core/retention.ts';
import { type Instant, parseInstant } from '../core/time.ts';
import { ALERT_MODES, IMMUTABILITY_STATES, PORTAL_DELETE, RETENTION_SCOPES, SWITCH_STATES } from '../core/vault.ts';
import { HYBRID_KINDS, NEIGHBOUR_NAMES, WORKLOAD_NAMES } from '../core/workloads.ts';
import { DELIVERIES } from '../flows/deliveryReports.ts';

/**
 * What callers may send. Strict everywhere: a field nobody knows is a mistake that somebody would pay for later. What a schema checks
 * by code of its own it says to the API document as `meta`.
 */

export const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

const instant = z
  .string()
  .max(40)
  .transform((text, context): Instant => {
    const at = UTC.test(text) ? parseInstant(text) : undefined;
    if (at) return at;
    context.addIssue({ code: 'custom', message: 'must be a time in ISO 8601, in UTC with Z' });
    return z.NEVER;
  })
  .meta({ format: 'date-time', pattern: UTC.source });

const name = z
  .string()
  .refine(isName, 'must be a name: 1 to 63 letters, digits, ".", "_", "-", beginning and ending with a letter or digit')
  .meta({ pattern: NAME.source });
const words = z.string().min(1).max(1024);
const address = z.email().max(254);

const alertType = z.enum(ALERT_TYPES.filter((type) => isListed({ type })));

/** Whoever reports adds what they like: only what is used is looked at. */
const report = z
  .looseObject({
    messageId: z.string().min(1).max(200),
    recipient: z.string().max(320),
    status: z.enum(DELIVERIES),
    deliveryStatusDetails: z
      .looseObject({ statusMessage: z.string().nullish() })
      .meta({ title: 'DeliveryStatusDetails' })
      .nullish(),
  })
  .meta({ title: 'DeliveryReport' });
const VALIDATION = 'Microsoft.EventGrid.SubscriptionValidationEvent';
const REPORT = 'Microsoft.Communication.EmailDeliveryReportReceived';
const gridEvent = z.union([
  z
    .looseObject({
      eventType: z.literal(VALIDATION),
      data: z.looseObject({ validationCode: z.string().min(1).max(200) }),
    })
    .meta({ title: 'ValidationEvent' }),
  // of some other kind: it does no harm
  z
    .looseObject({
      eventType: z
        .string()
        .max(200)
        .refine((type): type is 'other' => type !== VALIDATION && type !== REPORT)
        .transform(() => 'other' as const),
    })
    .meta({ title: 'OtherEvent' }),
  z.looseObject({ eventType: z.literal(REPORT), data: report }).meta({ title: 'DeliveryReportEvent' }),
]);

const rung = (most: number) => z.int().min(0).max(most);
const retention = z
  .strictObject({ daily: rung(9999), weekly: rung(5163), monthly: rung(1188), yearly: rung(99) })
  .partial()
  .refine((given) => Object.values(given).some((count) => count !== undefined), 'needs at least one rung')
  .meta({ minProperties: 1 });

export type GridEvent = z.infer<typeof gridEvent>;

export const bodies = {
  vault: z.strictObject({
    kind: z.enum(['RecoveryServices', 'Backup']).optional(),
    softDelete: z
      .strictObject({
        state: z.enum(SWITCH_STATES).nullable(),
        retentionDays: z.int().min(MIN_RETENTION_DAYS).max(MAX_RETENTION_DAYS).nullable(),
        retentionScope: z.enum(RETENTION_SCOPES).nullable(),
      })
      .partial()
      .nullish(),
    hybrid: z
      .strictObject({
        state: z.enum(SWITCH_STATES).nullish(),
        portalDeleteUnderAlwaysOn: z.enum(PORTAL_DELETE).nullish(),
        mfaRequired: z.boolean().optional(),
        alertsEnabled: z.boolean().optional(),
      })
      .nullish(),
    immutability: z.enum(IMMUTABILITY_STATES).nullish(),
    alerts: z
      .strictObject({
        recipients: z.array(address).max(50).nullable(),
        owners: z.array(address).max(50).nullable(),
        mode: z.enum(ALERT_MODES).nullable(),
        onHardDelete: z.boolean().nullable(),
      })
      .partial()
      .nullish(),
    confirmAlwaysOn: z.boolean().optional(),
  }),

  policy: z.strictObject({
    workloads: z.array(z.enum(WORKLOAD_NAMES)).min(1).max(WORKLOAD_NAMES.length).optional(),
    schedule: z
      .string()
      .refine(isSchedule, 'must be a schedule of six fields, seconds first: "0 0 2 * * *"')
      .optional(),
    retention: retention.optional(),
  }),

  server: z.strictObject({
    kind: z.enum(HYBRID_KINDS).optional(),
    agentVersion: z
      .string()
      .max(40)
      .regex(/^\d{1,9}(?:\.\d{1,9}){1,3}$/, 'must be a version: "2.0.9260"')
      .optional(),
  }),

  protect: z.union([
    // Whatever else is said about a neighbour: the answer is where it belongs.
    z
      .looseObject({ workload: z.enum(NEIGHBOUR_NAMES) })
      .meta({ title: 'NeighbourRequest' })
      .transform(({ workload }) => ({ workload, policy: '', sourceId: '' })),
    z
      .strictObject({
        workload: z.enum(WORKLOAD_NAMES),
        policy: name,
        sourceId: z.string().min(1).max(1024),
        server: name.nullish().transform((server) => server ?? undefined),
        tier: z.enum(['Vault', 'Operational']).optional(),
        recoverSoftDeleted: z.boolean().optional(),
      })
      .meta({ title: 'ItemRequest' }),
  ]),

  stop: z.strictObject({
    mode: z.enum(['retain', 'retainPerPolicy', 'delete']),
    confirmName: z.string().max(63).optional(),
    reason: words.optional(),
    comment: words.optional(),
    cancelActiveJob: z.boolean().optional(),
  }),

  nothing: z.strictObject({}),
  resume: z.strictObject({ policy: name.optional() }),
  changePolicy: z.strictObject({ policy: name }),
  backup: z.strictObject({ expiresAt: instant.nullish() }),
  restore: z.strictObject({ recoveryPoint: name }),

  point: z.strictObject({ createdAt: instant, rung: z.enum(POINT_RUNGS), expiresAt: instant.nullish() }),

  complete: z.strictObject({
    status: z.enum(JOB_ENDINGS),
    recoveryPoint: z
      .strictObject({
        name: name.optional(),
        createdAt: instant.optional(),
        rung: z.enum(POINT_RUNGS).optional(),
        expiresAt: instant.nullish(),
      })
      .optional(),
  }),

  hold: z.strictObject({ reason: words, until: instant.nullish() }),

  guard: z.strictObject({
    excludedOperations: z.array(z.enum(GUARDED_OPERATIONS)).max(GUARDED_OPERATIONS.length).nullish(),
  }),
  grant: z.strictObject({
    operation: z.enum(GUARDED_OPERATIONS),
    vault: name,
    grantee: z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be the object id of a caller'),
    expiresAt: instant,
  }),
  guardLink: z.strictObject({ guard: name }),

  bulkUndelete: z.strictObject({
    items: z.array(name).max(1000).optional(),
    deletedBy: z.string().min(1).max(200).optional(),
    from: instant.optional(),
    to: instant.optional(),
    dryRun: z.boolean().optional(),
  }),

  sweep: z.strictObject({ dryRun: z.boolean().optional(), acknowledgeBelt: z.string().min(1).max(100).optional() }),
  pause: z.strictObject({ reason: words, until: instant }),

  silence: z.strictObject({
    from: instant,
    until: instant,
    types: z.array(alertType).min(1).max(ALERT_TYPES.length).nullish(),
    items: z.array(name).min(1).max(50).nullish(),
    reason: z.string().min(1).max(200),
  }),

  gridEvents: z.array(gridEvent).min(1).max(1000),

  clock: z.strictObject({
    offset: z
      .string()
      .max(60)
      .regex(/\d/, 'must be a duration in ISO 8601: "P15D"')
      .meta({ pattern: '^P[0-9.YMWDTHS]+$' }),
  }),
};

const flag = (otherwise: boolean) =>
  z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(otherwise)
    .meta({ type: 'boolean', default: otherwise });
const count = (most: number, otherwise: number) =>
  z
    .string()
    .regex(/^\d{1,3}$/, `must be a number from 1 to ${most}`)
    .transform(Number)
    .pipe(z.number().min(1, `must be a number from 1 to ${most}`).max(most, `must be a number from 1 to ${most}`))
    .default(otherwise)
    .meta({ type: 'integer', minimum: 1, maximum: most, default: otherwise });
const page = {
  top: count(200, 100),
  continuation: z.string().max(2000).optional(),
};

export const queries = {
  none: z.object({}),
  page: z.object(page),
  items: z.object({
    ...page,
    state: z.enum(ITEM_STATES).optional(),
    workload: z.enum(WORKLOAD_NAMES).optional(),
    server: z.string().max(63).optional(),
    includeSoftDeleted: flag(true),
  }),
  item: z.object({ includeSoftDeleted: flag(true) }),
  forecast: z.object({ days: count(180, 60) }),
  preview: z.object({ preview: flag(false) }),
  alerts: z.object({ ...page, state: z.enum(ALERT_STATES).optional(), type: alertType.optional() }),
};
