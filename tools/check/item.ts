import type { HeldHead, PointPage } from '../../src/change.ts';
import { type Hint, type HintKind, ITSELF } from '../../src/core/hints.ts';
import { type Item, liveHolds, type Remains, type Tombstone } from '../../src/core/item.ts';
import { isUnderUnreadable, purgeAt, termsOf } from '../../src/core/lifecycle.ts';
import { keyOf, named } from '../../src/core/names.ts';
import { wishIn } from '../../src/core/operations.ts';
import { isOrdered } from '../../src/core/orders.ts';
import { dueAt, type Point } from '../../src/core/policy.ts';
import { purgeAtOf, remindAt, remindersOf, TOMBSTONE_DAYS } from '../../src/core/retention.ts';
import { policyOf } from '../../src/core/tally.ts';
import { addDays, earliest, type Instant, iso, later, parseInstant } from '../../src/core/time.ts';
import { type Head, isUnreadablePolicy } from '../../src/core/vault.ts';
import { PAGE_SIZE } from '../../src/flows/items/pages.ts';
import { inOrderedKey, inTrash, inTrashKey, keys, trashKey } from '../../src/store/keys.ts';
import { sourceKey } from '../../src/store/registry.ts';
import { checkClosed } from './closedOrders.ts';
import { checkKind } from './kinds.ts';
import { checkOrder } from './orders.ts';
import { checkPurgeHints } from './purgeHints.ts';
import { type Contents, placeOf, type Surroundings, type Tell } from './terms.ts';
import { isFalse } from './tickets.ts';

type Say = (rule: 'I1' | 'I2' | 'I3' | 'I5' | 'I7', message: string) => void;

export function checkItem(item: Item, contents: Contents, head: HeldHead, around: Surroundings, tell: Tell): void {
  const { vault } = contents;
  const name = keyOf(item.name);
  const say: Say = (rule, message) => tell(keys.item(vault, name), rule, message);
  checkTrash(item, contents, say);
  checkHints(item, contents, head, around, say);
  checkToPurge(item, contents, around, say);
  checkHistory(item, contents, say);
  checkClosed(item, contents, tell);
  const pages = contents.pages.get(name) ?? [];
  const paged = pages.flatMap(({ points }) => points);
  if (paged.length !== item.pagedPoints)
    say('I5', `it says that ${item.pagedPoints} points lie in its pages, and ${paged.length} do`);
  checkPages(pages, say);
  const jobs = contents.jobs.get(name) ?? [];
  const running = jobs.some(({ id, status }) => id === item.activeJob?.id && status === 'InProgress');
  if (item.activeJob && !running) say('I5', `its job ${item.activeJob.id} does not run`);
  const { id: last, status: told } = item.lastJob ?? {};
  const stored = told && jobs.find(({ id }) => id === last)?.status;
  if (stored && stored !== told) say('I5', `it says that its last job is ${told}, and the job is ${stored}`);
  checkReferences(item, contents, head, around, say);
  checkKind(item, head, around, (message) => say('I5', message));
}

/** Those of before are merged when they are changed. */
function checkPages(pages: readonly PointPage[], say: Say): void {
  for (const [at, page] of pages.entries()) {
    const next = pages[at + 1];
    if (page.points.length > PAGE_SIZE) say('I5', `page ${page.id} has more than ${PAGE_SIZE} points`);
    if (!next || page.ofBefore || next.ofBefore) continue;
    if (page.points.length + next.points.length <= PAGE_SIZE)
      say('I5', `pages that should be one: ${page.id} and ${next.id}`);
  }
}

function checkTrash(item: Item, { vault, trash, documents }: Contents, say: Say): void {
  const place = trashKey(item);
  const document = documents.get(keyOf(item.name));
  const nameIn = (key: string) => (key.startsWith(keys.trash(vault)) ? inTrashKey(key).item : inOrderedKey(key));
  const there = [...trash.keys()].filter((key) => nameIn(key) === keyOf(item.name));
  for (const key of there)
    if (key !== place) say(inTrash(item) ? 'I5' : 'I1', `it is ${item.state}, and lies in the trash at ${key}`);
  if (place === undefined) return;
  if (!there.includes(place)) say('I5', `it is ${item.state}, and does not lie in the trash at ${place}`);
  else if (trash.get(place) !== document) say('I5', 'what lies in the trash is another version of it');
}

