/** Whether anything is left on a server. */
import { keyOf } from '../core/names.ts';
import type { Server } from '../core/server.ts';
import { stretchOf } from './indexes.ts';
import { keys } from './keys.ts';
import { read } from './rows.ts';
import type { Row, Table } from './table.ts';
import { readTally } from './tallies.ts';

/** In a vault that has no indexes yet, so many items are looked at. */
const FEW = 200;

/**
 * The index says so. Where it does not name all items yet, the first of them do; and of a vault of more nobody can tell, so something may be
 * left. Whether it does is read once.
 */
export function leftOnServers(table: Table, vault: string): (server: Server) => Promise<boolean> {
  let indexed: Promise<boolean> | undefined;
  let own: Promise<readonly string[]> | undefined;
  return async (server) => {
    const isAnyOf = async (workload: string) => {
      const { prefix } = stretchOf(vault, { by: 'kind', workload, server: server.name });
      return (await table.range(vault, { prefix, limit: 1, only: ['v'] })).length > 0;
    };
    indexed ??= table.get(vault, keys.tallyBase(vault)).then((row) => row !== undefined && readTally.base(row).isUp);
    const [isNamed, isIndexed] = await Promise.all([isAnyOf(server.kind), indexed]);
    if (isNamed) return true;
    if (isIndexed) {
      // What is of a kind of your own may run on any server.
      own ??= table.range(vault, { prefix: keys.allNoted(vault), only: ['v'] }).then((rows) => rows.map(notedIn));
      return (await Promise.all((await own).map(isAnyOf))).some(Boolean);
    }
    const items = await table.range(vault, { prefix: keys.items(vault), limit: FEW });
    return items.length === FEW || items.some((row) => liesOn(row, server));
  };
}

const notedIn = ({ key }: Row): string => key.split('!').at(-1) ?? '';

function liesOn(row: Row, { name }: Server): boolean {
  const remains = read.remains(row);
  return remains.state !== 'Purged' && keyOf(remains.server ?? '') === keyOf(name);
}
