/** The morning after: what a caller deleted between two instants comes back, each item with its own answer. */
import type { HeldHead } from '../../change.ts';
import { type ItemIn, isItem } from '../../core/item.ts';
import { decide } from '../../core/lifecycle.ts';
import { keyOf } from '../../core/names.ts';
import { type Code, type Outcome, ok, type Refused } from '../../core/problems.ts';
import { type Instant, instantOf } from '../../core/time.ts';
import { matches, onceEach, type Undeleted, type Which } from '../../core/undeletion.ts';
import type { Vault } from '../../core/vault.ts';
import type { VaultReads } from '../../ports.ts';
import type { FlowPorts } from '../story/land.ts';
import { unlessUnreadable } from '../story/pages.ts';
import { noVault, type Place, type Request, stale, type VaultPlace } from '../story/request.ts';
import { inParallel, rounds } from '../story/rounds.ts';
import { beginUndeletion, isUnderWay } from './operations/beginUndeletion.ts';
import { type ItemResult, undelete } from './undelete.ts';

export interface Wanted extends Which {
  readonly dryRun?: boolean | undefined;
}

export interface Recovered {
  readonly item: string;
  readonly outcome: 'Undeleted' | 'WouldUndelete' | 'Refused';
  readonly code?: Code;
}
type Answer = Pick<Recovered, 'outcome' | 'code'>;

export interface Recovery {
  /** They are too many for one answer: this operation undeletes them. */
  readonly operation?: string;
  readonly results: readonly Recovered[];
  /** Of a dry run: whether there are more than it shows, or may be. */
  readonly more?: boolean;
}

/** As many are undeleted at once, or shown by a dry run. */
const MOST_AT_ONCE = 200;

/** One that cannot be read keeps none of the others. */
export const UNREADABLE = { outcome: 'Refused', code: 'InternalError' } as const;

export const SIDE_BY_SIDE = 8;

/** Few are undeleted at once; more of them, or some among very many, by an operation. */
export function undeleteMany(
  flow: FlowPorts,
  request: Request<Recovery>,
  { vault }: VaultPlace,
  { dryRun, items, ...others }: Wanted,
): Promise<Outcome<Recovery>> {
  const which = items ? { ...others, items: onceEach(items) } : others;
  return rounds<Recovery>(async () => {
    const look = await lookAt(flow, vault, which);
    if (!look) return noVault(vault);
    const precondition = stale(request, look.head.vault);
    if (precondition) return precondition;
    if (dryRun) return ok(await tried(flow, look, request.now));
    if (!isUnderWay(look.head, which) && isFew(look)) return ok(await undeleted(flow, request, look, which));
    return beginUndeletion(flow, request, look.head, { which, total: look.isWhole ? look.wanted.length : null });
  });
}

/** What one look at the trash has found. */
interface Look {
  readonly head: HeldHead;
  readonly wanted: readonly string[];
  readonly found: ReadonlyMap<string, ItemIn<'SoftDeleted'>>;
  /** Names of rows that cannot be read. */
  readonly broken: ReadonlySet<string>;
  /** It was all of the trash. */
  readonly isWhole: boolean;
  readonly areNamed: boolean;
}

const isFew = ({ wanted, found, broken, isWhole, areNamed }: Look): boolean =>
  wanted.length <= MOST_AT_ONCE &&
  (isWhole || (areNamed && wanted.every((name) => found.has(keyOf(name)) || broken.has(keyOf(name)))));

/** No item lies in the trash for longer. */
const EVER = instantOf(8_640_000_000_000_000);
/** So many items are looked at. Each may have a mark behind it, and the head lies before them: that takes three requests at the most. */
const MOST_LOOKED = 1000;
const ROWS = 1000;