function checkHistory(item: Item, { history }: Contents, say: Say): void {
  const told = history.get(keyOf(item.name)) ?? [];
  // That a lease was renewed is told nowhere.
  const isRenewed = isOrdered(item) && item.order.lease !== null;
  const last = told.find(({ id }) => id === keyOf(item.etag)) ?? (isRenewed ? told[0] : undefined);
  if (!last) say('I3', `its history does not tell how it came to be ${item.state}`);
  else if (last.to !== item.state) say('I3', `its history says that it became ${last.to}; it is ${item.state}`);
}

function checkToPurge(remains: Remains, contents: Contents, around: Surroundings, say: Say): void {
  const { vault, history, ridden } = contents;
  const name = keyOf(remains.name);
  const hints = around.hints.get(placeOf(vault, name));
  const about = { hints, history: history.get(name) ?? [], ridden: ridden && (ridden.get(name) ?? []) };
  checkPurgeHints(remains, about, { ...around, tell: (message) => say('I2', message) });
}

/** The earliest instant at which something has to be done about the item, and which hints lead there. */
function checkHints(item: Item, contents: Contents, head: HeldHead, around: Surroundings, say: Say): void {
  const hints = around.hints.get(placeOf(contents.vault, item.name));
  // What failed is tried later and later, but within a day.
  const isTriedAgain = ({ tries = 0, due }: Hint) => tries > 0 && due <= addDays(around.now, 1);
  const need = (due: Instant, kinds: readonly HintKind[], what: string) => {
    // Where both are over the next sweep comes by it, though two who deleted at once may have left the later of their hints.
    if (!hints.some((hint) => kinds.includes(hint.kind) && (hint.due <= later(due, around.now) || isTriedAgain(hint))))
      say('I2', `no hint leads to its ${what} at ${iso(due)}`);
  };
  if (isOrdered(item)) {
    const work = around.hints.work(placeOf(contents.vault, item.name));
    checkOrder(item, { now: around.now, hints, work }, (message) => say('I7', message));
  } else if (item.state === 'Purging') need(around.now, ['purge'], 'purge');
  if (item.state === 'SoftDeleted') {
    const last = remindersOf(head.vault.alerts.reminderDays, item.deletion.retentionDays).at(-1) ?? 0;
    const warnAt = remindAt(purgeAtOf(item.deletion, []), last);
    if (around.now < warnAt && !isRemindedAnew(contents, around)) need(warnAt, ['warn'], 'warning');
    const end = lastEnd(item, head, around.now);
    // Of all but those of before see purgeHints.ts.
    if (end && item.purgeHintBy === undefined) need(end, ['warn', 'purge', 'hold'], 'purge');
    const marks = contents.marks.get(keyOf(item.name)) ?? [];
    const told = marks.find((mark) => +mark.purgeAt === +purgeAt(item, head.vault));
    for (const { carried } of hints)
      if (carried && isFalse(carried, item, told, head)) say('I5', 'the ticket of its purge says otherwise than it');
  }
  if (item.state !== 'Protected' && item.state !== 'BackupsSuspended') return;
  // When its points end nobody can say: the policy itself is named.
  if (isUnderUnreadable(item, head)) return;
  const due = nextExpiry(item, contents, head, around.now);
  if (due && !isRehinted(item, contents, head, around)) need(due, ['expire'], 'next expiry');
}

/** null: a hold without end keeps it, and whoever takes that off writes the hint. */
function lastEnd(item: Extract<Item, { state: 'SoftDeleted' }>, { vault }: Head, now: Instant): Instant | null {
  const ends = liveHolds(item.holds, now).map(({ until }) => until);
  return ends.reduce((last, end) => last && end && later(last, end), purgeAt(item, vault) as Instant | null);
}

