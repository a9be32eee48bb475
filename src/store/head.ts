import type { HeldHead } from '../change.ts';
import { chainOf, OF_VAULT, START } from '../core/evidence.ts';
import { keyOf } from '../core/names.ts';
import type { Vaults } from '../ports.ts';
import type { Chains } from './chains.ts';
import { keys } from './keys.ts';
import { read } from './rows.ts';
import type { Row, Table } from './table.ts';

/** How many heads a process keeps in mind. */
const REMEMBERED = 1000;

/** The heads of vaults: settings and policies, read together, remembered, and guarded by the fence. */
export interface HeadMemory extends Pick<Vaults, 'head'> {
  fresh(vault: string): Promise<HeldHead | undefined>;
  forget(vault: string): void;
}

export function headMemory(table: Table, chains: Pick<Chains, 'saw'>): HeadMemory {
  const memory = new Map<string, HeldHead>();

  const remember = (vault: string, head: HeldHead | undefined) => {
    memory.delete(vault);
    if (head) memory.set(vault, { ...head, remembered: true });
    const [oldest] = memory.keys();
    if (memory.size > REMEMBERED && oldest !== undefined) memory.delete(oldest);
  };

  const fresh: HeadMemory['fresh'] = async (vault) => {
    const rows = await table.range(vault, { prefix: keys.heads(vault), before: keys.trash(vault) });
    const head = parseHead(vault, rows);
    remember(vault, head);
    if (head) chains.saw(chainOf(vault, OF_VAULT), head.vault.evidence ?? START);
    return head;
  };

  return {
    fresh,
    forget: (vault) => void memory.delete(vault),
    async head(name, how) {
      const vault = keyOf(name);
      return (how === 'remembered' ? memory.get(vault) : undefined) ?? fresh(vault);
    },
  };
}

/** A vault row without its fence is a vault whose deletion has begun: it is gone for everyone. */
export function parseHead(vault: string, rows: readonly Row[]): HeldHead | undefined {
  const row = rows.find(({ key }) => key === keys.vault(vault));
  if (!row) return undefined;
  const { vault: settings, fence } = read.vault(row);
  const fenceRow = rows.find(({ key }) => key === keys.fence(vault, fence));
  if (!fenceRow) return undefined;
  const policies = rows.filter(({ key }) => key.startsWith(keys.policy(vault, ''))).map(read.policy);
  return { vault: settings, policies, fence, vaultTag: row.tag, fenceTag: fenceRow.tag, remembered: false };
}
