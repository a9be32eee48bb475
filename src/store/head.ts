import type { HeldHead } from '../change.ts';
import { chainOf, OF_VAULT, START } from '../core/evidence.ts';
import { keyOf } from '../core/names.ts';
import type { Grave } from '../core/vault.ts';
import type { Vaults } from '../ports/vaults.ts';
import type { Chains } from './chains.ts';
import { keys } from './keys.ts';
import { runningIn } from './operations.ts';
import { read } from './rows.ts';
import { eachOf, type Row, type Table } from './table.ts';
import { type Folder, tallyIn, tallyRows } from './tallies.ts';

/** How many heads a process keeps in mind. */
const REMEMBERED = 1000;

/** The heads of vaults: settings and policies, read together, remembered, and guarded by the fence. */
export type HeadReads = Pick<Vaults, 'head' | 'deleted' | 'standing'>;
export interface HeadMemory extends HeadReads {
  forget(vault: string): void;
}

export function headMemory(table: Table, chains: Pick<Chains, 'saw'>, folds: Pick<Folder, 'saw'>): HeadMemory {
  const memory = new Map<string, HeldHead>();

  const remember = (vault: string, head: HeldHead | undefined) => {
    memory.delete(vault);
    if (head) memory.set(vault, { ...head, tally: undefined, running: undefined, remembered: true });
    const [oldest] = memory.keys();
    if (memory.size > REMEMBERED && oldest !== undefined) memory.delete(oldest);
  };

  const rowsOf = async (vault: string): Promise<readonly Row[]> => {
    const rows = await wholeHead(table, vault);
    folds.saw(vault, tallyRows(vault, rows).differences.length);
    const last = parseAny(vault, rows)?.vault.evidence ?? graveIn(vault, rows)?.evidence;
    if (last) chains.saw(chainOf(vault, OF_VAULT), last);
    return rows;
  };

  const readNow = async (vault: string) => {
    const rows = await rowsOf(vault);
    const head = parseHead(vault, rows);
    remember(vault, head);
    if (head) chains.saw(chainOf(vault, OF_VAULT), head.vault.evidence ?? START);
    return { head, deleted: head ? undefined : parseDeleted(vault, rows) };
  };

  /**
   * What is remembered is true while its fence stands: whoever changes any of it puts another fence there. One row tells it, instead of as many
   * as a head has. What is not counted yet may be by now, and no fence says so.
   */
  const stillTrue = async (vault: string, known: HeldHead | undefined): Promise<HeldHead | undefined> => {
    const isTrue = known?.isCounted && (await table.get(vault, keys.fence(vault, known.fence)));
    return isTrue ? { ...known, remembered: false } : undefined;
  };

  return {
    forget: (vault) => void memory.delete(vault),
    deleted: async (name) => parseDeleted(keyOf(name), await rowsOf(keyOf(name))),
    // Both out of one read: one that is restored between two would seem to be gone.
    async standing(name) {
      const vault = keyOf(name);
      const known = await stillTrue(vault, memory.get(vault));
      if (known) return known;
      const { head, deleted } = await readNow(vault);
      return head ?? deleted;
    },
    async head(name, how) {
      const vault = keyOf(name);
      const known = memory.get(vault);
      if (how === 'remembered' && known) return known;
      return (how === 'fresh' ? await stillTrue(vault, known) : undefined) ?? (await readNow(vault)).head;
    },
  };
}

/** More than a few folds while one reads, and the vault counts as not counted. */
const MOST_READS = 4;

/** A head of many rows comes in pages. Where something was folded between them it is read again. */
async function wholeHead(table: Table, vault: string): Promise<readonly Row[]> {
  let rows: readonly Row[] = [];
  for (let reads = 0; reads < MOST_READS; reads += 1) {
    rows = await table.range(vault, { prefix: keys.heads(vault), before: keys.trash(vault) });
    if (tallyIn(vault, rows) !== 'torn') break;
  }
  return rows;
}

/** A vault row without its fence is a vault that is deleted: nothing can be made in it. */
export function parseHead(vault: string, rows: readonly Row[]): HeldHead | undefined {
  const head = parseAny(vault, rows);
  return head && rows.some(({ key }) => key === keys.fence(vault, head.fence)) ? head : undefined;
}

/** A vault that can be restored, or is being removed. The version before had no such thing: it left a row without a word of a deletion. */
export function parseDeleted(vault: string, rows: readonly Row[]): HeldHead | undefined {
  const head = parseAny(vault, rows);
  return head?.vault.deletion ? head : undefined;
}

function parseAny(vault: string, rows: readonly Row[]): HeldHead | undefined {
  const at = (key: string) => rows.find((row) => row.key === key);
  const row = at(keys.vault(vault));
  if (!row) return undefined;
  const ofPolicies = keys.policy(vault, '');
  const policies = eachOf(
    rows.filter(({ key }) => key.startsWith(ofPolicies)),
    ofPolicies,
    read.policy,
  );
  const tags = { vaultTag: row.tag, gateTag: at(keys.gate(vault))?.tag, graveTag: at(keys.grave(vault))?.tag };
  const found = tallyIn(vault, rows);
  const tally = found === 'torn' ? undefined : found;
  const noted = keys.allNoted(vault);
  const kinds = rows.filter(({ key }) => key.startsWith(noted)).map(({ key }) => key.slice(noted.length));
  const runs = { running: runningIn(vault, rows) };
  return {
    ...read.vault(row),
    policies: policies.found,
    unreadablePolicies: policies.unreadable,
    ...tags,
    ...runs,
    kinds,
    remembered: false,
    tally,
    ...(tally ? { isCounted: true } : {}),
  };
}

/** What is left of the last vault of this name. */
export function graveIn(vault: string, rows: readonly Row[]): Grave | undefined {
  const row = rows.find(({ key }) => key === keys.grave(vault));
  return row && read.grave(row);
}
