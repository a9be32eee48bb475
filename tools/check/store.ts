import type { Evidence } from '../../src/core/caller.ts';
import { HINT_KINDS, type Hint } from '../../src/core/hints.ts';
import { type Instant, parseInstant } from '../../src/core/time.ts';
import { hintKey, SHARD_NAMES } from '../../src/store/keys.ts';
import type { Row } from '../../src/store/table.ts';
import { chainsIn, isThere } from './chains.ts';
import { type Finding, placeOf, type Surroundings } from './terms.ts';
import { checkVault } from './vault.ts';

/**
 * Proves the invariants of docs/architecture.md over a whole store that is at rest: whatever does not hold is a finding, and so
 * is a row that cannot be read. What is checked is what was written, against what can be derived from it.
 */

export type TableName = 'vaults' | 'agenda' | 'registry';

export interface Placed {
  readonly partition: string;
  readonly row: Row;
}

/** Every row of a table, the rows of a partition together. */
export type Scan = (table: TableName) => AsyncIterable<Placed>;

export interface Report {
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<'vaults' | 'items' | 'tombstones' | 'rows' | 'hints' | 'claims', number>>;
}

/** What is known besides the store itself. */
export interface Known {
  /** Whether a seal is ours: whoever has the evidence key can tell. */
  readonly holds?: Surroundings['holds'];
  /** Entries that somebody has in a mail, a receipt or a log: each must be in the store. */
  readonly heads?: readonly Evidence[];
}

export async function checkStore(scan: Scan, now: Instant, { holds, heads = [] }: Known = {}): Promise<Report> {
  const findings: Finding[] = [];
  const { hints, rows: hintCount } = await readAgenda(scan, findings);
  const { listed, deleted, claims } = await readRegistry(scan);
  const around: Surroundings = { now, hints, listed, deleted, claims, ...(holds ? { holds } : {}) };
  const missing = new Set(heads);
  const counts = { vaults: 0, items: 0, tombstones: 0, rows: 0, hints: hintCount, claims: claims.size };
  for await (const [partition, rows] of partitions(scan('vaults'))) {
    const checked = checkVault(partition, rows, around);
    const chains = chainsIn(partition, rows);
    for (const head of missing) if (isThere(chains, head)) missing.delete(head);
    findings.push(...checked.findings);
    counts.rows += rows.length;
    counts.vaults += checked.lives ? 1 : 0;
    counts.items += checked.items;
    counts.tombstones += checked.tombstones;
  }
  for (const { chain, seq, hash } of missing)
    findings.push({ row: `${chain} ${seq}`, rule: 'I6', message: `no such entry with the hash ${hash}` });
  return { findings, counts };
}

async function* partitions(all: AsyncIterable<Placed>): AsyncGenerator<readonly [string, readonly Row[]]> {
  let name: string | undefined;
  let rows: Row[] = [];
  for await (const { partition, row } of all) {
    if (partition !== name) {
      if (name !== undefined) yield [name, rows];
      name = partition;
      rows = [];
    }
    rows.push(row);
  }
  if (name !== undefined) yield [name, rows];
}

async function readAgenda(scan: Scan, findings: Finding[]) {
  const hints = new Map<string, Hint[]>();
  let rows = 0;
  for await (const { partition, row } of scan('agenda')) {
    rows += 1;
    const at = `agenda/${partition}/${row.key}`;
    const hint = toHint(row);
    if (!hint) {
      findings.push({ row: at, rule: 'unreadable', message: 'this hint cannot be read' });
      continue;
    }
    // The version before spread the hints of a vault over all shards, and every shard is read.
    if (!SHARD_NAMES.includes(partition))
      findings.push({ row: at, rule: 'I2', message: 'this hint lies in a shard where nobody looks for it' });
    if (row.key !== hintKey(hint))
      findings.push({ row: at, rule: 'I2', message: 'the key of this hint does not say what it says' });
    const place = placeOf(hint.vault, hint.item);
    hints.set(place, [...(hints.get(place) ?? []), hint]);
  }
  return { hints, rows };
}

function toHint({ cells }: Row): Hint | undefined {
  const due = parseInstant(String(cells['due']));
  const kind = HINT_KINDS.find((one) => one === cells['kind']);
  const tries = Number(cells['tries'] ?? 0);
  return due && kind && { due, kind, vault: String(cells['vault']), item: String(cells['item']), tries };
}

async function readRegistry(scan: Scan) {
  const listed = new Set<string>();
  const deleted = new Set<string>();
  const claims = new Map<string, string>();
  for await (const { partition, row } of scan('registry')) {
    if (partition === 'vaults') listed.add(row.key);
    if (partition === 'deletedVaults') deleted.add(row.key);
    if (partition === 'sources') claims.set(row.key, placeOf(String(row.cells['vault']), String(row.cells['item'])));
  }
  return { listed, deleted, claims };
}
