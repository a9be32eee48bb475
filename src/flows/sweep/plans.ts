/** What a sweep would write about one item. Pure: everything was read before. */
import type { Change, Held, HeldHead, PointPage } from '../../change.ts';
import { type Alert, alertId, factIn } from '../../core/alerts.ts';
import { firstReminder, type Hint, itemHint, nextReminder } from '../../core/hints.ts';
import { type Item, type ItemIn, liveHolds, notBefore, type Remains } from '../../core/item.ts';
import { STANDS_AHEAD_MS } from '../../core/moves.ts';
import { sameName } from '../../core/names.ts';
import type { Fault } from '../../core/problems.ts';
import { daysLeft, purgeAtOf, USUAL_REMINDER } from '../../core/retention.ts';
import { type Task as ItemTask, taskFor } from '../../core/sweep.ts';
import type { Loss, Ticket } from '../../core/ticket.ts';
import { addMillis, type Instant, iso } from '../../core/time.ts';
import { lateUntil, type Mark, type PurgeTerms, toldLines } from '../../core/told.ts';
import type { Vault } from '../../core/vault.ts';
import type { DueHint } from '../../ports/agenda.ts';
import type { About } from '../../ports/alerts.ts';
import type { Asking } from '../items/asking.ts';
import { destroyed, lossFacts, lossWith, type TakenApart } from '../items/destroy.ts';
import type { Landing } from '../story/land.ts';
import { itemAlert } from '../story/raise.ts';
import { entry, type Happening } from '../story/request.ts';

/** People were told, as its mark or its alerts show; or they could not be. `whetherTold` makes it, or a ticket: nothing is purged without. */
export interface ToldOf {
  readonly mark?: Mark;
  /** Without a mark that counts: the alerts that say so. The purge rests on them. */
  readonly alerts: readonly Held<Alert>[];
  readonly untold?: true;
}

/** What core makes of a hint about an item. */
export type Task =
  | ItemTask
  | { readonly task: 'purge'; readonly item: ItemIn<'SoftDeleted'>; readonly due: Instant; readonly told: ToldOf }
  /** The same, and an executor destroys it. */
  | {
      readonly task: 'order';
      readonly item: ItemIn<'SoftDeleted'>;
      readonly due: Instant;
      readonly told: ToldOf;
      readonly asks: Asking;
    }
  /** It waits for its people. */
  | { readonly task: 'untold'; readonly due: Instant; readonly blocker: 'NotTold' | 'NoticeRunning' }
  /** The version before shortened a policy, and items under it expire earlier than hinted. */
  | { readonly task: 'rehint'; readonly policy: string }
  /** Other days to be reminded are wanted in the vault: what lies in the trash gets its next reminder by them. */
  | { readonly task: 'remindAnew'; readonly vault: Vault }
  /** A weakening of the vault has cooled off. */
  | { readonly task: 'apply' }
  /** A loosening of a guard may have cooled off. */
  | { readonly task: 'settleGuard'; readonly guard: string }
  /** A grant was used or revoked, and the history of its guard is to tell of it. */
  | { readonly task: 'noteSpent' }
  /** A deleted vault whose time has come; or one whose line in the directory may be out of date. */
  | { readonly task: 'remove'; readonly due: Instant; readonly deleted: HeldHead }
  | { readonly task: 'straighten' }
  /** Something in the vault may be over. */
  | { readonly task: 'tidy' }
  /** A vault of before that is not counted yet. */
  | { readonly task: 'reindex' }
  /** An operation goes on. */
  | { readonly task: 'operate' }
  /** It has to wait for its vault to be restored, or removed. */
  | { readonly task: 'putOff' }
  /** What the hint names cannot be read. */
  | ({ readonly task: 'fail' } & Fault);
export type TaskOf<K extends Task['task']> = Extract<Task, { readonly task: K }>;

/** What a plan rests on, besides its task. */
export interface Read {
  readonly hint: DueHint;
  readonly head: HeldHead;
  readonly now: Instant;
  /** The id of the change, and the etag of what it writes. */
  readonly id: string;
  /** Of the item as it was read; `*` where the transaction rests on the item's place in the trash instead. */
  readonly tag: string;
  readonly pages: readonly PointPage[];
  /** What is known to be raised about the item. */
  readonly raised: About;
  readonly terms: PurgeTerms;
  /** Who hears of what an executor has left unconfirmed, besides the vault's people. */
  readonly contacts: readonly string[];
}

