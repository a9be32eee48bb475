import { type Attributes, metrics } from '@opentelemetry/api';
import { type Described, EVENTS, type EventName, type Fields, METRICS, type MetricName } from './names.ts';
import { requestContext } from './requestContext.ts';

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
