/** What a change writes that is over one day, and is removed then. */
import type { Alert, Counted } from './alerts.ts';
import type { AlertType } from './alertTypes.ts';
import { isItem, type Remains } from './item.ts';
import { dayAfter, KEPT_DAYS } from './kept.ts';
import { sameName } from './names.ts';
import { keepsResults, type Operation, operationName } from './operations.ts';
import { closedIds } from './orders.ts';
import type { Server } from './server.ts';
import { addDays, type Instant, later } from './time.ts';
import type { Mark } from './told.ts';

/** A row that ends, as what it is. */
export type Ending = (
  | { readonly of: 'alert'; readonly id: string }
  | { readonly of: 'counted'; readonly one: Counted }
  | { readonly of: 'job'; readonly item: string; readonly id: string }
  | { readonly of: 'operation'; readonly name: string }
  /** All results of an operation. */
  | { readonly of: 'results'; readonly name: string }
  /** These can be written anew under the same key: so each says itself on which day it is over. */
  | { readonly of: 'tombstone'; readonly item: string; readonly with?: Company | undefined }
  | { readonly of: 'server'; readonly server: string }
  | { readonly of: 'answer'; readonly key: string }
) & { readonly day: string };

/** What goes with a tombstone. Where it is not known it is looked for when the time has come. */
export interface Company {
  readonly alerts: readonly string[];
  readonly job: string | undefined;
  readonly orders: readonly string[];
}

interface Moved<T> {
  readonly was: { readonly value: T } | undefined;
  readonly now: T;
}

interface Dated {
  readonly key: string;
  readonly endsOn?: string | undefined;
}

/** A change, as far as it writes what ends. */
export interface Lasting {
  readonly entries?: readonly { readonly at: Instant }[];
  readonly alerts?: readonly Moved<Alert>[];
  readonly counted?: readonly Counted[];
  readonly items?: readonly Moved<Remains>[];
  readonly dropMarks?: readonly Pick<Mark, 'item' | 'alerts'>[];
  readonly server?: Moved<Server> | undefined;
  readonly operations?: readonly { readonly now: Operation }[];
}
interface LastingAnswer {
  readonly was?: { readonly value: Dated } | undefined;
  readonly answer: Dated;
}

export const alertEndsOn = ({ firedAt }: Pick<Alert, 'firedAt'>): string => dayAfter(addDays(firedAt, KEPT_DAYS.alert));
export const answerEndsOn = (at: Instant): string => dayAfter(addDays(at, KEPT_DAYS.answer));

/** What is over one day from now on. */
export const endingsOf = (change: Lasting, answer?: LastingAnswer): readonly Ending[] => [
  ...(change.alerts ?? []).flatMap(({ was, now }): readonly Ending[] =>
    was ? [] : [{ of: 'alert', id: now.id, day: alertEndsOn(now) }],
  ),
  // With its alert: how long nobody could be told of that, nobody knows.
  ...(change.counted ?? []).map(
    (one): Ending => ({ of: 'counted', one, day: dayAfter(addDays(one.at, KEPT_DAYS.alert)) }),
  ),
  ...jobsOver(change),
  ...(change.operations ?? []).flatMap(({ now }) => operationOver(now)),
  ...datedIn(change, answer).flatMap(({ now, was }) => (now && now.day !== was?.day ? [now] : [])),
];

function operationOver(operation: Operation): readonly Ending[] {
  const { id, endedAt } = operation;
  if (!endedAt) return [];
  const ending = { name: operationName(id), day: dayAfter(addDays(endedAt, KEPT_DAYS.operation)) };
  return [{ of: 'operation', ...ending }, ...(keepsResults(operation) ? [{ of: 'results', ...ending } as const] : [])];
}

/** What was to be over one day, and is written anew instead. */
export const revivedBy = (change: Lasting, answer?: LastingAnswer): readonly Ending[] =>
  datedIn(change, answer).flatMap(({ now, was }) => (was && was.day !== now?.day ? [was] : []));

interface DatedMove {
  readonly was: Ending | undefined;
  readonly now: Ending | undefined;
}

function datedIn(change: Lasting, answer: LastingAnswer | undefined): readonly DatedMove[] {
  const { items = [], server } = change;
  return [
    ...items.map(({ was, now }) => ({
      was: tombstoneEnding(was?.value),
      now: tombstoneEnding(now, companyOf(change, now)),
    })),
    ...(server ? [{ was: serverEnding(server.was?.value), now: serverEnding(server.now) }] : []),
    ...(answer ? [{ was: answerEnding(answer.was?.value), now: answerEnding(answer.answer) }] : []),
  ];
}

const tombstoneEnding = (remains: Remains | undefined, company?: Company): Ending | undefined =>
  remains && !isItem(remains) && remains.endsOn !== undefined
    ? { of: 'tombstone', item: remains.name, day: remains.endsOn, with: company }
    : undefined;

/** What was raised until the mark of its purge was made, and with the purge itself. Earlier jobs have ended by themselves. */
function companyOf({ alerts = [], dropMarks = [] }: Lasting, remains: Remains): Company | undefined {
  const { name, lastJob } = remains;
  const named = dropMarks.find(({ item }) => sameName(item, name))?.alerts;
  if (!named) return undefined;
  const raised = alerts.filter(({ now }) => now.item !== null && sameName(now.item, name)).map(({ now }) => now.id);
  return { alerts: [...named, ...raised], job: lastJob?.id, orders: closedIds(remains) };
}
const serverEnding = (server: Server | undefined): Ending | undefined =>
  server?.endsOn === undefined ? undefined : { of: 'server', server: server.name, day: server.endsOn };
const answerEnding = (answer: Dated | undefined): Ending | undefined =>
  answer?.endsOn === undefined ? undefined : { of: 'answer', key: answer.key, day: answer.endsOn };

/** The last job of an item stays until there is another; one that is no longer the last never is again. */
function jobsOver({ items = [], entries = [] }: Lasting): readonly Ending[] {
  return items.flatMap(({ was, now }): readonly Ending[] => {
    const last = was?.value.lastJob;
    if (!last || last.id === now.lastJob?.id) return [];
    const written = entries[0]?.at ?? last.startedAt;
    const end = later(addDays(last.endedAt ?? written, KEPT_DAYS.job), written);
    return [{ of: 'job', item: now.name, id: last.id, day: dayAfter(end) }];
  });
}

/** They may be raised without any hint, because one of the item's own still stands: then whoever tells them asks instead. */
const MAY_RIDE: readonly AlertType[] = ['ItemUndeleted', 'ItemResumed'];

/** The first day on which somebody has to come. */
export function firstEnd(change: Lasting, keepsAnswer: boolean, at: Instant): string | undefined {
  const days = [
    ...endingsOf(change).map(({ day }) => day),
    ...(keepsAnswer ? [answerEndsOn(at)] : []),
    ...(change.alerts ?? []).flatMap(({ was, now }) =>
      was && MAY_RIDE.includes(now.type) ? [dayAfter(later(addDays(now.firedAt, KEPT_DAYS.answer), at))] : [],
    ),
  ];
  return days.toSorted()[0];
}