/** What a purge rests on: what was read, or a ticket, with which nothing has to be read. */
export type Basis = Pick<Read, 'hint' | 'now' | 'id' | 'tag' | 'pages'> & OnHead;
type OnHead =
  | { readonly head: HeldHead; readonly ticket?: undefined }
  | { readonly head?: undefined; readonly ticket: Ticket };

const alertIn = ({ value }: Held<Alert>): Alert => value;

export interface Plan {
  /** Absent where nothing has to be written. */
  readonly landing?: Landing;
  /** What becomes of the hint when that has landed. `lookAgain`: the item has something else to be done, at once. */
  readonly hint: 'struck' | 'stays' | 'lookAgain';
  readonly counts?: { readonly as: 'purged' | 'ordered' | 'warned' | 'expired' | 'applied'; readonly count: number };
  /** Hints that lead nowhere when it has landed. */
  readonly leftOver?: readonly Hint[];
  /** What follows that is no single transaction. */
  readonly goesOn?: 'forget' | TakenApart;
}

/** A change of an item that nobody asked for. */
export const byItself = (
  { head, ticket, now, id }: Pick<Read, 'now' | 'id'> & OnHead,
  from: Item,
  happening: Omit<Happening, 'from'>,
  change: Partial<Change>,
): Landing & { readonly write: Change } => {
  const entries = [entry({ now }, from.name, { ...happening, from })];
  const write = { vault: from.vault, id, entries, ...change };
  return ticket
    ? { now, people: ticket.people, write: { ...write, fence: ticket.fence, unseen: true } }
    : { now, head, write: { ...write, fence: head.fence } };
};

/** How a purge ends, in its own transaction or in a later one: whatever is said about it is said once. */
function ending(item: Item, due: Instant, now: Instant, loss?: Loss) {
  const dates = { purgeAt: iso(due), purgedAt: iso(now) };
  const lost = loss ? lossFacts(item, loss) : {};
  const complete = itemAlert('PurgeComplete', item, now, { ...lost, from: item.state, to: 'Purged', ...dates });
  const facts = { purgeAt: dates.purgeAt, generation: item.generation };
  const happening = { operation: 'Purge', facts };
  const told = (from: Remains, to: Remains) => entry({ now }, item.name, { ...happening, from, to });
  return { happening, takenApart: { now, entry: told, alerts: [{ was: undefined, now: complete }] } };
}

/** The item and all its points go in one transaction. The hint that leads there outlives it, until everybody is told. */
export function purge(
  { item, due, told }: TaskOf<'purge'>,
  on: Basis,
): Plan & { readonly landing: { readonly write: Change } } {
  const { hint, now, id, tag, pages } = on;
  const loss = on.ticket?.loss ?? lossWith(item, pages);
  const next = destroyed(item, item.terms, pages, now, id);
  const { happening, takenApart } = ending(item, due, now, loss);
  const { mark, alerts, untold } = told;
  const facts = {
    ...happening.facts,
    ...lossFacts(item, loss),
    ...(mark && alerts.length === 0 ? {} : { told: toldLines(alerts.map(alertIn), item, due) }),
  };
  const unchanged = alerts.map((was) => ({ was, now: was.value }));
  const missed = untold ? [{ was: undefined, now: itemAlert('PurgedUntold', item, now, { purgeAt: iso(due) }) }] : [];
  const landing = byItself(
    on,
    item,
    { ...happening, facts, to: next.item },
    {
      items: [{ was: { value: item, tag }, now: next.item, ...next.pages }],
      ...(mark ? { dropMarks: [mark] } : {}),
      alerts: [...unchanged, ...missed, ...takenApart.alerts],
    },
  );
  const rides = hint.kind === 'purge' ? [hint] : [];
  return {
    landing: { ...landing, rides },
    hint: 'struck',
    leftOver: expiryAhead(item, now),
    counts: { as: 'purged', count: 1 },
  };
}

/** Nothing ages in the trash, and what is purged never will again: the hint that stands for the points is struck with that of the purge. */
export const expiryAhead = (item: Item, now: Instant): readonly Hint[] =>
  item.hintedAt && item.hintedAt > addMillis(now, STANDS_AHEAD_MS) ? [itemHint(item, 'expire', item.hintedAt)] : [];

