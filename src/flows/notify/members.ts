import type { Held } from '../../change.ts';
import {
  type Alert,
  isQueued,
  isTeller,
  kindOfTogether,
  type Notification,
  type Together,
  vaultOfAlert,
  type Waiting,
} from '../../core/alerts.ts';
import { sameName } from '../../core/names.ts';
import { inParallel, untilDone } from '../story/rounds.ts';
import { operationIdOf } from './operationId.ts';
import type { Turn } from './turn.ts';

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
  const kind = isTeller(bundle.type);
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
  if (isTeller(bundle.type)) await changeMembers(teller, bundle, (member) => ({ now: followed(member, bundle) }));
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
  for (let at = 0; at < members.length; at += PER_TRANSACTION) {
    const some = members.slice(at, at + PER_TRANSACTION);
    after.push(...(await untilDone(`the members of ${id}`, () => changeSome(teller, vault, some, fateOf))));
  }
  return after;
}

async function changeSome(
  { flow, now }: Teller,
  vault: string,
  ids: readonly string[],
  fateOf: (member: Alert) => Fate,
): Promise<readonly Alert[] | undefined> {
  const held = (await inParallel(ids, (id) => flow.alerts.get(vault, id))).filter((one) => one !== undefined);
  const fates = held.map((was) => ({ was, ...fateOf(was.value) }));
  const changed = fates.filter((fate) => fate.now !== fate.was.value);
  const done = changed.length === 0 || (await flow.land({ now, write: writeOf(vault, flow.newId(), changed) })).done;
  return done ? fates.map((fate) => fate.now) : undefined;
}

const writeOf = (vault: string, id: string, changed: readonly (Fate & { readonly was: Held<Alert> })[]) => ({
  vault,
  id,
  alerts: changed.map(({ was, now }) => ({ was, now })),
  waiting: changed.flatMap(({ counted }) => counted ?? []),
  stopWaiting: changed.flatMap(({ gone }) => gone ?? []),
});

/** It waits, and no other bundle tells it: otherwise the id of that bundle stands here, of a vault named "mass" maybe. */
const waitsFor = (kind: Together, { together }: Notification): boolean =>
  together !== null && kindOfTogether(together) === kind && vaultOfAlert(together) === undefined;

function claimed(member: Alert, bundle: Alert, kind: Together): Fate {
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
