/**
 * Section: how long a request takes, beside an earlier version. BENCH_AGAINST names a checkout of it, installed and built. Both run side by
 * side and take turns, each over items that it made itself.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { drive } from './drive.ts';
import { median, spread, table } from './figures.ts';
import { type HttpClient, httpClient } from './http.ts';
import { getItem, type Place, POLICY, protect, resume, stopDelete, undelete } from './population.ts';
import { type Service, startService } from './service.ts';

const VAULTS = 4;
const ITEMS = 48;
const CYCLES = 8;
/** Not measured: the services compile their code meanwhile. */
const WARM_CYCLES = 6;
const CEILING = 1.1;

const VERBS = { 'stop with delete': stopDelete, 'GET item': getItem, undelete, resume } as const;
type Verb = keyof typeof VERBS;
const NAMES = Object.keys(VERBS) as Verb[];
const LOADS = [
  { clients: 1, chunk: 12 },
  { clients: 16, chunk: 48 },
] as const;

interface Side {
  readonly service: Service;
  readonly http: HttpClient;
  readonly places: readonly Place[];
}

export async function against(say: (line: string) => void): Promise<string> {
  const before = process.env['BENCH_AGAINST'];
  if (!before || !existsSync(join(before, 'dist', 'main.js')))
    return '## A request beside an earlier version\n\nNot measured: BENCH_AGAINST names no checkout that is installed and built.';
  const sides = [await sideOf(before), await sideOf()] as const;
  try {
    say('warming up');
    for (let cycle = 0; cycle < WARM_CYCLES; cycle += 1) await runCycle(sides, cycle, LOADS[1]);
    const rows: string[][] = [];
    for (const load of LOADS) {
      const ratios = new Map<Verb, number[]>(NAMES.map((name) => [name, []]));
      for (let cycle = 0; cycle < CYCLES; cycle += 1) {
        say(`${load.clients} clients, cycle ${cycle + 1} of ${CYCLES}`);
        const took = await runCycle(sides, cycle, load);
        for (const name of NAMES) {
          const [was = [], now = []] = took[name];
          ratios.get(name)?.push(median(now) / median(was));
        }
      }
      for (const [name, found] of ratios)
        rows.push([name, `${load.clients}`, median(found).toFixed(2), spread(found, 2)]);
    }
    return [
      '## A request beside an earlier version',
      '',
      `Over HTTP, both services in the same run, in turns: the median of a cycle against that of the version before, median of ${CYCLES} cycles. The ceiling is ${CEILING}.`,
      '',
      table(['request', 'clients', 'p50 now ÷ before', 'least and greatest'], rows),
    ].join('\n');
  } finally {
    for (const { http, service } of sides) {
      http.close();
      await service.stop();
    }
  }
}

async function sideOf(root?: string): Promise<Side> {
  const service = await startService(root);
  const http = httpClient(service.api, service.token);
  const places = Array.from({ length: ITEMS }, (_, index) => ({ vault: `v${index % VAULTS}`, item: `item-${index}` }));
  for (let vault = 0; vault < VAULTS; vault += 1) {
    const names = { vault: `v${vault}` };
    await http.send({ route: 'putVault', names, body: { kind: 'RecoveryServices' } });
    const body = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 60 } };
    await http.send({ route: 'putPolicy', names: { ...names, policy: POLICY }, body });
  }
  for (const place of places) await http.send(protect(place));
  return { service, http, places };
}

type Took = Readonly<Record<Verb, readonly (readonly number[])[]>>;

/** In this order an item comes back to where it was. Who goes first changes with every part. */
async function runCycle(
  sides: readonly [Side, Side],
  cycle: number,
  { clients, chunk }: (typeof LOADS)[number],
): Promise<Took> {
  const took = Object.fromEntries(NAMES.map((name) => [name, [[], []]])) as unknown as Record<Verb, number[][]>;
  for (const name of NAMES)
    for (let at = 0; at < ITEMS; at += chunk)
      for (let turn = 0; turn < sides.length; turn += 1) {
        const which = (turn + cycle + at / chunk) % sides.length;
        const { http, places } = sides[which] as Side;
        const work = places.slice(at, at + chunk).map((place) => () => http.send(VERBS[name](place)));
        took[name][which]?.push(...(await drive(work, clients)));
      }
  return took;
}
