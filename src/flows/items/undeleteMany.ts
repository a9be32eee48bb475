import type { ItemIn } from '../../core/item.ts';
import { decide } from '../../core/lifecycle.ts';
import { keyOf } from '../../core/names.ts';
import { type Code, type Outcome, ok } from '../../core/problems.ts';
import { type Instant, instantOf } from '../../core/time.ts';
import type { Vault } from '../../core/vault.ts';
import type { Reads } from '../../ports.ts';
import { inParallel } from '../story/inParallel.ts';
import type { FlowPorts } from '../story/land.ts';
import { unlessUnreadable } from '../story/readable.ts';
import { noVault, type Request, stale, type VaultPlace } from '../story/request.ts';
import { undelete } from './undelete.ts';

/** Which soft-deleted items: all conditions given must hold. */
export interface Which {
  readonly items?: readonly string[] | undefined;
  readonly deletedBy?: string | undefined;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface Recovered {
  readonly item: string;
  readonly outcome: 'Undeleted' | 'WouldUndelete' | 'Refused';
  readonly code?: Code;
}
type Answer = Pick<Recovered, 'outcome' | 'code'>;

/** One that cannot be read keeps none of the others. */
const UNREADABLE = { outcome: 'Refused', code: 'InternalError' } as const;

/** No item lies in the trash for longer. */
const EVER = instantOf(8_640_000_000_000_000);

const SIDE_BY_SIDE = 8;

/** The morning after: everything that one caller deleted between two instants comes back, item by item, each with its own answer. */
export async function undeleteMany(
  flow: FlowPorts,
  request: Request<never>,
  { vault }: VaultPlace,
  which: Which,
): Promise<Outcome<readonly Recovered[]>> {
  const { head, items, unreadable } = await flow.vaults.dueTrash(vault, EVER);
  if (!head) return noVault(vault);
  const precondition = stale(request, head.vault);
  if (precondition) return precondition;
  const trash = items.filter((item) => item.state === 'SoftDeleted');
  // Nobody can say who deleted an unreadable item, and when: it is named rather than left out.
  const chosen = which.items ?? [...trash.map(({ name }) => name), ...unreadable.map(({ item }) => item)];
  const broken = new Set(unreadable.map(({ item }) => keyOf(item)));
  const byName = new Map(trash.map((item) => [keyOf(item.name), item]));

  const answers = await inParallel(
    [...new Set(chosen)],
    async (name): Promise<Recovered | undefined> => {
      const found = byName.get(keyOf(name));
      if (found && !matches(found, which)) return undefined;
      const item = found?.name ?? name;
      if (broken.has(keyOf(name))) return { item, ...UNREADABLE };
      if (which.dryRun) return { item, ...(await preview(flow, { vault, item }, found, head.vault, request.now)) };
      const plain = { ...request, ifMatch: undefined, keep: undefined };
      const outcome = await undelete(flow, plain, { vault, item: name }).catch(unlessUnreadable);
      return { item, ...(outcome ? answerOf(outcome, 'Undeleted') : UNREADABLE) };
    },
    SIDE_BY_SIDE,
  );
  return ok(answers.filter((answer) => answer !== undefined));
}

const matches = ({ deletion }: ItemIn<'SoftDeleted'>, { deletedBy, from, to }: Which): boolean =>
  (deletedBy === undefined || deletion.deletedBy === deletedBy) &&
  (from === undefined || deletion.deletedAt >= from) &&
  (to === undefined || deletion.deletedAt <= to);

const answerOf = (outcome: Pick<Outcome<unknown>, 'ok'>, done: Answer['outcome']): Answer =>
  'refusal' in outcome
    ? { outcome: 'Refused', code: (outcome as Extract<Outcome<unknown>, { ok: false }>).refusal.code }
    : { outcome: done };

/** What an undelete of it would answer; without changing or noting anything. */
async function preview(
  { vaults }: Pick<Reads, 'vaults'>,
  place: { readonly vault: string; readonly item: string },
  found: ItemIn<'SoftDeleted'> | undefined,
  vault: Vault,
  now: Instant,
): Promise<Answer> {
  if (found) return answerOf(decide('undelete', found, { now, vault }), 'WouldUndelete');
  const read = await vaults.item(place.vault, place.item).then((held) => ({ held }), unlessUnreadable);
  if (!read) return UNREADABLE;
  const item = read.held?.value;
  if (!item) return { outcome: 'Refused', code: 'ItemNotFound' };
  if (item.state === 'Purged') return { outcome: 'Refused', code: 'ItemPurged' };
  return answerOf(decide('undelete', item, { now }), 'WouldUndelete');
}
