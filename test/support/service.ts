/** A running Reprieve for a test file; what the file starts is stopped with it. */
import { afterAll } from 'vitest';
import { launchService, type Service, type Wish } from './launch.ts';

export type { Wish } from './launch.ts';

const started = new Set<Service>();

afterAll(async () => {
  await Promise.all([...started].map((service) => service.stop()));
});

export async function startService(wish: Wish = {}): Promise<Service> {
  const service = await launchService(wish);
  started.add(service);
  return service;
}
