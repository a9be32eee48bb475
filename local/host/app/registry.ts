import { fatal } from '../fatal.ts';
import { Disposable } from './disposable.ts';
import type { FunctionMetadata, Handler, ProgrammingModel } from './protocol.ts';

export interface RegisteredFunction extends FunctionMetadata {
  readonly handler: Handler;
}

export interface Registry {
  register(metadata: FunctionMetadata, handler: Handler): Disposable;
  close(): void;
  readonly functions: () => RegisteredFunction[];
  model: ProgrammingModel | undefined;
}

export function registry(): Registry {
  const functions = new Map<string, RegisteredFunction>();
  let closed = false;
  return {
    model: undefined,
    functions: () => [...functions.values()],
    close: () => {
      closed = true;
    },
    register(metadata, handler) {
      const key = metadata.name.toLowerCase(); // Azure compares function names without case
      if (closed)
        throw new Error(`Function "${metadata.name}" comes too late: functions register while the app is loaded.`);
      if (functions.has(key)) throw fatal(`The app registers two functions named "${metadata.name}".`);
      functions.set(key, { ...metadata, handler });
      return new Disposable(() => {
        if (closed) throw new Error('A function can only be disposed during app startup.');
        functions.delete(key);
      });
    },
  };
}
