import type { Change, HeldHead } from '../../../change.ts';
import type { Facts } from '../../../core/caller.ts';
import { sha256 } from '../../../core/evidence.ts';
import { keyOf } from '../../../core/names.ts';
import { type Outcome, ok } from '../../../core/problems.ts';
import { iso } from '../../../core/time.ts';
import { meansAll, type Which } from '../../../core/undeletion.ts';
import { begin, runningOf } from '../../story/begin.ts';
import type { FlowPorts } from '../../story/land.ts';
import { entry, type Request } from '../../story/request.ts';

/** Two that mean the same have the same mark. */
const markOf = ({ items, deletedBy, from, to }: Which): string =>
  sha256(
    JSON.stringify([
      items ? [...new Set(items.map(keyOf))].toSorted() : null,
      deletedBy ?? null,
      from ? iso(from) : null,
      to ? iso(to) : null,
    ]),
  );

const undeleting = (which: Which) => ({ kind: 'UndeleteItems', subject: null, mark: markOf(which) }) as const;

/** Whether an operation undeletes just these. */
export const isUnderWay = (head: HeldHead, which: Which): boolean => runningOf(head, undeleting(which)) !== undefined;

/** What the answer says of an operation: its outcomes come later. */
interface Begun {
  readonly operation: string;
  readonly results: readonly [];
}

interface Task {
  readonly which: Which;
  /** null: nobody has counted them. */
  readonly total: number | null;
}

/**
 * Leaves it to an operation. What matches and was deleted by now is undeleted; where the same is under way, that starts anew, and so takes
 * what was deleted since.
 */
export async function beginUndeletion(
  flow: FlowPorts,
  request: Request<Begun>,
  head: HeldHead,
  { which, total }: Task,
): Promise<Outcome<Begun> | 'again'> {
  const { caller, now, requestId, clientAddress, keep } = request;
  const { vault, fence } = head;
  const id = flow.newId();
  const counted = total ?? (meansAll(which) ? (head.tally?.counts.softDeleted ?? null) : null);
  const { tid, oid, roles, appOnly, secondFactor } = caller;
  const by = { tid, oid, roles, appOnly, secondFactor };
  const undeletes = { which, before: now, by, requestId, clientAddress };
  const operation = begin(head, { ...undeleting(which), total: counted, undeletes }, { id, now, caller });
  const answer: Begun = { operation: operation.now.id, results: [] };
  const told = entry(request, null, { operation: 'UndeleteItems', facts: factsOf(which, operation.now.id) });
  const kept = keep && ((_: Change) => keep(answer, undefined));
  const write = { vault: vault.name, id, fence, operations: [operation], entries: [told], answer: kept };
  const { done } = await flow.land({ now, head, write });
  return done ? ok(answer) : 'again';
}

const factsOf = ({ items, deletedBy, from, to }: Which, operation: string): Facts => ({
  operation,
  ...(items ? { items: items.length } : {}),
  ...(deletedBy === undefined ? {} : { deletedBy }),
  ...(from ? { from: iso(from) } : {}),
  ...(to ? { to: iso(to) } : {}),
});
