import { randomUUID } from 'node:crypto';
import { describe, type Print, stamp } from '../output.ts';
import type { HostedFunction } from './functions.ts';
import type { CoreContext, InvocationResponse, Level, Log, ProgrammingModel, TypedData } from './protocol.ts';

export interface Call {
  readonly reason: string;
  readonly input: TypedData;
  readonly metadata?: Readonly<Record<string, TypedData>>;
}

export type Outcome = { readonly ok: true; readonly response: InvocationResponse } | { readonly ok: false };
export type Invoke = (called: HostedFunction, call: Call) => Promise<Outcome>;

interface Invoker {
  readonly model: ProgrammingModel;
  readonly print: Print;
  /** Hands outputs to their bindings. A function whose output cannot be delivered has failed. */
  readonly deliver: (called: HostedFunction, response: InvocationResponse) => Promise<void>;
}

/** One invocation with the log lines around it. Never rejects: a failed function is an outcome, not a fault of ours. */
export const invoker =
  ({ model, print, deliver }: Invoker): Invoke =>
  async (called, call) => {
    const id = randomUUID();
    const name = `'Functions.${called.name}'`;
    const started = performance.now();
    const duration = () => `Duration=${Math.round(performance.now() - started)}ms`;
    print(stamp(`Executing ${name} (Reason='${call.reason}', Id=${id})`));
    try {
      const response = await runThroughModel(model, called, coreContext(called, call, id, appLog(print)));
      await deliver(called, response);
      print(stamp(`Executed ${name} (Succeeded, Id=${id}, ${duration()})`));
      return { ok: true, response };
    } catch (error) {
      print(stamp(`Executed ${name} (Failed, Id=${id}, ${duration()})`));
      print(stamp(`Exception while executing function: Functions.${called.name}. ${describe(error)}`));
      return { ok: false };
    }
  };

/** The worker's sequence. The handler is only ever reached through the library's own invocation model. */
async function runThroughModel(model: ProgrammingModel, { handler }: HostedFunction, core: CoreContext) {
  const invocation = await model.getInvocationModel(core);
  const { context, inputs } = await invocation.getArguments();
  core.state = 'invocation'; // the library warns of a log line that comes when this is over
  try {
    return await invocation.getResponse(context, await invocation.invokeFunction(context, inputs, handler));
  } finally {
    core.state = undefined;
  }
}

const coreContext = (called: HostedFunction, call: Call, id: string, log: Log): CoreContext => ({
  invocationId: id,
  metadata: { name: called.name, bindings: called.bindings },
  log,
  request: {
    invocationId: id,
    functionId: called.name,
    inputData: [{ name: called.triggerName, data: call.input }],
    triggerMetadata: call.metadata ?? {},
  },
});

const TOO_FINE: readonly Level[] = ['trace', 'debug', 'none'];

/** What the app and the library log: information and above, as `func` shows it. */
export const appLog =
  (print: Print): Log =>
  (level, _category, message) => {
    if (!TOO_FINE.includes(level)) print(stamp(message));
  };
