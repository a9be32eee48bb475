/**
 * PURE. The receipt of a purge: what was deleted, by whom, who was told, and the entries of the history that show it. It is made from the
 * chain alone, and so its bytes never change.
 */
import type { Entry, Facts } from './caller.ts';
import { digestOf, evidenceOf, type LinkedEntry, statementOf } from './evidence.ts';
import { keyOf } from './names.ts';
import type { Proof } from './proof.ts';
import { iso } from './time.ts';

/** Beyond this many entries those in the middle are given without what they say. */
const MOST_WHOLE = 500;

type Fact = Facts[string];

const text = (fact: Fact | undefined): string | null => (typeof fact === 'string' ? fact : null);
const number = (fact: Fact | undefined): number | null => (typeof fact === 'number' ? fact : null);
const lines = (fact: Fact | undefined): readonly string[] => (typeof fact === 'object' && fact !== null ? fact : []);

/** The end of a purge, whatever began it. */
export const endsPurge = ({ outcome, to }: Entry): boolean => outcome === 'Succeeded' && to === 'Purged';

/** With it an item goes to the trash, or for good: the first entry of a receipt. */
export const isDeletion = ({ from, to }: Entry): boolean =>
  (to === 'SoftDeleted' || to === 'Purging' || to === 'Purged') && from !== 'SoftDeleted' && from !== 'Purging';

/** Facts of before do not say which deletion of the item they are about. */
export const generationOf = ({ facts }: Entry): number | null => number(facts['generation']);

/** An order ended with it, and with it the item: then it says who was asked, and what was confirmed. */
const isOfOrder = ({ facts }: Entry): boolean => text(facts['order']) !== null;

/** It lay in the trash before, also where it came there from an executor that refused. */
const leftTrash = ({ outcome, from, to }: Entry): boolean =>
  outcome === 'Succeeded' && from === 'SoftDeleted' && (to === 'Purging' || to === 'Purged');

/** Type, status, time and address: see `toldLines`. */
function toldIn(line: string) {
  const [type = '', status = '', at = '-', ...recipient] = line.split(' ');
  return { type, recipient: recipient.join(' '), status, at: at === '-' ? null : at };
}

/** Operation, time and person: see `approvalLines`. */
function approvalIn(line: string, guard: Fact | undefined) {
  const [operation = '', grantedAt = '', grantedBy = ''] = line.split(' ');
  return { guard: text(guard), operation, grantedBy, grantedAt };
}

export type Receipt = ReturnType<typeof receiptOf>;

/** `entries`: of one chain, from the deletion to the end of the purge, the oldest first. */
export function receiptOf(
  place: { readonly vault: string; readonly item: string },
  entries: readonly [LinkedEntry, ...LinkedEntry[]],
) {
  const [deletion] = entries;
  const last = entries.at(-1) ?? deletion;
  const { facts } = deletion;
  const isSwept = entries.some(leftTrash);
  const order = isOfOrder(last) ? last : undefined;
  // What a purge knows stands in its first entry; what an order knows in its last one. A deletion for good is its own purge.
  const purge = order ?? (isSwept ? (entries.find(({ operation }) => operation === 'Purge') ?? last) : deletion);
  const said = order ? entries.findLast(({ operation }) => operation === 'PurgeOrdered') : purge;
  const told = said?.facts['told'] ?? entries.findLast(({ operation }) => operation === 'Told')?.facts['told'];
  const isOfNow = typeof facts['vaultId'] === 'string';
  // A purge of before says nothing of what is told or promised since: nobody knows, so nothing is claimed.
  const statement = text(purge.facts['statement']);
  const { oid, tid, channel } = deletion.caller;
  return {
    version: 1,
    vault: text(facts['vault']) ?? keyOf(place.vault),
    item: text(facts['name']) ?? keyOf(place.item),
    vaultId: text(facts['vaultId']),
    generation: generationOf(last) ?? generationOf(deletion),
    workload: text(facts['workload']),
    represents: text(facts['represents']),
    sourceId: text(facts['sourceId']),
    server: text(facts['server']),
    kind: isSwept ? 'Swept' : 'Immediate',
    deleted: {
      at: iso(deletion.at),
      by: { oid, tid, channel },
      reason: text(facts['reason']),
      comment: text(facts['comment']),
      retentionDays: deletion.to === 'SoftDeleted' ? number(facts['retentionDays']) : 0,
    },
    approvals: isOfNow ? lines(facts['approvals']).map((line) => approvalIn(line, facts['guard'])) : null,
    secondFactor: statement === null ? null : text(facts['provedBy']),
    purgeDue: isSwept ? text(purge.facts['purgeAt']) : iso(deletion.at),
    purgedAt: iso(last.at),
    recoveryPoints: {
      count: number(purge.facts['points']),
      oldest: text(purge.facts['oldestPoint']),
      newest: text(purge.facts['newestPoint']),
    },
    told: isSwept ? lines(told).map(toldIn) : [],
    ...askedIn(order),
    attempts: statement === null ? null : (number(order?.facts['attempts']) ?? 0),
    statement,
    entries: shown(place.vault, entries),
    head: evidenceOf(place.vault, last),
  } as const;
}

