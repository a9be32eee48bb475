/**
 * The storage calls of a request, recorded where the service hands them to the SDK. Reads are real; a write is only noted
 * down, so that its tags still hold when the calls are made again, bare, with nothing around them.
 */
import type { TableClient } from '@azure/data-tables';
import type { Notice, Notices } from '../../src/ports/alerts.ts';
import { keys } from '../../src/store/keys.ts';
import { type Clients, mapTables } from './tables.ts';

type Call = () => Promise<unknown>;
/** One after the other; the calls of a wave at the same time, as they were. */
export type Recording = readonly (readonly Call[])[];

/**
 * One request of fifty folds the tally of its vault, and nobody waits for it. Made again, it would find that another has folded. So the bare
 * calls are made without.
 */
const isFold = ([rows]: readonly unknown[]): boolean =>
  Array.isArray(rows) && rows.some(([, row]) => row?.rowKey === keys.tallyBase(row?.partitionKey));

type Method = (...given: unknown[]) => unknown;
type Listing = Pick<ReturnType<TableClient['listEntities']>, 'byPage'>;

const WRITES = ['submitTransaction', 'createEntity', 'updateEntity', 'upsertEntity', 'deleteEntity'];

export function recorder(real: Clients, queue: Notices) {
  let waves: Call[][] = [];
  let underWay = 0;

  const note = (call: Call) => {
    if (underWay === 0) waves.push([]);
    waves.at(-1)?.push(call);
  };
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    underWay += 1;
    try {
      return await work();
    } finally {
      underWay -= 1;
    }
  };

  const read = <T>(call: () => Promise<T>): Promise<T> => {
    note(call);
    return during(call);
  };
  const list = (listing: Listing) => ({
    byPage: (settings: Parameters<Listing['byPage']>[0]) => {
      const all = async () => {
        const pages = [];
        for await (const page of listing.byPage(settings)) pages.push(page);
        return pages;
      };
      const pages = read(all);
      return (async function* () {
        yield* await pages;
      })();
    },
  });

  const watched = (client: TableClient): TableClient =>
    new Proxy(client, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        const method = member.bind(target) as Method;
        if (name === 'getEntity') return (...given: unknown[]) => read(async () => method(...given));
        if (name === 'listEntities') return (...given: unknown[]) => list(method(...given) as Listing);
        if (!WRITES.includes(String(name))) return method;
        return async (...given: unknown[]) => (isFold(given) ? undefined : note(async () => method(...given)));
      },
    });

  return {
    clients: mapTables(real, watched),
    /** A notice is sent when all else is done, and nobody waits for it: then as now. */
    notices: {
      send: async (notice: Notice) =>
        note(async () => {
          queue.send(notice).catch(() => undefined);
        }),
    },
    /** One request at a time. */
    async record(request: () => Promise<unknown>): Promise<Recording> {
      waves = [];
      await request();
      return waves;
    },
  };
}

export async function replay(recording: Recording): Promise<void> {
  for (const wave of recording) await Promise.all(wave.map((call) => call()));
}
