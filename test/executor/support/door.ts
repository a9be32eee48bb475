/** What the suites of orders and of `runExecutor` need of a service: it may be the running one, or the fake one beside. */
import type { Order } from '../../../executor/types.ts';

export interface DoorToTest {
  /** Up to and without `/api`. */
  readonly url: string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** The executor whose orders these are. */
  readonly executor: string;
  /** As that executor, as a person who may do everything, with a second factor, and as somebody who is not one of its callers. */
  readonly token: (who: 'executor' | 'person' | 'stranger') => string;
  /** Makes an item of which nothing was destroyed, whose order is open now. The clock stays where it is. Answers the name of the order. */
  readonly makeDue: (sourceId?: string) => Promise<string>;
  /** The service's time. */
  readonly now: () => number;
  readonly advance: (ms: number) => void | Promise<void>;
  readonly pause: () => Promise<void>;
  readonly endPause: () => Promise<void>;
}

/** An order as anybody may read it. */
export type Seen = Omit<Order, 'state' | 'token'> & { readonly state: string };

interface Said {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: each test looks at what it asked for
  readonly body: any;
}

/** Speaks to the door without the library. */
export function callerOf(door: Pick<DoorToTest, 'url' | 'fetch' | 'executor' | 'token'>) {
  async function ask(
    method: string,
    path: string,
    body: object | undefined,
    { who = 'executor', key }: { readonly who?: Parameters<DoorToTest['token']>[0]; readonly key?: string } = {},
  ): Promise<Said> {
    const answer = await door.fetch(`${door.url}/api/purgeOrders${path}`, {
      method,
      headers: {
        authorization: `Bearer ${door.token(who)}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
  }
  return {
    post: (path: string, body: object, as?: Parameters<typeof ask>[3]) => ask('POST', path, body, as),
    read: async (order: string): Promise<Seen> => (await ask('GET', `/${order}`, undefined, { who: 'person' })).body,
    async claim(max = 1): Promise<readonly Order[]> {
      return (await ask('POST', '/claim', { executor: door.executor, max })).body.value;
    },
  };
}
