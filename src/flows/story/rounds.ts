import { type Outcome, type Refused, refuse } from '../../core/problems.ts';

/** How often something is decided again because others wrote first. */
export const MOST_ROUNDS = 8;

export const busy = (): Refused =>
  refuse('Busy', 'Others kept changing this at the same time. Nothing was changed; try again.', {
    retryAfterSeconds: 1,
  });

/** Runs a step until it has an outcome; a lost race is a reason to look again, a few times. */
export async function rounds<R>(step: (round: number) => Promise<Outcome<R> | 'again'>): Promise<Outcome<R>> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const outcome = await step(round);
    if (outcome !== 'again') return outcome;
  }
  return busy();
}

/** The same where nobody is there to be told "try again": the queue or the next sweep does that. */
export async function untilDone<T>(what: string, step: () => Promise<T | undefined>): Promise<T> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const done = await step();
    if (done !== undefined) return done;
  }
  throw new Error(`${what} kept changing`);
}
