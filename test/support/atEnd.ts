const ends: (() => unknown)[] = [];

/** To be done when the tests of the file are done. */
export const atEnd = (end: () => unknown): void => void ends.push(end);

export async function endAll(): Promise<void> {
  for (let end = ends.pop(); end; end = ends.pop()) await end();
}
