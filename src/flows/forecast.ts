import type { Item } from '../core/item.ts';
import { liveHolds } from '../core/item.ts';
import { purgeAt } from '../core/lifecycle.ts';
import { addDays, type Instant } from '../core/time.ts';
import type { HeldHead, Ports } from '../ports.ts';
import { inParallel } from './sweep/carryOut.ts';

export interface Forecast {
  readonly date: string;
  readonly items: readonly { readonly vault: string; readonly item: string; readonly purgeAt: Instant }[];
}

const PAGE = 200;

/** What will be purged on which day (UTC) if nobody does anything. What is overdue counts for today. */
export async function forecast(
  { vaults, registry }: Pick<Ports, 'vaults' | 'registry'>,
  now: Instant,
  days: number,
): Promise<readonly Forecast[]> {
  const until = addDays(now.startOf('day'), days);
  const coming: { vault: string; item: string; purgeAt: Instant }[] = [];
  let after: string | undefined;
  do {
    const names = await registry.vaults({ after, limit: PAGE });
    const read = await inParallel(names, (name) => vaults.dueTrash(name, until));
    for (const { head, items } of read)
      if (head) coming.push(...items.flatMap((item) => expected(item, head, now, until)));
    after = names.length < PAGE ? undefined : names.at(-1);
  } while (after !== undefined);
  return Array.from({ length: days }, (_, day) => {
    const date = addDays(now.startOf('day'), day).toISODate();
    const items = coming
      .filter((one) => dayOf(one.purgeAt, now) === date)
      .toSorted((a, b) => a.purgeAt.toMillis() - b.purgeAt.toMillis());
    return { date, items };
  });
}

const dayOf = (at: Instant, now: Instant): string => (at < now ? now : at).toISODate();

function expected(item: Item, { vault }: HeldHead, now: Instant, until: Instant): Forecast['items'] {
  if (item.state !== 'SoftDeleted') return [];
  const holds = liveHolds(item.holds, now);
  if (holds.some((hold) => hold.until === null)) return [];
  const at = holds.reduce(
    (latest, hold) => (hold.until && hold.until > latest ? hold.until : latest),
    purgeAt(item, vault),
  );
  return at < until ? [{ vault: item.vault, item: item.name, purgeAt: at }] : [];
}
