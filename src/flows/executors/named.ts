/** What names an executor, or waits for it, and so keeps it from being deleted. */
import type { Held } from '../../change.ts';
import { sameName } from '../../core/names.ts';
import { isOrdered } from '../../core/orders.ts';
import { HOUR_MS, type Instant, iso } from '../../core/time.ts';
import type { ExecutorLinks } from '../../ports.ts';
import type { FlowPorts } from '../story/land.ts';
import { asUnreadable } from '../story/pages.ts';
import { inParallel } from '../story/rounds.ts';

export interface Blocker {
  readonly kind: 'vault' | 'kind' | 'order';
  readonly name: string;
  /** Nobody can say what it names. */
  readonly unreadable?: true;
  /** It names it no more. Until then a sweep may go by what it said before. */
  readonly until?: string;
}

type Reading = Pick<FlowPorts, 'agenda' | 'executors' | 'kinds' | 'vaults'>;

/** So many are named. */
export const MOST_BLOCKERS = 100;

/** A sweep reads the kinds when it begins, and the platform ends it after 40 minutes. So long it may ask an executor that a kind has let go. */
export const LET_GO_MS = HOUR_MS;

function stillAsked({ letGo }: ExecutorLinks, now: Instant): readonly Blocker[] {
  const until = letGo?.at.plus(LET_GO_MS);
  return letGo && until && now < until ? [{ kind: 'kind', name: letGo.kind, until: iso(until) }] : [];
}

/** What else than vaults names it. */
const SOURCES: readonly ((flow: Reading, executor: string) => Promise<readonly Blocker[]>)[] = [
  async ({ kinds }, executor) => {
    const { all, unreadable } = await kinds.fresh();
    const naming = all.filter((kind) => sameName(kind.executor, executor));
    return [
      ...naming.map(({ name }) => ({ kind: 'kind', name }) as const),
      ...unreadable.map((name) => ({ kind: 'kind', name, unreadable: true }) as const),
    ];
  },
  async (flow, executor) => (await liveOrders(flow, executor)).map((name) => ({ kind: 'order', name }) as const),
];

/** Of its work list, until there are more than are named: whether a line is true its item says. */
async function liveOrders({ agenda, vaults }: Reading, executor: string): Promise<readonly string[]> {
  const live = new Set<string>();
  for (let after: string | undefined; live.size <= MOST_BLOCKERS; ) {
    const { found: lines, last } = await agenda.work(executor, { after, limit: MOST_BLOCKERS, all: true });
    const items = await inParallel(lines, ({ vault, item }) => vaults.item(vault, item).catch(asUnreadable));
    for (const [at, { work }] of lines.entries()) {
      const found = items[at];
      const item = found === 'unreadable' ? undefined : found?.value;
      // Of one that cannot be read nobody can say.
      if (found === 'unreadable') live.add(work.order);
      else if (isOrdered(item) && item.order.id === work.order && sameName(item.order.executor, executor))
        live.add(work.order);
    }
    if (last === undefined) break;
    after = last;
  }
  return [...live];
}

export interface Uses {
  /** One more than are named tells that there are more. */
  readonly blockers: readonly Blocker[];
  /** Noted by vaults that do not name it: they did, or are about to. */
  readonly strays: readonly Held<string>[];
  readonly gateTag: string;
}

/** The links are read first: whatever is noted later changes the gate. */
export async function usesOf(flow: Reading, executor: string, now: Instant): Promise<Uses> {
  const links = await flow.executors.links(executor);
  const { vaults, gateTag = '' } = links;
  const others = await Promise.all(SOURCES.map((source) => source(flow, executor)));
  const { blockers, strays } = await ofVaults(flow, executor, vaults);
  return { blockers: [...blockers, ...others.flat(), ...stillAsked(links, now)], strays, gateTag };
}

/** Some vaults at a time, until there are more than are named. A deleted one counts: it may come back. */
async function ofVaults(
  flow: Pick<FlowPorts, 'vaults'>,
  executor: string,
  links: readonly Held<string>[],
): Promise<Pick<Uses, 'blockers' | 'strays'>> {
  const [blockers, strays]: [Blocker[], Held<string>[]] = [[], []];
  for (let at = 0; at < links.length && blockers.length <= MOST_BLOCKERS; at += MOST_BLOCKERS) {
    const some = links.slice(at, at + MOST_BLOCKERS);
    const heads = await inParallel(some, ({ value }) => flow.vaults.standing(value));
    for (const [index, link] of some.entries()) {
      const vault = heads[index]?.vault;
      if (vault && sameName(vault.purge.executor, executor)) blockers.push({ kind: 'vault', name: vault.name });
      else strays.push(link);
    }
  }
  return { blockers, strays };
}

/** Whether any kind names any executor. */
export const anyKindNames = async ({ kinds }: Pick<Reading, 'kinds'>): Promise<boolean> =>
  (await kinds.fresh()).all.some(({ executor }) => executor !== null);

/** So many vaults are looked at together. */
const STRETCH = 100;

/** Whether any vault names any executor. */
export async function anyVaultNames(flow: Pick<Reading, 'executors' | 'vaults'>): Promise<boolean> {
  for (let after: string | undefined; ; ) {
    const { found, last } = await flow.executors.linked({ after, limit: STRETCH });
    const heads = await inParallel([...new Set(found)], (vault) => flow.vaults.standing(vault));
    if (heads.some((head) => head && head.vault.purge.executor !== null)) return true;
    if (last === undefined) return false;
    after = last;
  }
}
