/** Section: how many requests each verb sends to storage, counted in the SDK's pipeline. */
import type { TableServiceClientOptions } from '@azure/data-tables';
import { startAzurite } from '../../local/azurite/start.ts';
import { realClock } from '../../src/clock.ts';
import type { Point } from '../../src/core/policy.ts';
import { addMillis } from '../../src/core/time.ts';
import { layRecorded } from '../flows/items/paged.ts';
import { aPoint } from '../support/builders.ts';
import { type App, type Ask, appOver } from './app.ts';
import { table } from './figures.ts';
import {
  getItem,
  type Place,
  populate,
  protect,
  recordPoint,
  resume,
  stopDelete,
  stopRetain,
  undelete,
} from './population.ts';
import { clientsOf, type Tables, tablesOver } from './tables.ts';

/** The head of a vault is remembered by an instance; what a cold instance pays more stands in brackets. */
interface Row {
  readonly verb: string;
  /** The item has so many recovery points before, instead of thirty. */
  readonly points?: number;
  readonly prepare?: (place: Place) => readonly Ask[];
  readonly ask: (place: Place) => Ask;
  readonly ceiling?: string;
}

const listPoints = ({ vault, item }: Place): Ask => ({
  route: 'listRecoveryPoints',
  names: { vault, item },
  query: '?top=100',
});

const keyed = (ask: Ask): Ask => ({ ...ask, headers: { 'idempotency-key': 'once' } });

const ROWS: readonly Row[] = [
  { verb: 'protect', ask: ({ vault, item }) => protect({ vault, item: `${item}-new` }) },
  { verb: 'record a recovery point', ask: (place) => recordPoint(place, 0) },
  { verb: 'record the 152nd', points: 151, ask: (place) => recordPoint(place, 0), ceiling: '3 (4)' },
  { verb: 'record the 9,999th', points: 9_998, ask: (place) => recordPoint(place, 0), ceiling: '3 (4)' },
  { verb: 'a page of 9,998 recovery points', points: 9_998, ask: listPoints, ceiling: '3' },
  { verb: 'stop, retain', ask: stopRetain },
  { verb: 'stop, delete', ask: stopDelete, ceiling: '3 (4)' },
  { verb: 'undelete', prepare: (place) => [stopDelete(place)], ask: undelete, ceiling: '2' },
  { verb: 'resume', prepare: (place) => [stopDelete(place), undelete(place)], ask: resume, ceiling: '2 (3)' },
  {
    verb: 'resume, with 9,998 recovery points',
    points: 9_998,
    prepare: (place) => [stopDelete(place), undelete(place)],
    ask: resume,
    ceiling: '3 (4)',
  },
  // It claims its source first: only a stop that deletes has certainly left the claim in place.
  { verb: 'resume after a stop that keeps', prepare: (place) => [stopRetain(place)], ask: resume, ceiling: '3 (4)' },
  { verb: 'GET item', ask: getItem },
  { verb: 'GET a list of 100', ask: ({ vault }) => ({ route: 'listItems', names: { vault }, query: '?top=100' }) },
  {
    verb: 'replay of an `Idempotency-Key`',
    prepare: (place) => [keyed(stopRetain(place))],
    ask: (place) => keyed(stopRetain(place)),
    ceiling: '1',
  },
];

type PipelinePolicy = NonNullable<TableServiceClientOptions['additionalPolicies']>[number]['policy'];

interface Seen {
  readonly reads: number;
  readonly writes: number;
}

function counter() {
  let seen = { reads: 0, writes: 0 };
  const policy: PipelinePolicy = {
    name: 'count',
    sendRequest(request, next) {
      seen = request.method === 'GET' ? { ...seen, reads: seen.reads + 1 } : { ...seen, writes: seen.writes + 1 };
      return next(request);
    },
  };
  const during = async (work: () => Promise<unknown>): Promise<Seen> => {
    seen = { reads: 0, writes: 0 };
    await work();
    return seen;
  };
  return { policy, during };
}

export async function counts(say: (line: string) => void): Promise<string> {
  const azurite = await startAzurite({ port: 0 });
  try {
    const { policy, during } = counter();
    const clients = await clientsOf(azurite.connectionString, {
      additionalPolicies: [{ policy, position: 'perRetry' }],
    });
    const tables = await settled(tablesOver(clients));
    say('preparing items');
    const places = await populate(tables, { vaults: 1, items: 100 });
    const lines: string[][] = [];
    for (const [index, row] of ROWS.entries()) {
      const pair = places.slice(2 * index, 2 * index + 2);
      const [cold, warm] = [await once(row, pair[0], tables, false), await once(row, pair[1], tables, true)];
      lines.push(lineOf(row.verb, await during(warm), await during(cold), row.ceiling));
    }
    lines.push(await lengthening(tables, during));
    return report(lines);
  } finally {
    await azurite.stop();
  }
}

/** Each asks whether its table is there when it is first used; that is behind us. */
async function settled(tables: Tables): Promise<Tables> {
  for (const one of Object.values(tables)) await one.get('nobody', 'nothing');
  return tables;
}

/** All of the last hours, so that none has expired. */
const manyPoints = (count: number): readonly Point[] =>
  Array.from({ length: count }, (_, at) => {
    const createdAt = addMillis(realClock.now(), -at * 1000);
    return aPoint(`recovery-point-${at}`, 0, { createdAt });
  });

/** Everything up to the moment before the request. */
async function once(
  row: Row,
  place: Place | undefined,
  tables: Tables,
  warm: boolean,
): Promise<() => Promise<unknown>> {
  if (!place) throw new Error('there are too few items');
  const app = appOver(tables);
  if (row.points !== undefined) await layRecorded(tables, manyPoints(row.points), { place });
  for (const ask of row.prepare?.(place) ?? []) await app(ask);
  const instance = warm ? app : appOver(tables);
  if (warm) await remember(instance, place);
  return () => instance(row.ask(place));
}

const remember = (app: App, { vault }: Place) => app({ route: 'getVault', names: { vault } });

/** However many items wait in the trash, a longer period is one write. */
async function lengthening(tables: Tables, during: ReturnType<typeof counter>['during']): Promise<string[]> {
  const [place] = await populate(tables, { vaults: 1, items: 100, deleted: true }, 'trash');
  const app = appOver(tables);
  const body = { softDelete: { retentionDays: 30 } };
  const longer: Ask = { route: 'patchVault', names: { vault: place?.vault ?? '' }, body };
  return lineOf('longer retention over 100 soft-deleted items', await during(() => app(longer)), undefined, undefined);
}

const sum = ({ reads, writes }: Seen): number => reads + writes;

function lineOf(verb: string, warm: Seen, cold: Seen | undefined, ceiling: string | undefined): string[] {
  const more = cold && sum(cold) !== sum(warm) ? ` (${sum(cold)})` : '';
  return [verb, `**${sum(warm)}**${more}`, String(warm.reads), String(warm.writes), ceiling ?? ''];
}

const report = (lines: readonly (readonly string[])[]): string => `## Storage requests per verb

A policy in the SDK's pipeline counts every try of every request. In brackets: the requests of an instance that has not read the
head of that vault before. One write is one transaction, however many rows it changes.

${table(['verb', 'requests', 'reads', 'writes', 'ceiling'], lines)}
`;