/** The newest point of an item whose backups are suspended stays for good. */
function nextExpiry(item: Item, { pages }: Contents, head: Head, now: Instant): Instant | undefined {
  const all = [...item.points, ...(pages.get(keyOf(item.name)) ?? []).flatMap(({ points }) => points)];
  const newest = all.reduce<Point | undefined>(
    (one, other) => (one && one.createdAt >= other.createdAt ? one : other),
    undefined,
  );
  const ageing = item.state === 'BackupsSuspended' ? all.filter((point) => point !== newest) : all;
  const terms = termsOf(item, head);
  return earliest(ageing.map((point) => dueAt(point, terms, now)));
}

/** A policy that was just shortened: somebody walks its items, or will when the sweep comes to the hint of the version before. */
function isRehinted(item: Item, { vault }: Contents, { running = [] }: HeldHead, { hints }: Surroundings): boolean {
  const policy = (item.state === 'Protected' ? item.policy : item.previousPolicy) ?? '';
  const ofBefore = hints.get(placeOf(vault, policy)).some(({ kind }) => kind === 'policy');
  return ofBefore || wishIn(running, { kind: 'RehintPolicy', subject: policy }) !== undefined;
}

/** Other days to be reminded were wanted just now: somebody walks through the trash, or will. */
const isRemindedAnew = ({ vault }: Contents, { hints }: Surroundings): boolean =>
  (hints.get(placeOf(vault, ITSELF)) ?? []).some(({ kind }) => kind === 'warn');

function checkReferences(
  item: Item,
  { vault, servers }: Contents,
  head: Head,
  { claims }: Surroundings,
  say: Say,
): void {
  const tied = policyOf(item);
  const isThere = tied === null || isUnreadablePolicy(head, tied) || named(head.policies, tied) !== undefined;
  if (!isThere) say('I5', `its policy ${tied} is not there`);
  if (item.server !== null && !servers.has(keyOf(item.server))) say('I5', `its server ${item.server} is not there`);
  const [owner] = claims.get(sourceKey(item));
  if (!item.superseded && owner !== placeOf(vault, item.name))
    say('I5', `it protects its source, but ${owner ?? 'nobody'} has the claim to it`);
}

/** Of what was purged nothing can be seen but the tombstone; and it was not purged before its time. */
export function checkTombstone(grave: Tombstone, contents: Contents, around: Surroundings, tell: Tell): void {
  const { vault, history, trash } = contents;
  const { hints } = around;
  const name = keyOf(grave.name);
  const say: Say = (rule, message) => tell(keys.item(vault, name), rule, message);
  for (const key of trash.keys())
    if ((key.startsWith(keys.trash(vault)) ? inTrashKey(key).item : inOrderedKey(key)) === name)
      say('I1', `it is purged, and lies in the trash at ${key}`);
  const told = history.get(name) ?? [];
  if (!told.some(({ to, at }) => to === 'Purged' && at === grave.purgedAt.toMillis()))
    say('I3', 'its history does not tell how it came to be Purged');
  const promised = told
    .filter(({ to, facts }) => to === 'SoftDeleted' && facts['generation'] === grave.generation)
    .map(({ facts }) => parseInstant(String(facts['purgeAt'])));
  if (grave.softDeleteApplied && promised.some((until) => until && until > grave.purgedAt))
    say('I1', `it was purged at ${iso(grave.purgedAt)}, before its time`);
  checkToPurge(grave, contents, around, say);
  checkClosed(grave, contents, tell);
  const ofDeletion = told.filter(({ facts }) => facts['generation'] === grave.generation);
  const isChained = ofDeletion.some((one) => one.operation === 'Purge' && one.isChained);
  const isTold = ofDeletion.some(({ operation, facts }) => operation === 'Told' || facts['told'] !== undefined);
  if (grave.softDeleteApplied && isChained && !isTold)
    say('I1', 'it was purged, and its history names nobody who was told');
  // Those of before have a hint of their own; of all others a row of the vault says when they are over.
  if (grave.endsOn !== undefined) return;
  const forget = addDays(grave.purgedAt, TOMBSTONE_DAYS);
  if (!hints.get(placeOf(vault, name)).some(({ kind, due }) => kind === 'forget' && due <= forget))
    say('I2', `no hint leads to its oblivion at ${iso(forget)}`);
}