async function lookAt({ vaults }: VaultReads, vault: string, which: Which): Promise<Look | undefined> {
  const found = new Map<string, ItemIn<'SoftDeleted'>>();
  const unreadable: string[] = [];
  let head: HeldHead | undefined;
  let looked = 0;
  for await (const page of vaults.trash(vault, EVER, ROWS)) {
    head = page.head;
    looked += page.items.length + page.unreadable.length;
    for (const item of page.items) if (item.state === 'SoftDeleted') found.set(keyOf(item.name), item);
    unreadable.push(...page.unreadable.map(({ item }) => item));
    if (looked > MOST_LOOKED) break;
  }
  if (!head) return undefined;
  // Nobody can say who deleted an unreadable item, and when: it is named rather than left out.
  const chosen = which.items ?? [...[...found.values()].map(({ name }) => name), ...unreadable];
  const wanted = chosen.filter((name) => {
    const item = found.get(keyOf(name));
    return !item || matches(item, which);
  });
  const broken = new Set(unreadable.map(keyOf));
  return { head, wanted, found, broken, isWhole: looked <= MOST_LOOKED, areNamed: which.items !== undefined };
}

async function undeleted(
  flow: FlowPorts,
  request: Request<Recovery>,
  { head, wanted, found, broken }: Look,
  which: Which,
): Promise<Recovery> {
  const { name: vault } = head.vault;
  const plain = { ...request, ifMatch: undefined, keep: undefined, left: undefined };
  const meant = { which, before: EVER };
  // Each of them needs it, and so it is read once.
  if (wanted.length > 0) await flow.vaults.head(vault, 'remembered');
  const results = await inParallel(
    wanted,
    async (name): Promise<Recovered> => {
      const item = found.get(keyOf(name))?.name ?? name;
      if (broken.has(keyOf(name))) return { item, ...UNREADABLE };
      const outcome = await undelete(flow, plain, { vault, item: name }, meant).catch(unlessUnreadable);
      return { item, ...(outcome ? becameOf(outcome) : UNREADABLE) };
    },
    SIDE_BY_SIDE,
  );
  return { results };
}

/** What is in the trash all the same was deleted anew meanwhile, by somebody else or at another time: it is not meant. */
export const becameOf = (outcome: Outcome<ItemResult>): Pick<Undeleted, 'outcome' | 'code'> =>
  outcome.ok && outcome.value.item.state === 'SoftDeleted'
    ? { outcome: 'Refused', code: 'ItemNotSoftDeleted' }
    : answerOf(outcome, 'Undeleted');

async function tried(flow: FlowPorts, look: Look, now: Instant): Promise<Recovery> {
  const { head, wanted, found, broken, isWhole, areNamed } = look;
  const shown = wanted.slice(0, MOST_AT_ONCE);
  const results = await inParallel(
    shown,
    async (name): Promise<Recovered> => {
      const there = found.get(keyOf(name));
      const item = there?.name ?? name;
      if (broken.has(keyOf(name))) return { item, ...UNREADABLE };
      return { item, ...(await preview(flow, { vault: head.vault.name, item }, there, head.vault, now)) };
    },
    SIDE_BY_SIDE,
  );
  return { results, more: wanted.length > shown.length || !(isWhole || areNamed) };
}

const answerOf = <D extends string>(outcome: { readonly ok: true } | Refused, done: D) =>
  outcome.ok ? { outcome: done } : ({ outcome: 'Refused', code: outcome.refusal.code } as const);

/** What an undelete of it would answer; without changing or noting anything. */
async function preview(
  { vaults }: VaultReads,
  place: Place,
  found: ItemIn<'SoftDeleted'> | undefined,
  vault: Vault,
  now: Instant,
): Promise<Answer> {
  if (found) return answerOf(decide('undelete', found, { now, vault }), 'WouldUndelete');
  const read = await vaults.item(place.vault, place.item).then((held) => ({ held }), unlessUnreadable);
  if (!read) return UNREADABLE;
  const item = read.held?.value;
  if (!item) return { outcome: 'Refused', code: 'ItemNotFound' };
  if (!isItem(item)) return { outcome: 'Refused', code: 'ItemPurged' };
  return answerOf(decide('undelete', item, { now, vault }), 'WouldUndelete');
}
