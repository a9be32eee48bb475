/** Changes among the service's own rows keep their hints beside them. Each sweep reads those first, and puts them into the agenda. */
import { type ControlState, inParts } from '../../change.ts';
import { SERVICE } from '../../core/hints.ts';
import type { Instant } from '../../core/time.ts';
import type { SweepPorts } from './run.ts';

/** Fewer than a transaction takes. */
const AT_ONCE = 90;

export async function plant(flow: SweepPorts, control: ControlState, now: Instant): Promise<void> {
  for (const part of inParts(control.hints, AT_ONCE)) {
    await flow.land({ now, again: part.flatMap(({ hints }) => hints) });
    const planted = part.map(({ name }) => name);
    // Where another sweep was faster, they are in the agenda as well.
    await flow.land({ now, write: { vault: SERVICE, id: flow.newId(), control: { was: control, planted } } });
  }
}
