import type { Change, Raised } from '../../change.ts';
import { type Alert, isTold } from '../../core/alerts.ts';
import type { Entry } from '../../core/caller.ts';
import { type Hint, standingPurge } from '../../core/hints.ts';
import type { ItemIn } from '../../core/item.ts';
import { purgeAt, reminders } from '../../core/lifecycle.ts';
import { sameName } from '../../core/names.ts';
import { dueOf, ticketOf } from '../../core/ticket.ts';
import { type Instant, iso } from '../../core/time.ts';
import {
  DELETIONS,
  isOfNow,
  knownFrom,
  type Mark,
  MOST_NAMED,
  markOf,
  REMINDER,
  tellsOf,
  toldLines,
} from '../../core/told.ts';
import { type Landed, landAlerts } from '../story/land.ts';
import { entry } from '../story/request.ts';
import { inParallel } from '../story/rounds.ts';
import { freshly, type Reading } from './read.ts';
import type { Turn } from './turn.ts';

export type Marks = Pick<Change, 'putMarks' | 'dropMarks' | 'stillInTrash' | 'entries' | 'alerts'>;

/** Marks that are to be made, and what they rest on. */
export interface Made {
  readonly marks: Marks;
  readonly of: readonly Marking[];
}
type Marking = NonNullable<Awaited<ReturnType<typeof markFor>>>;
export const NO_MARKS: Made = { marks: {}, of: [] };

type Teller = Pick<Turn, 'flow' | 'now'>;

export const isReminder = ({ type }: Pick<Alert, 'type'>): boolean => type === REMINDER;

/**
 * When the last reminder of a purge is told, the ledger's own transaction says so behind the item in the trash, and in its history. So a
 * sweep that reads what is due knows it, and asks nobody. The alerts that were read for that are written back as they are: a bounce of the
 * mail about the deletion that comes at the same moment is not overlooked.
 */
export async function marksOf(turn: Teller, written: readonly Raised[], reading = freshly(turn.flow)): Promise<Made> {
  const settled = written.filter(({ was, now }) => isReminder(now) && isTold(now) && !(was && isTold(was.value)));
  const marks = (await inParallel(settled, ({ now }) => markFor(turn, now, reading))).filter(
    (one) => one !== undefined,
  );
  if (marks.length === 0) return NO_MARKS;
  const others = marks
    .flatMap(({ restsOn }) => restsOn)
    .filter(({ value: { id } }) => !written.some(({ now }) => now.id === id));
  return {
    marks: {
      alerts: [...written, ...others.map((was) => ({ was, now: was.value }))],
      putMarks: marks.map(({ mark }) => mark),
      stillInTrash: marks.map(({ item }) => item),
      entries: marks.map((one) => one.entry),
    },
    of: marks,
  };
}

/**
 * Lands what was told, with the marks that follow. Then the hints to purge get their tickets, where they lie: they lead to the items as well
 * without, so nobody minds who dies in between, and a ticket that comes late is no longer true.
 */
export async function landTold(
  { flow, now, later }: Teller & Partial<Pick<Turn, 'later'>>,
  written: readonly Raised[],
  { marks, of }: Made,
  more: Parameters<typeof landAlerts>[3] = {},
): Promise<Landed> {
  const landed = await landAlerts(flow, now, written, { ...more, ...marks });
  const again = of.flatMap((one) => ticketed(one, landed));
  if (later) later(again);
  else await writeTickets(flow, now, again);
  return landed;
}

export async function writeTickets(flow: Turn['flow'], now: Instant, again: readonly Hint[]): Promise<void> {
  if (again.length > 0) await flow.land({ now, again }).catch(() => undefined);
}

/** The item was read before, so nothing may have happened to it between its reminder and the entry that tells of the mark. */
function ticketed({ item, head, reminder }: Marking, { done, written }: Landed): readonly Hint[] {
  const mark = written?.change?.putMarks?.find((one) => sameName(one.item, item.name));
  const isNext = mark?.head !== undefined && mark.head.seq === (reminder?.seq ?? 0) + 1;
  const ticket = done && isNext ? ticketOf(item, mark, head) : undefined;
  // Where it was held beyond its time the hint stands elsewhere, and goes without.
  return ticket
    ? standingPurge(item)
        .filter(({ due }) => +due === +dueOf(ticket))
        .map((hint) => ({ ...hint, ticket }))
    : [];
}