/** What was destroyed because soft delete did not apply was never waiting to be purged: nobody is told. */
export function finishPurge({ item }: TaskOf<'finishPurge'>, { head, now }: Read): Plan {
  const due = item.deletion ? purgeAtOf(item.deletion, head.vault.extensions) : now;
  const { takenApart } = ending(item, due, now);
  const goesOn = item.deletion ? takenApart : { ...takenApart, alerts: [] };
  return { hint: 'struck', counts: { as: 'purged', count: 1 }, goesOn };
}

/**
 * Some days before the purge, or late. The alert is the reminder's identity: it is raised once, whatever is repeated. Only where the
 * purge was put off after somebody had been reminded, there is a second one, named after the day that it is about. A late one
 * names the day from which the purge can come, and until then the item can be undeleted.
 */
export function warn({ item, due, days, executor }: TaskOf<'warn'>, read: Read): Plan {
  const { head, now } = read;
  const ids = idsOf(item, due, days);
  const { found, unreadable } = read.raised;
  const reminders = found.map(({ value }) => value).filter((one) => ids.includes(factIn(one.id)));
  const taken = [...reminders.map((one) => one.id), ...unreadable].map(factIn);
  const id = ids.find((one) => !taken.some((other) => sameName(other, one)));
  const hint = days === 0 ? 'stays' : 'struck';
  const purge = { purgeAt: iso(due), days };
  if (id === undefined || reminders.some(({ facts }) => facts['purgeAt'] === purge.purgeAt)) return { hint };
  const late = lateUntil(due, read.terms, now);
  const asked = executor === undefined ? {} : { executor };
  const facts = { ...purge, ...asked, daysLeft: daysLeft(due, now), ...(late ? { notBefore: iso(late) } : {}) };
  const alerts = [{ was: undefined, now: { ...itemAlert('UpcomingPurge', item, now, facts), id } }];
  const to = late ? { ...item, deletion: { ...item.deletion, undeleteUntil: late }, etag: read.id } : item;
  const moved = late ? { items: [{ was: { value: item, tag: read.tag }, now: to }] } : { stillInTrash: [item] };
  const said = late ? { ...purge, notBefore: iso(late) } : purge;
  const landing = byItself(read, item, { operation: 'WarnUpcomingPurge', to, facts: said }, { ...moved, alerts });
  return {
    landing: { ...landing, again: nextReminder(item, head.vault, now) },
    hint,
    counts: { as: 'warned', count: 1 },
  };
}

/** The usual reminder has the id that it always had. */
function idsOf({ vault, name, generation }: Item, due: Instant, days: number): readonly string[] {
  const first = days === USUAL_REMINDER ? `${generation}` : `${generation}-${days}`;
  return [first, `${first}-${due.toISODate()}`].map((occurrence) =>
    alertId('UpcomingPurge', { vault, item: name }, occurrence),
  );
}

/** The period of the vault was lengthened: that is written down. */
export const move = ({ item, days }: TaskOf<'move'>, read: Read): Plan =>
  revise(
    'ExtendRetention',
    item,
    { ...item, deletion: { ...item.deletion, retentionDays: days }, etag: read.id },
    read,
  );

/** Holds have ended: they are taken off. */
export const endHolds = ({ item }: TaskOf<'endHolds'>, read: Read): Plan =>
  revise('EndHolds', item, { ...item, holds: liveHolds(item.holds, read.now), etag: read.id }, read);

/** Writes down what time has changed about an item. What is to be done about it then is known by now, or is looked at again. */
function revise(operation: string, item: Item, next: Item, read: Read): Plan {
  const { hint, head, now, tag } = read;
  const following = taskFor(hint, next, head, now);
  const change = { items: [{ was: { value: item, tag }, now: next }] };
  const landing = byItself(read, item, { operation, to: next }, change);
  if (following.task === 'wait') {
    const again = following.hints.filter(({ kind }) => kind !== 'purge' || !hasMoved(item, next));
    return { landing: { ...landing, again: [...again, ...newWarning(next, head, hint)] }, hint: 'struck' };
  }
  return { landing, hint: following.task === 'drop' ? 'struck' : 'lookAgain' };
}

/** Its hint to purge follows from the change. */
const hasMoved = (was: Item, now: Item): boolean =>
  was.state === 'SoftDeleted' && now.state === 'SoftDeleted' && +notBefore(was) !== +notBefore(now);

/** Somebody may have been warned of a date that no longer holds: they are warned again, of the real one. */
const newWarning = (item: Item, { vault }: HeldHead, { kind }: Hint): readonly Hint[] =>
  item.state === 'SoftDeleted' && kind !== 'warn' ? [firstReminder(item, vault)] : [];
