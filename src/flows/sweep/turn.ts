import { beat } from './beat.ts';
import { type SweepLimits, within } from './begin.ts';
import { tidyDaily } from './daily.ts';
import { reportOf, type SweepPorts, type SweepReport } from './run.ts';
import { LONG_READ } from './survey.ts';
import { finish, type Opened, open } from './sweep.ts';
import { type Unit, unitsOf } from './units.ts';

export interface Turn {
  readonly report?: SweepReport;
  /** For whichever instances take them. */
  readonly units: readonly Unit[];
}

/**
 * The timer's turn: all of it here; or, when more is due than one instance should do, a message for each two hundred and fifty hints, for
 * whoever takes it. The brakes are asked first, here, where all of it can be seen: what is held is not fanned out. As long as units of an
 * earlier turn wait, no more are sent: they would name the same hints.
 */
export const turn = (flow: SweepPorts, limits: TurnLimits): Promise<Turn> =>
  within(limits, () => turnWithin(flow, limits));

type TurnLimits = SweepLimits & { readonly spreadAbove: number };

async function turnWithin(flow: SweepPorts, limits: TurnLimits): Promise<Turn> {
  const opened = await open(flow, limits, { now: flow.clock.now(), limit: LONG_READ });
  if (opened.brake || opened.survey.hints <= limits.spreadAbove) return { units: [], report: await finish(opened, {}) };
  await noteSpread(opened);
  return { units: (await doUnitsWait(opened)) ? [] : unitsOf(opened.survey, opened.run.now) };
}

/**
 * By the queue's own count, with those that are worked on. Operations go by the same queue, a message each, for as long as they take: so many
 * messages are theirs. A queue that does not answer takes no units either.
 */
const doUnitsWait = ({ run, survey }: Opened): Promise<boolean> =>
  run.flow.reach.queue().then(
    ({ shares }) => shares > survey.operations,
    () => true,
  );

/** What was seen before the work was fanned out is what readiness goes by, until the shares say more. */
async function noteSpread({ run, survey: { oldest }, control }: Opened): Promise<void> {
  const { flow, now, tally } = run;
  if (oldest) tally.oldest ??= { vault: oldest.vault, item: oldest.item, purgeAt: oldest.due };
  const { items: _, more: __, ...seen } = reportOf(run, flow.newId(), false);
  const record = { ...seen, spread: true } as const;
  await beat(flow, control, { now, record, oldestDue: tally.oldest?.purgeAt, oldestUntold: undefined });
  await tidyDaily(flow, control, now, run.outOfTime);
}
