import * as z from 'zod';
import { MOST_ROWS } from '../change.ts';
import { ALERT_STATES, MOST_MEMBERS, NOTIFICATION_STATUSES, REASONS } from '../core/alerts.ts';
import { ALERT_TYPES, SILENCEABLE } from '../core/alertTypes.ts';
import { CHANNELS, ROLES } from '../core/caller.ts';
import { MAX_CALLERS, MAX_CONTACTS } from '../core/executors.ts';
import { GUARDED_OPERATIONS, NEW_GUARD } from '../core/guards.ts';
import { BACKUP_STATUSES, JOB_ENDINGS, type Remains } from '../core/item.ts';
import { builtInKind, type KindTraits, REPRESENTS } from '../core/kinds.ts';
import { LIMITS } from '../core/limits.ts';
import { OPERATION_KINDS, OPERATION_STATUSES } from '../core/operations.ts';
import { CLOSED_STATES, DESTROYED, type Json } from '../core/order.ts';
import { MOST_CLOSED } from '../core/orders.ts';
import { PIN_KINDS } from '../core/pin.ts';
import { POINT_RUNGS } from '../core/policy.ts';
import { CODES } from '../core/problems.ts';
import { MAX_PARAMETER_BYTES, NO_PURGE } from '../core/purgeSettings.ts';
import { USUAL_REMINDER } from '../core/retention.ts';
import { MOST_NAMED } from '../core/told.ts';
import { MOST_WANTED, UNDELETE_OUTCOMES } from '../core/undeletion.ts';
import { uuidOf } from '../core/uuid.ts';
import { ALERT_MODES, IMMUTABILITY_STATES, PORTAL_DELETE, RETENTION_SCOPES, SWITCH_STATES } from '../core/vault.ts';
import { HYBRID_KINDS, TIERS, VAULT_KINDS, WORKLOAD_CLASSES } from '../core/workloads.ts';
import { freeText, json, list, record, text } from './limited.ts';
import { instant, type Row, reader, readerOf, versionOf, WITH_TALLIES } from './table.ts';

const count = z.number().int().nonnegative();
/** Of a vault, an item, a policy, a server, a recovery point, a hold. */
const name = text(63);
/** The id of a request or a write, which is an etag as well, or what is derived from one. */
const id = text(80);
/** The id of an order: `orderId`. */
const orderId = text(170);
/** The id of a change. */
const change = text(36);
const hash = text(64);

/** As the identity provider says it. */
const oid = text(64);
const address = text(254);
/** The id of an alert: `isAlertId`. */
const alertId = text(300);
/** The same, of a bundle: no item, and a hash of what it bundles. */
const bundleId = text(110);
const reason = freeText(1024);
const identity = z.object({ tid: oid, oid });
const code = text(60);

const MOST_POINTS = 500;
/** What an entry or an alert says: two hundred addresses, or the items of a mass deletion. */
const MOST_FACTS = 44_500;
/** A hundred who were told before a change, and a hundred after it. */
const MOST_TOLD = 200;
/** One for each control that cools off. */
const MOST_PENDING = 7;
/** All that are built in, and a hundred of your own. */
const MOST_WORKLOADS = 111;
/** As it lies in the row: what JSON escapes is counted as it is written. */
const MOST_ANSWER = 200_000;

const rung = count.exactOptional();
const retention = z.object({ daily: rung, weekly: rung, monthly: rung, yearly: rung });
const cut = z.object({ at: instant, from: retention, to: retention, days: count, version: count });
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

const evidence = z.object({ seq: count, hash }).exactOptional();

/** On which it is over. */
const day = text(10).exactOptional();
const jobOperation = z.enum(['Backup', 'Restore']);
const jobStatus = z.enum(['InProgress', ...JOB_ENDINGS]);
const lastJob = z
  .object({
    ...{ id, startedAt: instant, endedAt: instant.nullable() },
    ...{ operation: jobOperation.exactOptional(), status: jobStatus.exactOptional() },
  })
  .exactOptional();

const tier = z.enum(TIERS);
const traits = z.object({
  class: z.enum(WORKLOAD_CLASSES),
  vaultKinds: list(z.enum(VAULT_KINDS), VAULT_KINDS.length),
  represents: z.enum(REPRESENTS),
  recoveryPoints: z.boolean(),
  tiers: list(tier, TIERS.length),
});
/** A built-in workload says by its name what it is; a kind of your own is said beside it. */
const ofKind = { workload: name, kind: traits.exactOptional() };
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

