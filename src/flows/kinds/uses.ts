/** Which vaults have, or had, an item of a kind. */
import type { HeldHead } from '../../change.ts';
import { keyOf } from '../../core/names.ts';
import { type KindPlace, standing } from '../story/nouns.ts';
import { inParallel } from '../story/rounds.ts';
import type { World } from '../story/run.ts';

export interface Uses {
  /** Some of the vaults that remember an item of it. */
  readonly vaults: readonly string[];
  /** Vaults that are listed and remember none: an item of it may be on its way there. */
  readonly strays: readonly HeldHead[];
}

/** So many are named. */
const SHOWN = 20;
/** So many vaults are looked at together. */
const TOGETHER = 32;

/** A vault is listed before its first item and never struck off, so each on the list is looked at. A deleted one counts: it may come back. */
export async function usesOf({ flow, place: { kind } }: Pick<World<KindPlace>, 'flow' | 'place'>): Promise<Uses> {
  const listed = (await flow.kinds.uses(kind)).toSorted();
  const [vaults, strays]: [string[], HeldHead[]] = [[], []];
  for (let at = 0; at < listed.length && vaults.length < SHOWN; at += TOGETHER)
    for (const head of await inParallel(listed.slice(at, at + TOGETHER), (vault) => standing(flow, vault)))
      if (head?.kinds?.includes(keyOf(kind))) vaults.push(head.vault.name);
      else if (head?.vault.deletion === null) strays.push(head);
  return { vaults: vaults.slice(0, SHOWN), strays };
}
