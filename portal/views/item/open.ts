import type { Explanation, Item, OfferedVerb } from '../../../client/api.ts';
import type { Context } from '../../parts/context.ts';

/** An item, and what is at hand while its page is open. */
export interface Open {
  readonly context: Context;
  readonly item: Item;
  /** What kind of thing it is, in words. */
  readonly title: string;
  readonly explanation: Explanation;
  readonly names: { readonly vault: string; readonly item: string };
  /** What the item allows now, and the caller's roles too. */
  readonly offers: ReadonlySet<OfferedVerb>;
}

/** A running job forbids a stop, unless the job is cancelled with it: the form asks. */
export const offersOf = ({ can }: Explanation, { activeJob }: Item, may: Context['may']): ReadonlySet<OfferedVerb> =>
  new Set(
    [...can, ...(activeJob ? (['stop'] as const) : [])].filter((verb) =>
      may(verb === 'delete' ? 'Contributor' : 'Operator'),
    ),
  );
