import { metrics } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';

/** Instances are put to sleep between calls, so a turn may be missed: sums are sent as they stand, and what is late is not lost. */
const EVERY_MS = 60_000;
const PATIENCE_MS = 10_000;

/** Brings the SDK behind `@opentelemetry/api`: from here on metrics leave the service. Answers what sends the rest at the end. */
export function startExport(url: string): () => Promise<void> {
  const exporter = new OTLPMetricExporter({ url, timeoutMillis: PATIENCE_MS });
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: EVERY_MS,
    exportTimeoutMillis: PATIENCE_MS,
  });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  return () => provider.shutdown();
}
