/** Stands where a collector of metrics would: takes OTLP over HTTP, as JSON, and remembers which metrics came with which sum. */
import { createServer } from 'node:http';
import { portOf } from '../../local/ports.ts';

interface Metric {
  readonly name: string;
  readonly sum?: Values;
  readonly gauge?: Values;
  readonly histogram?: { readonly dataPoints: readonly { readonly sum?: number }[] };
}
interface Values {
  readonly dataPoints: readonly { readonly asDouble?: number; readonly asInt?: number }[];
}
interface Export {
  readonly resourceMetrics: readonly { readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[] }[];
}

const totalOf = ({ sum, gauge, histogram }: Metric): number => {
  const values = [...(sum ?? gauge ?? { dataPoints: [] }).dataPoints].map(
    ({ asDouble, asInt }) => asDouble ?? Number(asInt),
  );
  return [...values, ...(histogram?.dataPoints ?? []).map((one) => one.sum ?? 0)].reduce((all, one) => all + one, 0);
};

export async function startCollector() {
  const seen = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { resourceMetrics }: Export = JSON.parse(Buffer.concat(chunks).toString());
    for (const metric of resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics).flatMap(({ metrics }) => metrics))
      seen.set(metric.name, totalOf(metric));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}/v1/metrics`,
    /** The last value of each, all its attributes together. */
    seen,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
