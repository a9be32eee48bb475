import { createHash } from 'node:crypto';
import { inParts } from '../../change.ts';
import {
  type Alert,
  alert,
  type BundleKind,
  idInVault,
  isQueued,
  isTold,
  itemOfAlert,
  kindOfBundle,
  kindToldBy,
  MOST_MEMBERS,
  type Notification,
  readyAt,
  TELLS,
  typeOfAlert,
  vaultIdIn,
  vaultOfAlert,
  type Waiting,
} from '../../core/alerts.ts';
import { bundleHint, SERVICE } from '../../core/hints.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { type Instant, secondsUntil } from '../../core/time.ts';
import { withoutUndelete } from '../../letters/bundles.ts';
import { operationIdOf } from '../story/addressing.ts';
import { type FlowPorts, landAlerts } from '../story/land.ts';
import { untilDone } from '../story/rounds.ts';
import { isReminder, landTold, type Made, type Marks, marksOf, NO_MARKS, unmarksOf } from './marks.ts';
import { readAlerts } from './read.ts';
import { strikeRidden } from './ridden.ts';
import { announce, type Turn } from './turn.ts';

/** What is said of an item beside its name. */
const WORDS_OF_ITEM = 50;
const AFTERWARDS_SECONDS = 35;

/**
 * Makes one alert, a bundle, of those that wait, when it is time. The bundle is then told like any other alert. Which alerts really
 * belong to it is decided when it is told (`claim`): two messages may make bundles of the same alerts here, and one of the
 * bundles will find nobody left.
 */
export async function tellBundle(flow: FlowPorts, vault: string | null, together: string, now: Instant): Promise<void> {
  const kind = kindOfBundle(together);
  const home = vault ?? SERVICE;
  let waiting = await flow.alerts.waiting(home, together);
  if (!kind || waiting.length === 0) return;
  const ready = readyAt(together, waiting);
  if (ready > now)
    return announce(flow, {
      now,
      again: [bundleHint(home, together, ready)],
      notices: [{ notice: { vault, together }, delaySeconds: secondsUntil(ready, now) }],
    });
  let isNews = false;
  for (let [first] = waiting; first; [first] = waiting) {
    const { bundle, isNew } = await raiseOnce(flow, bundleOf(kind, vault, fitting(kind, waiting), first, now), now);
    const bundled = new Set([first.alert, ...bundle.members]);
    waiting = waiting.filter((one) => !bundled.has(one.alert));
    isNews ||= isNew;
  }
  // Another message for the same alerts ends here. If each came again, they would be more with every bundle of a caller who goes on.
  if (!isNews) return;
  // For those that came in between, and found company that was about to be told.
  await announce(flow, { now, notices: [{ notice: { vault, together }, delaySeconds: AFTERWARDS_SECONDS }] });
}

/** The first of those that wait, as many as go into one bundle. */
function fitting(kind: BundleKind, waiting: readonly Waiting[]): readonly Waiting[] {
  let characters = 0;
  const end = waiting.findIndex(({ alert: id }) => {
    characters += id.length + (kind === 'mass' ? (itemOfAlert(id) ?? '').length + WORDS_OF_ITEM : 0);
    return characters > MOST_MEMBERS.characters;
  });
  return waiting.slice(0, Math.min(MOST_MEMBERS.alerts, end < 0 ? waiting.length : end));
}

/** If the same bundle was raised before, by a process that died after it and perhaps of fewer alerts, then it is that one. */
async function raiseOnce(
  flow: FlowPorts,
  bundle: Alert,
  now: Instant,
): Promise<{ readonly bundle: Alert; readonly isNew: boolean }> {
  const { vault, id } = bundle;
  const raised = await landAlerts(flow, now, [{ was: undefined, now: bundle }]);
  if (raised.done) {
    await raised.told();
    return { bundle, isNew: true };
  }
  await announce(flow, { now, notices: [{ notice: { vault, alerts: [id] } }] });
  return { bundle: (await flow.alerts.get(vault, id))?.value ?? bundle, isNew: false };
}

/** The bundle is named after the first of its members, so that it is the same one when it is made a second time, in the same vault. */
function bundleOf(
  kind: BundleKind,
  vault: string | null,
  waiting: readonly Waiting[],
  first: Waiting,
  now: Instant,
): Alert {
  const name = `${first.together}\n${first.alert}`.toLowerCase();
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  // The crowd of an address is of all vaults; which one it is stands in the bundle until its members are claimed.
  const facts = kind === 'address' ? { crowd: first.together } : {};
  const bundle = alert(TELLS[kind], { vault }, now, facts, `${first.at.toMillis()}-${hash}`);
  const ofVault = vault === null ? undefined : vaultIdIn(first.alert);
  const id = ofVault === undefined ? bundle.id : idInVault(bundle.id, ofVault);
  return { ...bundle, id, members: waiting.map((one) => one.alert) };
}

