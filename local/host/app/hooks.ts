import { Disposable } from './disposable.ts';

const NAMES = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'] as const;
export type HookName = (typeof NAMES)[number];
export type HookCallback = (context: object) => unknown;

export interface Hooks {
  register(name: string, callback: HookCallback): Disposable;
  run(name: HookName, context: object): Promise<void>;
  runNow(name: HookName, context: object): void;
  readonly appHookData: Record<string, unknown>;
  readonly appLevelHookData: Record<string, unknown>;
}

export function hooks(): Hooks {
  const registered = new Map<string, HookCallback[]>(NAMES.map((name) => [name, []]));
  const of = (name: HookName): HookCallback[] => [...(registered.get(name) ?? [])];
  return {
    appHookData: {},
    appLevelHookData: {},
    register(name, callback) {
      const list = registered.get(name);
      if (!list) throw unknownHook(name);
      list.push(callback);
      return new Disposable(() => {
        const index = list.indexOf(callback);
        if (index >= 0) list.splice(index, 1);
      });
    },
    async run(name, context) {
      for (const callback of of(name)) await callback(context);
    },
    runNow(name, context) {
      for (const callback of of(name)) callback(context);
    },
  };
}

/** The library turns exactly this kind of RangeError into advice about the host's version. */
const unknownHook = (name: string): Error =>
  Object.assign(new RangeError(`Unrecognized hook "${name}"`), { isAzureFunctionsSystemError: true });

/** The worker hands out fixed properties as read-only; an app that overwrites one must notice here, not on Azure. */
export function readOnly<T extends object>(target: T, fixed: Readonly<Record<string, unknown>>): T {
  for (const [name, value] of Object.entries(fixed))
    Object.defineProperty(target, name, {
      enumerable: true,
      get: () => value,
      set: () => {
        throw new TypeError(`Cannot assign to read only property '${name}'`);
      },
    });
  return target;
}
