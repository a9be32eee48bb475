import type { Evidence } from '../../src/core/caller.ts';
import { addMillis, HOUR_MS, type Instant } from '../../src/core/time.ts';
import { LINKS } from '../../src/store/links.ts';
import type { Row } from '../../src/store/table.ts';
import { type Agenda, readAgenda } from './agenda.ts';
import { chainsIn, isThere } from './chains.ts';
import { executorCheck } from './executors.ts';
import { readKinds } from './kinds.ts';
import { tellSize } from './sizes.ts';
import { type Hold, slices, WHOLE } from './slices.ts';
import { sumsOf } from './sums.ts';
import { type Finding, placeOf, type Scan, type Surroundings } from './terms.ts';
import { texts } from './texts.ts';
import { checkVault } from './vault.ts';

/**
 * Proves the invariants of docs/architecture.md over a whole store that is at rest: whatever does not hold is a finding, and so
 * is a row that cannot be read. What is checked is what was written, against what can be derived from it.
 */

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
  /** When the sweep comes next after an instant: where its schedule is known. */
  readonly nextSweep?: ((after: Instant) => Instant) | undefined;
  /** How much of a vault is held in memory. */
  readonly hold?: Hold;
}

/** Where nobody says how often the sweep comes, two turns of it are taken for an hour. */
const USUAL: NonNullable<Known['nextSweep']> = (after) => addMillis(after, HOUR_MS / 2);

export async function checkStore(
  scan: Scan,
  now: Instant,
  { holds, heads = [], hold, nextSweep = USUAL }: Known = {},
): Promise<Report> {
  const isSettled = (since: Instant) => nextSweep(nextSweep(since)) <= now;
  const findings: Finding[] = [];
  const agenda = await readAgenda(scan, now, findings, holds);
  const { claims, ...registry } = await readRegistry(scan, findings);
  const kinds = await readKinds(scan);
  const around: Surroundings = {
    now,
    isSettled,
    hints: agenda.hints,
    ...registry,
    claims,
    kinds,
    ...(holds ? { holds } : {}),
  };
  const executors = executorCheck();
  const missing = new Set(heads);
  const counts = { vaults: 0, items: 0, tombstones: 0, rows: 0, hints: agenda.rows, claims: claims.size() };
  let told = new Set<string>();
  let sums: ReturnType<typeof sumsOf> | undefined;
  for await (const { partition, rows, own, part, isFirst, isLast = false } of slices(scan, hold)) {
    const checked = checkVault(partition, rows, around, part);
    forget(missing, partition, rows);
    for (const row of own) {
      look(partition, row, agenda, findings);
      executors.look(partition, row);
    }
    // what a vault says of itself comes with each of its slices, and is told of once
    if (isFirst) told = new Set();
    for (const finding of checked.findings) {
      const words = JSON.stringify(finding);
      if (!told.has(words)) findings.push(finding);
      told.add(words);
    }
    if (isFirst) sums = part === WHOLE ? undefined : sumsOf(partition);
    sums?.add(own);
    if (isLast && checked.lives)
      sums?.tellOf((key, rule, message) => findings.push({ row: `vaults/${partition}/${key}`, rule, message }));
    counts.rows += own.length;
    counts.vaults += checked.lives && isFirst ? 1 : 0;
    counts.items += checked.items;
    counts.tombstones += checked.tombstones;
  }
  findings.push(...agenda.sought.findings(), ...executors.findings(agenda.stale));
  for (const { chain, seq, hash } of missing)
    findings.push({ row: `${chain} ${seq}`, rule: 'I6', message: `no such entry with the hash ${hash}` });
  return { findings, counts };
}

/** Those that are there are missing no longer. To read all chains for nobody would take as long as a quarter of the check. */
function forget(missing: Set<Evidence>, partition: string, rows: readonly Row[]): void {
  if (missing.size === 0) return;
  const chains = chainsIn(partition, rows);
  for (const head of missing) if (isThere(chains, head)) missing.delete(head);
}

/** What is seen of a row without its vault: its size, and whose hints lead to it. */
function look(partition: string, row: Row, { sought }: Agenda, findings: Finding[]): void {
  tellSize(row, (message) => findings.push({ row: `vaults/${partition}/${row.key}`, rule: 'I5', message }));
  sought.look(partition, row);
}

async function readRegistry(scan: Scan, findings: Finding[]) {
  const listed = new Set<string>();
  const deleted = new Set<string>();
  const claims = texts();
  const links = { guard: new Set<string>(), kind: new Set<string>() };
  for await (const { partition, row } of scan('registry')) {
    tellSize(row, (message) => findings.push({ row: `registry/${partition}/${row.key}`, rule: 'I5', message }));
    if (partition === 'vaults') listed.add(row.key);
    if (partition === 'deletedVaults') deleted.add(row.key);
    if (partition === LINKS.guard) links.guard.add(row.key);
    if (partition === LINKS.kind) links.kind.add(row.key);
    if (partition === 'sources') claims.add(row.key, placeOf(String(row.cells['vault']), String(row.cells['item'])));
  }
  return { listed, deleted, claims, links };
}
