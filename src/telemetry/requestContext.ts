import { AsyncLocalStorage } from 'node:async_hooks';
import type { InvocationContext } from '@azure/functions';

/** What all that is done for one request, one message or one turn of the timer has in common. */
export interface RequestContext {
  /** It goes with the notices that are sent on the way, so that a mail can be followed back to its request. */
  readonly requestId: string;
  /** Where lines are written so that the platform files them under this invocation. */
  readonly log?: Pick<InvocationContext, 'info' | 'warn' | 'error'>;
}

const contexts = new AsyncLocalStorage<RequestContext>();

export const inRequest = <R>(context: RequestContext, work: () => R): R => contexts.run(context, work);

export const requestContext = (): RequestContext | undefined => contexts.getStore();

/** As we make them; whatever else a message brings is not written into a log. */
const REQUEST_ID = /^[0-9a-f-]{36}$/;

const fieldsOf = (message: unknown): Readonly<Record<string, unknown>> =>
  typeof message === 'object' && message !== null ? { ...message } : {};

export function contextOf(message: unknown, context: InvocationContext): RequestContext {
  const { requestId } = fieldsOf(message);
  const isOurs = typeof requestId === 'string' && REQUEST_ID.test(requestId);
  return { requestId: isOurs ? requestId : context.invocationId, log: context };
}

/** What a notice says of itself, before anybody believes it. */
export function hopOf(message: unknown) {
  const { alerts } = fieldsOf(message);
  return { alerts: Array.isArray(alerts) ? alerts.length : 0 };
}
