/** Section: how long a request takes, compared with nothing but the storage calls it makes. */
import { queueNotices } from '../../src/store/azure.ts';
import { type App, type Ask, appOver } from './app.ts';
import { drive } from './drive.ts';
import { median } from './figures.ts';
import { type HttpClient, httpClient } from './http.ts';
import { getItem, type Place, populate, resume, stopDelete, undelete } from './population.ts';
import { type Recording, recorder, replay } from './recorder.ts';
import { type Cycle, type Result, report, SIDES } from './requestsReport.ts';
import { type Service, startService } from './service.ts';
import { clientsOf, tablesOver } from './tables.ts';

const VAULTS = 4;
/** Of each of three populations, one for each side; they change sides after every cycle. */
const ITEMS = 96;
const CYCLES = 6;
/** Not measured. Bare and in process share the SDK's compiled code; the service compiles its own, and needs as many runs for it. */
const WARM_CYCLES = 9;

/** In this order an item comes back to where it was. */
const VERBS: Readonly<Record<string, (place: Place) => Ask>> = {
  'stop with delete': stopDelete,
  'GET item': getItem,
  undelete,
  resume,
};
/** How many clients, and how many requests one side makes before the next has its turn. */
const LOADS = [
  { clients: 1, chunk: 12 },
  { clients: 16, chunk: 48 },
];
type Load = (typeof LOADS)[number];

interface Bench {
  readonly send: HttpClient['send'];
  /** An instance of the service in this process. */
  readonly inProcess: App;
  /** Another, whose writes are only noted. */
  readonly watched: App;
  readonly record: ReturnType<typeof recorder>['record'];
}

export async function requests(say: (line: string) => void): Promise<string> {
  const service = await startService();
  try {
    const clients = await clientsOf(service.storage);
    say(`preparing ${SIDES.length * ITEMS} items`);
    const places = await populate(tablesOver(clients), { vaults: VAULTS, items: SIDES.length * ITEMS });
    const http = httpClient(service.api, service.token);
    const bench = benchOver(service, clients, http.send);
    const results = Object.keys(VERBS).flatMap((verb) => LOADS.map(({ clients: n }) => resultOf(verb, n)));
    // everybody has compiled the code and remembers the heads before the first figure counts
    for (const turn of Array(WARM_CYCLES).keys())
      await runCycle(bench, sidesOf(places, turn), { clients: 16, chunk: ITEMS }, []);
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      say(`cycle ${cycle + 1} of ${CYCLES}`);
      for (const load of LOADS) await runCycle(bench, sidesOf(places, cycle), load, results);
    }
    const hops = await hopsOf(http.knock);
    http.close();
    return report({ results, hops, cycles: CYCLES, items: ITEMS, vaults: VAULTS });
  } finally {
    await service.stop();
  }
}

const resultOf = (verb: string, clients: number): Result => ({ verb, clients, cycles: [] });

function benchOver(service: Service, clients: Awaited<ReturnType<typeof clientsOf>>, send: HttpClient['send']): Bench {
  const queue = queueNotices(service.storage);
  const watcher = recorder(clients, queue);
  const app = appOver(tablesOver(clients), queue, service.identity);
  const headers = { authorization: `Bearer ${service.token}` };
  return {
    send,
    inProcess: (ask) => app({ ...ask, headers }),
    watched: appOver(tablesOver(watcher.clients), watcher.notices),
    record: watcher.record,
  };
}

/** Who works on which items in a cycle. Every population lies spread over all vaults. */
const sidesOf = (places: readonly Place[], cycle: number): readonly (readonly Place[])[] =>
  SIDES.map((_, side) => {
    const population = (side + cycle) % SIDES.length;
    return places.slice(population * ITEMS, (population + 1) * ITEMS);
  });

async function runCycle(
  bench: Bench,
  sides: readonly (readonly Place[])[],
  { clients, chunk }: Load,
  results: readonly Result[],
): Promise<void> {
  for (const [name, verb] of Object.entries(VERBS)) {
    const cycle: Cycle = { bare: [], inProcess: [], http: [] };
    for (let at = 0; at < ITEMS; at += chunk) {
      const asks = sides.map((places) => places.slice(at, at + chunk).map(verb));
      const work = await workOf(bench, asks);
      // whoever goes first may find things cold: they take turns at that too
      for (let turn = 0; turn < SIDES.length; turn += 1) {
        const side = SIDES[(turn + at / chunk) % SIDES.length] ?? 'bare';
        cycle[side].push(...(await drive(work[side], clients)));
      }
    }
    results.find((result) => result.verb === name && result.clients === clients)?.cycles.push(cycle);
  }
}

/** All that can be prepared is, so that only the calls themselves are timed. */
async function workOf({ send, inProcess, watched, record }: Bench, asks: readonly (readonly Ask[])[]) {
  const [bare = [], within = [], overHttp = []] = asks;
  const recordings: Recording[] = [];
  for (const ask of bare) recordings.push(await record(() => watched(ask)));
  return {
    bare: recordings.map((recording) => () => replay(recording)),
    inProcess: within.map((ask) => () => inProcess(ask)),
    http: overHttp.map((ask) => () => send(ask)),
  };
}

/** What a request costs that does nothing: sockets, the local host, the Functions library, the log. */
async function hopsOf(knock: HttpClient['knock']): Promise<readonly number[]> {
  const hops: number[] = [];
  for (const { clients } of LOADS)
    hops.push(
      median(
        await drive(
          Array.from({ length: 400 }, () => knock),
          clients,
        ),
      ),
    );
  return hops;
}
