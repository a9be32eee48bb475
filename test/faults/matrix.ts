/** Every storage call of a flow × every fault, until a run passes that has no such call any more. */
import { FAULTS, type FaultProxy, type Spoil } from '../support/faultProxy.ts';
import { FULL } from '../support/full.ts';
import type { Reply } from './doors.ts';

/** Something behind a proxy that runs one trial at a time. */
export interface Lane {
  readonly proxy: FaultProxy;
}

export interface Trial<L extends Lane, C> {
  /** A place of its own for one run; `number` is never the same twice. */
  readonly arrange: (lane: L, number: number) => Promise<C>;
  /** The flow under trial. Only this is counted and spoiled. */
  readonly act: (context: C) => Promise<Reply>;
  /** Throws when something is not as it should be. */
  readonly judge: (context: C, reply: Reply) => Promise<void>;
}

export interface Figures {
  /** The most storage calls that a run made. */
  readonly calls: number;
  readonly faults: number;
  readonly failures: readonly string[];
}

const MOST_CALLS = 2000;

interface Fault extends Omit<Spoil, 'call'> {
  readonly name: string;
}

const EVERY = Object.entries(FAULTS).flatMap(([name, trouble]): readonly Fault[] => [
  { name, trouble, stubborn: false },
  { name: `${name}, every time`, trouble, stubborn: true },
]);
const LOST: Fault = { name: 'done, answer lost', trouble: FAULTS['done, answer lost'], stubborn: false };
const REFUSED: Fault = {
  name: 'answered 503, not done, every time',
  trouble: FAULTS['answered 503, not done'],
  stubborn: true,
};

let turns = 0;
/** In steps of three the turns visit all ten, and go on from flow to flow. Between any two of them a call is refused to the end. */
function inTurn(): Fault {
  turns += 1;
  const fault = turns % 2 === 0 ? REFUSED : EVERY[(3 * Math.floor(turns / 2)) % EVERY.length];
  return fault ?? LOST;
}

const boundedAt = (call: number): readonly Fault[] => (call % 2 === 0 ? [LOST] : [inTurn(), LOST]);

let flows = 0;

export interface Bounds {
  /** Every so many calls one is spoiled, beginning with another one in each flow. */
  readonly step: number;
  /** A run without a fault comes first: the trial holds the others against it. Where none does, only calls that write are spoiled. */
  readonly whole: boolean;
}

/**
 * In full: a run without a fault, then every call × every fault × once and every time. The bounded form spoils some of the calls: what they
 * write is done and its answer lost, which catches most, and every second of them meets a fault whose turn it is.
 */
export async function matrix<L extends Lane, C>(
  lanes: readonly L[],
  trial: Trial<L, C>,
  { step, whole }: Bounds = { step: 1, whole: true },
): Promise<Figures> {
  const failures: string[] = [];
  let calls = 0;
  let faults = 0;
  let number = 0;

  /** Answers which call was spoiled; undefined: none, there is no such call. */
  const run = async (lane: L, planned?: Fault & Spoil): Promise<string | undefined> => {
    number += 1;
    const context = await trial.arrange(lane, number);
    const watch = lane.proxy.watch(planned);
    const reply = await trial.act(context);
    const spoiled = watch.spoiled();
    calls = Math.max(calls, watch.calls());
    lane.proxy.watch();
    if (spoiled !== undefined) faults += 1;
    await trial.judge(context, reply).catch((error: unknown) => {
      const what = planned ? `call ${planned.call} (${spoiled ?? 'not reached'}) ${planned.name}` : 'no fault';
      failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    });
    return spoiled;
  };

  const [first] = lanes;
  if (first && (FULL || whole)) await run(first);
  // What fails without a fault needs no faults to be looked at.
  if (failures.length > 0) return { calls, faults, failures };
  let next = FULL ? 1 : 1 + (flows % Math.min(step, calls || step));
  flows += 1;
  const take = (): number => {
    const call = next;
    next += FULL ? 1 : step;
    return call;
  };
  const at = (call: number) => ({ call, writesOnly: !FULL && !whole });
  let last = MOST_CALLS;
  // In full it is the run that finds no such call any more which ends it: a fault may bring calls that a run without one does not make.
  const isLeft = (call: number): boolean => call <= last && (FULL || calls === 0 || call <= calls);
  const work = async (lane: L): Promise<void> => {
    for (let call = take(); isLeft(call); call = take()) {
      const [always, ...more] = FULL ? EVERY : boundedAt(call);
      const spoiled = await run(lane, { ...(always ?? LOST), ...at(call) });
      if (spoiled === undefined) last = Math.min(last, call - 1);
      else if (FULL || !spoiled.startsWith('GET')) for (const fault of more) await run(lane, { ...fault, ...at(call) });
    }
  };
  await Promise.all(lanes.map(work));
  // It has fewer calls than the number it began with: one of those that it has is spoiled.
  if (first && faults === 0 && calls > 0) await run(first, { ...LOST, ...at(1 + (flows % calls)) });
  return { calls, faults, failures };
}

/** A success, or an error after which the same call may be sent again; never a verdict about the caller's request. */
export function mustBeSafe({ status, headers, body }: Reply): void {
  if (status >= 200 && status < 300) return;
  const code = (body as { error?: { code?: string } } | undefined)?.error?.code;
  const safe = status >= 500 && code !== undefined && Number(headers.get('retry-after')) > 0;
  if (!safe) throw new Error(`the caller was answered ${status} ${code ?? ''} ${JSON.stringify(body)}`);
}

export const report = (flow: string, { calls, faults }: Figures): void =>
  void process.stdout.write(`${flow}: ${calls} storage calls, ${faults} faults tried\n`);
