import type { Hint } from '../../core/hints.ts';
import { STANDS_AHEAD_MS } from '../../core/moves.ts';
import { keyOf } from '../../core/names.ts';
import { addMillis, type Instant } from '../../core/time.ts';

/** So many vaults are remembered, those that were written to last. One that is forgotten costs a hint too many. */
const MOST = 20_000;

/**
 * Where this process knows a hint to stand that has a vault tidied. It stands until it is due, and whoever comes then sees what was written
 * until then: so a change that is over later needs none.
 */
export function tidyHints() {
  const standing = new Map<string, Instant>();
  const isTidy = ({ kind }: Hint): boolean => kind === 'tidy';
  return {
    /** Those that are not known to stand. */
    missing(hints: readonly Hint[], now: Instant): readonly Hint[] {
      const ahead = addMillis(now, STANDS_AHEAD_MS);
      return hints.filter((hint) => {
        const known = isTidy(hint) ? standing.get(keyOf(hint.vault)) : undefined;
        return known === undefined || known <= ahead || known > hint.due;
      });
    },
    /** They were written. Of those of a vault, the earliest that is ahead is worth remembering; what falls due at once says nothing of later. */
    saw(hints: readonly Hint[], now: Instant): void {
      const ahead = addMillis(now, STANDS_AHEAD_MS);
      for (const { vault, due } of hints.filter((hint) => isTidy(hint) && hint.due > ahead)) {
        const known = standing.get(keyOf(vault));
        standing.delete(keyOf(vault));
        standing.set(keyOf(vault), known !== undefined && known > ahead && known < due ? known : due);
      }
      for (const vault of standing.keys()) {
        if (standing.size <= MOST) return;
        standing.delete(vault);
      }
    },
  };
}
