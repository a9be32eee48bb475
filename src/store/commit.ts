import type { Change, Write, Written } from '../change.ts';
import type { ChainHead, Entry } from '../core/caller.ts';
import { chainOf, headOf, isLinked, type LinkedEntry, lastEvidence, START } from '../core/evidence.ts';
import { keyOf } from '../core/names.ts';
import { type Chains, giveWay, isNote, notesIn, restsOnItsSubject } from './chains.ts';
import { recordKey } from './control.ts';
import type { HeadMemory } from './head.ts';
import { keys, numberIn } from './keys.ts';
import { linksLeft } from './links.ts';
import { opsOf } from './ops.ts';
import { lineWriter } from './registry.ts';
import { read } from './rows.ts';
import type { Row, Table } from './table.ts';
import { type Folder, tallyOps } from './tallies.ts';

/** What a process remembers of the store, and is told of what is written. */
interface Remembering {
  readonly memory: HeadMemory;
  readonly chains: Chains;
  readonly folds: Folder;
  readonly kinds: { forget(): void };
}

/** The one door through which anything is changed: a transaction in a vault, or a row that stands alone. */
export function committer(
  vaults: Table,
  registry: Table,
  { memory, chains, folds, kinds }: Remembering,
): (write: Write) => Promise<Written | undefined> {
  const lines = lineWriter(vaults, registry);
  return async (write) => {
    if ('line' in write) {
      const done = await lines(write);
      if (write.line === 'removeKind') kinds.forget();
      return done ? {} : undefined;
    }
    const partition = keyOf(write.vault);
    const strikeLinks = await linksLeft(registry, write);
    const written = await chains.inTurn(write, () => commitInChain(vaults, chains, partition, write));
    // One that stays is struck by whoever looks at it next.
    if (written) await strikeLinks().catch(() => undefined);
    // What was lost may have rested on a fence that is gone.
    if (write.head || write.grave || (!written && write.fence !== undefined)) memory.forget(partition);
    if (write.kind) kinds.forget();
    if (written && tallyOps(write).length > 0) folds.wrote(partition);
    return written;
  };
}

/**
 * Commits, and does not take the storage's word for a lost race: after "committed, but the answer was lost" its own retry answers 404, 409
 * or 412. The newest entry of the chain tells whose write it was, and whether only the number was taken: then it is written with the next.
 */
async function commitInChain(
  table: Table,
  chains: Chains,
  partition: string,
  first: Change,
): Promise<Written | undefined> {
  let change = first;
  const chain = (entry: Entry) => chainOf(change.vault, entry);
  const lookAt = (entries: readonly Entry[]) => {
    const each = new Map(entries.map((entry) => [chain(entry), entry]));
    return Promise.all([...each.values()].map((entry) => newestIn(table, chains, partition, change.vault, entry)));
  };
  await lookAt(chains.unknownIn(change));
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (round > 1 && isNote(change)) await giveWay(round);
    const linked = chains.link(change);
    const [witness] = (linked.entries ?? []).filter(isLinked);
    const fate = async (): Promise<'ours' | 'taken' | 'lost'> =>
      witness
        ? fateOf(witness, linked, await newestIn(table, chains, partition, linked.vault, witness), table)
        : isRecorded(table, partition, linked);
    const done = await table.commit(partition, opsOf(linked)).catch(async (error: unknown) => {
      if ((await fate()) === 'ours') return true;
      throw error;
    });
    const end = done ? 'ours' : await fate();
    if (end === 'lost' || (end === 'taken' && change.unseen)) return undefined;
    if (end === 'taken') {
      if (await isLate(table, partition, change)) return undefined;
      // Where one number was taken, those of the others may be as well.
      await lookAt(notesIn(change).filter((entry) => witness && chain(entry) !== chain(witness)));
      change = unbound(change);
      continue;
    }
    for (const entry of (linked.entries ?? []).filter(isLinked))
      chains.saw(chainOf(change.vault, entry), headOf(entry));
    return { change: linked, evidence: lastEvidence(linked) };
  }
  return undefined;
}

/**
 * A new vault goes on behind the entry that its maker has read. Others that were made and removed since have struck its line in the directory,
 * and left another grave: its maker decides again. A history without a grave is one that the version before left.
 */
async function isLate(table: Table, partition: string, { head }: Change): Promise<boolean> {
  if (!head?.behind) return false;
  const row = await table.get(partition, keys.grave(partition));
  return row !== undefined && read.grave(row).evidence?.seq !== head.behind.seq;
}

const unbound = (change: Change): Change =>
  change.head?.behind ? { ...change, head: { ...change.head, behind: undefined } } : change;

/**
 * What leaves no entry has another witness: of a sweep of which nobody asked anything its record, and of an order that is held for longer
 * the etag in the row of its item.
 */
async function isRecorded(table: Table, partition: string, change: Change): Promise<'ours' | 'lost'> {
  const { control, items: [item] = [] } = change;
  const record = control?.beat && recordKey(control.beat);
  if (record !== undefined) return (await table.get(partition, record)) ? 'ours' : 'lost';
  // An etag that was there before tells nothing.
  const isNew = item !== undefined && item.now.etag !== item.was?.value.etag;
  const row = isNew ? await table.get(partition, keys.item(change.vault, item.now.name)) : undefined;
  return row && isNew && read.remains(row).etag === item.now.etag ? 'ours' : 'lost';
}

/** More than a few that were faster, and the caller decides again. */
const MOST_ROUNDS = 6;

/** So many of the newest are read at once: who was faster, and maybe our own write. */
const NEWEST = 20;

/** The newest entries of the chain in which an entry has its place, as their rows. */
async function newestIn(
  table: Table,
  chains: Chains,
  partition: string,
  vault: string,
  entry: Entry,
): Promise<readonly Row[]> {
  const rows = await table.range(partition, { prefix: keys.chain(vault, entry), limit: NEWEST });
  chains.saw(chainOf(vault, entry), headIn(rows[0]));
  return rows;
}

/** A chain goes on behind an entry that cannot be read: that is seen there, and must not stop what comes after. */
function headIn(newest: Row | undefined): ChainHead {
  const seq = newest && numberIn(newest.key);
  if (!newest || seq === undefined) return START;
  try {
    return read.entry(newest).link ?? { ...START, seq };
  } catch {
    return { ...START, seq };
  }
}

/** What became of a change that was refused, or of which nobody knows. */
async function fateOf(
  witness: LinkedEntry,
  change: Change,
  newest: readonly Row[],
  table: Table,
): Promise<'ours' | 'taken' | 'lost'> {
  const key = keys.entry(change.vault, witness, witness.link.seq);
  const there = newest.find((row) => row.key === key);
  const row = there ?? (newest.length === NEWEST ? await table.get(keyOf(change.vault), key) : undefined);
  if (!row) return 'lost';
  if (row.cells['w'] === change.id) return 'ours';
  // Its subject changed after it was read: what was decided is out of date.
  return newest[0]?.cells['note'] !== true && restsOnItsSubject(change, witness) ? 'lost' : 'taken';
}
