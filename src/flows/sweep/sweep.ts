import type { ControlState } from '../../change.ts';
import { NO_BELT } from '../../core/brakes.ts';
import { keyOf } from '../../core/names.ts';
import type { Instant } from '../../core/time.ts';
import { type Asked, entry } from '../story/request.ts';
import { inParallel } from '../story/rounds.ts';
import { beat } from './beat.ts';
import { begin, newTally, nothingInHand, type SweepLimits, within } from './begin.ts';
import { releasedBy, type Truth } from './belt.ts';
import { type Braked, brakesOn, mayPurgeUnder } from './brakes.ts';
import { carryOut } from './carryOut.ts';
import type { Chunk } from './chunks.ts';
import { type Clocks, clocksOf } from './clocks.ts';
import { hintVaults } from './comingUp.ts';
import { tidyDaily } from './daily.ts';
import { sparing } from './enough.ts';
import { keepEpisodes } from './episodes.ts';
import { look } from './look.ts';
import { plant } from './plant.ts';
import {
  countSeen,
  leaveDue,
  MOST_LISTED,
  noteOldest,
  older,
  type Run,
  reportOf,
  type SweepPorts,
  type SweepReport,
  type Tally,
} from './run.ts';
import { type Looked, type Page, type Survey, surveyOf } from './survey.ts';
import { isHeld, isReady, type Look, list } from './tasks.ts';
import { purgeByTicket } from './tickets.ts';
import { walk } from './walk.ts';

/** Who asked for it over HTTP, and whether they let go what the belt held. */
type By = Asked & { readonly released: boolean };

export interface SweepAsk {
  readonly now: Instant;
  readonly dryRun?: boolean | undefined;
  readonly by?: By | undefined;
  /** If somebody has looked at them already. */
  readonly clocks?: Clocks | undefined;
  /** Only these shards, or this stretch of one; all there are if absent. */
  readonly shards?: readonly string[] | undefined;
  readonly after?: string | undefined;
  readonly through?: string | undefined;
  /** So many hints are read at a time. */
  readonly limit?: number | undefined;
  /** Others are left to somebody else. */
  readonly isMeant?: Looked['isMeant'];
}

/** A sweep that knows what fell due and what holds purges back, and has done nothing yet but strike off what was false. */
export interface Opened extends Braked {
  readonly run: Run;
  readonly survey: Survey;
  readonly control: ControlState;
  readonly dryRun: boolean;
}

/**
 * Looks at all that fell due, and does what is true by now: purge, warn, expire, end holds, forget. It may die anywhere and be
 * repeated anywhere, alone or beside another: what is done is struck off after it was done, and is decided by conditional writes.
 */
export const sweep = (flow: SweepPorts, limits: SweepLimits, ask: SweepAsk): Promise<SweepReport> =>
  within(limits, async () => finish(await open(flow, limits, ask), ask));

export async function open(flow: SweepPorts, limits: SweepLimits, ask: SweepAsk): Promise<Opened> {
  const { shards, after, through, limit, isMeant, dryRun = false } = ask;
  const [control, { now, skew }] = await Promise.all([flow.control.read(), ask.clocks ?? clocksOf(flow, ask.now)]);
  if (!shards && !dryRun) await plant(flow, control, now);
  const lets = releasedBy(control.belt?.value ?? NO_BELT, now);
  const reach = { shards: shards ?? flow.agenda.shards, after, through, limit, isMeant };
  const survey = await surveyOf(flow, reach, now, lets);
  const run = { ...begin(flow, limits, now, newTally(survey.due, skew)), mayPurge: lets };
  const countTrue = (most: number) => truthOf(run, survey, most, dryRun);
  // It fails again, and is dealt with, where somebody needs it.
  const readAhead = () => run.kinds().catch(() => undefined);
  // The belt is looked at by the one who sees all shards.
  const braked = await brakesOn({ flow, now, survey, countTrue, readAhead }, shards ? 'noBelt' : limits, control, skew);
  if (braked.belt && !dryRun) await keepEpisodes(flow, control, braked.belt.holds, now);
  return { ...braked, run: { ...run, mayPurge: mayPurgeUnder(braked.brake) }, survey, control, dryRun };
}

/**
 * A sweep with purges held that counts what it might purge, and stops when it has found more than so many. What is false is dealt with on
 * the way.
 */
async function truthOf(held: Run, survey: Survey, most: number, dryRun: boolean): Promise<Truth> {
  const run = { ...held, mayPurge: mayPurgeUnder({ reason: 'Belt', detail: '', lets: held.mayPurge }) };
  const truth = { due: 0, gone: 0 };
  const isOver = () => truth.due > most || run.outOfTime();
  const spare = sparing((underWay) => truth.due + underWay > most);
  const lookAt = async (chunk: Chunk) => {
    if (isOver()) return;
    const looks = await inParallel(chunk, ([vault, hints]) => look(run, vault, hints));
    const waits = ({ hint, task }: Look['planned'][number]) =>
      isReady({ hint, task }) && isHeld(task, hint, run.mayPurge);
    for (const planned of looks.flatMap((one) => one.planned)) {
      if (waits(planned)) truth.due += 1;
      else if (survey.isSuspect(planned.hint) && GONE.has(planned.task.task)) truth.gone += 1;
    }
    noteOverdue(run.tally, looks);
    const others = looks.map((one) => ({ ...one, planned: one.planned.filter((planned) => !waits(planned)) }));
    if (!dryRun) await carryOutIn(inHand(run), others);
  };
  const suspectsIn = (chunk: Chunk) => chunk.flatMap(([, hints]) => hints).filter(survey.isSuspect).length;
  await walk(run, {
    pages: survey.pages,
    wants: () => true,
    isHeavy: () => false,
    isDown: isDownIn(run),
    deal: (chunk) => spare(suspectsIn(chunk), () => lookAt(chunk)),
    isOver,
  });
  return { ...truth, isCut: truth.due <= most && run.tally.outOfTime };
}

