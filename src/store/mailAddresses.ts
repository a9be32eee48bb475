/**
 * So many single mails an hour to one address, and one welcome a day. An address has so many places a day, each a row; a mail takes one that
 * nobody has had for an hour. So nothing is counted: two who take the same place meet at its row, and for the first mails of a day nobody
 * has to look. Where the hour reaches back to the day before, a mail takes a place of either day.
 */
import { inParts } from '../change.ts';
import { dayOf, monthOf } from '../core/kept.ts';
import { addressKey, digitOf } from '../core/mailIds.ts';
import { MOST_SKEW_MS } from '../core/sweep.ts';
import { addMillis, DAY_MS, HOUR_MS, type Instant } from '../core/time.ts';
import type { Admission, SingleMail } from '../ports/alerts.ts';
import { hashOf } from './keys.ts';
import { partitionOf, remember } from './mailIndex.ts';
import { type Cells, type Op, ofOurTime, put, type Row, replacing, type Table } from './table.ts';

const ROUNDS = 20;
const SOON_MS = 5000;
/** A mail writes its place, and what is remembered of it. */
const PER_TRANSACTION = 45;

/** Which mail has it, and when that went, or was about to. There may be many of them, so they are no documents. */
const placeCells = ({ operationId: id }: SingleMail, now: Instant): Cells => ({ v: 1, id, at: now.toMillis() });
const placeIn = ({ key, cells }: Row) => {
  const { id, at } = ofOurTime(key, cells);
  return { id: String(id), at: Number(at) };
};

const placesOf = (address: string, day: string): string => `to!${address}!${day}!`;
const placeKey = (address: string, day: string, place: number): string =>
  placesOf(address, day) + String(place).padStart(4, '0');
const welcomeKey = (address: string): string => `welcome!${address}`;

const digitFor = ({ recipient }: SingleMail): string => digitOf(addressKey(recipient));
const isBeside = (mail: SingleMail): boolean => digitOf(mail.operationId) === digitFor(mail);

/** What becomes of each, in their order. Those of one partition share transactions. */
export async function admitAll(
  table: Table,
  mails: readonly SingleMail[],
  perHour: number,
  now: Instant,
): Promise<readonly Admission[]> {
  const answers = new Map<string, Admission>();
  const admit = async (some: readonly SingleMail[]) => {
    if (await admitUnseen(table, some, perHour, now)) for (const one of some) answers.set(one.operationId, 'admitted');
    else
      for (const [address, ofOne] of Map.groupBy(some, ({ recipient }) => addressKey(recipient)))
        await admitTo(table, address, ofOne, perHour, now, answers);
    // Ids of before, and those of bundles, begin with any digit.
    for (const { operationId, about } of some.filter((one) => !isBeside(one)))
      if (about && answers.get(operationId) === 'admitted') await remember(table, operationId, about, now);
  };
  const byDigit = [...Map.groupBy(mails, digitFor).values()];
  await Promise.all(
    byDigit.map(async (all) => {
      for (const some of inParts(all, PER_TRANSACTION)) await admit(some);
    }),
  );
  return mails.map(({ operationId }) => answers.get(operationId) ?? addMillis(now, SOON_MS));
}

/** The days on which lie the places that were taken within the hour, the last one today. */
const daysOf = (now: Instant): readonly string[] => [...new Set([addMillis(now, -HOUR_MS), now].map(dayOf))];
const partitionOn = (day: string, digit: string): string => partitionOf(day.slice(0, '2026-03'.length), digit);

const remembered = (mails: readonly SingleMail[]): readonly Op[] =>
  mails.flatMap((one) => (one.about && isBeside(one) ? [put(one.operationId, one.about)] : []));

/** All of them, if nobody has had their places that day. Nothing is read for that. */
async function admitUnseen(
  table: Table,
  mails: readonly SingleMail[],
  perHour: number,
  now: Instant,
): Promise<boolean> {
  const [day = '', today] = daysOf(now);
  if (today !== undefined || mails.some(({ isWelcome }) => isWelcome)) return false;
  const places = new Map<string, SingleMail>();
  for (const mail of mails) {
    const key = anyPlace(mail, day, perHour, places);
    if (key === undefined) return false;
    places.set(key, mail);
  }
  const ops = [...places].map(([key, mail]): Op => ({ op: 'insert', key, cells: placeCells(mail, now) }));
  return table.commit(partitionOn(day, mails[0] ? digitFor(mails[0]) : ''), [...ops, ...remembered(mails)]);
}

/** The id of a mail says where it looks first: so mails that know nothing of each other seldom meet. */
function anyPlace(
  { operationId, recipient }: SingleMail,
  day: string,
  perHour: number,
  isTaken: ReadonlyMap<string, unknown>,
): string | undefined {
  const address = addressKey(recipient);
  const first = Number.parseInt(hashOf([operationId]).slice(0, 8), 16);
  for (let at = 0; at < perHour; at += 1) {
    const key = placeKey(address, day, (first + at) % perHour);
    if (!isTaken.has(key)) return key;
  }
  return undefined;
}