type Teller = Pick<Turn, 'flow' | 'now'>;

/** What becomes of a member of a bundle: what its row says then, and its place among those that wait. */
interface Fate {
  readonly now: Alert;
  /** Where it waits no longer. */
  readonly gone?: Waiting;
}

/**
 * Takes the alerts that a bundle names and that still wait, and addresses the bundle to everyone to whom they have to be told. A member
 * belongs to the bundle that its own row names. So it is told once, whatever other bundles name it.
 */
export async function claim(teller: Teller, bundle: Alert): Promise<Alert> {
  const kind = kindToldBy(bundle.type);
  if (!kind) return bundle;
  const all = await changeMembers(teller, bundle, (member) => claimed(member, bundle, kind));
  if (kind === 'address') await clearCrowd(teller, bundle);
  const members = all.filter((one) => one.notifications?.some(({ together }) => together === bundle.id));
  return {
    ...bundle,
    // Other bundles have told all of them.
    ...(members.length === 0 ? { state: 'Closed' } : {}),
    members: members.map(({ id }) => id),
    facts: { ...bundle.facts, ...(kind === 'mass' ? massFacts(members) : { count: members.length }) },
    notifications: addressed(bundle, members),
  };
}

/**
 * The places in the crowd of an address lie apart from its alerts, so they go after all of them were looked at. If one of them was only
 * about to wait, the sweep finds that it is untold, and gives it a place again.
 */
async function clearCrowd({ flow, now }: Teller, { id, members, facts }: Alert): Promise<void> {
  const named = new Set(members);
  await untilDone(`the crowd of ${id}`, async () => {
    const places = (await flow.alerts.waiting(SERVICE, String(facts['crowd']))).filter(({ alert: one }) =>
      named.has(one),
    );
    for (const stopWaiting of inParts(places, PER_TRANSACTION))
      if (!(await flow.land({ now, write: { vault: SERVICE, id: flow.newId(), stopWaiting } })).done) return undefined;
    return 'done';
  });
}

/** The members of a bundle that is told, or given up, are so as well; and so are theirs, where bundles were told in one. */
export async function settleMembers(teller: Teller, bundle: Alert): Promise<void> {
  await strikeRidden(teller.flow, teller.now, await settled(teller, bundle));
}

/** Who is told by that. */
async function settled(teller: Teller, bundle: Alert): Promise<readonly Alert[]> {
  if (!kindToldBy(bundle.type)) return [];
  const members = await changeMembers(teller, bundle, (member) => ({ now: followed(member, bundle) }));
  const told = [...members];
  for (const member of members) if (isTold(member)) told.push(...(await settled(teller, member)));
  return told;
}

/** A member's row and its place among those that wait, of each; a transaction holds a hundred rows. */
const PER_TRANSACTION = 45;
/** Of a reminder also its mark, the entry that goes with it, and what both rest on: the item, its deletion's alert, up to five reminders. */
const REMINDERS_PER_TRANSACTION = 8;
/** A transaction takes 4 MiB; alerts that many people hear of are told in smaller parts. */
const MOST_WRITTEN = 1_500_000;
const isReminderId = (id: string): boolean => isReminder({ type: typeOfAlert(id) });

/** Writes into the members of a bundle what it means for each. Answers what they are by then. Doing it twice is doing it once. */
async function changeMembers(
  teller: Teller,
  { id, members }: Alert,
  fateOf: (member: Alert) => Fate,
): Promise<readonly Alert[]> {
  const after: Alert[] = [];
  for (const [vault, ofVault] of Map.groupBy(members, (member) => vaultOfAlert(member) ?? null))
    for (const some of inParts(ofVault, ofVault.some(isReminderId) ? REMINDERS_PER_TRANSACTION : PER_TRANSACTION)) {
      let round = 0;
      const change = () => changeSome(teller, vault, some, fateOf, round++ === 0);
      after.push(...(await untilDone(`the members of ${id}`, change)));
    }
  return after;
}

