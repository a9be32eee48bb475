import type { HostedFunction } from '../app/functions.ts';
import type { Invoke } from '../app/invoke.ts';
import { describe, fatal } from '../fatal.ts';
import { type Print, stamp } from '../print.ts';
import { toHttpData } from './request.ts';
import { httpOutput, send, sendEmpty } from './response.ts';
import type { HttpFunction } from './server.ts';
import { parseTemplate, type Template } from './template.ts';

interface Binder {
  readonly routePrefix: string;
  readonly invoke: Invoke;
  readonly origin: () => string;
  readonly print: Print;
}

/** The routes of the functions that take part: a disabled function or one in error has none, so it answers 404. */
export const httpFunctions = (functions: readonly HostedFunction[], binder: Binder): HttpFunction[] =>
  functions.flatMap((called) =>
    called.trigger.kind === 'http' && !called.disabled
      ? [
          {
            name: called.name,
            methods: called.trigger.methods,
            template: prefixed(called.trigger.template, binder.routePrefix),
            run: runner(called, binder),
          },
        ]
      : [],
  );

const runner =
  (called: HostedFunction, { invoke, origin, print }: Binder): HttpFunction['run'] =>
  async (request, reply, params, body) => {
    const outcome = await invoke(called, {
      reason: 'This function was programmatically called via the host APIs.',
      input: { http: toHttpData(request, origin(), params, body) },
      traceParent: request.headersDistinct['traceparent']?.[0],
    });
    if (!outcome.ok) return sendEmpty(reply, 500); // nothing of our inside leaves the house
    try {
      send(reply, httpOutput(called, outcome.response));
    } catch (error) {
      print(stamp(`The answer of Functions.${called.name} cannot be sent: ${describe(error)}`));
      if (!reply.headersSent) sendEmpty(reply, 500);
    }
  };

function prefixed(template: Template, routePrefix: string): Template {
  const prefix = parseTemplate(routePrefix);
  if ('problem' in prefix) throw fatal(`host.json: the routePrefix "${routePrefix}" is not valid: ${prefix.problem}.`);
  return {
    text: [prefix.text, template.text].filter((part) => part !== '').join('/'),
    segments: [...prefix.segments, ...template.segments],
  };
}
