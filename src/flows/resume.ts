import { withExpiryHint } from '../core/agenda.ts';
import { type Alert, type AlertType, alertId } from '../core/alerts.ts';
import type { Facts } from '../core/history.ts';
import type { Item, ItemIn } from '../core/item.ts';
import { decide, termsOf, underPolicy } from '../core/lifecycle.ts';
import { dueAt, type Point, spent, type Terms } from '../core/points.ts';
import { isPolicy, isShorter, type Policy, takesAway } from '../core/policy.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import { earliest, type Instant } from '../core/time.ts';
import type { Change, Held, HeldHead, PointPage, Ports } from '../ports.ts';
import { callerFacts, hintsToTell, itemAlert, subjectOf, tellSoon } from './alerting.ts';
import { type Asking, entry, type ItemResult, type Place } from './asking.ts';
import { type WatchPorts, watched } from './critical.ts';
import { countOf } from './destroy.ts';
import { approval, grantUsed } from './guarded.ts';
import { onItemInVault } from './onItem.ts';
import { takeSource } from './source.ts';

export interface Resumption extends ItemResult {
  readonly head: HeldHead;
  readonly removed: readonly Point[];
}

export type ResumePorts = Pick<Ports, 'vaults' | 'agenda' | 'registry' | 'notices' | 'newId'>;
type ChoosePorts = ResumePorts & WatchPorts & Pick<Ports, 'guards'>;

export interface Resume {
  readonly verb: 'resume' | 'changePolicy';
  /** Absent: the previous policy, which a Backup vault keeps for its items. */
  readonly policy?: string | undefined;
  readonly preview?: boolean;
}

const OPERATION = { resume: 'Resume', changePolicy: 'ChangePolicy' } as const;

/** Back to being protected, under a policy that the caller chooses. Expired points go now, and only now. */
export async function resume(
  ports: ChoosePorts,
  asking: Asking<Resumption>,
  place: Place,
  ask: Resume,
): Promise<Outcome<Resumption>> {
  const operation = OPERATION[ask.verb];
  const outcome = await onItemInVault({ ports, asking, place, operation }, (held, head) =>
    resumeItem(ports, asking, held, head, ask),
  );
  return watched(ports, asking, place, operation, outcome);
}

async function resumeItem(
  ports: ChoosePorts,
  asking: Asking<Resumption>,
  held: Held<Item>,
  head: HeldHead,
  ask: Resume,
): Promise<Outcome<Resumption> | 'again'> {
  const item = held.value;
  const policy = choosePolicy(item, head, ask.policy);
  const decision = decide(ask.verb, item, {
    now: asking.now,
    vault: head.vault,
    policy: policy.ok ? policy.value : undefined,
  });
  if (!decision.ok && decision.refusal.code !== 'AlreadyProtected') return decision;
  if (!policy.ok) return policy;
  if (!decision.ok) return decision;
  const same = item.state === 'Protected' && isPolicy(policy.value, item.policy);
  if (!decision.changes || same) return ok({ item, head, removed: [] });
  // Resuming is never guarded, whatever the policy; only what is protected can be moved to less.
  const shorter = item.state === 'Protected' && takesAway(termsOf(item, head).retention, policy.value.retention);
  const approved = await approval(ports, asking, head.vault, shorter ? ['reduceRetention'] : []);
  if (!approved.ok) return approved;
  return moveUnder(ports, asking, held, head, policy.value, {
    operation: OPERATION[ask.verb],
    preview: ask.preview === true,
    facts: approved.value,
  });
}

/** The policy that the caller chose, if it exists and is for such items. */
export function choosePolicy(
  item: Pick<Item, 'workload' | 'previousPolicy'>,
  head: HeldHead,
  name: string | undefined,
): Outcome<Policy> {
  const wanted = name ?? (head.vault.kind === 'Backup' ? item.previousPolicy : null);
  if (wanted === null)
    return refuse('InvalidRequest', 'Say under which policy: send "policy".', { target: '$.policy' });
  const policy = head.policies.find((one) => isPolicy(one, wanted) && !one.retired);
  if (!policy)
    return refuse('PolicyNotFound', `There is no policy ${wanted} in vault ${head.vault.name}.`, {
      target: '$.policy',
    });
  if (!policy.workloads.includes(item.workload))
    return refuse(
      'InvalidRequest',
      `Policy ${policy.name} is for ${policy.workloads.join(', ')}, not for ${item.workload}. Choose another.`,
      { target: '$.policy' },
    );
  return ok(policy);
}

export interface Manner {
  readonly operation: string;
  readonly preview: boolean;
  readonly facts?: Facts;
}

