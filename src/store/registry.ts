import { createHash } from 'node:crypto';
import { keyOf } from '../core/names.ts';
import type { Registry, Source } from '../ports.ts';
import { ofOurTime } from './rows.ts';
import type { Row, Table } from './table.ts';

const VAULTS = 'vaults';

/** A source is what a workload sees of it: the same machine may be protected as a VM and for the database in it. */
export function sourceKey({ workload, server, sourceId }: Source): string {
  const parts = [workload, server ? keyOf(server) : '', sourceId.toLowerCase()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** A tenant is whatever the identity provider says, so it is not put into a key as it is. */
const serverKey = (tid: string, server: string): string =>
  createHash('sha256')
    .update(JSON.stringify([tid.toLowerCase(), keyOf(server)]))
    .digest('hex');

export const tableRegistry = (table: Table): Registry => ({
  async enlist(vault) {
    await table.commit(VAULTS, [{ op: 'put', key: keyOf(vault), cells: { v: 1 } }]);
  },
  async listing(vault) {
    const row = await table.get(VAULTS, keyOf(vault));
    return row && { value: row.key, tag: row.tag };
  },
  async delist({ value, tag }) {
    await table.remove(VAULTS, value, tag);
  },
  async vaults({ after, limit }) {
    const rows = await table.range(VAULTS, { prefix: '', before: '~', after, limit });
    return rows.map(({ key }) => key);
  },
  async owner(source) {
    const row = await table.get('sources', sourceKey(source));
    return row && { tag: row.tag, value: { vault: cell(row, 'vault'), item: cell(row, 'item') } };
  },
  claim(source, owner, was) {
    const row = { key: sourceKey(source), cells: { v: 1, vault: keyOf(owner.vault), item: keyOf(owner.item) } };
    return table.commit('sources', [was ? { op: 'replace', tag: was.tag, ...row } : { op: 'insert', ...row }]);
  },
  async serverOwner(tid, server) {
    const row = await table.get('servers', serverKey(tid, server));
    return row && { tag: row.tag, value: cell(row, 'vault') };
  },
  claimServer(tid, server, vault, was) {
    const row = { key: serverKey(tid, server), cells: { v: 1, vault: keyOf(vault) } };
    return table.commit('servers', [was ? { op: 'replace', tag: was.tag, ...row } : { op: 'insert', ...row }]);
  },
});

const cell = ({ key, cells }: Row, name: string): string => String(ofOurTime(key, cells)[name] ?? '');
