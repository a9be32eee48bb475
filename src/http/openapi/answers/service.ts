import * as z from 'zod';
import { ALERT_STATES, ALERT_TYPES, isListed } from '../../../core/alerts.ts';
import { NOTIFICATION_STATUSES } from '../../../core/ledger.ts';
import { DELIVERIES } from '../../../flows/deliveryReports.ts';
import { called, count, etag, facts, instant, listOf } from './common.ts';
import { ITEM_WORDS } from './items.ts';

/** ISO 8601, with fractions of seconds, which the format of JSON Schema does not know. */
const DURATION = /^P[0-9.YMWDTHS]+$/;

export const SERVICE_WORDS = {
  AlertState: ALERT_STATES,
  AlertType: ALERT_TYPES.filter((type) => isListed({ type })),
  NotificationStatus: NOTIFICATION_STATUSES,
  DeliveryStatus: DELIVERIES,
} as const;

const alert = called(
  'Alert',
  z.object({
    id: z.string(),
    type: z.enum(SERVICE_WORDS.AlertType),
    severity: called('Severity', z.enum(['Sev0', 'Sev1', 'Sev2', 'Sev3'])),
    category: called('AlertCategory', z.enum(['Security', 'Jobs', 'Service'])),
    vault: z.string().nullable(),
    item: z.string().optional(),
    generation: count.optional(),
    firedAt: instant,
    count: z.int().min(1),
    state: z.enum(ALERT_STATES),
    recommendedAction: z.string(),
    facts,
    notifications: z.array(
      called(
        'Notification',
        z.object({
          recipient: z.string(),
          status: z.enum(NOTIFICATION_STATUSES),
          sentAt: instant.optional(),
          attempts: count,
          operationId: z.string(),
        }),
      ),
    ),
  }),
);

const silence = called(
  'Silence',
  z.object({
    name: z.string(),
    from: instant,
    until: instant,
    types: z.array(z.enum(SERVICE_WORDS.AlertType)).nullable(),
    items: z.array(z.string()).nullable(),
    reason: z.string(),
    by: z.string(),
    etag,
  }),
);

const deadLetter = called(
  'DeadLetter',
  z.object({
    id: z.string(),
    alert: z.string().nullable(),
    recipient: z.string().nullable(),
    reason: z.string(),
    code: z.string(),
    attempts: count,
    firstFailedAt: instant,
    lastFailedAt: instant,
  }),
);

const sweepShape = {
  id: z.string(),
  startedAt: instant,
  finishedAt: instant,
  dryRun: z.boolean(),
  complete: z.boolean(),
  due: count,
  purged: count,
  warned: count,
  expired: count,
  retold: count,
  skipped: count,
  failed: count,
  oldestOverdue: called(
    'OverdueItem',
    z.object({ vault: z.string(), item: z.string(), purgeAt: instant, lateSeconds: count }),
  ).nullable(),
  held: called(
    'SweepHold',
    z.object({
      reason: called('SweepHoldReason', z.enum(['Belt', 'ClockSkew', 'Paused'])),
      token: z.string().optional(),
      detail: z.string(),
    }),
  ).optional(),
};

const sweep = called(
  'Sweep',
  z.object({
    ...sweepShape,
    items: z
      .array(
        called(
          'SweepItem',
          z.object({
            vault: z.string(),
            item: z.string(),
            action: called(
              'SweepAction',
              z.enum(['purge', 'finishPurge', 'warn', 'move', 'endHolds', 'expire', 'forget', 'held', 'fail']),
            ),
            why: z.string(),
          }),
        ),
      )
      .optional(),
  }),
);
const pastSweep = called('PastSweep', z.object({ ...sweepShape, spread: z.literal(true).optional() }));

const forecast = called(
  'Forecast',
  z.object({
    unreadable: z.array(called('UnreadableItem', z.object({ vault: z.string(), item: z.string().nullable() }))),
    days: z.array(
      called(
        'ForecastDay',
        z.object({
          date: z.string().meta({ format: 'date' }),
          count,
          items: z.array(called('ForecastItem', z.object({ vault: z.string(), item: z.string(), purgeAt: instant }))),
        }),
      ),
    ),
  }),
);

const pause = called('Pause', z.object({ reason: z.string(), until: instant, by: z.string(), at: instant, etag }));

const ready = called(
  'Readiness',
  z.object({
    checks: z.array(
      called(
        'ReadinessCheck',
        z.object({
          name: z.string(),
          status: called('ReadinessStatus', z.enum(['ok', 'warn', 'fail'])),
          detail: z.string(),
        }),
      ),
    ),
  }),
);

const complaint = called(
  'ErrorDetail',
  z.object({ code: z.enum(ITEM_WORDS.Code), message: z.string(), target: z.string() }),
);
const told = { target: z.string().optional(), details: z.array(complaint).optional() };
const failure = called(
  'ErrorResponse',
  z.object({
    error: called(
      'Error',
      z.object({
        code: z.enum(ITEM_WORDS.Code),
        message: z.string(),
        ...told,
        innererror: called('InnerError', z.looseObject({ azureCode: z.string().optional() })).optional(),
      }),
    ),
  }),
);
const problem = called(
  'Problem',
  z.looseObject({
    type: z.string().regex(/^\/problems\/[A-Za-z]+$/),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.enum(ITEM_WORDS.Code),
    ...told,
  }),
);

const part = called('ApiDocumentPart', z.looseObject({}));

export const serviceAnswers = {
  alert,
  alerts: listOf('AlertList', alert),
  silence,
  silences: listOf('SilenceList', silence),
  deadLetter,
  deadLetters: listOf('DeadLetterList', deadLetter),
  deliveryTally: called(
    'DeliveryTally',
    z.object({ delivered: count, failed: count, unchanged: count, unknown: count }),
  ),
  handshake: called('EventGridHandshake', z.object({ validationResponse: z.string() })),
  sweep,
  sweeps: listOf('SweepList', pastSweep),
  forecast,
  pause,
  live: called('Liveness', z.object({ status: z.literal('ok') })),
  ready,
  clock: called('Clock', z.object({ offset: z.string().regex(DURATION), now: instant })),
  document: called('ApiDocument', z.looseObject({ openapi: z.literal('3.1.1'), info: part, paths: part })),
  page: called('Page', z.string()),
  failure,
  problem,
} as const;
