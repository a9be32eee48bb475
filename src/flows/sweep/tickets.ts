/** Purges of which the hint says all: nothing is read. Where it no longer says what is true, the item goes the way of all others. */
import type { Hint } from '../../core/hints.ts';
import { vaultKindOf } from '../../core/kinds.ts';
import type { Kinds } from '../../core/knownKinds.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { dueOf, itemIn, type Ticket } from '../../core/ticket.ts';
import { knownByMark, verdictOn } from '../../core/told.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { fitting } from '../story/fitting.ts';
import type { Landed } from '../story/land.ts';
import { inParallel } from '../story/rounds.ts';
import type { Chunk } from './chunks.ts';
import { expiryAhead, purge } from './plans.ts';
import { heard, noteOldest, placeOf, type Run, strike } from './run.ts';
import { inOne, roomOfPurges } from './sharing.ts';
import type { Group } from './tasks.ts';

interface Ticketed {
  readonly hint: DueHint;
  readonly ticket: Ticket;
}
type Batch = readonly Ticketed[];

/** Answers what is left to be looked at. */
export async function purgeByTicket(run: Run, chunk: Chunk): Promise<Chunk> {
  const kinds = await kindsFor(run, chunk);
  if (!kinds) return chunk;
  const done = (await inParallel(chunk, ([, hints]) => purgeIn(run, batchesIn(run, kinds, hints)))).flat();
  await strike(
    run,
    done.flatMap(({ ended }) => ended),
  );
  const gone = new Set<Hint>(done.flatMap(({ batch }) => batch.map(({ hint }) => hint)));
  return chunk
    .map(([vault, hints]): Group => [vault, hints.filter((hint) => !gone.has(hint))])
    .filter(([, hints]) => hints.length > 0);
}

/** Of a kind that names an executor nothing is purged by a ticket. undefined: there is no ticket, or the kinds cannot be read. */
async function kindsFor(run: Run, chunk: Chunk): Promise<Kinds | undefined> {
  const mayBe = chunk.some(([, hints]) => hints.some((hint) => hint.sealed && run.mayPurge(hint, hint.due)));
  return mayBe ? run.kinds().catch(() => undefined) : undefined;
}

interface Done {
  readonly batch: Batch;
  /** The hints that are dealt with. */
  readonly ended: readonly Hint[];
}

/** One vault. The first transaction shows whether it answers: one that does not is not asked by all the others. */
async function purgeIn(run: Run, [first, ...others]: readonly Batch[]): Promise<readonly Done[]> {
  let isDown = false;
  const go = async (batch: Batch): Promise<readonly Done[]> => {
    const landed = isDown ? undefined : await tryOne(run, batch);
    isDown ||= landed === 'trouble';
    return landed && landed !== 'trouble' ? [{ batch, ended: note(run, batch, landed) }] : [];
  };
  if (!first) return [];
  return [await go(first), ...(await inParallel(others, go))].flat();
}

/** Those that rest on one version of their vault's head share transactions, as all small purges do. */
function batchesIn(run: Run, kinds: Kinds, hints: readonly DueHint[]): readonly Batch[] {
  const good = hints.flatMap((hint) => ticketed(run, kinds, hint) ?? []);
  const once = [...new Map(good.map((one) => [placeOf(one.hint), one])).values()];
  return [...Map.groupBy(once, ({ ticket }) => ticket.fence).values()].flatMap((some) => {
    const [first] = some;
    return first ? fitting(some, roomOfPurges(vaultKindOf(first.ticket.item))) : [];
  });
}

/** What it says has to lead to a purge by now. Whether it is still true, the transaction finds out. */
function ticketed({ flow, now, mayPurge }: Run, kinds: Kinds, hint: DueHint): Ticketed | undefined {
  if (hint.kind !== 'purge' || !mayPurge(hint, hint.due)) return undefined;
  const ticket = flow.agenda.ticketIn(hint);
  if (!ticket) return undefined;
  const { vault, name } = ticket.item;
  if (namesExecutor(kinds, ticket.item)) return undefined;
  const due = dueOf(ticket);
  const isIts = sameName(vault, hint.vault) && sameName(name, hint.item) && +due === +hint.due;
  const verdict = verdictOn(itemIn(ticket), due, knownByMark(ticket), flow.purgeTerms, now);
  return isIts && verdict.may === 'go' ? { hint, ticket } : undefined;
}

/** Its vault names none, or it had no ticket. What its kind says is as this sweep has read it; of one that cannot be read nobody knows. */
function namesExecutor(kinds: Kinds, { workload }: Ticket['item']): boolean {
  try {
    return kinds.of(workload)?.executor !== null;
  } catch {
    return true;
  }
}

/** undefined: nothing happened. */
async function tryOne(run: Run, batch: Batch): Promise<Landed | 'trouble' | undefined> {
  const vault = keyOf(batch[0]?.hint.vault ?? '');
  return run.inVault(vault, async () => {
    if (run.outOfTime() || (await run.paused()) || !(await run.trust.mayTry())) return undefined;
    try {
      const landing = inOne(batch.map((one) => purgeOf(run, one)));
      const landed = landing && (await run.flow.land(landing));
      run.trust.ended(landed?.done ? 'good' : 'stale');
      return landed?.done ? landed : undefined;
    } catch {
      // It is met again at once, and then it is told what is wrong there.
      run.trust.ended('unknown');
      return 'trouble';
    }
  });
}

/** The transaction takes the place in the trash, the mark, the fence and the next number in the history; so nothing of it was read. */
function purgeOf({ flow, now }: Run, { hint, ticket }: Ticketed) {
  const item = itemIn(ticket);
  const { vault, name, generation } = item;
  const due = dueOf(ticket);
  const { toldAt, alerts } = ticket;
  const mark = { vault, item: name, generation, purgeAt: due, toldAt, ...(alerts ? { alerts } : {}) };
  const task = { task: 'purge', item, due, told: { mark, alerts: [] } } as const;
  return purge(task, { hint, ticket, now, id: flow.newId(), tag: '*', pages: [] });
}

function note(run: Run, batch: Batch, landed: Landed): readonly Hint[] {
  const { tally, seen } = run;
  tally.counts.purged += batch.length;
  for (const { hint, ticket } of batch) {
    seen.done.add(placeOf(hint));
    run.leftOver.push(...expiryAhead(itemIn(ticket), run.now));
    noteOldest(tally, { vault: ticket.item.vault, item: ticket.item.name, purgeAt: dueOf(ticket) });
  }
  return heard(
    run,
    landed,
    batch.map(({ hint }) => hint),
  );
}
