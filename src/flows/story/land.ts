import type { Change, HeldHead, ItemWrite, Raised, Write, Written } from '../../change.ts';
import type { Alert, Waiting } from '../../core/alerts.ts';
import { firstEnd } from '../../core/ends.ts';
import { type Hint, SERVICE, tellHint } from '../../core/hints.ts';
import type { Remains } from '../../core/item.ts';
import { besides, hintsOf, struckWith, withExpiry, withPurgeHint, withWork } from '../../core/moves.ts';
import { sameName } from '../../core/names.ts';
import { isWalk, operationName } from '../../core/operations.ts';
import { riding } from '../../core/riding.ts';
import type { People } from '../../core/ticket.ts';
import type { Instant } from '../../core/time.ts';
import { fenceOf, type Head, type Vault } from '../../core/vault.ts';
import type { DueHint } from '../../ports/agenda.ts';
import type { Notices } from '../../ports/alerts.ts';
import type { Doors, Ports, Reads } from '../../ports.ts';
import { needsAddressees, withAddressees } from './addressing.ts';
import { gathered, type Post, packed } from './notices.ts';
import { countedDeletions } from './raise.ts';
import { tidyHints } from './tidyHints.ts';

/** What is to be carried out. */
export interface Landing {
  /** Absent where nothing changes and only the agenda or the queue is told something. */
  readonly write?: Write | undefined;
  /** What retention rests on, where the decision read it. */
  readonly head?: Head | undefined;
  /** Who is told of what is raised, where that is known without the head. */
  readonly people?: People | undefined;
  readonly now: Instant;
  /** The hints to purge that led here, and stay until everybody is told. */
  readonly rides?: readonly Hint[];
  /** Only the sweep and `notify` say when they look again; the hints of a change are derived from it. */
  readonly again?: readonly Hint[];
  /** What is dealt with, and struck off when `again` stands: where they lie in one shard, by the same transaction. */
  readonly strikes?: readonly (Hint | DueHint)[];
  /** These are struck off with them where all of them are there. One that stays leads nowhere, and is struck when it falls due. */
  readonly along?: readonly Hint[];
  /** What leads nowhere when the change has landed, besides what follows from it. */
  readonly leaves?: readonly Hint[];
  /** Only the sweep and `notify` send other notices than "these alerts were raised". */
  readonly notices?: readonly Post[];
}

export interface Landed {
  /** false: somebody wrote first, and nothing was changed. */
  readonly done: boolean;
  /** What the change has become: its entries have their places in the history. */
  readonly written?: Written | undefined;
  /** The hints that bring the sweep to the alerts, if nobody is told of them. */
  readonly tellings: readonly Hint[];
  /** The hints that led here, and do so until everybody is told. */
  readonly rides: readonly Hint[];
  /** What has to stand in the agenda before those are struck off. */
  readonly after: readonly Hint[];
  /** Throws when the queue did not take the notices. Nobody has to ask. */
  readonly told: () => Promise<void>;
}

export interface Landings {
  /** Carries one plan out: the hints it needs, its transaction, its notices. A crash anywhere in between leaves a hint. */
  readonly land: (landing: Landing) => Promise<Landed>;
  /** The hints of many plans, written together; then each can be carried out. */
  readonly prepare: (landings: readonly Landing[]) => Promise<readonly (() => Promise<Landed>)[]>;
  /** The same, but notices wait until they are sent, all together. Until then nobody may wait for `told`. */
  readonly gathering: () => Gathering;
}

export interface Gathering extends Pick<Landings, 'land' | 'prepare'> {
  readonly send: () => Promise<void>;
}

/** The ports that stories get: everything is read as before, and the only way to change anything is to land it. */
export type FlowPorts = Reads & Landings;

export const flowPorts = ({ commit, hint, notices, ...reads }: Ports): FlowPorts => ({
  ...reads,
  ...landings({ commit, hint, notices, ...reads }),
});

/** To land something takes the doors, and the heads of vaults. */
export function landings({ commit, hint, notices, ...reads }: Doors & Pick<Reads, 'vaults' | 'operators'>): Landings {
  const standing = tidyHints();
  const over = (through: Notices) => landingsOver({ commit, hint, notices: through }, reads, standing);
  return {
    ...over(notices),
    gathering: () => {
      const { notices: waiting, send } = gathered(notices);
      return { ...over(waiting), send };
    },
  };
}

