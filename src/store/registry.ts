import { createHash } from 'node:crypto';
import type { Source } from '../change.ts';
import { keyOf } from '../core/names.ts';
import type { Registry } from '../ports.ts';
import { ofOurTime } from './rows.ts';
import type { Row, Table } from './table.ts';

/** The partitions of the registry that stories write. */
export const VAULTS = 'vaults';
export const SOURCES = 'sources';
export const SERVERS = 'servers';
export const LINKS = 'guardLinks';

/** A source is what a workload sees of it: the same machine may be protected as a VM and for the database in it. */
export function sourceKey({ workload, server, sourceId }: Source): string {
  const parts = [workload, server ? keyOf(server) : '', sourceId.toLowerCase()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** A tenant is whatever the identity provider says, so it is not put into a key as it is. */
export const serverKey = (tid: string, server: string): string =>
  createHash('sha256')
    .update(JSON.stringify([tid.toLowerCase(), keyOf(server)]))
    .digest('hex');

export const guardLinkKey = (guard: string, vault: string): string => `${keyOf(guard)}!${keyOf(vault)}`;

export async function guardLinks(table: Table, guard: string): Promise<readonly string[]> {
  const rows = await table.range(LINKS, { prefix: guardLinkKey(guard, '') });
  return rows.map(({ cells }) => String(cells['vault'] ?? ''));
}

export const tableRegistry = (table: Table): Registry => ({
  async listing(vault) {
    const row = await table.get(VAULTS, keyOf(vault));
    return row && { value: row.key, tag: row.tag };
  },
  async vaults({ after, limit }) {
    const rows = await table.range(VAULTS, { prefix: '', before: '~', after, limit });
    return rows.map(({ key }) => key);
  },
  async owner(source) {
    const row = await table.get(SOURCES, sourceKey(source));
    return row && { tag: row.tag, value: { vault: cell(row, 'vault'), item: cell(row, 'item') } };
  },
  async serverOwner(tid, server) {
    const row = await table.get(SERVERS, serverKey(tid, server));
    return row && { tag: row.tag, value: cell(row, 'vault') };
  },
});

const cell = ({ key, cells }: Row, name: string): string => String(ofOurTime(key, cells)[name] ?? '');
