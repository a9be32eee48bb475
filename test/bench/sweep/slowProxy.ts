/** Stands between many processes and Azurite: every request to tables and queues takes so much longer, and those to tables are counted. */
import { Agent } from 'node:http';
import { passOn, proxied } from '../../support/proxied.ts';

export interface SlowProxy {
  /** The same account, reached through here. */
  readonly connectionString: string;
  tableRequests(): number;
  stop(): Promise<void>;
}

export async function startSlowProxy(connectionString: string, millis: number): Promise<SlowProxy> {
  const agent = new Agent({ keepAlive: true });
  let seen = 0;
  const { through, stop } = await proxied(
    connectionString,
    ['Table', 'Queue'],
    (target, service) => (incoming, outgoing) => {
      if (service === 'Table') seen += 1;
      setTimeout(() => passOn(incoming, outgoing, target, { agent }), millis);
    },
  );
  return {
    connectionString: through(connectionString),
    tableRequests: () => seen,
    stop: () => {
      agent.destroy();
      return stop();
    },
  };
}
