import { setTimeout } from 'node:timers/promises';
import type { Change, ItemWrite } from '../change.ts';
import type { Alert } from '../core/alerts.ts';
import type { ChainHead, Entry } from '../core/caller.ts';
import { chainOf, evidenceOf, headOf, isLinked, type LinkedEntry, linkAfter, START } from '../core/evidence.ts';
import type { Remains } from '../core/item.ts';
import { sameName } from '../core/names.ts';

/** How many chains a process keeps in mind. */
const REMEMBERED = 10_000;

/** Gives entries their places in the chains, from what is known of how far each chain goes. */
export interface Chains {
  /** Somebody has read or written this. */
  saw(chain: string, head: ChainHead | undefined): void;
  /** As far as this process knows, the chain ends there. */
  endsWith(chain: string, head: ChainHead): boolean;
  /** The change with its entries numbered, and with what rests on their numbers. */
  link(change: Change): Change;
  /** The entries of whose chains nothing is known, where the change does not hold their subject either. */
  unknownIn(change: Change): readonly Entry[];
  /** Notes wait here for what is under way in their chain, so that a change is never kept waiting by refusals. */
  inTurn<T>(change: Change, work: () => Promise<T>): Promise<T>;
}

/** Who writes to a chain in this process: changes at once, notes one after the other while no change is under way. */
interface Queue {
  readonly changes: Set<Promise<void>>;
  notes: Promise<void>;
  /** Who is in it. */
  count: number;
}

const nothing = (): void => {};

async function untilIdle(changes: ReadonlySet<Promise<void>>): Promise<void> {
  while (changes.size > 0) await Promise.all(changes);
}

export function tableChains(seal: (hash: string) => string): Chains {
  const known = new Map<string, ChainHead>();
  const queues = new Map<string, Queue>();

  const saw: Chains['saw'] = (chain, head) => {
    const before = known.get(chain);
    if (!head || (before && before.seq >= head.seq)) return;
    known.delete(chain);
    known.set(chain, head);
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
  };

  const lastOf = (change: Change, entry: Entry): ChainHead => {
    const behind = isAboutVault(entry) ? change.head?.behind : undefined;
    if (behind) return behind;
    const [held, seen] = [
      subjectIn(change, entry)?.was?.evidence ?? START,
      known.get(chainOf(change.vault, entry)) ?? START,
    ];
    return change.unseen || held.seq >= seen.seq ? held : seen;
  };

  return {
    saw,
    endsWith: (chain, { seq }) => (known.get(chain)?.seq ?? 0) <= seq,
    unknownIn: (change) => notesIn(change).filter((entry) => !known.has(chainOf(change.vault, entry))),
    link(change) {
      const heads = new Map<string, ChainHead>();
      const entries = (change.entries ?? []).map((entry): LinkedEntry => {
        const chain = chainOf(change.vault, entry);
        const link = linkAfter(heads.get(chain) ?? lastOf(change, entry), chain, entry);
        heads.set(chain, link);
        return { ...entry, link: { ...link, seal: seal(link.hash) } };
      });
      return withEvidence({ ...change, entries });
    },
    async inTurn(change, work) {
      const [first] = change.entries ?? [];
      if (!first) return work();
      const chain = chainOf(change.vault, first);
      const queue = queues.get(chain) ?? { changes: new Set(), notes: Promise.resolve(), count: 0 };
      queues.set(chain, queue);
      queue.count += 1;
      const ours = isNote(change) ? queue.notes.then(() => untilIdle(queue.changes)).then(work) : work();
      const settled = ours.then(nothing, nothing);
      if (isNote(change)) queue.notes = settled;
      else queue.changes.add(settled);
      try {
        return await ours;
      } finally {
        queue.changes.delete(settled);
        queue.count -= 1;
        if (queue.count === 0) queues.delete(chain);
      }
    },
  };
}

const itemOf = ({ items = [] }: Change, { item }: Entry): ItemWrite | undefined =>
  item === null ? undefined : items.find(({ now }) => sameName(now.name, item));

