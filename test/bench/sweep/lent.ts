/** Tables that live in the process that started this one: so what a sweep holds in memory is seen apart from the store. */
import type { ChildProcess } from 'node:child_process';
import { mapTables, type Tables } from '../tables.ts';

type Method = 'get' | 'range' | 'across' | 'commit' | 'remove';

interface Asked {
  readonly id: number;
  readonly table: keyof Tables;
  readonly method: Method;
  readonly args: readonly unknown[];
}

interface Answered {
  readonly id: number;
  readonly answer: unknown;
}

const isAsked = (message: unknown): message is Asked =>
  typeof message === 'object' && message !== null && 'method' in message;
const isAnswered = (message: unknown): message is Answered =>
  typeof message === 'object' && message !== null && 'answer' in message;

/** Here: answers what the other process asks, and counts it. */
export function lend(child: ChildProcess, tables: Tables): { requests: number } {
  const seen = { requests: 0 };
  child.on('message', (message: unknown) => {
    if (!isAsked(message)) return;
    const { id, table, method, args } = message;
    seen.requests += 1;
    const ask = tables[table][method] as (...args: readonly unknown[]) => Promise<unknown>;
    ask(...args).then(
      (answer) => child.send({ id, answer }),
      // whoever asks was killed meanwhile
      () => child.kill(),
    );
  });
  return seen;
}

/** There: the same tables, a message away. */
export function lentTables(): Tables {
  let next = 0;
  const open = new Map<number, (answer: unknown) => void>();
  process.on('message', (message: unknown) => {
    if (!isAnswered(message)) return;
    open.get(message.id)?.(message.answer);
    open.delete(message.id);
  });
  const ask = <T>(table: keyof Tables, method: Method, ...args: readonly unknown[]): Promise<T> =>
    new Promise((resolve) => {
      next += 1;
      open.set(next, (answer) => resolve(answer as T));
      process.send?.({ id: next, table, method, args });
    });
  const names = { vaults: 'vaults', agenda: 'agenda', registry: 'registry' } as const;
  return mapTables(names, (name) => ({
    get: (...args) => ask(name, 'get', ...args),
    range: (...args) => ask(name, 'range', ...args),
    across: (...args) => ask(name, 'across', ...args),
    commit: (...args) => ask(name, 'commit', ...args),
    remove: (...args) => ask(name, 'remove', ...args),
  }));
}
