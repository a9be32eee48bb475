/** Every storage call of a flow × every fault, until a run passes that has no such call any more. */
import { FAULTS, type FaultProxy, type Spoil } from '../support/faultProxy.ts';
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
  /** Storage calls of a run without a fault. */
  readonly calls: number;
  readonly faults: number;
  readonly failures: readonly string[];
}

/** FAULTS=full: every call × every fault × once and every time. Else every call, and the faults take turns. */
export const FULL = process.env['FAULTS'] === 'full';
const MOST_CALLS = 2000;

const EVERY = Object.entries(FAULTS).flatMap(([name, trouble]) =>
  [false, true].map((stubborn) => ({ name: `${name}${stubborn ? ', every time' : ''}`, trouble, stubborn })),
);

interface Planned extends Spoil {
  readonly name: string;
}

function* plans(): Generator<Planned> {
  for (let call = 1; call <= MOST_CALLS; call += 1)
    // in steps of three the turns visit all ten
    for (const [index, fault] of EVERY.entries())
      if (FULL || index === (call * 3) % EVERY.length) yield { call, ...fault };
}

export async function matrix<L extends Lane, C>(lanes: readonly L[], trial: Trial<L, C>): Promise<Figures> {
  const failures: string[] = [];
  let beyond = Number.POSITIVE_INFINITY;
  let calls = 0;
  let faults = 0;
  let number = 0;

  const run = async (lane: L, planned?: Planned): Promise<void> => {
    number += 1;
    const context = await trial.arrange(lane, number);
    const watch = lane.proxy.watch(planned);
    const reply = await trial.act(context);
    const spoiled = watch.spoiled();
    if (!planned) calls = watch.calls();
    lane.proxy.watch();
    if (planned && spoiled === undefined) beyond = Math.min(beyond, planned.call);
    else faults += planned ? 1 : 0;
    await trial.judge(context, reply).catch((error: unknown) => {
      const what = planned ? `call ${planned.call} (${spoiled ?? 'not reached'}) ${planned.name}` : 'no fault';
      failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    });
  };

  const [first] = lanes;
  if (first) await run(first);
  // What fails without a fault needs no faults to be looked at.
  if (failures.length > 0) return { calls, faults, failures };
  const queue = plans();
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = queue.next(); !next.done && next.value.call < beyond; next = queue.next())
        await run(lane, next.value);
    }),
  );
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
