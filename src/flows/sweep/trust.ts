/**
 * How far tickets are believed. A good one saves a request, a stale one costs two: so a sweep begins with a few, goes on as long as more than
 * two of three are good, and else reads what is true before it decides, as without tickets.
 */
const FIRST = 8;
const TAKEN = 2;
const GIVEN = { good: 3, stale: 0, unknown: TAKEN } as const;
const MOST = 300;

export interface Trust {
  /** Whether one more may be tried. Waits while those that are being tried may decide that. */
  mayTry(): Promise<boolean>;
  /** `unknown`: storage was in trouble, and that says nothing about tickets. */
  ended(as: keyof typeof GIVEN): void;
}

export function newTrust(): Trust {
  let left = FIRST;
  let trying = 0;
  let waiting: (() => void)[] = [];
  return {
    async mayTry() {
      while (left < TAKEN && trying > 0) await new Promise<void>((tell) => void waiting.push(tell));
      if (left < TAKEN) return false;
      left -= TAKEN;
      trying += 1;
      return true;
    },
    ended(as) {
      trying -= 1;
      left = Math.min(MOST, left + GIVEN[as]);
      const told = waiting;
      waiting = [];
      for (const tell of told) tell();
    },
  };
}
