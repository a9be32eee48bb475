import { type Alert, vaultOfAlert } from '../../core/alerts.ts';
import type { Notification } from '../../core/ledger.ts';
import { isQueued } from '../../core/notification.ts';
import { isTeller, kindOfTogether, type Together } from '../../core/together.ts';
import type { Ports } from '../../ports.ts';
import { changeMembers, type Fate } from './members.ts';
import { operationIdOf } from './operationId.ts';

/**
 * Takes those together who are named in a bundle and wait still, and addresses it to everyone whom they have to be told to. A
 * member belongs to the bundle that its own row names: so it is told once, whoever bundles it besides.
 */
export async function claim(ports: Pick<Ports, 'alerts'>, bundle: Alert): Promise<Alert> {
  const kind = isTeller(bundle.type);
  if (!kind) return bundle;
  const all = await changeMembers(ports, bundle, (member) => claimed(member, bundle, kind));
  const members = all.filter((one) => one.notifications?.some(({ together }) => together === bundle.id));
  return {
    ...bundle,
    // somebody else has told them all
    ...(members.length === 0 ? { state: 'Closed' } : {}),
    members: members.map(({ id }) => id),
    facts: kind === 'mass' ? massFacts(members) : { count: members.length },
    notifications: addressed(bundle, members),
  };
}

/** Not told by another bundle already: what stands there then is the id of an alert, in a vault named "mass" maybe. */
const waitsFor = (kind: Together, { together }: Notification): boolean =>
  together !== null && kindOfTogether(together) === kind && vaultOfAlert(together) === undefined;

function claimed(member: Alert, bundle: Alert, kind: Together): Fate {
  const waiting = member.notifications?.find((one) => waitsFor(kind, one));
  if (!waiting?.together) return { now: member };
  // raised and resolved while it waited: nobody needs to hear of it
  const leftOut = kind === 'digest' && member.state === 'Closed';
  const change = leftOut ? ({ status: 'Suppressed', together: null } as const) : { together: bundle.id };
  const notifications = (member.notifications ?? []).map((one) => (waitsFor(kind, one) ? { ...one, ...change } : one));
  const place = { together: waiting.together, alert: member.id, at: member.firedAt, single: true };
  // a deletion goes on counting: those after it belong to the same mass
  return { now: { ...member, notifications }, ...(kind === 'mass' ? { counted: place } : { gone: place }) };
}

/** Those who wait to be told by it: settings and silences were looked at when the alert was raised, and not again. */
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