/** Whom an entry is about, where the change writes it: with what was read of it, which remembers the head of its chain. */
function subjectIn(
  change: Change,
  entry: Entry,
): { readonly was: { readonly evidence?: ChainHead } | undefined } | undefined {
  const { guard, removesGuard } = change;
  if (entry.guard !== undefined) return removesGuard ? { was: removesGuard.value } : guard && { was: guard.was?.value };
  if (entry.item === null) {
    const itself = change.head ?? change.grave;
    return itself && { was: itself.was?.vault };
  }
  const write = itemOf(change, entry);
  return write && { was: write.was?.value };
}

/** It replaces what was read of its subject. What is made anew may have had a history before, under the same name. */
export const restsOnItsSubject = (change: Change, entry: Entry): boolean => subjectIn(change, entry)?.was !== undefined;

/** They tell of a subject that the change does not write. */
export const notesIn = (change: Change): readonly Entry[] =>
  (change.entries ?? []).filter((entry) => !subjectIn(change, entry));

/** It tells of its subjects and changes none of them. */
export const isNote = (change: Change): boolean => notesIn(change).length === (change.entries ?? []).length;

/** What a change writes, with the numbers of its entries: its subjects, and the alerts that it raises. */
function withEvidence(change: Change): Change {
  const entries = (change.entries ?? []).filter(isLinked);
  if (entries.length === 0) return change;
  const lastOf = (is: (entry: LinkedEntry) => boolean) => {
    const entry = entries.findLast(is);
    return entry && { evidence: headOf(entry) };
  };
  const { items, head, grave, guard, alerts, putMarks } = change;
  const ofItem = (name: string) => lastOf(({ item }) => sameName(item, name));
  return {
    ...change,
    ...(items
      ? { items: items.map((one) => ({ ...one, now: goingOn(one, { ...one.now, ...ofItem(one.now.name) }) })) }
      : {}),
    ...(head ? { head: { ...head, now: { ...head.now, ...lastOf(isAboutVault) } } } : {}),
    ...(grave ? { grave: { ...grave, now: { ...grave.now, ...lastOf(isAboutVault) } } } : {}),
    ...(guard ? { guard: { ...guard, now: { ...guard.now, ...lastOf((entry) => entry.guard !== undefined) } } } : {}),
    ...(putMarks ? { putMarks: putMarks.map((mark) => ({ ...mark, ...headOfMark(ofItem(mark.item)) })) } : {}),
    ...(alerts ? { alerts: alerts.map((one) => ({ ...one, now: proved(change.vault, one, entries) })) } : {}),
  };
}

const headOfMark = (of: { readonly evidence: ChainHead } | undefined) => (of ? { head: of.evidence } : {});

/**
 * A name that was used before, here or in an earlier vault of this name, goes on behind every generation that it had: each deletion left
 * an entry in its chain, so no generation is above the number of the last one.
 */
const goingOn = ({ was }: ItemWrite, now: Remains): Remains =>
  was === undefined && now.evidence ? { ...now, generation: Math.max(now.generation, now.evidence.seq - 1) } : now;

const isAboutVault = ({ item, guard }: Entry): boolean => item === null && guard === undefined;

/** An alert names the entry that was written with it; one that is only counted on keeps the first. */
function proved(
  vault: string,
  { was, now }: { readonly was: unknown; readonly now: Alert },
  entries: readonly LinkedEntry[],
): Alert {
  if (was !== undefined || now.evidence) return now;
  const own = entries.findLast(({ item }) => (now.item === null ? item === null : sameName(item, now.item)));
  const entry = own ?? (entries.length === 1 ? entries[0] : undefined);
  return entry ? { ...now, evidence: evidenceOf(vault, entry) } : now;
}

const LONGEST_WAIT_MS = 60;

/** Somebody in another process was faster, again and again: whoever only notes something lets the others go first. */
export const giveWay = (round: number): Promise<void> => setTimeout(Math.random() * LONGEST_WAIT_MS * round);
