/** Which vaults may be under a guard, or have an item of a kind: rows of the registry, a partition each. A row stands before it is true. */
import type { Change, Held, Line, LinkTo } from '../change.ts';
import { keyOf } from '../core/names.ts';
import { guardsOf } from '../core/vault.ts';
import type { Stretch } from '../ports/stretch.ts';
import type { Table } from './table.ts';

export const LINKS = { guard: 'guardLinks', kind: 'kindUses' } as const satisfies { readonly [T in LinkTo]: string };

export const linkKey = (name: string, vault: string): string => `${keyOf(name)}!${keyOf(vault)}`;

export const linksIn =
  (registry: Table, to: LinkTo) =>
  async (name: string, { after, limit }: Stretch): Promise<readonly Held<string>[]> => {
    const prefix = linkKey(name, '');
    const from = after === undefined ? undefined : linkKey(name, after);
    const rows = await registry.range(LINKS[to], { prefix, after: from, limit });
    return rows.map(({ key, tag, cells }) => ({ value: String(cells['vault'] ?? key.slice(prefix.length)), tag }));
  };

type Written<L extends Line['line']> = { readonly [N in L]: (line: Extract<Line, { line: N }>) => Promise<boolean> };

export function linkLines(registry: Table): Written<'guardLink' | 'kindUse' | 'dropLink'> {
  const put = (to: LinkTo, name: string, vault: string): Promise<boolean> =>
    registry.commit(LINKS[to], [{ op: 'put', key: linkKey(name, vault), cells: { v: 1, vault } }]);
  return {
    guardLink: ({ guard, vault }) => put('guard', guard, vault),
    kindUse: ({ kind, vault }) => put('kind', kind, vault),
    async dropLink({ to, name, link: { value, tag } }) {
      await registry.remove(LINKS[to], linkKey(name, value), tag);
      return true;
    },
  };
}

/**
 * The links of a vault that goes without a guard from now on, as they were before: one that is written anew since has another tag, and stays.
 * One that takes another guard instead leaves its link to whoever deletes the first: it may ask for no more than it does.
 */
export async function linksLeft(registry: Table, { head, grave }: Change): Promise<() => Promise<unknown>> {
  const was = (head?.was ?? grave?.was)?.vault;
  const guards = was && (!head || guardsOf(head.now).length === 0) ? guardsOf(was) : [];
  const rows = await Promise.all(guards.map((guard) => registry.get(LINKS.guard, linkKey(guard, was?.name ?? ''))));
  return () => Promise.all(rows.map((row) => row && registry.remove(LINKS.guard, row.key, row.tag)));
}
