import type { HostedFunction } from './app/functions.ts';
import type { Call, Invoke } from './app/invoke.ts';
import { timerCall } from './timers/call.ts';
import type { Work } from './work.ts';

const REASON = 'This function was programmatically called via the host APIs.';

/** `POST /admin/functions/{name}`: runs a function by hand with the input as what its trigger would have brought. */
export const manualTrigger =
  (invoke: Invoke, work: Work, origin: () => string) =>
  (called: HostedFunction, input: string): void => {
    void work.track(`${called.name} (called by hand)`, invoke(called, callFor(called, input, origin())));
  };

function callFor({ name, trigger }: HostedFunction, input: string, origin: string): Call {
  if (trigger.kind === 'timer') return timerCall(undefined, false, REASON);
  if (trigger.kind === 'http') {
    const bytes = Buffer.from(input);
    const method = trigger.methods[0] ?? 'POST';
    return { reason: REASON, input: { http: { method, url: `${origin}/admin/functions/${name}`, body: { bytes } } } };
  }
  return { reason: REASON, input: { string: input } };
}
