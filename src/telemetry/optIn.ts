import type * as Export from './export.ts';

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
