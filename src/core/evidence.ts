/**
 * Chains of history: every entry is numbered and bound by its hash to the one before it. Whoever changes, removes or adds one afterwards
 * breaks all that follow. docs/evidence.md tells how to check a chain with nothing but SHA-256.
 */
import { createHash } from 'node:crypto';
import type { ChainHead, Entry, Evidence, Link } from './caller.ts';
import { SERVICE } from './hints.ts';
import { keyOf } from './names.ts';
import { iso } from './time.ts';

/** As headers and mails name it. */
export const evidenceLine = ({ chain, seq, hash }: Evidence): string => `${chain} ${seq} ${hash}`;

/** Before the first entry. */
export const START: ChainHead = { seq: 0, hash: '0'.repeat(64) };

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** What an entry is about: the item, the guard, or else the vault (or the service) in which it lies. */
export type Subject = Pick<Entry, 'item' | 'guard'>;

/** What happened to the vault itself, or to the service. */
export const OF_VAULT: Subject = { item: null };

export function chainOf(vault: string, { item, guard }: Subject): string {
  if (guard != null) return `guard/${keyOf(guard)}`;
  if (vault === SERVICE) return 'service';
  return item === null ? `vault/${keyOf(vault)}` : `vault/${keyOf(vault)}/item/${keyOf(item)}`;
}

/** RFC 8785: one way to write a value, so that everybody hashes the same bytes. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const of = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(of).filter((name) => of[name] !== undefined);
  return `{${names
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(of[name])}`)
    .join(',')}}`;
}

/** An entry as it is hashed and shown: all of it but what the hash makes. */
export const statementOf = (chain: string, seq: number | null, entry: Entry) => ({
  chain,
  seq,
  at: iso(entry.at),
  caller: entry.caller,
  operation: entry.operation,
  outcome: entry.outcome,
  code: entry.code,
  from: entry.from,
  to: entry.to,
  requestId: entry.requestId,
  facts: entry.facts,
});

export const digestOf = (chain: string, seq: number, entry: Entry): string =>
  sha256(canonical(statementOf(chain, seq, entry)));

export const hashAfter = (prev: string, digest: string): string => sha256(`reprieve-chain-1\n${prev}\n${digest}`);

/** The next link of a chain. */
export function linkAfter({ seq: last, hash: prev }: ChainHead, chain: string, entry: Entry): Omit<Link, 'seal'> {
  const seq = last + 1;
  return { seq, prev, hash: hashAfter(prev, digestOf(chain, seq, entry)) };
}

export type LinkedEntry = Entry & { readonly link: Link };
export const isLinked = (entry: Entry): entry is LinkedEntry => entry.link !== undefined;

export const headOf = ({ link: { seq, hash } }: LinkedEntry): ChainHead => ({ seq, hash });

export const evidenceOf = (vault: string, entry: LinkedEntry): Evidence => ({
  chain: chainOf(vault, entry),
  ...headOf(entry),
});

/** The last of the entries that were written together. */
export function lastEvidence({ vault, entries = [] }: Wrote): Evidence | undefined {
  const last = entries.findLast(isLinked);
  return last && evidenceOf(vault, last);
}

interface Wrote {
  readonly vault: string;
  readonly entries?: readonly Entry[];
}

/** Does the entry say what it said when it was written? */
export const isGenuine = (chain: string, { link, ...entry }: LinkedEntry): boolean =>
  link.hash === hashAfter(link.prev, digestOf(chain, link.seq, entry));

/** A row of a chain; `seq` is what its key says, null where it was written before there were chains. */
interface InChain {
  readonly seq: number | null;
  readonly entry: Entry | undefined;
}

/** What is known besides the rows themselves. */
interface Around {
  /** The entry that the subject's own row remembers. */
  readonly known?: ChainHead | undefined;
  /** There are no more rows behind these. */
  readonly isEnd: boolean;
  readonly holds: (link: Link) => boolean;
}

const MOST_BROKEN = 100;

/** The numbers of the entries that are changed, missing or unreadable among rows that follow one another, the newest first. */
export function brokenIn(chain: string, rows: readonly InChain[], { known, isEnd, holds }: Around): readonly number[] {
  const broken = new Set<number>();
  const miss = (from: number, to: number) => {
    for (let seq = Math.max(from, to - MOST_BROKEN); seq <= to; seq += 1) broken.add(seq);
  };
  const numbered = rows.filter((row): row is InChain & { readonly seq: number } => row.seq !== null);
  if (known) miss((numbered[0]?.seq ?? 0) + 1, known.seq);
  let later: { readonly seq: number; readonly prev?: string } | undefined;
  for (const { seq, entry } of numbered) {
    if (later) miss(seq + 1, later.seq - 1);
    const good = entry && isLinked(entry) && entry.link.seq === seq && isGenuine(chain, entry) && holds(entry.link);
    if (!good) {
      broken.add(seq);
      later = { seq };
      continue;
    }
    const { hash, prev } = entry.link;
    if (known?.seq === seq && known.hash !== hash) broken.add(seq);
    if (later?.prev !== undefined && later.seq === seq + 1 && later.prev !== hash) broken.add(later.seq);
    later = { seq, prev };
  }
  // the chain ends here: with its first entry
  if (later && (isEnd || numbered.length < rows.length)) miss(1, later.seq - 1);
  if (later?.seq === 1 && later.prev !== undefined && later.prev !== START.hash) broken.add(1);
  return [...broken].toSorted((a, b) => a - b).slice(0, MOST_BROKEN);
}
