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

/** The same in parts of so many. */
export const inParts = <T>(all: readonly T[], most: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / most) }, (_, part) => all.slice(part * most, (part + 1) * most));
