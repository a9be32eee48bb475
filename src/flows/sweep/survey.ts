/** What fell due, counted page by page: no sweep holds all of it at once, however much there is. */
import { inParts } from '../../change.ts';
import { keyOf } from '../../core/names.ts';
import { isAside, mayEndInPurge } from '../../core/sweep.ts';
import type { Instant } from '../../core/time.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { inParallel } from '../story/rounds.ts';
import { type MayPurge, placeOf, type SweepPorts } from './run.ts';

/** So many hints make a page, which is dealt with as a whole, here or elsewhere. */
export const PAGE = 250;
/** Who looks at all that is due reads more of them at a time. No read is longer. */
export const LONG_READ = 1000;
/** So many are in memory: those that are being read, and those that are kept. */
const MOST_IN_MEMORY = 4000;
/** So many are kept, so that a sweep with little to do reads the agenda once. */
const MOST_KEPT = 2000;
/** The names of so many vaults are known of a page. */
const MOST_NAMED = 8;

/** A vault with more hints is heavy: it waits until all others have had their turn. */
const HEAVY = 500;
/** Of a smaller number no share of a vault is worth a look. */
export const LEAST_FOR_SHARE = 100;

/** A page of a shard, by its keys: whoever reads it again finds what is left of it, and nothing of another page. */
export interface Page {
  readonly shard: string;
  readonly after: string | undefined;
  readonly through: string;
  /** When its first hint is due. */
  readonly due: Instant;
  /** Its oldest hint to purge. */
  readonly purge: DueHint | undefined;
  /** How many hints it holds that are no suspects. */
  readonly others: number;
  /** Whose they are; none, if they are of too many to be named. */
  readonly vaults: readonly string[];
  /** What was read, as far as there was room to keep it. */
  readonly hints: readonly DueHint[] | undefined;
}

export interface Survey {
  /** The one that begins with the oldest hint first. */
  readonly pages: readonly Page[];
  readonly hints: number;
  /** Items, however many hints name them; alerts that have to be told again are none, nor is the counting of a vault. */
  readonly due: number;
  /** Items that might be purged and that nobody let go. */
  readonly suspects: number;
  /** Operations that have not ended, as far as is known. */
  readonly operations: number;
  readonly isSuspect: (hint: DueHint) => boolean;
  /** The oldest hint that may end in a purge, and one that failed before: its due says only when to try again. */
  readonly oldest: DueHint | undefined;
  readonly tried: DueHint | undefined;
  readonly isHeavy: (vault: string) => boolean;
  /** The heavy ones whose hints lie in a shard. */
  readonly heavyIn: (shard: string) => readonly string[];
  /** How many suspects the vaults have that have a hundred or more. */
  readonly large: ReadonlyMap<string, number>;
}

/** What of the agenda is looked at: these shards, or a stretch of one. */
export interface Looked {
  readonly shards: readonly string[];
  readonly after?: string | undefined;
  readonly through?: string | undefined;
  /** So many hints are read at a time, behind the first page; a page if absent. */
  readonly limit?: number | undefined;
  /** Others are left to somebody else. */
  readonly isMeant?: ((hint: DueHint) => boolean) | undefined;
}

/**
 * Reads all that fell due there and keeps little of it. Mostly there is little or nothing: so the first page of all shards is read at once, and
 * only where more lies behind it longer ones are.
 */
export async function surveyOf(
  { agenda }: Pick<SweepPorts, 'agenda'>,
  { shards, after: from, through, limit = PAGE, isMeant = () => true }: Looked,
  now: Instant,
  lets: MayPurge,
): Promise<Survey> {
  const counter = counterOf(lets);
  const pages: Page[] = [];
  let kept = 0;
  /** Answers behind which key there is more. */
  const readFrom = async (shard: string, after: string | undefined, most: number) => {
    const { found: all, last } = await agenda.due(shard, now, { after, through, limit: most });
    const found = all.filter(isMeant);
    counter.add(found, shard);
    const isKept = kept + found.length <= MOST_KEPT;
    if (isKept) kept += found.length;
    const read = pagesOf(found, shard, after, last, counter.isSuspect);
    pages.push(...(isKept ? read : read.map((page) => ({ ...page, hints: undefined }))));
    return last;
  };
  const behind = await inParallel(shards, (shard) => readFrom(shard, from, PAGE), MOST_IN_MEMORY / PAGE);
  const readOn = async (shard: string) => {
    for (let after = behind[shards.indexOf(shard)]; after !== undefined; ) after = await readFrom(shard, after, limit);
  };
  await inParallel(shards, readOn, (MOST_IN_MEMORY - MOST_KEPT) / limit);
  return counter.survey(pages.toSorted((a, b) => a.due.toMillis() - b.due.toMillis()));
}

