/**
 * What `require('@azure/functions-core')` gives the library. There is no such package: the Functions Node worker answers that
 * call itself, and so do we. The drift test compares these members with the library's source.
 */
import Module from 'node:module';
import { fatal } from '../output.ts';
import type { FunctionMetadata, Handler, Log, ProgrammingModel } from './protocol.ts';

/** The worker and host releases whose behaviour this host follows; the library only reads them. */
const WORKER_VERSION = '3.12.0';
export const HOST_VERSION = '4.1042.100';

export interface RegisteredFunction extends FunctionMetadata {
  readonly handler: Handler;
}

const HOOKS = ['appStart', 'appTerminate'] as const;
type Hook = (typeof HOOKS)[number];
type HookCallback = (context: object) => unknown;

/** A class because the library's contract names one: callers may construct it and ask `instanceof`. */
class Disposable {
  static from(...things: ReadonlyArray<{ dispose(): unknown }>): Disposable {
    return new Disposable(() => {
      for (const thing of things) thing.dispose();
    });
  }

  #callOnDispose: (() => unknown) | undefined;

  constructor(callOnDispose: () => unknown) {
    this.#callOnDispose = callOnDispose;
  }

  dispose(): void {
    const call = this.#callOnDispose;
    this.#callOnDispose = undefined;
    call?.();
  }
}

/** What an app has registered with its core. */
export interface Registered {
  readonly api: object;
  model(): ProgrammingModel | undefined;
  functions(): readonly RegisteredFunction[];
  /** From now on no function is taken. */
  close(): void;
  run(hook: Hook, root: string): Promise<void>;
}

export function core(log: Log): Registered {
  const functions = new Map<string, RegisteredFunction>();
  const hooks: Readonly<Record<Hook, Set<HookCallback>>> = { appStart: new Set(), appTerminate: new Set() };
  const appHookData = {};
  let model: ProgrammingModel | undefined;
  let closed = false;

  const api = {
    version: WORKER_VERSION,
    hostVersion: HOST_VERSION,
    Disposable,
    setProgrammingModel: (to: ProgrammingModel): void => {
      model = to;
    },
    getProgrammingModel: () => model,
    registerFunction(metadata: FunctionMetadata, handler: Handler): Disposable {
      const key = metadata.name.toLowerCase(); // Azure compares function names without case
      if (closed)
        throw new Error(`Function "${metadata.name}" comes too late: functions register while the app is loaded.`);
      if (functions.has(key)) throw fatal(`The app registers two functions named "${metadata.name}".`);
      functions.set(key, { ...metadata, handler });
      return new Disposable(() => functions.delete(key));
    },
    registerHook(name: string, callback: HookCallback): Disposable {
      const hook = HOOKS.find((one) => one === name);
      if (!hook) throw unknownHook(name);
      hooks[hook].add(callback);
      return new Disposable(() => hooks[hook].delete(callback));
    },
    log,
  };
  return {
    api: withDriftAlarm(api),
    model: () => model,
    functions: () => [...functions.values()],
    close: () => {
      closed = true;
    },
    run: async (hook, functionAppDirectory) => {
      for (const callback of hooks[hook]) await callback({ functionAppDirectory, hookData: {}, appHookData });
    },
  };
}

/** The library turns exactly this kind of RangeError into advice about the host's version. */
const unknownHook = (name: string): Error =>
  Object.assign(new RangeError(`The local host has no hook "${name}", only ${HOOKS.join(' and ')}.`), {
    isAzureFunctionsSystemError: true,
  });

/** Module interop and promise checks ask every object for these; they say nothing about drift. */
const PROBED_BY_LANGUAGE = new Set(['then', 'default', '__esModule', 'toJSON']);

/**
 * A newer library that needs something we do not have must stop here, by name, and not limp on with `undefined`:
 * the library tests for some members and quietly switches behaviour when they are missing.
 */
const withDriftAlarm = <T extends object>(api: T): T =>
  new Proxy(api, {
    get(target, member) {
      if (member in target || typeof member === 'symbol' || PROBED_BY_LANGUAGE.has(member))
        return Reflect.get(target, member);
      throw new Error(
        `@azure/functions asked its host for "${member}", which this local host does not know: the library has moved on, teach local/host/app/core.ts.`,
      );
    },
  });

/** To be called before any app code is imported: afterwards the library has decided, for good, that it runs without a host. */
export function provideCore(api: object): void {
  Module.prototype.require = new Proxy(Module.prototype.require, {
    apply: (target, self, args: [string]) =>
      args[0] === '@azure/functions-core' ? api : Reflect.apply(target, self, args),
  });
}
