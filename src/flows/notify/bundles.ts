import { createHash } from 'node:crypto';
import { type Held, inParts } from '../../change.ts';
import {
  type Alert,
  alert,
  type BundleKind,
  isQueued,
  kindOfBundle,
  kindToldBy,
  type Notification,
  readyAt,
  SINGLES,
  TELLS,
  vaultOfAlert,
  type Waiting,
} from '../../core/alerts.ts';
import { bundleHint } from '../../core/hints.ts';
import { sameName } from '../../core/names.ts';
import { addMillis, HOUR_MS, type Instant } from '../../core/time.ts';
import { type FlowPorts, landAlerts } from '../story/land.ts';
import { inParallel, untilDone } from '../story/rounds.ts';
import { operationIdOf, secondsUntil } from './mail.ts';
import { announce, type Turn } from './turn.ts';

/** So many alerts fit in one mail; more make another. */
const MOST_MEMBERS = 1500;
const AFTERWARDS_SECONDS = 35;

/**
 * Makes one alert, a bundle, of those that wait, when it is time. The bundle is then told like any other alert. Which alerts really
 * belong to it is decided when it is told (`claim`): two messages may make bundles of the same alerts here, and one of the
 * bundles will find nobody left.
 */
export async function tellBundle(flow: FlowPorts, vault: string, together: string, now: Instant): Promise<void> {
  const kind = kindOfBundle(together);
  let waiting = (await flow.alerts.waiting(vault, together)).filter(({ single }) => !single);
  if (!kind || waiting.length === 0) return;
  const ready = readyAt(together, waiting);
  if (ready > now)
    return announce(flow, {
      now,
      again: [bundleHint(vault, together, ready)],
      notices: [{ notice: { vault, together }, delaySeconds: secondsUntil(ready, now) }],
    });
  for (let [first] = waiting; first; [first] = waiting) {
    const bundle = await raiseOnce(flow, bundleOf(kind, vault, waiting.slice(0, MOST_MEMBERS), first, now), now);
    const bundled = new Set([first.alert, ...bundle.members]);
    waiting = waiting.filter((one) => !bundled.has(one.alert));
  }
  // For those that came in between, and found company that was about to be told.
  await announce(flow, { now, notices: [{ notice: { vault, together }, delaySeconds: AFTERWARDS_SECONDS }] });
}

/** If the same bundle was raised before, by a process that died after it and perhaps of fewer alerts, then it is that one. */
async function raiseOnce(flow: FlowPorts, bundle: Alert & { readonly vault: string }, now: Instant): Promise<Alert> {
  const { vault, id } = bundle;
  const raised = await landAlerts(flow, now, [{ was: undefined, now: bundle }]);
  if (raised.done) {
    await raised.told();
    return bundle;
  }
  await announce(flow, { now, notices: [{ notice: { vault, alerts: [id] } }] });
  return (await flow.alerts.get(vault, id))?.value ?? bundle;
}

/** The bundle is named after the first of its members, so that it is the same one when it is made a second time. */
function bundleOf(kind: BundleKind, vault: string, waiting: readonly Waiting[], first: Waiting, now: Instant) {
  const name = `${first.together}\n${first.alert}`.toLowerCase();
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  const bundle = alert(TELLS[kind], { vault }, now, {}, `${first.at.toMillis()}-${hash}`);
  return { ...bundle, vault, members: waiting.map((one) => one.alert) };
}

/** If somebody waits since a moment ago, there is a message on its way that comes back for all of them. */
const COMPANY_MS: Readonly<Record<BundleKind, number>> = { digest: HOUR_MS, mass: 5000 };
/** Those that were only counted may come first. */
const LOOKED_AT = 2 * SINGLES;

/** One more alert waits. It sends a message only if there is none yet: for a thousand that wait, one is enough. */
export async function waitWithOthers(
  turn: Turn,
  was: Held<Alert>,
  after: Alert,
  waits: Waiting,
): Promise<'done' | undefined> {
  const { flow, now } = turn;
  const { vault } = after;
  const { together, at } = waits;
  if (vault === null) return 'done';
  const from = addMillis(at, -COMPANY_MS[kindOfBundle(together) ?? 'mass']);
  const others = await flow.alerts.waiting(vault, together, { from, until: waits, limit: LOOKED_AT });
  const delaySeconds = secondsUntil(readyAt(together, [waits]), now);
  const notices = others.every(({ single }) => single) ? [{ notice: { vault, together }, delaySeconds }] : [];
  const landed = await landAlerts(flow, now, [{ was, now: after }], { waiting: [waits], notices });
  if (!landed.done) return undefined;
  await landed.told();
  return 'done';
}