function landingsOver(
  doors: Doors,
  reads: Pick<Reads, 'vaults' | 'operators'>,
  standing: ReturnType<typeof tidyHints>,
): Pick<Landings, 'land' | 'prepare'> {
  const prepareAll = async (landings: readonly Landing[]) => {
    const ready = await Promise.all(landings.map((landing) => addressed(reads, landing)));
    const now = landings[0]?.now;
    const hints = now
      ? standing.missing(
          ready.flatMap((one) => one.hints),
          now,
        )
      : [];
    const strikes = landings.flatMap((landing) => landing.strikes ?? []);
    const along = landings.flatMap((landing) => landing.along ?? []);
    if (!now || hints.length + strikes.length + along.length === 0) return ready;
    await doors.hint(hints, strikes, along);
    standing.saw(hints, now);
    return ready;
  };
  const carryOut = async (one: Addressed): Promise<Landed> => {
    const landed = await carry(doors, one);
    return landed.done || !(await isStale(reads, one)) ? landed : again(one);
  };
  const again = async ({ landing }: Addressed): Promise<Landed> => {
    const [one] = await prepareAll([landing]);
    return one ? carry(doors, one) : NOTHING;
  };
  return {
    prepare: async (landings) => (await prepareAll(landings)).map((one) => () => carryOut(one)),
    land: async (landing) => {
      const [one] = await prepareAll([landing]);
      return one ? carryOut(one) : NOTHING;
    },
  };
}

interface Addressed extends Prepared {
  readonly landing: Landing;
  /** The head that said who is told, where the decision itself rests on none. */
  readonly borrowed: HeldHead | undefined;
}

/**
 * Completes a change with everyone who is told of its alerts. That hangs on the vault's head: where the decision read none, a
 * remembered one is borrowed, and the transaction rests on its fence.
 */
async function addressed(
  { vaults, operators }: Pick<Reads, 'vaults' | 'operators'>,
  landing: Landing,
): Promise<Addressed> {
  const { write, head, people, now } = landing;
  if (!write || 'line' in write || !write.alerts?.some(needsAddressees))
    return { ...prepared(landing, head?.vault), landing, borrowed: undefined };
  if (people) {
    const told = { ...landing, write: withAddressees(write, { vault: people, operators }, now) };
    return { ...prepared(told, head?.vault), landing, borrowed: undefined };
  }
  const known = head && sameName(head.vault.name, write.vault) ? head : undefined;
  const isAbsent = write.head !== undefined || known !== undefined || write.vault === SERVICE;
  const borrowed = isAbsent ? undefined : await vaults.head(write.vault, 'remembered');
  const fence = write.head ? undefined : (write.fence ?? fenceOf(known) ?? borrowed?.fence);
  // What is still raised in a deleted vault is told to its people, and rests on nothing: there is nothing left to change.
  const deleted = isAbsent || borrowed ? undefined : await vaults.deleted(write.vault);
  const vault = write.head?.now ?? (known ?? borrowed ?? deleted)?.vault;
  const complete = { ...withAddressees(write, { vault, operators }, now), fence };
  return { ...prepared({ ...landing, write: complete }, vault), landing, borrowed };
}

/** A remembered head may be stale; then a fresh one is remembered by now. */
async function isStale({ vaults }: Pick<Reads, 'vaults'>, { borrowed }: Addressed): Promise<boolean> {
  if (!borrowed?.remembered) return false;
  return (await vaults.head(borrowed.vault.name, 'fresh'))?.fence !== borrowed.fence;
}

const NOTHING: Landed = { done: false, tellings: [], rides: [], after: [], told: async () => {} };

interface Prepared {
  readonly write: Write | undefined;
  readonly hints: readonly Hint[];
  readonly rides: readonly Hint[];
  readonly after: readonly Hint[];
  /** They lead nowhere when it has landed. */
  readonly leaves: readonly Hint[];
  readonly raised: readonly Alert[];
  readonly notices: readonly Post[];
}

