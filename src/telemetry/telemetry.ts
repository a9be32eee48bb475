import { AsyncLocalStorage } from 'node:async_hooks';
import type { InvocationContext } from '@azure/functions';
import { type Attributes, metrics } from '@opentelemetry/api';
import type * as Export from './export.ts';
import { type Described, EVENTS, type EventName, type Fields, METRICS, type MetricName } from './names.ts';

/** The events and metrics of the service. Recording one never fails and never waits. */
export interface Telemetry {
  /** Give `requestId` when the event belongs to another request than the current one. */
  event<E extends EventName>(name: E, fields: Fields<E>, requestId?: string): void;
  measure(name: MetricName, value: number, attributes?: Attributes): void;
}

/** Events go to the log of the current invocation. Metrics go nowhere until an SDK is loaded (export.ts). */
export function telemetry(): Telemetry {
  const instruments = new Map<MetricName, (value: number, attributes?: Attributes) => void>();
  return {
    event(name, fields, requestId) {
      const described: Described = EVENTS[name];
      const at = requestContext();
      const line = JSON.stringify({ event: name, requestId: requestId ?? at?.requestId ?? null, ...fields });
      (at?.log ?? console)[described.level ?? 'info'](line);
    },
    measure(name, value, attributes) {
      // We make an instrument at its first use, so an SDK may load after this module.
      const record = instruments.get(name) ?? instrument(name);
      instruments.set(name, record);
      record(value, attributes);
    },
  };
}

function instrument(name: MetricName): (value: number, attributes?: Attributes) => void {
  const { kind, says } = METRICS[name];
  const meter = metrics.getMeter('reprieve');
  const options = { description: says };
  if (kind === 'counter') {
    const counter = meter.createCounter(name, options);
    return (value, attributes) => counter.add(value, attributes);
  }
  const gauge = kind === 'gauge' ? meter.createGauge(name, options) : meter.createHistogram(name, options);
  return (value, attributes) => gauge.record(value, attributes);
}

/** The SDK is far larger than the rest of the app, so it is a separate file that loads only when metrics are exported. */
const FILE = './export.js';

/** Sends metrics to a collector while the app runs; undefined when there is no collector. */
export function metricsExport(endpoint: string | undefined) {
  if (endpoint === undefined) return undefined;
  let stop: (() => Promise<void>) | undefined;
  return {
    start: async () => {
      const { startExport }: typeof Export = await import(new URL(FILE, import.meta.url).href);
      stop = startExport(endpoint);
    },
    // A collector that does not answer must not keep the app from ending.
    stop: async () => stop?.().catch(() => undefined),
  };
}

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
