/** A running Reprieve for a test file; what the file starts is stopped with it. */
import { atEnd } from './atEnd.ts';
import { launchService, type Service, type Wish } from './launch.ts';
import { lendStorage } from './pool.ts';

export type { Wish } from './launch.ts';

/**
 * Who keeps data in a folder, or brings its own program, has an Azurite of its own; the others are lent one. `prepare` puts something
 * into the one that is lent, before the service looks at it.
 */
export async function startService(wish: Wish = {}, prepare?: (storage: string) => Promise<void>): Promise<Service> {
  const ownStorage = wish.data !== undefined || wish.entry !== undefined || wish.args?.includes('--func');
  const lent = ownStorage ? undefined : await lendStorage();
  if (lent) await prepare?.(lent.storage);
  const service = await launchService(lent ? { ...wish, storage: lent.storage } : wish);
  atEnd(async () => {
    await service.stop();
    await lent?.giveBack();
  });
  return service;
}

let shared: Promise<Service> | undefined;

/**
 * One service for all files of this worker that only ask it over HTTP, each in vaults of its own, and leave its clock alone: a
 * start costs more than most of their tests. It ends with the worker, which its channel tells it.
 */
export async function sharedService(): Promise<Service> {
  shared ??= launchService({});
  const service = await shared;
  atEnd(() => standsStill(service));
  return service;
}

/** Whoever moves the clock fails, and not the file after it. */
async function standsStill({ api }: Service): Promise<void> {
  const clock = await fetch(`${api}/api/local/clock`);
  const { offset } = (await clock.json()) as { readonly offset: string };
  if (offset !== 'PT0S')
    throw new Error(`This file moved the clock of a service that it shares by ${offset}: it needs startService().`);
}
