import type { Held, HeldHead, Owner, Source } from '../../change.ts';
import type { Remains } from '../../core/item.ts';
import { sameName } from '../../core/names.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import type { Step } from '../story/plan.ts';
import { serviceEntry } from '../story/request.ts';
import type { Deciding, World } from '../story/run.ts';

export interface Claimant extends Source {
  readonly vault: string;
  readonly name: string;
}

/** Who has the claim to a source, and what stands where it points. */
export interface SourceClaim {
  readonly owner: Held<Owner> | undefined;
  readonly there?: Held<Remains> | undefined;
  /** Nothing stands there, so it may be a protect in flight: a new fence voids it. */
  readonly head?: HeldHead | undefined;
}

const inFlight = ({ value, tag }: Held<Owner>): string => `source claimed by ${value.vault}/${value.item} ${tag}`;

export async function readSourceClaim({ ports, once }: World<unknown>, claimant: Claimant): Promise<SourceClaim> {
  const owner = await ports.registry.owner(claimant);
  if (!owner || isMine(owner.value, claimant)) return { owner };
  const there = await ports.vaults.item(owner.value.vault, owner.value.item);
  if (there || once.has(inFlight(owner))) return { owner, there };
  return { owner, head: await ports.vaults.head(owner.value.vault, 'fresh') };
}

const isMine = (owner: Owner, { vault, name }: Claimant): boolean =>
  sameName(owner.vault, vault) && sameName(owner.item, name);

/**
 * One item protects a source, over all vaults. The claim comes first, the item after. A claim whose item is not there is a protect in
 * flight, or one that died: a new fence in that vault makes sure that it can no longer land, and then the claim can be taken over.
 * undefined: the claim is ours.
 */
export function claimSource(
  { owner, there, head }: SourceClaim,
  claimant: Claimant,
  { now, id }: Deciding,
): Refused | Step | undefined {
  if (owner && isMine(owner.value, claimant)) return undefined;
  if (owner && head)
    return { step: { vault: owner.value.vault, id, head: { was: head, now: head.vault } }, once: inFlight(owner) };
  const me = { vault: claimant.vault, item: claimant.name };
  const { workload, sourceId, server } = claimant;
  const item = there?.value;
  if (!owner || !item || item.state === 'Purged' || !isSource(item, claimant) || item.superseded)
    return {
      step: { line: 'source', source: { workload, sourceId, server }, owner: me, was: owner },
      leaves: { sourceClaim: { owner: { value: me, tag: '' } } },
    };
  if (item.state !== 'SoftDeleted' && item.state !== 'Purging') return elsewhere(owner.value, claimant);
  if (sameName(owner.value.vault, claimant.vault))
    return refuse(
      'ItemSoftDeleted',
      `This source is protected as ${item.name}, which is soft-deleted. Undelete and resume that item instead.`,
      { facts: { item: item.name } },
    );
  const operation = 'Superseded';
  const superseded = { ...item, superseded: true, etag: id };
  const facts = { vault: claimant.vault, item: claimant.name };
  return {
    step: {
      vault: item.vault,
      id,
      items: [{ was: { value: item, tag: there.tag }, now: superseded }],
      entries: [serviceEntry(now, item.name, { operation, from: item, to: item, facts }, id)],
    },
    leaves: { sourceClaim: { owner } },
  };
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
