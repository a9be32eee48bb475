import type { Haste } from './part.ts';

type Stop = (haste: Haste) => Promise<void>;

export interface Stops {
  /** Whether stopping has begun: what is still starting need not go on. */
  begun(): boolean;
  add(stop: Stop): void;
  /** The last that started stops first, one after the other. */
  inPeace(): Promise<void>;
  /** All together. */
  atOnce(): Promise<void>;
}

export function stops(): Stops {
  const pending: Stop[] = [];
  const running = new Set<Stop>();
  let begun = false;
  return {
    begun: () => begun,
    add: (stop) => {
      pending.push(stop);
    },
    inPeace: async () => {
      begun = true;
      for (let stop = pending.pop(); stop; stop = pending.pop()) {
        running.add(stop);
        await stop('in peace');
        running.delete(stop);
      }
    },
    atOnce: async () => {
      const all = [...running, ...pending.splice(0)];
      await Promise.all(all.map((stop) => stop('at once')));
    },
  };
}
