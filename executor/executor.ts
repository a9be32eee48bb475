import type { ExecutorOptions, Running } from './types.ts';

export { Refuse } from './types.ts';
export type * from './types.ts';

/** Takes the orders of one executor, as many as it can work on at once, until `signal` is aborted. */
export function runExecutor(options: ExecutorOptions): Running {
  throw new Error(`Not built yet: ${options.executor}`);
}
