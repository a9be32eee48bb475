/** A sweep in a process of its own with little memory, over tables in this one. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Tables } from '../tables.ts';
import { lend } from './lent.ts';
import type { Order, Swept } from './sweeper.ts';

const SWEEPER = join(import.meta.dirname, 'sweeper.ts');

export interface Measured extends Swept {
  readonly requests: number;
}

/** Fails with what the process said when it ran out of memory. */
export function sweepApart(tables: Tables, heapMB: number, order: Order): Promise<Measured> {
  const child = fork(SWEEPER, [JSON.stringify(order)], {
    execArgv: [`--max-old-space-size=${heapMB}`],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const seen = lend(child, tables);
  const said: string[] = [];
  child.stderr?.on('data', (data: Buffer) => said.push(data.toString()));
  return new Promise((resolve, reject) => {
    child.on('message', (message: unknown) => {
      if (typeof message === 'object' && message !== null && 'swept' in message)
        resolve({ ...(message.swept as Swept), requests: seen.requests });
    });
    child.on('exit', (code, signal) => {
      const why = /heap out of memory/.test(said.join('')) ? 'it ran out of memory' : said.join('').slice(0, 2000);
      reject(new Error(`the sweep ended with ${code ?? signal}: ${why}`));
    });
  });
}
