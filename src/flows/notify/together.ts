import { tellHint, togetherHint } from '../../core/agenda.ts';
import { type Alert, alert } from '../../core/alerts.ts';
import { HOUR_MS, type Instant, instantOf } from '../../core/time.ts';
import { isTeller, kindOfTogether, readyAt, SINGLES, TELLS, type Together } from '../../core/together.ts';
import type { Ports, Waiting } from '../../ports.ts';
import { shortHash } from './operationId.ts';
import { secondsUntil } from './pause.ts';
import { settle } from './settle.ts';

type TogetherPorts = Pick<Ports, 'alerts' | 'agenda' | 'notices'>;

/** So many alerts fit in one mail; more make another. */
const MOST_MEMBERS = 1500;

/**
 * Makes one alert of those who wait, when it is time; what then tells it is what tells any alert. Who really belongs to it is
 * decided when it is told (claim.ts): here two may make alerts of the same, and one of them will find nobody left.
 */
export async function tellTogether(ports: TogetherPorts, vault: string, together: string, now: Instant): Promise<void> {
  const kind = kindOfTogether(together);
  let waiting = (await ports.alerts.waiting(vault, together)).filter(({ single }) => !single);
  if (!kind || waiting.length === 0) return;
  const ready = readyAt(together, waiting);
  if (ready > now) return comeBack(ports, vault, together, ready, now);
  for (let [first] = waiting; first; [first] = waiting) {
    const bundle = await raiseOnce(ports, bundleOf(kind, vault, waiting.slice(0, MOST_MEMBERS), first, now));
    const bundled = new Set([first.alert, ...bundle.members]);
    waiting = waiting.filter((one) => !bundled.has(one.alert));
    await ports.notices.send({ vault, alerts: [bundle.id] });
  }
  // for those who came in between, and took them for company
  await ports.notices.send({ vault, together }, AFTERWARDS_SECONDS);
}

const AFTERWARDS_SECONDS = 35;

/** Whoever died after this made the same one, perhaps of fewer: then it is that one. */
async function raiseOnce({ alerts, agenda }: TogetherPorts, bundle: Alert): Promise<Alert> {
  await agenda.write([tellHint(bundle, bundle.firedAt)]);
  if (await alerts.write(bundle.vault, { insert: [bundle] })) return bundle;
  return (await alerts.get(bundle.vault, bundle.id))?.value ?? bundle;
}

async function comeBack(
  { agenda, notices }: TogetherPorts,
  vault: string,
  together: string,
  at: Instant,
  now: Instant,
): Promise<void> {
  await agenda.write([togetherHint(vault, together, at)]);
  await notices.send({ vault, together }, secondsUntil(at, now));
}

/** Somebody waits since a moment ago: its notice is on its way, finds that it is too early, and comes back for all of them. */
const COMPANY_MS: Readonly<Record<Together, number>> = { digest: HOUR_MS, mass: 5000 };
/** Those who were only counted may come first. */
const LOOKED_AT = 2 * SINGLES;

/** One more waits. The hint first; a notice only if there is none yet: of a thousand who wait, one is enough. */
export async function waitWithOthers(
  ports: TogetherPorts,
  vault: string,
  waits: Waiting,
  write: () => Promise<boolean>,
  now: Instant,
): Promise<boolean> {
  const { together, at } = waits;
  const ready = readyAt(together, [waits]);
  await ports.agenda.write([togetherHint(vault, together, ready)]);
  const from = instantOf(at.toMillis() - COMPANY_MS[kindOfTogether(together) ?? 'mass']);
  const others = await ports.alerts.waiting(vault, together, { from, until: waits, limit: LOOKED_AT });
  if (!(await write())) return false;
  if (others.every(({ single }) => single)) await ports.notices.send({ vault, together }, secondsUntil(ready, now));
  return true;
}

/** Named after the first of them: whoever comes a second time makes the same one. */
const bundleOf = (kind: Together, vault: string, waiting: readonly Waiting[], first: Waiting, now: Instant): Alert => ({
  ...alert(TELLS[kind], { vault }, now, {}, `${first.at.toMillis()}-${shortHash(`${first.together}\n${first.alert}`)}`),
  members: waiting.map((one) => one.alert),
});

/**
 * What was told before we came. Whoever told it may have died before its members knew; whoever gave it up, between the dead letter and
 * the ledger.
 */
export async function settleTold(ports: Pick<Ports, 'alerts' | 'ledger'>, told: Alert): Promise<void> {
  for (const { status, operationId } of told.notifications ?? [])
    if (status !== 'DeadLettered') await ports.ledger.exhume(operationId);
  await settleMembers(ports, told);
}

/** The members of a bundle that is told, or given up, are so as well. */
export async function settleMembers(ports: Pick<Ports, 'alerts'>, bundle: Alert): Promise<void> {
  if (isTeller(bundle.type)) await settle(ports, bundle);
}
