import { createHash } from 'node:crypto';
import type { Held, Raised } from '../../change.ts';
import { type Alert, alert, alertId, factIn, type Subject, typeOfAlert, type Waiting } from '../../core/alerts.ts';
import { type AlertType, kindOf } from '../../core/alertTypes.ts';
import { channelOf, type Facts } from '../../core/caller.ts';
import type { Item, Remains } from '../../core/item.ts';
import { traitsOf } from '../../core/kinds.ts';
import { sameName } from '../../core/names.ts';
import { DAY_MS, type Instant, iso } from '../../core/time.ts';
import type { About } from '../../ports/alerts.ts';
import type { Reads } from '../../ports.ts';
import { asUnreadable } from './pages.ts';
import type { Asked } from './request.ts';

/** What the reader of a mail wants to know about the item. */
function itemFacts(item: Item): Facts {
  const created = item.points.map(({ createdAt }) => createdAt).toSorted((a, b) => a.toMillis() - b.toMillis());
  const [oldest, newest] = [item.pagedPoints > 0 ? undefined : created[0], created.at(-1)];
  const deletion = item.state === 'SoftDeleted' || item.state === 'Purging' ? item.deletion : null;
  return {
    workload: item.workload,
    hybrid: traitsOf(item).class === 'Hybrid',
    sourceId: item.sourceId,
    ...(item.server === null ? {} : { server: item.server }),
    points: item.points.length + item.pagedPoints,
    oldestPoint: oldest ? iso(oldest) : null,
    newestPoint: newest ? iso(newest) : null,
    ...(deletion
      ? {
          deletedAt: iso(deletion.deletedAt),
          deletedBy: deletion.deletedBy,
          retentionDays: deletion.retentionDays,
          reason: deletion.reason,
          comment: deletion.comment,
        }
      : {}),
  };
}

/** And about who did it. */
export const callerFacts = ({ caller, requestId, clientAddress = '' }: Asked): Facts => ({
  by: caller.oid,
  tenant: caller.tid,
  roles: caller.roles,
  channel: channelOf(caller),
  secondFactor: caller.secondFactor,
  requestId,
  ...(clientAddress === '' ? {} : { clientAddress }),
});

export const subjectOf = ({ vault, name, generation }: Item): Subject => ({ vault, item: name, generation });

/** An alert about an item, told with all that is known about it. */
export const itemAlert = (type: AlertType, item: Item, at: Instant, facts: Facts = {}): Alert =>
  alert(type, subjectOf(item), at, { ...itemFacts(item), ...facts });

/** The same where a caller changed it. */
export const changeAlert = (
  type: AlertType,
  request: Asked,
  item: Item,
  change: { readonly from: Item['state']; readonly to: Remains['state'] } & Facts,
  /** An item's generation tells its deletions apart, and nothing else. */
  occurrence?: string,
): Alert => {
  const raised = itemAlert(type, item, request.now, { ...callerFacts(request), ...change });
  return occurrence === undefined ? raised : { ...raised, id: alertId(type, subjectOf(item), occurrence) };
};

/** An alert about the vault itself. */
export const vaultAlert = (
  type: AlertType,
  request: Asked,
  { name }: { readonly name: string },
  facts: Facts,
  occurrence: string | number,
): Alert => alert(type, { vault: name }, request.now, { ...callerFacts(request), ...facts }, occurrence);

/** An alert about no vault, or about what lies beside all of them. */
export const serviceAlert = (type: AlertType, request: Asked, facts: Facts, occurrence: string | number): Alert =>
  alert(type, { vault: null }, request.now, { ...callerFacts(request), ...facts }, occurrence);

/** What the same caller does again is the same trouble. A second attacker is a second alert. */
const OF_CALLER = ['tenant', 'by', 'operation', 'code'] as const;
/** At these counts the alert is mailed again: a hundred tries are other news than one. */
const MAILED_AGAIN: readonly number[] = [10, 100, 1000];

/**
 * An alert of a type that collapses: the same trouble again, while its alert is open, is counted there. `before` are the newest of the
 * type about the subject. On one that cannot be read nothing is counted: another is raised beside it.
 */
export function raisedOrCounted(before: About, type: AlertType, subject: Subject, at: Instant, facts: Facts): Raised {
  const byCaller = kindOf(type).collapses === 'byCaller';
  const isSame = ({ value }: Held<Alert>) => !byCaller || OF_CALLER.every((name) => value.facts[name] === facts[name]);
  const ofType = before.found.filter(({ value }) => value.type === type);
  const open = ofType.find((one) => one.value.state !== 'Closed' && isSame(one));
  if (!open) return { was: undefined, now: alert(type, subject, at, facts, nextOf(before, type, at)) };
  const count = open.value.count + 1;
  const now = { ...open.value, count, facts: { ...open.value.facts, ...facts, lastAt: iso(at) } };
  return { was: open, now, ...(byCaller && MAILED_AGAIN.includes(count) ? { again: true } : {}) };
}

/** More than are ever raised of one type about one subject in a day. */
const A_DAY = 100_000;
const LAST_NUMBER = 9_999_999_999;

/**
 * The number behind that of the newest one, and never before the first of its day: older ones may be over and gone, and theirs must not come
 * again. Whoever raises the same at the same time takes the same number, so only one of them does. Written down, the newest comes first, and
 * all of them before those of before, which were counted from 1.
 */
function nextOf(before: About, type: AlertType, at: Instant): string {
  const firstOfDay = Math.floor(at.toMillis() / DAY_MS) * A_DAY;
  const ofType = idsIn(before).filter((id) => typeOfAlert(id) === type);
  const number = Math.max(firstOfDay, ...ofType.flatMap(numberIn).map((one) => one + 1));
  return String(LAST_NUMBER - number).padStart(11, '0');
}

const idsIn = ({ found, unreadable }: About): readonly string[] => [
  ...found.map(({ value }) => value.id),
  ...unreadable,
];

function numberIn(id: string): readonly number[] {
  const digits = /~0(\d{10})$/.exec(factIn(id))?.[1];
  return digits === undefined ? [] : [LAST_NUMBER - Number(digits)];
}

/** What was raised about the same fact. Where others are about the subject as well, they are read with it: which id it has, its vault says. */
export const raisedBefore = async (
  { alerts }: Pick<Reads, 'alerts'>,
  { vault, item, id }: Alert,
): Promise<Held<Alert> | 'unreadable' | undefined> => {
  if (vault === null) return alerts.get(null, id).catch(asUnreadable);
  const { found, unreadable } = await alerts.about(vault, item);
  if (unreadable.some((one) => sameName(factIn(one), id))) return 'unreadable';
  return found.find(({ value }) => factIn(value.id) === id);
};

const DELETIONS: readonly AlertType[] = ['DeleteBackupData', 'BackupDataPermanentlyDeleted'];

/** Under which key the deletions by one caller are counted; undefined for what is no deletion. */
export function massDeletionKey({ type, facts }: Pick<Alert, 'type' | 'facts'>): string | undefined {
  if (!DELETIONS.includes(type)) return undefined;
  const caller = createHash('sha256').update(`${facts['tenant']}\n${facts['by']}`).digest('hex').slice(0, 16);
  return `mass~${caller}`;
}

/** Every deletion is counted in its own transaction, so that the tenth of a burst is the tenth for everyone. */
export const countedDeletions = (alerts: readonly Alert[]): readonly Waiting[] =>
  alerts.flatMap((one) => {
    const together = massDeletionKey(one);
    return together === undefined ? [] : [{ together, alert: one.id, at: one.firedAt }];
  });
