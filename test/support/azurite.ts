/** An Azurite in memory for a test file; it is stopped with the file. */
import { afterAll } from 'vitest';
import { type Azurite, startAzurite as start } from '../../local/azurite/start.ts';

const started = new Set<Azurite>();

afterAll(async () => {
  await Promise.all([...started].map((azurite) => azurite.stop()));
});

export async function startAzurite(): Promise<Azurite> {
  const azurite = await start({ port: 0 });
  started.add(azurite);
  return azurite;
}
