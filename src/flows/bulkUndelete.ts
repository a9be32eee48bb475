import type { Item, ItemIn } from '../core/item.ts';
import { decide } from '../core/lifecycle.ts';
import { keyOf } from '../core/names.ts';
import { type Code, type Outcome, ok } from '../core/problems.ts';
import { type Instant, instantOf } from '../core/time.ts';
import type { Ports } from '../ports.ts';
import { type Asking, noVault, stale } from './asking.ts';
import { unlessUnreadable } from './readable.ts';
import { type UndeletePorts, undelete } from './undelete.ts';

/** Which soft-deleted items: all conditions given must hold. */
export interface Which {
  readonly items?: readonly string[] | undefined;
  readonly deletedBy?: string | undefined;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface Recovered {
  readonly item: string;
  readonly outcome: 'Undeleted' | 'WouldUndelete' | 'Refused';
  readonly code?: Code;
}

/** One that cannot be read keeps none of the others. */
const UNREADABLE = { outcome: 'Refused', code: 'InternalError' } as const;

/** No item lies in the trash for longer. */
const EVER = instantOf(8_640_000_000_000_000);

const SIDE_BY_SIDE = 8;

/** The morning after: everything that one caller deleted between two instants comes back, item by item, each with its own answer. */
export async function bulkUndelete(
  ports: UndeletePorts,
  asking: Asking<never>,
  vault: string,
  which: Which,
): Promise<Outcome<readonly Recovered[]>> {
  const { head, items, unreadable } = await ports.vaults.dueTrash(vault, EVER);
  if (!head) return noVault(vault);
  const precondition = stale(asking, head.vault);
  if (precondition) return precondition;
  const trash = items.filter((item) => item.state === 'SoftDeleted');
  // Who deleted them, and when, nobody can say: they are named rather than left out.
  const chosen = which.items ?? [...trash.map(({ name }) => name), ...unreadable.map(({ item }) => item)];
  const broken = new Set(unreadable.map(({ item }) => keyOf(item)));
  const known = new Map(trash.map((item) => [keyOf(item.name), item]));
  const one = async (name: string): Promise<Recovered | undefined> => {
    const item = known.get(keyOf(name));
    if (item && !matches(item, which)) return undefined;
    if (broken.has(keyOf(name))) return { item: name, ...UNREADABLE };
    if (which.dryRun) return item ? preview(item) : { item: name, ...(await refusalOf(ports, asking, vault, name)) };
    const plain = { ...asking, ifMatch: undefined, keep: undefined };
    const outcome = await undelete(ports, plain, { vault, item: name }).catch(unlessUnreadable);
    if (!outcome) return { item: item?.name ?? name, ...UNREADABLE };
    return {
      item: item?.name ?? name,
      ...(outcome.ok ? { outcome: 'Undeleted' } : { outcome: 'Refused', code: outcome.refusal.code }),
    };
  };
  const preview = (item: ItemIn<'SoftDeleted'>): Recovered => {
    const decision = decide('undelete', item, { now: asking.now, vault: head.vault });
    return {
      item: item.name,
      ...(decision.ok ? { outcome: 'WouldUndelete' } : { outcome: 'Refused', code: decision.refusal.code }),
    };
  };
  return ok(await inTurn([...new Set(chosen)], one));
}

const matches = ({ deletion }: ItemIn<'SoftDeleted'>, { deletedBy, from, to }: Which): boolean =>
  (deletedBy === undefined || deletion.deletedBy === deletedBy) &&
  (from === undefined || deletion.deletedAt >= from) &&
  (to === undefined || deletion.deletedAt <= to);

/** Why an item that was named cannot be undeleted; without changing or noting anything. */
async function refusalOf(
  { vaults }: Pick<Ports, 'vaults'>,
  { now }: Asking<never>,
  vault: string,
  name: string,
): Promise<{ outcome: 'WouldUndelete' | 'Refused'; code?: Code }> {
  const read = await vaults.item(vault, name).then((held) => ({ held }), unlessUnreadable);
  if (!read) return UNREADABLE;
  const { held } = read;
  if (!held) return { outcome: 'Refused', code: 'ItemNotFound' };
  if (held.value.state === 'Purged') return { outcome: 'Refused', code: 'ItemPurged' };
  const item: Item = held.value;
  const decision = decide('undelete', item, { now });
  return decision.ok ? { outcome: 'WouldUndelete' } : { outcome: 'Refused', code: decision.refusal.code };
}

/** Several at a time, answers in the order asked. */
async function inTurn(
  names: readonly string[],
  one: (name: string) => Promise<Recovered | undefined>,
): Promise<readonly Recovered[]> {
  const results: (Recovered | undefined)[] = [];
  for (let at = 0; at < names.length; at += SIDE_BY_SIDE)
    results.push(...(await Promise.all(names.slice(at, at + SIDE_BY_SIDE).map(one))));
  return results.filter((result) => result !== undefined);
}