/** To one address, by what is there. What is not answered is to come again. */
async function admitTo(
  table: Table,
  address: string,
  mails: readonly SingleMail[],
  perHour: number,
  now: Instant,
  answers: Map<string, Admission>,
): Promise<void> {
  for (const mail of mails.filter(({ isWelcome }) => isWelcome)) {
    const answer = await welcome(table, address, mail, now);
    if (answer !== 'admitted') answers.set(mail.operationId, answer);
  }
  let left = mails.filter(({ operationId }) => !answers.has(operationId));
  const days = daysOf(now);
  for (const day of days) {
    const taken = await takePlaces(table, { address, day, isLast: day === days.at(-1) }, left, perHour, now);
    if (!taken) return;
    for (const { operationId } of left) if (!taken.has(operationId)) answers.set(operationId, 'crowded');
    left = left.filter(({ operationId }) => taken.has(operationId));
  }
  for (const { operationId } of left) answers.set(operationId, 'admitted');
}

interface OnDay {
  readonly address: string;
  readonly day: string;
  /** With its place of this day a mail is admitted, and remembered. */
  readonly isLast: boolean;
}

/** The mails that have places on a day by now; undefined: others kept taking them. */
async function takePlaces(
  table: Table,
  { address, day, isLast }: OnDay,
  mails: readonly SingleMail[],
  perHour: number,
  now: Instant,
): Promise<ReadonlySet<string> | undefined> {
  const partition = partitionOn(day, digitOf(address));
  for (let round = 0; round < ROUNDS; round += 1) {
    const rows = await table.range(partition, { prefix: placesOf(address, day) });
    const given = placesFor(rows, { address, day }, mails, perHour, now);
    const admitted = given.map(({ mail }) => mail);
    const ops = given.map(({ key, row, mail }) => replacing(key, placeCells(mail, now), row));
    if (await table.commit(partition, [...ops, ...(isLast ? remembered(admitted) : [])]))
      return new Set(admitted.map(({ operationId }) => operationId));
  }
  return undefined;
}

interface Given {
  readonly key: string;
  readonly row: Row | undefined;
  readonly mail: SingleMail;
}

/** A mail that is tried again takes its own place. There are no more for the others than nobody has had for an hour. */
function placesFor(
  rows: readonly Row[],
  { address, day }: Omit<OnDay, 'isLast'>,
  mails: readonly SingleMail[],
  perHour: number,
  now: Instant,
): readonly Given[] {
  const had = new Map(rows.map((row) => [row.key, { row, ...placeIn(row) }]));
  const byMail = new Map([...had.values()].map(({ id, row }) => [id, row]));
  const own = (mail: SingleMail) => byMail.get(mail.operationId);
  const isOurs = new Set(mails.map(({ operationId }) => operationId));
  const ofOthers = [...had.values()].filter(({ id, at }) => isWithin(HOUR_MS, now, at) && !isOurs.has(id));
  const given = mails.flatMap((mail): readonly Given[] => {
    const row = own(mail);
    return row ? [{ key: row.key, row, mail }] : [];
  });
  const isTaken = new Set([...ofOthers.map(({ row }) => row.key), ...given.map(({ key }) => key)]);
  const free = Array.from({ length: perHour }, (_, place) => placeKey(address, day, place)).filter(
    (key) => !isTaken.has(key),
  );
  // Where fewer go in an hour since, places that are no longer there count as well.
  const room = Math.max(0, perHour - isTaken.size);
  const others = mails.filter((mail) => !own(mail)).slice(0, room);
  return [...given, ...others.map((mail, at) => ({ key: free[at] ?? '', row: had.get(free[at] ?? '')?.row, mail }))];
}

/** Those who count at the same time have clocks a little apart. What lies far ahead was noted by a clock that was turned back since. */
const isWithin = (millis: number, now: Instant, at: number): boolean =>
  at > now.toMillis() - millis && at <= now.toMillis() + MOST_SKEW_MS;

/** One row of a month; where the day reaches back to the month before, that of either month. */
async function welcome(table: Table, address: string, mail: SingleMail, now: Instant): Promise<Admission> {
  const key = welcomeKey(address);
  for (const month of new Set([addMillis(now, -DAY_MS), now].map(monthOf))) {
    const partition = partitionOf(month, digitOf(address));
    let isNoted = false;
    for (let round = 0; round < ROUNDS && !isNoted; round += 1) {
      const row = await table.get(partition, key);
      const last = row && placeIn(row);
      if (last && last.id !== mail.operationId && isWithin(DAY_MS, now, last.at)) return 'welcomed';
      isNoted = await table.commit(partition, [replacing(key, placeCells(mail, now), row)]);
    }
    if (!isNoted) return addMillis(now, SOON_MS);
  }
  return 'admitted';
}
