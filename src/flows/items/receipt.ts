import { type Caller, channelOf } from '../../core/caller.ts';
import { isLinked, type LinkedEntry } from '../../core/evidence.ts';
import { type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import { endsPurge, generationOf, isDeletion, type Receipt, receiptOf } from '../../core/receipt.ts';
import type { Reads } from '../../ports.ts';
import { noItem, noVault, type Place } from '../story/request.ts';

type Reading = Pick<Reads, 'vaults'>;

/** As many entries as one request answers. */
const STRETCH = 1000;

/** The receipt of a purge of the item, by default of the latest one. It outlives the item, and is made from its history alone. */
export async function readReceipt(
  flow: Reading,
  caller: Caller,
  place: Place,
  generation: number | undefined,
): Promise<Outcome<Receipt>> {
  // Of an item that is forgotten nobody knows the server, so no agent can be shown that it was its own.
  if (channelOf(caller) === 'agent' && !(await flow.vaults.item(place.vault, place.item))) return nobodyIn(flow, place);
  const found = await purgeIn(flow, place, generation);
  if (found === 'none') return nobodyIn(flow, place);
  const [first, ...others] = found;
  if (!first) return noReceipt(place, generation);
  return ok(receiptOf(place, [first, ...others]));
}

const nobodyIn = async (flow: Reading, place: Place): Promise<Refused> =>
  (await flow.vaults.standing(place.vault)) ? noItem(place) : noVault(place.vault);

const noReceipt = ({ item, vault }: Place, generation: number | undefined): Refused =>
  refuse(
    'ReceiptNotFound',
    generation === undefined
      ? `${item} of vault ${vault} has not been purged, as far as its history tells.`
      : `The history of ${item} in vault ${vault} tells of no purge of generation ${generation}.`,
  );

/** The entries of one purge, from the deletion on, the oldest first. Empty: there was none; `none`: there is no history at all. */
async function purgeIn(
  { vaults }: Reading,
  { vault, item }: Place,
  generation: number | undefined,
): Promise<readonly LinkedEntry[] | 'none'> {
  const ofPurge: LinkedEntry[] = [];
  let after: string | undefined;
  let isEmpty = true;
  do {
    const { found, last } = await vaults.history(vault, { item }, { after, limit: STRETCH });
    isEmpty &&= found.length === 0;
    for (const { entry } of found) {
      if (!entry || !isLinked(entry)) continue;
      const isWanted = generation === undefined || generationOf(entry) === generation;
      if (ofPurge.length === 0 && !(endsPurge(entry) && isWanted)) continue;
      ofPurge.push(entry);
      if (isDeletion(entry)) return ofPurge.toReversed();
    }
    after = last;
  } while (after !== undefined);
  return isEmpty ? 'none' : [];
}
