/**
 * How far tickets are believed. A good one saves a request, a stale one costs two: so a sweep begins with a few, goes on as long as more than
 * two of three are good, and else reads what is true before it decides, as without tickets.
 */
const FIRST = 8;
const WORTH = { good: 1, stale: -2, unknown: 0 } as const;
/** Whatever was good before, stale ones are given up when they have used up as much. */
const MOST = 300;
/** So many are tried together. With each good one two more: of a round of good ones the next is three times as large. */
const AT_ONCE = { first: 4, more: 2, most: 150 } as const;

export interface Trust {
  /** Whether one more may be tried. Waits while those that are being tried may decide that. */
  mayTry(): Promise<boolean>;
  /** `unknown`: storage was in trouble, and that says nothing about tickets. */
  ended(as: keyof typeof WORTH): void;
}

export function newTrust(): Trust {
  let left = FIRST;
  let trying = 0;
  let atOnce: number = AT_ONCE.first;
  const waiting: (() => void)[] = [];
  const isSpent = () => left + WORTH.stale < 0;
  return {
    async mayTry() {
      while (trying >= atOnce || (isSpent() && trying > 0)) await new Promise<void>((tell) => void waiting.push(tell));
      if (isSpent()) return false;
      trying += 1;
      return true;
    },
    ended(as) {
      trying -= 1;
      left = Math.min(MOST, left + WORTH[as]);
      if (as === 'good') atOnce = Math.min(AT_ONCE.most, atOnce + AT_ONCE.more);
      // Of the others nobody has to look again.
      const free = isSpent() ? (trying > 0 ? 0 : waiting.length) : atOnce - trying;
      for (const tell of waiting.splice(0, free)) tell();
    },
  };
}
