/** What is read while alerts are told: as it is now, or once for all that are told side by side. */
import type { Held } from '../../change.ts';
import { type Alert, itemOfAlert, typeOfAlert, vaultOfAlert } from '../../core/alerts.ts';
import type { Remains } from '../../core/item.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { type Instant, later, parseInstant } from '../../core/time.ts';
import { REMINDER } from '../../core/told.ts';
import type { Head } from '../../core/vault.ts';
import type { About } from '../../ports/alerts.ts';
import type { Sought } from '../../ports/vaults.ts';
import type { FlowPorts } from '../story/land.ts';
import { asUnreadable } from '../story/pages.ts';
import { inParallel } from '../story/rounds.ts';

/** What is read while alerts are told. */
export interface Reading {
  readonly alert: (vault: string | null, id: string) => Promise<Held<Alert> | undefined>;
  readonly about: (vault: string, item: string) => Promise<About>;
  readonly item: (vault: string, item: string) => Promise<Remains | undefined>;
  readonly head: (vault: string) => Promise<Head | undefined>;
}

/** As it is now. */
export const freshly = ({ alerts, vaults }: Pick<FlowPorts, 'alerts' | 'vaults'>): Reading => ({
  alert: alerts.get,
  about: alerts.about,
  item: async (vault, item) => (await vaults.item(vault, item))?.value,
  head: (vault) => vaults.head(vault, 'remembered'),
});

/** What alerts of one vault rest on, read once for all of them. What is not found among it is read as it is now. */
export function readOnce(flow: FlowPorts, ids: readonly string[], now: Instant): Reading {
  const fresh = freshly(flow);
  const alerts = once(() => readAlerts(flow, vaultOfAlert(ids[0] ?? '') ?? null, ids));
  const trash = once(async () => {
    const { byId } = await alerts();
    const sought = ids.flatMap((id) => soughtBy(byId.get(keyOf(id))?.value));
    const near = sought.map(({ place }) => place ?? now).reduce(later, now);
    const vault = vaultOfAlert(ids[0] ?? '');
    return vault && sought.length > 0 ? flow.vaults.trashOf(vault, near, sought) : undefined;
  });
  const unless = <T>(work: Promise<T>): Promise<T | undefined> => work.catch(() => undefined);
  return {
    alert: async (vault, id) => {
      const found = await unless(alerts());
      // Who asks for one that cannot be read hears so, and nobody else.
      return found && !found.unreadable.has(keyOf(id)) ? found.byId.get(keyOf(id)) : fresh.alert(vault, id);
    },
    about: async (vault, item) => (await unless(alerts()))?.about.get(keyOf(item)) ?? fresh.about(vault, item),
    item: async (vault, item) =>
      (await unless(trash()))?.items.find(({ name }) => sameName(name, item)) ?? fresh.item(vault, item),
    head: async (vault) => (await unless(trash()))?.head ?? fresh.head(vault),
  };
}

const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let begun: Promise<T> | undefined;
  return () => (begun ??= work());
};

/** Of a reminder, where its item lies if nothing holds it. */
function soughtBy(alert: Alert | undefined): readonly Sought[] {
  if (alert?.type !== REMINDER || alert.item === null) return [];
  const { purgeAt } = alert.facts;
  return [{ item: alert.item, place: typeof purgeAt === 'string' ? parseInstant(purgeAt) : undefined }];
}

export interface ReadAlerts {
  /** By their ids, in lower case. */
  readonly byId: ReadonlyMap<string, Held<Alert>>;
  /** All that was raised about an item, where it was read; by the item's name in lower case. */
  readonly about: ReadonlyMap<string, About>;
  /** The ids of those that cannot be read, in lower case. */
  readonly unreadable: ReadonlySet<string>;
}

/** Its letter, or its mark, says what else was raised about the item. */
const saysMore = (id: string): boolean => typeOfAlert(id) === REMINDER || typeOfAlert(id) === 'PurgeComplete';

/** What was raised about items comes item by item, so that neighbours share a read. What is read alone and says nothing more is one row. */
export async function readAlerts(
  { alerts }: Pick<FlowPorts, 'alerts'>,
  vault: string | null,
  ids: readonly string[],
): Promise<ReadAlerts> {
  const items = [...new Set(ids.flatMap((id) => itemOfAlert(id) ?? []).map(keyOf))];
  const isShared = vault !== null && (items.length > 1 || ids.some(saysMore));
  const found = isShared ? await alerts.aboutAll(vault, items).catch(() => undefined) : undefined;
  const about = found ?? new Map<string, About>();
  const single = ids.filter((id) => !about.has(keyOf(itemOfAlert(id) ?? '')));
  const others = await inParallel(single, async (id) => ({ id, one: await alerts.get(vault, id).catch(asUnreadable) }));
  const ofItems = [...about.values()];
  const all = [
    ...ofItems.flatMap((one) => one.found),
    ...others.flatMap(({ one }) => (one && one !== 'unreadable' ? [one] : [])),
  ];
  const unreadable = [
    ...ofItems.flatMap((one) => one.unreadable),
    ...others.flatMap(({ id, one }) => (one === 'unreadable' ? [keyOf(id)] : [])),
  ];
  return { about, unreadable: new Set(unreadable), byId: new Map(all.map((one) => [keyOf(one.value.id), one])) };
}

/** The alerts of these ids that are there, in their order, whatever vaults they are of. */
export async function readMembers(flow: Pick<FlowPorts, 'alerts'>, ids: readonly string[]): Promise<readonly Alert[]> {
  const byVault = [...Map.groupBy(ids, (id) => keyOf(vaultOfAlert(id) ?? '')).values()];
  const found = await inParallel(byVault, (some) => readAlerts(flow, vaultOfAlert(some[0] ?? '') ?? null, some));
  return ids.flatMap((id) => found.flatMap(({ byId }) => byId.get(keyOf(id))?.value ?? []));
}