const deletion = z.object({
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
export const parameters = record(z.unknown(), MAX_PARAMETER_BYTES);
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
const cuts = list(cut, LIMITS.cuts.most);
const terms = z.object({ retention, cuts });
const unprotected = common.extend({ previousPolicy: name.nullable(), terms });

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

const alertSettings = z.object({
  recipients: list(address, 50),
  owners: list(address, 50),
  mode: z.enum(ALERT_MODES),
  onHardDelete: z.boolean(),
  reminderDays: list(count, 5).default([USUAL_REMINDER]),
});
const silences = list(silence, LIMITS.silences.most).default([]);

const purgeSettings = z.object({ executor: name.nullable(), parameters: parameters.nullable() });

const vaultDeletion = z.object({
  at: instant,
  by: identity,
  reason: freeText(200).nullable(),
  removeAt: instant,
  removing: z.literal(true).exactOptional(),
});
const vaultKind = z.enum(VAULT_KINDS);

const fact = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
const facts = record(fact, MOST_FACTS);

const notification = z.object({
  recipient: address,
  as: z.enum(REASONS),
  status: z.enum(NOTIFICATION_STATUSES),
  attempts: count,
  operationId: text(36),
  sentAt: instant.nullable(),
  nextTryAt: instant.nullable(),
  failure: z
    .object({
      code: text(40),
      reason: text(300),
      firstAt: instant,
      lastAt: instant,
      final: z.boolean().exactOptional(),
    })
    .nullable(),
  together: bundleId.nullable(),
  droppedAt: instant.exactOptional(),
});

const operation = z.enum(GUARDED_OPERATIONS);
const by = { by: identity, at: instant };
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

const running = {
  ...{ id: text(230), kind: z.enum(OPERATION_KINDS), subject: name.nullable(), mark: hash.exactOptional() },
  ...{ startedBy: oid.nullable(), startedAt: instant },
};

/** What `UndeleteItems` has to undelete, and for whom. */
const undeletion = z.object({
  which: z.object({
    items: list(name, MOST_WANTED).exactOptional(),
    deletedBy: freeText(200).exactOptional(),
    from: instant.exactOptional(),
    to: instant.exactOptional(),
  }),
  before: instant,
  by: z.object({
    tid: oid,
    oid,
    roles: list(z.enum(ROLES), ROLES.length),
    appOnly: z.boolean(),
    secondFactor: z.boolean(),
  }),
  requestId: text(200),
  clientAddress: text(100).exactOptional(),
});

const kindSettings = {
  ...{ name, etag: id, minimumRetentionDays: count, executor: name.nullable() },
  parameters: parameters.nullable(),
};
const ownKind = z.object({
  ...kindSettings,
  ...traits.omit({ tiers: true }).shape,
  ...{ title: freeText(60), plural: freeText(60), active: z.boolean() },
});
const changedBuiltIn = z.strictObject(kindSettings).refine(({ name: one }) => builtInKind(one) !== undefined);

/** A row of each kind, as what it holds. That this is what core means by it shows where a port answers it. */
export const read = {
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
  entry: readerOf({
    at: instant,
    item: name.nullable(),
    caller: z.object({ oid, tid: oid, roles: list(z.enum(ROLES), ROLES.length), channel: z.enum(CHANNELS) }),
    operation: code,
    outcome: z.enum(['Succeeded', 'Refused']),
    code: code.nullable(),
    from: code.nullable(),
    to: code.nullable(),
    requestId: text(200),
    facts,
    guard: name.exactOptional(),
    link: z.object({ seq: count, prev: hash, hash, seal: text(200) }).exactOptional(),
  }),
  alert: readerOf({
    id: alertId,
    type: z.enum(ALERT_TYPES),
    vault: name.nullable(),
    item: name.nullable(),
    generation: count.nullable(),
    firedAt: instant,
    count,
    state: z.enum(ALERT_STATES),
    facts,
    members: list(alertId, MOST_MEMBERS.alerts, MOST_MEMBERS.characters),
    notifications: list(notification, MOST_TOLD).nullable(),
    rides: list(
      z.object({ kind: z.enum(['purge', 'warn']), due: instant, by: change.exactOptional() }),
      2,
    ).exactOptional(),
    evidence: z.object({ chain: text(150), seq: count, hash }).exactOptional(),
    endsOn: day,
  }),
  end: readerOf({ rows: list(text(700), MOST_ROWS) }),
  counted: readerOf({ together: alertId, alert: alertId, at: instant }),
  /** `single`: a deletion that was only counted. In a store of before they lie here as well. */
  waiting: readerOf({ together: alertId, alert: alertId, at: instant, single: z.boolean().exactOptional() }),
  answer: readerOf({
    key: hash,
    bodyHash: hash,
    status: count,
    headers: record(z.string(), 4000),
    body: text(MOST_ANSWER),
    at: instant,
    endsOn: day,
  }),
  pin: readerOf({
    // a row of before names neither
    operation: z.enum(PIN_KINDS).default('critical'),
    server: name.nullable().default(null),
    pin: z
      .object({
        id,
        salt: text(100),
        mac: text(100),
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
  operation: readerOf({
    ...running,
    vault: name,
    status: z.enum(OPERATION_STATUSES),
    // An item, or the key of an alert.
    cursor: text(400).nullable(),
    done: count,
    failed: count,
    total: count.nullable(),
    endedAt: instant.nullable(),
    error: z.object({ code: z.literal('VaultDeleted'), message: text(200) }).nullable(),
    undeletes: undeletion.exactOptional(),
  }),
  running: readerOf(running),
  result: readerOf({ item: name, outcome: z.enum(UNDELETE_OUTCOMES), code: z.enum(CODES).exactOptional() }),
  settings: reader(record(z.string(), 60_000)),
  kind: reader(z.union([ownKind, changedBuiltIn])),
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
  executor: readerOf({
    name,
    callers: list(identity, MAX_CALLERS),
    confirmWithinHours: count,
    contacts: list(address, MAX_CONTACTS),
    lastSeenAt: instant.nullable().default(null),
    etag: id,
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
