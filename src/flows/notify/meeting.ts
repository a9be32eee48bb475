/** Does for several what they come for. Answers in their order. */
export type Together<T, R> = (all: readonly T[]) => Promise<readonly R[]>;

export interface Meeting<T, R> {
  /** Whoever comes a second time, or was not expected, is served alone. */
  readonly come: (name: string, one: T) => Promise<R>;
  /** Nobody waits for this one any longer. */
  readonly leave: (name: string) => void;
}

interface Guest<T, R> {
  readonly one: T;
  readonly resolve: (result: R | PromiseLike<R>) => void;
}

/** Those who are expected are served together when each of them has come or left; where that fails, each alone. */
export function meeting<T, R>(expected: Iterable<string>, together: Together<T, R>): Meeting<T, R> {
  const missing = new Set(expected);
  const guests: Guest<T, R>[] = [];
  const alone = async (one: T): Promise<R> => answerOf(await together([one]), 0);
  const begin = () => {
    if (missing.size > 0) return;
    const all = guests.splice(0);
    if (all.length === 0) return;
    const served = together(all.map(({ one }) => one));
    for (const [index, { one, resolve }] of all.entries())
      resolve(
        served.then(
          (answers) => answerOf(answers, index),
          (error: unknown) => (all.length > 1 ? alone(one) : Promise.reject(error)),
        ),
      );
  };
  return {
    come: (name, one) =>
      missing.delete(name)
        ? new Promise((resolve) => {
            guests.push({ one, resolve });
            begin();
          })
        : alone(one),
    leave: (name) => {
      if (missing.delete(name)) begin();
    },
  };
}

function answerOf<R>(answers: readonly R[], index: number): R {
  const answer = answers[index];
  if (answer === undefined) throw new Error('Somebody was served without an answer.');
  return answer;
}
