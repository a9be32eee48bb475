import type { Change, Replacement, Write, Written } from '../../change.ts';
import type { Alert } from '../../core/alerts.ts';
import { type Hint, hintsOf, SERVICE, tellHint, withExpiry } from '../../core/hints.ts';
import { named } from '../../core/names.ts';
import type { Instant } from '../../core/time.ts';
import type { Head } from '../../core/vault.ts';
import type { Doors, Notice, Ports, Reads } from '../../ports.ts';
import { countedDeletions } from './raise.ts';

/** What is to be carried out. */
export interface Landing {
  /** Absent where nothing changes and only the agenda or the queue is told something. */
  readonly write?: Write | undefined;
  /** What retention rests on, where the decision read it. */
  readonly head?: Head | undefined;
  readonly now: Instant;
  /** Only the sweep and `notify` say when they look again; the hints of a change are derived from it. */
  readonly again?: readonly Hint[];
  /** Only the sweep and `notify` send other notices than "these alerts were raised". */
  readonly notices?: readonly { readonly notice: Notice; readonly delaySeconds?: number }[];
}

export interface Landed {
  /** false: somebody wrote first, and nothing was changed. */
  readonly done: boolean;
  /** What the change has become: its entries have their places in the history. */
  readonly written?: Written | undefined;
  /** The hints that bring the sweep to the alerts, if nobody is told of them. */
  readonly tellings: readonly Hint[];
  /** Throws when the queue did not take the notices. Nobody has to ask. */
  readonly told: () => Promise<void>;
}

export interface Landings {
  /** Carries one plan out: the hints it needs, its transaction, its notices. A crash anywhere in between leaves a hint. */
  readonly land: (landing: Landing) => Promise<Landed>;
  /** The hints of many plans, written together; then each can be carried out. */
  readonly prepare: (landings: readonly Landing[]) => Promise<readonly (() => Promise<Landed>)[]>;
}

/** The ports that stories get: everything is read as before, and the only way to change anything is to land it. */
export type FlowPorts = Reads & Landings;

export function flowPorts({ commit, hint, notices, ...reads }: Ports): FlowPorts {
  const doors = { commit, hint, notices };
  const prepare: Landings['prepare'] = async (landings) => {
    const ready = landings.map(prepared);
    const hints = ready.flatMap((one) => one.hints);
    if (hints.length > 0) await hint(hints);
    return ready.map((one) => () => carry(doors, one));
  };
  return {
    ...reads,
    prepare,
    land: async (landing) => {
      const [carryOut] = await prepare([landing]);
      return carryOut ? carryOut() : NOTHING;
    },
  };
}

const NOTHING: Landed = { done: false, tellings: [], told: async () => {} };

interface Prepared {
  readonly write: Write | undefined;
  readonly hints: readonly Hint[];
  readonly raised: readonly Alert[];
  readonly notices: NonNullable<Landing['notices']>;
}

/** Completes a change with all that follows from it: when to look again, and what is counted. */
function prepared({ write, head, now, again = [], notices = [] }: Landing): Prepared {
  if (!write || 'line' in write) return { write, hints: again, raised: [], notices };
  const items = write.items?.map((move) => ({
    ...move,
    now: head ? withExpiry({ ...move, was: move.was?.value }, head, now) : move.now,
  }));
  const raised = (write.alerts ?? []).flatMap((one) => (one.was ? [] : [one.now]));
  const counted = countedDeletions(raised);
  const waiting = [...(write.waiting ?? []), ...counted];
  const change: Change = { ...write, ...(items ? { items } : {}), waiting };
  const hints = hintsOf({
    vault: change.vault,
    at: now,
    head,
    items: (items ?? []).map((move) => ({ ...move, was: move.was?.value })),
    alerts: (change.alerts ?? []).map((one) => ({ was: one.was?.value, now: one.now })),
    waiting,
    policy: policyMove(change),
    itself: change.head && { was: change.head.was?.vault, now: change.head.now },
    guard: change.guard && { was: change.guard.was?.value, now: change.guard.now },
    spent: change.spent,
  });
  return { write: change, hints: [...again, ...hints], raised, notices };
}

function policyMove({ head }: Change) {
  const now = head?.putPolicy;
  return now && { was: named(head.was?.policies ?? [], now.name), now };
}

async function carry(doors: Doors, { write, hints, raised, notices }: Prepared): Promise<Landed> {
  const written = write && (await doors.commit(write));
  if (write && !written) return NOTHING;
  const [first] = raised;
  const news: Notice[] = first ? [{ vault: first.vault, alerts: raised.map(({ id }) => id) }] : [];
  const sent = tell(doors, [...news.map((notice) => ({ notice })), ...notices]).catch(async (error: unknown) => {
    // An alert that rode on a standing hint gets one of its own, so that the next sweep tells it.
    if (raised.length > 0) await doors.hint(raised.map((one) => tellHint(one, one.firedAt)));
    throw error;
  });
  // A verb does not wait for the queue: the hints in the agenda have everything told by the next sweep.
  sent.catch(() => {});
  return { done: true, written, tellings: hints.filter(({ kind }) => kind === 'tell'), told: () => sent };
}

async function tell({ notices }: Doors, all: NonNullable<Landing['notices']>): Promise<void> {
  for (const { notice, delaySeconds } of all) await notices.send(notice, delaySeconds);
}

/** Lands alerts of one vault that no other change goes with. The ledger in their rows changes without a line in the history. */
export const landAlerts = (
  { land, newId }: Pick<FlowPorts, 'land' | 'newId'>,
  now: Instant,
  alerts: readonly Replacement<Alert>[],
  { notices = [], ...places }: Pick<Landing, 'notices'> & Pick<Change, 'waiting' | 'stopWaiting'> = {},
): Promise<Landed> =>
  land({ now, write: { vault: alerts[0]?.now.vault ?? SERVICE, id: newId(), alerts, ...places }, notices });