/** As if nothing else were due. */
export function surveyOfOne(hint: DueHint, lets: MayPurge): Survey {
  const counter = counterOf(lets);
  counter.add([hint], '');
  return counter.survey([]);
}

/** What was read, in pages; the last of them reaches as far as the read did. */
function pagesOf(
  found: readonly DueHint[],
  shard: string,
  from: string | undefined,
  last: string | undefined,
  isSuspect: Survey['isSuspect'],
): readonly Page[] {
  const parts = inParts(found, PAGE);
  const ends = parts.map((hints, index) => (index === parts.length - 1 ? last : undefined) ?? hints.at(-1)?.found?.key);
  return parts.flatMap((hints, index) => {
    const [first] = hints;
    const [after, through] = [index === 0 ? from : ends[index - 1], ends[index]];
    if (!first || through === undefined) return [];
    const others = hints.filter((hint) => !isSuspect(hint)).length;
    const purge = hints.find(({ kind }) => kind === 'purge');
    return [{ shard, after, through, due: first.due, purge, others, vaults: namesIn(hints), hints }];
  });
}

function namesIn(hints: readonly DueHint[]): readonly string[] {
  const names = new Set(hints.map(({ vault }) => keyOf(vault)));
  return names.size > MOST_NAMED ? [] : [...names];
}

/** Counts hints, and keeps none of them but the oldest. */
function counterOf(lets: MayPurge) {
  const isSuspect = (hint: DueHint) => mayEndInPurge(hint) && !lets(hint, hint.due);
  const counts = { hints: 0, due: 0, suspects: 0, operations: 0 };
  const [all, suspects] = [countsByVault(), countsByVault()];
  const [newItems, newSuspects] = [eachOnce(), eachOnce()];
  const large = new Set<string>();
  const heavy = new Map<string, string>();
  let oldest: DueHint | undefined;
  let tried: DueHint | undefined;
  return {
    isSuspect,
    add(found: readonly DueHint[], shard: string): void {
      counts.hints += found.length;
      counts.due += newItems(found.filter((hint) => !isAside(hint))).length;
      for (const hint of found) {
        if (all.add(hint.vault) === HEAVY + 1) heavy.set(keyOf(hint.vault), shard);
        if (hint.kind === 'operate') counts.operations += 1;
        if (!mayEndInPurge(hint)) continue;
        if (!oldest || hint.due < oldest.due) oldest = hint;
        if (hint.tries > 0) tried = hint;
      }
      const more = newSuspects(found.filter(isSuspect));
      counts.suspects += more.length;
      for (const { vault } of more) if (suspects.add(vault) >= LEAST_FOR_SHARE) large.add(vault);
    },
    survey: (pages: readonly Page[]): Survey => ({
      ...{ pages, ...counts, isSuspect, oldest, tried },
      isHeavy: (vault) => all.of(vault) > HEAVY,
      heavyIn: (shard) => [...heavy].flatMap(([vault, its]) => (its === shard ? [vault] : [])),
      large: new Map([...large].map((vault) => [vault, suspects.of(vault)])),
    }),
  };
}

/** What is there of a page by now. Rows that are no hints may lie between its hints, so it is not asked for by their number. */
export const hintsOf = async (
  { agenda }: Pick<SweepPorts, 'agenda'>,
  { shard, after, through, hints }: Page,
  now: Instant,
): Promise<readonly DueHint[]> => hints ?? (await agenda.due(shard, now, { after, through, limit: LONG_READ })).found;

/** So many names of items are kept. Beyond them an item that several hints name is counted once a page. */
const MOST_KNOWN = 4000;

/** Of these hints one for each item that was not named before. */
function eachOnce(): (hints: readonly DueHint[]) => readonly DueHint[] {
  const known = new Set<string>();
  return (hints) => {
    const fresh = [...new Map(hints.map((hint) => [placeOf(hint), hint]))].filter(([place]) => !known.has(place));
    for (const [place] of fresh) if (known.size < MOST_KNOWN) known.add(place);
    return fresh.map(([, hint]) => hint);
  };
}

const SLOTS = 2 ** 18;

/**
 * Counts in constant memory, whatever number of vaults there is: two that share a slot count as one, so a number may be too high. Most sweeps
 * find nothing, and take no memory for it.
 */
function countsByVault() {
  let slots: Uint32Array | undefined;
  const slotOf = (vault: string): number => {
    let hash = 0x811c9dc5;
    for (const character of keyOf(vault)) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return (hash >>> 0) % SLOTS;
  };
  return {
    of: (vault: string): number => slots?.[slotOf(vault)] ?? 0,
    add: (vault: string): number => {
      slots ??= new Uint32Array(SLOTS);
      const slot = slotOf(vault);
      const count = (slots[slot] ?? 0) + 1;
      slots[slot] = count;
      return count;
    },
  };
}
