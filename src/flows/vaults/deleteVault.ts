import type { Held, HeldHead } from '../../change.ts';
import type { Remains } from '../../core/item.ts';
import { purgeAt } from '../../core/lifecycle.ts';
import { ok, type Refused, refuse } from '../../core/problems.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { VaultReads } from '../../ports.ts';
import { onVault } from '../story/nouns.ts';
import { itemPages } from '../story/pages.ts';
import { need } from '../story/plan.ts';
import { unkept, type VaultPlace } from '../story/request.ts';
import type { Runs } from '../story/run.ts';

export interface Blocker {
  readonly kind: 'item' | 'server';
  readonly name: string;
  readonly purgeAt?: string;
}

/** Closes an empty vault: from here on nothing can be made in it. Answers its line in the directory. */
const closeVault = onVault<undefined, Held<string> | null>()({
  operation: 'DeleteVault',
  also: {
    // Before the vault is closed: a line that is written later is of a new vault.
    listing: ({ flow, place }) => flow.registry.listing(place.vault),
    blockers: ({ flow, request }, { head }) => blockersOf(flow, head, request.now),
  },
  decide({ head, blockers, listing }) {
    if (listing === undefined) return need('listing');
    if (!blockers) return need('blockers');
    if (blockers.length > 0) return notEmpty(head.vault.name, blockers);
    return { line: { line: 'closeVault', head }, answer: listing };
  },
});

/** Deletes an empty vault for good. Its policies, silences, tombstones and history go with it. */
export const deleteVault: Runs<VaultPlace, undefined, null> = async (flow, request, place) => {
  const closed = await closeVault(flow, unkept(request), place);
  if (!closed.ok && closed.refusal.code !== 'VaultNotFound') return closed;
  // Also where there is no vault: if a deletion died half-way, its repetition clears up.
  await flow.vaults.clearVault(place.vault);
  if (!closed.ok) return closed;
  const listing = closed.value;
  if (listing) await flow.land({ write: { line: 'unlistVault', listing }, now: request.now });
  return ok(null);
};

const MOST_BLOCKERS = 100;
const MOST_SERVERS = 100_000;

async function blockersOf(ports: VaultReads, head: HeldHead, now: Instant): Promise<readonly Blocker[]> {
  const { name } = head.vault;
  const blockers: Blocker[] = [];
  for await (const items of itemPages(ports, name)) {
    blockers.push(...items.flatMap((item) => blockerOf(item, head, now)));
    if (blockers.length >= MOST_BLOCKERS) break;
  }
  const servers = await ports.vaults.servers(name, { limit: MOST_SERVERS });
  // A server that was let go blocks nothing; its items in the trash do.
  const registered = servers.filter(({ registration }) => registration === 'Registered');
  return [...blockers, ...registered.map((server): Blocker => ({ kind: 'server', name: server.name }))];
}

function blockerOf(item: Remains, { vault }: HeldHead, now: Instant): readonly Blocker[] {
  if (item.state === 'Purged') return [];
  if (item.state !== 'SoftDeleted')
    return [{ kind: 'item', name: item.name, ...(item.state === 'Purging' ? { purgeAt: iso(now) } : {}) }];
  return [{ kind: 'item', name: item.name, purgeAt: iso(purgeAt(item, vault)) }];
}

function notEmpty(vault: string, blockers: readonly Blocker[]): Refused {
  const facts = { blockers: blockers.slice(0, MOST_BLOCKERS) };
  if (blockers.every(({ purgeAt }) => purgeAt === undefined))
    return refuse(
      'VaultNotEmpty',
      `${vault} is not empty. Stop and delete its items and deregister its servers first.`,
      {
        facts,
      },
    );
  return refuse(
    'VaultHasSoftDeletedItems',
    `${vault} holds soft-deleted items. It can be deleted once they are purged; to recover them, undelete.`,
    { facts: { ...facts, azureCode: 'ServiceResourceNotEmptyWithBackendMessage' } },
  );
}
