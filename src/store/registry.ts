import type { Line, Source } from '../change.ts';
import { chainOf, START } from '../core/evidence.ts';
import { SERVICE } from '../core/hints.ts';
import { keyOf } from '../core/names.ts';
import type { Guards, Registry } from '../ports.ts';
import type { Chains } from './chains.ts';
import { executorLines } from './executors.ts';
import { grantsOf, hashOf, keys } from './keys.ts';
import { linkLines, linksIn } from './links.ts';
import { read } from './rows.ts';
import {
  type Cells,
  eachOf,
  held,
  heldRow,
  ofOurTime,
  pack,
  type Row,
  readableOf,
  replacing,
  stretchIn,
  type Table,
} from './table.ts';

/** The partitions of the registry that stories write. */
const VAULTS = 'vaults';
/** The deleted ones among them; each line says all that the list of them tells. */
const DELETED = 'deletedVaults';
const SOURCES = 'sources';
const SERVERS = 'servers';

/**
 * A source is what a workload sees of it: the same machine may be protected as a VM and for the database in it. An original is one thing,
 * on whatever server.
 */
export const sourceKey = ({ workload, kind, server, sourceId }: Source): string =>
  hashOf([
    kind ? keyOf(workload) : workload,
    server && kind?.represents !== 'Original' ? keyOf(server) : '',
    sourceId.toLowerCase(),
  ]);

/** A tenant is whatever the identity provider says, so it is not put into a key as it is. */
const serverKey = (tid: string, server: string): string => hashOf([tid.toLowerCase(), keyOf(server)]);

export const tableRegistry = (table: Table): Registry => ({
  async listing(vault) {
    const row = await table.get(VAULTS, keyOf(vault));
    const id = row?.cells['id'];
    return row && { value: { vault: row.key, id: id === undefined ? undefined : String(id) }, tag: row.tag };
  },
  async deleted({ after, limit }) {
    const rows = await table.range(DELETED, { prefix: '', before: '~', after, limit });
    return { ...eachOf(rows, '', read.deletedVault), last: rows.length < limit ? undefined : rows.at(-1)?.key };
  },
  async deletedListing(vault) {
    const row = await table.get(DELETED, keyOf(vault));
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

/** Guards belong to no vault: who keeps them is somebody else. What is granted lies beside the guard, what became of it where it is used. */
export const tableGuards = (
  vaults: Table,
  registry: Table,
  { saw, endsWith }: Pick<Chains, 'saw' | 'endsWith'>,
): Guards => ({
  async get(name) {
    const found = held(read.guard)(await vaults.get(SERVICE, keys.guard(name)));
    if (!found) return undefined;
    const [chain, head] = [chainOf(SERVICE, { item: null, guard: name }), found.value.evidence ?? START];
    saw(chain, head);
    return { ...found, isLast: endsWith(chain, head) };
  },
  linked: linksIn(registry, 'guard'),
  async list({ after, limit }) {
    return stretchIn(vaults, SERVICE, keys.guards, { after, limit }, read.guard);
  },
  async ofService() {
    return held(read.serviceGuard)(await vaults.get(SERVICE, keys.serviceGuard));
  },
  async grant(guard, id) {
    return held(read.grant)(await vaults.get(SERVICE, keys.grant(guard, id)));
  },
  async grants(guard, { after, limit }) {
    const terms = keys.grantTerms(guard);
    const isFirst = after === undefined;
    const stretch = { after, limit: isFirst ? limit + 1 : limit };
    const {
      found,
      last,
      unreadable = [],
    } = await stretchIn(vaults, SERVICE, keys.grants(guard), stretch, (row) =>
      row.key === terms ? read.grantTerms(row) : read.grant(row),
    );
    const [quorum] = found.flatMap((one) => ('quorum' in one ? (one.quorum ?? []) : []));
    return {
      found: found.flatMap((one) => ('quorum' in one ? [] : [one])),
      last,
      // What the guard asks now is no grant.
      unreadable: unreadable.filter((id) => id !== ''),
      terms: quorum === undefined ? undefined : { quorum },
    };
  },
  async grantsFor(of) {
    const rows = await vaults.range(SERVICE, { prefix: keys.grants(of.guard) + grantsOf(of) });
    return readableOf(rows, read.grant);
  },
  grantId: (of, id) => grantsOf(of) + id,
  async spent(vault, grant) {
    return held(read.spent)(await vaults.get(keyOf(vault), keys.spent(vault, grant)));
  },
  async allSpent(vault) {
    const rows = await vaults.range(keyOf(vault), { prefix: keys.allSpent(vault) });
    return readableOf(rows, heldRow(read.spent));
  },
  async allowance(of) {
    const row = await vaults.get(keyOf(of.vault), keys.oldGrant(of));
    return row && read.oldGrant(row);
  },
});

type Writers = { readonly [L in Line['line']]: (line: Extract<Line, { line: L }>) => Promise<boolean> };

/** Rows that stand alone, a writer a row. */
export function lineWriter(vaults: Table, registry: Table): (line: Line) => Promise<boolean> {
  const put = async (partition: string, key: string, cells: Cells): Promise<boolean> => {
    await registry.commit(partition, [{ op: 'put', key, cells }]);
    return true;
  };
  const writers: Writers = {
    async vault({ vault, id, unlessListed }) {
      const [key, cells] = [keyOf(vault), { v: 1, id }];
      if (!unlessListed) return put(VAULTS, key, cells);
      await registry.commit(VAULTS, [{ op: 'insert', key, cells }]);
      return true;
    },
    ...linkLines(registry),
    removeKind: ({ kind: { value, tag } }) =>
      removed(
        () => vaults.remove(SERVICE, keys.kind(value.name), tag),
        async () => (await vaults.get(SERVICE, keys.kind(value.name))) === undefined,
      ),
    source: ({ source, owner, was }) =>
      registry.commit(SOURCES, [
        replacing(sourceKey(source), { v: 1, vault: keyOf(owner.vault), item: keyOf(owner.item) }, was),
      ]),
    server: ({ tid, server, vault, was }) =>
      registry.commit(SERVERS, [replacing(serverKey(tid, server), { v: 1, vault: keyOf(vault) }, was)]),
    deletedVault: ({ vault }) => put(DELETED, keyOf(vault.name), pack(vault)),
    unlistDeletedVault: ({ listing: { value, tag } }) =>
      removed(
        async () => (await registry.remove(DELETED, value, tag)) || true,
        async () => (await registry.get(DELETED, value)) === undefined,
      ),
    removeGuard: ({ guard: { value, tag } }) =>
      removed(
        () => vaults.remove(SERVICE, keys.guard(value.name), tag),
        async () => (await vaults.get(SERVICE, keys.guard(value.name))) === undefined,
      ),
    ...executorLines(vaults),
    unlistVault: ({ listing: { value, tag } }) =>
      removed(
        async () => (await registry.remove(VAULTS, value.vault, tag)) || true,
        async () => (await registry.get(VAULTS, value.vault)) === undefined,
      ),
  };
  return <L extends Line>(line: L) => (writers[line.line] as (line: L) => Promise<boolean>)(line);
}

/**
 * If it is gone after our attempt, we report success: either our own removal went through and the reply was lost, or someone else
 * removed it.
 */
async function removed(remove: () => Promise<boolean>, isGone: () => Promise<boolean>): Promise<boolean> {
  try {
    return (await remove()) || (await isGone());
  } catch (error) {
    if (await isGone()) return true;
    throw error;
  }
}