/** The item that an alert is about, while it lies in the trash by the deletion that the alert tells of. */
async function trashedBy(reading: Pick<Reading, 'head' | 'item'>, { vault, item: name, generation }: Alert) {
  if (vault === null || name === null) return undefined;
  const head = await reading.head(vault);
  const item = await reading.item(vault, name);
  if (!head || item?.state !== 'SoftDeleted' || item.generation !== generation) return undefined;
  return { vault, head, item, due: purgeAt(item, head.vault) };
}

async function markFor({ now }: Pick<Turn, 'now'>, told: Alert, reading: Reading) {
  const trashed = await trashedBy(reading, told);
  if (!trashed || told.facts['purgeAt'] !== iso(trashed.due)) return undefined;
  const { item, head, due, vault } = trashed;
  const { found: about, unreadable } = await reading.about(vault, item.name);
  const raised = about.map(({ value }) => (value.id === told.id ? told : value));
  const last = reminders(item, head.vault).at(-1) ?? 0;
  const made = markOf(item, due, knownFrom(raised, item, due, last, unreadable), last);
  const mark = made && raised.length <= MOST_NAMED ? { ...made, alerts: raised.map(({ id }) => id) } : made;
  const facts = { purgeAt: iso(due), generation: item.generation, told: toldLines(raised, item, due) };
  const restsOn = about.filter(({ value }) => tellsOf(value, item, due));
  return (
    mark && {
      mark,
      item,
      head,
      reminder: told.evidence,
      restsOn,
      entry: entry({ now }, item.name, { operation: 'Told', from: item, to: item, facts }),
    }
  );
}

/** A purge waits for what it tells. */
export const isAwaited = ({ type }: Pick<Alert, 'type'>): boolean => DELETIONS.includes(type) || type === REMINDER;

export const isKnown = ({ notifications }: Alert): boolean =>
  notifications?.some(({ status }) => status === 'Sent' || status === 'Delivered') ?? false;

/**
 * The mark of a purge says that people know. It goes when the last of them who did turns out not to, and when a mail is sent again: a
 * purge does not overtake it. Of a bounce the history hears here; who sends again has an entry of its own.
 */
export async function unmarksOf(turn: Teller, written: readonly Raised[]): Promise<Marks> {
  const lost = written.filter(
    ({ was, now }) => was && ((isKnown(was.value) && !isKnown(now)) || (isTold(was.value) && !isTold(now))),
  );
  const found = (await inParallel(lost, ({ now }) => lostMark(turn, now))).filter((one) => one !== undefined);
  if (found.length === 0) return {};
  return { dropMarks: found.map(({ mark }) => mark), entries: found.flatMap((one) => one.entry ?? []) };
}

async function lostMark({ flow, now }: Teller, told: Alert) {
  const found = await markUnder(flow, told);
  if (!found || !isTold(told)) return found;
  const { mark, item } = found;
  const facts = { alert: told.id, purgeAt: iso(mark.purgeAt), generation: item.generation };
  return { mark, entry: entry({ now }, item.name, { operation: 'Bounced', from: item, to: item, facts }) };
}

/** The mark that rests on an alert, with the item in the trash. */
export async function markUnder(
  flow: Pick<Turn['flow'], 'vaults' | 'alerts'>,
  told: Alert,
): Promise<Marked | undefined> {
  const trashed = isAwaited(told) ? await trashedBy(freshly(flow), told) : undefined;
  if (!trashed) return undefined;
  const { item, due, vault } = trashed;
  const mark = await flow.vaults.mark(vault, { item: item.name, purgeAt: due });
  return mark && isOfNow(mark, item, due) ? { mark, item } : undefined;
}

interface Marked {
  readonly mark: Mark;
  readonly item: ItemIn<'SoftDeleted'>;
  readonly entry?: Entry;
}
