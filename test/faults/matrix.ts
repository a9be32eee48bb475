/** Every storage call of a flow × every fault: what each one did, until a run passes that has no such call any more. */
import { FAULTS, type FaultProxy, type Spoil, type Watch } from '../support/faultProxy.ts';

/** A fault by name. */
interface Planned {
  readonly title: string;
  readonly spoil: Spoil;
}

/** Something with a proxy, that can run one trial at a time. */
export interface Lane {
  readonly proxy: FaultProxy;
}

/** Runs the flow once, spoiled or not, in a place of its own, and throws when something is not as it should be. */
export type Trial<L extends Lane> = (lane: L, watch: () => Watch, title: string) => Promise<void>;

export interface Figures {
  readonly calls: number;
  readonly faults: number;
  readonly failures: readonly string[];
}

const NAMES = Object.keys(FAULTS) as readonly (keyof typeof FAULTS)[];
const EVERY = NAMES.flatMap((name) => [false, true].map((stubborn) => ({ name, stubborn })));

/** FAULTS=full: every call × every fault × once and stubborn. Else every call, and the faults take turns. */
export const FULL = process.env['FAULTS'] === 'full';
const MOST_CALLS = 2000;

function* plans(): Generator<Planned> {
  for (let call = 1; call <= MOST_CALLS; call += 1)
    for (const [index, { name, stubborn }] of EVERY.entries())
      // the turns go round by three, which visits all ten
      if (FULL || index === (call * 3) % EVERY.length)
        yield {
          title: `call ${call}, ${name}${stubborn ? ', every time' : ''}`,
          spoil: { call, trouble: FAULTS[name], stubborn },
        };
}

export async function matrix<L extends Lane>(lanes: readonly L[], trial: Trial<L>): Promise<Figures> {
  const failures: string[] = [];
  let beyond = Number.POSITIVE_INFINITY;
  let faults = 0;
  let calls = 0;
  const [first] = lanes;
  if (!first) throw new Error('no lane');

  const run = async (lane: L, planned: Planned | undefined): Promise<void> => {
    let watch: Watch | undefined;
    const begin = (): Watch => {
      watch = lane.proxy.watch(planned?.spoil);
      return watch;
    };
    try {
      await trial(lane, begin, planned?.title ?? 'no fault');
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      failures.push(`${planned?.title ?? 'no fault'} (${watch?.spoiled() ?? 'nothing was spoiled'}): ${said}`);
    }
    if (!planned) calls = counted.get(lane) ?? 0;
    else if (spoiledBy.get(lane)) faults += 1;
    else beyond = Math.min(beyond, planned.spoil.call);
  };

  // What the watch saw is asked at the end of the flow itself, before whatever the trial does afterwards.
  const counted = new Map<L, number>();
  const spoiledBy = new Map<L, boolean>();
  for (const lane of lanes) remember(lane, counted, spoiledBy);

  await run(first, undefined);
  if (failures.length > 0) return { calls, faults, failures };
  const queue = plans();
  const worker = async (lane: L) => {
    for (const planned of queue) {
      if (planned.spoil.call >= beyond) return;
      await run(lane, planned);
    }
  };
  await Promise.all(lanes.map(worker));
  return { calls, faults, failures };
}

function remember(): void {}
