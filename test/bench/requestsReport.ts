import { median, quantile, spread, table } from './figures.ts';

export const SIDES = ['bare', 'inProcess', 'http'] as const;
/** Milliseconds of every request of a cycle. */
export type Cycle = Readonly<Record<(typeof SIDES)[number], number[]>>;
export interface Result {
  readonly verb: string;
  readonly clients: number;
  readonly cycles: Cycle[];
}

const CEILING = 1.5;

export interface Measured {
  readonly results: readonly Result[];
  /** One client, then many. */
  readonly hops: readonly number[];
  readonly cycles: number;
  readonly items: number;
  readonly vaults: number;
}

const ms = (value: number | undefined): string => (value ?? Number.NaN).toFixed(1);

function rowOf({ verb, clients, cycles }: Result): readonly string[] {
  const at = (side: keyof Cycle, share: number) =>
    quantile(
      cycles.flatMap((cycle) => cycle[side]),
      share,
    );
  const ratio = (side: keyof Cycle) => {
    const value = at(side, 0.5) / at('bare', 0.5);
    const each = cycles.map((cycle) => median(cycle[side]) / median(cycle.bare));
    return `**${value.toFixed(2)}** (${spread(each, 2)})${value <= CEILING ? '' : ' above'}`;
  };
  const p50 = [at('bare', 0.5), at('inProcess', 0.5), at('http', 0.5)].map(ms);
  const p95 = [at('bare', 0.95), at('inProcess', 0.95), at('http', 0.95)].map(ms);
  return [verb, String(clients), p50.join(' / '), ratio('inProcess'), ratio('http'), p95.join(' / ')];
}

export const report = ({
  results,
  hops: [one, many],
  ...run
}: Measured): string => `## A request against its bare storage calls

Ceiling: ${CEILING} × at p50. Three ways to do the same work on the same emulator, in turns:

- *bare*: exactly the storage calls of the request, recorded beforehand, made with the SDK's own clients and nothing around them.
  They include the notice that goes into a queue at the end. Neither side waits for it;
- *in process*: the whole service (token, parsing, flow, store, answer), called as a function;
- *HTTP*: the request to a running service: the same as *in process*, plus sockets, the local host, the Functions library and a log.
  The function \`notify\`, which sends the mails, is off meanwhile, because it would use the cores.

A request that does nothing (\`GET /api/health/live\`) takes ${ms(one)} ms over HTTP with 1 client, ${ms(many)} ms with 16. The
time that we add does not depend on how fast storage answers. Behind a network storage answers later than an emulator in memory on the
same machine, so the ratios are lower there.

The items have 30 recovery points and are in ${run.vaults} vaults. Each side makes ${run.cycles} cycles of ${run.items} requests, and the sides exchange their items
after each cycle. In brackets: the ratio of p50 in the best and the worst cycle. Times in ms, bare / in process / HTTP. All share the cores.

${table(['verb', 'clients', 'p50', 'in process ÷ bare', 'HTTP ÷ bare', 'p95'], results.map(rowOf))}
`;
