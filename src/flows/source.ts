import { SERVICE } from '../core/history.ts';
import type { Remains } from '../core/item.ts';
import { sameName } from '../core/names.ts';
import { type Refused, refuse } from '../core/problems.ts';
import type { Instant } from '../core/time.ts';
import type { Held, Owner, Ports, Source } from '../ports.ts';

type SourcePorts = Pick<Ports, 'vaults' | 'registry' | 'newId'>;

interface Claimant extends Source {
  readonly vault: string;
  readonly name: string;
}

const ROUNDS = 5;

/**
 * One source, one item that protects it, over all vaults. Whoever wants to protect a source takes its claim first and writes
 * the item after. A claim whose item is not there is a protect in flight, or one that died: rotating the fence of that
 * vault makes sure that it can no longer land, and then the claim can be taken over.
 */
export async function takeSource(ports: SourcePorts, claimant: Claimant, now: Instant): Promise<Refused | undefined> {
  const me: Owner = { vault: claimant.vault, item: claimant.name };
  for (let round = 0; round < ROUNDS; round += 1) {
    const owner = await ports.registry.owner(claimant);
    if (owner && isMe(owner.value, me)) return undefined;
    const refused = owner && (await release(ports, owner.value, claimant, now));
    if (refused === 'again') continue;
    if (refused) return refused;
    if (await ports.registry.claim(claimant, me, owner)) return undefined;
  }
  return refuse('Busy', 'Others are protecting the same source at this moment. Nothing was changed; try again.', {
    retryAfterSeconds: 1,
  });
}

const isMe = (owner: Owner, me: Owner): boolean => sameName(owner.vault, me.vault) && sameName(owner.item, me.item);

/** Makes the present owner give way, if it may: nothing that still protects the source does. */
async function release(
  ports: SourcePorts,
  owner: Owner,
  claimant: Claimant,
  now: Instant,
): Promise<Refused | 'again' | undefined> {
  const found = (await ports.vaults.item(owner.vault, owner.item)) ?? (await afterRotation(ports, owner));
  if (!found || found.value.state === 'Purged' || !isSource(found.value, claimant)) return undefined;
  const item = found.value;
  if (item.superseded) return undefined;
  if (item.state !== 'SoftDeleted' && item.state !== 'Purging') return elsewhere(owner, claimant);
  if (sameName(owner.vault, claimant.vault))
    return refuse(
      'ItemSoftDeleted',
      `This source is protected as ${item.name}, which is soft-deleted. Undelete and resume that item instead.`,
      {
        facts: { item: item.name },
      },
    );
  const superseded = { ...item, superseded: true, etag: ports.newId() };
  const done = await ports.vaults.commit({
    vault: item.vault,
    id: superseded.etag,
    items: [{ was: { value: item, tag: found.tag }, now: superseded }],
    entries: [
      {
        at: now,
        item: item.name,
        caller: SERVICE,
        operation: 'Superseded',
        outcome: 'Succeeded',
        code: null,
        from: item.state,
        to: item.state,
        requestId: superseded.etag,
        facts: { vault: claimant.vault, item: claimant.name },
      },
    ],
  });
  return done ? undefined : 'again';
}

async function afterRotation(ports: SourcePorts, owner: Owner): Promise<Held<Remains> | undefined> {
  await ports.vaults.rotateFence(owner.vault, ports.newId());
  return ports.vaults.item(owner.vault, owner.item);
}

/** The name may have been given to something else since. */
const isSource = (item: Source, source: Source): boolean =>
  item.workload === source.workload &&
  item.sourceId.toLowerCase() === source.sourceId.toLowerCase() &&
  (item.server ?? '').toLowerCase() === (source.server ?? '').toLowerCase();

const elsewhere = (owner: Owner, claimant: Claimant): Refused =>
  sameName(owner.vault, claimant.vault)
    ? refuse('AlreadyProtected', `This source is already protected in this vault, as ${owner.item}.`, {
        facts: { item: owner.item },
      })
    : refuse(
        'ActiveElsewhere',
        `This source is already protected in vault ${owner.vault}, as ${owner.item}. Stop with delete there first.`,
        { facts: { ...owner } },
      );
