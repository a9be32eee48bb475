import { inParts, type ResultWrite } from '../../../change.ts';
import { keyOf } from '../../../core/names.ts';
import { type Operation, operationName } from '../../../core/operations.ts';
import type { Instant } from '../../../core/time.ts';
import { isMeant, matches, type Undeleted, type Undeletion } from '../../../core/undeletion.ts';
import type { Found } from '../../../ports/stretch.ts';
import type { ResultRow } from '../../../ports/vaults.ts';
import type { VaultReads } from '../../../ports.ts';
import type { FlowPorts } from '../../story/land.ts';
import { unlessUnreadable } from '../../story/pages.ts';
import { inParallel } from '../../story/rounds.ts';
import { undelete } from '../undelete.ts';
import { becameOf, SIDE_BY_SIDE, UNREADABLE } from '../undeleteMany.ts';
import { MOST_IN_STEP, type Walk } from './walk.ts';

/** As many results as one transaction takes beside what the step itself writes. */
export const TOGETHER = 90;

/**
 * Many items come back, each by its own undelete, which writes its result in the same transaction. So whoever comes after a death finds in
 * the results what is no longer in the trash, and counts it; and what was refused is written with the cursor.
 */
export const undeleteItems: Walk = async (flow, operation, head, now) => {
  const { undeletes, cursor } = operation;
  if (!undeletes) return NOTHING_LEFT;
  const { name: vault } = head.vault;
  const stretch = { after: cursor ?? undefined, limit: MOST_IN_STEP };
  // First who is to be undeleted, then what is known: what has left the trash in between has its result by then.
  const found = await wantedIn(flow, vault, undeletes, stretch);
  const known = await flow.vaults.results(vault, operationName(operation.id), stretch);
  const last = sooner(found.last, known.last);
  const isNear = ({ place }: { readonly place: string }): boolean => last === undefined || place <= last;
  const became = new Map(known.found.filter(isNear).map((row) => [row.place, outcomeIn(row)]));
  const left = found.found.filter((one) => isNear(one) && became.get(one.place) !== 'Undeleted');
  const ask = { flow, vault, operation, undeletes, now };
  const results = (await inParallel(left, (one) => undeleteOne(ask, one), SIDE_BY_SIDE)).flatMap((one) => one ?? []);
  const news = results.filter(({ place, isWritten }) => !isWritten && !became.has(place));
  for (const { place, outcome } of results)
    if (outcome === 'Undeleted' || !became.has(place)) became.set(place, outcome);
  const [rest = [], ...before] = inParts(news.map(newIn(operation)), TOGETHER).toReversed();
  for (const part of before) {
    const write = { vault, id: flow.newId(), fence: head.fence, results: part };
    if (!(await flow.land({ now, head, write })).done) return 'again';
  }
  const done = [...became.values()].filter((outcome) => outcome === 'Undeleted').length;
  return { cursor: last, done, failed: became.size - done, results: rest, hints: [], unreadable: [] };
};

const NOTHING_LEFT = { cursor: undefined, done: 0, hints: [], unreadable: [] } as const;

/** Both are in the order of places; behind the end of the shorter one nobody has looked yet. */
const sooner = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a < b ? a : b;

const outcomeIn = ({ result }: ResultRow): Undeleted['outcome'] => result?.outcome ?? 'Refused';

/** Somebody who is to be undeleted, and where the walk meets it. */
interface Wanted {
  readonly place: string;
  readonly name: string;
  readonly isUnreadable?: true;
}

/** Those that were named, in the order of names; else whoever is meant, in the order of the trash. */
async function wantedIn(
  { vaults }: VaultReads,
  vault: string,
  meant: Undeletion,
  stretch: { readonly after: string | undefined; readonly limit: number },
): Promise<Found<Wanted>> {
  const { items } = meant.which;
  if (items) return namedIn(items, stretch);
  const { found, last } = await vaults.items(vault, stretch, { by: 'trash', state: 'SoftDeleted' });
  const wanted = found.flatMap(({ place, name, remains, isUnreadable }): readonly Wanted[] => {
    if (isUnreadable) return [{ place, name, isUnreadable }];
    return remains?.state === 'SoftDeleted' && isMeant(remains, meant) ? [{ place, name }] : [];
  });
  return { found: wanted, last };
}

function namedIn(
  names: readonly string[],
  { after = '', limit }: { readonly after: string | undefined; readonly limit: number },
): Found<Wanted> {
  const rest = names
    .map((name) => ({ place: keyOf(name), name }))
    .filter(({ place }) => place > after)
    .toSorted((a, b) => (a.place < b.place ? -1 : 1));
  const found = rest.slice(0, limit);
  return { found, last: rest.length > limit ? found.at(-1)?.place : undefined };
}

interface Ask {
  readonly flow: FlowPorts;
  readonly vault: string;
  readonly operation: Operation;
  readonly undeletes: Undeletion;
  readonly now: Instant;
}

interface Result extends Undeleted {
  readonly place: string;
  /** It went with the change of the item. */
  readonly isWritten: boolean;
}

/** undefined: it is not meant any more, because somebody deleted it anew. */
async function undeleteOne(
  { flow, vault, operation, undeletes, now }: Ask,
  wanted: Wanted,
): Promise<Result | undefined> {
  const { place, name: item, isUnreadable } = wanted;
  if (isUnreadable) return { place, item, isWritten: false, ...UNREADABLE };
  const { which, before, by: caller, requestId, clientAddress } = undeletes;
  let isWritten = false;
  const request = {
    ...{ caller, now, requestId, clientAddress },
    result: { operation: operationName(operation.id), place, outcome: 'Undeleted' as const },
    left: () => {
      isWritten = true;
    },
  };
  const outcome = await undelete(flow, request, { vault, item }, { which, before }).catch(unlessUnreadable);
  if (!outcome) return { place, item, isWritten: false, ...UNREADABLE };
  const there = outcome.ok ? outcome.value.item : undefined;
  if (there?.state === 'SoftDeleted' && !(which.items && matches(there, which))) return undefined;
  // A refusal leaves an entry as well, and no result.
  return { place, item: there?.name ?? item, ...becameOf(outcome), isWritten: outcome.ok && isWritten };
}

const newIn =
  ({ id }: Operation) =>
  ({ place, item, outcome, code }: Result): ResultWrite => ({
    result: { operation: operationName(id), place, item, outcome, ...(code ? { code } : {}) },
    isNew: true,
  });