/** Who was asked to destroy the data itself, and what was said of it. Without an order nobody was: all of it is null. */
function askedIn(order: Entry | undefined) {
  const facts: Facts = order?.facts ?? {};
  const proof = text(facts['proof']);
  const confirmed = facts['confirmed'];
  const [oid, tid] = [text(facts['confirmedBy']), text(facts['confirmedByTenant'])];
  return {
    orderedAt: text(facts['orderedAt']),
    executor: text(facts['executor']),
    confirmed: typeof confirmed === 'boolean' ? confirmed : null,
    // Where nobody confirmed, the last entry says who closed the order.
    confirmedBy: confirmed === true && oid !== null ? { tid: tid ?? '', oid } : null,
    proof: proof === null ? null : (JSON.parse(proof) as Proof),
    proofDigest: text(facts['proofDigest']),
  };
}

/** An entry as everybody sees it, or only what binds it to the others. */
export type ShownEntry = ReturnType<typeof whole> | ReturnType<typeof bare>;

function shown(vault: string, entries: readonly LinkedEntry[]): readonly ShownEntry[] {
  const isInTheMiddle = (at: number) => at >= MOST_WHOLE / 2 && at < entries.length - MOST_WHOLE / 2;
  return entries.map((entry, at) => {
    const { chain } = evidenceOf(vault, entry);
    return isInTheMiddle(at) ? bare(chain, entry) : whole(chain, entry);
  });
}

const bare = (chain: string, { link, ...entry }: LinkedEntry) => ({
  seq: link.seq,
  digest: digestOf(chain, link.seq, entry),
  prev: link.prev,
  hash: link.hash,
});

const whole = (chain: string, entry: LinkedEntry) => {
  const { link, ...said } = entry;
  return { ...statementOf(chain, link.seq, said), ...bare(chain, entry) };
};

/** One sentence. It is written into the history with the purge: what is promised once stays as it was said. */
export function statementOn(vault: string, item: string, points: number, asked: AskedOf | 'nobody' | 'before'): string {
  const had = points === 0 ? '' : points === 1 ? ' with one recovery point' : ` with ${points} recovery points`;
  const removed = `Reprieve removed its record of ${item} in vault ${vault}${had}`;
  if (asked === 'nobody') return `${removed}; it asked nobody to delete the data itself.`;
  if (asked === 'before')
    return `${removed}; an executor that was asked before to destroy the data itself did not, and nobody was asked again.`;
  const wasAsked = `${removed}; executor ${asked.executor} was asked to destroy the data itself`;
  if (!asked.confirmed) return `${wasAsked}, and nobody confirmed that it did.`;
  const { objects = 0, bytes, remaining = [] } = asked.proof ?? {};
  const size = bytes === undefined ? '' : ` with ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const what = objects === 1 ? `one object${size} was` : `${objects} objects${size} were`;
  const left = remaining.length > 0 ? ', while copies that live on are named in the proof' : '';
  return `${wasAsked}, and ${what} confirmed as destroyed${left}.`;
}

interface AskedOf {
  readonly executor: string;
  readonly proof: Proof | null;
  readonly confirmed: boolean;
}
