/** Stands in front of Azurite's tables and changes one thing: what time the storage service says it is. */
import { passOn, proxied } from './proxied.ts';

export interface DateProxy {
  /** The same account, its tables reached through here. */
  readonly connectionString: string;
  /** From now on the service's `Date` is so many seconds ahead of real time; negative: behind it. */
  shift(seconds: number): void;
  stop(): Promise<void>;
}

export async function startDateProxy(connectionString: string): Promise<DateProxy> {
  let seconds = 0;
  const headers = () => ({ date: new Date(Date.now() + seconds * 1000).toUTCString() });
  const { through, stop } = await proxied(
    connectionString,
    ['Table'],
    (target) => (incoming, outgoing) => passOn(incoming, outgoing, target, { headers }),
  );
  return {
    connectionString: through(connectionString),
    shift: (to) => {
      seconds = to;
    },
    stop,
  };
}
