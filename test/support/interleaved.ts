/** Callers whose requests to storage are done one at a time, in an order that follows from a seed. A caller can also die. */
import type { Table } from '../../src/store/table.ts';
import type { Random } from '../faults/random.ts';
import type { Tables } from './tables.ts';

interface Caller {
  readonly name: string;
  /** The request that waits for its turn. */
  waiting: (() => void) | undefined;
  requestsLeft: number;
  ended: boolean;
}

export interface Interleaving {
  /** What a caller does over its own view of the tables. `dies`: before a request that chance picks. */
  add(name: string, work: (tables: Tables) => Promise<unknown>, dies?: boolean): void;
  /** Until every caller has ended or died. Answers whose requests were done, in their order. */
  run(): Promise<readonly string[]>;
}

/** Whatever can go on without storage has gone on. */
const settled = () => new Promise<void>((done) => void setImmediate(done));

const MOST_REQUESTS_OF_THE_DEAD = 12;

export function interleaving(tables: Tables, random: Random): Interleaving {
  const callers: Caller[] = [];
  const works: (() => Promise<unknown>)[] = [];

  const inTurn = (caller: Caller, table: Table): Table => {
    const turn = () =>
      new Promise<void>((go) => {
        caller.waiting = go;
      });
    return {
      get: (...given) => turn().then(() => table.get(...given)),
      range: (...given) => turn().then(() => table.range(...given)),
      commit: (...given) => turn().then(() => table.commit(...given)),
      remove: (...given) => turn().then(() => table.remove(...given)),
    };
  };

  return {
    add(name, work, dies = false) {
      const requestsLeft = dies ? random.int(0, MOST_REQUESTS_OF_THE_DEAD) : Number.POSITIVE_INFINITY;
      const caller: Caller = { name, waiting: undefined, requestsLeft, ended: false };
      callers.push(caller);
      const { vaults, agenda, registry } = tables;
      works.push(() =>
        work({
          vaults: inTurn(caller, vaults),
          agenda: inTurn(caller, agenda),
          registry: inTurn(caller, registry),
        }).finally(() => {
          caller.ended = true;
        }),
      );
    },
    async run() {
      const order: string[] = [];
      const failures: unknown[] = [];
      for (const work of works) work().catch((error: unknown) => failures.push(error));
      for (;;) {
        await settled();
        const [first, ...others] = callers.filter(({ waiting, requestsLeft }) => waiting && requestsLeft > 0);
        if (!first) break;
        const next = random.pick([first, ...others]);
        order.push(next.name);
        next.requestsLeft -= 1;
        const go = next.waiting;
        next.waiting = undefined;
        go?.();
      }
      const [failure] = failures;
      if (failure) throw failure;
      return order;
    },
  };
}
