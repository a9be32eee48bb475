import { iso } from '../../core/time.ts';
import { beat } from './beat.ts';
import { clocksOf } from './clocks.ts';
import { tidyDaily } from './daily.ts';
import { reportOf, type SweepPorts, type SweepReport } from './run.ts';
import { finish, type Opened, open, type SweepLimits, within } from './sweep.ts';

export interface Turn {
  readonly report?: SweepReport;
  /** A shard each, for whichever instance takes it, and the sweep's idea of now: nothing is due for it that came later. */
  readonly shares: readonly { readonly shard: string; readonly now: string }[];
}

/**
 * The timer's turn: all of it here; or, when more is due than one instance should do, a message a shard for whoever takes it.
 * The brakes are asked first, here, where all of it can be seen: what is held is not fanned out.
 */
export const turn = (flow: SweepPorts, limits: TurnLimits): Promise<Turn> =>
  within(limits, () => turnWithin(flow, limits));

type TurnLimits = SweepLimits & { readonly spreadAbove: number };

async function turnWithin(flow: SweepPorts, limits: TurnLimits): Promise<Turn> {
  const clocks = await clocksOf(flow, flow.clock.now());
  const { now } = clocks;
  const opened = await open(flow, limits, { now, clocks });
  if (opened.brake || opened.survey.hints <= limits.spreadAbove)
    return { shares: [], report: await finish(opened, {}) };
  await noteSpread(opened);
  const shards = new Set(opened.survey.pages.map(({ shard }) => shard));
  return { shares: [...shards].toSorted().map((shard) => ({ shard, now: iso(now) })) };
}

/** What was seen before the work was fanned out is what readiness goes by, until the shares say more. */
async function noteSpread({ run, survey: { oldest }, control }: Opened): Promise<void> {
  const { flow, now, tally } = run;
  if (oldest) tally.oldest ??= { vault: oldest.vault, item: oldest.item, purgeAt: oldest.due };
  const { items: _, more: __, ...seen } = reportOf(run, flow.newId(), false);
  const record = { ...seen, spread: true } as const;
  await beat(flow, control, { now, record, oldestDue: tally.oldest?.purgeAt, oldestUntold: undefined });
  await tidyDaily(flow, control, now, run.outOfTime);
}
