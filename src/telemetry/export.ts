import { metrics } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';

/** The platform pauses instances between calls, so an export may be late. It sends totals, so a late export loses nothing. */
const EVERY_MS = 60_000;
const PATIENCE_MS = 10_000;
/** When an instance is taken away, the host gives the worker five seconds for its last words, and then ends it. */
const LAST_PATIENCE_MS = 3000;

/** Connects the SDK to `@opentelemetry/api`, so that metrics leave the service. Returns a function that sends the rest at the end. */
export function startExport(url: string): () => Promise<void> {
  const exporter = new OTLPMetricExporter({ url, timeoutMillis: PATIENCE_MS });
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: EVERY_MS,
    exportTimeoutMillis: PATIENCE_MS,
  });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  return () => provider.shutdown({ timeoutMillis: LAST_PATIENCE_MS });
}
