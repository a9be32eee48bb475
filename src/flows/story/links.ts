/** What vaults use and lies elsewhere knows of them by links, each written before it is true. Whether it is, its vault says. */
import type { Held, HeldHead, LinkTo } from '../../change.ts';
import type { Instant } from '../../core/time.ts';
import type { Stretch } from '../../ports/stretch.ts';
import type { FlowPorts } from './land.ts';
import { inParallel, untilDone } from './rounds.ts';

export interface Linked {
  readonly to: LinkTo;
  readonly name: string;
  readonly list: (stretch: Stretch) => Promise<readonly Held<string>[]>;
  readonly isTrue: (head: HeldHead) => boolean;
}

export interface Users {
  readonly heads: readonly HeldHead[];
  /** Others are linked as well, and were not looked at. */
  readonly more: boolean;
}

/** So many are named. */
export const SHOWN = 20;
/** So many are looked at together. */
const TOGETHER = 20;

type Looking = Pick<FlowPorts, 'vaults' | 'land' | 'newId'>;

/** The vaults whose links are true, all of them or the first ones. The others' links are struck on the way, so each is looked at once. */
export async function usersOf(
  flow: Looking,
  now: Instant,
  linked: Linked,
  most = Number.POSITIVE_INFINITY,
): Promise<Users> {
  const heads: HeldHead[] = [];
  for (let after: string | undefined; ; ) {
    const limit = Math.min(TOGETHER, most - heads.length);
    const found = await linked.list({ after, limit: limit + 1 });
    const links = found.slice(0, limit);
    const users = await inParallel(links, (link) => userBy(flow, now, linked, link));
    heads.push(...users.flatMap(({ user }) => user ?? []));
    const more = found.length > limit;
    if (!more || heads.length >= most) return { heads, more };
    after = links.at(-1)?.value;
  }
}

/**
 * Whoever is about to make a link true has read the vault before writing it: the vault gets a new fence, so that they have to write it anew,
 * and then it is struck as it was read. One that was deleted has no fence, and gets another when it comes back.
 */
const userBy = (
  flow: Looking,
  now: Instant,
  { to, name, isTrue }: Linked,
  link: Held<string>,
): Promise<{ readonly user?: HeldHead }> =>
  untilDone(`vault ${link.value}`, async () => {
    const head = await flow.vaults.standing(link.value);
    // A deleted one counts: it may come back.
    if (head && isTrue(head)) return { user: head };
    if (head?.vault.deletion === null) {
      const write = { vault: head.vault.name, id: flow.newId(), head: { was: head, now: head.vault } };
      if (!(await flow.land({ now, write })).done) return undefined;
    }
    await flow.land({ now, write: { line: 'dropLink', to, name, link } });
    return {};
  });
