/** Executors that are there already when a test begins. */
import type { Executor } from '../../src/core/executors.ts';
import type { Doors } from '../../src/ports.ts';

export const anExecutorOf = (name: string, over: Partial<Executor> = {}): Executor => ({
  name,
  callers: [{ tid: 'local', oid: name }],
  confirmWithinHours: 24,
  contacts: [],
  lastSeenAt: null,
  etag: `executor-${name}`,
  ...over,
});

/** Nobody tells of it. */
export async function laidExecutor({ commit }: Pick<Doors, 'commit'>, name: string): Promise<void> {
  await commit({ vault: '~service', id: `laid-${name}`, executor: { was: undefined, now: anExecutorOf(name) } });
}