/** Puts an item, protected or not, under a policy: its source, its points, its next expiry. */
export async function moveUnder(
  ports: ResumePorts,
  asking: Asking<Resumption>,
  held: Held<Item>,
  head: HeldHead,
  policy: Policy,
  manner: Manner,
): Promise<Outcome<Resumption> | 'again'> {
  const { now } = asking;
  const item = held.value;
  const blocked = shorterUnderImmutability(item, head, policy);
  if (blocked) return blocked;
  const pages = item.pagedPoints > 0 ? await ports.vaults.pages(item.vault, item.name) : [];
  const id = ports.newId();
  const terms = termsOf(item, head);
  const moved = underPolicy(item, head, policy, now, id);
  const cleaned =
    moved.item.state === 'Protected' && item.state === 'Protected' ? untouched(pages) : cleanPages(pages, terms, now);
  const removed = [...moved.removed, ...cleaned.removed];
  if (manner.preview) return ok({ item, head, removed });
  const refused = item.superseded ? await takeSource(ports, item, now) : undefined;
  if (refused) return refused;

  const newTerms = { retention: policy.retention, cuts: moved.item.cuts };
  const hinted = withExpiryHint<ItemIn<'Protected'>>(
    { ...moved.item, superseded: false, pagedPoints: countOf(cleaned.left) },
    newTerms,
    now,
    earliestOf(cleaned.left, newTerms, now),
  );
  const used = grantUsed(asking, item.vault, manner.operation, manner.facts ?? {}, item.name);
  await ports.agenda.write([...hinted.hints, ...hintsToTell(used)]);
  const result: Resumption = { item: hinted.item, head, removed };
  const facts = {
    policy: policy.name,
    previousPolicy: hinted.item.previousPolicy,
    recoveryPointsRemoved: removed.length,
    ...manner.facts,
  };
  const alerts = [...movingAlerts(asking, item, hinted.item, head, policy), ...used];
  const change: Change = {
    vault: item.vault,
    id,
    fence: head.fence,
    // out of the trash: whoever lets its server go at the same moment has to look again
    server: item.state === 'SoftDeleted' ? (item.server ?? undefined) : undefined,
    alerts,
    items: [{ was: held, now: hinted.item, putPages: cleaned.changed, dropPages: cleaned.dropped }],
    entries: [entry(asking, item.name, { operation: manner.operation, from: item, to: hinted.item, facts })],
    answer: asking.keep?.(result),
  };
  if (!(await ports.vaults.commit(change))) return 'again';
  tellSoon(ports, alerts);
  return ok(result);
}

/** It came back, out of the trash or into protection; and whether its points are kept for a shorter time from now on. */
function movingAlerts(
  asking: Asking<never>,
  before: Item,
  after: Item,
  head: HeldHead,
  policy: Policy,
): readonly Alert[] {
  const from = termsOf(before, head).retention;
  const facts = { ...callerFacts(asking), from: before.state, to: after.state, policy: policy.name };
  const retentions = { before: JSON.stringify(from), after: JSON.stringify(policy.retention) };
  const make = (type: AlertType, more: Facts = {}): Alert => ({
    ...itemAlert(type, before, asking.now, { ...facts, ...more }),
    // an item may be resumed more than once between two deletions
    ...(type === 'ItemUndeleted' ? {} : { id: alertId(type, subjectOf(before), after.etag) }),
  });
  return [
    ...(before.state === 'SoftDeleted' ? [make('ItemUndeleted')] : []),
    ...(before.state === 'Protected' ? [] : [make('ItemResumed')]),
    ...(isShorter(from, policy.retention) ? [make('ModifyProtectionShorterRetention', retentions)] : []),
  ];
}

/** Immutable data may live longer, never shorter. */
function shorterUnderImmutability(item: Item, head: HeldHead, policy: Policy): Refused | undefined {
  if (head.vault.immutability === 'Disabled' || item.tier === 'Operational') return undefined;
  if (!isShorter(termsOf(item, head).retention, policy.retention)) return undefined;
  return refuse(
    'ImmutabilityBlocked',
    `The vault is immutable: ${item.name} cannot move to ${policy.name}, which keeps points for a shorter time.`,
  );
}

interface Cleaned {
  readonly left: readonly PointPage[];
  readonly changed: readonly PointPage[];
  readonly dropped: readonly PointPage[];
  readonly removed: readonly Point[];
}

const untouched = (pages: readonly PointPage[]): Cleaned => ({ left: pages, changed: [], dropped: [], removed: [] });

/** The pages of an item without the points whose life is over. */
function cleanPages(pages: readonly PointPage[], terms: Terms, now: Instant): Cleaned {
  const after = pages.map((page) => {
    const removed = spent(page.points, terms, now);
    return { removed, page: { ...page, points: page.points.filter((point) => !removed.includes(point)) } };
  });
  const left = after.filter(({ page }) => page.points.length > 0);
  return {
    left: left.map(({ page }) => page),
    changed: left.filter(({ removed }) => removed.length > 0).map(({ page }) => page),
    dropped: after.filter(({ page }) => page.points.length === 0).map(({ page }) => page),
    removed: after.flatMap(({ removed }) => removed),
  };
}

const earliestOf = (pages: readonly PointPage[], terms: Terms, now: Instant): Instant | undefined =>
  earliest(pages.flatMap(({ points }) => points.map((point) => dueAt(point, terms, now))));
