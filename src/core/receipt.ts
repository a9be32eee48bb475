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
  const isSwept = deletion.to === 'SoftDeleted';
  // What a purge knows stands in its first entry; a deletion for good is its own purge.
  const purge = isSwept ? (entries.find(({ operation }) => operation === 'Purge') ?? last) : deletion;
  const told = purge.facts['told'] ?? entries.findLast(({ operation }) => operation === 'Told')?.facts['told'];
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
      retentionDays: isSwept ? number(facts['retentionDays']) : 0,
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
    // There are no executors yet: nobody was asked to delete the data itself.
    ...({ orderedAt: null, executor: null, confirmed: null, confirmedBy: null } as const),
    attempts: statement === null ? null : 0,
    ...({ proof: null, proofDigest: null } as const),
    statement,
    entries: shown(place.vault, entries),
    head: evidenceOf(place.vault, last),
  } as const;
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
export function statementOn(vault: string, item: string, points: number, asked?: AskedOf): string {
  const removed = `Reprieve removed its record of ${item} in vault ${vault} with ${points === 1 ? 'one recovery point' : `${points} recovery points`}`;
  if (!asked) return `${removed}; it asked nobody to delete the data itself.`;
  const { executor, proof, confirmed } = asked;
  if (!confirmed)
    return `${removed}; executor ${executor} was asked to destroy the data itself, and nobody confirmed that it did.`;
  const bytes = proof?.bytes === undefined ? '' : ` with ${proof.bytes} bytes`;
  const objects = proof?.objects === 1 ? 'one object' : `${proof?.objects ?? 0} objects`;
  const left = proof?.remaining?.length ? ' Copies that live on are named in the proof.' : '';
  return `${removed}; executor ${executor} was asked to destroy the data itself, and ${objects}${bytes} were confirmed as destroyed.${left}`;
}

interface AskedOf {
  readonly executor: string;
  readonly proof: Proof | null;
  readonly confirmed: boolean;
}
