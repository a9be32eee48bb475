/** Rows of items and their points, and of what leads to the end of an item. */
import * as z from 'zod';
import { CHANNELS } from '../../core/caller.ts';
import { BACKUP_STATUSES, JOB_ENDINGS, type Remains } from '../../core/item.ts';
import { builtInKind, type KindTraits } from '../../core/kinds.ts';
import { LIMITS } from '../../core/limits.ts';
import { CLOSED_STATES, DESTROYED, type Json } from '../../core/order.ts';
import { MOST_CLOSED } from '../../core/orders.ts';
import { POINT_RUNGS } from '../../core/policy.ts';
import { MOST_NAMED } from '../../core/told.ts';
import { freeText, json, list, text } from '../limited.ts';
import { instant, type Row, reader, readerOf, versionOf, WITH_TALLIES } from '../table.ts';
import {
  alertId,
  change,
  count,
  cuts,
  day,
  evidence,
  hash,
  id,
  identity,
  name,
  ofKind,
  oid,
  orderId,
  parameters,
  reason,
  retention,
  tier,
} from './parts.ts';

import { alertSettings, silences } from './vault.ts';

const MOST_POINTS = 500;
/** Of a point of before nobody noted when it was heard of. */
export const point = z
  .object({
    name,
    createdAt: instant,
    recordedAt: instant.optional(),
    rung: z.enum(POINT_RUNGS),
    expiresAt: instant.nullable(),
    etag: text(36),
  })
  .transform(({ recordedAt, ...one }) => ({ ...one, recordedAt: recordedAt ?? one.createdAt }));

const jobOperation = z.enum(['Backup', 'Restore']);
const jobStatus = z.enum(['InProgress', ...JOB_ENDINGS]);
const lastJob = z
  .object({
    ...{ id, startedAt: instant, endedAt: instant.nullable() },
    ...{ operation: jobOperation.exactOptional(), status: jobStatus.exactOptional() },
  })
  .exactOptional();

const isKnown = ({ workload, kind }: { readonly workload: string; readonly kind?: KindTraits }): boolean =>
  (kind === undefined) === (builtInKind(workload)?.name === workload);
const common = z.object({
  vault: name,
  name,
  ...ofKind,
  tier,
  sourceId: freeText(1024),
  server: name.nullable(),
  generation: count,
  lastBackup: z.object({ status: z.enum(BACKUP_STATUSES), at: instant.nullable() }),
  activeJob: z.object({ id, operation: jobOperation, startedAt: instant }).nullable(),
  lastJob,
  holds: list(
    z.object({
      name,
      reason,
      until: instant.nullable(),
      by: oid,
      at: instant,
      madeBy: identity.exactOptional(),
      etag: id,
    }),
    LIMITS.holds.most,
  ),
  points: list(point, MOST_POINTS),
  pagedPoints: count,
  hintedAt: instant.nullable(),
  superseded: z.boolean(),
  lastToken: count.exactOptional(),
  etag: id,
  evidence,
});

export const deletion = z.object({
  deletedAt: instant,
  retentionDays: count,
  version: count,
  deletedBy: oid,
  reason: reason.nullable(),
  comment: reason.nullable(),
  undeleteUntil: instant.exactOptional(),
  permission: z
    .object({
      tid: oid,
      channel: z.enum(CHANNELS),
      guard: name.nullable(),
      approvals: list(text(120), 5),
      secondFactor: z.enum(['token', 'pin']).nullable(),
    })
    .exactOptional(),
});

const order = z.object({
  id: orderId,
  executor: name,
  parameters,
  orderedAt: instant,
  confirmBy: instant,
  softDeleteApplied: z.boolean(),
  isBlocked: z.boolean(),
  waitsUntil: instant.nullable(),
  attempts: count,
  isTouched: z.boolean(),
  lease: z.object({ until: instant, holder: identity }).nullable(),
  token: count.nullable(),
  checkpoint: json<Json>(4096),
  lastFailure: z
    .object({ code: text(100), message: freeText(1024), destroyed: z.enum(DESTROYED), at: instant })
    .nullable(),
  steps: count,
  filedAt: instant.nullable(),
  filedBy: id,
});

