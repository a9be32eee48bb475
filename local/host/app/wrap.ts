import Module from 'node:module';

/**
 * Answers `require('@azure/functions-core')` the way the Functions Node worker does: no such package exists, the
 * worker wraps `Module.prototype.require`. It has to stand before any app code is imported; afterwards the library
 * has already decided, for good, that it runs without a host.
 */
export function provideCore(core: object): void {
  Module.prototype.require = new Proxy(Module.prototype.require, {
    apply: (target, self, args: [string]) =>
      args[0] === '@azure/functions-core' ? core : Reflect.apply(target, self, args),
  });
}