/** undefined: somebody wrote first. Then no marks are made: one of many histories may have gone on, and the purge asks the alerts. */
async function changeSome(
  { flow, now }: Teller,
  vault: string | null,
  ids: readonly string[],
  fateOf: (member: Alert) => Fate,
  withMarks: boolean,
): Promise<readonly Alert[] | undefined> {
  const { byId } = await readAlerts(flow, vault, ids);
  const held = ids.flatMap((id) => byId.get(keyOf(id)) ?? []);
  if (ids.length > 1 && JSON.stringify(held).length > MOST_WRITTEN) {
    const parts = inParts(ids, Math.ceil(ids.length / 2));
    const done = await Promise.all(parts.map((part) => changeSome({ flow, now }, vault, part, fateOf, withMarks)));
    return done.every((part) => part !== undefined) ? done.flat() : undefined;
  }
  const fates = held.map((was) => ({ was, ...fateOf(was.value) }));
  const changed = fates.filter((fate) => fate.now !== fate.was.value);
  const stopWaiting = changed.flatMap(({ gone }) => gone ?? []);
  const lost = await unmarksOf({ flow, now }, changed);
  const made = withMarks ? both(await marksOf({ flow, now }, changed), lost) : { ...NO_MARKS, marks: without(lost) };
  const done = changed.length === 0 || (await landTold({ flow, now }, changed, made, { stopWaiting })).done;
  return done ? fates.map((fate) => fate.now) : undefined;
}

/** One page of alerts may set marks and take others back: the histories hear of both. */
const both = ({ marks, of }: Made, lost: Marks): Made => ({
  marks: { ...marks, ...lost, entries: [...(marks.entries ?? []), ...(lost.entries ?? [])] },
  of,
});

/** A mark that has to go goes in any case; the histories hear of it where that is possible. */
const without = ({ dropMarks }: Marks): Marks => (dropMarks ? { dropMarks } : {});

/** The crowd for which this mail waits, if this bundle tells it; undefined: no crowd, another one, or another bundle tells it. */
const awaited = ({ together }: Notification, { facts }: Alert, kind: BundleKind): string | undefined =>
  together !== null && kindOfBundle(together) === kind && (kind !== 'address' || together === facts['crowd'])
    ? together
    : undefined;

function claimed(member: Alert, bundle: Alert, kind: BundleKind): Fate {
  const together = member.notifications?.map((one) => awaited(one, bundle, kind)).find((one) => one !== undefined);
  if (together === undefined) return { now: member };
  // It was raised and resolved while it waited: nobody needs to hear of it.
  const leftOut = kind === 'digest' && member.state === 'Closed';
  const change = leftOut
    ? ({ status: 'Suppressed', together: null, nextTryAt: null } as const)
    : ({ together: bundle.id, nextTryAt: null } as const);
  const notifications = (member.notifications ?? []).map((one) =>
    awaited(one, bundle, kind) === undefined ? one : { ...one, ...change },
  );
  const now = { ...member, notifications };
  if (kind === 'address') return { now };
  return { now, gone: { together, alert: member.id, at: member.firedAt } };
}

/** Everyone who is to hear of a member. Settings and silences counted when the alert was raised, and do not count again. */
function addressed(bundle: Alert, members: readonly Alert[]): readonly Notification[] {
  const found = new Map<string, Notification>();
  for (const one of members.flatMap(({ notifications }) => notifications ?? []))
    if (one.together === bundle.id && isQueued(one) && !found.has(one.recipient.toLowerCase()))
      found.set(one.recipient.toLowerCase(), {
        ...one,
        operationId: operationIdOf(bundle.id, one.recipient),
        nextTryAt: bundle.firedAt,
        together: null,
      });
  return [...found.values()];
}

const massFacts = (members: readonly Alert[]): Alert['facts'] => {
  const { by = null, tenant = null, channel = null, roles = null } = members[0]?.facts ?? {};
  return {
    ...{ by, tenant, channel, roles },
    count: members.length,
    hybrid: members.some(({ facts }) => facts['hybrid'] === true),
    items: members.map(({ item, facts: { purgeAt, executor } }) =>
      typeof purgeAt === 'string'
        ? `${item}, undelete before ${purgeAt}`
        : `${item}, ${withoutUndelete(typeof executor === 'string' ? executor : undefined)}`,
    ),
  };
};

/** A member's ledger says what became of the mail that tells them all. */
function followed(member: Alert, bundle: Alert): Alert {
  const before = member.notifications ?? [];
  const notifications = before.map((one) => follow(one, bundle));
  return notifications.every((one, index) => one === before[index]) ? member : { ...member, notifications };
}

function follow(one: Notification, bundle: Alert): Notification {
  const mail = bundle.notifications?.find(({ recipient }) => sameName(recipient, one.recipient));
  if (one.together !== bundle.id || !mail) return one;
  const { status, attempts, sentAt, failure, operationId, droppedAt } = mail;
  const isSame =
    one.status === status &&
    one.attempts === attempts &&
    one.operationId === operationId &&
    one.droppedAt === droppedAt;
  if (isSame) return one;
  return { ...one, status, attempts, sentAt, failure, operationId, ...(droppedAt ? { droppedAt } : {}) };
}