const closed = { lastToken: count.exactOptional(), closedOrders: list(text(40), MOST_CLOSED).exactOptional() };
const terms = z.object({ retention, cuts });
const unprotected = common.extend({ previousPolicy: name.nullable(), terms });
/** What the version before left half-way has no order. */
const purgingOf = <O extends object, D extends object, T>({ order, deletion, ...item }: T & Half<O, D>) =>
  order && deletion ? { ...item, order, deletion } : { ...item, deletion };
interface Half<O, D> {
  readonly order?: O;
  readonly deletion: D | null;
}
const hintToPurge = { purgeHintAt: instant.exactOptional(), purgeHintBy: change.exactOptional() };
const remains = reader(
  z
    .discriminatedUnion('state', [
      common.extend({
        state: z.literal('Protected'),
        policy: name.nullable(),
        previousPolicy: name.nullable(),
        policyVersion: count,
        cuts,
      }),
      unprotected.extend({
        state: z.literal('ProtectionStopped'),
        undeleted: z.boolean(),
        ...hintToPurge,
      }),
      unprotected.extend({ state: z.literal('BackupsSuspended') }),
      unprotected.extend({ state: z.literal('SoftDeleted'), deletion, ...hintToPurge, ...closed }),
      unprotected
        .extend({ state: z.literal('Purging'), deletion: deletion.nullable(), order: order.exactOptional(), ...closed })
        .transform(purgingOf),
      z.object({
        state: z.literal('Purged'),
        vault: name,
        name,
        generation: count,
        server: name.nullable().default(null),
        purgedAt: instant,
        softDeleteApplied: z.boolean(),
        confirmed: z.boolean().exactOptional(),
        ...closed,
        lastJob,
        endsOn: day,
        etag: id,
        evidence,
      }),
    ])
    .refine((one) => one.state === 'Purged' || isKnown(one), 'nobody knows what it is'),
);

export const itemRows = {
  /** An item of before is not counted, and its row says so by its version. */
  remains: Object.assign(
    (row: Pick<Row, 'key' | 'cells'>): Remains => {
      const found = remains(row);
      return versionOf(row.cells) < WITH_TALLIES ? { ...found, uncounted: true } : found;
    },
    { shape: remains.shape },
  ),
  closedOrder: readerOf({
    ...order.shape,
    ...{ vault: name, item: name, generation: count, state: z.enum(CLOSED_STATES), closedAt: instant, points: count },
    proofDigest: text(71).nullable(),
    about: z.object({
      ...{ ...ofKind, tier, sourceId: freeText(1024), server: name.nullable(), superseded: z.boolean(), deletion },
    }),
  }),
  /** It lies in a hint. */
  ticket: readerOf({
    item: z.object({
      ...{ vault: name, name, ...ofKind, tier, sourceId: freeText(1024), server: name.nullable() },
      ...{
        generation: count,
        lastJob,
        previousPolicy: name.nullable(),
        deletion,
        hintedAt: instant.nullable().default(null),
      },
    }),
    loss: z.object({ points: count, oldest: instant.nullable(), newest: instant.nullable() }),
    ...{ toldAt: instant, head: z.object({ seq: count, hash }), fence: id },
    alerts: list(alertId, MOST_NAMED).exactOptional(),
    people: z.object({ id, alerts: alertSettings, silences }),
  }),
  mark: readerOf({
    vault: name,
    item: name,
    generation: count,
    purgeAt: instant,
    toldAt: instant,
    days: count.exactOptional(),
    head: z.object({ seq: count, hash }).exactOptional(),
    alerts: list(alertId, MOST_NAMED).exactOptional(),
  }),
  job: readerOf({
    id,
    vault: name,
    item: name,
    operation: jobOperation,
    status: jobStatus,
    startedAt: instant,
    endedAt: instant.nullable(),
    expiresAt: instant.nullable(),
  }),
};
