import { type Alert, kindOf } from '../core/alerts.ts';
import type { Entry } from '../core/history.ts';
import { type Hold, type Item, liveHolds, type Tombstone } from '../core/item.ts';
import type { Job } from '../core/job.ts';
import type { Notification } from '../core/ledger.ts';
import { purgeAt, termsOf, visiblePoints } from '../core/lifecycle.ts';
import { fateOf, type Point, type Terms } from '../core/points.ts';
import type { Policy } from '../core/policy.ts';
import { billedDays, billingEndsAt, daysLeft, effectiveDays, remaining, warnAtOf } from '../core/retention.ts';
import type { Server } from '../core/server.ts';
import type { Silence } from '../core/silence.ts';
import { type Instant, iso } from '../core/time.ts';
import { type Counts, type Head, hybridSecurityOn, type Vault } from '../core/vault.ts';
import { workloadRow } from '../core/workloads.ts';
import type { DeadLetter } from '../ports.ts';
import { quoted } from './reply.ts';

const isoOrNull = (at: Instant | null): string | null => at && iso(at);

export const vaultView = (vault: Vault, counts: Counts, warnings: readonly string[] = []) => ({
  name: vault.name,
  kind: vault.kind,
  softDelete: vault.softDelete,
  hybrid: vault.hybrid && {
    ...vault.hybrid,
    mfaRequired: hybridSecurityOn(vault),
    alertsEnabled: hybridSecurityOn(vault),
  },
  immutability: vault.immutability,
  alerts: vault.alerts,
  guard: vault.guard,
  counts,
  ...(warnings.length > 0 ? { warnings } : {}),
  etag: quoted(vault.etag),
});

export const policyView = ({ name, workloads, schedule, retention, etag }: Policy) => ({
  name,
  workloads,
  schedule,
  retention,
  etag: quoted(etag),
});

export const serverView = ({
  name,
  vault,
  kind,
  agentVersion,
  registration,
  registeredBy,
  registeredAt,
  passphraseChangedAt,
  etag,
}: Server) => ({
  name,
  vault,
  kind,
  agentVersion,
  registration,
  registeredBy: registeredBy.oid,
  registeredAt: iso(registeredAt),
  passphraseChangedAt: isoOrNull(passphraseChangedAt ?? null),
  etag: quoted(etag),
});

/** An item that is not protected has its terms with it; the others need the head they hang on. */
const termsFor = (item: Item, head: Head | undefined): Terms => {
  if (head) return termsOf(item, head);
  return item.state === 'Protected' ? { retention: {}, cuts: item.cuts } : item.terms;
};

export function itemView(item: Item, head: Head | undefined, now: Instant) {
  const { activeJob } = item;
  const inTrash = item.state === 'SoftDeleted' || item.state === 'Purging';
  const visible = visiblePoints(item, item.points, termsFor(item, head), now);
  return {
    name: item.name,
    vault: item.vault,
    workload: item.workload,
    class: workloadRow(item.workload).class,
    tier: item.tier,
    sourceId: item.sourceId,
    server: item.server,
    state: item.state,
    policy: item.state === 'Protected' ? item.policy : null,
    previousPolicy: item.previousPolicy,
    generation: item.generation,
    lastBackup: { status: inTrash ? 'Disabled' : item.lastBackup.status, at: isoOrNull(item.lastBackup.at) },
    activeJob: activeJob && { id: activeJob.id, operation: activeJob.operation, startedAt: iso(activeJob.startedAt) },
    recoveryPoints: { count: inTrash ? 0 : visible.length + item.pagedPoints },
    softDelete: item.state === 'SoftDeleted' || item.state === 'Purging' ? deletionView(item, head, now) : null,
    holds: liveHolds(item.holds, now).map(holdView),
    etag: quoted(item.etag),
  };
}

function deletionView(item: Extract<Item, { state: 'SoftDeleted' | 'Purging' }>, head: Head | undefined, now: Instant) {
  const { deletion } = item;
  if (!deletion) return null;
  const days = effectiveDays(deletion, head?.vault.extensions ?? []);
  const due = item.state === 'SoftDeleted' ? purgeAt(item, head?.vault) : deletion.deletedAt.plus({ days });
  return {
    deletedAt: iso(deletion.deletedAt),
    purgeAt: iso(due),
    retentionDays: days,
    daysLeft: daysLeft(due, now),
    remaining: remaining(due, now),
    purgeUpcoming: now >= warnAtOf(due),
    billingEndsAt: iso(billingEndsAt(due)),
    ...billedDays(days),
    deletedBy: deletion.deletedBy,
    reason: deletion.reason,
    comment: deletion.comment,
  };
}

export const tombstoneView = ({ name, vault, state, generation, purgedAt, etag }: Tombstone) => ({
  name,
  vault,
  state,
  generation,
  purgedAt: iso(purgedAt),
  etag: quoted(etag),
});

export const holdView = ({ name, reason, until, by, at, etag }: Hold) => ({
  name,
  reason,
  until: isoOrNull(until),
  by,
  at: iso(at),
  etag: quoted(etag),
});

/** While nothing ages, a point past its end is as good as any other: it says when its end would have been. */
export function pointView(point: Point, item: Item, head: Head | undefined, now: Instant) {
  const fate = fateOf(point, termsFor(item, head), now);
  const lost = fate.kind === 'SoftDeleted' || fate.kind === 'Gone';
  return {
    name: point.name,
    createdAt: iso(point.createdAt),
    rung: point.rung,
    tier: item.tier,
    expiresAt: iso(fate.expiresAt),
    state: lost ? 'SoftDeleted' : 'Active',
    ...(fate.kind === 'SoftDeleted' ? { purgeAt: iso(fate.purgeAt) } : {}),
    etag: quoted(point.etag),
  };
}

export const jobView = ({ id, operation, status, startedAt, endedAt, item }: Job) => ({
  id,
  operation,
  status,
  startedAt: iso(startedAt),
  endedAt: isoOrNull(endedAt),
  item,
});

export const entryView = ({ at, caller, operation, outcome, code, from, to, requestId, facts }: Entry) => ({
  at: iso(at),
  caller,
  operation,
  outcome,
  ...(code ? { code } : {}),
  from,
  to,
  requestId,
  facts,
});

export const alertView = (alert: Alert) => ({
  id: alert.id,
  type: alert.type,
  severity: kindOf(alert.type).severity,
  category: kindOf(alert.type).category,
  vault: alert.vault,
  ...(alert.item === null ? {} : { item: alert.item }),
  ...(alert.generation === null ? {} : { generation: alert.generation }),
  firedAt: iso(alert.firedAt),
  count: alert.count,
  state: alert.state,
  recommendedAction: kindOf(alert.type).recommendedAction,
  facts: alert.facts,
  notifications: (alert.notifications ?? []).map(notificationView),
});

const notificationView = ({ recipient, status, sentAt, attempts, operationId }: Notification) => ({
  recipient,
  status,
  ...(sentAt ? { sentAt: iso(sentAt) } : {}),
  attempts,
  operationId,
});

export const silenceView = ({ name, from, until, types, items, reason, by, etag }: Silence) => ({
  name,
  from: iso(from),
  until: iso(until),
  types,
  items,
  reason,
  by,
  etag: quoted(etag),
});

export const deadLetterView = (letter: DeadLetter) => ({
  id: letter.id,
  alert: letter.alert,
  recipient: letter.recipient,
  reason: letter.reason,
  code: letter.code,
  attempts: letter.attempts,
  firstFailedAt: iso(letter.firstFailedAt),
  lastFailedAt: iso(letter.lastFailedAt),
});
