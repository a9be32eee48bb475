import { randomBytes, randomUUID } from 'node:crypto';
import { describe } from '../fatal.ts';
import { type Print, stamp } from '../print.ts';
import type { HostedFunction } from './functions.ts';
import { type Hooks, readOnly } from './hooks.ts';
import type { appLog } from './log.ts';
import type { CoreContext, InvocationResponse, ProgrammingModel, TypedData } from './protocol.ts';

export interface Call {
  readonly reason: string;
  readonly input: TypedData;
  readonly metadata?: Readonly<Record<string, TypedData>>;
  readonly traceParent?: string | undefined;
}

export type Outcome = { readonly ok: true; readonly response: InvocationResponse } | { readonly ok: false };
export type Invoke = (called: HostedFunction, call: Call) => Promise<Outcome>;

interface Invoker {
  readonly model: ProgrammingModel;
  readonly hooks: Hooks;
  readonly log: ReturnType<typeof appLog>;
  readonly print: Print;
  /** Hands outputs to their bindings. A function whose output cannot be delivered has failed. */
  readonly deliver: (called: HostedFunction, response: InvocationResponse) => Promise<void>;
}

/** One invocation with the log lines around it. Never rejects: a failed function is an outcome, not a fault of ours. */
export const invoker =
  (host: Invoker): Invoke =>
  async (called, call) => {
    const id = randomUUID();
    const name = `'Functions.${called.name}'`;
    const started = performance.now();
    const duration = () => `Duration=${Math.round(performance.now() - started)}ms`;
    host.print(stamp(`Executing ${name} (Reason='${call.reason}', Id=${id})`));
    try {
      const response = await runThroughModel(host, called, call, id);
      await host.deliver(called, response);
      host.print(stamp(`Executed ${name} (Succeeded, Id=${id}, ${duration()})`));
      return { ok: true, response };
    } catch (error) {
      host.print(stamp(`Executed ${name} (Failed, Id=${id}, ${duration()})`));
      host.print(stamp(`Exception while executing function: Functions.${called.name}. ${describe(error)}`));
      return { ok: false };
    }
  };

/** The worker's sequence. The handler is only ever reached through the library's own invocation model. */
async function runThroughModel({ model, hooks, log }: Invoker, called: HostedFunction, call: Call, id: string) {
  const hookData: Record<string, unknown> = {};
  let invocationContext: unknown;
  const core = coreContext(called, call, id, (level, category, message) =>
    log({ hookData, invocationContext })(level, category, message),
  );
  const invocation = await model.getInvocationModel(core);
  const { context, inputs } = await invocation.getArguments();
  invocationContext = context;
  const shared = { hookData, appHookData: hooks.appHookData, invocationContext: context };

  const before = readOnly({ functionCallback: called.handler, inputs }, shared);
  await during(core, 'preInvocationHooks', () => hooks.run('preInvocation', before));

  const after = readOnly<After>({ inputs: before.inputs, result: null, error: null }, shared);
  await during(core, 'invocation', async () => {
    try {
      after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error ?? new Error('The function threw nothing.');
    }
  });
  await during(core, 'postInvocationHooks', () => hooks.run('postInvocation', after));

  // a postInvocation hook may have taken the error away, or have put one there
  if (after.error !== null && after.error !== undefined) throw after.error;
  return invocation.getResponse(context, after.result);
}

interface After {
  readonly inputs: unknown[];
  result: unknown;
  error: unknown;
}

async function during(core: CoreContext, state: NonNullable<CoreContext['state']>, step: () => Promise<void>) {
  core.state = state;
  try {
    await step();
  } finally {
    core.state = undefined;
  }
}

function coreContext(called: HostedFunction, call: Call, id: string, log: CoreContext['log']): CoreContext {
  const { name, bindings } = called;
  return {
    invocationId: id,
    metadata: { name, bindings },
    log,
    request: {
      invocationId: id,
      functionId: name,
      inputData: [{ name: called.triggerName, data: call.input }],
      triggerMetadata: call.metadata ?? {},
      traceContext: { traceParent: traceParent(call.traceParent), traceState: '', attributes: {} },
    },
  };
}

const TRACE = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/** Continues the caller's trace with a span of our own, or begins one. */
function traceParent(incoming: string | undefined): string {
  const [, trace = randomBytes(16).toString('hex'), flags = '00'] = TRACE.exec(incoming ?? '') ?? [];
  return `00-${trace}-${randomBytes(8).toString('hex')}-${flags}`;
}