const isDownIn =
  ({ tally }: Run) =>
  (vault: string): boolean =>
    tally.down.has(keyOf(vault));

/** What becomes of a hint that leads to no purge. */
const GONE: ReadonlySet<string> = new Set(['drop', 'wait', 'retell', 'move', 'endHolds', 'finishPurge']);

/** For one chunk. */
function inHand(run: Run): Run {
  const { send, ...landings } = run.flow.gathering();
  return { ...run, flow: { ...run.flow, ...landings }, send, ...nothingInHand() };
}

async function carryOutIn(run: Run, looks: readonly Look[]): Promise<void> {
  await carryOut(run, looks);
  countSeen(run.tally, run.seen);
}

export async function finish(
  opened: Opened,
  { by, shards, isMeant }: Pick<SweepAsk, 'by' | 'shards' | 'isMeant'>,
): Promise<SweepReport> {
  const { run, control, brake, dryRun } = opened;
  const { flow, now, tally } = run;
  const id = flow.newId();
  await meetAll(opened, isMeant);
  const report = reportOf(run, id, dryRun, brake);
  if (dryRun) return report;
  const entries = by && isNews(report, by) ? [entryOf(by, report)] : [];
  const { oldestDue, oldestUntold } = tally;
  const hintedVault = shards ? undefined : await hintVaults(flow, control, now);
  await beat(flow, control, { now, record: report, oldestDue, oldestUntold, shards, entries, hintedVault });
  if (!shards) await tidyDaily(flow, control, now, run.outOfTime);
  return report;
}

/** While the belt holds everything, nobody looks at what it holds; only a dry run does, as far as it lists. */
async function meetAll({ run, survey, belt, dryRun }: Opened, isMeant: Looked['isMeant'] = () => true): Promise<void> {
  const { tally } = run;
  const hold = belt?.holds.find(({ vault }) => vault === null);
  const listsMore = () => dryRun && tally.listed.length < MOST_LISTED;
  const wants: Survey['isSuspect'] = (hint) => isMeant(hint) && (!hold || !survey.isSuspect(hint) || listsMore());
  const wanted = survey.pages.filter(({ others }) => !hold || others > 0 || dryRun);
  // What was struck off since is not met again.
  const pages = belt?.looked ? wanted.map((page) => ({ ...page, hints: undefined })) : wanted;
  const deal = (chunk: Chunk) => dealWith(run, chunk, dryRun);
  const left = await walk(run, {
    pages,
    wants,
    isHeavy: survey.isHeavy,
    isDown: isDownIn(run),
    deal,
    isOver: run.outOfTime,
  });
  leavePages(tally, left);
  if (!hold) return;
  leavePages(tally, survey.pages);
  if (dryRun) tally.isCut ||= hold.count > tally.listed.length;
  else tally.counts.skipped += hold.count;
  const { oldest } = survey;
  if (oldest) tally.oldest ??= { vault: oldest.vault, item: oldest.item, purgeAt: oldest.due };
}

function leavePages(tally: Tally, pages: readonly Page[]): void {
  for (const { purge } of pages) if (purge) leaveDue(tally, purge.due);
}

async function dealWith(sweep: Run, chunk: Chunk, dryRun: boolean): Promise<void> {
  if (sweep.outOfTime()) return leave(sweep, chunk);
  const run = inHand(sweep);
  const left = dryRun ? chunk : await purgeByTicket(run, chunk);
  if (run.outOfTime()) return leave(run, left);
  const looks = await inParallel(left, ([vault, hints]) => look(run, vault, hints));
  noteOverdue(run.tally, looks);
  countUntold(run, looks);
  if (!dryRun) return carryOutIn(run, looks);
  for (const one of looks) list(run, one);
}

/**
 * Who asked over HTTP stands in the history, unless the sweep had nothing to purge. The entry says what came of it, and that lies in as many
 * partitions as there are vaults: no transaction holds it all. So it is written with the heartbeat, which says the same; where that cannot be
 * written the caller gets an error, and each purge has its own entry in the history of its item. An entry before the deed as well would cost
 * every sweep that is asked for a request.
 */
const isNews = ({ purged, ordered, held }: SweepReport, { released }: By): boolean =>
  purged + ordered > 0 || held !== undefined || released;

function entryOf(by: By, { id, due, purged, ordered, held }: SweepReport) {
  const why = held ? { held: held.reason, detail: held.detail } : {};
  return entry(by, null, {
    operation: 'Sweep',
    facts: { sweep: id, due, purged, ordered, released: by.released, ...why },
  });
}

/** Due, and not told yet; a reminder that comes late has just set out. */
function countUntold({ tally }: Run, looks: readonly Look[]): void {
  for (const { task } of looks.flatMap(({ planned }) => planned)) {
    if (task.task === 'untold' && task.blocker === 'NotTold') tally.oldestUntold = older(tally.oldestUntold, task.due);
    if (task.task === 'untold' || (task.task === 'warn' && task.days === 0)) tally.counts.waiting += 1;
  }
}

function noteOverdue(tally: Tally, looks: readonly Look[]): void {
  for (const { task } of looks.flatMap(({ planned }) => planned.filter(isReady)))
    noteOldest(tally, { vault: task.item.vault, item: task.item.name, purgeAt: task.due });
}

/** What there was no time for still waits. */
function leave({ tally }: Run, chunk: Chunk): void {
  for (const [, hints] of chunk) for (const { kind, due } of hints) if (kind === 'purge') leaveDue(tally, due);
}
