/** Each client begins its next request when it has the answer to the last. Answers how long each took. */
export async function drive(work: readonly (() => Promise<unknown>)[], clients: number): Promise<number[]> {
  const waiting = [...work];
  const took: number[] = [];
  const client = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const began = performance.now();
      await next();
      took.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return took;
}
