import { keyOf } from '../core/names.ts';
import type { HeadChange, HeldHead } from '../ports.ts';
import { alertOp, answerOp, commitOnce, entryOp } from './commit.ts';
import { keys } from './keys.ts';
import { pinOp } from './pins.ts';
import { pack, read } from './rows.ts';
import type { Op, Row, Table } from './table.ts';

/** How many heads a process keeps in mind. */
const REMEMBERED = 1000;

/** The heads of vaults: settings and policies, read together, remembered, and guarded by the fence. */
export function tableHeads(table: Table) {
  const memory = new Map<string, HeldHead>();

  const remember = (vault: string, head: HeldHead | undefined) => {
    memory.delete(vault);
    if (head) memory.set(vault, { ...head, remembered: true });
    const [oldest] = memory.keys();
    if (memory.size > REMEMBERED && oldest !== undefined) memory.delete(oldest);
  };

  async function fresh(vault: string): Promise<HeldHead | undefined> {
    const rows = await table.range(vault, { prefix: keys.heads(vault), before: keys.trash(vault) });
    const head = parseHead(vault, rows);
    remember(vault, head);
    return head;
  }

  return {
    async head(name: string, how: 'remembered' | 'fresh'): Promise<HeldHead | undefined> {
      const vault = keyOf(name);
      return (how === 'remembered' ? memory.get(vault) : undefined) ?? fresh(vault);
    },

    async changeHead(change: HeadChange): Promise<boolean> {
      const vault = keyOf(change.vault.name);
      const witness = entryOp(vault, change.entry, change.id);
      const done = await commitOnce(table, vault, [...headOps(vault, change), witness], witness);
      memory.delete(vault);
      return done;
    },

    async rotateFence(name: string, id: string): Promise<void> {
      const vault = keyOf(name);
      const head = await fresh(vault);
      if (!head) return;
      // Lost to another change of the head: that one has replaced the fence as well.
      await table.commit(vault, fenceOps(vault, head, { ...head.vault }, id));
      memory.delete(vault);
    },

    async closeVault(head: HeldHead): Promise<boolean> {
      const vault = keyOf(head.vault.name);
      memory.delete(vault);
      return table.remove(vault, keys.fence(vault, head.fence), head.fenceTag);
    },
  };
}

/** A vault row without its fence is a vault that somebody has begun to delete: it is gone for everyone. */
export function parseHead(vault: string, rows: readonly Row[]): HeldHead | undefined {
  const row = rows.find(({ key }) => key === keys.vault(vault));
  if (!row) return undefined;
  const { vault: settings, fence } = read.vault(row);
  const fenceRow = rows.find(({ key }) => key === keys.fence(vault, fence));
  if (!fenceRow) return undefined;
  const policies = rows.filter(({ key }) => key.startsWith(keys.policy(vault, ''))).map(read.policy);
  return { vault: settings, policies, fence, vaultTag: row.tag, fenceTag: fenceRow.tag, remembered: false };
}

function fenceOps(vault: string, was: HeldHead | undefined, now: HeadChange['vault'], id: string): readonly Op[] {
  const row = { key: keys.vault(vault), cells: pack({ vault: now, fence: id }) };
  const fence: Op = { op: 'insert', key: keys.fence(vault, id), cells: { v: 1 } };
  if (!was) return [{ op: 'insert', ...row }, fence];
  return [{ op: 'replace', tag: was.vaultTag, ...row }, { op: 'drop', key: keys.fence(vault, was.fence) }, fence];
}

const headOps = (
  vault: string,
  { was, vault: now, putPolicy, dropPolicy, putServer, pin, id, alerts = [], answer }: HeadChange,
): readonly Op[] => [
  ...fenceOps(vault, was, now, id),
  ...(putPolicy ? [{ op: 'put', key: keys.policy(vault, putPolicy.name), cells: pack(putPolicy) } as const] : []),
  ...(dropPolicy ? [{ op: 'drop', key: keys.policy(vault, dropPolicy.name) } as const] : []),
  ...(putServer ? [serverOp(vault, putServer)] : []),
  ...(pin ? [pinOp(vault, pin)] : []),
  ...alerts.map((alert) => alertOp(vault, alert)),
  ...(answer ? [answerOp(vault, answer)] : []),
];

const serverOp = (vault: string, { was, now }: NonNullable<HeadChange['putServer']>): Op => ({
  op: 'replace',
  tag: was.tag,
  key: keys.server(vault, now.name),
  cells: pack(now),
});
