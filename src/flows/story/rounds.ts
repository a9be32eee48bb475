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

/** Not more at once than storage and sockets like. */
const SIDE_BY_SIDE = 32;

/**
 * Answers in the order of the questions. As many are begun as come to `most` together; one that is larger waits until it is alone. After a
 * failure nothing new is begun, and what was begun has ended when it is thrown.
 */
export function inParallel<T, R>(
  all: readonly T[],
  work: (one: T) => Promise<R>,
  most = SIDE_BY_SIDE,
  sizeOf: (one: T) => number = () => 1,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = all.map((one, index) => ({ one, index, size: sizeOf(one) })).toReversed();
  let [running, inside] = [0, 0];
  let failed: { readonly error: unknown } | undefined;
  return new Promise((resolve, reject) => {
    const begin = async ({ one, index, size }: (typeof queue)[number]) => {
      running += 1;
      inside += size;
      try {
        results[index] = await work(one);
      } catch (error) {
        failed ??= { error };
      }
      running -= 1;
      inside -= size;
      goOn();
    };
    const goOn = () => {
      for (
        let next = queue.at(-1);
        next && !failed && (running === 0 || inside + next.size <= most);
        next = queue.at(-1)
      ) {
        queue.pop();
        void begin(next);
      }
      if (running === 0) failed ? reject(failed.error) : resolve(results);
    };
    goOn();
  });
}

interface Lane {
  inside: number;
  readonly waiting: (() => void)[];
}

/** Of what goes by one name no more than so much is done at a time, whoever begins it. */
export function lanes(most: number): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const busy = new Map<string, Lane>();
  return async (name, work) => {
    const lane = busy.get(name) ?? { inside: 0, waiting: [] };
    busy.set(name, lane);
    if (lane.inside >= most) await new Promise<void>((letIn) => void lane.waiting.push(letIn));
    else lane.inside += 1;
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next) next();
      else lane.inside -= 1;
      if (lane.inside === 0) busy.delete(name);
    }
  };
}
