import type { Alert } from '../../core/alerts.ts';
import type { Held, Ports, Waiting } from '../../ports.ts';
import { inParallel } from '../inParallel.ts';

type AlertsPort = Pick<Ports, 'alerts'>;

/** A member's row and its place among those who wait. */
const PER_TRANSACTION = 45;
const ROUNDS = 8;

/** What becomes of a member: what its row says then, and of its place among those who wait. */
export interface Fate {
  readonly now: Alert;
  /** It waits no longer, but is counted still. */
  readonly counted?: Waiting;
  readonly gone?: Waiting;
}

/**
 * Writes into the members of a bundle what it means for each, as many together as fit. What a member is by then is answered;
 * doing it twice is doing it once.
 */
export async function changeMembers(
  ports: AlertsPort,
  { vault, id, members }: Alert,
  fateOf: (member: Alert) => Fate,
): Promise<readonly Alert[]> {
  const after: Alert[] = [];
  if (vault === null) return after;
  for (let at = 0; at < members.length; at += PER_TRANSACTION)
    after.push(...(await changeSome(ports, vault, id, members.slice(at, at + PER_TRANSACTION), fateOf)));
  return after;
}

async function changeSome(
  { alerts }: AlertsPort,
  vault: string,
  bundle: string,
  ids: readonly string[],
  fateOf: (member: Alert) => Fate,
): Promise<readonly Alert[]> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const held = (await inParallel(ids, (id) => alerts.get(vault, id))).filter((one) => one !== undefined);
    const fates = held.map((was) => ({ was, ...fateOf(was.value) }));
    const changed = fates.filter(({ was, now }) => now !== was.value);
    if (changed.length === 0 || (await alerts.write(vault, writeOf(changed)))) return fates.map(({ now }) => now);
  }
  // whoever asked for it is asked again by the queue
  throw new Error(`the members of ${bundle} kept changing`);
}

const writeOf = (changed: readonly (Fate & { readonly was: Held<Alert> })[]) => ({
  replace: changed.map(({ was, now }) => ({ was, now })),
  wait: changed.flatMap(({ counted }) => counted ?? []),
  stopWaiting: changed.flatMap(({ gone }) => gone ?? []),
});