type Teller = Pick<Turn, 'flow' | 'now'>;

/** What becomes of a member of a bundle: what its row says then, and its place among those that wait. */
interface Fate {
  readonly now: Alert;
  /** It waits no longer, but is counted still. */
  readonly counted?: Waiting;
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
  const members = all.filter((one) => one.notifications?.some(({ together }) => together === bundle.id));
  return {
    ...bundle,
    // Other bundles have told all of them.
    ...(members.length === 0 ? { state: 'Closed' } : {}),
    members: members.map(({ id }) => id),
    facts: kind === 'mass' ? massFacts(members) : { count: members.length },
    notifications: addressed(bundle, members),
  };
}

/** The members of a bundle that is told, or given up, are so as well. */
export async function settleMembers(teller: Teller, bundle: Alert): Promise<void> {
  if (kindToldBy(bundle.type)) await changeMembers(teller, bundle, (member) => ({ now: followed(member, bundle) }));
}

/** A member's row and its place among those that wait, of each; a transaction holds a hundred rows. */
const PER_TRANSACTION = 45;

/** Writes into the members of a bundle what it means for each. Answers what they are by then. Doing it twice is doing it once. */
async function changeMembers(
  teller: Teller,
  { vault, id, members }: Alert,
  fateOf: (member: Alert) => Fate,
): Promise<readonly Alert[]> {
  const after: Alert[] = [];
  if (vault === null) return after;
  for (const some of inParts(members, PER_TRANSACTION))
    after.push(...(await untilDone(`the members of ${id}`, () => changeSome(teller, vault, some, fateOf))));
  return after;
}

/** undefined: somebody wrote first. */
async function changeSome(
  { flow, now }: Teller,
  vault: string,
  ids: readonly string[],
  fateOf: (member: Alert) => Fate,
): Promise<readonly Alert[] | undefined> {
  const held = (await inParallel(ids, (id) => flow.alerts.get(vault, id))).filter((one) => one !== undefined);
  const fates = held.map((was) => ({ was, ...fateOf(was.value) }));
  const changed = fates.filter((fate) => fate.now !== fate.was.value);
  const waiting = changed.flatMap(({ counted }) => counted ?? []);
  const stopWaiting = changed.flatMap(({ gone }) => gone ?? []);
  const done = changed.length === 0 || (await landAlerts(flow, now, changed, { waiting, stopWaiting })).done;
  return done ? fates.map((fate) => fate.now) : undefined;
}

/** It waits, and no other bundle tells it: otherwise the id of that bundle stands here, of a vault named "mass" maybe. */
const waitsFor = (kind: BundleKind, { together }: Notification): boolean =>
  together !== null && kindOfBundle(together) === kind && vaultOfAlert(together) === undefined;

function claimed(member: Alert, bundle: Alert, kind: BundleKind): Fate {
  const waiting = member.notifications?.find((one) => waitsFor(kind, one));
  if (!waiting?.together) return { now: member };
  // It was raised and resolved while it waited: nobody needs to hear of it.
  const leftOut = kind === 'digest' && member.state === 'Closed';
  const change = leftOut ? ({ status: 'Suppressed', together: null } as const) : { together: bundle.id };
  const notifications = (member.notifications ?? []).map((one) => (waitsFor(kind, one) ? { ...one, ...change } : one));
  const place = { together: waiting.together, alert: member.id, at: member.firedAt, single: true };
  // A deletion goes on counting: those after it belong to the same mass deletion.
  return { now: { ...member, notifications }, ...(kind === 'mass' ? { counted: place } : { gone: place }) };
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
    items: members.map(({ item, facts }) =>
      typeof facts['purgeAt'] === 'string' ? `${item}, undelete before ${facts['purgeAt']}` : `${item}, gone for good`,
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
  const { status, attempts, sentAt, failure, operationId } = mail;
  if (one.status === status && one.attempts === attempts && one.operationId === operationId) return one;
  return { ...one, status, attempts, sentAt, failure, operationId };
}
