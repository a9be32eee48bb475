import { Disposable } from './disposable.ts';
import type { HookCallback, Hooks } from './hooks.ts';
import type { FunctionMetadata, Handler, Log, ProgrammingModel } from './protocol.ts';
import type { Registry } from './registry.ts';

/** The worker and host releases whose behaviour this host follows; the library only reads them. */
export const WORKER_VERSION = '3.12.0';
export const HOST_VERSION = '4.1042.100';

/** All that `require('@azure/functions-core')` offers. The drift test compares this list with the library's source. */
export const coreApi = ({ registry, hooks, log }: { registry: Registry; hooks: Hooks; log: Log }) => ({
  version: WORKER_VERSION,
  hostVersion: HOST_VERSION,
  Disposable,
  setProgrammingModel: (model: ProgrammingModel): void => {
    registry.model = model;
  },
  getProgrammingModel: (): ProgrammingModel | undefined => registry.model,
  registerFunction: (metadata: FunctionMetadata, handler: Handler): Disposable => registry.register(metadata, handler),
  registerHook: (name: string, callback: HookCallback): Disposable => hooks.register(name, callback),
  log,
});

/** Module interop and promise checks ask every object for these; they say nothing about drift. */
const PROBED_BY_LANGUAGE = new Set(['then', 'default', '__esModule', 'toJSON']);

/**
 * A newer library that needs something we do not have must stop here, by name, and not limp on with `undefined`:
 * the library tests for some members and quietly switches behaviour when they are missing.
 */
export const withDriftAlarm = <T extends object>(core: T): T =>
  new Proxy(core, {
    get(target, member) {
      if (member in target || typeof member === 'symbol' || PROBED_BY_LANGUAGE.has(member))
        return Reflect.get(target, member);
      throw new Error(
        `@azure/functions asked its host for "${member}", which this local host does not know: the library has moved on, teach local/host/app/core.ts.`,
      );
    },
  });
