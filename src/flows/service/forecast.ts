import type { Item } from '../../core/item.ts';
import { freeAt } from '../../core/lifecycle.ts';
import { addDays, type Instant } from '../../core/time.ts';
import type { Head } from '../../core/vault.ts';
import type { Reads } from '../../ports.ts';
import { unlessUnreadable, vaultPages } from '../story/pages.ts';
import { inParallel } from '../story/rounds.ts';

interface Coming {
  readonly vault: string;
  readonly item: string;
  readonly purgeAt: Instant;
}

/** `item` null: nothing in that vault could be read. */
interface Unreadable {
  readonly vault: string;
  readonly item: string | null;
}

export interface Forecast {
  readonly days: readonly { readonly date: string; readonly items: readonly Coming[] }[];
  /** Of these nobody can say when they are purged. */
  readonly unreadable: readonly Unreadable[];
}

const PAGE = 200;

/** What will be purged on which day (UTC) if nobody does anything. What is overdue counts for today. */
export async function forecast(
  { vaults, registry }: Pick<Reads, 'vaults' | 'registry'>,
  now: Instant,
  days: number,
): Promise<Forecast> {
  const until = addDays(now.startOf('day'), days);
  const coming: Coming[] = [];
  const unreadable: Unreadable[] = [];
  for await (const names of vaultPages({ registry }, PAGE))
    await inParallel(names, async (vault) => {
      const trash = await vaults.dueTrash(vault, until).catch(unlessUnreadable);
      if (!trash) return void unreadable.push({ vault, item: null });
      const { head, items } = trash;
      if (!head) return;
      coming.push(...items.flatMap((item) => expected(item, head, now, until)));
      unreadable.push(...trash.unreadable.map(({ item }) => ({ vault, item })));
    });
  return { days: byDay(coming, now, days), unreadable };
}

const byDay = (coming: readonly Coming[], now: Instant, days: number): Forecast['days'] =>
  Array.from({ length: days }, (_, day) => {
    const date = addDays(now.startOf('day'), day).toISODate();
    const items = coming
      .filter((one) => dayOf(one.purgeAt, now) === date)
      .toSorted((a, b) => a.purgeAt.toMillis() - b.purgeAt.toMillis());
    return { date, items };
  });

const dayOf = (at: Instant, now: Instant): string => (at < now ? now : at).toISODate();

function expected(item: Item, { vault }: Head, now: Instant, until: Instant): readonly Coming[] {
  const at = item.state === 'SoftDeleted' ? freeAt(item, vault, now) : null;
  return at && at < until ? [{ vault: item.vault, item: item.name, purgeAt: at }] : [];
}