/** Completes a change with all that follows from it: when to look again, what is no longer looked at, and what is counted. */
function prepared(landing: Landing, vault: Vault | undefined): Prepared {
  const { write, head, now, rides = [], again = [], leaves = [], notices = [] } = landing;
  if (!write || 'line' in write) return { write, hints: again, rides, after: [], leaves, raised: [], notices };
  const items = write.items?.map((move) => ({ ...move, now: hinted(move, write.id, head, now) }));
  const moves = (items ?? []).map((move) => ({ ...move, was: move.was?.value }));
  const alerts = write.alerts?.map((one) => (one.was ? one : { ...one, now: riding(one.now, moves, vault, now) }));
  const raised = (alerts ?? []).flatMap((one) => (one.was && !one.again ? [] : [one.now]));
  const { waiting = [] } = write;
  const counted = countedDeletions(raised);
  const change: Change = { ...write, ...(items ? { items } : {}), ...(alerts ? { alerts } : {}), counted };
  // What is raised has a hint of its own, or rides on one, that leads to its place among those who wait as well.
  const isRaised = (one: Waiting) => raised.some(({ id }) => id === one.alert);
  const hints = hintsOf({
    vault: change.vault,
    at: now,
    head,
    items: moves,
    alerts: (alerts ?? []).map((one) => ({ was: one.was?.value, now: one.now })),
    waiting: waiting.filter((one) => !isRaised(one)),
    operations: change.operations,
    itself: change.head && { was: change.head.was?.vault, now: change.head.now },
    guard: change.guard && { was: change.guard.was?.value, now: change.guard.now },
    spent: change.spent,
    endsOn: firstEnd(change, change.answer !== undefined, now),
  });
  const { before, after } = besides(hints, rides);
  const { kept, ahead } = keeping(change, before, now);
  const told = [...notices, ...startsOf(change)];
  const left = [...leaves, ...struckWith(moves, now)];
  const complete = { ...change, ...(kept.length > 0 ? { hints: kept } : {}) };
  return { write: complete, hints: [...again, ...ahead], rides, after, leaves: left, raised, notices: told };
}

/**
 * What is to be looked at by now goes with a change among the service's own rows, which each sweep reads: it asks for no request. That something
 * is over one day is hinted as ever.
 */
function keeping({ vault }: Change, hints: readonly Hint[], now: Instant): Record<'kept' | 'ahead', readonly Hint[]> {
  const { looks = [], tidy = [] } = Object.groupBy(hints, ({ kind }) => (kind === 'tidy' ? 'tidy' : 'looks'));
  const isKept = vault === SERVICE && looks.every(({ due }) => due <= now);
  return isKept ? { kept: looks, ahead: tidy } : { kept: [], ahead: hints };
}

/** An item with the instants at which somebody looks at it again. */
function hinted({ was, ...move }: ItemWrite, by: string, head: Head | undefined, now: Instant): Remains {
  const of = { ...move, was: was?.value };
  const next = withWork({ ...of, now: withPurgeHint(of, now, by) }, now, by);
  return head ? withExpiry({ ...of, now: next }, head, now) : next;
}

/** Somebody begins at once with an operation that is begun; where no message comes, the next sweep does. */
const startsOf = ({ vault, operations = [] }: Change): readonly Post[] =>
  operations.flatMap(({ was, now }) =>
    was || !isWalk(now) ? [] : [{ notice: { vault, operation: operationName(now.id) } }],
  );

async function carry(doors: Doors, ready: Prepared): Promise<Landed> {
  const { write, hints, rides, after, leaves, raised, notices } = ready;
  const written = write && (await doors.commit(write));
  // Nobody else strikes the hint of a change that is not made: it may lie far ahead.
  const gone = write && !written ? hints.filter(({ by }) => 'id' in write && by === write.id) : leaves;
  // One that stays is a look too many.
  if (gone.length > 0) await doors.hint([], gone).catch(() => undefined);
  if (write && !written) return NOTHING;
  const [first] = raised;
  const news: Post[] = first ? [{ notice: { vault: first.vault, alerts: raised.map(({ id }) => id) } }] : [];
  const sent = tell(doors, [...news, ...notices]).catch(async (error: unknown) => {
    // An alert that rode on a hint that stands ahead gets one of its own, so that the next sweep tells it.
    const alone = raised.filter((one) => !rides.some(({ item }) => sameName(item, one.item)));
    if (alone.length > 0) await doors.hint(alone.map((one) => tellHint(one, one.firedAt)));
    throw error;
  });
  // A verb does not wait for the queue: the hints in the agenda have everything told by the next sweep.
  sent.catch(() => {});
  const tellings = hints.filter(({ kind }) => kind === 'tell');
  return { done: true, written, tellings, rides, after, told: () => sent };
}

/** All at once: where notices are gathered, none is sent before all are there. */
async function tell({ notices }: Doors, all: readonly Post[]): Promise<void> {
  await Promise.all(packed(all).map(({ notice, delaySeconds }) => notices.send(notice, delaySeconds)));
}

/** Lands alerts of one vault, with what else follows from them. The ledger in their rows changes without a line in the history. */
export const landAlerts = (
  { land, newId }: Pick<FlowPorts, 'land' | 'newId'>,
  now: Instant,
  alerts: readonly Raised[],
  { notices = [], ...more }: Pick<Landing, 'notices'> & Partial<Change> = {},
): Promise<Landed> =>
  land({ now, write: { vault: alerts[0]?.now.vault ?? SERVICE, id: newId(), alerts, ...more }, notices });
