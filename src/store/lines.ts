import type { Line } from '../change.ts';
import { keyOf } from '../core/names.ts';
import { readGuard } from './guards.ts';
import type { HeadMemory } from './head.ts';
import { keys, SERVICE_PARTITION } from './keys.ts';
import { guardLinkKey, LINKS, SERVERS, SOURCES, serverKey, sourceKey, VAULTS } from './registry.ts';
import type { Cells, Op, Table } from './table.ts';

export type Lines = (line: Line) => Promise<boolean>;
type Writers = { readonly [L in Line['line']]: (line: Extract<Line, { line: L }>) => Promise<boolean> };

/** Rows that stand alone, a writer a row. */
export function lineWriter(vaults: Table, registry: Table, memory: HeadMemory): Lines {
  const put = async (partition: string, key: string, cells: Cells): Promise<boolean> => {
    await registry.commit(partition, [{ op: 'put', key, cells }]);
    return true;
  };
  const claim = (partition: string, key: string, cells: Cells, was: { readonly tag: string } | undefined) => {
    const op: Op = was ? { op: 'replace', tag: was.tag, key, cells } : { op: 'insert', key, cells };
    return registry.commit(partition, [op]);
  };
  const writers: Writers = {
    vault: ({ vault }) => put(VAULTS, keyOf(vault), { v: 1 }),
    guardLink: ({ guard, vault }) => put(LINKS, guardLinkKey(guard, vault), { v: 1, vault }),
    source: ({ source, owner, was }) =>
      claim(SOURCES, sourceKey(source), { v: 1, vault: keyOf(owner.vault), item: keyOf(owner.item) }, was),
    server: ({ tid, server, vault, was }) => claim(SERVERS, serverKey(tid, server), { v: 1, vault: keyOf(vault) }, was),
    closeVault({ head }) {
      const vault = keyOf(head.vault.name);
      memory.forget(vault);
      return removed(
        () => vaults.remove(vault, keys.fence(vault, head.fence), head.fenceTag),
        async () => (await memory.fresh(vault)) === undefined,
      );
    },
    removeGuard: ({ guard: { value, tag } }) =>
      removed(
        () => vaults.remove(SERVICE_PARTITION, keys.guard(value.name), tag),
        async () => (await readGuard(vaults, value.name)) === undefined,
      ),
    unlistVault: ({ listing: { value, tag } }) =>
      removed(
        async () => (await registry.remove(VAULTS, value, tag)) || true,
        async () => (await registry.get(VAULTS, value)) === undefined,
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
