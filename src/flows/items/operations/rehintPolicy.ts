import { type Hint, itemHint } from '../../../core/hints.ts';
import type { Item } from '../../../core/item.ts';
import { ageingOf, termsOf } from '../../../core/lifecycle.ts';
import { sameName } from '../../../core/names.ts';
import { nextDue } from '../../../core/policy.ts';
import { policyOf } from '../../../core/tally.ts';
import type { Index, ItemRow } from '../../../ports/vaults.ts';
import type { VaultReads } from '../../../ports.ts';
import { unlessUnreadable } from '../../story/pages.ts';
import { inParallel } from '../../story/rounds.ts';
import { allPoints } from '../points.ts';
import { MOST_IN_STEP, type Walk } from './walk.ts';

/** One after the other: who uses the policy, and who was suspended since and ages on under the terms that it took along. */
const LEGS = ['policy', 'suspended'] as const;
/** In a vault that has no indexes yet one looks at every item. */
const OF_BEFORE = ['name'] as const;
type Leg = (typeof LEGS | typeof OF_BEFORE)[number];

const indexOf = (leg: Leg, policy: string): Index => {
  if (leg === 'policy') return { by: 'policy', policy };
  return leg === 'suspended' ? { by: 'state', state: 'BackupsSuspended' } : { by: 'name' };
};

/** `policy!<place>`. A walk that was begun before its vault had indexes is ended without them. */
function placeIn(cursor: string | null, hasIndexes: boolean): { readonly leg: Leg; readonly after?: string } {
  const [first] = hasIndexes ? LEGS : OF_BEFORE;
  if (cursor === null) return { leg: first };
  const at = cursor.indexOf('!');
  const leg = [...LEGS, ...OF_BEFORE].find((one) => one === cursor.slice(0, at)) ?? first;
  const after = cursor.slice(at + 1);
  return after === '' ? { leg } : { leg, after };
}

const nextPlace = (leg: Leg, last: string | undefined): string | undefined => {
  if (last !== undefined) return `${leg}!${last}`;
  return leg === 'policy' ? 'suspended!' : undefined;
};

/** A policy was shortened: items may expire earlier than their hints say. They are hinted anew by what is true now. */
export const rehintPolicy: Walk = async ({ vaults }, { subject, cursor }, head, now) => {
  const { leg, after } = placeIn(cursor, head.isCounted === true);
  const policy = subject ?? '';
  const { found, last } = await vaults.items(head.vault.name, { after, limit: MOST_IN_STEP }, indexOf(leg, policy));
  const read = await inParallel(found, async (row) => ({ row, item: await itemIn({ vaults }, head.vault.name, row) }));
  const items = read.flatMap(({ item }) => (item && item !== 'unreadable' ? [item] : []));
  const users = items.filter((item) => leg !== 'suspended' && sameName(policyOf(item), policy));
  const hints = await inParallel(
    items.filter((item) => agesUnder(item, policy)),
    async (item): Promise<readonly Hint[]> => {
      const due = nextDue(ageingOf(item, await allPoints({ vaults }, item)), termsOf(item, head), now);
      return due ? [itemHint(item, 'expire', due)] : [];
    },
    AT_ONCE,
  );
  return {
    cursor: nextPlace(leg, last),
    done: users.length,
    hints: hints.flat(),
    unreadable: read.flatMap(({ row, item }) => (item === 'unreadable' ? [row.name] : [])),
  };
};

/** Each of them may have thousands of points. */
const AT_ONCE = 8;

const agesUnder = (item: Item, policy: string): boolean =>
  (item.state === 'Protected' && sameName(item.policy, policy)) ||
  (item.state === 'BackupsSuspended' && sameName(item.previousPolicy, policy));

/** undefined: it has gone since its name was read. */
async function itemIn(
  { vaults }: VaultReads,
  vault: string,
  { name, remains, isUnreadable }: ItemRow,
): Promise<Item | 'unreadable' | undefined> {
  if (isUnreadable) return 'unreadable';
  const found = remains
    ? { remains }
    : await vaults.item(vault, name).then((held) => ({ remains: held?.value }), unlessUnreadable);
  if (!found) return 'unreadable';
  return found.remains && found.remains.state !== 'Purged' ? found.remains : undefined;
}
