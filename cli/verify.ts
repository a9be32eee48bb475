/**
 * Does what Reprieve's histories claim hold? This file needs SHA-256 and nothing else; docs/evidence.md says what it does, so that anybody
 * can write it anew. An answer is a list of faults: none of them means that it holds.
 */
import { createHash } from 'node:crypto';

/** An entry as `GET …/history` shows it. Of the middle of a long receipt only `seq`, `prev`, `digest` and `hash` are given. */
export interface Entry {
  readonly chain?: string;
  readonly seq: number;
  readonly prev: string;
  readonly digest: string;
  readonly hash: string;
  readonly [field: string]: unknown;
}

/** An entry as a mail, a header or a log names it. */
export interface Evidence {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

const ZEROS = '0'.repeat(64);
const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** RFC 8785: members in the order of their names, no spaces, numbers and texts as JSON writes them. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

/** What is wrong with one entry by itself. */
export function faultsOf(entry: Entry): readonly string[] {
  const { digest, prev, hash, ...said } = entry;
  const name = `${entry.chain ?? ''} ${entry.seq}`.trim();
  const faults: string[] = [];
  const isWhole = 'operation' in said;
  if (isWhole && sha256(canonical(said)) !== digest) faults.push(`${name}: its digest is of something else`);
  if (sha256(`reprieve-chain-1\n${prev}\n${digest}`) !== hash) faults.push(`${name}: its hash is of something else`);
  if (entry.seq === 1 && prev !== ZEROS) faults.push(`${name}: the first entry follows none`);
  return faults;
}

/** What is wrong with entries of one chain that follow one another, the oldest first. */
export function faultsIn(entries: readonly Entry[]): readonly string[] {
  const faults = entries.flatMap(faultsOf);
  for (const [at, entry] of entries.entries()) {
    const before = entries[at - 1];
    if (!before) continue;
    if (entry.seq !== before.seq + 1) faults.push(`${entry.seq}: the entry before it is ${before.seq}`);
    else if (entry.prev !== before.hash) faults.push(`${entry.seq}: it does not follow entry ${before.seq}`);
  }
  return faults;
}

/** Every chain of an archive, each from its first entry on. */
export function chainsIn(lines: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  const chains = Map.groupBy(lines, ({ chain = '' }) => chain);
  return new Map([...chains].map(([chain, entries]) => [chain, entries.toSorted((a, b) => a.seq - b.seq)]));
}

export function faultsInArchive(lines: readonly Entry[]): readonly string[] {
  return [...chainsIn(lines)].flatMap(([chain, entries]) => {
    const first = entries[0]?.seq ?? 1;
    const start = first === 1 ? [] : [`${chain}: it begins with entry ${first}`];
    return [...start, ...faultsIn(entries)];
  });
}

export interface Receipt {
  readonly hash: string;
  readonly receipt: { readonly entries: readonly Entry[]; readonly head: Evidence; readonly [field: string]: unknown };
}

/** What is wrong with a receipt, without asking anybody. */
export function faultsInReceipt({ hash, receipt }: Receipt): readonly string[] {
  const { entries, head } = receipt;
  const faults = sha256(canonical(receipt)) === hash ? [] : ['hash: the receipt was changed after it was made'];
  faults.push(...faultsIn(entries));
  const last = entries.at(-1);
  if (!last || last.seq !== head.seq || last.hash !== head.hash) faults.push('head: it is not the last of the entries');
  const strangers = entries.filter(({ chain }) => chain !== undefined && chain !== head.chain);
  for (const { seq, chain } of strangers) faults.push(`${seq}: it is of another chain, ${chain}`);
  return [...faults, ...faultsInProof(receipt)];
}

/** Its digest stands in the last entry too, and so cannot be exchanged along with the proof. */
function faultsInProof({ proof = null, proofDigest = null, entries }: Receipt['receipt']): readonly string[] {
  const digest = proof === null ? null : `sha256:${sha256(canonical(proof))}`;
  if (digest !== proofDigest) return ['proofDigest: it is of another proof'];
  const facts = entries.at(-1)?.['facts'] as { readonly proofDigest?: unknown } | undefined;
  return (facts?.proofDigest ?? null) === proofDigest ? [] : ['proofDigest: the last entry names another one'];
}

const LINE = /Evidence: (\S+) (\d+) ([0-9a-f]{64})/g;

/** Every entry that a text names. Mail programs break lines: what was broken is joined. */
export function evidenceIn(text: string): readonly Evidence[] {
  const joined = text.replace(/=\r?\n/g, '').replaceAll(/[\r\n]+(?=[0-9a-f]{1,64}\b)/g, ' ');
  const found = [...text.matchAll(LINE), ...joined.matchAll(LINE)];
  const all = found.map(([, chain = '', seq, hash = '']) => ({ chain, seq: Number(seq), hash }));
  return [...new Map(all.map((one) => [`${one.chain} ${one.seq} ${one.hash}`, one])).values()];
}

/** A receipt, or undefined: it is a text that may name entries. */
export function receiptIn(text: string): Receipt | undefined {
  try {
    const value = JSON.parse(text) as Partial<Receipt> | null;
    return typeof value?.hash === 'string' && Array.isArray(value.receipt?.entries) ? (value as Receipt) : undefined;
  } catch {
    return undefined;
  }
}
