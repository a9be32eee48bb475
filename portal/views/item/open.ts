import type { Item } from '../../api/types.ts';
import type { Context } from '../../parts/context.ts';

/** An item, and what is at hand while its page is open. */
export interface Open {
  readonly context: Context;
  readonly item: Item;
  readonly path: string;
}
