/** The hints on which alerts rode: the agenda is rid of them as soon as everybody is told. */
import { type Held, inParts } from '../../change.ts';
import { type Alert, isTold, type Ridden } from '../../core/alerts.ts';
import { type Hint, tidyHint } from '../../core/hints.ts';
import type { ItemIn, Remains } from '../../core/item.ts';
import { dayOf } from '../../core/kept.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { riddenBy } from '../../core/riding.ts';
import type { Instant } from '../../core/time.ts';
import type { FlowPorts } from '../story/land.ts';
import { inParallel, untilDone } from '../story/rounds.ts';

/** So many items are looked at at a time. */
const AT_ONCE = 16;
/** Each writes its row, and its indexes where it is counted just now. */
const TOGETHER = 20;

interface About {
  readonly alert: Alert;
  readonly vault: string;
  readonly item: string;
}
type Rider = ItemIn<'ProtectionStopped'>;

interface Read extends About {
  /** The item, where nothing has happened to it since that could ride as well. */
  readonly held: Held<Rider> | undefined;
  /** It is in the trash once more. */
  readonly isBack: boolean;
}

/**
 * Strikes what the alerts rode on that were told, all hints of a shard together. A resume rides on the hint that its item names: so the item
 * stops naming it before it is struck.
 */
export async function strikeRidden(flow: FlowPorts, now: Instant, told: readonly Alert[]): Promise<void> {
  const all = told.flatMap((alert) =>
    alert.rides && alert.vault !== null && alert.item !== null && isTold(alert)
      ? [{ alert, vault: alert.vault, item: alert.item }]
      : [],
  );
  const byVault = [...Map.groupBy(all, ({ vault }) => keyOf(vault)).values()];
  const hints = (await inParallel(byVault, (some) => strikable(flow, now, some))).flat();
  if (hints.length === 0) return;
  // Whoever came by them would have had the vault tidied.
  const again = [...new Set(hints.map(({ vault }) => vault))].map((vault) => tidyHint(vault, dayOf(now)));
  await flow.land({ now, again, strikes: hints });
}

/** Of one vault, neighbours together: they are read together, and change together. */
async function strikable(flow: FlowPorts, now: Instant, some: readonly About[]): Promise<readonly Hint[]> {
  const byName = some.toSorted((a, b) => (keyOf(a.item) < keyOf(b.item) ? -1 : 1));
  const struck: Hint[] = [];
  for (const part of inParts(byName, TOGETHER)) struck.push(...(await strikableOf(flow, now, part)));
  return struck;
}

/** What changes meanwhile is looked at again. */
async function strikableOf(flow: FlowPorts, now: Instant, part: readonly About[]): Promise<readonly Hint[]> {
  const found = await readAll(flow, part);
  const { naming = [], others = [] } = Object.groupBy(found, ({ held }) => (held ? 'naming' : 'others'));
  const struck = (await inParallel(others, (one) => ofAll(flow, one), AT_ONCE)).flat();
  if (naming.length === 0) return struck;
  const items = naming.flatMap(({ held }) => (held ? [{ was: held, now: unnamed(held.value) }] : []));
  const { done } = await flow.land({ now, write: { vault: part[0]?.vault ?? '', id: flow.newId(), items } });
  if (done) return [...struck, ...naming.flatMap(({ alert }) => riddenBy(alert))];
  const alone: Hint[] = [];
  for (const one of naming) alone.push(...(await strikableAlone(flow, now, one)));
  return [...struck, ...alone];
}

const strikableAlone = (flow: FlowPorts, now: Instant, one: About): Promise<readonly Hint[]> =>
  untilDone(one.alert.id, async () => {
    const [read] = await readAll(flow, [one]);
    if (!read?.held) return read ? ofAll(flow, read) : [];
    const items = [{ was: read.held, now: unnamed(read.held.value) }];
    const { done } = await flow.land({ now, write: { vault: one.vault, id: flow.newId(), items } });
    return done ? riddenBy(one.alert) : undefined;
  });

/** The items of a part. One that cannot be read is as one that is not there. */
async function readAll({ vaults }: Pick<FlowPorts, 'vaults'>, part: readonly About[]): Promise<readonly Read[]> {
  const items = await vaults.itemsNamed(
    part[0]?.vault ?? '',
    part.map(({ item }) => item),
  );
  return part.map((one) =>
    readOf(
      one,
      items.find(({ value }) => sameName(value.name, one.item)),
    ),
  );
}

function readOf(one: About, held: Held<Remains> | undefined): Read {
  const value = held?.value;
  const isNaming = held && value?.state === 'ProtectionStopped' && names(value, one.alert);
  return { ...one, held: isNaming ? { ...held, value } : undefined, isBack: value?.state === 'SoftDeleted' };
}

const names = ({ purgeHintAt, purgeHintBy = '' }: Rider, { rides = [] }: Alert): boolean =>
  purgeHintAt !== undefined && rides.some(({ due, by = '' }) => +due === +purgeHintAt && sameName(by, purgeHintBy));

const unnamed = ({ purgeHintAt: _, purgeHintBy: __, ...item }: Rider): Remains => item;

/** Whoever is the last to be told of those that ride on one hint strikes it. The reminder of another deletion may be due as it was. */
async function ofAll(
  { alerts }: Pick<FlowPorts, 'alerts'>,
  { alert, vault, item, isBack }: Read,
): Promise<readonly Hint[]> {
  const { found, unreadable } = await alerts.about(vault, item);
  // One of those may ride on it as well: the sweep looks when it falls due.
  if (unreadable.length > 0) return [];
  const about = found.map(({ value }) => value);
  const riders = [alert, ...about.filter((one) => one.id !== alert.id && ridesWith(one, alert))];
  const hints = riders.every(isTold) ? distinct(riders.flatMap(riddenBy)) : [];
  return isBack ? hints.filter(({ by }) => by !== undefined) : hints;
}

const ridesWith = ({ rides = [] }: Alert, other: Alert): boolean =>
  rides.some((one) => one.kind === 'purge' && other.rides?.some((its) => nameOf(its) === nameOf(one)));
const nameOf = ({ kind, due, by = '' }: Ridden): string => `${kind} ${+due} ${keyOf(by)}`;
const distinct = (hints: readonly Hint[]): readonly Hint[] => [
  ...new Map(hints.map((one) => [`${one.kind} ${+one.due}`, one])).values(),
];
