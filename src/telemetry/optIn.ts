import type * as Export from './export.ts';

/** The SDK has many times the size of everything else at start: it is a file of its own, which nobody loads who does not export. */
const FILE = './export.js';

/** Metrics to a collector, while the app lives. undefined: they were not asked for. */
export function metricsExport(endpoint: string | undefined) {
  if (endpoint === undefined) return undefined;
  let stop: (() => Promise<void>) | undefined;
  return {
    start: async () => {
      const { startExport }: typeof Export = await import(new URL(FILE, import.meta.url).href);
      stop = startExport(endpoint);
    },
    // a collector that is away keeps nobody from ending
    stop: async () => stop?.().catch(() => undefined),
  };
}
