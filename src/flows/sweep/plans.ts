/** What a sweep would write about one item. Pure: everything was read before. */
import type { Change, HeldHead, PointPage } from '../../change.ts';
import { type Alert, alertId } from '../../core/alerts.ts';
import { deletionHints, type Hint } from '../../core/hints.ts';
import { type Item, liveHolds, type Remains } from '../../core/item.ts';
import { purgeAt } from '../../core/lifecycle.ts';
import { daysLeft, purgeAtOf } from '../../core/retention.ts';
import { type Task as ItemTask, taskFor } from '../../core/sweep.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { DueHint } from '../../ports.ts';
import { destroyed, type TakenApart } from '../items/destroy.ts';
import type { Landing } from '../story/land.ts';
import { itemAlert } from '../story/raise.ts';
import { entry, type Happening } from '../story/request.ts';

/** What core makes of a hint about an item; and a policy that was shortened, under which items expire earlier than hinted. */
export type Task = ItemTask | { readonly task: 'rehint'; readonly policy: string };
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
  readonly raised: readonly Alert[];
  /** When items have to be looked at again. */
  readonly hints: readonly Hint[];
}

export interface Plan {
  /** Absent where nothing has to be written. */
  readonly landing?: Landing;
  /** What becomes of the hint when that has landed. `lookAgain`: the item has something else to be done, at once. */
  readonly hint: 'struck' | 'stays' | 'lookAgain';
  readonly counts?: { readonly as: 'purged' | 'warned' | 'expired'; readonly count: number };
  /** What follows that is no single transaction. */
  readonly goesOn?: 'forget' | TakenApart;
}

/** A change of an item that nobody asked for. */
export const byItself = (
  { head, now, id }: Read,
  { vault, name }: Pick<Item, 'vault' | 'name'>,
  happening: Happening,
  change: Partial<Change>,
): Landing & { readonly write: Change } => ({
  head,
  now,
  write: { vault, id, fence: head.fence, entries: [entry({ now }, name, happening)], ...change },
});

/** Whatever is said about a purge: once, with the purge. */
const purgedAlert = (item: Item, due: Instant, now: Instant): Alert =>
  itemAlert('PurgeComplete', item, now, { from: item.state, to: 'Purged', purgeAt: iso(due), purgedAt: iso(now) });

const purgeOf = ({ generation }: Item, due: Instant, from: Remains, to: Remains): Happening => ({
  operation: 'Purge',
  from,
  to,
  facts: { purgeAt: iso(due), generation },
});

const takenApart = (item: Item, due: Instant, now: Instant, alerts: readonly Alert[]): TakenApart => ({
  now,
  entry: (from, to) => entry({ now }, item.name, purgeOf(item, due, from, to)),
  alerts: alerts.map((one) => ({ was: undefined, now: one })),
});

/** What does not fit in one transaction is marked first, and then taken apart. */
export function purge(
  { item, due }: TaskOf<'purge'>,
  read: Read,
): Plan & { readonly landing: { readonly write: Change } } {
  const { now, id, tag, pages } = read;
  const next = destroyed(item, item.terms, pages, now, id);
  const rest = takenApart(item, due, now, [purgedAlert(item, due, now)]);
  const atOnce = next.item.state === 'Purged';
  return {
    landing: byItself(read, item, purgeOf(item, due, item, next.item), {
      items: [{ was: { value: item, tag }, now: next.item, ...next.pages }],
      alerts: atOnce ? rest.alerts : [],
    }),
    hint: 'struck',
    counts: { as: 'purged', count: 1 },
    ...(atOnce ? {} : { goesOn: rest }),
  };
}

/** What was destroyed because soft delete did not apply was never waiting to be purged: nobody is told. */
export function finishPurge({ item }: TaskOf<'finishPurge'>, { head, now }: Read): Plan {
  const due = item.deletion ? purgeAtOf(item.deletion, head.vault.extensions) : now;
  const alerts = item.deletion ? [purgedAlert(item, due, now)] : [];
  return { hint: 'struck', counts: { as: 'purged', count: 1 }, goesOn: takenApart(item, due, now, alerts) };
}

/**
 * Two days before the purge. The alert is the warning's identity: it is raised once, whatever is repeated. Only where the purge was
 * put off after somebody had been warned, there is a second one, named after the day that it is about.
 */
export function warn({ item, due }: TaskOf<'warn'>, read: Read): Plan {
  const { vault, name, generation } = item;
  const ids = [generation, `${generation}-${due.toISODate()}`].map((occurrence) =>
    alertId('UpcomingPurge', { vault, item: name }, occurrence),
  );
  const warnings = read.raised.filter((one) => ids.includes(one.id));
  const id = ids.find((one) => !warnings.some((warning) => warning.id === one));
  const purge = { purgeAt: iso(due) };
  if (id === undefined || warnings.some(({ facts }) => facts['purgeAt'] === purge.purgeAt)) return { hint: 'struck' };
  const warning = itemAlert('UpcomingPurge', item, read.now, { ...purge, daysLeft: daysLeft(due, read.now) });
  return {
    landing: byItself(
      read,
      item,
      { operation: 'WarnUpcomingPurge', from: item, to: item, facts: purge },
      {
        stillInTrash: [item],
        alerts: [{ was: undefined, now: { ...warning, id } }],
      },
    ),
    hint: 'struck',
    counts: { as: 'warned', count: 1 },
  };
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
  const landing = byItself(read, item, { operation, from: item, to: next }, change);
  if (following.task === 'wait')
    return { landing: { ...landing, again: [...following.hints, ...newWarning(next, head, hint)] }, hint: 'struck' };
  return { landing, hint: following.task === 'drop' ? 'struck' : 'lookAgain' };
}

/** Somebody may have been warned of a date that no longer holds: they are warned again, of the real one. */
const newWarning = (item: Item, { vault }: HeldHead, { kind }: Hint): readonly Hint[] =>
  item.state === 'SoftDeleted' && kind !== 'warn'
    ? deletionHints(item, purgeAt(item, vault)).filter((one) => one.kind === 'warn')
    : [];

/** The same of many small items in one transaction. */
export function inOne(
  plans: readonly { readonly landing: Landing & { readonly write: Change } }[],
): Landing | undefined {
  const [first] = plans;
  const writes = plans.map(({ landing }) => landing.write);
  return (
    first && {
      ...first.landing,
      write: {
        ...first.landing.write,
        items: writes.flatMap(({ items = [] }) => items),
        alerts: writes.flatMap(({ alerts = [] }) => alerts),
        entries: writes.flatMap(({ entries = [] }) => entries),
      },
    }
  );
}
