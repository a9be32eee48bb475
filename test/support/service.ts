/** A running Reprieve for a test file; what the file starts is stopped with it. */
import { join } from 'node:path';
import { atEnd } from './atEnd.ts';
import { anAccount } from './azurite.ts';
import { launchService, type Service, type Wish } from './launch.ts';

export type { Wish } from './launch.ts';

const OVER_STORAGE = join(import.meta.dirname, 'fixture', 'startOverStorage.ts');

/** Over an account of its own in the Azurite of the whole run, unless the wish is about what a run starts or keeps. */
export async function startService(wish: Wish = {}): Promise<Service> {
  const whole = wish.entry !== undefined || wish.data !== undefined;
  const service = await launchService(whole ? wish : await overSharedStorage(wish));
  atEnd(service.stop);
  return service;
}

let shared: Promise<Service> | undefined;

/**
 * One service for all files of this worker that only ask it over HTTP, each in vaults of its own, and leave its clock alone: a
 * start costs more than most of their tests. It ends with the worker, which its channel tells it.
 */
export const sharedService = (): Promise<Service> => {
  shared ??= overSharedStorage({}).then(launchService);
  return shared;
};

const overSharedStorage = async ({ env, ...wish }: Wish): Promise<Wish> => ({
  ...wish,
  entry: OVER_STORAGE,
  env: { TEST_STORAGE: await anAccount(), ...env },
});
