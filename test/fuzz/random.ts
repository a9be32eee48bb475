/** Chance that can be had again: everything a shot does follows from the seed of the run and its own number. */
export interface Random {
  /** From 0 up to, but never, 1. */
  next(): number;
  below(bound: number): number;
  chance(share: number): boolean;
  pick<T>(among: readonly T[]): T;
}

/** Mulberry32: small, and good enough to find mistakes. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    chance: (share) => next() < share,
    pick: (among) => {
      if (among.length === 0) throw new Error('nothing to pick from');
      return among[below(among.length)] as (typeof among)[number];
    },
  };
}

/** The chance of one shot: neighbours have nothing in common. */
export const randomOfShot = (seed: number, shot: number): Random =>
  randomOf(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(shot + 1, 0xc2b2ae35));
