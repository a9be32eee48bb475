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

/** Answers in the order of the questions. After a failure nothing new is begun, and what was begun has ended when it is thrown. */
export async function inParallel<T, R>(
  all: readonly T[],
  work: (one: T) => Promise<R>,
  most = SIDE_BY_SIDE,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = all.entries();
  let failed: { readonly error: unknown } | undefined;
  const worker = async () => {
    for (const [index, next] of queue) {
      if (failed) return;
      results[index] = await work(next);
    }
  };
  const watched = () =>
    worker().catch((error: unknown) => {
      failed ??= { error };
    });
  await Promise.all(Array.from({ length: Math.min(most, all.length) }, watched));
  if (failed) throw failed.error;
  return results;
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
