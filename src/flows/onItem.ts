import type { Item, Tombstone } from '../core/item.ts';
import type { Outcome } from '../core/problems.ts';
import type { Held, HeldHead, Ports } from '../ports.ts';
import {
  type Asking,
  howFresh,
  missing,
  noVault,
  type Place,
  purged,
  rounds,
  stale,
  tellRefusal,
  unlessStale,
} from './asking.ts';

/** What every story about one item has in common. */
export interface Story<R> {
  readonly ports: Pick<Ports, 'vaults' | 'newId'>;
  readonly asking: Asking<R>;
  readonly place: Place;
  /** What it is called in the item's history, if it is refused. */
  readonly operation: string;
  /** The caller's If-Match is about something in the item, which the story looks at itself. */
  readonly etagIsOfPart?: true;
}

type Step = 'again';

/** Reads the item and decides, again as long as others write first; a refusal becomes part of its history. */
export const onItem = <R>(
  story: Story<R>,
  decide: (held: Held<Item>) => Promise<Outcome<R> | Step>,
): Promise<Outcome<R>> =>
  told(story, () => withItem(story, decide, (tombstone) => purged(tombstone, story.asking.now)));

/** The same where the decision rests on the vault's head as well: a refusal from a remembered one is decided again. */
export const onItemInVault = <R>(
  story: Story<R>,
  decide: (held: Held<Item>, head: HeldHead) => Promise<Outcome<R> | Step>,
  ofTombstone: (tombstone: Tombstone, head: HeldHead) => Outcome<R> = (tombstone) =>
    purged(tombstone, story.asking.now),
): Promise<Outcome<R>> =>
  told(story, async (round) => {
    const head = await story.ports.vaults.head(story.place.vault, howFresh(round));
    if (!head) return noVault(story.place.vault);
    const outcome = await withItem(
      story,
      (held) => decide(held, head),
      (tombstone) => ofTombstone(tombstone, head),
    );
    return unlessStale(outcome, head);
  });

const told = async <R>(
  { ports, asking, place, operation }: Story<R>,
  round: (round: number) => Promise<Outcome<R> | Step>,
): Promise<Outcome<R>> => tellRefusal(ports, asking, place, operation, await rounds(round));

async function withItem<R>(
  { ports, asking, place, etagIsOfPart }: Story<R>,
  decide: (held: Held<Item>) => Promise<Outcome<R> | Step>,
  ofTombstone: (tombstone: Tombstone) => Outcome<R>,
): Promise<Outcome<R> | Step> {
  const held = await ports.vaults.item(place.vault, place.item);
  if (!held) return missing(ports, place);
  const precondition = etagIsOfPart ? undefined : stale(asking, held.value);
  if (precondition) return precondition;
  const { value, tag } = held;
  return value.state === 'Purged' ? ofTombstone(value) : decide({ value, tag });
}
