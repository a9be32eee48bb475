/** Executors lie among the service's own rows; beside them, which vaults may name them. */
import type { Replacement } from '../change.ts';
import type { Executor } from '../core/executors.ts';
import { SERVICE } from '../core/hints.ts';
import { keyOf } from '../core/names.ts';
import type { Executors } from '../ports.ts';
import { keys } from './keys.ts';
import { read } from './rows.ts';
import { held, type Op, pack, put, replacing, stretchIn, type Table, touch } from './table.ts';

const KNOWN_MS = 60_000;
/** How many a process keeps in mind. */
const REMEMBERED = 1000;

interface Remembered {
  readonly at: number;
  readonly executor: Promise<Executor | undefined>;
}

/** `elapsed`: milliseconds that only grow, whatever becomes of the clock. */
export function tableExecutors(vaults: Table, elapsed: () => number = () => performance.now()): Executors {
  const memory = new Map<string, Remembered>();
  const get: Executors['get'] = async (name) => held(read.executor)(await vaults.get(SERVICE, keys.executor(name)));
  const look = async (key: string): Promise<Executor | undefined> => {
    try {
      return (await get(key))?.value;
    } catch (error) {
      memory.delete(key);
      throw error;
    }
  };
  return {
    get,
    list: (stretch) => stretchIn(vaults, SERVICE, keys.executors, stretch, read.executor),
    known(name) {
      const key = keyOf(name);
      const known = memory.get(key);
      if (known && elapsed() - known.at < KNOWN_MS) return known.executor;
      const [oldest] = memory.keys();
      if (memory.size >= REMEMBERED && oldest !== undefined) memory.delete(oldest);
      const executor = look(key);
      memory.delete(key);
      memory.set(key, { at: elapsed(), executor });
      return executor;
    },
  };
}

/** The row that changes with whatever is about to name it. */
const gate = (executor: string): Op => put(keys.executorGate(executor), {});

export const executorOps = ({ was, now }: Replacement<Executor>): readonly Op[] => [
  replacing(keys.executor(now.name), pack(now), was),
  gate(now.name),
];

/** It has to be there, and is about to be named. */
export const namingOps = (executor: string): readonly Op[] => [touch(keys.executor(executor)), gate(executor)];
